import { z } from 'zod'
import { isWeighted } from '../../../domain/board.ts'
import { addPipeline, changePipeline } from '../../../domain/edit-pipelines.ts'
import { found } from '../../../domain/errors.ts'
import { findPipeline, listPipelines, type Pipeline } from '../../../domain/pipeline.ts'
import { atomically, type Scope } from '../../../domain/scope.ts'
import type { Workspace } from '../../../domain/workspace.ts'
import type { Speaker } from '../../../http/speak.ts'
import { removePipeline } from '../pipelines.ts'
import { one, orNull, plainTime } from '../wire.ts'
import { deletion } from './deletion.ts'
import { ById, bodyOf, flag, maybe, text, whole } from './input.ts'
import { listPage, Paging } from './page.ts'

const hyphenated = (name: string): string => name.replaceAll(' ', '-')

/** What stands for the pipeline in the vendor's own URLs. It is kept from the beginning on, because renaming does not change it. */
function urlTitle({ extras, isDefault, name }: Pipeline): string {
  const kept = extras.pipedrive?.url_title
  return typeof kept === 'string' ? kept : isDefault ? 'default' : hyphenated(name)
}

/** For a new pipeline: its name with hyphens; where another has the name, the name as it is with a number. */
function newUrlTitle(name: string, others: readonly Pipeline[]): string {
  const taken = new Set(others.map(urlTitle))
  if (!others.some((other) => other.name === name) && !taken.has(hyphenated(name))) return hyphenated(name)
  for (let number = 1; ; number++) if (!taken.has(`${name}${number}`)) return `${name}${number}`
}

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

async function postPipeline(scope: Scope, { name, ...body }: z.output<typeof PipelineDraft>): Promise<Pipeline> {
  const pipeline = await addPipeline(scope, {
    name,
    hasProbability: body.deal_probability,
    isDisabled: body.active === undefined ? undefined : !body.active,
    extras: { url_title: newUrlTitle(name, await listPipelines(scope)) },
  })
  return reorder(scope, pipeline, body.order_nr)
}

async function putPipeline(scope: Scope, id: number, { name, ...body }: z.output<typeof PipelineChange>): Promise<Pipeline> {
  const before = await findPipeline(scope, id)
  const isKept = before.extras.pipedrive?.url_title !== undefined
  const pipeline = await changePipeline(scope, id, {
    name,
    hasProbability: body.deal_probability,
    isDisabled: body.active === undefined ? undefined : !body.active,
    extras: isKept || name === undefined || name === before.name ? undefined : { url_title: urlTitle(before) },
  })
  return reorder(scope, pipeline, body.order_nr)
}

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
    one(writePipeline(await atomically(scope, (scope) => postPipeline(scope, body)), scope.workspace), {}, 201),
  )

  v1.put('/pipelines/:id', { params: ById, body: PipelineChange, cost: 10 }, async ({ scope, params, body }) =>
    one(writePipeline(await atomically(scope, (scope) => putPipeline(scope, params.id, body)), scope.workspace)),
  )

  v1.delete('/pipelines/:id', { params: ById, cost: 6 }, async ({ scope, params }) =>
    deletion(scope, params.id, findAnyPipeline, removePipeline),
  )
}
