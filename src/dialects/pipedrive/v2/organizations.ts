import { z } from 'zod'
import type { CustomField } from '../../../domain/custom-field.ts'
import { refuse } from '../../../domain/errors.ts'
import { addParty, changeParty, deleteParty, type Party, type PartyPatch } from '../../../domain/party.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Speaker } from '../../../http/speak.ts'
import { extrasOf } from '../deals.ts'
import { findVisibleParty } from '../parties.ts'
import { one, page } from '../wire.ts'
import { nextCursor, paging } from './cursor.ts'
import type { CustomView } from './deal-view.ts'
import { anyMoment, ById, fieldKeys, flagText, ids, idText, int, listOf, NoQuery, query, wholeSecond } from './input.ts'
import {
  AddressBody,
  findParties,
  pageOfParties,
  partyFields,
  partyFieldsOf,
  readAddress,
  readParty,
  writeAddress,
  writeParty,
} from './party.ts'
import { found, matching, score, search, searchQuery, textsIn } from './search.ts'

/** What the vendor finds out about a company, and nobody else has a place for. */
const profile = {
  website: z.string().max(255).nullable().optional(),
  linkedin: z.string().max(255).nullable().optional(),
  industry: int.nullable().optional(),
  annual_revenue: z.number().nullable().optional(),
  employee_count: int.nullable().optional(),
}

const fields = { ...partyFields, ...profile, name: z.string().optional(), address: AddressBody.optional() }
const OrganizationPatchBody = z.strictObject(fields)
const OrganizationBody = z.strictObject({ ...fields, name: z.string(), add_time: anyMoment.optional() })

const View = {
  // Of the vendor's list what can be said here: there are no activities, mails, files or notes, and deals are not counted by company.
  include_fields: listOf(
    'next_activity_id',
    'last_activity_id',
    'people_count',
    'email_messages_count',
    'activities_count',
    'done_activities_count',
    'undone_activities_count',
    'files_count',
    'notes_count',
    'followers_count',
    'smart_bcc_email',
  ).optional(),
  custom_fields: fieldKeys.optional(),
  include_option_labels: flagText.optional(),
  include_labels: flagText.optional(),
}

const OrganizationsQuery = query({
  filter_id: idText.optional(),
  ids: ids.optional(),
  owner_id: idText.optional(),
  updated_since: wholeSecond.optional(),
  updated_until: wholeSecond.optional(),
  ...paging('id', 'update_time', 'add_time'),
  ...View,
})

const OrganizationSearch = searchQuery({ fields: listOf('address', 'custom_fields', 'notes', 'name').optional() })

function readOrganization(body: z.infer<typeof OrganizationPatchBody>, own: readonly CustomField[]): PartyPatch {
  const { extras, ...common } = readParty(body, own)
  const place = readAddress(body.address ?? {})
  const said = Object.keys(profile).flatMap((name) => {
    const value = body[name as keyof typeof profile]
    return value === undefined ? [] : [[name, value]]
  })
  return {
    ...common,
    name: body.name,
    address: place.address,
    extras: { ...extras, ...place.extras, ...Object.fromEntries(said) },
  }
}

interface OrganizationView extends CustomView {
  include_fields?: readonly string[] | undefined
}

/** Organizations with all that is shown of them. */
async function writeOrganizations(scope: Scope, companies: readonly Party[], view: OrganizationView = {}): Promise<object[]> {
  const own = await partyFieldsOf(scope)
  const asked = view.include_fields ?? []
  const counted = asked.includes('people_count') ? companies.map(({ id }) => id) : []
  const people = await scope.store.parties.peopleCounts(counted)
  return companies.map((company) => {
    const kept = company.extras.pipedrive ?? {}
    return {
      id: company.id,
      name: company.name,
      ...writeParty(company, own, view),
      address: writeAddress(company),
      ...Object.fromEntries(Object.keys(profile).map((name) => [name, kept[name] ?? null])),
      ...Object.fromEntries(asked.map((name) => [name, name.endsWith('_count') ? 0 : null])),
      ...(asked.includes('people_count') ? { people_count: people.get(company.id) ?? 0 } : {}),
    }
  })
}

const oneOrganization = async (scope: Scope, company: Party, view?: OrganizationView) =>
  one((await writeOrganizations(scope, [company], view))[0])

export function openOrganizations(api: Speaker): void {
  api.get('/api/v2/organizations', { query: OrganizationsQuery, cost: 10 }, async ({ scope, query }) => {
    if (query.filter_id !== undefined) refuse({ kind: 'not_found', what: 'record' })
    const filter = {
      kind: 'company',
      ids: query.ids,
      ownerId: query.owner_id,
      updatedSince: query.updated_since,
      updatedUntil: query.updated_until,
    } as const
    const { items, next } = await pageOfParties(scope, filter, query)
    return page(await writeOrganizations(scope, items, query), nextCursor(query, next))
  })

  api.get('/api/v2/organizations/search', { query: OrganizationSearch, cost: 20, group: 'search' }, async ({ scope, query }) => {
    const asked = !query.fields || query.fields.includes('name')
    const { items, next } = await search(
      query,
      (window) => findParties(scope, asked ? [{ kind: 'company', text: query.term }] : [], window),
      (company) => [company.name],
    )
    const results = items.map((company) => ({
      result_score: score(query.term, company.name),
      item: {
        id: company.id,
        type: 'organization',
        name: company.name,
        address: company.address.line1 ?? null,
        visible_to: extrasOf(company).visible_to,
        owner: { id: company.ownerId },
        custom_fields: matching(query.term, textsIn(company.customFields)),
        notes: [],
      },
    }))
    return found(query, results, next)
  })

  api.get('/api/v2/organizations/:id', { params: ById, query: query(View), cost: 1 }, async ({ scope, params, query }) =>
    oneOrganization(scope, await findVisibleParty(scope, params.id, 'company'), query),
  )

  api.post('/api/v2/organizations', { query: NoQuery, body: OrganizationBody, cost: 5 }, async ({ scope, body }) => {
    const draft = readOrganization(body, await partyFieldsOf(scope))
    return oneOrganization(scope, await addParty(scope, { ...draft, kind: 'company', createdAt: body.add_time }))
  })

  api.patch(
    '/api/v2/organizations/:id',
    { params: ById, query: NoQuery, body: OrganizationPatchBody, cost: 5 },
    async ({ scope, params, body }) => {
      const patch = readOrganization(body, await partyFieldsOf(scope))
      return oneOrganization(scope, await changeParty(scope, params.id, patch, 'company'))
    },
  )

  api.delete('/api/v2/organizations/:id', { params: ById, query: NoQuery, cost: 3 }, async ({ scope, params }) => {
    const { id } = await deleteParty(scope, params.id, 'company')
    return one({ id })
  })
}
