import { z } from 'zod'
import { countParties, listParties, type Party, type PartyKind, type Reachable } from '../../domain/party.ts'
import type { Scope } from '../../domain/scope.ts'
import { listMembers } from '../../domain/user.ts'
import type { Handler, Speaker } from '../../http/speak.ts'
import { asked } from './fields.ts'
import { paged, paging, windowOf } from './paging.ts'
import { moment } from './wire.ts'

const PartyQuery = z.object({ ...paging, search: asked })

/** Contacts and companies, for reading: what the vendor's pages say about changing them is not known. */
export function mountParties(api: Speaker): void {
  api.get(
    '/app/contacts',
    { query: PartyQuery },
    listOf('person', async (scope, parties) => parties.map(contactIn(scope))),
  )
  api.get('/app/companies', { query: PartyQuery }, listOf('company', writeCompanies))
}

type Writer = (scope: Scope, parties: readonly Party[]) => Promise<object[]>

const listOf =
  (kind: PartyKind, write: Writer): Handler<{ query: typeof PartyQuery }> =>
  async ({ scope, query, req }) => {
    const filter = { kind, text: query.search }
    const { limit, offset } = windowOf(query)
    const { items } = await listParties(scope, { ...filter, limit, offset })
    return paged(req, query, { items: await write(scope, items), total: await countParties(scope, filter) })
  }

/** The main address or number. */
const main = (list: readonly Reachable[]): string | null => (list.find((entry) => entry.primary) ?? list[0])?.value ?? null

/**
 * A contact in the vendor's order. Nobody visits a page here, so there is nothing to say of browsers and sessions, and whoever is in
 * the directory is a lead.
 */
const contactIn =
  ({ workspace }: Scope) =>
  (party: Party) => ({
    id: party.uuid,
    workspace_id: workspace.uuid,
    user_id: null,
    type: 'lead',
    name: party.name,
    email: main(party.emails),
    phone: main(party.phones),
    notes: null,
    is_online: false,
    is_blocked: false,
    is_subscribed: true,
    last_seen: null,
    first_seen: null,
    sign_up: null,
    web_sessions: 0,
    last_page: null,
    last_ip: null,
    locale: null,
    timezone: null,
    country: party.address.country ?? null,
    state: party.address.state ?? null,
    city: party.address.city ?? null,
    browser: null,
    created_at: moment(party.createdAt),
    updated_at: moment(party.updatedAt),
  })

async function writeCompanies(scope: Scope, parties: readonly Party[]): Promise<object[]> {
  const people = await scope.store.parties.peopleCounts(parties.map(({ id }) => id))
  const ownerIds = [...new Set(parties.map(({ ownerId }) => ownerId))]
  const owners = await listMembers(scope, { ids: ownerIds, limit: ownerIds.length })
  const uuidOf = new Map(owners.items.map(({ id, uuid }) => [id, uuid]))
  return parties.map((party) => ({
    id: party.uuid,
    workspace_id: scope.workspace.uuid,
    owner_id: uuidOf.get(party.ownerId) ?? null,
    company_id: null,
    name: party.name,
    email: main(party.emails),
    website: null,
    industry: null,
    size: null,
    plan: null,
    monthly_spend: null,
    notes: null,
    attributes: {},
    last_seen: null,
    company_created_at: null,
    web_sessions: 0,
    photo_url: null,
    contacts_count: people.get(party.id) ?? 0,
    created_at: moment(party.createdAt),
    updated_at: moment(party.updatedAt),
  }))
}
