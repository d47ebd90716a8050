import { z } from 'zod'
import { type CustomField, listCustomFields } from '../../../domain/custom-field.ts'
import { type Address, listParties, type Party, type PartyPatch, type PartyQuery } from '../../../domain/party.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Json, JsonObject } from '../../../domain/text.ts'
import { extrasOf, readExtras } from '../deals.ts'
import { zulu } from '../wire.ts'
import { type Paging, readPaging } from './cursor.ts'
import { readCustomValues } from './deal-body.ts'
import { type CustomView, writeCustomValues, writeLabels } from './deal-view.ts'
import { int, labelIds, visibility } from './input.ts'

/** What persons and organizations have in common. */

export const partyFields = {
  owner_id: int.optional(),
  visible_to: visibility.optional(),
  label_ids: labelIds.optional(),
  custom_fields: z.record(z.string(), z.json()).optional(),
}

export function readParty(body: z.infer<z.ZodObject<typeof partyFields>>, fields: readonly CustomField[]) {
  return {
    ownerId: body.owner_id,
    customFields: body.custom_fields && readCustomValues(fields, body.custom_fields),
    extras: readExtras({ visible_to: body.visible_to, label_ids: body.label_ids }),
  } satisfies PartyPatch
}

export const partyFieldsOf = (scope: Scope): Promise<readonly CustomField[]> => listCustomFields(scope, 'contact')

export const writeParty = (party: Party, fields: readonly CustomField[], view: CustomView) => {
  const { visible_to, label_ids } = extrasOf(party)
  return {
    owner_id: party.ownerId,
    add_time: zulu(party.createdAt),
    update_time: zulu(party.updatedAt),
    is_deleted: party.deletedAt !== null,
    visible_to,
    label_ids,
    ...(view.include_labels ? { labels: writeLabels(label_ids) } : {}),
    custom_fields: writeCustomValues(fields, party.customFields, view),
  }
}

const sortColumns = { id: 'id', update_time: 'updatedAt', add_time: 'createdAt' } as const

export function pageOfParties(scope: Scope, query: Omit<PartyQuery, 'limit'>, paging: Paging<keyof typeof sortColumns>) {
  const { field, direction, after } = readPaging(paging)
  return listParties(scope, { ...query, sort: { by: sortColumns[field], direction }, limit: paging.limit, after })
}

/** Found by words of the name, or by the whole of something else. A page of each is asked for and put together by id. */
export async function findParties(
  scope: Scope,
  queries: readonly Omit<PartyQuery, 'limit'>[],
  window: Pick<PartyQuery, 'limit' | 'after'>,
) {
  const pages = await Promise.all(queries.map((query) => listParties(scope, { ...query, ...window })))
  const byId = new Map(pages.flatMap(({ items }) => items.map((party) => [party.id, party])))
  const all = [...byId.values()].toSorted((a, b) => a.id - b.id)
  const items = all.slice(0, window.limit)
  const last = items.at(-1)
  const more = all.length > items.length || pages.some(({ next }) => next !== null)
  return { items, next: more && last ? { value: last.id, id: last.id } : null }
}

const part = z.string().max(255).nullable().optional()

/** An address in the parts that maps know. */
export const AddressBody = z.strictObject({
  value: part,
  country: part,
  admin_area_level_1: part,
  admin_area_level_2: part,
  locality: part,
  sublocality: part,
  route: part,
  street_number: part,
  subpremise: part,
  postal_code: part,
})

/** Its parts that everybody has. The others stay the vendor's own. */
const shared = {
  value: 'line1',
  locality: 'city',
  postal_code: 'postalCode',
  admin_area_level_1: 'state',
  country: 'country',
} as const satisfies { [part: string]: keyof Address }

export function readAddress(body: z.infer<typeof AddressBody>): { address: Address; extras: JsonObject } {
  const address: { -readonly [Part in keyof Address]: string | null } = {}
  const extras: Record<string, Json> = {}
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue
    if (name in shared) address[shared[name as keyof typeof shared]] = value
    else extras[name] = value
  }
  return { address, extras }
}

/** Null where nothing of it is known. */
export function writeAddress({ address, extras }: Party): object | null {
  const own = extras.pipedrive ?? {}
  const entries = Object.keys(AddressBody.shape).map((name) => [
    name,
    (name in shared ? address[shared[name as keyof typeof shared]] : own[name]) ?? null,
  ])
  return entries.some(([, value]) => value !== null) ? Object.fromEntries(entries) : null
}
