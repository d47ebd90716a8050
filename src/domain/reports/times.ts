import { updatedWhereRotten } from '../board.ts'
import { countDeals, type Deal, listDeals } from '../deal.ts'
import type { Scope } from '../scope.ts'
import { isOpen, listStages, type Stage } from '../stage.ts'
import { type Cohort, cohort } from './cohorts.ts'
import { type Span, share } from './flows.ts'
import type { Spread } from './quantile.ts'

/** How old the deals of a stage are, and how long they have been in it so far. */
export interface Ages {
  readonly stageId: number
  readonly age: Spread
  readonly inStage: Spread
}

export interface StageTimes {
  readonly stage: Stage
  /** Of stays that ended in the period. */
  readonly ended: Spread
  /** Of deals that stand there now: how long so far. They are not in `ended`, and say nothing yet of how long they will stay. */
  readonly lasting: Spread
  readonly age: Spread
}

/**
 * How long deals stay in each open stage: those that left it in the period, and apart from them those that are still there. A stay that
 * has not ended has no length yet; to count it as long as it is would make slow stages look quick.
 */
export async function timesInStages(scope: Scope, { pipelineId, ownerId, period }: Span): Promise<StageTimes[]> {
  const lasting = await agesInStages(scope, { pipelineId, ownerId })
  const ids = lasting.map(({ stage }) => stage.id)
  const ended = await scope.store.reports.stays(ids, period, { ownerId })
  return lasting.map((times, index) => ({ ended: ended[index] ?? nothing, ...times }))
}

/** How old the deals of each open stage are now, and how long they have been there. */
export async function agesInStages(
  scope: Scope,
  { pipelineId, ownerId }: Omit<Span, 'period'>,
): Promise<Omit<StageTimes, 'ended'>[]> {
  const stages = (await listStages(scope, pipelineId)).filter(isOpen)
  const ids = stages.map(({ id }) => id)
  const ages = await scope.store.reports.ages(ids, scope.now(), { ownerId })
  return stages.map((stage, index) => ({
    stage,
    lasting: ages[index]?.inStage ?? nothing,
    age: ages[index]?.age ?? nothing,
  }))
}

const nothing: Spread = { count: 0, mean: null, median: null, p90: null }

/** How many deals of a stage are rotting, and the ones that have lain longest. */
export interface Rotting {
  readonly stage: Stage
  readonly count: number
  readonly deals: readonly Deal[]
}

/** Stages whose deals rot, with those that do: nothing has happened to them for longer than the stage allows. */
export async function rotting(
  scope: Scope,
  { pipelineId, ownerId, limit }: Pick<Span, 'pipelineId' | 'ownerId'> & { limit: number },
): Promise<Rotting[]> {
  const found: Rotting[] = []
  for (const stage of await listStages(scope, pipelineId)) {
    const updatedUntil = updatedWhereRotten(stage, scope.now())
    if (updatedUntil === null) continue
    const filter = { stageId: stage.id, isArchived: false, updatedUntil, ownerId }
    const { items } = await listDeals(scope, { filter, sort: [{ by: 'updatedAt', direction: 'asc' }], limit })
    found.push({ stage, count: items.length < limit ? items.length : await countDeals(scope, filter), deals: items })
  }
  return found
}

/** What a stage really wins beside what it is configured to. */
export interface Calibration {
  readonly stage: Stage
  /** Percent, as the stage says. */
  readonly configured: number | null
  /** Of deals created in the period that have been in the stage: those decided by now, and of these those won. */
  readonly decided: number
  readonly won: number
  /** won ÷ decided, from 0 to 1. */
  readonly actual: number | null
}

export async function calibration(scope: Scope, span: Span): Promise<Calibration[]> {
  const { steps }: Cohort = await cohort(scope, span)
  return steps
    .filter(({ stage }) => isOpen(stage))
    .map(({ stage, decided, won }) => ({ stage, configured: stage.probability, decided, won, actual: share(won, decided) }))
}
