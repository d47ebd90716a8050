import type { Deal, DealPatch } from './deal.ts'
import { invalid } from './errors.ts'
import { requireAmount, requireCurrency, roundTo, toDecimal, toMinor } from './money.ts'
import type { Scope } from './scope.ts'
import { isLost, isOpen } from './stage.ts'
import { mergeKeys, requireName, requireTags, requireText, withExtras } from './text.ts'
import { type Instant, requireDay, requireInstant } from './time.ts'

/** What a caller says of a deal beside its standing. */

/** The deal with everything but its standing: checked, resolved and merged. */
export async function describe(scope: Scope, deal: Deal, patch: DealPatch, at: Instant): Promise<Deal> {
  const { title, externalId, currency, probability, expectedCloseDate, ownerId, customFields, extras } = patch
  const next: { -readonly [K in keyof Deal]: Deal[K] } = { ...deal }
  next.title = requireName(title ?? deal.title, 'title')
  if (externalId !== undefined) next.externalId = externalId === null ? null : await requireNewExternalId(scope, deal, externalId)
  if (currency !== undefined) next.currency = requireCurrency(currency)
  next.amount = amountOf(deal, next.currency, patch)
  if (probability !== undefined) next.probability = probability === null ? null : requireProbability(probability)
  if (expectedCloseDate !== undefined) {
    next.expectedCloseDate = expectedCloseDate === null ? null : requireDay(expectedCloseDate, 'expectedCloseDate')
  }
  if (ownerId !== undefined && (ownerId !== deal.ownerId || deal.rank === ''))
    next.ownerId = await requireMember(scope, ownerId, 'ownerId')
  Object.assign(next, await parties(scope, deal, patch), await loss(scope, deal, patch))
  next.tags = retagged(deal, patch)
  if (customFields !== undefined) next.customFields = mergeKeys(deal.customFields, customFields)
  if (extras !== undefined) next.extras = withExtras(deal.extras, scope.via, extras)
  const isArchived = patch.isArchived ?? (patch.archivedAt === undefined ? undefined : true)
  if (isArchived === false) next.archivedAt = null
  if (isArchived === true) {
    next.archivedAt = patch.archivedAt === undefined ? (deal.archivedAt ?? at) : requireInstant(patch.archivedAt, 'archivedAt')
  }
  return next
}

function retagged(deal: Deal, { tags, addTags, removeTags }: DealPatch): readonly string[] {
  if (tags === undefined && addTags === undefined && removeTags === undefined) return deal.tags
  const kept = (tags ?? deal.tags).filter((tag) => !removeTags?.includes(tag))
  return requireTags([...kept, ...(addTags ?? [])])
}

/** The amount in minor units of the deal's currency after the change. */
function amountOf(deal: Deal, currency: string, { amount, value }: DealPatch): number {
  if (amount !== undefined) return requireAmount(amount)
  if (value !== undefined) {
    const minor = toMinor(value.decimal, currency, 'value')
    const same =
      value.places !== undefined && currency === deal.currency && roundTo(deal.amount, currency, value.places) === minor
    return same ? deal.amount : minor
  }
  return currency === deal.currency ? deal.amount : toMinor(toDecimal(deal.amount, deal.currency), currency)
}

function requireProbability(percent: number): number {
  if (!Number.isInteger(percent)) invalid('probability', 'type')
  return percent < 0 || percent > 100 ? invalid('probability', 'range', { min: 0, max: 100 }) : percent
}

async function requireNewExternalId({ store }: Scope, deal: Deal, externalId: string): Promise<string> {
  requireName(externalId, 'externalId')
  const other = await store.deals.byExternalId(externalId)
  return other && other.id !== deal.id ? invalid('externalId', 'duplicate') : externalId
}

/** Someone who is in the workspace and has not left. */
export async function requireMember({ store, user }: Scope, id: number, field: string): Promise<number> {
  const member = id === user.id ? user : await store.members.get(id)
  return member?.isActive ? id : invalid(field, 'not_found')
}

/** Contact and company after the change; both must be live and of their sort. */
async function parties(scope: Scope, deal: Deal, patch: DealPatch): Promise<Partial<Deal>> {
  const { contactId, companyId, partyId } = patch
  const next: { contactId?: number | null; companyId?: number | null } = {}
  if (partyId !== undefined && partyId !== (deal.contactId ?? deal.companyId)) {
    const party = partyId === null ? null : await scope.store.parties.get(partyId)
    if (party === undefined || (party && party.deletedAt !== null)) invalid('partyId', 'not_found')
    next.contactId = party?.kind === 'person' ? party.id : null
    next.companyId = party?.kind === 'company' ? party.id : (party?.companyId ?? null)
  }
  if (contactId !== undefined)
    next.contactId = contactId === null ? null : await requireParty(scope, contactId, 'person', deal.contactId)
  if (companyId !== undefined)
    next.companyId = companyId === null ? null : await requireParty(scope, companyId, 'company', deal.companyId)
  return next
}

async function requireParty({ store }: Scope, id: number, kind: 'person' | 'company', current: number | null): Promise<number> {
  if (id === current) return id
  const party = await store.parties.get(id)
  return party?.kind === kind && party.deletedAt === null
    ? id
    : invalid(kind === 'person' ? 'contactId' : 'companyId', 'not_found')
}

/** Why it was lost: a reason, a comment, or a text that is the one or the other. */
async function loss({ store }: Scope, deal: Deal, { lossReasonId, lossComment, lossText }: DealPatch): Promise<Partial<Deal>> {
  const next: { lossReasonId?: number | null; lossComment?: string | null } = {}
  if (lossText !== undefined) {
    const text = lossText === null || lossText.trim() === '' ? null : requireText(lossText, 'lossText')
    if (text !== null && !isLost({ kind: deal.outcome })) invalid('lossText', 'not_allowed')
    const current = deal.lossReasonId === null ? undefined : await store.lossReasons.get(deal.lossReasonId)
    if (isLost({ kind: deal.outcome }) && text !== (current?.name ?? deal.lossComment)) {
      const reason = text === null ? undefined : await store.lossReasons.byName(text)
      next.lossReasonId = reason?.id ?? null
      next.lossComment = reason ? null : text
    }
  }
  if (lossReasonId !== undefined) {
    const reason = lossReasonId === null ? null : await store.lossReasons.get(lossReasonId)
    if (reason === undefined || (reason && reason.deletedAt !== null && reason.id !== deal.lossReasonId))
      invalid('lossReasonId', 'not_found')
    next.lossReasonId = lossReasonId
  }
  if (lossComment !== undefined) next.lossComment = lossComment === null ? null : requireText(lossComment, 'lossComment')
  return next
}

/** The deal with the original dates that the caller gave for its closing and moving. */
export function withDates(deal: Deal, patch: DealPatch): Deal {
  const { closedAt, wonAt, lostAt, stageChangedAt } = patch
  const isWon = deal.outcome === 'won'
  if (wonAt !== undefined && !isWon) invalid('wonAt', 'not_allowed')
  if (lostAt !== undefined && !isLost({ kind: deal.outcome })) invalid('lostAt', 'not_allowed')
  if (closedAt !== undefined && deal.outcome === 'open') invalid('closedAt', 'not_allowed')
  const closed = closingTime(patch) ?? deal.closedAt
  const moved = stageChangedAt === undefined ? deal.stageChangedAt : requireInstant(stageChangedAt, 'stageChangedAt')
  return {
    ...deal,
    closedAt: closed,
    firstWonAt: isWon && (deal.firstWonAt === null || deal.firstWonAt === deal.closedAt) ? closed : deal.firstWonAt,
    stageChangedAt: moved,
    openStageChangedAt:
      !isOpen({ kind: deal.outcome }) || deal.openStageChangedAt !== deal.stageChangedAt ? deal.openStageChangedAt : moved,
  }
}

/** When the caller says that it closed, under one of the three names for it. */
export function closingTime({ wonAt, lostAt, closedAt }: DealPatch): Instant | undefined {
  const at = wonAt ?? lostAt ?? closedAt
  return at === undefined ? undefined : requireInstant(at, 'closedAt')
}
