import { z } from 'zod'
import { type StageTotal, sumDealsByDay } from '../../../domain/board.ts'
import { type Deal, type DealDate, type DealFilter, listDeals } from '../../../domain/deal.ts'
import { toMajor } from '../../../domain/money.ts'
import type { Key } from '../../../domain/page.ts'
import type { Scope } from '../../../domain/scope.ts'
import { isOpen, listStages } from '../../../domain/stage.ts'
import { type Day, dayInMs } from '../../../domain/time.ts'
import { fail } from '../../../http/fault.ts'
import type { Answer, Speaker } from '../../../http/speak.ts'
import { dealFilterOf } from '../filters.ts'
import { one } from '../wire.ts'
import { writeFlatDeal } from './deal.ts'
import { day, flag, maybe, text, whole } from './input.ts'
import { relatedToDeals } from './related.ts'
import { addUp, converted, type Sum, type Target, targetOf, weighing } from './sums.ts'

/** By which dates deals can be laid out: what the indexes know. The companies' own date fields are refused. */
const fields = {
  add_time: { range: (since, until) => ({ createdSince: since, createdUntil: until }), by: 'createdAt' },
  update_time: { range: (since, until) => ({ updatedSince: since, updatedUntil: until }), by: 'updatedAt' },
  stage_change_time: { range: (since, until) => ({ stageChangedSince: since, stageChangedUntil: until }), by: 'stageChangedAt' },
  close_time: { range: (since, until) => ({ closedSince: since, closedUntil: until }), by: 'closedAt' },
  won_time: { range: (since, until) => ({ closedSince: since, closedUntil: until }), by: 'closedAt' },
  // Deals that were lost are not on the timeline.
  lost_time: { range: () => ({ any: [] }), by: 'closedAt' },
  expected_close_date: {
    range: (since, until) => ({ expectedCloseSince: dayOf(since), expectedCloseUntil: dayOf(until) }),
    by: 'expectedCloseDate',
  },
} as const satisfies Record<string, { range(since: number, until: number): DealFilter; by: DealDate }>

type FieldKey = keyof typeof fields

const dayOf = (at: number): Day => new Date(at).toISOString().slice(0, 10)

const TimelineQuery = z.object({
  start_date: day,
  interval: z.enum(['day', 'week', 'month', 'quarter']),
  amount: whole.pipe(z.int().min(1).max(366)),
  field_key: text.pipe(z.enum(Object.keys(fields) as [FieldKey, ...FieldKey[]])),
  user_id: maybe(whole),
  pipeline_id: maybe(whole),
  filter_id: maybe(whole),
  exclude_deals: maybe(flag),
  totals_convert_currency: maybe(text),
})
type TimelineQuery = z.output<typeof TimelineQuery>

const months = { month: 1, quarter: 3 } as const
const days = { day: 1, week: 7 } as const

/** When the n-th interval begins, in UTC as all times of v1. A month that has no such day begins on its last. */
function startOf({ start_date, interval }: TimelineQuery, index: number): number {
  const first = new Date(`${start_date}T00:00:00Z`)
  if (interval === 'day' || interval === 'week') return first.getTime() + index * days[interval] * dayInMs
  const month = first.getUTCMonth() + index * months[interval]
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), month + 1, 0)).getUTCDate()
  return Date.UTC(first.getUTCFullYear(), month, Math.min(first.getUTCDate(), lastDay))
}

const bySum = (sums: readonly Sum[], of: (sum: Sum) => bigint) =>
  Object.fromEntries(sums.map((sum) => [sum.currency, toMajor(of(sum), sum.currency)]))

const countOf = (sums: readonly Sum[]): number => sums.reduce((count, sum) => count + sum.count, 0)

interface Parts {
  all: readonly Sum[]
  open: readonly Sum[]
  won: readonly Sum[]
}

const writeTotals = ({ all, open, won }: Parts) => ({
  count: countOf(all),
  values: bySum(all, ({ amount }) => amount),
  weighted_values: bySum(all, ({ weighted }) => weighted),
  open_count: countOf(open),
  open_values: bySum(open, ({ amount }) => amount),
  weighted_open_values: bySum(open, ({ weighted }) => weighted),
  won_count: countOf(won),
  won_values: bySum(won, ({ amount }) => amount),
})

/** The same in one currency; what has no rate is not in it and is named. */
function writeConverted({ all, open, won }: Parts, into: Target) {
  const only = (sums: readonly Sum[]) => [converted(sums, into).sum]
  const { missing } = converted(all, into)
  return {
    ...writeTotals({ all: only(all), open: only(open), won: only(won) }),
    ...(missing.length === 0 ? {} : { currencies_without_rate: missing }),
  }
}

/** More deals than this are not listed in one answer, which knows no pages. */
const mostDeals = 5000

const tooMany = (): never =>
  fail({
    kind: 'bad_input',
    where: 'query',
    issues: [
      {
        path: ['exclude_deals'],
        rule: 'not_allowed',
        message: `more than ${mostDeals} deals: take a shorter time or exclude_deals=1`,
      },
    ],
  })

async function dealsIn(scope: Scope, filter: DealFilter, by: DealDate, room: number): Promise<readonly object[]> {
  const found: Deal[] = []
  for (let after: Key | null | undefined; after !== null; ) {
    const page = await listDeals(scope, { filter, sort: [{ by, direction: 'asc' }], limit: 500, after })
    found.push(...page.items)
    if (found.length > room) tooMany()
    after = page.next
  }
  const related = await relatedToDeals(scope, found)
  return found.map((deal) => writeFlatDeal(deal, related))
}

async function timeline(scope: Scope, query: TimelineQuery, isArchived: boolean): Promise<Answer> {
  const { field_key, user_id, pipeline_id, filter_id, totals_convert_currency: into } = query
  const target = into === undefined ? undefined : targetOf(into, scope.workspace)
  const { range, by } = fields[field_key]
  const beside: DealFilter = {
    pipelineId: pipeline_id,
    ...(filter_id === undefined ? { ownerId: user_id } : { all: [await dealFilterOf(scope, filter_id)] }),
    outcomes: field_key === 'won_time' ? ['won'] : ['open', 'won'],
    isArchived,
  }
  const weigh = await weighing(scope)
  const isOpenStage = new Map((await listStages(scope)).map((stage) => [stage.id, isOpen(stage)]))
  const partsOf = (totals: readonly StageTotal[]): Parts => {
    const add = (part: readonly StageTotal[]) => [...addUp(part.map(weigh)).values()]
    const [open, won] = [true, false].map((wanted) => totals.filter(({ stageId }) => isOpenStage.get(stageId) === wanted))
    return { all: add(totals), open: add(open ?? []), won: add(won ?? []) }
  }
  const starts = Array.from({ length: query.amount + 1 }, (_, index) => startOf(query, index))
  const sums = await sumDealsByDay(scope, { ...beside, ...range(starts[0] ?? 0, starts.at(-1) ?? 0) }, by)
  const groups: object[] = []
  let room = mostDeals
  for (const [index, since] of starts.slice(0, -1).entries()) {
    const until = starts[index + 1] ?? since
    const filter = { ...beside, ...range(since, until) }
    const deals = query.exclude_deals ? undefined : await dealsIn(scope, filter, by, room)
    room -= deals?.length ?? 0
    const parts = partsOf(sums.filter(({ day }) => day >= dayOf(since) && day < dayOf(until)))
    groups.push({
      period_start: `${dayOf(since)} 00:00:00`,
      period_end: `${dayOf(until - 1)} 23:59:59`,
      ...(deals ? { deals } : {}),
      totals: writeTotals(parts),
      ...(target ? { totals_converted: writeConverted(parts, target) } : {}),
    })
  }
  return one(groups)
}

/** Open and won deals, interval by interval of one of their dates. */
export function openTimeline(v1: Speaker): void {
  v1.get('/deals/timeline', { query: TimelineQuery, cost: 20 }, ({ scope, query }) => timeline(scope, query, false))
  v1.get('/deals/timeline/archived', { query: TimelineQuery, cost: 40 }, ({ scope, query }) => timeline(scope, query, true))
}
