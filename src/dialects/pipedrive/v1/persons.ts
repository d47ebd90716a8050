import { z } from 'zod'
import { type CustomField, listCustomFields } from '../../../domain/custom-field.ts'
import { addParty, changeParty, deleteParty, type Party, type PartyPatch } from '../../../domain/party.ts'
import { atomically, type Scope } from '../../../domain/scope.ts'
import type { Answer, Speaker } from '../../../http/speak.ts'
import { extrasOf } from '../deals.ts'
import { findVisibleParty } from '../parties.ts'
import { one, plainTime } from '../wire.ts'
import { writeFieldValues } from './custom-values.ts'
import { deletion, deletions } from './deletion.ts'
import { asBody, ById, clearable, ids, maybe, moment, text, whole } from './input.ts'
import { bccAddress, writeOrganizationReference, writeReachable } from './parties.ts'
import { partyShape, reachable, readPartyBody } from './party-body.ts'
import { PartiesQuery, partyPage } from './party-lists.ts'
import { type Related, relatedToParties } from './related.ts'
import { objectsOfParties } from './related-objects.ts'
import { writeUserReference } from './user-reference.ts'

const shape = {
  ...partyShape,
  first_name: clearable(text),
  last_name: clearable(text),
  org_id: clearable(whole),
  email: reachable.optional(),
  phone: reachable.optional(),
}
const PersonChange = z.preprocess(asBody, z.looseObject(shape))
const PersonDraft = z.preprocess(asBody, z.looseObject({ ...shape, name: text, add_time: maybe(moment) }))

/** The whole name decides over its parts. */
const readPerson = (body: z.output<typeof PersonChange>, fields: readonly CustomField[]): PartyPatch => ({
  ...readPartyBody(body, fields),
  ...(body.name === undefined ? { firstName: body.first_name, lastName: body.last_name } : { name: body.name }),
  companyId: body.org_id,
  emails: body.email,
  phones: body.phone,
})

/** How many deals a person has is not counted here, so nothing is said about it. */
export function writePerson(person: Party, related: Related, fields: readonly CustomField[]) {
  const { label_ids, visible_to } = extrasOf(person)
  return {
    id: person.id,
    company_id: related.workspace.id,
    owner_id: writeUserReference(related.users.get(person.ownerId)),
    org_id: writeOrganizationReference(person.companyId, related),
    name: person.name,
    first_name: person.firstName,
    last_name: person.lastName,
    active_flag: person.deletedAt === null,
    phone: writeReachable(person.phones),
    email: writeReachable(person.emails),
    first_char: [...person.name][0]?.toLowerCase() ?? null,
    update_time: plainTime(person.updatedAt),
    add_time: plainTime(person.createdAt),
    visible_to: String(visible_to),
    picture_id: null,
    label: label_ids[0] ?? null,
    label_ids,
    ...writeFieldValues(fields, person.customFields),
    org_name: (person.companyId === null ? undefined : related.parties.get(person.companyId)?.name) ?? null,
    owner_name: related.users.get(person.ownerId)?.name ?? null,
    cc_email: bccAddress(related.workspace),
  }
}

const fieldsOf = (scope: Scope): Promise<readonly CustomField[]> => listCustomFields(scope, 'contact')

async function onePerson(scope: Scope, person: Party, { status = 200, beside = {} } = {}): Promise<Answer> {
  const related = await relatedToParties(scope, [person])
  return one(
    writePerson(person, related, await fieldsOf(scope)),
    { ...beside, related_objects: objectsOfParties([person], related) },
    status,
  )
}

const findPerson = (scope: Scope, id: number): Promise<Party> => findVisibleParty(scope, id, 'person')
const removePerson = (scope: Scope, id: number): Promise<Party> => deleteParty(scope, id, 'person')

export function openPersons(v1: Speaker): void {
  v1.get('/persons', { query: PartiesQuery.extend({ org_id: maybe(whole) }), cost: 20 }, async ({ scope, query }) => {
    const fields = await fieldsOf(scope)
    const filter = { kind: 'person', companyId: query.org_id } as const
    return partyPage(scope, query, filter, (person, related) => writePerson(person, related, fields))
  })

  v1.get('/persons/:id', { params: ById, cost: 2 }, async ({ scope, params }) => {
    const beside = { additional_data: { dropbox_email: bccAddress(scope.workspace) } }
    return onePerson(scope, await findPerson(scope, params.id), { beside })
  })

  v1.post('/persons', { body: PersonDraft, cost: 10 }, async ({ scope, body }) => {
    const draft = readPerson(body, await fieldsOf(scope))
    return onePerson(scope, await addParty(scope, { ...draft, kind: 'person', createdAt: body.add_time }), { status: 201 })
  })

  v1.put('/persons/:id', { params: ById, body: PersonChange, cost: 10 }, async ({ scope, params, body }) =>
    atomically(scope, async (scope) =>
      onePerson(scope, await changeParty(scope, params.id, readPerson(body, await fieldsOf(scope)), 'person')),
    ),
  )

  v1.delete('/persons/:id', { params: ById, cost: 6 }, async ({ scope, params }) =>
    deletion(scope, params.id, findPerson, removePerson),
  )

  v1.delete('/persons', { query: z.object({ ids }), cost: 10 }, async ({ scope, query }) =>
    deletions(scope, query.ids, findPerson, removePerson),
  )
}
