import { z } from 'zod'
import { listTotals } from '../../../domain/board.ts'
import { eachRow, type RowResult } from '../../../domain/bulk.ts'
import { changePipeline } from '../../../domain/edit-pipelines.ts'
import { addStage, changeStage, deleteStage } from '../../../domain/edit-stages.ts'
import { conflict, invalid } from '../../../domain/errors.ts'
import { findPipeline, type Pipeline } from '../../../domain/pipeline.ts'
import { requireRole, type Scope } from '../../../domain/scope.ts'
import { listStages, type Stage } from '../../../domain/stage.ts'
import { fail } from '../../../http/fault.ts'
import type { Speaker } from '../../../http/speak.ts'
import { anything, color, maybe, parts, Query, several, severalIds, text, whole, yes } from '../input.ts'
import { maxRows, maxStatuses } from '../limits.ts'
import { entriesOf } from '../php.ts'
import { arrange, createPipeline, inOrder, listRows, type PipelineRow, placePipeline, removePipeline } from '../pipelines.ts'
import { readRow } from '../rows.ts'
import { findStatus, incomingOf, isSystemId, lostId, newColor, normalOf, type Status, statusesOf, wonId } from '../statuses.ts'
import { readModifiedSince, seconds } from '../time.ts'
import { empty, legacy } from '../wire.ts'
import { sentence } from './errors.ts'

/** A pipeline as it is shown here: objects keyed by id, and flags as letters. `leads` is how many it holds. */
export const writePipeline = ({ pipeline, sort, stages }: PipelineRow, leads: number) => ({
  id: pipeline.id,
  value: pipeline.id,
  label: pipeline.name,
  name: pipeline.name,
  sort,
  is_main: pipeline.isDefault,
  statuses: Object.fromEntries(statusesOf(stages, { withIncoming: false }).map((status) => [status.id, writeStatus(status)])),
  leads,
})

/** The vendor's example shows the two closing statuses with their members in another order than the rest. */
const writeStatus = ({ id, stage, sort, color, isEditable }: Status) =>
  isEditable
    ? { id, name: stage.name, pipeline_id: stage.pipelineId, sort, color, editable: 'Y' }
    : { id, name: stage.name, color, sort, editable: 'N', pipeline_id: stage.pipelineId }

/** How many leads each pipeline holds, from the totals that are kept anyway. */
export async function leadCounts(scope: Scope, rows: readonly PipelineRow[]): Promise<(row: PipelineRow) => number> {
  const totals = rows.length === 0 ? [] : await listTotals(scope)
  const inStage = new Map<number, number>()
  for (const { stageId, count } of totals) inStage.set(stageId, (inStage.get(stageId) ?? 0) + count)
  return ({ stages }) => stages.reduce((sum, stage) => sum + (inStage.get(stage.id) ?? 0), 0)
}

const StatusRow = z.object({ id: maybe(whole), name: maybe(text), sort: maybe(whole), color: maybe(color) })

/** `leads`, which the vendor's own example sends back, says nothing. */
const AddRow = z.object({ name: text, sort: maybe(whole), is_main: yes, statuses: anything })
const UpdateRow = z.object({ name: maybe(text), sort: maybe(whole), is_main: yes, statuses: anything })

type StatusSaid = z.output<typeof StatusRow>

/**
 * The statuses that a row describes. Of the keys only 142 and 143 mean something: PHP numbers what is appended to an array behind its
 * highest key, which may well be the id of another status.
 */
function readStatuses(value: unknown): StatusSaid[] {
  return entriesOf(value).map(([key, row]) => {
    const said = readRow(StatusRow, row)
    const id = said.id ?? (isSystemId(Number(key)) ? Number(key) : undefined)
    return { ...said, id }
  })
}

/** In a new pipeline only the closing statuses have an id that means something. */
const asNew = (said: StatusSaid): StatusSaid => ({ ...said, id: isSystemId(said.id ?? 0) ? said.id : undefined })

async function addRow(scope: Scope, row: unknown): Promise<Pipeline> {
  const { name, sort, is_main, statuses } = readRow(AddRow, row)
  return createPipeline(scope, { name, sort, isMain: is_main, statuses: readStatuses(statuses).map(asNew) })
}

async function updateRow(scope: Scope, id: number, row: unknown): Promise<Pipeline> {
  const { name, sort, is_main, statuses } = readRow(UpdateRow, row)
  await scope.store.lockStructure()
  const pipeline = await findPipeline(scope, id)
  await changePipeline(scope, id, { name, isDefault: is_main || undefined })
  if (sort !== undefined) await placePipeline(scope, id, sort)
  if (statuses !== undefined) await setStatuses(scope, id, readStatuses(statuses))
  return pipeline
}

/** Makes a pipeline have these statuses and no others. Leads of a status that is left out go to the first one. */
async function setStatuses(scope: Scope, pipelineId: number, said: readonly StatusSaid[]): Promise<void> {
  const stages = await listStages(scope, pipelineId)
  const normal = normalOf(stages)
  const wanted = inOrder(said.filter(({ id }) => !isSystemId(id ?? 0)).map((status) => withSort(status, stages)))
  if (wanted.length === 0) invalid('statuses', 'required')
  if (wanted.length + (incomingOf(stages) ? 3 : 2) > maxStatuses) conflict('too_many')
  const ids = wanted.flatMap(({ id }) => id ?? [])
  if (new Set(ids).size < ids.length || !ids.every((id) => normal.some((stage) => stage.id === id)))
    invalid('statuses.id', 'unknown')

  const order: number[] = []
  for (const status of wanted) order.push((await saveStatus(scope, pipelineId, status, stages)).id)
  for (const stage of normal) if (!ids.includes(stage.id)) await deleteStage(scope, stage.id, { target: order[0] })
  await arrange(scope, pipelineId, order)
  for (const id of [wonId, lostId]) {
    const name = said.findLast((status) => status.id === id)?.name
    const stage = findStatus(stages, id)?.stage
    if (stage && name !== undefined) await changeStage(scope, stage.id, { name })
  }
}

/** A status that comes without an order number keeps the one it has. */
const withSort = (status: StatusSaid, stages: readonly Stage[]): StatusSaid => ({
  ...status,
  sort: status.sort ?? (status.id === undefined ? undefined : findStatus(stages, status.id)?.sort),
})

async function saveStatus(
  scope: Scope,
  pipelineId: number,
  { id, name, color }: StatusSaid,
  stages: readonly Stage[],
): Promise<Stage> {
  if (id === undefined) return addStage(scope, { pipelineId, name: name ?? invalid('statuses.name', 'required'), color })
  const shown = findStatus(stages, id)
  return changeStage(scope, id, { name, color: shown && newColor(shown, color) })
}

interface SetRequest {
  add: [key: string, row: unknown][]
  update: [id: number, row: unknown][]
  hasAdd: boolean
  hasUpdate: boolean
}

/**
 * The vendor's example closes `pipelines` before `update`, so that `update` stands beside it; its PHP sample has it inside. Both are
 * taken, and both at once.
 */
function readRequest(body: unknown): SetRequest {
  const request = parts(parts(body).request)
  const places = [parts(request.pipelines), request]
  const listOf = (name: 'add' | 'update') => places.flatMap((place) => entriesOf(place[name]))
  const has = (name: 'add' | 'update') => places.some((place) => place[name] !== undefined)
  const update = listOf('update').map(([key, row]): [number, unknown] => [Number(parts(row).id ?? key), row])
  const read = { add: listOf('add'), update, hasAdd: has('add'), hasUpdate: has('update') }
  if (!read.hasAdd && !read.hasUpdate) fail(missing)
  if (read.add.length + update.length > maxRows.legacy) fail(tooMany)
  return read
}

const missing = { kind: 'bad_input', where: 'body', issues: [{ path: ['request'], rule: 'required', message: '' }] } as const
const tooMany = { kind: 'bad_input', where: 'body', issues: [{ path: ['request'], rule: 'too_long', message: '' }] } as const

export function openPipelines(api: Speaker): void {
  const base = '/private/api/v2/json/pipelines'

  api.post(`${base}/set`, {}, async ({ req, scope }) => {
    requireRole(scope, 'manager')
    const { add, update, hasAdd, hasUpdate } = readRequest(req.body)
    const work = [
      ...add.map(
        ([, row]) =>
          (scope: Scope) =>
            addRow(scope, row),
      ),
      ...update.map(
        ([id, row]) =>
          (scope: Scope) =>
            updateRow(scope, id, row),
      ),
    ]
    const results = await eachRow(scope, work, (scope, row) => row(scope))
    const updated = update.map(([id], index) => [id, results[add.length + index]?.ok === true])
    return legacy({
      pipelines: {
        ...(hasAdd ? { add: await writeAdded(scope, add, results.slice(0, add.length)) } : {}),
        ...(hasUpdate ? { update: Object.fromEntries(updated) } : {}),
      },
      server_time: seconds(scope.now()),
    })
  })

  // No `server_time` here: the vendor's own reader takes every key for a pipeline.
  api.post(`${base}/delete`, {}, async ({ req, scope }) => {
    requireRole(scope, 'manager')
    const ids = several(parts(parts(req.body).request).id)
    if (ids.length === 0) fail(missing)
    if (ids.length > maxRows.legacy) fail(tooMany)
    const results = await eachRow(scope, ids, (scope, id) => removePipeline(scope, Number(id)))
    return legacy(
      Object.fromEntries(
        ids.map((id, index) => {
          const result = results[index]
          return [id, !result || result.ok ? true : { errors: sentence(result.refusal) }]
        }),
      ),
    )
  })

  api.get(`${base}/list`, { query: Query }, async ({ req, scope, query }) => {
    const rows = changedSince(await listRows(scope), req.headers['if-modified-since'])
    const ids = severalIds(query.id)
    const shown = rows.filter(({ pipeline }) => ids?.includes(pipeline.id) ?? true)
    if (shown.length === 0) return empty
    const countOf = await leadCounts(scope, shown)
    const pipelines = Object.fromEntries(shown.map((row) => [row.pipeline.id, writePipeline(row, countOf(row))]))
    return legacy({ pipelines, server_time: seconds(scope.now()) })
  })
}

/** Pipelines that have changed since, they or one of their statuses. */
export function changedSince(rows: readonly PipelineRow[], header: string | undefined): readonly PipelineRow[] {
  const since = readModifiedSince(header)
  if (since === undefined) return rows
  return rows.filter(({ pipeline, stages }) =>
    [pipeline, ...stages].some(({ createdAt, updatedAt }) => (updatedAt ?? createdAt) >= since),
  )
}

/** What was added one level deeper than the rest, as the vendor shows it; what was not under `errors`, by its key. */
async function writeAdded(scope: Scope, sent: readonly [key: string, row: unknown][], results: readonly RowResult<Pipeline>[]) {
  const rows = await listRows(scope)
  const countOf = await leadCounts(scope, rows)
  const made = results.flatMap((result) => (result.ok ? rows.filter(({ pipeline }) => pipeline.id === result.value.id) : []))
  const errors = results.flatMap((result, index) => (result.ok ? [] : [[sent[index]?.[0], sentence(result.refusal)]]))
  return {
    ...(made.length > 0
      ? { pipelines: Object.fromEntries(made.map((row) => [row.pipeline.id, writePipeline(row, countOf(row))])) }
      : {}),
    ...(errors.length > 0 ? { errors: Object.fromEntries(errors) } : {}),
  }
}
