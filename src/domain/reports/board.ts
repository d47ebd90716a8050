import { isWeighted } from '../board.ts'
import type { Deal } from '../deal.ts'
import type { Event } from '../events.ts'
import type { Page, Window } from '../page.ts'
import type { Scope } from '../scope.ts'
import { isOpen, type Stage } from '../stage.ts'
import type { JsonObject } from '../text.ts'
import type { Instant } from '../time.ts'
import type { Standings } from './ledger.ts'
import type { Stretch } from './life.ts'
import { type Shape, shapeAt } from './shape.ts'
import { type Total, totalsOf } from './totals.ts'

/** What is asked of a moment. */
export interface Moment {
  readonly pipelineId: number
  readonly ownerId?: number | undefined
  readonly at: Instant
}

export interface BoardAt extends Shape {
  readonly balances: readonly Standings[]
  readonly isWeighted: boolean
  readonly columns: readonly { readonly stage: Stage; readonly totals: readonly Total[] }[]
}

/** The columns of a pipeline as they were at a moment. Archived and deleted deals are not in them from the moment that they were. */
export async function boardAt(scope: Scope, { pipelineId, ownerId, at }: Moment): Promise<BoardAt> {
  const shape = await shapeAt(scope, pipelineId, at)
  const [balances = []] = await scope.store.reports.balances(pipelineId, [at], { ownerId })
  const byStage = Map.groupBy(balances, ({ stageId }) => stageId)
  return {
    ...shape,
    balances,
    isWeighted: isWeighted(shape.pipeline, scope.workspace),
    columns: columnsOf(shape, byStage).map((stage) => ({ stage, totals: totalsOf(byStage.get(stage.id) ?? [], shape.all) })),
  }
}

/** The stages that were there, and those that deals stood in although they were made later: imported histories bring them along. */
function columnsOf({ stages, all }: Shape, byStage: ReadonlyMap<number, unknown>): Stage[] {
  const others = [...all.values()].filter(({ id }) => byStage.has(id) && !stages.some((stage) => stage.id === id))
  return [...stages, ...others].sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || a.position - b.position || a.id - b.id)
}

export interface FunnelStep {
  readonly stage: Stage
  /** What stands here. */
  readonly totals: readonly Total[]
  /** What stands here, in a later open stage, or is won. */
  readonly beyond: readonly Total[]
}

/** How much of what is there has come how far: open stages in their order, then what is won. Lost deals are in none of them. */
export async function funnelAt(
  scope: Scope,
  { pipelineId, ownerId, at }: Moment,
): Promise<BoardAt & { steps: readonly FunnelStep[] }> {
  const board = await boardAt(scope, { pipelineId, ownerId, at })
  const { balances } = board
  const row = board.columns.map(({ stage }) => stage).filter(({ kind }) => kind === 'open' || kind === 'won')
  const within = (stages: readonly Stage[]): Standings[] =>
    balances.filter(({ stageId }) => stages.some((stage) => stage.id === stageId))
  const steps = row.map((stage, index) => ({
    stage,
    totals: totalsOf(within([stage]), board.all),
    beyond: totalsOf(within(stage.kind === 'won' ? row.filter(({ kind }) => kind === 'won') : row.slice(index)), board.all),
  }))
  return { ...board, steps }
}

/** The deals that stood in a stage at a moment, as they were then; those that had changed last come first. */
export async function cardsAt(
  scope: Scope,
  { stageId, ownerId, at }: { stageId: number; ownerId?: number | undefined; at: Instant },
  window: Window,
): Promise<Page<Deal>> {
  const { items, next } = await scope.store.reports.standing(stageId, at, { ownerId }, window)
  const histories = Map.groupBy(
    await scope.store.reports.histories(items.map(({ dealId }) => dealId)),
    ({ subjectId }) => subjectId,
  )
  return { items: items.map(({ dealId, stretch }) => dealAt(dealId, stretch, histories.get(dealId) ?? [], at)), next }
}

/** The ids of so many deals that stood in a stage at a moment, those that had changed last first. */
export async function idsAt(
  scope: Scope,
  { stageId, ownerId, at }: { stageId: number; ownerId?: number | undefined; at: Instant },
  limit: number,
): Promise<number[]> {
  const { items } = await scope.store.reports.standing(stageId, at, { ownerId }, { limit })
  return items.map(({ dealId }) => dealId)
}

/** The deal as it was: what its events had said by then, and where it stood. */
function dealAt(id: number, stretch: Stretch, events: readonly Event[], at: Instant): Deal {
  let state: JsonObject = { ...bare, id }
  let version = 0
  let updatedAt = stretch.bornAt
  for (const [index, event] of events.entries()) {
    // What an import brings along was so before it was recorded.
    if (index > 0 && event.at > at) continue
    state = { ...state, ...event.after }
    version++
    updatedAt = Math.min(event.at, at)
  }
  const { pipelineId, stageId, kind, enteredAt, amount, currency, ownerId, probability, expectedCloseDate } = stretch
  return {
    ...(state as unknown as Deal),
    pipelineId,
    stageId,
    outcome: kind,
    ...(kind === 'open' ? { openStageId: stageId, closedAt: null, lossReasonId: null, lossComment: null } : {}),
    stageChangedAt: enteredAt,
    amount,
    currency,
    ownerId,
    probability,
    expectedCloseDate,
    archivedAt: null,
    deletedAt: null,
    version,
    updatedAt,
  }
}

/** The first event of a deal leaves out what is empty. */
const bare = {
  externalId: null,
  amount: 0,
  openStageId: null,
  contactId: null,
  companyId: null,
  probability: null,
  expectedCloseDate: null,
  lossReasonId: null,
  lossComment: null,
  stageChangedAt: null,
  stageChangedById: null,
  openStageChangedAt: null,
  closedAt: null,
  firstWonAt: null,
  tags: [],
  customFields: {},
  extras: {},
  archivedAt: null,
  deletedAt: null,
}
