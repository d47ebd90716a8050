import type { z } from 'zod'
import { addStage, changeStage, deleteStage, mergeStages } from '../../domain/edit-stages.ts'
import { conflict, invalid } from '../../domain/errors.ts'
import { atomically, requireRole, type Scope } from '../../domain/scope.ts'
import { findStage, isOpen, listStages, type Stage, type StagePatch } from '../../domain/stage.ts'
import type { JsonObject } from '../../domain/text.ts'
import { fail } from '../../http/fault.ts'
import {
  isUsed,
  kindOf,
  type NewStatus,
  ownOf,
  positionsIn,
  probabilityOf,
  readOwn,
  type StatusChange,
  statusIdOf,
} from './deal-statuses.ts'
import { keptPosition, type Position, placeAmong, shownPosition } from './position.ts'

/** Productive's own rules about stages, around the domain's use cases: each is one transaction. */

/** The plan's feature is the workspace's. Saying that it is off, or nothing, needs no feature. */
function requireFeature({ workspace }: Scope, { probability, probability_enabled }: StatusChange): void {
  if (workspace.features.probability || (probability == null && !probability_enabled)) return
  const message = 'feature unavailable'
  fail({ kind: 'bad_input', where: 'body', issues: [{ path: ['probability'], rule: 'not_allowed', message }] })
}

const missingProbability = (): never =>
  fail({ kind: 'bad_input', where: 'body', issues: [{ path: ['probability'], rule: 'required', message: 'probability' }] })

/** Does work on stages so that no other stage shows another position than before: nobody renumbers Productive's. */
async function keepingPositions(
  scope: Scope,
  pipelineIds: readonly number[],
  work: (row: readonly Stage[]) => Promise<{ stage: Stage; position: Position }>,
): Promise<Stage> {
  const rowOf = async () => (await Promise.all(pipelineIds.map((id) => listStages(scope, id)))).flat()
  const before = await rowOf()
  const shown = positionsIn(before)
  const done = await work(before)
  for (const stage of await rowOf()) {
    const wanted = stage.id === done.stage.id ? done.position : shown.get(stage.id)
    if (wanted === undefined || shownPosition(stage) === wanted) continue
    await changeStage(scope, stage.id, { extras: keptPosition(stage, wanted) })
  }
  return findStage(scope, done.stage.id)
}

const peersOf = (row: readonly Stage[], pipelineId: number, open: boolean, id?: number): Stage[] =>
  row.filter((stage) => stage.pipelineId === pipelineId && isOpen(stage) === open && stage.id !== id)

export function addStatus(scope: Scope, input: z.output<typeof NewStatus>): Promise<Stage> {
  requireFeature(scope, input)
  return atomically(scope, async (scope) => {
    await scope.store.lockStructure()
    const { name, pipeline: pipelineId, status_id = 1, position = null } = input
    const kind = kindOf[status_id] ?? 'open'
    return keepingPositions(scope, [pipelineId], async (row) => {
      const peers = peersOf(row, pipelineId, kind === 'open')
      const place = placeAmong(peers, positionsIn(row), Number.POSITIVE_INFINITY, position)
      const { probability, extras } = probabilityFor(
        kind === 'open',
        input.probability_enabled ?? false,
        input.probability ?? null,
      )
      const draft = { pipelineId, name, kind, probability, extras: { ...readOwn(input), ...extras }, place }
      return { stage: await addStage(scope, draft), position }
    })
  })
}

/** Where a probability is kept: in use it is the stage's own, otherwise it is only remembered. */
function probabilityFor(
  open: boolean,
  enabled: boolean,
  value: number | null,
): { probability: number | null; extras: JsonObject } {
  return {
    probability: open && enabled ? value : null,
    extras: { probability: open && enabled ? null : value, probability_enabled: !open && enabled ? true : null },
  }
}

export function changeStatus(scope: Scope, id: number, input: StatusChange): Promise<Stage> {
  requireFeature(scope, input)
  return atomically(scope, async (scope) => {
    await scope.store.lockStructure()
    const before = await findStage(scope, id)
    const pipelineId = input.pipeline ?? before.pipelineId
    const status = input.status_id ?? statusIdOf(before)
    if (status !== statusIdOf(before)) await requireSpare(scope, before)
    const kind = status === statusIdOf(before) ? before.kind : kindOf[status]
    const open = kind === 'open'
    return keepingPositions(scope, [...new Set([before.pipelineId, pipelineId])], async (row) => {
      const shown = positionsIn(row)
      const position = input.position === undefined ? (shown.get(id) ?? null) : input.position
      const stays = pipelineId === before.pipelineId && open === isOpen(before) && position === shown.get(id)
      const place = stays ? undefined : placeAmong(peersOf(row, pipelineId, open, id), shown, id, position)
      const patch: StagePatch = {
        name: input.name,
        kind: kind === before.kind ? undefined : kind,
        pipelineId: input.pipeline,
        place,
        ...probabilityChange(scope, before, input, open),
      }
      const extras = { ...readOwn(input), ...patch.extras }
      return { stage: await changeStage(scope, id, { ...patch, extras }), position }
    })
  })
}

/** What becomes of the probability: nothing, unless it was spoken of or the stage opens or closes. */
function probabilityChange(
  scope: Scope,
  before: Stage,
  input: StatusChange,
  open: boolean,
): Pick<StagePatch, 'probability' | 'extras'> {
  const { features } = scope.workspace
  const spoken = features.probability && (input.probability !== undefined || input.probability_enabled !== undefined)
  if (!spoken && open === isOpen(before)) return {}
  const shown = probabilityOf(before, { ...scope.workspace, features: { probability: true } })
  const value = input.probability === undefined || !features.probability ? shown.value : input.probability
  const enabled = features.probability ? (input.probability_enabled ?? shown.enabled) : shown.enabled
  return probabilityFor(open, enabled, enabled ? (value ?? missingProbability()) : value)
}

/** A stage changes what it stands for only while it is empty, and not as the last of its status. */
async function requireSpare(scope: Scope, stage: Stage): Promise<void> {
  if (await isUsed(scope, stage.id)) conflict('stage_in_use')
  await requireNotLast(scope, stage)
}

/** Every pipeline keeps a stage of each of its statuses. */
async function requireNotLast(scope: Scope, stage: Stage): Promise<void> {
  const status = statusIdOf(stage)
  const others = (await listStages(scope, stage.pipelineId)).filter((other) => other.id !== stage.id)
  if (status === 4 || others.some((other) => statusIdOf(other) === status)) return
  conflict(({ 1: 'last_open_stage', 2: 'last_won_stage', 3: 'last_lost_stage' } as const)[status])
}

export function archiveStatus(scope: Scope, id: number): Promise<Stage> {
  return atomically(scope, async (scope) => {
    const { isArchived } = await findStage(scope, id)
    const extras = { archived_at: scope.now() }
    return changeStage(scope, id, isArchived ? {} : { isArchived: true, extras })
  })
}

/** In use is found out before last of its status; deals that were only closed from it remember a neighbour. */
export function deleteStatus(scope: Scope, id: number): Promise<Stage> {
  requireRole(scope, 'manager')
  return atomically(scope, async (scope) => {
    await scope.store.lockStructure()
    const stage = await findStage(scope, id)
    await requireSpare(scope, stage)
    return deleteStage(scope, id, { target: 'neighbour' })
  })
}

/** The loser's deals go to the winner, and the loser goes. */
export function mergeStatuses(scope: Scope, loserId: number, winnerId: number): Promise<Stage> {
  requireRole(scope, 'manager')
  return atomically(scope, async (scope) => {
    await scope.store.lockStructure()
    const [loser, winner] = [await findStage(scope, loserId), await findStage(scope, winnerId)]
    if (loser.id === winner.id) invalid('into', 'not_allowed')
    if (statusIdOf(loser) !== statusIdOf(winner)) conflict('different_kind')
    await mergeStages(scope, loserId, winnerId)
    return findStage(scope, winnerId)
  })
}

/** A lost stage can want to know why. */
export const wantsReason = (stage: Stage): boolean => statusIdOf(stage) === 3 && ownOf(stage).lost_reason_enabled === true
