import { z } from 'zod'
import { isWeighted } from '../../../domain/board.ts'
import { changePipeline } from '../../../domain/edit-pipelines.ts'
import { found } from '../../../domain/errors.ts'
import { findPipeline, listPipelines, type Pipeline, type PipelinePatch } from '../../../domain/pipeline.ts'
import { atomically, type Scope } from '../../../domain/scope.ts'
import type { Workspace } from '../../../domain/workspace.ts'
import type { Speaker } from '../../../http/speak.ts'
import { editPipeline, postPipeline, removePipeline, urlTitle } from '../pipelines.ts'
import { one, orNull, plainTime } from '../wire.ts'
import { deletion } from './deletion.ts'
import { ById, bodyOf, flag, maybe, text, whole } from './input.ts'
import { listPage, Paging } from './page.ts'

/** A pipeline as v1 writes it. */
export const writePipeline = (pipeline: Pipeline, workspace: Workspace) => ({
  id: pipeline.id,
  name: pipeline.name,
  url_title: urlTitle(pipeline),
  order_nr: pipeline.position,
  active: pipeline.deletedAt === null && !pipeline.isDisabled,
  deal_probability: isWeighted(pipeline, workspace),
  add_time: plainTime(pipeline.createdAt),
  update_time: orNull(pipeline.updatedAt, plainTime),
  selected: false,
})

const fields = { deal_probability: maybe(flag), active: maybe(flag), order_nr: maybe(whole.pipe(z.int().min(0))) }
const PipelineDraft = bodyOf({ name: text, ...fields })
const PipelineChange = bodyOf({ name: maybe(text), ...fields })

/**
 * Puts the pipeline in the n-th place. The first one is then the default, because that is what the vendor means by it; one that takes
 * no deals cannot be.
 */
async function reorder(scope: Scope, pipeline: Pipeline, place: number | undefined): Promise<Pipeline> {
  if (place === undefined || place === pipeline.position) return pipeline
  await changePipeline(scope, pipeline.id, { position: Math.max(place, 1) })
  const [first] = (await listPipelines(scope)).filter(({ isDisabled }) => !isDisabled)
  if (first && !first.isDefault) await changePipeline(scope, first.id, { isDefault: true })
  return findPipeline(scope, pipeline.id)
}

const readPipeline = ({ name, deal_probability, active }: z.output<typeof PipelineChange>): PipelinePatch => ({
  name,
  hasProbability: deal_probability,
  isDisabled: active === undefined ? undefined : !active,
})

const addAt = (scope: Scope, body: z.output<typeof PipelineDraft>): Promise<Pipeline> =>
  atomically(scope, async (scope) =>
    reorder(scope, await postPipeline(scope, { ...readPipeline(body), name: body.name }), body.order_nr),
  )

const changeAt = (scope: Scope, id: number, body: z.output<typeof PipelineChange>): Promise<Pipeline> =>
  atomically(scope, async (scope) => reorder(scope, await editPipeline(scope, id, readPipeline(body)), body.order_nr))

/** A pipeline, deleted or not. */
export const findAnyPipeline = async ({ store }: Scope, id: number): Promise<Pipeline> =>
  found(await store.pipelines.get(id), 'pipeline')

export function openPipelines(v1: Speaker): void {
  v1.get('/pipelines', { query: Paging, cost: 10 }, async ({ scope, query }) =>
    listPage(
      (await listPipelines(scope)).map((pipeline) => writePipeline(pipeline, scope.workspace)),
      query,
    ),
  )

  v1.get('/pipelines/:id', { params: ById, cost: 2 }, async ({ scope, params }) =>
    one(writePipeline(await findAnyPipeline(scope, params.id), scope.workspace)),
  )

  v1.post('/pipelines', { body: PipelineDraft, cost: 10 }, async ({ scope, body }) =>
    one(writePipeline(await addAt(scope, body), scope.workspace), {}, 201),
  )

  v1.put('/pipelines/:id', { params: ById, body: PipelineChange, cost: 10 }, async ({ scope, params, body }) =>
    one(writePipeline(await changeAt(scope, params.id, body), scope.workspace)),
  )

  v1.delete('/pipelines/:id', { params: ById, cost: 6 }, async ({ scope, params }) =>
    deletion(scope, params.id, findAnyPipeline, removePipeline),
  )
}
