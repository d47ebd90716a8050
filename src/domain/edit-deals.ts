import { type Deal, type DealDraft, type DealPatch, findAnyDeal, findDeal, withStage } from './deal.ts'
import { describe, requireMember, withDates } from './describe-deal.ts'
import { conflict, refuse } from './errors.ts'
import { difference, type Event, note, snapshot } from './events.ts'
import type { Key } from './page.ts'
import { enter, type Goal, goal, homeOf, moveTime } from './place-deal.ts'
import { beginLife, goOn } from './reports/keep.ts'
import { atomically, recordedAt, requireRole, type Scope } from './scope.ts'
import { firstOfKind, isOpen, listStages, type Stage } from './stage.ts'
import { type Instant, requireInstant } from './time.ts'

/** What every change touches, and what a place among the cards of a stage says: neither is a change of the deal. */
const quiet: ReadonlySet<string> = new Set(['version', 'updatedAt'])

/**
 * Adds a deal: in the stage or pipeline named, else where the default pipeline begins. One that is made closed at once stands as if it
 * had been created and then closed at the dates given. Members and above.
 */
export async function createDeal(scope: Scope, draft: DealDraft): Promise<Deal> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    const { store, user, workspace } = scope
    const now = scope.now()
    const createdAt = draft.createdAt === undefined ? now : requireInstant(draft.createdAt, 'createdAt')
    const standing = await enter(scope, draft, createdAt)
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
      createdAt,
      // Original dates do not reach here: whoever asks what changed since yesterday must find today's import.
      updatedAt: recordedAt(scope),
    }
    if (draft.creatorId !== undefined) await requireMember(scope, draft.creatorId, 'creatorId')
    const described = await describe(scope, bare, draft, now)
    const dated = withDates(described, draft)
    const deal: Deal = { ...dated, rank: await store.deals.rank(standing.stageId, draft.place, createdAt, bare.id) }
    await store.deals.insert(deal)
    const after = snapshot(deal, quiet)
    await note(scope, 'deal.created', deal.id, now, { before: null, after })
    await beginLife(scope, { subjectId: deal.id, at: now, after })
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
    requireVersion(before, version)
    const at = scope.now()
    const to = await goal(scope, before, patch)
    const moved = to ? withStage(before, to.stage, to.openStageId, moveTime(before, to, patch) ?? at, scope.user.id) : before
    const after = withDates(await describe(scope, moved, patch, at), patch)
    return recordDeal(scope, before, await ranked(scope, before, after, patch, at), at)
  })
}

/** Puts the deal in its place in the column: first where it newly arrived, beside another where that was asked. */
async function ranked(scope: Scope, before: Deal, after: Deal, { place }: DealPatch, at: Instant): Promise<Deal> {
  if (place === undefined && after.stageId === before.stageId) return after
  return { ...after, rank: await scope.store.deals.rank(after.stageId, place, at, after.id) }
}

/** Writes the change, its event and the new totals, unless nothing has changed. */
export async function recordDeal(scope: Scope, before: Deal, after: Deal, at: Instant): Promise<Deal> {
  const change = difference(before, after, quiet)
  if (!change) return before
  // A new place in the column alone does not make a deal less rotten.
  const updatedAt = Object.keys(change.after).every((key) => key === 'rank') ? before.updatedAt : recordedAt(scope)
  const saved = { ...after, version: before.version + 1, updatedAt }
  await scope.store.deals.save(before, saved)
  await note(scope, verb(before, after), after.id, at, change)
  await goOn(scope, before, saved, at)
  return saved
}

function verb(before: Deal, after: Deal): Event['type'] {
  if (after.deletedAt !== null && before.deletedAt === null) return 'deal.deleted'
  if (after.deletedAt === null && before.deletedAt !== null) return 'deal.restored'
  return after.stageId === before.stageId ? 'deal.updated' : 'deal.moved'
}

function requireVersion(deal: Deal, version: number | undefined): void {
  if (version !== undefined && version !== deal.version) refuse({ kind: 'stale', version: deal.version })
}

/** Deletes a deal; it can be restored. `version` as in {@link changeDeal}. Members and above. */
export async function deleteDeal(scope: Scope, id: number, version?: number): Promise<Deal> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    await scope.store.deals.lock(id)
    const before = await findDeal(scope, id)
    requireVersion(before, version)
    const at = scope.now()
    return recordDeal(scope, before, { ...before, deletedAt: at }, at)
  })
}

/**
 * Brings a deleted deal back: to its stage, or where that is gone to the beginning of the pipeline, or of the default one. `version` as
 * in {@link changeDeal}. Members and above.
 */
export async function restoreDeal(scope: Scope, id: number, version?: number): Promise<Deal> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    await scope.store.deals.lock(id)
    const before = await findAnyDeal(scope, id)
    requireVersion(before, version)
    if (before.deletedAt === null) return before
    const at = scope.now()
    const home = await homeOf(scope, before)
    const back = withStage(before, home.stage, home.openStageId, at, scope.user.id)
    return recordDeal(scope, before, await ranked(scope, before, { ...back, deletedAt: null }, {}, at), at)
  })
}

/**
 * Moves every deal out of a vanishing stage, each with an event; those closed from it are remembered to be closed from the heir, or
 * where that is a closed stage from the last open one. Refuses (`last_open_stage`) if they would be left without any.
 */
export async function emptyStage(scope: Scope, stage: Stage, heir: Stage): Promise<void> {
  const stages = (await listStages(scope, heir.pipelineId)).filter((other) => other.id !== stage.id)
  if (isOpen(stage) && !stages.some(isOpen)) conflict('last_open_stage')
  await eachDealOf(scope, stage, (deal) => {
    const last = stages.findLast(isOpen)
    if (deal.stageId === stage.id) {
      const remembered = stages.find((other) => other.id === deal.openStageId) ?? last
      return { stage: heir, openStageId: (isOpen(heir) ? heir : remembered)?.id ?? null }
    }
    const closed = stages.find((other) => other.id === deal.stageId) ?? firstOfKind(stages, deal.outcome)
    return { stage: closed ?? conflict('no_open_stage'), openStageId: (isOpen(heir) ? heir : last)?.id ?? null }
  })
}

/** After a stage went to another pipeline: deals in it follow, and those closed from it go to that pipeline's stage of their kind. */
export async function followStage(scope: Scope, stage: Stage): Promise<void> {
  const stages = await listStages(scope, stage.pipelineId)
  const open = isOpen(stage) ? stage : stages.findLast(isOpen)
  await eachDealOf(scope, stage, (deal) => {
    const to = deal.stageId === stage.id ? stage : firstOfKind(stages, deal.outcome)
    return { stage: to ?? conflict('no_open_stage'), openStageId: open?.id ?? null }
  })
}

/** How many deals one statement fetches while a whole stage is emptied. */
const batch = 500

/** Moves every live deal that stands in a stage or remembers it, in the order of the column, which they keep at the end of the new one. */
async function eachDealOf(scope: Scope, stage: Stage, goalOf: (deal: Deal) => Goal): Promise<void> {
  const lists = [
    { filter: { stageId: stage.id }, sort: [{ by: 'rank', direction: 'asc' }] },
    { filter: { openStageId: stage.id }, sort: [{ by: 'id', direction: 'asc' }] },
  ] as const
  for (const list of lists) {
    for (let after: Key | null | undefined; after !== null; ) {
      const page = await scope.store.deals.list({ ...list, limit: batch, after })
      for (const deal of page.items) {
        const at = scope.now()
        const to = goalOf(deal)
        const moved = withStage(deal, to.stage, to.openStageId, at, scope.user.id)
        await recordDeal(
          scope,
          deal,
          await ranked(scope, deal, moved, to.stage.id === deal.stageId ? {} : { place: 'last' }, at),
          at,
        )
      }
      after = page.next
    }
  }
}
