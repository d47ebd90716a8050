import { z } from 'zod'
import { type DealFilter, listDeals } from '../../../domain/deal.ts'
import { toMajor } from '../../../domain/money.ts'
import type { Key } from '../../../domain/page.ts'
import { findPipeline } from '../../../domain/pipeline.ts'
import { boardAt, cardsAt } from '../../../domain/reports/board.ts'
import { flowsIn, movements, type Span, summary, type Turn } from '../../../domain/reports/flows.ts'
import { timesInStages } from '../../../domain/reports/times.ts'
import type { Total } from '../../../domain/reports/totals.ts'
import type { Scope } from '../../../domain/scope.ts'
import { isOpen } from '../../../domain/stage.ts'
import { dayInMs, type Instant } from '../../../domain/time.ts'
import type { Speaker } from '../../../http/speak.ts'
import { outcomesOf } from '../deals.ts'
import { one } from '../wire.ts'
import { formatMoney } from './format.ts'
import { ById, day, maybe, whole } from './input.ts'

/** Days begin in UTC, as all times of v1 are in UTC; the last one is in it. */
const StatisticsQuery = z
  .object({ start_date: day, end_date: day, user_id: maybe(whole) })
  .refine(({ start_date, end_date }) => start_date <= end_date, { path: ['end_date'], params: { rule: 'range' } })

type Asked = z.output<typeof StatisticsQuery>

/** What is asked of a pipeline; of the caller's own deals where no user is named. */
async function spanOf(scope: Scope, id: number, { start_date, end_date, user_id }: Asked): Promise<Span> {
  const { id: pipelineId } = await findPipeline(scope, id)
  const [from, last] = [start_date, end_date].map((day) => Date.parse(`${day}T00:00:00Z`)) as [number, number]
  return { pipelineId, ownerId: user_id ?? scope.user.id, period: { from, until: last + dayInMs } }
}

/** The last moment of the period that has been. */
const endOf = ({ period }: Span, now: Instant): Instant => Math.min(period.until - 1, now)

const countIn = (totals: readonly Total[]): number => totals.reduce((sum, { count }) => sum + count, 0)

/** Percent, to the whole. */
const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.min(100, Math.round((100 * part) / whole)))

/**
 * Nowhere is written how the vendor computes these. Here: of the deals that stood in a stage in the period, those there before it and
 * those that came, how many went on to a later one or were won; of all deals that were open in it, how many were won and lost.
 */
async function conversions(scope: Scope, span: Span) {
  const { stages } = await movements(scope, span)
  const before = await boardAt(scope, { ...span, at: span.period.from - 1 })
  const stood = (stageId: number) => countIn(before.columns.find(({ stage }) => stage.id === stageId)?.totals ?? [])
  const row = stages.filter(({ stage }) => isOpen(stage) && stage.deletedAt === null)
  const { of } = await flowsIn(scope, span)
  const count = (...turns: readonly Turn[]) => of(...turns).reduce((sum, { count }) => sum + count, 0)
  const openBefore = before.columns.reduce((sum, { stage, totals }) => sum + (isOpen(stage) ? countIn(totals) : 0), 0)
  // A deal that was made won at once was open for no time, and is among those that came all the same.
  const born = (await summary(scope, span)).added
  const all = openBefore + countIn(born) + count('came', 'reopened')
  return {
    stage_conversions: row.slice(0, -1).map(({ stage, entered, exits: { forward = 0, won = 0 } }, index) => ({
      from_stage_id: stage.id,
      to_stage_id: row[index + 1]?.stage.id,
      conversion_rate: percent(forward + won, stood(stage.id) + countIn(entered)),
    })),
    won_conversion: percent(count('won'), all),
    lost_conversion: percent(count('lost'), all),
  }
}

/** More ids than this are not named; counts and values are of all. */
const mostIds = 10_000

/** The ids of the deals that a filter finds. */
async function idsOf(scope: Scope, filter: DealFilter): Promise<number[]> {
  const ids: number[] = []
  for (let after: Key | null | undefined; after !== null && ids.length < mostIds; ) {
    const page = await listDeals(scope, { filter, sort: [{ by: 'id', direction: 'asc' }], limit: 500, after })
    ids.push(...page.items.map(({ id }) => id))
    after = page.next
  }
  return ids.slice(0, mostIds)
}

/** The ids of the deals that stood open at a moment. */
async function openIds(scope: Scope, { pipelineId, ownerId }: Span, at: Instant): Promise<number[]> {
  const ids: number[] = []
  for (const { stage, totals } of (await boardAt(scope, { pipelineId, ownerId, at })).columns) {
    if (!isOpen(stage) || countIn(totals) === 0) continue
    for (let after: Key | null | undefined; after !== null && ids.length < mostIds; ) {
      const page = await cardsAt(scope, { stageId: stage.id, ownerId, at }, { limit: 500, after })
      ids.push(...page.items.map(({ id }) => id))
      after = page.next
    }
  }
  return ids.slice(0, mostIds).sort((a, b) => a - b)
}

function writeGroup(scope: Scope, totals: readonly Total[], ids: readonly number[]) {
  const { locale } = scope.workspace
  const known = totals.filter(({ count, amount }) => count !== 0 || amount !== 0n)
  return {
    count: countIn(totals),
    deals_ids: ids,
    values: Object.fromEntries(known.map(({ currency, amount }) => [currency, toMajor(amount, currency)])),
    formatted_values: Object.fromEntries(known.map(({ currency, amount }) => [currency, formatMoney(locale, amount, currency)])),
  }
}

const days = (milliseconds: number): number => Math.round(milliseconds / dayInMs)

/** How old open deals are now, by stage how long they have been there, on average and in whole days. */
async function ages(scope: Scope, span: Span) {
  const stages = (await timesInStages(scope, span)).filter(({ age }) => age.count > 0)
  const [sum, count] = stages.reduce(([sum, count], { age }) => [sum + (age.mean ?? 0) * age.count, count + age.count], [0, 0])
  return {
    across_all_stages: count === 0 ? 0 : days(sum / count),
    by_stages: stages.map(({ stage, lasting }) => ({ stage_id: stage.id, value: days(lasting.mean ?? 0) })),
  }
}

async function movement(scope: Scope, span: Span) {
  const { pipelineId, ownerId, period } = span
  const { added, won, lost, openAfter } = await summary(scope, span)
  const { of } = await flowsIn(scope, span)
  const closed: DealFilter = { pipelineId, ownerId, closedSince: period.from, closedUntil: period.until, isArchived: false }
  const created: DealFilter = { pipelineId, ownerId, createdSince: period.from, createdUntil: period.until, isArchived: false }
  return {
    movements_between_stages: { count: of('forward', 'back').reduce((sum, { count }) => sum + count, 0) },
    new_deals: writeGroup(scope, added, await idsOf(scope, created)),
    deals_left_open: writeGroup(scope, openAfter, await openIds(scope, span, endOf(span, scope.now()))),
    won_deals: writeGroup(scope, won, await idsOf(scope, { ...closed, outcomes: outcomesOf.won })),
    lost_deals: writeGroup(scope, lost, await idsOf(scope, { ...closed, outcomes: outcomesOf.lost })),
    average_age_in_days: await ages(scope, span),
  }
}

/** What happened in a pipeline from one day to another. */
export function openStatistics(v1: Speaker): void {
  const spec = { params: ById, query: StatisticsQuery, cost: 40 }

  v1.get('/pipelines/:id/conversion_statistics', spec, async ({ scope, params, query }) =>
    one(await conversions(scope, await spanOf(scope, params.id, query))),
  )

  v1.get('/pipelines/:id/movement_statistics', spec, async ({ scope, params, query }) =>
    one(await movement(scope, await spanOf(scope, params.id, query))),
  )
}
