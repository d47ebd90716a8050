import { z } from 'zod'
import { changeStage } from '../../../domain/edit-stages.ts'
import { conflict, found, invalid } from '../../../domain/errors.ts'
import { findPipeline } from '../../../domain/pipeline.ts'
import { atomically, requireRole, type Scope } from '../../../domain/scope.ts'
import { listStages, type Stage } from '../../../domain/stage.ts'
import type { Json } from '../../../domain/text.ts'
import { requireText } from '../../../domain/text.ts'
import { read } from '../../../http/fault.ts'
import type { Speaker } from '../../../http/speak.ts'
import { anything, color, id, maybe, Query, several, text, whole } from '../input.ts'
import { entriesOf } from '../php.ts'
import { createStatus, placeStatus, removeStatus } from '../pipelines.ts'
import { allRows } from '../rows.ts'
import { findStatus, isSystemId, newColor, type Status, statusesOf } from '../statuses.ts'
import { plainTime } from '../time.ts'
import { empty, hal } from '../wire.ts'
import { rowsIn } from './body.ts'
import { requestIdOf } from './errors.ts'
import { baseOf, self } from './links.ts'

interface Context {
  base: string
  accountId: number
  /** Whether hints for salespeople are shown too. */
  descriptions: boolean
}

export const writeStatus = (status: Status, { base, accountId, descriptions }: Context) => ({
  id: status.id,
  name: status.stage.name,
  sort: status.sort,
  is_editable: status.isEditable,
  pipeline_id: status.stage.pipelineId,
  color: status.color,
  type: status.type,
  account_id: accountId,
  ...(descriptions ? { descriptions: writeDescriptions(status, accountId) } : {}),
  ...self(`${base}/leads/pipelines/${status.stage.pipelineId}/statuses/${status.id}`),
})

/** For whom a hint is written: how long somebody has been selling. */
const levels = ['newbie', 'candidate', 'master'] as const

const Description = z.object({ level: z.enum(levels), description: text })

type Hints = Readonly<Record<string, { text: string; at: number; by: number }>>

const hintsOf = ({ extras }: Stage): Hints => (extras.amocrm?.descriptions ?? {}) as Hints

/** At most one hint a level. They are the stage's own, under the level's name; one that is sent back as it was stays. */
function readDescriptions({ user, now }: Scope, value: unknown, stage: Stage): Json {
  const hints = entriesOf(value).map(([, row]) => read(Description, row, 'body'))
  for (const { description } of hints) requireText(description, 'descriptions', 1000)
  const kept = hintsOf(stage)
  const said = hints.map(({ level, description }): [string, Json] => {
    const isSame = kept[level]?.text === description
    return [level, isSame ? { ...kept[level] } : { text: description, at: now(), by: user.id }]
  })
  return said.length === 0 ? null : Object.fromEntries(said)
}

function writeDescriptions({ id, stage }: Status, accountId: number): object[] {
  const kept = hintsOf(stage)
  return levels.flatMap((level, index) => {
    const hint = kept[level]
    if (!hint) return []
    return [
      {
        account_id: accountId,
        created_at: plainTime(hint.at),
        created_by: hint.by,
        description: hint.text,
        id: stage.id * levels.length + index,
        level,
        pipeline_id: stage.pipelineId,
        status_id: id,
        updated_at: plainTime(hint.at),
        updated_by: null,
      },
    ]
  })
}

const NewStatus = z.object({ name: text, sort: whole, color: maybe(color), descriptions: anything })
const StatusChange = z.object({ name: maybe(text), sort: maybe(whole), color: maybe(color), descriptions: anything })

const InPipeline = z.object({ pipeline: id })
const OneStatus = z.object({ pipeline: id, id })

/** Of the closing statuses, and of the one for incoming leads, only the name can be changed. */
async function changeStatus(scope: Scope, status: Status, row: unknown): Promise<void> {
  const { name, sort, color, descriptions } = read(StatusChange, row, 'body')
  const extras = descriptions == null ? undefined : { descriptions: readDescriptions(scope, descriptions, status.stage) }
  await atomically(scope, async (scope) => {
    await changeStage(scope, status.stage.id, { name, color: status.isEditable ? newColor(status, color) : undefined, extras })
    if (status.isEditable && sort !== undefined) await placeStatus(scope, status.stage, sort)
  })
}

export function openStatuses(api: Speaker): void {
  const base = '/api/v4/leads/pipelines/:pipeline/statuses'

  api.get(base, { params: InPipeline, query: Query }, async ({ req, scope, params, query }) => {
    const context = contextOf(scope, baseOf(req), query.with)
    const statuses = statusesOf(await stagesOf(scope, params.pipeline), { withIncoming: true })
    return hal(collection(statuses.map((status) => writeStatus(status, context))))
  })

  api.get(`${base}/:id`, { params: OneStatus, query: Query }, async ({ req, scope, params, query }) =>
    hal(writeStatus(await statusOf(scope, params), contextOf(scope, baseOf(req), query.with))),
  )

  api.post(base, { params: InPipeline }, async ({ req, scope, params }) => {
    requireRole(scope, 'manager')
    await findPipeline(scope, params.pipeline)
    const rows = rowsIn(req.body)
    const made = await allRows(scope, rows, (scope, row) => addStatus(scope, params.pipeline, row))
    const statuses = statusesOf(await stagesOf(scope, params.pipeline), { withIncoming: true })
    const context = contextOf(scope, baseOf(req), undefined)
    const written = made.flatMap((stage, index) =>
      statuses
        .filter((status) => status.id === stage.id)
        .map((status) => ({ ...writeStatus(status, context), request_id: requestIdOf(rows[index], index) })),
    )
    return hal(collection(written))
  })

  api.patch(`${base}/:id`, { params: OneStatus }, async ({ req, scope, params }) => {
    requireRole(scope, 'manager')
    await changeStatus(scope, await statusOf(scope, params), req.body ?? {})
    const written = writeStatus(await statusOf(scope, params), contextOf(scope, baseOf(req), undefined))
    return hal({ ...written, request_id: requestIdOf(req.body, 0) })
  })

  api.delete(`${base}/:id`, { params: OneStatus }, async ({ scope, params }) => {
    requireRole(scope, 'manager')
    const { stage, isEditable } = await statusOf(scope, params)
    // The closing statuses and the one for incoming leads belong to the pipeline; the latter goes with its switch.
    if (!isEditable) conflict('last_won_stage')
    await removeStatus(scope, stage)
    return empty
  })
}

async function addStatus(scope: Scope, pipelineId: number, row: unknown): Promise<Stage> {
  const { name, sort, color, descriptions } = read(NewStatus, row, 'body')
  const { id } = row as { id?: unknown }
  if (isSystemId(Number(id))) invalid('id', 'not_allowed')
  const stage = await createStatus(scope, pipelineId, { name, sort, color })
  if (descriptions == null) return stage
  return changeStage(scope, stage.id, { extras: { descriptions: readDescriptions(scope, descriptions, stage) } })
}

const contextOf = (scope: Scope, base: string, beside: unknown): Context => ({
  base,
  accountId: scope.workspace.id,
  descriptions: several(beside).includes('descriptions'),
})

async function stagesOf(scope: Scope, pipelineId: number): Promise<readonly Stage[]> {
  return listStages(scope, (await findPipeline(scope, pipelineId)).id)
}

async function statusOf(scope: Scope, { pipeline, id }: z.output<typeof OneStatus>): Promise<Status> {
  return found(findStatus(await stagesOf(scope, pipeline), id), 'stage')
}

const collection = (statuses: readonly object[]): object => ({ _total_items: statuses.length, _embedded: { statuses } })
