import { found } from './errors.ts'
import type { Scope } from './scope.ts'
import type { StageDraft } from './stage.ts'
import type { Extras, JsonObject } from './text.ts'
import type { Instant } from './time.ts'

/** A way of selling: an ordered row of stages. Exactly one live pipeline of a workspace is its default. */
export interface Pipeline {
  readonly id: number
  readonly uuid: string
  readonly name: string
  /** Order among the workspace's pipelines, ascending; not necessarily contiguous. */
  readonly position: number
  readonly isDefault: boolean
  /** Whether this pipeline's deals are weighted by probability. */
  readonly hasProbability: boolean
  /** Nothing can be added to a disabled pipeline. */
  readonly isDisabled: boolean
  readonly extras: Extras
  readonly createdAt: Instant
  /** Null until the first change. */
  readonly updatedAt: Instant | null
  readonly deletedAt: Instant | null
}

export interface PipelineDraft {
  name: string
  hasProbability?: boolean | undefined
  isDisabled?: boolean | undefined
  isDefault?: boolean | undefined
  extras?: JsonObject | undefined
  /** Its stages in order. A won and a lost stage are added where none is named. */
  stages?: readonly Omit<StageDraft, 'pipelineId'>[] | undefined
}

export interface PipelinePatch {
  name?: string | undefined
  hasProbability?: boolean | undefined
  isDisabled?: boolean | undefined
  /** Only true: the default moves here from where it was. */
  isDefault?: boolean | undefined
  /** Becomes the n-th pipeline, counted from 1; the others keep their order. */
  position?: number | undefined
  /** Keys of the calling dialect. */
  extras?: JsonObject | undefined
}

export const maxPipelines = 100

/** The live pipelines in their order. There are never more than {@link maxPipelines}. */
export const listPipelines = ({ store }: Scope): Promise<readonly Pipeline[]> => store.pipelines.live()

/** A live pipeline. */
export async function findPipeline({ store }: Scope, id: number): Promise<Pipeline> {
  const pipeline = found(await store.pipelines.get(id), 'pipeline')
  return found(pipeline.deletedAt === null ? pipeline : undefined, 'pipeline')
}

/** The pipeline that new deals enter where nobody names one. */
export async function defaultPipeline(scope: Scope): Promise<Pipeline> {
  const pipelines = await listPipelines(scope)
  return found(
    pipelines.find((pipeline) => pipeline.isDefault),
    'pipeline',
  )
}
