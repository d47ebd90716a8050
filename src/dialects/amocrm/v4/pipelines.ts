import { z } from 'zod'
import { changePipeline, deletePipeline } from '../../../domain/edit-pipelines.ts'
import { found } from '../../../domain/errors.ts'
import { findPipeline } from '../../../domain/pipeline.ts'
import { atomically, requireRole, type Scope } from '../../../domain/scope.ts'
import { read } from '../../../http/fault.ts'
import type { Speaker } from '../../../http/speak.ts'
import { ById, color, flag, listOf, maybe, text, whole } from '../input.ts'
import { createPipeline, listRows, type PipelineRow, placePipeline, switchIncoming } from '../pipelines.ts'
import { allRows } from '../rows.ts'
import { incomingOf, statusesOf } from '../statuses.ts'
import { empty, hal } from '../wire.ts'
import { rowsIn } from './body.ts'
import { requestIdOf } from './errors.ts'
import { baseOf, self } from './links.ts'
import { writeStatus } from './statuses.ts'

/** The whole pipeline, in every answer: `PipelineModel::fromArray` of the PHP library misses each member that is not there. */
export const writePipeline = ({ pipeline, sort, stages }: PipelineRow, base: string, accountId: number) => ({
  id: pipeline.id,
  name: pipeline.name,
  sort,
  is_main: pipeline.isDefault,
  is_unsorted_on: incomingOf(stages) !== undefined,
  is_archive: pipeline.isDisabled,
  account_id: accountId,
  ...self(`${base}/leads/pipelines/${pipeline.id}`),
  _embedded: {
    statuses: statusesOf(stages, { withIncoming: true }).map((status) =>
      writeStatus(status, { base, accountId, descriptions: false }),
    ),
  },
})

const NewStatus = z.object({ id: maybe(whole), name: maybe(text), sort: maybe(whole), color: maybe(color) })

const NewPipeline = z.object({
  name: text,
  sort: whole,
  is_main: flag,
  is_unsorted_on: flag,
  _embedded: maybe(z.object({ statuses: maybe(listOf(NewStatus)) })),
})

const PipelineChange = z.object({
  name: maybe(text),
  sort: maybe(whole),
  is_main: maybe(flag),
  is_unsorted_on: maybe(flag),
  is_archive: maybe(flag),
})

function addRow(scope: Scope, row: unknown) {
  const { name, sort, is_main, is_unsorted_on, _embedded } = read(NewPipeline, row, 'body')
  return createPipeline(scope, { name, sort, isMain: is_main, isUnsortedOn: is_unsorted_on, statuses: _embedded?.statuses })
}

/** Changes a pipeline. `is_main: false` on the main one says nothing: there must be one. */
async function changeRow(scope: Scope, id: number, row: unknown): Promise<void> {
  const { name, sort, is_main, is_unsorted_on, is_archive } = read(PipelineChange, row, 'body')
  await atomically(scope, async (scope) => {
    await changePipeline(scope, id, { name, isDefault: is_main || undefined, isDisabled: is_archive })
    if (is_unsorted_on !== undefined) await switchIncoming(scope, id, is_unsorted_on)
    if (sort !== undefined) await placePipeline(scope, id, sort)
  })
}

/** Reading is for everybody, writing for those who may shape pipelines. */
export function openPipelines(api: Speaker): void {
  api.get('/api/v4/leads/pipelines', {}, async ({ req, scope }) => {
    const base = baseOf(req)
    const pipelines = (await listRows(scope)).map((row) => writePipeline(row, base, scope.workspace.id))
    return hal({ _total_items: pipelines.length, ...self(`${base}/leads/pipelines`), _embedded: { pipelines } })
  })

  api.get('/api/v4/leads/pipelines/:id', { params: ById }, async ({ req, scope, params }) =>
    hal(await writtenRow(scope, params.id, baseOf(req))),
  )

  api.post('/api/v4/leads/pipelines', {}, async ({ req, scope }) => {
    requireRole(scope, 'manager')
    const rows = rowsIn(req.body)
    const made = await allRows(scope, rows, addRow)
    return hal(
      await collection(
        scope,
        made.map(({ id }) => id),
        rows,
        baseOf(req),
      ),
    )
  })

  api.patch('/api/v4/leads/pipelines', {}, async ({ req, scope }) => {
    requireRole(scope, 'manager')
    const rows = rowsIn(req.body)
    const ids = await allRows(scope, rows, async (scope, row) => {
      const { id } = read(z.object({ id: whole }), row, 'body')
      await changeRow(scope, id, row)
      return id
    })
    return hal(await collection(scope, ids, rows, baseOf(req)))
  })

  api.patch('/api/v4/leads/pipelines/:id', { params: ById }, async ({ req, scope, params }) => {
    requireRole(scope, 'manager')
    await findPipeline(scope, params.id)
    await changeRow(scope, params.id, req.body ?? {})
    return hal({ ...(await writtenRow(scope, params.id, baseOf(req))), request_id: requestIdOf(req.body, 0) })
  })

  api.delete('/api/v4/leads/pipelines/:id', { params: ById }, async ({ scope, params }) => {
    await deletePipeline(scope, params.id)
    return empty
  })
}

async function writtenRow(scope: Scope, id: number, base: string) {
  const row = (await listRows(scope)).find(({ pipeline }) => pipeline.id === id)
  return writePipeline(found(row, 'pipeline'), base, scope.workspace.id)
}

/** Pipelines that were written, in the order that they were sent in. */
async function collection(scope: Scope, ids: readonly number[], sent: readonly unknown[], base: string): Promise<object> {
  const rows = await listRows(scope)
  const pipelines = ids.map((id, index) => {
    const row = found(
      rows.find(({ pipeline }) => pipeline.id === id),
      'pipeline',
    )
    return { ...writePipeline(row, base, scope.workspace.id), request_id: requestIdOf(sent[index], index) }
  })
  return { _total_items: pipelines.length, ...self(`${base}/leads/pipelines`), _embedded: { pipelines } }
}
