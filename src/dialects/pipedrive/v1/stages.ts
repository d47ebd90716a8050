import { z } from 'zod'
import { isWeighted } from '../../../domain/board.ts'
import { addStage, changeStage, deleteStage } from '../../../domain/edit-stages.ts'
import { listPipelines, type Pipeline } from '../../../domain/pipeline.ts'
import { atomically, type Scope } from '../../../domain/scope.ts'
import type { Stage, StagePatch } from '../../../domain/stage.ts'
import type { Workspace } from '../../../domain/workspace.ts'
import type { Speaker } from '../../../http/speak.ts'
import { findLiveStage, findVisibleStage, readRot, rotOf, stageProbability, visibleStages } from '../stages.ts'
import { one, orNull, plainTime } from '../wire.ts'
import { deletion, deletions } from './deletion.ts'
import { ById, bodyOf, clearable, flag, ids, maybe, text, whole } from './input.ts'
import { listPage, Paging } from './page.ts'

/** A stage as v1 writes it. */
export const writeStage = (stage: Stage) => ({
  id: stage.id,
  order_nr: stage.position,
  name: stage.name,
  active_flag: stage.deletedAt === null,
  deal_probability: stageProbability(stage),
  pipeline_id: stage.pipelineId,
  rotten_flag: rotOf(stage).enabled,
  rotten_days: rotOf(stage).days,
  add_time: plainTime(stage.createdAt),
  update_time: orNull(stage.updatedAt, plainTime),
})

/** What lists of stages add. */
const besideStage = (pipeline: Pipeline, workspace: Workspace) => ({
  pipeline_name: pipeline.name,
  pipeline_deal_probability: isWeighted(pipeline, workspace),
})

const fields = {
  deal_probability: clearable(whole),
  rotten_flag: maybe(flag),
  rotten_days: clearable(whole),
}
const StageDraft = bodyOf({ name: text, pipeline_id: whole, ...fields })
const StageChange = bodyOf({
  name: maybe(text),
  pipeline_id: maybe(whole),
  order_nr: maybe(whole.pipe(z.int().min(0))),
  ...fields,
})

const readRotOf = (
  { rotten_flag, rotten_days }: Pick<z.output<typeof StageChange>, 'rotten_flag' | 'rotten_days'>,
  stage?: Stage,
): Pick<StagePatch, 'rotAfterDays' | 'extras'> => {
  if (rotten_flag === undefined && rotten_days === undefined) return {}
  const known = stage ? rotOf(stage) : { enabled: false, days: null }
  return readRot({ enabled: rotten_flag ?? known.enabled, days: rotten_days === undefined ? known.days : rotten_days })
}

/**
 * `order_nr` is read as a place counted from 1, because the stages of a pipeline are numbered 1 to n whenever one is moved. The number
 * that a stage has already moves nothing: clients write back whole objects.
 */
async function placeOf(scope: Scope, stage: Stage, { order_nr, pipeline_id }: z.output<typeof StageChange>): Promise<StagePatch> {
  const pipelineId = pipeline_id ?? stage.pipelineId
  if (order_nr === undefined || (order_nr === stage.position && pipelineId === stage.pipelineId)) return {}
  const others = (await visibleStages(scope, pipelineId)).filter(({ id }) => id !== stage.id)
  return { place: { nth: Math.min(Math.max(order_nr, 1), others.length + 1) } }
}

/** The change, as far as it is one: a probability that nobody has set is shown as 100, and writing that back sets nothing. */
async function putStage(scope: Scope, id: number, body: z.output<typeof StageChange>): Promise<Stage> {
  const stage = await findLiveStage(scope, id)
  const { name, pipeline_id: pipelineId, deal_probability } = body
  const probability = deal_probability === stageProbability(stage) ? undefined : deal_probability
  const place = await placeOf(scope, stage, body)
  return changeStage(scope, id, { name, pipelineId, probability, ...readRotOf(body, stage), ...place })
}

async function removeStage(scope: Scope, id: number): Promise<void> {
  await findLiveStage(scope, id)
  await deleteStage(scope, id, { target: 'neighbour' })
}

export function openStages(v1: Speaker): void {
  v1.get('/stages', { query: Paging.extend({ pipeline_id: maybe(whole) }), cost: 10 }, async ({ scope, query }) => {
    const pipelines = await listPipelines(scope)
    const beside = new Map(pipelines.map((pipeline) => [pipeline.id, besideStage(pipeline, scope.workspace)]))
    const stages = await visibleStages(scope, query.pipeline_id)
    return listPage(
      stages.map((stage) => ({ ...writeStage(stage), ...beside.get(stage.pipelineId) })),
      query,
    )
  })

  v1.get('/stages/:id', { params: ById, cost: 2 }, async ({ scope, params }) =>
    one(writeStage(await findVisibleStage(scope, params.id))),
  )

  v1.post('/stages', { body: StageDraft, cost: 10 }, async ({ scope, body }) => {
    const { name, pipeline_id: pipelineId, deal_probability: probability = 100 } = body
    return one(writeStage(await addStage(scope, { name, pipelineId, probability, ...readRotOf(body) })))
  })

  v1.put('/stages/:id', { params: ById, body: StageChange, cost: 10 }, async ({ scope, params, body }) =>
    one(writeStage(await atomically(scope, (scope) => putStage(scope, params.id, body)))),
  )

  v1.delete('/stages/:id', { params: ById, cost: 6 }, async ({ scope, params }) =>
    deletion(scope, params.id, findVisibleStage, removeStage),
  )

  v1.delete('/stages', { query: z.object({ ids }), cost: 10 }, async ({ scope, query }) =>
    deletions(scope, query.ids, findVisibleStage, removeStage),
  )
}
