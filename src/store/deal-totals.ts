import { closedContribution, contribution, type StageTotal } from '../domain/board.ts'
import type { Deal } from '../domain/deal.ts'
import { conflict } from '../domain/errors.ts'
import { type EngineKind, param, statement } from './engine.ts'
import { all, type Db } from './rows.ts'
import { type Sql, sql } from './sql.ts'
import { adding } from './sums.ts'

/** What the deals of each stage add up to, kept in step with every deal that is written. */

/** Where totals are kept, and what one deal adds to them. An overflow of either is told by the end of the name. */
const ledgers = [
  { contribution, add: addingTo('stage_total') },
  { contribution: closedContribution, add: addingTo('closed_from_stage_total') },
]

function addingTo(table: 'stage_total' | 'closed_from_stage_total') {
  const sums = ['deal_count', 'amount', 'own_amount', 'own_weighted']
  return adding(table, ['workspace_id', 'stage_id', 'currency'], sums, { isStripedAnyway: false })
}

/** Adds what some deals have come to, and takes away what they were; stages and currencies that stay the same are not touched. */
export async function writeTotals({ session, workspaceId }: Db, before: readonly Deal[], after: readonly Deal[]): Promise<void> {
  for (const { contribution, add } of ledgers) {
    for (const total of changes(before.map(contribution), after.map(contribution))) {
      if ([total.amount, total.ownAmount, total.ownWeighted].some((sum) => BigInt.asIntN(64, sum) !== sum))
        conflict('total_overflow')
      await session.tally(
        add,
        { workspace_id: workspaceId, stage_id: total.stageId, currency: total.currency },
        { deal_count: total.count, amount: total.amount, own_amount: total.ownAmount, own_weighted: total.ownWeighted },
      )
    }
  }
}

function changes(before: readonly (StageTotal | null)[], after: readonly (StageTotal | null)[]): readonly StageTotal[] {
  const sums = new Map<string, StageTotal>()
  const put = (total: StageTotal | null, sign: 1 | -1) => {
    if (!total) return
    const key = `${total.stageId} ${total.currency}`
    const { count = 0, amount = 0n, ownAmount = 0n, ownWeighted = 0n } = sums.get(key) ?? {}
    sums.set(key, {
      stageId: total.stageId,
      currency: total.currency,
      count: count + sign * total.count,
      amount: amount + BigInt(sign) * total.amount,
      ownAmount: ownAmount + BigInt(sign) * total.ownAmount,
      ownWeighted: ownWeighted + BigInt(sign) * total.ownWeighted,
    })
  }
  for (const total of before) put(total, -1)
  for (const total of after) put(total, 1)
  return [...sums.values()].filter(({ count, amount, ownAmount, ownWeighted }) => count || amount || ownAmount || ownWeighted)
}

interface TotalText {
  stage_id: number
  currency: string
  deal_count: number
  amount: string
  own_amount: string
  own_weighted: string
}

/** Sums may be larger than a JavaScript number can count, so they leave the database as text. */
const summed = (engine: EngineKind): Sql =>
  engine === 'sqlite'
    ? sql`deal_count, cast(amount as text) as amount, cast(own_amount as text) as own_amount, cast(own_weighted as text) as own_weighted`
    : sql`cast(sum(deal_count) as bigint) as deal_count, cast(sum(amount) as text) as amount, cast(sum(own_amount) as text) as own_amount,
        cast(sum(own_weighted) as text) as own_weighted`

/** Of each stage and currency that has deals; its rows, where there are several, as one. */
const withDeals = (engine: EngineKind): Sql =>
  engine === 'sqlite' ? sql`and deal_count <> 0` : sql`group by stage_id, currency having sum(deal_count) <> 0`

const totalsOf = (table: 'stage_total' | 'closed_from_stage_total') =>
  statement<TotalText>(
    (engine) =>
      sql`select stage_id, currency, ${summed(engine)} from ${sql.ref(table)}
        where workspace_id = ${param('workspace')} ${withDeals(engine)}`,
  )

const allTotals = totalsOf('stage_total')
const allClosedTotals = totalsOf('closed_from_stage_total')

const totalsOfPipeline = statement<TotalText>(
  (engine) =>
    sql`select stage_id, currency, ${summed(engine)}
      from stage join stage_total on stage_total.workspace_id = stage.workspace_id and stage_total.stage_id = stage.id
      where stage.workspace_id = ${param('workspace')} and stage.pipeline_id = ${param('pipeline')} and stage.deleted_at is null
        ${withDeals(engine)}`,
)

const toTotal = (row: TotalText): StageTotal => ({
  stageId: row.stage_id,
  currency: row.currency,
  count: row.deal_count,
  amount: BigInt(row.amount),
  ownAmount: BigInt(row.own_amount),
  ownWeighted: BigInt(row.own_weighted),
})

export async function readTotals(db: Db, pipelineId: number | undefined): Promise<readonly StageTotal[]> {
  await db.session.settle()
  return pipelineId === undefined ? all(db, allTotals, toTotal) : all(db, totalsOfPipeline, toTotal, { pipeline: pipelineId })
}

export async function readClosedTotals(db: Db): Promise<readonly StageTotal[]> {
  await db.session.settle()
  return all(db, allClosedTotals, toTotal)
}
