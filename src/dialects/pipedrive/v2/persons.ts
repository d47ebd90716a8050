import { z } from 'zod'
import type { CustomField } from '../../../domain/custom-field.ts'
import { refuse } from '../../../domain/errors.ts'
import {
  addParty,
  changeParty,
  deleteParty,
  listParties,
  type Party,
  type PartyPatch,
  type PartyQuery,
  type Reachable,
} from '../../../domain/party.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Speaker } from '../../../http/speak.ts'
import { extrasOf } from '../deals.ts'
import { findVisibleParty } from '../parties.ts'
import { one, page } from '../wire.ts'
import { nextCursor, paging } from './cursor.ts'
import type { CustomView } from './deal-view.ts'
import { anyMoment, ById, fieldKeys, flag, flagText, ids, idText, int, listOf, NoQuery, query, wholeSecond } from './input.ts'
import { findParties, pageOfParties, partyFields, partyFieldsOf, readParty, writeParty } from './party.ts'
import { found, matching, score, search, searchQuery, textsIn } from './search.ts'

const Reach = z.strictObject({ value: z.string(), primary: flag.optional(), label: z.string().max(64).optional() })

const fields = {
  ...partyFields,
  name: z.string().optional(),
  org_id: int.nullable().optional(),
  emails: z.array(Reach).optional(),
  phones: z.array(Reach).optional(),
}
const PersonPatchBody = z.strictObject(fields)
const PersonBody = z.strictObject({ ...fields, name: z.string(), add_time: anyMoment.optional() })

const View = {
  // Of the vendor's list what can be said here: there are no activities, mails, files or notes, and deals are not counted by person.
  include_fields: listOf(
    'next_activity_id',
    'last_activity_id',
    'participant_open_deals_count',
    'participant_closed_deals_count',
    'email_messages_count',
    'activities_count',
    'done_activities_count',
    'undone_activities_count',
    'files_count',
    'notes_count',
    'followers_count',
    'last_incoming_mail_time',
    'last_outgoing_mail_time',
    'marketing_status',
    'doi_status',
    'smart_bcc_email',
  ).optional(),
  custom_fields: fieldKeys.optional(),
  include_option_labels: flagText.optional(),
  include_labels: flagText.optional(),
}

const PersonsQuery = query({
  filter_id: idText.optional(),
  ids: ids.optional(),
  owner_id: idText.optional(),
  org_id: idText.optional(),
  deal_id: idText.optional(),
  updated_since: wholeSecond.optional(),
  updated_until: wholeSecond.optional(),
  ...paging('id', 'update_time', 'add_time'),
  ...View,
})

const PersonSearch = searchQuery({
  fields: listOf('custom_fields', 'email', 'notes', 'phone', 'name').optional(),
  organization_id: idText.optional(),
  include_fields: listOf('person.picture').optional(),
})

/** The first is the main one where none is said to be. */
const readReach = (list: readonly z.infer<typeof Reach>[] | undefined): readonly Reachable[] | undefined =>
  list?.map(({ value, primary, label }, index) => ({ value, primary: primary ?? index === 0, label: label ?? 'work' }))

const readPerson = (body: z.infer<typeof PersonPatchBody>, own: readonly CustomField[]): PartyPatch => ({
  ...readParty(body, own),
  name: body.name,
  companyId: body.org_id,
  emails: readReach(body.emails),
  phones: readReach(body.phones),
})

const writeReach = ({ label, value, primary }: Reachable) => ({ label, value, primary })

interface PersonView extends CustomView {
  include_fields?: readonly string[] | undefined
}

const writePerson = (person: Party, own: readonly CustomField[], view: PersonView = {}) => {
  const { owner_id, add_time, update_time, ...others } = writeParty(person, own, view)
  return {
    id: person.id,
    name: person.name,
    first_name: person.firstName,
    last_name: person.lastName,
    owner_id,
    org_id: person.companyId,
    add_time,
    update_time,
    emails: person.emails.map(writeReach),
    phones: person.phones.map(writeReach),
    picture_id: null,
    ...others,
    ...Object.fromEntries((view.include_fields ?? []).map((name) => [name, name.endsWith('_count') ? 0 : null])),
  }
}

/** The person of a deal; nobody where the deal is not there or has none. */
async function personOf(scope: Scope, dealId: number): Promise<readonly number[]> {
  const deal = await scope.store.deals.get(dealId)
  return deal && deal.deletedAt === null && deal.contactId !== null ? [deal.contactId] : []
}

function queriesFor(query: z.infer<typeof PersonSearch>): Omit<PartyQuery, 'limit'>[] {
  const asked = (field: 'name' | 'email' | 'phone') => !query.fields || query.fields.includes(field)
  const own = { kind: 'person', companyId: query.organization_id } as const
  return [
    ...(asked('name') ? [{ ...own, text: query.term }] : []),
    ...(asked('email') ? [{ ...own, email: query.term }] : []),
    ...(asked('phone') ? [{ ...own, phone: query.term }] : []),
  ]
}

export function openPersons(api: Speaker): void {
  api.get('/api/v2/persons', { query: PersonsQuery, cost: 10 }, async ({ scope, query }) => {
    if (query.filter_id !== undefined) refuse({ kind: 'not_found', what: 'record' })
    const ofDeal = query.deal_id === undefined ? undefined : await personOf(scope, query.deal_id)
    const filter: Omit<PartyQuery, 'limit'> = {
      kind: 'person',
      ids: query.ids && ofDeal ? query.ids.filter((id) => ofDeal.includes(id)) : (query.ids ?? ofDeal),
      ownerId: query.owner_id,
      companyId: query.org_id,
      updatedSince: query.updated_since,
      updatedUntil: query.updated_until,
    }
    const { items, next } = await pageOfParties(scope, filter, query)
    const own = await partyFieldsOf(scope)
    return page(
      items.map((person) => writePerson(person, own, query)),
      nextCursor(query, next),
    )
  })

  api.get('/api/v2/persons/search', { query: PersonSearch, cost: 20, group: 'search' }, async ({ scope, query }) => {
    const { items, next } = await search(
      query,
      (window) => findParties(scope, queriesFor(query), window),
      (person) => [person.name, ...[...person.emails, ...person.phones].map(({ value }) => value)],
    )
    const ids = [...new Set(items.flatMap((person) => person.companyId ?? []))]
    const companies = await listParties(scope, { ids, deleted: 'both', limit: Math.max(ids.length, 1) })
    const companyOf = (person: Party) => companies.items.find(({ id }) => id === person.companyId)
    const results = items.map((person) => {
      const company = companyOf(person)
      return {
        result_score: score(query.term, person.name),
        item: {
          id: person.id,
          type: 'person',
          name: person.name,
          phones: person.phones.map(({ value }) => value),
          emails: person.emails.map(({ value }) => value),
          visible_to: extrasOf(person).visible_to,
          owner: { id: person.ownerId },
          organization: company ? { id: company.id, name: company.name } : null,
          custom_fields: matching(query.term, textsIn(person.customFields)),
          notes: [],
          ...(query.include_fields?.includes('person.picture') ? { picture: null } : {}),
        },
      }
    })
    return found(query, results, next)
  })

  api.get('/api/v2/persons/:id', { params: ById, query: query(View), cost: 1 }, async ({ scope, params, query }) =>
    one(writePerson(await findVisibleParty(scope, params.id, 'person'), await partyFieldsOf(scope), query)),
  )

  api.post('/api/v2/persons', { query: NoQuery, body: PersonBody, cost: 5 }, async ({ scope, body }) => {
    const own = await partyFieldsOf(scope)
    const draft = { ...readPerson(body, own), kind: 'person', createdAt: body.add_time } as const
    return one(writePerson(await addParty(scope, draft), own))
  })

  api.patch(
    '/api/v2/persons/:id',
    { params: ById, query: NoQuery, body: PersonPatchBody, cost: 5 },
    async ({ scope, params, body }) => {
      const own = await partyFieldsOf(scope)
      return one(writePerson(await changeParty(scope, params.id, readPerson(body, own), 'person'), own))
    },
  )

  api.delete('/api/v2/persons/:id', { params: ById, query: NoQuery, cost: 3 }, async ({ scope, params }) => {
    const { id } = await deleteParty(scope, params.id, 'person')
    return one({ id })
  })
}
