import { type Deal, type DealDraft, type DealPatch, findAnyDeal, findDeal, withStage } from './deal.ts'
import { conflict, invalid, refuse } from './errors.ts'
import { difference, type Event, note, snapshot } from './events.ts'
import { requireAmount, requireCurrency, roundTo, toDecimal, toMinor } from './money.ts'
import { defaultPipeline } from './pipeline.ts'
import { atomically, requireRole, type Scope } from './scope.ts'
import { entryStage, firstOfKind, isLost, isOpen, listStages, type Stage, type StageKind } from './stage.ts'
import { mergeKeys, requireName, requireTags, requireText, withExtras } from './text.ts'
import { type Instant, requireDay, requireInstant } from './time.ts'

/** What every change touches, and what a place among the cards of a stage says: neither is a change of the deal. */
const quiet: ReadonlySet<string> = new Set(['version', 'updatedAt'])

/** Adds a deal: in the stage or pipeline named, else where the default pipeline begins. Members and above. */
export async function createDeal(scope: Scope, draft: DealDraft): Promise<Deal> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    const { store, user, workspace } = scope
    const at = draft.createdAt === undefined ? scope.now() : requireInstant(draft.createdAt, 'createdAt')
    const { standing, stage } = await enter(scope, draft, draft.stageChangedAt ?? at)
    const bare: Deal = {
      ...(await store.deals.identify()),
      externalId: null,
      title: draft.title,
      amount: 0,
      currency: workspace.currency,
      ...standing,
      ownerId: user.id,
      creatorId: draft.creatorId ?? user.id,
      contactId: null,
      companyId: null,
      probability: null,
      expectedCloseDate: null,
      tags: [],
      customFields: {},
      extras: {},
      rank: '',
      version: 1,
      archivedAt: null,
      deletedAt: null,
      createdAt: at,
      updatedAt: at,
    }
    if (draft.creatorId !== undefined) await requireMember(scope, draft.creatorId, 'creatorId')
    const described = await describe(scope, bare, draft, at)
    const dated = withDates(described, draft)
    const deal: Deal = { ...dated, rank: await store.deals.rank(stage.id, draft.place, at, bare.id) }
    await store.deals.insert(deal)
    await note(scope, 'deal.created', deal.id, at, { before: null, after: snapshot(deal, quiet) })
    return deal
  })
}

/**
 * Changes a deal; moving, winning, losing and reopening are changes too. One change is one event, a change that changes nothing
 * leaves no trace. `version`: refuses (`stale`) if the deal has another one by now. Members and above.
 */
export async function changeDeal(scope: Scope, id: number, patch: DealPatch, version?: number): Promise<Deal> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    await scope.store.deals.lock(id)
    const before = await findDeal(scope, id)
    if (version !== undefined && version !== before.version) refuse({ kind: 'stale', version: before.version })
    const at = scope.now()
    const to = await goal(scope, before, patch)
    const moved = to ? withStage(before, to.stage, to.openStageId, moveTime(patch, at), scope.user.id) : before
    const after = withDates(await describe(scope, moved, patch, at), patch)
    return save(scope, before, await ranked(scope, before, after, patch, at), at)
  })
}

const moveTime = (patch: DealPatch, at: Instant): Instant =>
  patch.stageChangedAt === undefined ? at : requireInstant(patch.stageChangedAt, 'stageChangedAt')

/** Puts the deal in its place in the column: first where it newly arrived, beside another where that was asked. */
async function ranked(scope: Scope, before: Deal, after: Deal, { place }: DealPatch, at: Instant): Promise<Deal> {
  if (place === undefined && after.stageId === before.stageId) return after
  return { ...after, rank: await scope.store.deals.rank(after.stageId, place, at, after.id) }
}

/** Writes the change, its event and the new totals, unless nothing has changed. */
async function save(scope: Scope, before: Deal, after: Deal, at: Instant): Promise<Deal> {
  const change = difference(before, after, quiet)
  if (!change) return before
  // A new place in the column alone does not make a deal less rotten.
  const updatedAt = Object.keys(change.after).every((key) => key === 'rank') ? before.updatedAt : at
  const saved = { ...after, version: before.version + 1, updatedAt }
  await scope.store.deals.save(before, saved)
  await note(scope, verb(before, after), after.id, at, change)
  return saved
}

function verb(before: Deal, after: Deal): Event['type'] {
  if (after.deletedAt !== null && before.deletedAt === null) return 'deal.deleted'
  if (after.deletedAt === null && before.deletedAt !== null) return 'deal.restored'
  return after.stageId === before.stageId ? 'deal.updated' : 'deal.moved'
}

/** Deletes a deal; it can be restored. Members and above. */
export async function deleteDeal(scope: Scope, id: number): Promise<Deal> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    await scope.store.deals.lock(id)
    const before = await findDeal(scope, id)
    const at = scope.now()
    return save(scope, before, { ...before, deletedAt: at }, at)
  })
}

/** Brings a deleted deal back: to its stage, or where that is gone to the beginning of the pipeline, or of the default one. */
export async function restoreDeal(scope: Scope, id: number): Promise<Deal> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    await scope.store.deals.lock(id)
    const before = await findAnyDeal(scope, id)
    if (before.deletedAt === null) return before
    const at = scope.now()
    const home = await homeOf(scope, before)
    const back = withStage(before, home.stage, home.openStageId, at, scope.user.id)
    return save(scope, before, { ...back, deletedAt: null }, at)
  })
}

async function homeOf(scope: Scope, deal: Deal): Promise<Goal> {
  const pipeline = await scope.store.pipelines.get(deal.pipelineId)
  const pipelineId = pipeline && pipeline.deletedAt === null ? pipeline.id : (await defaultPipeline(scope)).id
  const stages = await listStages(scope, pipelineId)
  const open = stages.find((stage) => stage.id === deal.openStageId && isOpen(stage)) ?? entryStage(stages)
  const stage =
    stages.find((other) => other.id === deal.stageId) ?? (deal.outcome === 'open' ? open : firstOfKind(stages, deal.outcome))
  return { stage: stage ?? conflict('no_open_stage'), openStageId: open?.id ?? null }
}

/** Where a deal is to stand. */
interface Goal {
  stage: Stage
  openStageId: number | null
}

/** Where a change leads: undefined where it says nothing about it. */
async function goal(scope: Scope, deal: Deal, patch: DealPatch): Promise<Goal | undefined> {
  const { stageId, openStageId, pipelineId, outcome } = patch
  if (stageId === undefined && openStageId === undefined && pipelineId === undefined && outcome === undefined) return undefined
  const named = await namedStage(scope, patch)
  const newPipeline = named ? undefined : pipelineId !== deal.pipelineId ? pipelineId : undefined
  const stages = await rowOf(scope, named?.pipelineId ?? newPipeline ?? deal.pipelineId, deal)
  const sameRow = stages.some((stage) => stage.id === deal.stageId)
  const open =
    (named && isOpen(named) ? named : undefined) ??
    stages.find((stage) => stage.id === deal.openStageId) ??
    (sameRow || newPipeline !== undefined ? entryStage(stages) : stages.findLast(isOpen))
  const fate = outcome ?? (stageId !== undefined && named ? named.kind : deal.outcome)
  return { stage: finalStage(deal, stages, named, open, fate), openStageId: open?.id ?? null }
}

/** The stage that stands for an outcome: the one named, the one it is in, or the first of that kind. */
function finalStage(
  deal: Deal,
  stages: readonly Stage[],
  named: Stage | undefined,
  open: Stage | undefined,
  fate: StageKind,
): Stage {
  if (fate === 'open') return open ?? conflict('no_open_stage')
  if (named?.kind === fate) return named
  const current = stages.find((stage) => stage.id === deal.stageId)
  // Saying lost again to an unqualified deal leaves it unqualified.
  if (current && (current.kind === fate || (fate === 'lost' && isLost(current)))) return current
  return firstOfKind(stages, fate) ?? conflict('no_open_stage')
}

/** The stage that the caller named, which must be live and, for a deal that newly comes to it, open to new deals. */
async function namedStage(scope: Scope, { stageId, openStageId }: DealPatch): Promise<Stage | undefined> {
  const id = stageId ?? openStageId
  if (id === undefined) return undefined
  const stage = await scope.store.stages.get(id)
  const fits = stage && stage.deletedAt === null && (stageId !== undefined || isOpen(stage))
  return fits ? stage : invalid('stageId', 'not_found')
}

/** The stages of a pipeline; a deal that comes from outside it must be allowed in. */
async function rowOf(scope: Scope, pipelineId: number, deal: { pipelineId: number } | undefined): Promise<readonly Stage[]> {
  if (deal?.pipelineId !== pipelineId) {
    const pipeline = await scope.store.pipelines.get(pipelineId)
    if (!pipeline || pipeline.deletedAt !== null) return invalid('pipelineId', 'not_found')
    if (pipeline.isDisabled) conflict('pipeline_disabled')
  }
  return listStages(scope, pipelineId)
}

/** Where a new deal begins, and how it stands if it is made won or lost at once. */
async function enter(scope: Scope, draft: DealDraft, at: Instant) {
  const named = await namedStage(scope, draft)
  if (named?.isArchived) conflict('stage_archived')
  const pipelineId = named?.pipelineId ?? draft.pipelineId ?? (await defaultPipeline(scope)).id
  const stages = await rowOf(scope, pipelineId, undefined)
  const open = named ? (isOpen(named) ? named : stages.findLast(isOpen)) : entryStage(stages)
  const fate = draft.outcome ?? (draft.stageId === undefined ? 'open' : (named?.kind ?? 'open'))
  const stage =
    fate === 'open'
      ? (open ?? conflict('no_open_stage'))
      : named?.kind === fate
        ? named
        : (firstOfKind(stages, fate) ?? conflict('no_open_stage'))
  const closedAt = isOpen(stage) ? null : requireInstant(at, 'stageChangedAt')
  const standing = {
    pipelineId,
    stageId: stage.id,
    outcome: stage.kind,
    openStageId: open?.id ?? null,
    stageChangedAt: draft.stageChangedAt === undefined && isOpen(stage) ? null : requireInstant(at, 'stageChangedAt'),
    stageChangedById: draft.stageChangedAt === undefined && isOpen(stage) ? null : scope.user.id,
    openStageChangedAt: null,
    closedAt,
    firstWonAt: stage.kind === 'won' ? closedAt : null,
    lossReasonId: null,
    lossComment: null,
  }
  return { standing, stage }
}

/** The deal with everything but its standing: checked, resolved and merged. */
async function describe(scope: Scope, deal: Deal, patch: DealPatch, at: Instant): Promise<Deal> {
  const { title, externalId, currency, probability, expectedCloseDate, ownerId, tags, customFields, extras } = patch
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
  if (tags !== undefined) next.tags = requireTags(tags)
  if (customFields !== undefined) next.customFields = mergeKeys(deal.customFields, customFields)
  if (extras !== undefined) next.extras = withExtras(deal.extras, scope.via, extras)
  const isArchived = patch.isArchived ?? (patch.archivedAt === undefined ? undefined : true)
  if (isArchived === false) next.archivedAt = null
  if (isArchived === true) {
    next.archivedAt = patch.archivedAt === undefined ? (deal.archivedAt ?? at) : requireInstant(patch.archivedAt, 'archivedAt')
  }
  return next
}

/** The amount in minor units of the deal's currency after the change. */
function amountOf(deal: Deal, currency: string, { amount, value }: DealPatch): number {
  if (amount !== undefined) return requireAmount(amount)
  if (value !== undefined) {
    const minor = toMinor(value.decimal, currency)
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

async function requireMember({ store, user }: Scope, id: number, field: string): Promise<number> {
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
function withDates(deal: Deal, { closedAt, wonAt, lostAt, stageChangedAt }: DealPatch): Deal {
  const isWon = deal.outcome === 'won'
  if (wonAt !== undefined && !isWon) invalid('wonAt', 'not_allowed')
  if (lostAt !== undefined && !isLost({ kind: deal.outcome })) invalid('lostAt', 'not_allowed')
  if (closedAt !== undefined && deal.outcome === 'open') invalid('closedAt', 'not_allowed')
  const closing = wonAt ?? lostAt ?? closedAt
  const closed = closing === undefined ? deal.closedAt : requireInstant(closing, 'closedAt')
  return {
    ...deal,
    closedAt: closed,
    firstWonAt: isWon && (deal.firstWonAt === null || deal.firstWonAt === deal.closedAt) ? closed : deal.firstWonAt,
    stageChangedAt: stageChangedAt === undefined ? deal.stageChangedAt : requireInstant(stageChangedAt, 'stageChangedAt'),
  }
}

/** How many deals one statement fetches while a whole stage is emptied. */
const batch = 500

/** Moves every deal out of a vanishing stage, each with an event; those closed from it are remembered to be closed from the heir. */
export async function emptyStage(scope: Scope, stage: Stage, heir: Stage): Promise<void> {
  const stages = await listStages(scope, heir.pipelineId)
  await eachDealOf(scope, stage, async (deal, at) => {
    const stays = deal.stageId !== stage.id
    if (!stays) {
      const open = isOpen(heir) ? heir : (stages.find((other) => other.id === deal.openStageId) ?? stages.findLast(isOpen))
      const moved = withStage(deal, heir, open?.id ?? null, at, scope.user.id)
      return { ...moved, rank: await scope.store.deals.rank(heir.id, undefined, at, deal.id) }
    }
    const closed =
      heir.pipelineId === deal.pipelineId ? await scope.store.stages.get(deal.stageId) : firstOfKind(stages, deal.outcome)
    const open = isOpen(heir) ? heir : stages.findLast(isOpen)
    return withStage(deal, closed ?? conflict('no_open_stage'), open?.id ?? null, at, scope.user.id)
  })
}

/** After a stage went to another pipeline: deals in it follow, and those closed from it go to that pipeline's stage of their kind. */
export async function followStage(scope: Scope, stage: Stage): Promise<void> {
  const stages = await listStages(scope, stage.pipelineId)
  await eachDealOf(scope, stage, (deal, at) => {
    const inside = deal.stageId === stage.id
    const to = inside ? stage : (firstOfKind(stages, deal.outcome) ?? conflict('no_open_stage'))
    const open = isOpen(stage) ? stage : stages.findLast(isOpen)
    return Promise.resolve(withStage(deal, to, open?.id ?? null, at, scope.user.id))
  })
}

/** Changes every live deal that stands in a stage or remembers it, a batch at a time. The change must take it out of the set or return it as it was. */
async function eachDealOf(scope: Scope, stage: Stage, change: (deal: Deal, at: Instant) => Promise<Deal>): Promise<void> {
  for (const filter of [{ stageId: stage.id }, { openStageId: stage.id }]) {
    let after: { value: number; id: number } | undefined
    for (;;) {
      const { items } = await scope.store.deals.list({ filter, limit: batch, after })
      for (const deal of items) {
        const at = scope.now()
        await save(scope, deal, await change(deal, at), at)
      }
      const last = items.at(-1)
      if (!last || items.length < batch) break
      after = { value: last.id, id: last.id }
    }
  }
}
