import type { z } from 'zod'
import { listParties, type Party, type PartyQuery, type PartySort } from '../../../domain/party.ts'
import { findRecord } from '../../../domain/record.ts'
import type { Scope } from '../../../domain/scope.ts'
import { fail } from '../../../http/fault.ts'
import type { Answer } from '../../../http/speak.ts'
import { filterCollection } from '../filters.ts'
import { offsetPage } from '../wire.ts'
import { maybe, text, whole } from './input.ts'
import { Paging, readSort, refuseSort } from './page.ts'
import { type Related, relatedToParties } from './related.ts'
import { objectsOfParties } from './related-objects.ts'

/** How lists of persons and of organizations are asked for. */
export const PartiesQuery = Paging.extend({
  user_id: maybe(whole),
  filter_id: maybe(whole),
  first_char: maybe(text),
  sort: maybe(text),
})

const sorts: Readonly<Record<string, PartySort>> = { id: 'id', name: 'name', add_time: 'createdAt', update_time: 'updatedAt' }

/** By one field: there is no order by several. */
function readOrder(sort: string | undefined): PartyQuery['sort'] {
  const all = readSort(sorts, sort)
  return all && all.length > 1 ? refuseSort(Object.keys(sorts)) : all?.[0]
}

/** What cannot be done is refused, because the whole list would be a wrong answer. Every filter is one of deals. */
async function requirePossible(scope: Scope, { filter_id, first_char }: z.output<typeof PartiesQuery>): Promise<void> {
  if (filter_id !== undefined) await findRecord(scope, filterCollection, filter_id)
  const name = filter_id !== undefined ? 'filter_id' : first_char !== undefined ? 'first_char' : undefined
  if (name === undefined) return
  const message = 'this list cannot be narrowed so'
  fail({ kind: 'bad_input', where: 'query', issues: [{ path: [name], rule: 'not_allowed', message }] })
}

/** A page of persons or organizations, with what is said about them beside. */
export async function partyPage(
  scope: Scope,
  query: z.output<typeof PartiesQuery>,
  filter: Pick<PartyQuery, 'kind' | 'companyId'>,
  write: (party: Party, related: Related) => unknown,
): Promise<Answer> {
  await requirePossible(scope, query)
  const { start, limit, user_id: ownerId } = query
  const sort = readOrder(query.sort)
  const { items, next } = await listParties(scope, { ...filter, ownerId, sort, limit, offset: start })
  const related = await relatedToParties(scope, items)
  return offsetPage(
    items.map((party) => write(party, related)),
    { start, limit, more: next !== null },
    { related_objects: objectsOfParties(items, related) },
  )
}
