import type { ForecastJson } from '../../../src/dialects/native/reports/forecast.ts'
import type { TotalJson } from '../../../src/dialects/native/sums.ts'
import type { Query } from '../api.ts'
import { type Day, dayInMonth, type Month, monthOf, monthsFrom, spanOf } from './months.ts'

/** The columns of the forecast: what should have closed by now, month after month, what comes later, and what has no day yet. */
export type Span = { kind: 'overdue' } | { kind: 'month'; month: Month } | { kind: 'later' } | { kind: 'none' }

export const spanId = (span: Span): string => (span.kind === 'month' ? span.month : span.kind)

/** From the month of `today` on; `first` begins later or earlier. */
export const spansFrom = (first: Month, count: number): Span[] => [
  { kind: 'overdue' },
  ...monthsFrom(first, count).map((month): Span => ({ kind: 'month', month })),
  { kind: 'later' },
  { kind: 'none' },
]

/** The months between the first column and the last. */
const monthsIn = (spans: readonly Span[]): Month[] => spans.flatMap((span) => (span.kind === 'month' ? [span.month] : []))

/** Which column a month belongs to; null is that of no month. */
export function spanOfMonth(spans: readonly Span[], month: Month | null): Span {
  if (month === null) return { kind: 'none' }
  const months = monthsIn(spans)
  if (months.includes(month)) return { kind: 'month', month }
  return month < (months[0] ?? '') ? { kind: 'overdue' } : { kind: 'later' }
}

/** The deals of a column, as the API is asked for them. */
export function queryOfSpan(span: Span, spans: readonly Span[]): Query {
  const months = monthsIn(spans)
  switch (span.kind) {
    case 'overdue':
      return { expectedCloseUntil: spanOf(months[0] ?? '').since }
    case 'month': {
      const { since, until } = spanOf(span.month)
      return { expectedCloseSince: since, expectedCloseUntil: until }
    }
    case 'later':
      return { expectedCloseSince: spanOf(months.at(-1) ?? '').until }
    case 'none':
      return { expectedCloseDate: 'none' }
  }
}

/** What a deal's day becomes in a column; undefined where none can be said. */
export function dayIn(span: Span, day: Day | null, today: Day): Day | null | undefined {
  if (span.kind === 'month') return dayInMonth(day, span.month, today)
  return span.kind === 'none' ? null : undefined
}

export const spanOfDay = (spans: readonly Span[], day: Day | null): Span => spanOfMonth(spans, day === null ? null : monthOf(day))

/** The next column to the left or right that a deal can be put in. */
export function spanBeside(spans: readonly Span[], span: Span, step: -1 | 1): Span | undefined {
  const at = spans.findIndex((one) => spanId(one) === spanId(span))
  const rest = step > 0 ? spans.slice(at + 1) : spans.slice(0, Math.max(0, at)).reverse()
  return rest.find(({ kind }) => kind === 'month' || kind === 'none')
}

// —— sums ——

export type Sums = Pick<ForecastJson, 'totals' | 'converted'>

const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b)

/** Several months as one column. Amounts are added in minor units, currency by currency. */
export function together(parts: readonly Sums[], write: (amount: number, currency: string) => string): Sums | undefined {
  const [first] = parts
  if (!first) return undefined
  const byCurrency = new Map<string, TotalJson>()
  for (const total of parts.flatMap(({ totals }) => totals)) {
    const before = byCurrency.get(total.currency)
    const amount = (before?.amount ?? 0) + total.amount
    byCurrency.set(total.currency, {
      currency: total.currency,
      count: (before?.count ?? 0) + total.count,
      amount,
      value: write(amount, total.currency),
      weightedAmount: before ? plus(before.weightedAmount, total.weightedAmount) : total.weightedAmount,
    })
  }
  const { currency } = first.converted
  const amount = parts.reduce((sum, { converted }) => sum + converted.amount, 0)
  return {
    totals: [...byCurrency.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1)),
    converted: {
      currency,
      amount,
      value: write(amount, currency),
      weightedAmount: parts.reduce<number | null>((sum, { converted }) => plus(sum, converted.weightedAmount), 0),
      missing: [...new Set(parts.flatMap(({ converted }) => converted.missing))].sort(),
    },
  }
}

/** The sums of each column, by its id. */
export function sumsOfSpans(
  spans: readonly Span[],
  months: ForecastJson['months'],
  write: (amount: number, currency: string) => string,
): ReadonlyMap<string, Sums> {
  const groups = Map.groupBy(months, ({ month }) => spanId(spanOfMonth(spans, month)))
  return new Map(
    [...groups].flatMap(([id, parts]) => {
      const sums = together(parts, write)
      return sums ? [[id, sums] as const] : []
    }),
  )
}
