import { addPipeline, changePipeline, deletePipeline } from '../../domain/edit-pipelines.ts'
import { addStage, changeStage, deleteStage } from '../../domain/edit-stages.ts'
import { conflict, invalid } from '../../domain/errors.ts'
import { findPipeline, listPipelines, type Pipeline } from '../../domain/pipeline.ts'
import { atomically, type Scope } from '../../domain/scope.ts'
import { isOpen, listStages, type Stage } from '../../domain/stage.ts'
import type { JsonObject } from '../../domain/text.ts'
import { maxPipelines, maxStatuses } from './limits.ts'
import { defaultStages, firstNormal, incomingOf, normalOf, sortsOf } from './statuses.ts'

/** What all generations do with pipelines. Each reads its own words into these. */

/** One pipeline as it is shown: with its stages and its order number. */
export interface PipelineRow {
  pipeline: Pipeline
  sort: number
  stages: readonly Stage[]
}

/** All pipelines by their order numbers. */
export async function listRows(scope: Scope): Promise<PipelineRow[]> {
  const [pipelines, stages] = await Promise.all([listPipelines(scope), listStages(scope)])
  const sorts = sortsOf(pipelines)
  return pipelines.map((pipeline) => ({
    pipeline,
    sort: sorts.get(pipeline.id) ?? pipeline.position,
    stages: stages.filter((stage) => stage.pipelineId === pipeline.id),
  }))
}

/** A status as a caller describes it. */
export interface StatusSaid {
  /** 142 and 143 name the closing ones. */
  id?: number | undefined
  name?: string | undefined
  sort?: number | undefined
  color?: string | undefined
}

export interface PipelineSaid {
  name: string
  sort?: number | undefined
  isMain?: boolean | undefined
  isUnsortedOn?: boolean | undefined
  statuses?: readonly StatusSaid[] | undefined
}

/** Adds a pipeline with its statuses, within the vendor's limits. */
export const createPipeline = (scope: Scope, said: PipelineSaid): Promise<Pipeline> =>
  atomically(scope, async (scope) => {
    await scope.store.lockStructure()
    const others = await listPipelines(scope)
    if (others.length >= maxPipelines()) conflict('too_many')
    const pipeline = await addPipeline(scope, {
      name: said.name,
      isDefault: said.isMain,
      extras: { sort: said.sort ?? Math.max(0, ...sortsOf(others).values()) + 1 },
      stages: [
        ...(said.isUnsortedOn ? [incomingStage] : []),
        ...(said.statuses ? layOut(said.statuses, said.isUnsortedOn === true) : defaultStages),
      ],
    })
    return said.sort === undefined ? pipeline : placePipeline(scope, pipeline.id, said.sort)
  })

const incomingStage = { name: 'Incoming leads', color: '#c1c1c1', extras: { type: 1 } } satisfies JsonObject & { name: string }

/** Only their order counts in the numbers that statuses come with; the numbers themselves are made anew. */
export const inOrder = <T extends { sort?: number | undefined }>(statuses: readonly T[]): T[] =>
  statuses.toSorted((a, b) => (a.sort ?? Number.POSITIVE_INFINITY) - (b.sort ?? Number.POSITIVE_INFINITY) || 0)

function layOut(statuses: readonly StatusSaid[], hasIncoming: boolean) {
  const closing = (id: number) => statuses.findLast((status) => status.id === id)?.name
  const normal = inOrder(statuses.filter((status) => status.id !== 142 && status.id !== 143))
  if (normal.length === 0) invalid('statuses', 'required')
  if (normal.length + (hasIncoming ? 3 : 2) > maxStatuses) conflict('too_many')
  const [won, lost] = defaultStages.slice(-2)
  return [
    ...normal.map(({ name, color }) => ({ name: name ?? invalid('statuses.name', 'required'), color })),
    { ...won, name: closing(142) ?? won?.name ?? '', kind: 'won' as const },
    { ...lost, name: closing(143) ?? lost?.name ?? '', kind: 'lost' as const },
  ]
}

/** Gives a pipeline an order number, unless it shows that already: it comes before the first that has a greater one. */
export async function placePipeline(scope: Scope, id: number, sort: number): Promise<Pipeline> {
  const pipelines = await listPipelines(scope)
  const others = pipelines.filter((pipeline) => pipeline.id !== id)
  const sorts = sortsOf(pipelines)
  if (sorts.get(id) === sort) return findPipeline(scope, id)
  const behind = others.findIndex((other) => {
    const theirs = sorts.get(other.id) ?? 0
    return theirs > sort || (theirs === sort && other.id > id)
  })
  const nth = behind < 0 ? others.length : behind
  const isThere = pipelines[nth]?.id === id
  return changePipeline(scope, id, { extras: { sort }, ...(isThere ? {} : { position: nth + 1 }) })
}

/** Turns the status for incoming leads on or off; leads that are in it go to the first one behind it. */
export async function switchIncoming(scope: Scope, pipelineId: number, on: boolean): Promise<void> {
  const stages = await listStages(scope, pipelineId)
  const incoming = incomingOf(stages)
  if (on === (incoming !== undefined)) return
  if (incoming) await deleteStage(scope, incoming.id, { target: firstNormal(stages)?.id })
  else if (stages.length >= maxStatuses) conflict('too_many')
  else await addStage(scope, { ...incomingStage, pipelineId, place: { nth: 1 } })
}

/** Puts the normal statuses of a pipeline in this order, moving only those that are elsewhere. */
export async function arrange(scope: Scope, pipelineId: number, order: readonly number[]): Promise<void> {
  let current = normalOf(await listStages(scope, pipelineId)).map((stage) => stage.id)
  for (const [index, id] of order.entries()) {
    const there = current[index]
    if (there === undefined || there === id) continue
    await changeStage(scope, id, { place: { before: there } })
    current = current.filter((other) => other !== id).toSpliced(index, 0, id)
  }
}

/** Adds a status, behind all others unless its number says where. */
export async function createStatus(scope: Scope, pipelineId: number, said: StatusSaid & { name: string }): Promise<Stage> {
  await scope.store.lockStructure()
  const stages = await listStages(scope, pipelineId)
  if (stages.length >= maxStatuses) conflict('too_many')
  const stage = await addStage(scope, { pipelineId, name: said.name, color: said.color })
  if (said.sort !== undefined) await placeStatus(scope, stage, said.sort)
  return stage
}

/**
 * Gives a status an order number. One that another has is that place; one in between goes in between; beyond the last is last.
 */
export async function placeStatus(scope: Scope, stage: Stage, sort: number): Promise<void> {
  const stages = await listStages(scope, stage.pipelineId)
  const order = normalOf(stages).map(({ id }) => id)
  const first = incomingOf(stages) ? 2 : 1
  const others = order.filter((id) => id !== stage.id)
  const exact = sort / 10 - first
  const isTaken = Number.isInteger(exact) && exact >= 0 && exact < order.length
  // Of the others each has the number of its place before the move.
  const between = others.findIndex((id) => (order.indexOf(id) + first) * 10 > sort)
  const index = isTaken ? exact : between < 0 ? others.length : between
  await arrange(scope, stage.pipelineId, others.toSpliced(index, 0, stage.id))
}

/** Deletes a status; its leads go to the first that is left, each with an event. */
export const removeStatus = (scope: Scope, stage: Stage): Promise<Stage> =>
  atomically(scope, async (scope) => {
    await scope.store.lockStructure()
    const others = (await listStages(scope, stage.pipelineId)).filter((other) => other.id !== stage.id)
    if (!isOpen(stage) || normalOf(others).length === 0) conflict('last_open_stage')
    return deleteStage(scope, stage.id, { target: firstNormal(others)?.id })
  })

/** Deletes a pipeline with its leads going to the main one: open ones to its first status, closed ones to the same end. */
export async function removePipeline(scope: Scope, id: number): Promise<void> {
  await atomically(scope, async (scope) => {
    await scope.store.lockStructure()
    const others = (await listPipelines(scope)).filter((pipeline) => pipeline.id !== id)
    const heir = others.find(({ isDefault }) => isDefault) ?? others.find(({ isDisabled }) => !isDisabled)
    if (heir === undefined) return void (await deletePipeline(scope, id))
    const target = firstNormal(await listStages(scope, heir.id))?.id
    const open = (await listStages(scope, id)).filter(isOpen)
    for (const stage of open) if (await scope.store.deals.anyIn(stage.id, 'live')) await deleteStage(scope, stage.id, { target })
    await deletePipeline(scope, id, { target: heir.id })
  })
}
