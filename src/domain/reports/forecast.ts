import { isWeighted } from '../board.ts'
import type { Scope } from '../scope.ts'
import { isOpen } from '../stage.ts'
import type { Instant } from '../time.ts'
import { wonIn } from './flows.ts'
import type { Standings } from './ledger.ts'
import { cut, type Days, periodOf, startOfDay } from './period.ts'
import { shapeAt } from './shape.ts'
import { type Total, totalsOf } from './totals.ts'

export interface Forecast {
  readonly pipelineId: number
  readonly asOf: Instant
  readonly isWeighted: boolean
  readonly months: readonly ForecastMonth[]
  readonly totals: readonly Total[]
}

export interface ForecastMonth {
  /** `YYYY-MM`; null for deals without a day that they are expected to close on. */
  readonly month: string | null
  readonly owners: readonly { readonly ownerId: number; readonly totals: readonly Total[] }[]
  readonly totals: readonly Total[]
}

/**
 * Open deals by the month they are expected to close in and by owner, as it was at a moment: their amounts, and the amounts weighted by
 * each deal's probability or else by its stage's of that time.
 */
export async function forecast(
  scope: Scope,
  { pipelineId, ownerId, at }: { pipelineId: number; ownerId?: number | undefined; at: Instant },
): Promise<Forecast> {
  const [balances = []] = await scope.store.reports.balances(pipelineId, [at], { ownerId })
  return forecastOf(scope, pipelineId, at, balances)
}

async function forecastOf(scope: Scope, pipelineId: number, at: Instant, balances: readonly Standings[]): Promise<Forecast> {
  const { pipeline, all } = await shapeAt(scope, pipelineId, at)
  const open = balances.filter(({ stageId }) => isOpen(all.get(stageId) ?? { kind: 'lost' }))
  const months = [...Map.groupBy(open, ({ month }) => month)].sort(([a], [b]) => (a || Infinity) - (b || Infinity))
  const owners = (part: readonly Standings[]) =>
    [...Map.groupBy(part, (balance) => balance.ownerId)]
      .sort(([a], [b]) => a - b)
      .map(([ownerId, own]) => ({ ownerId, totals: totalsOf(own, all) }))
      .filter(({ totals }) => totals.length > 0)
  return {
    pipelineId,
    asOf: at,
    isWeighted: isWeighted(pipeline, scope.workspace),
    months: months
      .map(([month, part]) => ({ month: monthText(month), owners: owners(part), totals: totalsOf(part, all) }))
      .filter(({ owners }) => owners.length > 0),
    totals: totalsOf(open, all),
  }
}

const monthText = (month: number): string | null =>
  month === 0 ? null : `${String(Math.floor(month / 100)).padStart(4, '0')}-${String(month % 100).padStart(2, '0')}`

export interface ForecastAgainstWon {
  readonly month: string
  /** What the open deals that were expected in the month added up to at its beginning. */
  readonly expected: readonly Total[]
  readonly isWeighted: boolean
  /** What was won in it, whatever had been expected. */
  readonly won: readonly Total[]
}

/** What the forecast said at the beginning of each month, beside what was won in it. */
export async function forecastAgainstWon(
  scope: Scope,
  { pipelineId, ownerId, days }: { pipelineId: number; ownerId?: number | undefined; days: Days },
): Promise<ForecastAgainstWon[]> {
  const { timeZone } = scope.workspace
  const parts = cut(days, 'month')
  const months = parts.map(({ from }) => from.slice(0, 7))
  const moments = months.map((month) => startOfDay(timeZone, `${month}-01`) - 1)
  const standings = await scope.store.reports.balances(pipelineId, moments, { ownerId })
  const told: ForecastAgainstWon[] = []
  for (const [index, part] of parts.entries()) {
    const [month = '', at = 0] = [months[index], moments[index]]
    const { months: expected, isWeighted } = await forecastOf(scope, pipelineId, at, standings[index] ?? [])
    const won = await wonIn(scope, { pipelineId, ownerId, period: periodOf(timeZone, part) })
    told.push({ month, expected: expected.find((one) => one.month === month)?.totals ?? [], isWeighted, won })
  }
  return told
}
