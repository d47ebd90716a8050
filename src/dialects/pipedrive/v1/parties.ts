import type { Address, Party, Reachable } from '../../../domain/party.ts'
import type { Workspace } from '../../../domain/workspace.ts'
import { extrasOf } from '../deals.ts'
import type { Related } from './related.ts'

/** How people and organizations show in other records of v1. */

/** The vendor's address that files copies of mail. Nothing listens there for us. */
export const bccAddress = ({ subdomain }: Workspace, dealId?: number): string =>
  `${subdomain}${dealId === undefined ? '' : `+deal${dealId}`}@pipedrivemail.com`

/** Where there is no address or number, recorded answers have one that is empty. */
export const writeReachable = (list: readonly Reachable[]) =>
  list.length === 0 ? [{ value: '', primary: true }] : list.map(({ label, value, primary }) => ({ label, value, primary }))

/** An address on one line; null where nothing is known. */
export function writeAddress({ line1, city, postalCode, state, country }: Address): string | null {
  const place = [postalCode, city].filter(Boolean).join(' ')
  return [line1, place, state, country].filter(Boolean).join(', ') || null
}

const personCore = (person: Party, { workspace }: Related) => ({
  name: person.name,
  email: writeReachable(person.emails),
  phone: writeReachable(person.phones),
  owner_id: person.ownerId,
  company_id: workspace.id,
})

const organizationCore = (company: Party, { people, users, workspace }: Related) => ({
  name: company.name,
  people_count: people.get(company.id) ?? 0,
  owner_id: company.ownerId,
  address: writeAddress(company.address),
  label_ids: extrasOf(company).label_ids,
  active_flag: company.deletedAt === null,
  cc_email: bccAddress(workspace),
  owner_name: users.get(company.ownerId)?.name ?? null,
})

/** A person as a field of another record. */
export function writePersonReference(id: number | null, related: Related) {
  const person = id === null ? undefined : related.parties.get(id)
  return person ? { active_flag: person.deletedAt === null, ...personCore(person, related), value: person.id } : null
}

/** An organization as a field of another record. */
export function writeOrganizationReference(id: number | null, related: Related) {
  const company = id === null ? undefined : related.parties.get(id)
  return company ? { ...organizationCore(company, related), value: company.id } : null
}

/** A person as `related_objects` show them. */
export const writePersonObject = (person: Party, related: Related) => ({
  active_flag: person.deletedAt === null,
  id: person.id,
  ...personCore(person, related),
})

/** An organization as `related_objects` show it. */
export const writeOrganizationObject = (company: Party, related: Related) => ({
  id: company.id,
  ...organizationCore(company, related),
})
