import type { Deal, DealPatch } from '../../domain/deal.ts'
import { invalid } from '../../domain/errors.ts'
import { addParty, listParties, type Party, type Reachable } from '../../domain/party.ts'
import type { Scope } from '../../domain/scope.ts'
import { entriesOf } from './php.ts'

/**
 * A lead has one main contact, which every vendor knows, and any number beside, whose ids are kept for this vendor alone.
 */
const maxContacts = 40

export function contactIdsOf(deal: Pick<Deal, 'contactId' | 'extras'>): number[] {
  const others = deal.extras.amocrm?.contacts
  const ids = Array.isArray(others) ? others.filter((id) => typeof id === 'number') : []
  return [...(deal.contactId === null ? [] : [deal.contactId]), ...ids.filter((id) => id !== deal.contactId)]
}

/** The contacts of a lead, the main one first; each must be there. */
export async function readContacts(scope: Scope, ids: readonly number[]): Promise<Pick<DealPatch, 'contactId' | 'extras'>> {
  const [main = null, ...others] = [...new Set(ids)]
  if (others.length >= maxContacts) invalid('contactId', 'too_long', { max: maxContacts })
  if (others.length > 0) {
    const { items } = await listParties(scope, { kind: 'person', ids: others, limit: maxContacts })
    if (items.length < others.length) invalid('contactId', 'not_found')
  }
  return { contactId: main, extras: { contacts: others.length === 0 ? null : others } }
}

/** The ids among `[{"id": 1}, {"id": 2, "is_main": true}]`, the main one first. */
export function contactIdsIn(value: unknown): number[] {
  const rows = entriesOf(value).map(([, row]) => row as { id?: unknown; is_main?: unknown } | null)
  const main = rows.filter((row) => row?.is_main === true || row?.is_main === 'true' || row?.is_main === '1')
  return [...main, ...rows].flatMap((row) => (row?.id === undefined ? [] : [Number(row.id)]))
}

interface PartyRow {
  id?: unknown
  name?: unknown
  first_name?: unknown
  last_name?: unknown
  custom_fields_values?: unknown
}

/** The contact or company that a row stands for: the one with its id, or a new one. */
export async function partyIn(scope: Scope, kind: Party['kind'], row: unknown): Promise<number | undefined> {
  const party = row as PartyRow | null | undefined
  if (typeof party !== 'object' || party === null) return undefined
  if (party.id !== undefined) return Number(party.id)
  const said = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value : undefined)
  const [name, firstName, lastName] = [said(party.name), said(party.first_name), said(party.last_name)]
  const made = await addParty(scope, {
    kind,
    // The vendor takes contacts without a name and calls them so itself.
    ...((firstName ?? lastName) ? { firstName: firstName ?? null, lastName: lastName ?? null } : { name: name ?? 'Unnamed' }),
    phones: reachables(party.custom_fields_values, 'PHONE'),
    emails: reachables(party.custom_fields_values, 'EMAIL'),
  })
  return made.id
}

/** Telephones and addresses are fields with a fixed code here. */
function reachables(fields: unknown, code: 'PHONE' | 'EMAIL'): Reachable[] {
  const values = entriesOf(fields).flatMap(([, field]) => {
    const { field_code, values } = (field ?? {}) as { field_code?: unknown; values?: unknown }
    return field_code === code ? entriesOf(values) : []
  })
  return values.map(([, row], index) => {
    const { value, enum_code } = (row ?? {}) as { value?: unknown; enum_code?: unknown }
    return {
      value: String(value ?? ''),
      label: typeof enum_code === 'string' ? enum_code.toLowerCase() : 'work',
      primary: index === 0,
    }
  })
}
