import type { StageKind } from '../../domain/stage.ts'
import type { Instant } from '../../domain/time.ts'
import { param, statement } from '../engine.ts'
import type { Db } from '../rows.ts'
import { sql } from '../sql.ts'

/** What of a stretch the ledgers are posted from. */
export interface StepState {
  pipelineId: number
  stageId: number
  kind: StageKind
  amount: number
  currency: string
  ownerId: number
  probability: number | null
  expectedCloseDate: string | null
  isCounted: boolean
}

/** A stretch that began, and the one that it ended. */
export interface Step {
  since: Instant
  bornAt: Instant
  arrives: boolean
  isFirst: boolean
  fromStageId: number | null
  stayed: number | null
  isGone: boolean
  now: StepState
  before: StepState | undefined
}

interface StateRow {
  pipeline_id: number
  stage_id: number
  kind: string
  amount: number
  currency: string
  owner_id: number
  probability: number | null
  expected_close_date: string | null
  is_counted: number
}

type StepRow = StateRow & {
  since: number
  born_at: number
  arrives: number
  is_first: number
  from_stage_id: number | null
  stayed: number | null
  is_gone: number
} & { [K in keyof StateRow as `former_${K}`]: StateRow[K] | null }

const columns = [
  'pipeline_id',
  'stage_id',
  'kind',
  'amount',
  'currency',
  'owner_id',
  'probability',
  'expected_close_date',
  'is_counted',
] as const

/** A part of a day at most: what a moment or a period cuts off of the days that are summed up. */
const between = statement<StepRow>(
  () =>
    sql`select one.since, one.born_at, one.arrives, one.is_first, one.from_stage_id, one.stayed, one.is_gone,
      ${sql.join(columns.map((name) => sql.ref(`one.${name}`)))},
      ${sql.join(columns.map((name) => sql`${sql.ref(`former.${name}`)} as ${sql.ref(`former_${name}`)}`))}
    from stretch as one left join stretch as former
      on former.workspace_id = one.workspace_id and former.deal_id = one.deal_id and former.nth = one.nth - 1
    where one.workspace_id = ${param('workspace')} and one.since >= ${param('from')} and one.since < ${param('until')}
      and (one.pipeline_id = ${param('pipeline')} or former.pipeline_id = ${param('pipeline')})`,
)

const toState = (row: StateRow): StepState => ({
  pipelineId: row.pipeline_id,
  stageId: row.stage_id,
  kind: row.kind as StageKind,
  amount: row.amount,
  currency: row.currency,
  ownerId: row.owner_id,
  probability: row.probability,
  expectedCloseDate: row.expected_close_date,
  isCounted: row.is_counted === 1,
})

const formerOf = (row: StepRow): StepState | undefined =>
  row.former_pipeline_id === null
    ? undefined
    : toState(Object.fromEntries(columns.map((name) => [name, row[`former_${name}`]])) as unknown as StateRow)

/** Everything that began from a moment on and before another, in one pipeline or out of it. */
export async function stepsBetween(
  { session, workspaceId: workspace }: Db,
  pipeline: number,
  from: Instant,
  until: Instant,
): Promise<Step[]> {
  if (from >= until) return []
  return (await session.all(between, { workspace, pipeline, from, until })).map((row) => ({
    since: row.since,
    bornAt: row.born_at,
    arrives: row.arrives === 1,
    isFirst: row.is_first === 1,
    fromStageId: row.from_stage_id,
    stayed: row.stayed,
    isGone: row.is_gone === 1,
    now: toState(row),
    before: formerOf(row),
  }))
}
