import { z } from 'zod'
import { listCustomFields } from '../../domain/custom-field.ts'
import {
  addParty,
  changeParty,
  deleteParty,
  findParty,
  listParties,
  type Party,
  type PartyQuery,
  type PartySort,
} from '../../domain/party.ts'
import { atomically, requireRole, type Scope } from '../../domain/scope.ts'
import type { Speaker } from '../../http/speak.ts'
import { ContactBody, type ContactData, readAddress, readChange, readContact, writeContact } from './contacts.ts'
import { ambiguous, readMatches } from './deal-queries.ts'
import { byId, customFilter, gathered, noQuery } from './fields.ts'
import { idList, many, number, paging, sortBy, windowOf, yesOrNo } from './paging.ts'
import { noteTags } from './records.ts'
import { gone, item, one } from './wire.ts'

const sorts: Readonly<Record<string, PartySort>> = {
  id: 'id',
  name: 'name',
  last_name: 'lastName',
  created_at: 'createdAt',
  updated_at: 'updatedAt',
}

const part = z.string().optional()

const filters = {
  ids: idList.optional(),
  is_organization: yesOrNo.optional(),
  contact_id: number.optional(),
  creator_id: number.optional(),
  owner_id: number.optional(),
  name: z.string().optional(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
  address: z.strictObject({ line1: part, city: part, postal_code: part, state: part, country: part }).optional(),
  custom_fields: customFilter.optional(),
}

/** By last name unless the caller says otherwise, as the vendor's clients document it. */
const ContactQuery = z.preprocess(
  gathered,
  z.strictObject({ ...paging, sort_by: sortBy(sorts).default([{ by: 'lastName', direction: 'asc' }]), ...filters }),
)

const ContactMatch = z.preprocess(
  gathered,
  z.strictObject(filters).refine((given) => Object.keys(given).length > 0, 'at least one filter is needed'),
)

/** People and companies in one list, as in the model. */
export function mountContacts(api: Speaker): void {
  api.get('/v2/contacts', { query: ContactQuery }, async ({ scope, query, req }) => {
    const { page, per_page, sort_by, ...match } = query
    const [sort] = sort_by
    const { items, next } = await listParties(scope, { ...(await readFilter(scope, match)), sort, ...windowOf(query) })
    const fields = await listCustomFields(scope, 'contact')
    return many(req, query, { items: items.map((party) => item('contact', writeContact(party, fields))), hasMore: next !== null })
  })

  api.post('/v2/contacts', { query: noQuery, body: ContactBody }, async ({ scope, body }) =>
    show(scope, await addContact(scope, body.data)),
  )

  api.post('/v2/contacts/upsert', { query: ContactMatch, body: ContactBody }, async ({ scope, query, body }) =>
    show(scope, await putContact(scope, query, body.data)),
  )

  api.get('/v2/contacts/:id', { params: byId, query: noQuery }, async ({ scope, params }) =>
    show(scope, await findParty(scope, params.id)),
  )

  api.put('/v2/contacts/:id', { params: byId, query: noQuery, body: ContactBody }, async ({ scope, params, body }) =>
    show(scope, await editContact(scope, params.id, body.data)),
  )

  api.delete('/v2/contacts/:id', { params: byId, query: noQuery }, async ({ scope, params }) => {
    await deleteParty(scope, params.id)
    return gone
  })
}

const show = async (scope: Scope, party: Party) => one('contact', writeContact(party, await listCustomFields(scope, 'contact')))

function addContact(scope: Scope, data: ContactData): Promise<Party> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    const party = await addParty(scope, readContact(data, await listCustomFields(scope, 'contact')))
    await noteTags(scope, 'contact', party.tags)
    return party
  })
}

function editContact(scope: Scope, id: number, data: ContactData): Promise<Party> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    const before = await findParty(scope, id)
    const party = await changeParty(scope, id, readChange(data, before, await listCustomFields(scope, 'contact')))
    const fresh = party.tags.filter((tag) => !before.tags.includes(tag))
    await noteTags(scope, 'contact', fresh)
    return party
  })
}

const putContact = (scope: Scope, match: z.output<typeof ContactMatch>, data: ContactData): Promise<Party> =>
  atomically(scope, async (scope) => {
    const [party, other] = (await listParties(scope, { ...(await readFilter(scope, match)), limit: 2 })).items
    if (other) ambiguous()
    return party ? editContact(scope, party.id, data) : addContact(scope, data)
  })

async function readFilter(scope: Scope, query: z.output<typeof ContactMatch>): Promise<Omit<PartyQuery, 'limit'>> {
  const { address, is_organization } = query
  return {
    ids: query.ids,
    kind: is_organization === undefined ? undefined : is_organization ? 'company' : 'person',
    companyId: query.contact_id,
    creatorId: query.creator_id,
    ownerId: query.owner_id,
    name: query.name,
    firstName: query.first_name,
    lastName: query.last_name,
    email: query.email,
    phone: query.phone,
    address: address && readAddress(address, {}),
    customField: readMatches(query.custom_fields, await listCustomFields(scope, 'contact')),
  }
}
