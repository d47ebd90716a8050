import type { FieldMatch } from './deal.ts'
import { conflict, found, invalid } from './errors.ts'
import type { Direction, Page, Window } from './page.ts'
import { atomically, requireRole, type Scope } from './scope.ts'
import {
  type Extras,
  given,
  type JsonObject,
  maxName,
  mergeKeys,
  requireName,
  requireTags,
  requireText,
  sameJson,
  withExtras,
} from './text.ts'
import { type Instant, requireInstant } from './time.ts'

/**
 * Somebody a deal can be made with: a person (a contact) or a company. Both are kept in one row of ids, because one vendor's
 * contacts are both and every other vendor's two lists do not mind.
 */
export interface Party {
  readonly id: number
  readonly uuid: string
  readonly kind: PartyKind
  /** The full name of a person, the name of a company. */
  readonly name: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly emails: readonly Reachable[]
  readonly phones: readonly Reachable[]
  readonly address: Address
  /** The company a person belongs to. */
  readonly companyId: number | null
  readonly ownerId: number
  readonly creatorId: number
  readonly tags: readonly string[]
  readonly customFields: JsonObject
  readonly extras: Extras
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly deletedAt: Instant | null
}

export type PartyKind = 'person' | 'company'

/** An e-mail address or a telephone number with what it is used for (`work`, `home`, …); the first primary one is the main one. */
export interface Reachable {
  readonly value: string
  readonly label: string
  readonly primary: boolean
}

/** The main one of several addresses or numbers. */
export const mainOf = (list: readonly Reachable[]): string | undefined => (list.find((entry) => entry.primary) ?? list[0])?.value

export interface Address {
  readonly line1?: string | null | undefined
  readonly city?: string | null | undefined
  readonly postalCode?: string | null | undefined
  readonly state?: string | null | undefined
  readonly country?: string | null | undefined
}

export interface PartyPatch {
  /** A person's name can be given whole or in its two parts; the other follows. */
  name?: string | undefined
  firstName?: string | null | undefined
  lastName?: string | null | undefined
  emails?: readonly Reachable[] | undefined
  phones?: readonly Reachable[] | undefined
  address?: Address | undefined
  companyId?: number | null | undefined
  ownerId?: number | undefined
  tags?: readonly string[] | undefined
  customFields?: JsonObject | undefined
  extras?: JsonObject | undefined
}

export interface PartyDraft extends PartyPatch {
  kind: PartyKind
  createdAt?: Instant | undefined
}

/** People and companies without a last name come first under `lastName`. */
export type PartySort = 'id' | 'name' | 'lastName' | 'createdAt' | 'updatedAt'

export interface PartyQuery extends Window {
  kind?: PartyKind | undefined
  ids?: readonly number[] | undefined
  name?: string | undefined
  firstName?: string | undefined
  lastName?: string | undefined
  email?: string | undefined
  phone?: string | undefined
  companyId?: number | undefined
  ownerId?: number | undefined
  creatorId?: number | undefined
  address?: Address | undefined
  customField?: FieldMatch | readonly FieldMatch[] | undefined
  /** Words, each the beginning of a word of the name. */
  text?: string | undefined
  updatedSince?: Instant | undefined
  updatedUntil?: Instant | undefined
  deleted?: 'only' | 'both' | undefined
  sort?: { by: PartySort; direction: Direction } | undefined
}

export const listParties = ({ store }: Scope, query: PartyQuery): Promise<Page<Party>> => store.parties.list(query)

/** How many a query finds, whatever its window. */
export const countParties = ({ store }: Scope, query: Omit<PartyQuery, keyof Window>): Promise<number> =>
  store.parties.count({ ...query, limit: 0 })

/** A person or company that is not deleted; `kind` where only the one will do. */
export async function findParty({ store }: Scope, id: number, kind?: PartyKind): Promise<Party> {
  const party = await store.parties.get(id)
  const fits = party && party.deletedAt === null && (kind === undefined || party.kind === kind)
  return found(fits ? party : undefined, kind === 'company' ? 'company' : 'contact')
}

/** Adds a person or a company. Members and above. */
export async function addParty(scope: Scope, draft: PartyDraft): Promise<Party> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    const now = scope.now()
    const bare: Party = {
      ...(await scope.store.parties.identify()),
      kind: draft.kind,
      name: '',
      firstName: null,
      lastName: null,
      emails: [],
      phones: [],
      address: {},
      companyId: null,
      ownerId: scope.user.id,
      creatorId: scope.user.id,
      tags: [],
      customFields: {},
      extras: {},
      createdAt: draft.createdAt === undefined ? now : requireInstant(draft.createdAt, 'createdAt'),
      updatedAt: now,
      deletedAt: null,
    }
    const party = await describe(scope, bare, draft)
    await scope.store.parties.insert(party)
    return party
  })
}

/** Changes a person or company. Members and above. */
export async function changeParty(scope: Scope, id: number, patch: PartyPatch, kind?: PartyKind): Promise<Party> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    const before = await findParty(scope, id, kind)
    const after = await describe(scope, before, patch)
    if (sameJson({ ...before } as unknown as JsonObject, { ...after } as unknown as JsonObject)) return before
    const saved = { ...after, updatedAt: scope.now() }
    await scope.store.parties.save(saved)
    return saved
  })
}

/** Deletes a person or company. Deals and people that point at it keep pointing: their history stays readable. Members and above. */
export async function deleteParty(scope: Scope, id: number, kind?: PartyKind): Promise<Party> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    const before = await findParty(scope, id, kind)
    const at = scope.now()
    const deleted = { ...before, deletedAt: at, updatedAt: at }
    await scope.store.parties.save(deleted)
    return deleted
  })
}

async function describe(scope: Scope, party: Party, patch: PartyPatch): Promise<Party> {
  const { emails, phones, address, companyId, ownerId, tags, customFields, extras } = given(patch)
  return {
    ...party,
    ...names(party, patch),
    emails: emails ? requireReachable(emails, 'emails') : party.emails,
    phones: phones ? requireReachable(phones, 'phones') : party.phones,
    address: address ? requireAddress({ ...party.address, ...address }) : party.address,
    companyId: companyId === undefined ? party.companyId : await requireCompany(scope, party, companyId),
    ownerId: ownerId === undefined ? party.ownerId : await requireOwner(scope, ownerId),
    tags: tags ? requireTags(tags) : party.tags,
    customFields: customFields ? mergeKeys(party.customFields, customFields) : party.customFields,
    extras: extras ? withExtras(party.extras, scope.via, extras) : party.extras,
  }
}

function names(party: Party, { name, firstName, lastName }: PartyPatch): Pick<Party, 'name' | 'firstName' | 'lastName'> {
  if (party.kind === 'company') return { name: requireName(name ?? party.name), firstName: null, lastName: null }
  if (firstName !== undefined || lastName !== undefined) {
    const first = firstName === undefined ? party.firstName : firstName
    const last = lastName === undefined ? party.lastName : lastName
    const whole = [first, last].filter((part) => part !== null && part.trim() !== '').join(' ')
    return { name: requireName(whole, 'lastName'), firstName: first, lastName: last }
  }
  if (name === undefined || name === party.name) {
    return { name: requireName(party.name), firstName: party.firstName, lastName: party.lastName }
  }
  const words = requireName(name).trim().split(/\s+/)
  return { name, firstName: words.length > 1 ? words.slice(0, -1).join(' ') : null, lastName: words.at(-1) ?? null }
}

function requireReachable(list: readonly Reachable[], field: string): readonly Reachable[] {
  if (list.length > 50) invalid(field, 'too_long', { max: 50 })
  for (const { value, label } of list) for (const text of [value, label]) requireText(text, field, maxName)
  return list
}

function requireAddress(address: Address): Address {
  for (const [key, part] of Object.entries(address)) if (part) requireText(part, `address.${key}`, maxName)
  return address
}

async function requireCompany({ store }: Scope, party: Party, id: number | null): Promise<number | null> {
  if (id === null || id === party.companyId) return id
  if (party.kind === 'company') conflict('different_kind')
  const company = await store.parties.get(id)
  return company?.kind === 'company' && company.deletedAt === null ? id : invalid('companyId', 'not_found')
}

async function requireOwner({ store }: Scope, id: number): Promise<number> {
  return (await store.members.get(id)) ? id : invalid('ownerId', 'not_found')
}
