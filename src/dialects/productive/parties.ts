import { changeParty, findParty, type Party, type PartyQuery, type PartySort } from '../../domain/party.ts'
import { atomically, type Scope } from '../../domain/scope.ts'
import { type Comparison, splitValues } from './filter.ts'
import type { ListQuery } from './query.ts'
import { refuseQuery } from './raw-query.ts'

/** Companies and contacts are too many to look at each: only filters that an index answers are taken, one beside the other. */

type Condition = Omit<PartyQuery, 'limit' | 'after' | 'offset'>

/** What each filter asks of the store; undefined for nobody. */
export type PartyFilters = Readonly<Record<string, (values: readonly string[]) => Condition | undefined>>

/** The query of a list; undefined where nothing can be found. */
export function readPartyFilter({ filter }: ListQuery, filters: PartyFilters): Condition | undefined {
  const conditions = comparisonsIn(filter).map(({ field, operator, values }) => {
    const read = filters[field]
    if (!read || (operator !== 'eq' && !(operator === 'contains' && field === 'query')))
      return refuseQuery('filter', `${field}[${operator}]`)
    return read(values)
  })
  if (conditions.includes(undefined)) return undefined
  const names = conditions.flatMap((condition) => Object.keys(condition ?? {}))
  const [twice] = names.filter((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) refuseQuery('filter', twice)
  return Object.assign({}, ...conditions)
}

function comparisonsIn(filter: ListQuery['filter']): Comparison[] {
  if (!('op' in filter)) return [filter]
  if (filter.op === 'or' && filter.terms.length > 1) return refuseQuery('filter', '$op')
  return filter.terms.flatMap(comparisonsIn)
}

export const idsIn = (values: readonly string[]): number[] =>
  splitValues(values).flatMap((text) => (/^\d{1,15}$/.test(text) ? [Number(text)] : []))

/** One value: these filters know no alternatives. */
export const oneOf = (name: string, values: readonly string[]): string =>
  values.length === 1 ? (values[0] ?? '') : refuseQuery('filter', name)

/** The first sort is what counts, because ids make every order a full one. */
export function readPartySort({ sort }: ListQuery, sorts: Readonly<Record<string, PartySort>>): PartyQuery['sort'] {
  const [first] = sort
  const by = first && sorts[first.by]
  return by && { by, direction: first.descending ? 'desc' : 'asc' }
}

/** Only Productive archives companies and people; everybody else goes on seeing them. Archiving again leaves the first moment. */
export const archiveParty = (scope: Scope, id: number, kind: Party['kind'], isArchived: boolean): Promise<Party> =>
  atomically(scope, async (scope) => {
    const { extras } = await findParty(scope, id, kind)
    const archived_at = isArchived ? (extras.productive?.archived_at ?? scope.now()) : null
    return changeParty(scope, id, { extras: { archived_at } }, kind)
  })
