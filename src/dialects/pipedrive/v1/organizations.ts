import { z } from 'zod'
import { type CustomField, listCustomFields } from '../../../domain/custom-field.ts'
import { type Address, addParty, changeParty, deleteParty, type Party, type PartyPatch } from '../../../domain/party.ts'
import { atomically, type Scope } from '../../../domain/scope.ts'
import type { Answer, Speaker } from '../../../http/speak.ts'
import { extrasOf } from '../deals.ts'
import { findVisibleParty } from '../parties.ts'
import { one, plainTime } from '../wire.ts'
import { writeFieldValues } from './custom-values.ts'
import { deletion, deletions } from './deletion.ts'
import { asBody, ById, clearable, ids, maybe, moment, text } from './input.ts'
import { bccAddress, writeAddress } from './parties.ts'
import { partyShape, readPartyBody } from './party-body.ts'
import { PartiesQuery, partyPage } from './party-lists.ts'
import { type Related, relatedToParties } from './related.ts'
import { objectsOfParties } from './related-objects.ts'
import { writeUserReference } from './user-reference.ts'

/** Parts of an address that everybody has; the vendor's other parts stay its own. */
const addressParts = {
  address_locality: 'city',
  address_admin_area_level_1: 'state',
  address_country: 'country',
  address_postal_code: 'postalCode',
} as const satisfies { [name: string]: keyof Address }

const ownParts = ['subpremise', 'street_number', 'route', 'sublocality', 'admin_area_level_2'] as const

const shape = { ...partyShape, address: clearable(text) }
const OrganizationChange = z.preprocess(asBody, z.looseObject(shape))
const OrganizationDraft = z.preprocess(asBody, z.looseObject({ ...shape, name: text, add_time: maybe(moment) }))

/** An address is one text here; writing back the text that is shown leaves the parts that others know as they are. */
function readAddress(said: string | null | undefined, party?: Party): Address | undefined {
  if (said === undefined || (party && said === writeAddress(party.address))) return undefined
  return { line1: said, city: null, postalCode: null, state: null, country: null }
}

const readOrganization = (
  body: z.output<typeof OrganizationChange>,
  fields: readonly CustomField[],
  party?: Party,
): PartyPatch => ({
  ...readPartyBody(body, fields),
  name: body.name,
  address: readAddress(body.address, party),
})

export function writeOrganization(company: Party, related: Related, fields: readonly CustomField[]) {
  const { label_ids, visible_to } = extrasOf(company)
  const kept = company.extras.pipedrive ?? {}
  return {
    id: company.id,
    company_id: related.workspace.id,
    owner_id: writeUserReference(related.users.get(company.ownerId)),
    name: company.name,
    people_count: related.people.get(company.id) ?? 0,
    active_flag: company.deletedAt === null,
    picture_id: null,
    country_code: null,
    first_char: [...company.name][0]?.toLowerCase() ?? null,
    update_time: plainTime(company.updatedAt),
    add_time: plainTime(company.createdAt),
    visible_to: String(visible_to),
    label: label_ids[0] ?? null,
    label_ids,
    address: writeAddress(company.address),
    ...Object.fromEntries(ownParts.map((part) => [`address_${part}`, kept[part] ?? null])),
    ...Object.fromEntries(Object.entries(addressParts).map(([name, part]) => [name, company.address[part] ?? null])),
    address_formatted_address: writeAddress(company.address),
    ...writeFieldValues(fields, company.customFields),
    owner_name: related.users.get(company.ownerId)?.name ?? null,
    cc_email: bccAddress(related.workspace),
  }
}

const fieldsOf = (scope: Scope): Promise<readonly CustomField[]> => listCustomFields(scope, 'contact')

async function oneOrganization(scope: Scope, company: Party, status = 200): Promise<Answer> {
  const related = await relatedToParties(scope, [company])
  return one(
    writeOrganization(company, related, await fieldsOf(scope)),
    { related_objects: objectsOfParties([company], related) },
    status,
  )
}

const findOrganization = (scope: Scope, id: number): Promise<Party> => findVisibleParty(scope, id, 'company')
const removeOrganization = (scope: Scope, id: number): Promise<Party> => deleteParty(scope, id, 'company')

export function openOrganizations(v1: Speaker): void {
  v1.get('/organizations', { query: PartiesQuery, cost: 20 }, async ({ scope, query }) => {
    const fields = await fieldsOf(scope)
    return partyPage(scope, query, { kind: 'company' }, (company, related) => writeOrganization(company, related, fields))
  })

  v1.get('/organizations/:id', { params: ById, cost: 2 }, async ({ scope, params }) =>
    oneOrganization(scope, await findOrganization(scope, params.id)),
  )

  v1.post('/organizations', { body: OrganizationDraft, cost: 10 }, async ({ scope, body }) => {
    const draft = readOrganization(body, await fieldsOf(scope))
    return oneOrganization(scope, await addParty(scope, { ...draft, kind: 'company', createdAt: body.add_time }), 201)
  })

  v1.put('/organizations/:id', { params: ById, body: OrganizationChange, cost: 10 }, async ({ scope, params, body }) =>
    atomically(scope, async (scope) => {
      const before = await findOrganization(scope, params.id)
      const patch = readOrganization(body, await fieldsOf(scope), before)
      return oneOrganization(scope, await changeParty(scope, params.id, patch, 'company'))
    }),
  )

  v1.delete('/organizations/:id', { params: ById, cost: 6 }, async ({ scope, params }) =>
    deletion(scope, params.id, findOrganization, removeOrganization),
  )

  v1.delete('/organizations', { query: z.object({ ids }), cost: 10 }, async ({ scope, query }) =>
    deletions(scope, query.ids, findOrganization, removeOrganization),
  )
}
