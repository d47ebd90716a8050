import { z } from 'zod'
import { addStage, changeStage, deleteStage } from '../../domain/edit-stages.ts'
import { conflict, found } from '../../domain/errors.ts'
import type { Pipeline } from '../../domain/pipeline.ts'
import { atomically, requireRole, type Scope } from '../../domain/scope.ts'
import { isOpen, listStages, type Stage, type StagePatch } from '../../domain/stage.ts'
import type { Workspace } from '../../domain/workspace.ts'
import type { Handler, Speaker } from '../../http/speak.ts'
import { body, required, sometimes, whole } from './fields.ts'
import { pipelineIn, stageById } from './ids.ts'
import { type Metrics, metricsOf, totalsByStage } from './metrics.ts'
import { gone, made, moment, one } from './wire.ts'

const InPipeline = z.object({ id: z.string() })
const InStage = z.object({ id: z.string(), stageId: z.string() })

/** Whatever else is said of a new stage counts for nothing: it begins with the defaults. */
const NewStage = body({ name: required(z.string()) })

/** Only the name is documented here; the other two are called configurable, and this is the only call there is. */
const StageBody = body({ name: required(z.string()), probability: sometimes(whole), rotting_days: sometimes(whole) })
type StageBody = z.output<typeof StageBody>

const defaultProbability = 100

const probabilityOf = (stage: Stage): number => stage.probability ?? defaultProbability

/** What says what was shown says nothing, so that a probability nobody has set stays unset. */
const readStage = ({ name, probability, rotting_days }: StageBody, stage: Stage): StagePatch => ({
  name,
  probability: probability === probabilityOf(stage) ? undefined : probability,
  rotAfterDays: rotting_days === undefined ? undefined : rotting_days === 0 ? null : rotting_days,
})

/** A stage with its number in the pipeline, in the vendor's order. */
const writeStage = (stage: Stage, sort: number, pipeline: Pipeline, metrics: Metrics) => ({
  id: stage.uuid,
  pipeline_id: pipeline.uuid,
  sort,
  name: stage.name,
  probability: probabilityOf(stage),
  rotting_days: stage.rotAfterDays ?? 0,
  total_deals: metrics.total_deals,
  total_deals_amount: metrics.total_deals_amount,
  total_deals_amount_formatted: metrics.total_deals_amount_formatted,
  created_at: moment(stage.createdAt),
  updated_at: moment(stage.updatedAt ?? stage.createdAt),
})

/** The stages of a pipeline, given those of the model and what their deals add up to. Some pipelines are counted from 0; here from 1. */
export function writeStages(
  pipeline: Pipeline,
  stages: readonly Stage[],
  totals: Awaited<ReturnType<typeof totalsByStage>>,
  workspace: Workspace,
): ReturnType<typeof writeStage>[] {
  const open = stages.filter((stage) => stage.pipelineId === pipeline.id && isOpen(stage))
  const shift = Math.max(0, 1 - (open[0]?.position ?? 1))
  return open.map((stage) =>
    writeStage(stage, stage.position + shift, pipeline, metricsOf(totals.get(stage.id) ?? [], workspace)),
  )
}

async function show(scope: Scope, pipeline: Pipeline, { uuid }: Stage): Promise<object> {
  const written = writeStages(pipeline, await listStages(scope, pipeline.id), await totalsByStage(scope), scope.workspace)
  return found(
    written.find(({ id }) => id === uuid),
    'stage',
  )
}

/** A stage by both ids of the path. */
async function stageIn(scope: Scope, params: z.output<typeof InStage>): Promise<{ pipeline: Pipeline; stage: Stage }> {
  const pipeline = await pipelineIn(scope, params.id)
  const stage = await stageById(scope, params.stageId)
  return { pipeline, stage: found(stage?.pipelineId === pipeline.id ? stage : undefined, 'stage') }
}

const change: Handler<{ params: typeof InStage; body: typeof StageBody }> = async ({ scope, params, body }) => {
  const { pipeline, stage } = await stageIn(scope, params)
  return one(await show(scope, pipeline, await changeStage(scope, stage.id, readStage(body, stage))))
}

export function mountStages(api: Speaker): void {
  const ofPipeline = '/app/pipelines/:id/stages'

  api.post(ofPipeline, { params: InPipeline, body: NewStage }, async ({ scope, params, body }) => {
    const pipeline = await pipelineIn(scope, params.id)
    const stage = await addStage(scope, { pipelineId: pipeline.id, name: body.name, probability: defaultProbability })
    return made(await show(scope, pipeline, stage))
  })

  api.put(`${ofPipeline}/:stageId`, { params: InStage, body: StageBody }, change)

  // The update is partial in all but its method.
  api.patch(`${ofPipeline}/:stageId`, { params: InStage, body: StageBody }, change)

  api.delete(`${ofPipeline}/:stageId`, { params: InStage }, async ({ scope, params }) => {
    requireRole(scope, 'manager')
    await atomically(scope, async (scope) => {
      await scope.store.lockStructure()
      const { pipeline, stage } = await stageIn(scope, params)
      if (pipeline.isDefault) conflict('default_pipeline')
      // Nothing is documented about its deals. No deal is ever without a stage here, so they go to the one before it, or else after.
      await deleteStage(scope, stage.id, { target: 'neighbour' })
    })
    return gone
  })
}
