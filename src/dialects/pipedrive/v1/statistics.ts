import { z } from 'zod'
import { sumDeals } from '../../../domain/board.ts'
import { type DealFilter, listDeals } from '../../../domain/deal.ts'
import { toMajor } from '../../../domain/money.ts'
import type { Key } from '../../../domain/page.ts'
import { findPipeline } from '../../../domain/pipeline.ts'
import { boardAt, idsAt } from '../../../domain/reports/board.ts'
import { countOf, flowsIn, movementsOf, type Span, type Turn } from '../../../domain/reports/flows.ts'
import { agesInStages } from '../../../domain/reports/times.ts'
import type { Total } from '../../../domain/reports/totals.ts'
import type { Scope } from '../../../domain/scope.ts'
import { isOpen } from '../../../domain/stage.ts'
import { dayInMs, type Instant } from '../../../domain/time.ts'
import type { Speaker } from '../../../http/speak.ts'
import { outcomesOf } from '../deals.ts'
import { one } from '../wire.ts'
import { formatMoney } from './format.ts'
import { ById, day, maybe, whole } from './input.ts'
import { addUp } from './sums.ts'

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

const countIn = (totals: readonly Pick<Total, 'count'>[]): number => totals.reduce((sum, { count }) => sum + count, 0)

/** Percent, to the whole. */
const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.min(100, Math.round((100 * part) / whole)))

/**
 * Nowhere is written how the vendor computes these. Here: of the deals that stood in a stage in the period, those there before it and
 * those that came, how many went on to a later one or were won; of all deals that were open in it, how many were won and lost.
 */
async function conversions(scope: Scope, span: Span) {
  const { flows, of, shape } = await flowsIn(scope, span)
  const before = await boardAt(scope, { ...span, at: span.period.from - 1 })
  const stood = new Map(before.columns.map(({ stage, totals }) => [stage.id, countIn(totals)]))
  const row = movementsOf(flows, shape).stages.filter(({ stage }) => isOpen(stage) && shape.stages.includes(stage))
  const count = (...turns: readonly Turn[]) => countOf(of(...turns))
  const openBefore = before.columns.reduce((sum, { stage, totals }) => sum + (isOpen(stage) ? countIn(totals) : 0), 0)
  // A deal that was made won at once was open for no time, and is among those that came all the same.
  const all = openBefore + countOf(flows.filter(({ fromStageId }) => fromStageId === 0)) + count('came', 'reopened')
  return {
    stage_conversions: row.slice(0, -1).map(({ stage, entered, exits: { forward = 0, won = 0 } }, index) => ({
      from_stage_id: stage.id,
      to_stage_id: row[index + 1]?.stage.id,
      conversion_rate: percent(forward + won, (stood.get(stage.id) ?? 0) + countIn(entered)),
    })),
    won_conversion: percent(count('won'), all),
    lost_conversion: percent(count('lost'), all),
  }
}

/** More ids than this are not named; counts and values are of all. */
const mostIds = 10_000

/** Deals as they are now, by one of their dates: how many, what they are worth, and which. */
async function group(scope: Scope, filter: DealFilter) {
  const ids: number[] = []
  for (let after: Key | null | undefined; after !== null && ids.length < mostIds; ) {
    const page = await listDeals(scope, { filter, sort: [{ by: 'id', direction: 'asc' }], limit: 500, after })
    ids.push(...page.items.map(({ id }) => id))
    after = page.next
  }
  return writeGroup(scope, await sumDeals(scope, filter), ids)
}

/** The deals that stood open at a moment. Those of now are found at once; of the past the histories of the stages are gone through. */
async function openGroup(scope: Scope, { pipelineId, ownerId }: Span, at: Instant) {
  if (at >= scope.now()) return group(scope, { pipelineId, ownerId, outcomes: ['open'], isArchived: false })
  const columns = (await boardAt(scope, { pipelineId, ownerId, at })).columns.filter(({ stage }) => isOpen(stage))
  const ids: number[] = []
  for (const { stage, totals } of columns) {
    const room = Math.min(countIn(totals), mostIds - ids.length)
    if (room > 0) ids.push(...(await idsAt(scope, { stageId: stage.id, ownerId, at }, room)))
  }
  return writeGroup(
    scope,
    columns.flatMap(({ totals }) => totals),
    ids.sort((a, b) => a - b),
  )
}

function writeGroup(scope: Scope, totals: readonly Pick<Total, 'currency' | 'count' | 'amount'>[], ids: readonly number[]) {
  const { locale } = scope.workspace
  const sums = addUp(totals.map((total) => ({ weighted: 0n, ...total })))
  const each = (write: (amount: bigint, currency: string) => unknown) =>
    Object.fromEntries([...sums].map(([currency, { amount }]) => [currency, write(amount, currency)]))
  return {
    count: countIn(totals),
    deals_ids: ids.slice(0, mostIds),
    values: each(toMajor),
    formatted_values: each((amount, currency) => formatMoney(locale, amount, currency)),
  }
}

const days = (milliseconds: number): number => Math.round(milliseconds / dayInMs)

/** How old open deals are now, by stage how long they have been there, on average and in whole days. */
async function ages(scope: Scope, span: Span) {
  const stages = (await agesInStages(scope, span)).filter(({ age }) => age.count > 0)
  const [sum, count] = stages.reduce(([sum, count], { age }) => [sum + (age.mean ?? 0) * age.count, count + age.count], [0, 0])
  return {
    across_all_stages: count === 0 ? 0 : days(sum / count),
    by_stages: stages.map(({ stage, lasting }) => ({ stage_id: stage.id, value: days(lasting.mean ?? 0) })),
  }
}

/** New, won and lost go by the dates that deals have now, so that ids, counts and values are of the same deals. */
async function movement(scope: Scope, span: Span) {
  const { pipelineId, ownerId, period } = span
  const { of } = await flowsIn(scope, span)
  const closed: DealFilter = { pipelineId, ownerId, closedSince: period.from, closedUntil: period.until }
  return {
    movements_between_stages: { count: countOf(of('forward', 'back')) },
    new_deals: await group(scope, { pipelineId, ownerId, createdSince: period.from, createdUntil: period.until }),
    deals_left_open: await openGroup(scope, span, endOf(span, scope.now())),
    won_deals: await group(scope, { ...closed, outcomes: outcomesOf.won }),
    lost_deals: await group(scope, { ...closed, outcomes: outcomesOf.lost }),
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
