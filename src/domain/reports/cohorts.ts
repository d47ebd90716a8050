import type { Scope } from '../scope.ts'
import { isOpen, type Stage, type StageKind } from '../stage.ts'
import { type Span, share } from './flows.ts'
import { fateOf } from './life.ts'
import { shapeAt } from './shape.ts'

/** How many deals that were created in a period have taken one way: the stages they came to, each once, in the order they first did. */
export interface Path {
  readonly stageIds: readonly number[]
  /** Of the stage that they stand in now. */
  readonly kind: StageKind
  readonly count: number
}

export interface CohortStep {
  readonly stage: Stage
  /** How many have ever been in it. */
  readonly entered: number
  /** How many have been in it, in a later one, or were ever won. */
  readonly reached: number
  /** reached ÷ reached of the stage before. */
  readonly rate: number | null
  /** Of those that have been in it and are decided by now, the share that is won. */
  readonly winRate: number | null
  readonly decided: number
  readonly won: number
}

export interface Cohort {
  readonly deals: number
  readonly won: number
  readonly lost: number
  readonly open: number
  /** Open stages in their order, then won ones together under the first. */
  readonly steps: readonly CohortStep[]
  /** Of the deals that have been in one stage, how many came to another after that. */
  readonly pairs: readonly { readonly from: Stage; readonly to: Stage; readonly count: number; readonly rate: number | null }[]
}

/**
 * What has become by now of the deals that were created in a period. Unlike conversion by what happened in the period it says nothing final
 * of deals that are still open.
 */
export async function cohort(scope: Scope, { pipelineId, ownerId, period }: Span): Promise<Cohort> {
  const { stages, all } = await shapeAt(scope, pipelineId, scope.now())
  const paths = await scope.store.reports.paths(pipelineId, period, { ownerId })
  const row = stages.filter(isOpen)
  const firstWon = stages.find(({ kind }) => kind === 'won')
  const sum = (keep: (path: Path) => boolean) => paths.reduce((total, path) => total + (keep(path) ? path.count : 0), 0)
  const wasIn = (id: number) => (path: Path) => path.stageIds.includes(id)
  const everWon = (path: Path) => path.stageIds.some((id) => all.get(id)?.kind === 'won')
  const fateIs = (fate: string) => (path: Path) => fateOf(path.kind) === fate
  const steps: CohortStep[] = []
  for (const [index, stage] of [...row, ...(firstWon ? [firstWon] : [])].entries()) {
    const later = new Set(row.slice(index).map(({ id }) => id))
    const entered = stage === firstWon ? everWon : wasIn(stage.id)
    const reached = sum((path) => everWon(path) || path.stageIds.some((id) => later.has(id)))
    const [won, lost] = ['won', 'lost'].map((fate) => sum((path) => entered(path) && fateIs(fate)(path))) as [number, number]
    const before = steps.at(-1)
    steps.push({
      stage,
      entered: sum(entered),
      reached,
      rate: before ? share(reached, before.reached) : null,
      winRate: share(won, won + lost),
      decided: won + lost,
      won,
    })
  }
  const pairs = stages.flatMap((from) =>
    stages
      .filter((to) => to.id !== from.id)
      .map((to) => {
        const count = sum(({ stageIds }) => stageIds.includes(from.id) && stageIds.indexOf(to.id) > stageIds.indexOf(from.id))
        return { from, to, count, rate: share(count, sum(wasIn(from.id))) }
      }),
  )
  return {
    deals: sum(() => true),
    won: sum(fateIs('won')),
    lost: sum(fateIs('lost')),
    open: sum(fateIs('open')),
    steps,
    pairs: pairs.filter(({ count }) => count > 0),
  }
}
