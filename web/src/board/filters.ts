import type { Query } from '../api.ts'
import { minorUnits, today } from '../format.ts'
import type { SearchState } from '../search-state.ts'

/** Which cards are shown, and in which order, as the address has it. */

export const filterKeys = ['q', 'owner', 'tag', 'rotting', 'close', 'min', 'max'] as const
export type FilterKey = (typeof filterKeys)[number]

export const sorts = {
  rank: 'By hand',
  '-amount': 'Highest amount',
  amount: 'Lowest amount',
  expectedCloseDate: 'Closing soonest',
  '-createdAt': 'Newest',
  updatedAt: 'Longest untouched',
  title: 'By title',
} as const
export type SortKey = keyof typeof sorts

export const closings = {
  overdue: 'Overdue',
  week: 'Closing within 7 days',
  month: 'Closing this month',
} as const
export type Closing = keyof typeof closings

const isIn = <K extends string>(table: Record<K, unknown>, key: string | undefined): key is K =>
  key !== undefined && Object.hasOwn(table, key)

export const sortOf = ({ sort }: SearchState): SortKey => (isIn(sorts, sort) ? sort : 'rank')

/** Only what filters, without what else an address says: saved views and links keep these. */
export const filterOf = (state: SearchState): SearchState =>
  Object.fromEntries([...filterKeys, 'sort'].flatMap((key) => (state[key] ? [[key, state[key]]] : [])))

export const isFiltered = (state: SearchState): boolean => filterKeys.some((key) => Boolean(state[key]))

/** The filter as the API is asked for it. Amounts are meant in the workspace's currency. */
export function queryOf(state: SearchState, currency: string, now = new Date()): Query {
  const sort = sortOf(state)
  return {
    text: state.q || undefined,
    ownerId: state.owner && /^\d+$/.test(state.owner) ? state.owner : undefined,
    tag: state.tag || undefined,
    rotting: state.rotting === '1' ? true : undefined,
    minAmount: unitsOf(state.min, currency),
    maxAmount: unitsOf(state.max, currency),
    ...(isIn(closings, state.close) ? daysOf(state.close, now) : {}),
    sort: sort === 'rank' ? undefined : sort,
  }
}

const unitsOf = (value: string | undefined, currency: string): string | undefined =>
  value === undefined ? undefined : minorUnits(value, currency)?.toString()

function daysOf(closing: Closing, now: Date): Query {
  const later = (days: number) => today(new Date(now.getFullYear(), now.getMonth(), now.getDate() + days))
  const spans: Record<Closing, Query> = {
    overdue: { expectedCloseUntil: today(now) },
    week: { expectedCloseSince: today(now), expectedCloseUntil: later(8) },
    month: {
      expectedCloseSince: today(new Date(now.getFullYear(), now.getMonth(), 1)),
      expectedCloseUntil: today(new Date(now.getFullYear(), now.getMonth() + 1, 1)),
    },
  }
  return spans[closing]
}
