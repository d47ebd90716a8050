import type { Deal, DealDraft, DealPatch, Standing } from './deal.ts'
import { closingTime } from './describe-deal.ts'
import { conflict, invalid } from './errors.ts'
import { defaultPipeline } from './pipeline.ts'
import type { Scope } from './scope.ts'
import { entryStage, firstOfKind, isLost, isOpen, listStages, type Stage, type StageKind } from './stage.ts'
import { type Instant, requireInstant } from './time.ts'

/** Where a deal comes to stand: what a caller says about stage, pipeline and outcome, turned into one stage and one to remember. */
export interface Goal {
  stage: Stage
  /** The open stage it stands in or will be remembered to be closed from; null in a pipeline without one. */
  openStageId: number | null
}

const goalOf = (stages: readonly Stage[], stage: Stage | undefined, open: Stage | undefined): Goal => ({
  stage: stage ?? conflict('no_open_stage'),
  openStageId: (open ?? stages.findLast(isOpen))?.id ?? null,
})

/** Where a change leads: undefined where it says nothing about it. */
export async function goal(scope: Scope, deal: Deal, patch: DealPatch): Promise<Goal | undefined> {
  const { stageId, openStageId, pipelineId, outcome } = patch
  if (stageId === undefined && openStageId === undefined && pipelineId === undefined && outcome === undefined) return undefined
  const named = await namedStage(scope, patch, deal)
  const newPipeline = named ? undefined : pipelineId !== deal.pipelineId ? pipelineId : undefined
  const stages = await rowOf(scope, named?.pipelineId ?? newPipeline ?? deal.pipelineId, deal)
  const sameRow = stages.some((stage) => stage.id === deal.stageId)
  const open =
    (named && isOpen(named) ? named : rememberedStage(stages, patch)) ??
    stages.find((stage) => stage.id === deal.openStageId) ??
    (sameRow || newPipeline !== undefined ? entryStage(stages) : stages.findLast(isOpen))
  const fate = outcome ?? (stageId !== undefined && named ? named.kind : deal.outcome)
  return goalOf(stages, stageFor(fate, stages, named, open, deal.stageId), open)
}

/** Where a new deal begins, or stands at once if it is made won or lost. */
async function beginning(scope: Scope, draft: DealDraft): Promise<Goal> {
  const named = await namedStage(scope, draft)
  const pipelineId = named?.pipelineId ?? draft.pipelineId ?? (await defaultPipeline(scope)).id
  const stages = await rowOf(scope, pipelineId, undefined)
  const open = named ? (isOpen(named) ? named : (rememberedStage(stages, draft) ?? stages.findLast(isOpen))) : entryStage(stages)
  const fate = draft.outcome ?? (draft.stageId === undefined ? 'open' : (named?.kind ?? 'open'))
  return goalOf(stages, stageFor(fate, stages, named, open, undefined), open)
}

/** Where a deleted deal comes back to: its stage, or where that is gone the beginning of the pipeline, or of the default one. */
export async function homeOf(scope: Scope, deal: Deal): Promise<Goal> {
  // The stage may have gone to another pipeline while the deal was deleted.
  const former = await scope.store.stages.get(deal.stageId)
  const pipeline = await scope.store.pipelines.get(former?.pipelineId ?? deal.pipelineId)
  const pipelineId = pipeline && pipeline.deletedAt === null ? pipeline.id : (await defaultPipeline(scope)).id
  const stages = await listStages(scope, pipelineId)
  const open = stages.find((stage) => stage.id === deal.openStageId) ?? entryStage(stages)
  return goalOf(
    stages,
    stages.find((stage) => stage.id === deal.stageId) ?? stageFor(deal.outcome, stages, undefined, open),
    open,
  )
}

/** The stage that stands for an outcome: the one named, the one it is in, or the first of that kind. */
function stageFor(
  fate: StageKind,
  stages: readonly Stage[],
  named: Stage | undefined,
  open: Stage | undefined,
  currentId?: number,
): Stage | undefined {
  if (fate === 'open') return open
  if (named?.kind === fate) return named
  const current = stages.find((stage) => stage.id === currentId)
  // Saying lost again to an unqualified deal leaves it unqualified.
  if (current && (current.kind === fate || (fate === 'lost' && isLost(current)))) return current
  return firstOfKind(stages, fate)
}

/** The stage that the caller named, which must be live and, for a deal that newly comes to it, not archived. */
async function namedStage(scope: Scope, { stageId, openStageId }: DealPatch, deal?: Deal): Promise<Stage | undefined> {
  const id = stageId ?? openStageId
  if (id === undefined) return undefined
  const stage = await scope.store.stages.get(id)
  const fits = stage && stage.deletedAt === null && (stageId !== undefined || isOpen(stage))
  if (!fits) return invalid('stageId', 'not_found')
  if (stage.isArchived && stage.id !== deal?.stageId && stage.id !== deal?.openStageId) conflict('stage_archived')
  return stage
}

/** The open stage to remember where the caller names it beside the closed stage that the deal goes to. */
function rememberedStage(stages: readonly Stage[], { stageId, openStageId }: DealPatch): Stage | undefined {
  if (stageId === undefined || openStageId === undefined) return undefined
  return stages.find((stage) => stage.id === openStageId && isOpen(stage)) ?? invalid('openStageId', 'not_found')
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

/** How a new deal stands: as if it had been created open and, where it is made closed, closed at the dates given. */
export async function enter(scope: Scope, draft: DealDraft, createdAt: Instant): Promise<Standing> {
  const { stage, openStageId } = await beginning(scope, draft)
  const isClosed = !isOpen(stage)
  const at = requireInstant(draft.stageChangedAt ?? closingTime(draft) ?? createdAt, 'stageChangedAt')
  const hasMoved = isClosed || draft.stageChangedAt !== undefined
  return {
    pipelineId: stage.pipelineId,
    stageId: stage.id,
    outcome: stage.kind,
    openStageId,
    stageChangedAt: hasMoved ? at : null,
    stageChangedById: hasMoved ? scope.user.id : null,
    openStageChangedAt: hasMoved && !isClosed ? at : null,
    closedAt: isClosed ? at : null,
    firstWonAt: stage.kind === 'won' ? at : null,
    lossReasonId: null,
    lossComment: null,
  }
}

/** When a move happened, if not now: as the caller says, or when the deal was closed by it. */
export function moveTime(deal: Deal, to: Goal, patch: DealPatch): Instant | undefined {
  if (patch.stageChangedAt !== undefined) return requireInstant(patch.stageChangedAt, 'stageChangedAt')
  return to.stage.kind === deal.outcome ? undefined : closingTime(patch)
}
