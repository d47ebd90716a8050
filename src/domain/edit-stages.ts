import { emptyStage, followStage } from './edit-deals.ts'
import { conflict, invalid } from './errors.ts'
import { difference, note, snapshot } from './events.ts'
import { findPipeline } from './pipeline.ts'
import { atomically, requireRole, type Scope } from './scope.ts'
import {
  entryStage,
  findStage,
  firstOfKind,
  isOpen,
  listStages,
  maxStages,
  neighbour,
  type Stage,
  type StageDraft,
  type StagePatch,
  type StagePlace,
} from './stage.ts'
import { given, requireName, requireText, withExtras } from './text.ts'

const quiet: ReadonlySet<string> = new Set(['updatedAt'])

/** `within` begins the names of fields: a stage of a list is `stages.0.`. */
function requireShape(fields: Partial<Pick<Stage, 'name' | 'probability' | 'rotAfterDays' | 'color'>>, within = ''): void {
  const { name, probability, rotAfterDays, color } = fields
  if (name !== undefined) requireName(name, `${within}name`)
  if (color != null) requireText(color, `${within}color`, 64)
  if (probability != null) requireWhole(probability, `${within}probability`, 0, 100)
  if (rotAfterDays != null) requireWhole(rotAfterDays, `${within}rotAfterDays`, 0, 36_500)
}

function requireWhole(value: number, field: string, min: number, max: number): void {
  if (!Number.isInteger(value)) invalid(field, 'type')
  if (value < min || value > max) invalid(field, 'range', { min, max })
}

/** A new stage after the last one of its sort (open or closed); closed stages make room. Managers only. */
export async function addStage(scope: Scope, draft: StageDraft & { place?: StagePlace | undefined }): Promise<Stage> {
  requireRole(scope, 'manager')
  requireShape(given(draft))
  return atomically(scope, async (scope) => {
    const { store } = scope
    await store.lockStructure()
    const pipeline = await store.pipelines.get(draft.pipelineId)
    if (!pipeline || pipeline.deletedAt !== null) invalid('pipelineId', 'not_found')
    const stages = await listStages(scope, draft.pipelineId)
    if (stages.length >= maxStages) conflict('too_many')
    const stage = await make(scope, { ...draft, position: undefined }, stages)
    if (!draft.place) return stage
    await reorderStage(scope, stage, draft.place)
    return findStage(scope, stage.id)
  })
}

async function make(scope: Scope, draft: StageDraft, stages: readonly Stage[]): Promise<Stage> {
  const { store, now, via } = scope
  const kind = draft.kind ?? 'open'
  const peers = stages.filter((stage) => kind !== 'open' || isOpen(stage))
  const position = draft.position ?? Math.max(0, ...peers.map((stage) => stage.position)) + 1
  if (kind === 'open') await makeRoom(scope, stages, position)
  const at = now()
  const stage: Stage = {
    ...(await store.stages.identify()),
    pipelineId: draft.pipelineId,
    name: draft.name,
    position,
    kind,
    probability: kind === 'open' ? (draft.probability ?? null) : null,
    rotAfterDays: draft.rotAfterDays ?? null,
    color: draft.color ?? null,
    isArchived: false,
    extras: withExtras({}, via, draft.extras ?? {}),
    createdAt: at,
    updatedAt: draft.position === undefined ? at : null,
    deletedAt: null,
  }
  await store.stages.insert(stage)
  await note(scope, 'stage.created', stage.id, at, { before: null, after: snapshot(stage, quiet) })
  return stage
}

/** Shifts the closed stages up where a new open stage would otherwise stand on or behind them. */
async function makeRoom(scope: Scope, stages: readonly Stage[], position: number): Promise<void> {
  const closed = stages.filter((stage) => !isOpen(stage))
  const shift = position + 1 - Math.min(...closed.map((stage) => stage.position))
  if (closed.length === 0 || shift <= 0) return
  for (const stage of closed) await recordStage(scope, stage, { ...stage, position: stage.position + shift }, 'stage.moved')
}

/** Writes the change and its event, unless there is none. A new place alone is no change of the stage itself. */
export async function recordStage(
  scope: Scope,
  before: Stage,
  after: Stage,
  verb: 'stage.updated' | 'stage.moved' | 'stage.deleted' | 'stage.restored',
): Promise<Stage> {
  const change = difference(before, after, quiet)
  if (!change) return before
  const at = scope.now()
  const saved = { ...after, updatedAt: at }
  await scope.store.stages.save(saved)
  await note(scope, verb, after.id, at, change)
  return saved
}

/**
 * Changes a stage. What changes nothing leaves no trace. Its kind can change while no deal has been in it (`stage_in_use`);
 * moving to another pipeline takes its deals along. Managers only.
 */
export async function changeStage(scope: Scope, id: number, patch: StagePatch): Promise<Stage> {
  requireRole(scope, 'manager')
  const { place, extras, pipelineId, ...fields } = given(patch)
  requireShape(fields)
  return atomically(scope, async (scope) => {
    const { store, via } = scope
    await store.lockStructure()
    const before = await findStage(scope, id)
    const kind = fields.kind ?? before.kind
    if (kind !== before.kind) await requireSpare(scope, before)
    const after: Stage = {
      ...before,
      ...fields,
      probability: kind === 'open' ? (fields.probability === undefined ? before.probability : fields.probability) : null,
      extras: withExtras(before.extras, via, extras ?? {}),
    }
    let stage = await recordStage(scope, before, after, 'stage.updated')
    if (pipelineId !== undefined && pipelineId !== before.pipelineId) stage = await transfer(scope, stage, pipelineId)
    else if (kind !== before.kind)
      await reorderStage(scope, stage, { nth: kind === 'open' ? await lastOpenPlace(scope, stage) : maxStages })
    if (!place) return findStage(scope, id)
    await reorderStage(scope, stage, place)
    return findStage(scope, id)
  })
}

export async function lastOpenPlace(scope: Scope, stage: Stage): Promise<number> {
  const stages = await listStages(scope, stage.pipelineId)
  return stages.filter((other) => isOpen(other) && other.id !== stage.id).length + 1
}

/** Puts a stage beside another or in n-th place, and numbers the pipeline's stages 1…n. Open ones stay before closed ones. */
export async function reorderStage(scope: Scope, stage: Stage, place: StagePlace): Promise<void> {
  const stages = await listStages(scope, stage.pipelineId)
  const moved = stages.filter((other) => other.id === stage.id)
  const others = stages.filter((other) => other.id !== stage.id)
  const next = others.toSpliced(placeIn(others, place), 0, ...moved)
  const firstClosed = next.findIndex((other) => !isOpen(other))
  if (firstClosed >= 0 && next.slice(firstClosed).some(isOpen)) conflict('stage_order')
  for (const [index, other] of next.entries()) {
    if (other.position !== index + 1) await recordStage(scope, other, { ...other, position: index + 1 }, 'stage.moved')
  }
}

function placeIn(others: readonly Stage[], place: StagePlace): number {
  if ('nth' in place) {
    if (!Number.isSafeInteger(place.nth) || place.nth < 0) invalid('place.nth', 'range', { min: 1 })
    return Math.max(0, place.nth - 1)
  }
  const [beside, field, step] = 'before' in place ? [place.before, 'place.before', 0] : [place.after, 'place.after', 1]
  const index = others.findIndex((other) => other.id === beside)
  return index < 0 ? invalid(field, 'not_found') : index + step
}

/** Asks that no deal, deleted ones included, stands in the stage or remembers it, and that it is not the last won or lost one. */
export async function requireSpare(scope: Scope, stage: Stage): Promise<void> {
  if (await scope.store.deals.anyIn(stage.id)) conflict('stage_in_use')
  await requireNotLast(scope, stage)
}

/** Asks that the pipeline keeps a won stage and a lost one. */
async function requireNotLast(scope: Scope, stage: Stage): Promise<void> {
  if (stage.kind !== 'won' && stage.kind !== 'lost') return
  const peers = (await listStages(scope, stage.pipelineId)).filter((other) => other.kind === stage.kind)
  if (peers.length <= 1) conflict(stage.kind === 'won' ? 'last_won_stage' : 'last_lost_stage')
}

/** Takes a stage with its deals to the end of another pipeline. Deals closed from it go to the other pipeline's closed stages. */
async function transfer(scope: Scope, stage: Stage, pipelineId: number): Promise<Stage> {
  const pipeline = await scope.store.pipelines.get(pipelineId)
  if (!pipeline || pipeline.deletedAt !== null) return invalid('pipelineId', 'not_found')
  if (pipeline.isDisabled && (await scope.store.deals.anyIn(stage.id, 'live'))) conflict('pipeline_disabled')
  await requireNotLast(scope, stage)
  const stages = await listStages(scope, pipelineId)
  if (stages.length >= maxStages) conflict('too_many')
  const peers = stages.filter((other) => !isOpen(stage) || isOpen(other))
  const position = Math.max(0, ...peers.map((other) => other.position)) + 1
  if (isOpen(stage)) await makeRoom(scope, stages, position)
  const moved = await recordStage(scope, stage, { ...stage, pipelineId, position }, 'stage.updated')
  await followStage(scope, moved)
  return moved
}

/**
 * Deletes a stage. Its deals move to the `target` stage, each with an event; `'neighbour'` is the nearest earlier stage of its
 * kind, else the next one. Without a target a stage with deals is refused (`stage_in_use`), as is the last won or lost stage
 * and the last open one while deals need it. Managers only.
 */
export async function deleteStage(
  scope: Scope,
  id: number,
  { target }: { target?: number | 'neighbour' | undefined } = {},
): Promise<Stage> {
  requireRole(scope, 'manager')
  return atomically(scope, async (scope) => {
    await scope.store.lockStructure()
    const stage = await findStage(scope, id)
    await requireNotLast(scope, stage)
    if (await scope.store.deals.anyIn(id, 'live')) {
      if (target === undefined) conflict('stage_in_use')
      const heir = target === 'neighbour' ? await heirOf(scope, stage) : await targetStage(scope, stage, target, 'target')
      await emptyStage(scope, stage, heir)
    }
    return recordStage(scope, stage, { ...stage, deletedAt: scope.now() }, 'stage.deleted')
  })
}

/** Another stage that can take the deals of this one. */
async function targetStage(scope: Scope, stage: Stage, id: number, field: string): Promise<Stage> {
  const target = await scope.store.stages.get(id)
  if (!target || target.deletedAt !== null || target.id === stage.id) return invalid(field, 'not_found')
  if (target.isArchived) conflict('stage_archived')
  if (target.pipelineId !== stage.pipelineId && (await findPipeline(scope, target.pipelineId)).isDisabled)
    conflict('pipeline_disabled')
  return target
}

/** The neighbour of a stage that is going. Closed deals always have somewhere to be: an unqualified one at worst counts as lost. */
async function heirOf(scope: Scope, stage: Stage): Promise<Stage> {
  const others = (await listStages(scope, stage.pipelineId)).filter((other) => other.id !== stage.id)
  const closed = isOpen(stage) ? undefined : firstOfKind(others, stage.kind)
  return neighbour(others, stage) ?? closed ?? conflict('last_open_stage')
}

/** Moves every deal of a stage into another of the same kind, each with an event, and deletes it. Managers only. */
export async function mergeStages(scope: Scope, fromId: number, intoId: number): Promise<Stage> {
  requireRole(scope, 'manager')
  return atomically(scope, async (scope) => {
    await scope.store.lockStructure()
    const from = await findStage(scope, fromId)
    const into = await targetStage(scope, from, intoId, 'into')
    if (from.kind !== into.kind) conflict('different_kind')
    await deleteStage(scope, fromId, { target: intoId })
    return into
  })
}

/** Lays out a new pipeline's stages and adds the won and lost stage it cannot do without. */
export async function layOut(scope: Scope, pipelineId: number, drafts: readonly Omit<StageDraft, 'pipelineId'>[]): Promise<void> {
  if (drafts.length > maxStages - 2) conflict('too_many')
  for (const [index, draft] of drafts.entries()) requireShape(given(draft), `stages.${index}.`)
  const closing = (['won', 'lost'] as const)
    .filter((kind) => !drafts.some((draft) => draft.kind === kind))
    .map((kind) => ({ name: kind === 'won' ? 'Won' : 'Lost', kind }))
  const all: Omit<StageDraft, 'pipelineId'>[] = [...drafts, ...closing]
  const row = [
    ...all.filter((draft) => isOpen({ kind: draft.kind ?? 'open' })),
    ...all.filter((draft) => (draft.kind ?? 'open') !== 'open'),
  ]
  let position = (row[0]?.position ?? 1) - 1
  for (const draft of row) {
    position = Math.max(draft.position ?? 0, position + 1)
    await make(scope, { ...draft, pipelineId, position }, [])
  }
}

/** Deletes all stages of a pipeline that is going, after its deals have gone to the target pipeline. */
export async function clearPipeline(scope: Scope, pipelineId: number, target: number | undefined): Promise<void> {
  const stages = await listStages(scope, pipelineId)
  for (const stage of stages) {
    if (!(await scope.store.deals.anyIn(stage.id, 'live'))) continue
    if (target === undefined) conflict('pipeline_in_use')
    const pipeline = await scope.store.pipelines.get(target)
    if (!pipeline || pipeline.deletedAt !== null || pipeline.id === pipelineId) return invalid('target', 'not_found')
    if (pipeline.isDisabled) conflict('pipeline_disabled')
    const heirs = await listStages(scope, target)
    const heir = isOpen(stage) ? entryStage(heirs) : firstOfKind(heirs, stage.kind)
    await emptyStage(scope, stage, heir ?? conflict('no_open_stage'))
  }
  for (const stage of stages) await recordStage(scope, stage, { ...stage, deletedAt: scope.now() }, 'stage.deleted')
}
