import { clearPipeline, layOut } from './edit-stages.ts'
import { conflict, invalid } from './errors.ts'
import { difference, note, snapshot } from './events.ts'
import {
  defaultPipeline,
  findPipeline,
  listPipelines,
  maxPipelines,
  type Pipeline,
  type PipelineDraft,
  type PipelinePatch,
} from './pipeline.ts'
import { atomically, requireRole, type Scope } from './scope.ts'
import { given, requireName, withExtras } from './text.ts'

const quiet: ReadonlySet<string> = new Set(['updatedAt'])

/** Adds a pipeline after the last one. Managers only. */
export async function addPipeline(scope: Scope, draft: PipelineDraft): Promise<Pipeline> {
  requireRole(scope, 'manager')
  requireName(draft.name)
  return atomically(scope, async (scope) => {
    const { store, now, via } = scope
    await store.lockStructure()
    const others = await store.pipelines.live()
    if (others.length >= maxPipelines) conflict('too_many')
    const pipeline: Pipeline = {
      ...(await store.pipelines.identify()),
      name: draft.name,
      position: Math.max(0, ...others.map((other) => other.position)) + 1,
      isDefault: others.length === 0,
      hasProbability: draft.hasProbability ?? false,
      isDisabled: draft.isDisabled ?? false,
      extras: withExtras({}, via, draft.extras ?? {}),
      createdAt: now(),
      updatedAt: draft.stages ? null : now(),
      deletedAt: null,
    }
    await store.pipelines.insert(pipeline)
    await note(scope, 'pipeline.created', pipeline.id, pipeline.createdAt, { before: null, after: snapshot(pipeline, quiet) })
    await layOut(scope, pipeline.id, draft.stages ?? [])
    return draft.isDefault ? changePipeline(scope, pipeline.id, { isDefault: true }) : pipeline
  })
}

/** Changes a pipeline. A change that changes nothing leaves no trace. Managers only. */
export async function changePipeline(scope: Scope, id: number, patch: PipelinePatch): Promise<Pipeline> {
  requireRole(scope, 'manager')
  const { extras, position, ...fields } = given(patch)
  if (fields.name !== undefined) requireName(fields.name)
  if (fields.isDefault === false) delete fields.isDefault
  return atomically(scope, async (scope) => {
    const { store, via } = scope
    await store.lockStructure()
    const before = await findPipeline(scope, id)
    const after: Pipeline = { ...before, ...fields, extras: withExtras(before.extras, via, extras ?? {}) }
    if (after.isDefault && after.isDisabled) conflict('pipeline_disabled')
    if (after.isDefault && !before.isDefault) {
      const former = await defaultPipeline(scope)
      await recordPipeline(scope, former, { ...former, isDefault: false })
    }
    const changed = await recordPipeline(scope, before, after)
    if (position === undefined) return changed
    await reorder(scope, id, position)
    return findPipeline(scope, id)
  })
}

/** Writes the change and its event, unless there is none. */
export async function recordPipeline(scope: Scope, before: Pipeline, after: Pipeline): Promise<Pipeline> {
  const change = difference(before, after, quiet)
  if (!change) return before
  const at = scope.now()
  const saved = { ...after, updatedAt: at }
  await scope.store.pipelines.save(saved)
  const isBack = before.deletedAt !== null && after.deletedAt === null
  const verb = after.deletedAt !== null ? 'deleted' : isBack ? 'restored' : 'updated'
  await note(scope, `pipeline.${verb}`, after.id, at, change)
  return saved
}

async function reorder(scope: Scope, id: number, place: number): Promise<void> {
  if (!Number.isSafeInteger(place) || place < 0) invalid('position', 'range', { min: 1 })
  const pipelines = await listPipelines(scope)
  const order = pipelines.filter((pipeline) => pipeline.id !== id)
  const moved = pipelines.filter((pipeline) => pipeline.id === id)
  const next = order.toSpliced(Math.max(0, place - 1), 0, ...moved)
  for (const [index, pipeline] of next.entries()) await recordPipeline(scope, pipeline, { ...pipeline, position: index + 1 })
}

/**
 * Deletes a pipeline and its stages. Deals it holds move to the `target` pipeline (open ones to its first open stage, closed
 * ones to the stage of their kind), each with an event; without a target a pipeline with deals is refused (`pipeline_in_use`).
 * The last pipeline is never deleted; the default passes on to the first that remains. Managers only.
 */
export async function deletePipeline(
  scope: Scope,
  id: number,
  { target }: { target?: number | undefined } = {},
): Promise<Pipeline> {
  requireRole(scope, 'manager')
  return atomically(scope, async (scope) => {
    const { store, now } = scope
    await store.lockStructure()
    const before = await findPipeline(scope, id)
    const others = (await listPipelines(scope)).filter((pipeline) => pipeline.id !== id)
    const heir = others.find((pipeline) => !pipeline.isDisabled) ?? others[0] ?? conflict('last_pipeline')
    await clearPipeline(scope, id, target)
    const deleted = await recordPipeline(scope, before, { ...before, isDefault: false, deletedAt: now() })
    if (before.isDefault) await recordPipeline(scope, heir, { ...heir, isDefault: true, isDisabled: false })
    return deleted
  })
}
