import { found } from './errors.ts'
import type { Scope } from './scope.ts'
import type { Extras, JsonObject } from './text.ts'
import type { Instant } from './time.ts'

/** What a deal's standing in a stage says about it. */
export type StageKind = 'open' | 'won' | 'lost' | 'unqualified'
export const stageKinds: readonly StageKind[] = ['open', 'won', 'lost', 'unqualified']

/** One step of a pipeline. Open stages come first; every pipeline has at least one won and one lost stage after them. */
export interface Stage {
  readonly id: number
  readonly uuid: string
  readonly pipelineId: number
  readonly name: string
  /** Order within the pipeline, ascending; gaps stay where a stage was deleted. */
  readonly position: number
  readonly kind: StageKind
  /** Percent; null on closed stages, whose outcome is certain. */
  readonly probability: number | null
  /** Days without a change after which a deal here is rotting; null: never. */
  readonly rotAfterDays: number | null
  /** `#rrggbb` or a vendor's name for one. */
  readonly color: string | null
  /** An archived stage keeps its deals and takes no new ones. */
  readonly isArchived: boolean
  readonly extras: Extras
  readonly createdAt: Instant
  /** Null until the first change. */
  readonly updatedAt: Instant | null
  readonly deletedAt: Instant | null
}

export interface StageDraft {
  pipelineId: number
  name: string
  kind?: StageKind | undefined
  probability?: number | null | undefined
  rotAfterDays?: number | null | undefined
  color?: string | null | undefined
  extras?: JsonObject | undefined
  /** Only where a whole pipeline is laid out: its own position number, otherwise one after the last of its sort. */
  position?: number | undefined
}

export interface StagePatch {
  name?: string | undefined
  kind?: StageKind | undefined
  probability?: number | null | undefined
  rotAfterDays?: number | null | undefined
  color?: string | null | undefined
  isArchived?: boolean | undefined
  pipelineId?: number | undefined
  place?: StagePlace | undefined
  extras?: JsonObject | undefined
}

/** Where a stage goes: beside another of its pipeline, or as the n-th of it, counted from 1. */
export type StagePlace = { before: number } | { after: number } | { nth: number }

export const maxStages = 200

export const isOpen = (stage: { kind: StageKind }): boolean => stage.kind === 'open'

/** `unqualified` is a way of losing wherever a vendor has no such word. */
export const isLost = (stage: { kind: StageKind }): boolean => stage.kind === 'lost' || stage.kind === 'unqualified'

/** The live stages of a pipeline in their order, or of the whole workspace: pipeline by pipeline. */
export const listStages = ({ store }: Scope, pipelineId?: number): Promise<readonly Stage[]> => store.stages.live(pipelineId)

/** A live stage. */
export async function findStage({ store }: Scope, id: number): Promise<Stage> {
  const stage = found(await store.stages.get(id), 'stage')
  return found(stage.deletedAt === null ? stage : undefined, 'stage')
}

/** The first open stage of a pipeline: where a deal enters. Archived ones take no new deals. */
export const entryStage = (stages: readonly Stage[]): Stage | undefined =>
  stages.find((stage) => isOpen(stage) && !stage.isArchived)

/** The first stage of a kind; a pipeline without an unqualified stage loses into its lost one. */
export const firstOfKind = (stages: readonly Stage[], kind: StageKind): Stage | undefined =>
  stages.find((stage) => stage.kind === kind && !stage.isArchived) ??
  stages.find((stage) => stage.kind === kind) ??
  (kind === 'unqualified' ? firstOfKind(stages, 'lost') : undefined)

/** Where the deals of a vanishing stage go: the nearest earlier stage of its kind that takes deals, else the next one. */
export function neighbour(stages: readonly Stage[], gone: Stage): Stage | undefined {
  const row = stages.filter((stage) => stage.kind === gone.kind && stage.id !== gone.id && !stage.isArchived)
  return row.findLast((stage) => stage.position < gone.position) ?? row[0]
}
