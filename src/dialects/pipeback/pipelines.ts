import { z } from 'zod'
import { addPipeline, changePipeline, deletePipeline } from '../../domain/edit-pipelines.ts'
import { conflict, invalid } from '../../domain/errors.ts'
import { defaultPipeline, listPipelines, type Pipeline } from '../../domain/pipeline.ts'
import { atomically, requireRole, type Scope } from '../../domain/scope.ts'
import { listStages } from '../../domain/stage.ts'
import type { Handler, Speaker } from '../../http/speak.ts'
import { body, required, sometimes, yesOrNo } from './fields.ts'
import { ById, pipelineIn } from './ids.ts'
import { metricsOf, totalsByStage } from './metrics.ts'
import { writeStages } from './stages.ts'
import { all, gone, made, moment, one } from './wire.ts'

const NewPipeline = body({ name: required(z.string()), is_default: sometimes(yesOrNo) })
const PipelineBody = body({ name: sometimes(z.string()), is_default: sometimes(yesOrNo) })

/** Pipelines with their stages and what the deals of both add up to. */
async function write(scope: Scope, pipelines: readonly Pipeline[]): Promise<object[]> {
  const { workspace } = scope
  const [stages, totals] = [Map.groupBy(await listStages(scope), ({ pipelineId }) => pipelineId), await totalsByStage(scope)]
  return pipelines.map((pipeline) => {
    const row = stages.get(pipeline.id) ?? []
    // A deal that was closed in a pipeline without open stages is in none that could be shown, but in the pipeline.
    const metrics = metricsOf(
      row.flatMap(({ id, kind }) => (kind === 'open' ? (totals.get(id) ?? []) : [])),
      workspace,
    )
    return {
      id: pipeline.uuid,
      workspace_id: workspace.uuid,
      sort: pipeline.position,
      name: pipeline.name,
      is_default: pipeline.isDefault,
      stages: writeStages(pipeline, row, totals, workspace),
      total_deals: metrics.total_deals,
      total_deals_amount: metrics.total_deals_amount,
      total_deals_amount_formatted: metrics.total_deals_amount_formatted,
      created_at: moment(pipeline.createdAt),
      updated_at: moment(pipeline.updatedAt ?? pipeline.createdAt),
    }
  })
}

const show = async (scope: Scope, pipeline: Pipeline): Promise<object> => (await write(scope, [pipeline]))[0] ?? {}

const change: Handler<{ params: typeof ById; body: typeof PipelineBody }> = async ({ scope, params, body }) => {
  const pipeline = await pipelineIn(scope, params.id)
  // There always is a default; it moves by naming another.
  if (body.is_default === false && pipeline.isDefault) invalid('isDefault', 'not_allowed')
  return one(await show(scope, await changePipeline(scope, pipeline.id, { name: body.name, isDefault: body.is_default })))
}

export function mountPipelines(api: Speaker): void {
  api.get('/app/pipelines', {}, async ({ scope }) => all(await write(scope, await listPipelines(scope))))

  api.post('/app/pipelines', { body: NewPipeline }, async ({ scope, body }) =>
    made(await show(scope, await addPipeline(scope, { name: body.name, isDefault: body.is_default, hasProbability: true }))),
  )

  api.get('/app/pipelines/:id', { params: ById }, async ({ scope, params }) =>
    one(await show(scope, await pipelineIn(scope, params.id))),
  )

  api.put('/app/pipelines/:id', { params: ById, body: PipelineBody }, change)
  api.patch('/app/pipelines/:id', { params: ById, body: PipelineBody }, change)

  api.delete('/app/pipelines/:id', { params: ById }, async ({ scope, params }) => {
    requireRole(scope, 'manager')
    await atomically(scope, async (scope) => {
      await scope.store.lockStructure()
      const pipeline = await pipelineIn(scope, params.id)
      if (pipeline.isDefault) conflict('default_pipeline')
      // No page says what becomes of its deals; no deal is ever lost here.
      await deletePipeline(scope, pipeline.id, { target: (await defaultPipeline(scope)).id })
    })
    return gone
  })
}
