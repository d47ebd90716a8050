import { found } from '../errors.ts'
import { findPipeline, type Pipeline } from '../pipeline.ts'
import type { Scope } from '../scope.ts'
import type { Stage } from '../stage.ts'
import type { JsonObject } from '../text.ts'
import type { Instant } from '../time.ts'

/** A pipeline and its stages as they were at a moment. */
export interface Shape {
  readonly pipeline: Pipeline
  /** In their order. Those that were made later are among them only where the whole pipeline was: then its history was brought along. */
  readonly stages: readonly Stage[]
  /** Every stage that ever was, as it was then, or as it was made if that was later. */
  readonly all: ReadonlyMap<number, Stage>
}

/** The pipeline as it is, or as it was. */
export async function shapeAt(scope: Scope, pipelineId: number, at: Instant): Promise<Shape> {
  const present = await findPipeline(scope, pipelineId)
  const pipelines = new Map<number, JsonObject>()
  const stages = new Map<number, JsonObject>()
  for (const event of await scope.store.reports.structure()) {
    const states = event.type.startsWith('stage.') ? stages : pipelines
    const state = states.get(event.subjectId)
    if (state !== undefined && event.at > at) continue
    states.set(event.subjectId, { ...(state ?? (states === stages ? bareStage : barePipeline)), ...event.after })
  }
  const all = new Map([...stages].map(([id, state]) => [id, state as unknown as Stage]))
  const pipeline = { ...present, ...(pipelines.get(pipelineId) as unknown as Pipeline | undefined) }
  const wasThere = (stage: Stage) => stage.createdAt <= at || pipeline.createdAt > at
  const own = [...all.values()].filter((stage) => stage.pipelineId === pipelineId && stage.deletedAt === null && wasThere(stage))
  return { pipeline, stages: own.sort((a, b) => a.position - b.position || a.id - b.id), all }
}

/** The first event of a record leaves out what is empty. */
const bareStage = {
  probability: null,
  rotAfterDays: null,
  color: null,
  isArchived: false,
  extras: {},
  updatedAt: null,
  deletedAt: null,
}
const barePipeline = { isDefault: false, hasProbability: false, isDisabled: false, extras: {}, updatedAt: null, deletedAt: null }

/** A stage, deleted or not. */
export const findAnyStage = async ({ store }: Scope, id: number): Promise<Stage> => found(await store.stages.get(id), 'stage')
