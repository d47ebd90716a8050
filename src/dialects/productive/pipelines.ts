import { z } from 'zod'
import { addPipeline, changePipeline } from '../../domain/edit-pipelines.ts'
import { listEvents } from '../../domain/events.ts'
import { findPipeline, listPipelines, type Pipeline } from '../../domain/pipeline.ts'
import { atomically, type Scope } from '../../domain/scope.ts'
import type { JsonObject } from '../../domain/text.ts'
import { name, text, whole } from './body.ts'
import { type Identifier, type Includes, identifier, type Load, type Resource } from './document.ts'
import { keptPosition, type Position, shownPosition, shownPositions } from './position.ts'
import { timeIn } from './time.ts'

const attributes = {
  name,
  position: whole(-2_147_483_648, 2_147_483_647).optional(),
  icon_id: text(64).nullish(),
  pipeline_type_id: whole(1, 2).optional(),
}

export const NewPipeline = z.object(attributes)
export const PipelineChange = z.object({ ...attributes, name: name.optional() })
type PipelineChange = z.output<typeof PipelineChange>

interface Own {
  icon_id?: string
  pipeline_type_id?: number
}

const ownOf = ({ extras }: Pipeline): Own => (extras.productive ?? {}) as Own

/** 1 sales, 2 production. */
export const pipelineTypeOf = (pipeline: Pipeline): number => ownOf(pipeline).pipeline_type_id ?? 1

/** What only Productive knows of a pipeline; sales is what goes without saying. */
function readOwn({ icon_id, pipeline_type_id }: PipelineChange): JsonObject {
  return {
    ...(icon_id !== undefined && { icon_id }),
    ...(pipeline_type_id !== undefined && { pipeline_type_id: pipeline_type_id === 1 ? null : pipeline_type_id }),
  }
}

export function writePipeline(
  scope: Scope,
  pipeline: Pipeline,
  position: Position,
  links: Readonly<Record<string, Identifier | null>> = {},
): Resource {
  const { timeZone } = scope.workspace
  return {
    type: 'pipelines',
    id: String(pipeline.id),
    attributes: {
      name: pipeline.name,
      created_at: timeIn(timeZone, pipeline.createdAt),
      updated_at: timeIn(timeZone, pipeline.updatedAt ?? pipeline.createdAt),
      position,
      icon_id: ownOf(pipeline).icon_id ?? null,
      pipeline_type_id: pipelineTypeOf(pipeline),
    },
    links,
  }
}

/** Who made a pipeline and who changed it last is only in its history, so it is looked up for those who ask. */
export async function authorsOf(scope: Scope, { id }: Pipeline, includes: Includes): Promise<Record<string, Identifier | null>> {
  if (!('creator' in includes || 'updater' in includes)) return {}
  const by = async (direction: 'asc' | 'desc') => {
    const { items } = await listEvents(scope, { subject: 'pipeline', subjectId: id, direction, limit: 1 })
    return identifier('people', items[0]?.userId ?? null)
  }
  return { creator: await by('asc'), updater: await by('desc') }
}

/** These pipelines as resources; positions are looked at among all. */
export async function writePipelines(scope: Scope, pipelines: readonly Pipeline[], includes: Includes): Promise<Resource[]> {
  const positions = shownPositions(await listPipelines(scope))
  return Promise.all(
    pipelines.map(async (pipeline) =>
      writePipeline(scope, pipeline, positions.get(pipeline.id) ?? null, await authorsOf(scope, pipeline, includes)),
    ),
  )
}

export const loadPipelines: Load = async (scope, ids, includes) => {
  const pipelines = await Promise.all(ids.map((id) => scope.store.pipelines.get(id)))
  return writePipelines(
    scope,
    pipelines.filter((pipeline) => pipeline !== undefined),
    includes,
  )
}

/** Does work on pipelines so that no other one shows another position than before. */
async function keepingPositions(
  scope: Scope,
  id: number,
  position: Position,
  work: (scope: Scope) => Promise<unknown>,
): Promise<Pipeline> {
  const shown = shownPositions(await listPipelines(scope))
  await work(scope)
  for (const pipeline of await listPipelines(scope)) {
    const wanted = pipeline.id === id ? position : shown.get(pipeline.id)
    if (wanted === undefined || shownPosition(pipeline) === wanted) continue
    await changePipeline(scope, pipeline.id, { extras: keptPosition(pipeline, wanted) })
  }
  return findPipeline(scope, id)
}

/** How many pipelines come before one that shows this position, counted from 1. */
async function nthOf(scope: Scope, id: number, position: number): Promise<number> {
  const shown = shownPositions(await listPipelines(scope))
  const before = [...shown].filter(([other, is]) => other !== id && (is ?? 0) <= position && (is !== position || other < id))
  return before.length + 1
}

/** A new pipeline shows position 1, as all do that the vendor's examples make, though it comes after the others. */
export const makePipeline = (scope: Scope, input: z.output<typeof NewPipeline>): Promise<Pipeline> =>
  atomically(scope, async (scope) => {
    const { id } = await addPipeline(scope, { name: input.name, hasProbability: true, extras: readOwn(input) })
    const { position } = input
    return keepingPositions(scope, id, position ?? 1, async (scope) => {
      if (position !== undefined) await changePipeline(scope, id, { position: await nthOf(scope, id, position) })
    })
  })

export const editPipeline = (scope: Scope, id: number, input: PipelineChange): Promise<Pipeline> =>
  atomically(scope, async (scope) => {
    const before = await findPipeline(scope, id)
    const shown = shownPositions(await listPipelines(scope)).get(id) ?? null
    return keepingPositions(scope, id, input.position ?? shown, async (scope) => {
      const moves = input.position !== undefined && input.position !== shown
      const position = moves ? await nthOf(scope, id, input.position ?? 0) : undefined
      await changePipeline(scope, before.id, { name: input.name, position, extras: readOwn(input) })
    })
  })
