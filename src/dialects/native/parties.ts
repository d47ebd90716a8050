import { z } from 'zod'
import { fieldsOf } from '../../domain/custom-field.ts'
import type { Page } from '../../domain/page.ts'
import { addParty, changeParty, deleteParty, findParty, listParties, type Party, type PartyKind } from '../../domain/party.ts'
import type { Scope } from '../../domain/scope.ts'
import { readValues, writeValues } from './custom-fields.ts'
import {
  ById,
  cursorParam,
  customValues,
  deletedParam,
  id,
  idParam,
  idsParam,
  limitParam,
  recordId,
  sortParam,
  text,
  textParam,
  timeParam,
  timeText,
  uuid,
  words,
} from './fields.ts'
import { pageOf, readSort, readWindow } from './paging.ts'
import type { NativeSpeaker, Tag } from './speaker.ts'
import { created, gone, ok, time, timeOrNull } from './wire.ts'

const Address = {
  line1: words('Street and number.').nullable().optional(),
  city: words('Town.').nullable().optional(),
  postalCode: words('Postal code.').nullable().optional(),
  state: words('State, canton or province.').nullable().optional(),
  country: words('Country.').nullable().optional(),
}
const Reachable = {
  value: text('The address or the number.', 255),
  label: z.string().max(255).meta({ description: 'What it is used for: `work`, `home`, …' }),
  primary: z.boolean().meta({ description: 'The first primary one is the main one.' }),
}

const shared = {
  id: recordId,
  uuid,
  name: words('The name.'),
  emails: z.array(z.object(Reachable)).meta({ description: 'E-mail addresses.' }),
  phones: z.array(z.object(Reachable)).meta({ description: 'Telephone numbers.' }),
  address: z.object(Address).meta({ description: 'Where the post goes.' }),
  ownerId: id('The member who looks after it.'),
  creatorId: id('The member who added it.'),
  tags: z.array(z.string()).meta({ description: 'In the order they were given.' }),
  customFields: customValues,
  createdAt: timeText('When it was added.'),
  updatedAt: timeText('When it last changed.'),
  deletedAt: timeText('When it was deleted; null: it was not.').nullable(),
}

export type CompanyJson = z.output<typeof CompanyJson>
export const CompanyJson = z.object(shared).meta({ id: 'Company', description: 'A company that deals are made with.' })

export type ContactJson = z.output<typeof ContactJson>
export const ContactJson = z
  .object({
    ...shared,
    name: z.string().meta({ description: 'The whole name.' }),
    firstName: words('All but the last word of the name, unless it was given in parts.').nullable(),
    lastName: words('The last word of the name, unless it was given in parts.').nullable(),
    companyId: z.int().nullable().meta({ description: 'The company that the person belongs to.' }),
  })
  .meta({ id: 'Contact', description: 'A person that deals are made with.' })

const ReachableBody = z.strictObject({
  ...Reachable,
  label: Reachable.label.default('work'),
  primary: Reachable.primary.default(false),
})
const said = {
  name: text('1 to 255 characters.', 255).optional(),
  emails: z.array(ReachableBody).optional().meta({ description: 'Replaces the list; at most 50.', maxItems: 50 }),
  phones: z.array(ReachableBody).optional().meta({ description: 'Replaces the list; at most 50.', maxItems: 50 }),
  address: z.strictObject(Address).optional().meta({ description: 'Parts that are not named stay.' }),
  ownerId: id('The member who looks after it; on a new one you, where not given.').optional(),
  tags: z.array(z.string()).optional().meta({ description: 'Replaces the tags; at most 100.', maxItems: 100 }),
  customFields: customValues.optional(),
}
const CompanyBody = z.strictObject(said)
const ContactBody = z.strictObject({
  ...said,
  name: text('The whole name; first and last name follow from it.', 255).optional(),
  firstName: text('Or the name in its two parts; the whole follows.', 255).nullable().optional(),
  lastName: text('See `firstName`.', 255).nullable().optional(),
  companyId: id('The company that the person belongs to.').nullable().optional(),
})
type Said = z.output<typeof ContactBody>

const sorts = ['id', 'name', 'createdAt', 'updatedAt'] as const
const contactSorts = ['id', 'name', 'lastName', 'createdAt', 'updatedAt'] as const
const common = {
  ids: idsParam,
  name: textParam('Exactly this name.'),
  email: textParam('Exactly this main e-mail address, in any case.'),
  phone: textParam('Exactly this main telephone number.'),
  ownerId: idParam('Looked after by this member.'),
  text: textParam('Words, each the beginning of a word of the name, in any case.'),
  updatedSince: timeParam('Changed at this time or later.'),
  updatedUntil: timeParam('Changed before this time.'),
  deleted: deletedParam,
  sort: sortParam(sorts),
  limit: limitParam,
  cursor: cursorParam,
}
const CompaniesQuery = z.strictObject(common)
const ContactsQuery = z.strictObject({
  ...common,
  firstName: textParam('Exactly this first name.'),
  lastName: textParam('Exactly this last name.'),
  companyId: idParam('People of this company.'),
  sort: sortParam(contactSorts),
})

type Fields = Awaited<ReturnType<typeof fieldsOf>>

const writeCompany = (party: Party, fields: Fields): CompanyJson => ({
  id: party.id,
  uuid: party.uuid,
  name: party.name,
  emails: party.emails.map(({ value, label, primary }) => ({ value, label, primary })),
  phones: party.phones.map(({ value, label, primary }) => ({ value, label, primary })),
  address: {
    line1: party.address.line1 ?? null,
    city: party.address.city ?? null,
    postalCode: party.address.postalCode ?? null,
    state: party.address.state ?? null,
    country: party.address.country ?? null,
  },
  ownerId: party.ownerId,
  creatorId: party.creatorId,
  tags: [...party.tags],
  customFields: writeValues(fields, party.customFields),
  createdAt: time(party.createdAt),
  updatedAt: time(party.updatedAt),
  deletedAt: timeOrNull(party.deletedAt),
})

const writeContact = (party: Party, fields: Fields): ContactJson => ({
  ...writeCompany(party, fields),
  firstName: party.firstName,
  lastName: party.lastName,
  companyId: party.companyId,
})

/** What differs between the two sorts of party. */
interface Sort {
  kind: PartyKind
  path: string
  tag: Tag
  one: string
  many: string
  body: typeof ContactBody | typeof CompanyBody
  query: typeof ContactsQuery | typeof CompaniesQuery
  json: typeof ContactJson | typeof CompanyJson
  write(party: Party, fields: Fields): ContactJson | CompanyJson
}

const contacts: Sort = {
  kind: 'person',
  path: '/contacts',
  tag: 'Contacts',
  one: 'Contact',
  many: 'Contacts',
  body: ContactBody,
  query: ContactsQuery,
  json: ContactJson,
  write: writeContact,
}
const companies: Sort = {
  kind: 'company',
  path: '/companies',
  tag: 'Companies',
  one: 'Company',
  many: 'Companies',
  body: CompanyBody,
  query: CompaniesQuery,
  json: CompanyJson,
  write: writeCompany,
}

/** People and companies: the small directory that deals point at. */
export function partyRoutes(api: NativeSpeaker): void {
  for (const sort of [contacts, companies]) routesOf(api, sort)
}

function routesOf(api: NativeSpeaker, { kind, path, tag, one, many, body, query, json, write }: Sort): void {
  const name = one.toLowerCase()
  const shown = async (scope: Scope, party: Party) => write(party, await fieldsOf(scope, 'contact', [party]))
  const read = async (scope: Scope, { customFields, ...rest }: Said) => ({
    ...rest,
    customFields: await readValues(scope, 'contact', customFields),
  })

  api.get(
    path,
    { query, about: { tag, id: `list${many}`, summary: `List ${many.toLowerCase()}`, list: json } },
    async ({ scope, query: { sort: wanted, limit, cursor, ...filter } }) => {
      const sort = readSort(wanted, 'id')
      const page: Page<Party> = await listParties(scope, { kind, ...filter, sort, ...readWindow({ limit, cursor }, sort) })
      const fields = await fieldsOf(scope, 'contact', page.items)
      return pageOf(page, sort, (party) => write(party, fields))
    },
  )

  api.post(
    path,
    { body, about: { tag, id: `add${one}`, summary: `Add a ${name}`, made: json, role: 'member' } },
    async ({ scope, body }) => created(await shown(scope, await addParty(scope, { kind, ...(await read(scope, body)) }))),
  )

  api.get(
    `${path}/:id`,
    { params: ById, about: { tag, id: `get${one}`, summary: `One ${name}`, one: json } },
    async ({ scope, params }) => ok(await shown(scope, await findParty(scope, params.id, kind))),
  )

  api.patch(
    `${path}/:id`,
    { params: ById, body, about: { tag, id: `change${one}`, summary: `Change a ${name}`, one: json, role: 'member' } },
    async ({ scope, params, body }) => ok(await shown(scope, await changeParty(scope, params.id, await read(scope, body), kind))),
  )

  api.delete(
    `${path}/:id`,
    {
      params: ById,
      about: {
        tag,
        id: `delete${one}`,
        summary: `Delete a ${name}`,
        description: 'Deals that point at it keep pointing, so that their history stays readable.',
        role: 'member',
      },
    },
    async ({ scope, params }) => {
      await deleteParty(scope, params.id, kind)
      return gone
    },
  )
}
