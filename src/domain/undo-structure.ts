import { deletePipeline, recordPipeline } from './edit-pipelines.ts'
import { deleteStage, lastOpenPlace, recordStage, reorderStage, requireSpare } from './edit-stages.ts'
import { DomainError } from './errors.ts'
import type { Event } from './events.ts'
import { defaultPipeline, maxPipelines, type Pipeline } from './pipeline.ts'
import { atomically, requireRole, type Scope } from './scope.ts'
import { isOpen, listStages, maxStages, type Stage } from './stage.ts'
import type { Json, JsonObject } from './text.ts'
import { allLeft, done, type FieldResult, type Left, leftOver, mapField, plainField, type TakenBack } from './undo-fields.ts'

/** Takes back what one event did to a stage. `pipelines` collects those whose order has to be looked at afterwards. */
export async function undoStageEvent(
  scope: Scope,
  event: Event,
  isOurs: (event: Event) => boolean,
  pipelines: Set<number>,
): Promise<TakenBack> {
  const { store } = scope
  requireRole(scope, 'manager')
  await store.lockStructure()
  const stage = await store.stages.get(event.subjectId)
  if (!stage) return allLeft(event, 'gone')
  pipelines.add(stage.pipelineId)
  switch (event.type) {
    case 'stage.created':
    case 'stage.restored':
      if (stage.deletedAt !== null) return allLeft(event, 'gone')
      // It goes with its pipeline, which came in the same breath.
      if (await wasMadeBy(scope, stage.pipelineId, isOurs)) return done
      return allowed(scope, event, (scope) => deleteStage(scope, stage.id))
    case 'stage.deleted':
      return bringBackStage(scope, event, stage)
    default:
      return stage.deletedAt === null ? putStageBack(scope, event, stage) : allLeft(event, 'gone')
  }
}

/** Whether the same batch made the whole pipeline, or brought it back. */
async function wasMadeBy({ store }: Scope, pipelineId: number, isOurs: (event: Event) => boolean): Promise<boolean> {
  const { items } = await store.events.list({ subject: 'pipeline', subjectId: pipelineId, direction: 'desc', limit: 100 })
  return items.some((event) => /^pipeline\.(?:created|restored)$/.test(event.type) && isOurs(event))
}

/** What a rule of the model forbids by now is left as it is. */
async function allowed(scope: Scope, event: Event, work: (scope: Scope) => Promise<unknown>): Promise<TakenBack> {
  try {
    await atomically(scope, work)
    return done
  } catch (error) {
    if (error instanceof DomainError && error.refusal.kind === 'conflict') return allLeft(event, 'in_use')
    throw error
  }
}

async function bringBackStage(scope: Scope, event: Event, stage: Stage): Promise<TakenBack> {
  if (stage.deletedAt === null) return allLeft(event, 'changed_since')
  const pipeline = await scope.store.pipelines.get(stage.pipelineId)
  if (!pipeline || pipeline.deletedAt !== null) return allLeft(event, 'target_gone')
  if ((await listStages(scope, stage.pipelineId)).length >= maxStages) return allLeft(event, 'target_gone')
  await recordStage(scope, stage, { ...stage, deletedAt: null }, 'stage.restored')
  return done
}

async function putStageBack(scope: Scope, event: Event, stage: Stage): Promise<TakenBack> {
  const { next, left } = fieldsBack(event, stage as unknown as JsonObject)
  const results: Left[] = [...left]
  // Its deals would have to go back with it, and those that came since have nowhere to be.
  if ('pipelineId' in (event.after ?? {})) return allLeft(event, 'not_possible')
  if (next.kind !== undefined && !(await allowed(scope, event, (scope) => requireSpare(scope, stage))).isDone) {
    delete next.kind
    results.push(leftOver(event, 'in_use', 'kind'))
  }
  // Every key is one that an earlier version of this very stage had.
  const back: Stage = { ...stage, ...(next as Partial<Stage>) }
  const fit = isOpen(back) ? back : { ...back, probability: null }
  await recordStage(scope, stage, fit, event.type === 'stage.moved' ? 'stage.moved' : 'stage.updated')
  return { isDone: results.length < Object.keys(event.after ?? {}).length, left: results }
}

/** The fields of an event that are still as it left them, as they were before. */
function fieldsBack(event: Event, record: JsonObject): { next: Record<string, Json>; left: Left[] } {
  const next: Record<string, Json> = {}
  const left: Left[] = []
  for (const [field, after] of Object.entries(event.after ?? {})) {
    const before = event.before?.[field] ?? null
    const result: FieldResult =
      field === 'extras'
        ? mapField(record.extras as JsonObject, (before ?? {}) as JsonObject, after as JsonObject)
        : plainField(record[field], before, after)
    if ('value' in result) next[field] = result.value
    else left.push(leftOver(event, result.reason, field))
  }
  return { next, left }
}

/** Open stages come before closed ones, also where others have changed the order since. */
export async function settleStages(scope: Scope, pipelineId: number): Promise<void> {
  for (;;) {
    const stages = await listStages(scope, pipelineId)
    const firstClosed = stages.findIndex((stage) => !isOpen(stage))
    const stray = firstClosed < 0 ? undefined : stages.slice(firstClosed).find(isOpen)
    if (!stray) return
    await reorderStage(scope, stray, { nth: await lastOpenPlace(scope, stray) })
  }
}

/** Takes back what one event did to a pipeline. */
export async function undoPipelineEvent(scope: Scope, event: Event): Promise<TakenBack> {
  requireRole(scope, 'manager')
  await scope.store.lockStructure()
  const pipeline = await scope.store.pipelines.get(event.subjectId)
  if (!pipeline) return allLeft(event, 'gone')
  switch (event.type) {
    case 'pipeline.created':
    case 'pipeline.restored':
      if (pipeline.deletedAt !== null) return allLeft(event, 'gone')
      return allowed(scope, event, (scope) => deletePipeline(scope, pipeline.id))
    case 'pipeline.deleted':
      if (pipeline.deletedAt === null) return allLeft(event, 'changed_since')
      if ((await scope.store.pipelines.live()).length >= maxPipelines) return allLeft(event, 'target_gone')
      break
    default:
      if (pipeline.deletedAt !== null) return allLeft(event, 'gone')
  }
  const { next, left } = fieldsBack(event, pipeline as unknown as JsonObject)
  const { isDefault, ...others } = next
  const back: Pipeline = { ...pipeline, ...(others as Partial<Pipeline>) }
  if (back.isDisabled && back.isDefault) return allLeft(event, 'in_use')
  const saved = await recordPipeline(scope, pipeline, back)
  if (isDefault === true) await makeDefault(scope, saved)
  return { isDone: left.length < Object.keys(event.after ?? {}).length, left }
}

/** The default moves back to it. That another one ceases to be it is the other half of the same change. */
async function makeDefault(scope: Scope, pipeline: Pipeline): Promise<void> {
  if (pipeline.isDefault || pipeline.isDisabled) return
  const former = await defaultPipeline(scope)
  await recordPipeline(scope, former, { ...former, isDefault: false })
  await recordPipeline(scope, pipeline, { ...pipeline, isDefault: true })
}
