import { z } from 'zod'
import { isWeighted } from '../../../domain/board.ts'
import { found } from '../../../domain/errors.ts'
import { listPipelines, type Pipeline, type PipelinePatch } from '../../../domain/pipeline.ts'
import type { Workspace } from '../../../domain/workspace.ts'
import type { Speaker } from '../../../http/speak.ts'
import { editPipeline, postPipeline, removePipeline } from '../pipelines.ts'
import { one, orNull, page, zulu } from '../wire.ts'
import { nextCursor, pageOf, paging } from './cursor.ts'
import { ById, flag, NoQuery, query } from './input.ts'

const PipelinePatchBody = z.strictObject({ name: z.string().optional(), is_deal_probability_enabled: flag.optional() })
const PipelineBody = PipelinePatchBody.required({ name: true })

const readPipeline = (body: z.infer<typeof PipelinePatchBody>): PipelinePatch => ({
  name: body.name,
  hasProbability: body.is_deal_probability_enabled,
})

export const writePipeline = (pipeline: Pipeline, workspace: Workspace) => ({
  id: pipeline.id,
  name: pipeline.name,
  order_nr: pipeline.position,
  is_deleted: pipeline.deletedAt !== null,
  is_deal_probability_enabled: isWeighted(pipeline, workspace),
  add_time: zulu(pipeline.createdAt),
  update_time: orNull(pipeline.updatedAt, zulu),
})

const PipelineQuery = query(paging('id', 'update_time', 'add_time'))

function sortValue(pipeline: Pipeline, field: string): number {
  if (field === 'add_time') return pipeline.createdAt
  return field === 'update_time' ? (pipeline.updatedAt ?? 0) : pipeline.id
}

export function openPipelines(api: Speaker): void {
  api.get('/api/v2/pipelines', { query: PipelineQuery, cost: 5 }, async ({ scope, query }) => {
    const { items, next } = pageOf(await listPipelines(scope), query, sortValue)
    return page(
      items.map((pipeline) => writePipeline(pipeline, scope.workspace)),
      nextCursor(query, next),
    )
  })

  api.get('/api/v2/pipelines/:id', { params: ById, query: NoQuery, cost: 1 }, async ({ scope, params }) =>
    one(writePipeline(found(await scope.store.pipelines.get(params.id), 'pipeline'), scope.workspace)),
  )

  api.post('/api/v2/pipelines', { query: NoQuery, body: PipelineBody, cost: 5 }, async ({ scope, body }) =>
    one(writePipeline(await postPipeline(scope, { ...readPipeline(body), name: body.name }), scope.workspace)),
  )

  api.patch(
    '/api/v2/pipelines/:id',
    { params: ById, query: NoQuery, body: PipelinePatchBody, cost: 5 },
    async ({ scope, params, body }) =>
      one(writePipeline(await editPipeline(scope, params.id, readPipeline(body)), scope.workspace)),
  )

  api.delete('/api/v2/pipelines/:id', { params: ById, query: NoQuery, cost: 3 }, async ({ scope, params }) => {
    const { id } = await removePipeline(scope, params.id)
    return one({ id })
  })
}
