import { type Query, queryText } from '../api.ts'
import { filterKeys, filterOf, queryOf } from '../board/filters.ts'
import type { SearchState } from '../search-state.ts'

/** What a list shows, as its address has it: the board's filters, and beside them status, order and columns. */

export const statuses = {
  open: 'Open',
  won: 'Won',
  lost: 'Lost',
  all: 'All',
  archived: 'Archived',
} as const
export type Status = keyof typeof statuses

export const statusOf = ({ status }: SearchState): Status =>
  status !== undefined && Object.hasOwn(statuses, status) ? (status as Status) : 'open' // just checked

const asked: Readonly<Record<Status, Query>> = {
  open: { outcome: 'open', isArchived: false },
  won: { outcome: 'won', isArchived: false },
  lost: { outcome: 'lost,unqualified', isArchived: false },
  all: { isArchived: false },
  archived: { isArchived: true },
}

/** Sorts of the API that a list can have; the order of the cards is a board's alone. */
const sortable = new Set(['id', 'title', 'amount', 'createdAt', 'updatedAt', 'expectedCloseDate', 'stageChangedAt', 'closedAt'])

export const listSortOf = ({ sort }: SearchState): string | undefined =>
  sort !== undefined && sortable.has(sort.replace(/^-/, '')) ? sort : undefined

/** The list as the API is asked for it. Without a sort the newest come first. */
export function listQueryOf(state: SearchState, pipelineId: number | undefined, currency: string, now = new Date()): Query {
  return { ...queryOf(state, currency, now), ...asked[statusOf(state)], pipelineId, sort: listSortOf(state) ?? '-id' }
}

/** The whole list as a table, with the columns that are shown. */
export const csvPath = (query: Query, columns: readonly string[]): string =>
  `/api/v1/deals.csv${queryText({ ...query, columns: columns.join() })}`

/** Whether it shows every deal of its status. */
export const isWhole = (state: SearchState): boolean => filterKeys.every((key) => !state[key])

/** What a saved view of a list keeps. */
export const keptOf = (state: SearchState): SearchState => {
  const { status, columns } = state
  return { ...filterOf(state), ...(status ? { status } : {}), ...(columns ? { columns } : {}) }
}
