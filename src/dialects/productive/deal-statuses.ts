import { z } from 'zod'
import type { Scope } from '../../domain/scope.ts'
import { isOpen, listStages, type Stage, type StageKind } from '../../domain/stage.ts'
import type { JsonObject } from '../../domain/text.ts'
import type { Workspace } from '../../domain/workspace.ts'
import { flag, link, name, required, whole } from './body.ts'
import { identifier, type Load, type Resource } from './document.ts'
import { type Position, shownPositions } from './position.ts'
import { timeIn } from './time.ts'

/** 1 open, 2 won, 3 lost, 4 delivered: won, and the work is done. */
export type StatusId = 1 | 2 | 3 | 4

const attributes = {
  name,
  position: whole(-2_147_483_648, 2_147_483_647).nullish(),
  color_id: z
    .union([z.string().max(32), z.int()])
    .transform(String)
    .nullish(),
  time_tracking_enabled: flag.optional(),
  expense_tracking_enabled: flag.optional(),
  booking_tracking_enabled: flag.optional(),
  status_id: whole(1, 4).optional(),
  probability_enabled: flag.optional(),
  probability: whole(0, 100).nullish(),
  lost_reason_enabled: flag.optional(),
  pipeline: required(link('pipelines')),
}

/** Asked for while it is switched on, whatever else is wrong. */
const probabilityGiven = {
  path: ['probability'],
  params: { rule: 'required' },
  when: () => true,
}

export const NewStatus = z
  .object(attributes)
  .refine(({ probability_enabled, probability }) => !probability_enabled || probability != null, probabilityGiven)

export const StatusChange = z.object({ ...attributes, name: name.optional(), pipeline: attributes.pipeline.optional() })
export type StatusChange = z.output<typeof StatusChange>

/** What the record keeps for Productive alone, where it differs from what the API gives a new stage. */
interface Own {
  color_id?: string
  time_tracking_enabled?: boolean
  expense_tracking_enabled?: boolean
  booking_tracking_enabled?: boolean
  lost_reason_enabled?: boolean
  /** A number that is not in use: the stage's own is off, or the stage is closed. */
  probability?: number
  /** Of closed stages, whose probability nobody else has a word for. */
  probability_enabled?: boolean
  delivered?: boolean
  archived_at?: number
}

export const ownOf = ({ extras }: Pick<Stage, 'extras'>): Own => (extras.productive ?? {}) as Own

const statusIds: Readonly<Record<StageKind, StatusId>> = { open: 1, won: 2, lost: 3, unqualified: 3 }

export const statusIdOf = (stage: Stage): StatusId => (stage.kind === 'won' && ownOf(stage).delivered ? 4 : statusIds[stage.kind])

export const kindOf: Readonly<Record<number, StageKind>> = { 1: 'open', 2: 'won', 3: 'lost', 4: 'won' }

/** A stage's probability as Productive sees it: a number, and whether it counts. An organization without the feature sees none. */
export function probabilityOf(stage: Stage, { features }: Workspace): { enabled: boolean; value: number | null } {
  if (!features.probability) return { enabled: false, value: null }
  const own = ownOf(stage)
  const enabled = isOpen(stage) ? stage.probability !== null : (own.probability_enabled ?? false)
  return { enabled, value: stage.probability ?? own.probability ?? null }
}

/** What a stage's resource is made of. */
export interface StatusFacts {
  stage: Stage
  position: Position
  /** Whether a deal stands in it. */
  used: boolean
}

export function writeStatus({ stage, position, used }: StatusFacts, workspace: Workspace): Resource {
  const own = ownOf(stage)
  const probability = probabilityOf(stage, workspace)
  const archivedAt = own.archived_at ?? stage.updatedAt ?? stage.createdAt
  return {
    type: 'deal_statuses',
    id: String(stage.id),
    attributes: {
      name: stage.name,
      position,
      color_id: own.color_id ?? null,
      archived_at: stage.isArchived ? timeIn(workspace.timeZone, archivedAt) : null,
      time_tracking_enabled: own.time_tracking_enabled ?? true,
      expense_tracking_enabled: own.expense_tracking_enabled ?? true,
      booking_tracking_enabled: own.booking_tracking_enabled ?? true,
      status_id: statusIdOf(stage),
      probability_enabled: probability.enabled,
      probability: probability.value,
      lost_reason_enabled: own.lost_reason_enabled ?? false,
      used,
    },
    links: { pipeline: identifier('pipelines', stage.pipelineId) },
  }
}

/** The keys that Productive alone knows, as a document says them; what a new stage has anyway is not kept. */
export function readOwn(input: Partial<StatusChange>): JsonObject {
  const kept: [string, string | boolean | null | undefined][] = [
    ['color_id', input.color_id],
    ...trackingFlags.map((key): [string, boolean | null | undefined] => [key, input[key] === true ? null : input[key]]),
    ['lost_reason_enabled', input.lost_reason_enabled === false ? null : input.lost_reason_enabled],
    ['delivered', input.status_id === undefined ? undefined : input.status_id === 4 ? true : null],
  ]
  return Object.fromEntries(kept.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}

export const trackingFlags = ['time_tracking_enabled', 'expense_tracking_enabled', 'booking_tracking_enabled'] as const

/** Whether a deal stands in the stage. Deals that were only closed from it do not. */
export async function isUsed({ store }: Scope, stageId: number): Promise<boolean> {
  const { items } = await store.deals.list({ filter: { stageId }, limit: 1 })
  return items.length > 0
}

/** What is needed to write these stages, in the same order. `row` holds all live stages of their pipelines. */
export async function factsOf(scope: Scope, stages: readonly Stage[], row: readonly Stage[]): Promise<StatusFacts[]> {
  const positions = positionsIn(row)
  return Promise.all(
    stages.map(async (stage) => ({ stage, position: positions.get(stage.id) ?? null, used: await isUsed(scope, stage.id) })),
  )
}

/** What the stages of one or several pipelines show as their positions: open and closed ones are in order for themselves. */
export function positionsIn(row: readonly Stage[]): ReadonlyMap<number, Position> {
  const groups = Map.groupBy(row, (stage) => `${stage.pipelineId} ${isOpen(stage)}`)
  return new Map([...groups.values()].flatMap((group) => [...shownPositions(group)]))
}

/** One stage with all that its resource says. */
export async function statusOf(scope: Scope, stage: Stage): Promise<Resource> {
  const position = positionsIn(await listStages(scope, stage.pipelineId)).get(stage.id) ?? null
  return writeStatus({ stage, position, used: await isUsed(scope, stage.id) }, scope.workspace)
}

export const loadStatuses: Load = async (scope, ids) => {
  const stages = (await Promise.all(ids.map((id) => scope.store.stages.get(id)))).filter((stage) => stage !== undefined)
  const pipelineIds = [...new Set(stages.map((stage) => stage.pipelineId))]
  const row = (await Promise.all(pipelineIds.map((id) => listStages(scope, id)))).flat()
  return (await factsOf(scope, stages, row)).map((facts) => writeStatus(facts, scope.workspace))
}
