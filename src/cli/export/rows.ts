import type { Deal } from '../../domain/deal.ts'
import { toDecimal } from '../../domain/money.ts'
import { listParties, mainOf, type Party, type Reachable } from '../../domain/party.ts'
import type { Scope } from '../../domain/scope.ts'
import { isOpen } from '../../domain/stage.ts'
import type { JsonObject } from '../../domain/text.ts'
import type { Instant } from '../../domain/time.ts'
import type { Names } from './names.ts'

/** A record as an import reads it: what it holds, by the names of the import's fields. */
export type Exported = JsonObject

const iso = (at: Instant | null): string | null => (at === null ? null : new Date(at).toISOString())

/** The people and companies that deals point at. */
export async function partiesOf(scope: Scope, deals: readonly Deal[]): Promise<ReadonlyMap<number, Party>> {
  const ids = [...new Set(deals.flatMap(({ contactId, companyId }) => [contactId, companyId]).filter((id) => id !== null))]
  const { items } = await listParties(scope, { ids, deleted: 'both', limit: ids.length + 1 })
  return new Map(items.map((party) => [party.id, party]))
}

export async function dealRow(names: Names, parties: ReadonlyMap<number, Party>, deal: Deal): Promise<Exported> {
  const owner = await names.member(deal.ownerId)
  const contact = parties.get(deal.contactId ?? 0)
  return {
    external_id: deal.externalId,
    title: deal.title,
    value: toDecimal(deal.amount, deal.currency),
    currency: deal.currency,
    pipeline: await names.of('pipelines', deal.pipelineId),
    stage: await names.of('stages', deal.stageId),
    outcome: deal.outcome,
    last_open_stage: isOpen({ kind: deal.outcome }) ? null : await names.of('stages', deal.openStageId),
    owner: owner?.name ?? null,
    owner_email: owner?.email ?? null,
    company: parties.get(deal.companyId ?? 0)?.name ?? null,
    contact: contact?.name ?? null,
    contact_email: mainOf(contact?.emails ?? []) ?? null,
    probability: deal.probability,
    expected_close_date: deal.expectedCloseDate,
    loss_reason: await names.of('lossReasons', deal.lossReasonId),
    loss_comment: deal.lossComment,
    tags: listed(deal.tags),
    created_at: iso(deal.createdAt),
    stage_changed_at: iso(deal.stageChangedAt),
    closed_at: iso(deal.closedAt),
    archived_at: iso(deal.archivedAt),
    extras: documented(deal.extras),
    ...names.custom(deal.customFields),
  }
}

export async function partyRow(names: Names, companies: ReadonlyMap<number, Party>, party: Party): Promise<Exported> {
  const owner = await names.member(party.ownerId)
  const person: Exported = {
    first_name: party.firstName,
    last_name: party.lastName,
    company: companies.get(party.companyId ?? 0)?.name ?? null,
  }
  return {
    name: party.name,
    ...(party.kind === 'person' ? person : {}),
    owner: owner?.name ?? null,
    owner_email: owner?.email ?? null,
    emails: reached(party.emails),
    phones: reached(party.phones),
    street: party.address.line1 ?? null,
    postal_code: party.address.postalCode ?? null,
    city: party.address.city ?? null,
    state: party.address.state ?? null,
    country: party.address.country ?? null,
    tags: listed(party.tags),
    created_at: iso(party.createdAt),
    extras: documented(party.extras),
    ...names.custom(party.customFields),
  }
}

/** With commas between, or as JSON where that would not be read back the same. */
function listed(texts: readonly string[]): string | null {
  if (texts.length === 0) return null
  return texts.some((text) => text.includes(',') || text.startsWith('[')) ? JSON.stringify(texts) : texts.join(', ')
}

const documented = (object: object): string | null => (Object.keys(object).length === 0 ? null : JSON.stringify(object))

/** One plain address as itself, anything else as JSON. */
function reached(list: readonly Reachable[]): string | null {
  const [only] = list
  if (!only) return null
  const isPlain = list.length === 1 && only.label === 'work' && only.primary && !/^\[|^\s|\s$/.test(only.value)
  return isPlain ? only.value : JSON.stringify(list)
}
