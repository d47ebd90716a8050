import { z } from 'zod'
import { findDeal } from '../../domain/deal.ts'
import { found, invalid } from '../../domain/errors.ts'
import { addRecord, type DialectRecord, deleteRecord, listRecords } from '../../domain/record.ts'
import { atomically, requireRole, type Scope } from '../../domain/scope.ts'
import type { Speaker } from '../../http/speak.ts'
import { byId, noQuery, payload } from './fields.ts'
import { many, number, paging, wholeList, windowOf } from './paging.ts'
import { gone, item, moment, one } from './wire.ts'

/** Contacts beside a deal's own, each with a role. Only Sell has them, so they are records of its own. */
const collection = 'associated_contacts'

const prefixOf = (dealId: number): string => `${dealId}:`

/** Involved is the only role that the reference knows. */
const NewAssociation = payload(z.strictObject({ contact_id: z.int(), role: z.enum(['involved']).default('involved') }))

const path = '/v2/deals/:id/associated_contacts'

export function mountAssociatedContacts(api: Speaker): void {
  api.get(path, { params: byId, query: z.strictObject(paging) }, async ({ scope, params, query, req }) => {
    await findDeal(scope, params.id)
    const { items, next } = await listRecords(scope, collection, { prefix: prefixOf(params.id), ...windowOf(query) })
    return many(req, query, { items: items.map(writeAssociation), hasMore: next !== null })
  })

  api.post(path, { params: byId, query: noQuery, body: NewAssociation }, async ({ scope, params, body }) => {
    const record = await associate(scope, params.id, body.data)
    return one('associated_contact', writeAssociation(record).data)
  })

  const ofContact = byId.extend({ contact_id: number.pipe(z.int()) })
  api.delete(`${path}/:contact_id`, { params: ofContact, query: noQuery }, async ({ scope, params }) => {
    await dissociate(scope, params.id, params.contact_id)
    return gone
  })
}

function associate(
  scope: Scope,
  dealId: number,
  { contact_id, role }: { contact_id: number; role: string },
): Promise<DialectRecord> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    await findDeal(scope, dealId)
    const contact = await scope.store.parties.get(contact_id)
    if (!contact || contact.deletedAt !== null) invalid('partyId', 'not_found')
    const key = `${prefixOf(dealId)}${contact_id}`
    const { items } = await listRecords(scope, collection, { key, limit: 1 })
    if (items.length > 0) invalid('partyId', 'duplicate')
    return addRecord(scope, collection, key, { contactId: contact_id, role })
  })
}

function dissociate(scope: Scope, dealId: number, contactId: number): Promise<void> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    await findDeal(scope, dealId)
    const { items } = await listRecords(scope, collection, { key: `${prefixOf(dealId)}${contactId}`, limit: 1 })
    await deleteRecord(scope, collection, found(items[0], 'contact').id)
  })
}

/** A deal that is deleted loses them in the same call (vendor clients: deals, destroy). */
export async function dropAssociations(scope: Scope, dealId: number): Promise<void> {
  for (const { id } of await associationsOf(scope, dealId)) await deleteRecord(scope, collection, id)
}

const associationsOf = (scope: Scope, dealId: number): Promise<DialectRecord[]> =>
  wholeList((window) => listRecords(scope, collection, { prefix: prefixOf(dealId), ...window }))

/** What `includes=associated_contacts` puts into a deal: the envelope of a list inside it, as the vendor nests what is included. */
export async function includedAssociations(scope: Scope, dealId: number) {
  const items = (await associationsOf(scope, dealId)).map(writeAssociation)
  return { associated_contacts: { items, meta: { type: 'collection', count: items.length } } }
}

const writeAssociation = ({ data, createdAt, updatedAt }: DialectRecord) =>
  item('associated_contact', {
    contact_id: data.contactId,
    role: data.role,
    created_at: moment(createdAt),
    updated_at: moment(updatedAt),
  })
