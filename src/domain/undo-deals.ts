import type { Deal } from './deal.ts'
import { recordDeal, restoreDeal } from './edit-deals.ts'
import type { Event } from './events.ts'
import type { Key, Page } from './page.ts'
import type { Scope } from './scope.ts'
import { isLost, isOpen } from './stage.ts'
import { type Json, type JsonObject, sameJson } from './text.ts'
import {
  allLeft,
  done,
  type FieldResult,
  type Left,
  leftOver,
  listField,
  mapField,
  plainField,
  type TakenBack,
} from './undo-fields.ts'

/** Takes back what one event did to a deal. */
export async function undoDealEvent(scope: Scope, event: Event, isOurs: (event: Event) => boolean): Promise<TakenBack> {
  const { store } = scope
  await store.deals.lock(event.subjectId)
  const deal = await store.deals.get(event.subjectId)
  if (!deal) return allLeft(event, 'gone')
  switch (event.type) {
    case 'deal.created':
    case 'deal.restored':
      return removeAgain(scope, event, deal, isOurs)
    case 'deal.deleted':
      if (deal.deletedAt === null) return allLeft(event, 'changed_since')
      await restoreDeal(scope, deal.id)
      return done
    default:
      return deal.deletedAt === null ? putBack(scope, event, deal) : allLeft(event, 'gone')
  }
}

/** A deal that was made, or brought back, goes; unless somebody has worked on it since. */
async function removeAgain(scope: Scope, event: Event, deal: Deal, isOurs: (event: Event) => boolean): Promise<TakenBack> {
  if (deal.deletedAt !== null) return allLeft(event, 'gone')
  if (await hasChangedSince(scope, event, deal, isOurs)) return allLeft(event, 'changed_since')
  const at = scope.now()
  await recordDeal(scope, deal, { ...deal, deletedAt: at }, at)
  return done
}

/** Whether others have made it something else than the event left it. What was changed and changed back is no change. */
async function hasChangedSince({ store }: Scope, event: Event, deal: Deal, isOurs: (event: Event) => boolean): Promise<boolean> {
  const [last] = await store.events.latest('deal', [deal.id])
  if (!last || isOurs(last)) return false
  const then = new Map<string, Json>()
  for (let after: Key | null = { value: event.id, id: event.id }; after !== null; ) {
    const page: Page<Event> = await store.events.list({ subject: 'deal', subjectId: deal.id, after, limit: 100 })
    for (const { before } of page.items) {
      for (const [field, value] of Object.entries(before ?? {})) if (!then.has(field)) then.set(field, value)
    }
    after = page.next
  }
  then.delete('rank')
  return [...then].some(([field, value]) => !sameJson((deal as unknown as JsonObject)[field], value))
}

/** Together these say where a deal stands: they go back together or not at all. */
const standing: ReadonlySet<string> = new Set([
  'pipelineId',
  'stageId',
  'outcome',
  'openStageId',
  'stageChangedAt',
  'stageChangedById',
  'openStageChangedAt',
  'closedAt',
  'firstWonAt',
  'lossReasonId',
  'lossComment',
])

async function putBack(scope: Scope, event: Event, deal: Deal): Promise<TakenBack> {
  const before = event.before ?? {}
  const after = event.after ?? {}
  const hasMoved = ['stageId', 'openStageId', 'pipelineId'].some((key) => key in after)
  const next: Record<string, Json> = {}
  const left: Left[] = []
  const take = (field: string, result: FieldResult) => {
    if ('value' in result) next[field] = result.value
    else left.push(leftOver(event, result.reason, field))
  }
  if (hasMoved) {
    const reason = await whyNotBack(scope, deal, before, after)
    if (reason) left.push(leftOver(event, reason, 'stageId'))
    else for (const key of Object.keys(after)) if (standing.has(key)) next[key] = before[key] ?? null
  }
  for (const [field, value] of Object.entries(after)) {
    if (field === 'rank' || (hasMoved && standing.has(field))) continue
    take(field, await fieldBack(scope, deal, field, before[field] ?? null, value))
  }
  await rankBack(scope, deal, event, next, take)
  if (Object.keys(next).length === 0) return { isDone: false, left }
  // Every key is one that an earlier version of this very deal had, with the value that it had.
  await recordDeal(scope, deal, { ...deal, ...(next as Partial<Deal>) }, scope.now())
  return { isDone: true, left }
}

/** Why a deal cannot go back to where it stood: it was moved or closed otherwise since, or there is no such place any more. */
async function whyNotBack({ store }: Scope, deal: Deal, before: JsonObject, after: JsonObject) {
  const isAsLeft = Object.entries(after).every(
    ([key, value]) => !standing.has(key) || sameJson((deal as unknown as JsonObject)[key] ?? null, value),
  )
  if (!isAsLeft) return 'changed_since'
  const former = { ...deal, ...(before as Partial<Deal>) }
  const [pipeline, stage] = [await store.pipelines.get(former.pipelineId), await store.stages.get(former.stageId)]
  const open = former.openStageId === null ? null : await store.stages.get(former.openStageId)
  if (!pipeline || pipeline.deletedAt !== null || (pipeline.isDisabled && pipeline.id !== deal.pipelineId)) return 'target_gone'
  if (!stage || stage.deletedAt !== null || stage.pipelineId !== pipeline.id || stage.kind !== former.outcome)
    return 'target_gone'
  if (stage.isArchived && stage.id !== deal.stageId) return 'target_gone'
  if (open === undefined || (open && (open.deletedAt !== null || !isOpen(open) || open.pipelineId !== pipeline.id)))
    return 'target_gone'
  return undefined
}

/** At its old place among the cards: when it comes back to the stage, or when only its place was changed. */
async function rankBack(
  { store }: Scope,
  deal: Deal,
  { before, after }: Event,
  next: Record<string, Json>,
  take: (field: string, result: FieldResult) => void,
): Promise<void> {
  const was = before?.rank
  if (typeof was !== 'string' || after?.rank === undefined) return
  const comesBack = next.stageId !== undefined
  if (!comesBack && after.stageId !== undefined) return
  const stageId = comesBack ? Number(next.stageId) : deal.stageId
  if (!comesBack && deal.rank !== after.rank) take('rank', { reason: 'changed_since' })
  else take('rank', { value: await store.deals.freeRank(stageId, was, deal.id) })
}

async function fieldBack(scope: Scope, deal: Deal, field: string, before: Json, after: Json): Promise<FieldResult> {
  const now = (deal as unknown as JsonObject)[field] ?? null
  if (field === 'tags') return listField(deal.tags, (before ?? []) as readonly string[], after as readonly string[])
  if (field === 'customFields' || field === 'extras') {
    return mapField(now as JsonObject, (before ?? {}) as JsonObject, after as JsonObject)
  }
  const plain = plainField(now, before, after)
  if ('reason' in plain || before === null) return plain
  const isThere = checks[field]
  return !isThere || (await isThere(scope, deal, before)) ? plain : { reason: field === 'externalId' ? 'taken' : 'target_gone' }
}

/** Whether what a field pointed at can still be pointed at. */
const checks: Readonly<Record<string, (scope: Scope, deal: Deal, value: Json) => Promise<boolean>>> = {
  ownerId: async ({ store }, _deal, id) => (await store.members.get(Number(id)))?.isActive === true,
  contactId: async ({ store }, _deal, id) => (await store.parties.get(Number(id)))?.deletedAt === null,
  companyId: async ({ store }, _deal, id) => (await store.parties.get(Number(id)))?.deletedAt === null,
  externalId: async ({ store }, deal, id) => {
    const other = await store.deals.byExternalId(String(id))
    return other === undefined || other.id === deal.id
  },
  lossReasonId: async ({ store }, deal, id) =>
    isLost({ kind: deal.outcome }) && (await store.lossReasons.get(Number(id)))?.deletedAt === null,
  lossComment: async (_scope, deal) => isLost({ kind: deal.outcome }),
}
