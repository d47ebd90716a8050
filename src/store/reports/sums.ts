import {
  added,
  bucketOf,
  type Cell,
  cellOf,
  type Flow,
  isSomething,
  type Passage,
  passagesAt,
  type Standings,
  spans,
  together,
  type Weight,
  weightOf,
} from '../../domain/reports/ledger.ts'
import type { Period } from '../../domain/reports/period.ts'
import { dayInMs, type Instant } from '../../domain/time.ts'
import { param, type Value } from '../engine.ts'
import { type Db, shaped } from '../rows.ts'
import { type Sql, sql } from '../sql.ts'
import { type StepState, stepsBetween } from './steps.ts'

/** The ledgers, summed up to a moment or over a period: whole days from the tables, what is cut off of a day step by step. */

interface Filter {
  ownerId?: number | undefined
}

const ofOwner = ({ ownerId }: Filter): Sql => (ownerId === undefined ? sql`` : sql`and owner_id = ${param('owner')}`)

const add = (...names: readonly string[]): Sql =>
  sql.join(names.map((name) => sql`cast(sum(${sql.ref(name)}) as text) as ${sql.ref(name)}`))

// —— balances ——

interface BalanceSum {
  stage_id: number
  currency: string
  owner_id: number
  month: number
  deal_count: string
  amount: string
  own_amount: string
  own_weighted: string
}

const range = (span: number, from: string, until: string, filter: Filter): Sql => sql`
  select stage_id, currency, owner_id, month, deal_count, amount, own_amount, own_weighted from balance
  where workspace_id = ${param('workspace')} and pipeline_id = ${param('pipeline')} and span = ${sql.lit(span)}
    and bucket >= ${param(from)} and bucket < ${param(until)} ${ofOwner(filter)}`

const [daySpan, rowSpan] = spans
const daysInRow = rowSpan / daySpan
/** Before all of them; in PostgreSQL they have 32 bits. */
const always = -(2 ** 31)

/** What stood at each of several moments, the earliest first: what stood at the one before it, and what was posted since. */
export async function balancesAt(
  db: Db,
  pipelineId: number,
  moments: readonly Instant[],
  filter: Filter = {},
): Promise<Standings[][]> {
  const query = shaped<BalanceSum>(
    `balances ${Object.keys(filter).filter((key) => filter[key as keyof Filter] !== undefined)}`,
    () => sql`select stage_id, currency, owner_id, month, ${add('deal_count', 'amount', 'own_amount', 'own_weighted')} from (
        ${range(daySpan, 'first', 'whole', filter)} union all ${range(rowSpan, 'row', 'rowEnd', filter)}
        union all ${range(daySpan, 'rest', 'last', filter)}
      ) as kept group by stage_id, currency, owner_id, month`,
  )
  const cells = new Map<string, Standings>()
  const post = (cell: Omit<Cell, 'pipelineId'>, weight: Weight) => {
    const key = `${cell.stageId} ${cell.currency} ${cell.ownerId} ${cell.month}`
    const sum = cells.get(key)
    cells.set(key, sum ? { ...sum, ...together(sum, weight) } : { ...cell, pipelineId, ...weight })
  }
  const turn = (state: StepState | undefined, sign: bigint) => {
    if (!state?.isCounted || state.pipelineId !== pipelineId) return
    if (filter.ownerId !== undefined && filter.ownerId !== state.ownerId) return
    post(cellOf(state), weightOf(state, sign))
  }
  const told: Standings[][] = []
  let from: Instant | undefined
  for (const at of moments) {
    const { buckets, edges } = rangesOf(from, at + 1)
    for (const sum of await db.session.all(query, named(db, pipelineId, filter, buckets))) {
      const { stage_id: stageId, currency, owner_id: ownerId, month } = sum
      post(
        { stageId, currency, ownerId, month },
        {
          count: Number(sum.deal_count),
          amount: BigInt(sum.amount),
          ownAmount: BigInt(sum.own_amount),
          ownWeighted: BigInt(sum.own_weighted),
        },
      )
    }
    for (const [since, until] of edges) {
      for (const { now, before } of await stepsBetween(db, pipelineId, since, until)) {
        turn(before, -1n)
        turn(now, 1n)
      }
    }
    told.push(
      [...cells.values()].filter(({ count, amount, ownAmount, ownWeighted }) => count || amount || ownAmount || ownWeighted),
    )
    from = at + 1
  }
  return told
}

/** A stretch of time as whole rows of days, whole days before and after them, and what is left of days at its edges. From the beginning where no start is given. */
function rangesOf(from: Instant | undefined, until: Instant) {
  const [day, last] = [from === undefined ? always : Math.ceil(from / daySpan), bucketOf(until, daySpan)]
  const none = { first: 0, whole: 0, row: 0, rowEnd: 0, rest: 0, last: 0 }
  if (from !== undefined && day > last) return { buckets: none, edges: [[from, until]] as const }
  const edges = [...(from === undefined ? [] : [[from, day * daySpan] as const]), [last * daySpan, until] as const]
  const [row, rowEnd] = [from === undefined ? always : Math.ceil(day / daysInRow), Math.floor(last / daysInRow)]
  if (row >= rowEnd) return { buckets: { ...none, first: day, whole: last }, edges }
  const whole = from === undefined ? day : row * daysInRow
  return { buckets: { first: day, whole, row, rowEnd, rest: rowEnd * daysInRow, last }, edges }
}

// —— passages ——

interface PassageSum {
  from_stage_id: number
  to_stage_id: number
  currency: string
  owner_id: number
  deal_count: string
  firsts: string
  amount: string
  stays: string
  stayed: string
  aged: string
}

export async function passagesIn(db: Db, pipelineId: number, period: Period, filter: Filter = {}): Promise<Flow[]> {
  const query = shaped<PassageSum>(
    `passages ${Object.keys(filter).filter((key) => filter[key as keyof Filter] !== undefined)}`,
    () => sql`select from_stage_id, to_stage_id, currency, owner_id, ${add('deal_count', 'firsts', 'amount', 'stays', 'stayed', 'aged')}
      from passage where workspace_id = ${param('workspace')} and pipeline_id = ${param('pipeline')}
        and day >= ${param('first')} and day < ${param('last')} ${ofOwner(filter)}
      group by from_stage_id, to_stage_id, currency, owner_id`,
  )
  const first = Math.ceil(period.from / dayInMs)
  const last = Math.max(first, bucketOf(period.until, dayInMs))
  const flows = new Map<string, Flow>()
  const post = (flow: Flow) => {
    const key = `${flow.fromStageId} ${flow.toStageId} ${flow.currency} ${flow.ownerId}`
    const sum = flows.get(key)
    flows.set(key, sum ? added(sum, flow) : flow)
  }
  for (const sum of await db.session.all(query, named(db, pipelineId, filter, { first, last }))) {
    post({
      fromStageId: sum.from_stage_id,
      toStageId: sum.to_stage_id,
      currency: sum.currency,
      ownerId: sum.owner_id,
      count: Number(sum.deal_count),
      firsts: Number(sum.firsts),
      amount: BigInt(sum.amount),
      stays: Number(sum.stays),
      stayed: BigInt(sum.stayed),
      aged: BigInt(sum.aged),
    })
  }
  for (const [from, until] of edgesOf(period, first * dayInMs, last * dayInMs)) {
    for (const { now, before, ...step } of await stepsBetween(db, pipelineId, from, until)) {
      for (const { day: _, pipelineId: of, ...flow } of passagesAt(before, { ...now, ...step }) as Passage[]) {
        if (of === pipelineId && (filter.ownerId === undefined || filter.ownerId === flow.ownerId)) post(flow)
      }
    }
  }
  return [...flows.values()].filter(isSomething)
}

/** What a period has before the first whole day and after the last one; all of it where there is none. */
const edgesOf = ({ from, until }: Period, first: Instant, last: Instant): [Instant, Instant][] =>
  first >= last
    ? [[from, until]]
    : [
        [from, first],
        [last, until],
      ]

const named = ({ workspaceId }: Db, pipeline: number, { ownerId }: Filter, values: Record<string, Value>) => ({
  workspace: workspaceId,
  pipeline,
  ...values,
  ...(ownerId === undefined ? {} : { owner: ownerId }),
})
