import { describe, expect, test } from 'vitest'
import { dayIn, queryOfSpan, type Span, type Sums, spanBeside, spanId, spanOfDay, spansFrom, sumsOfSpans } from './spans.ts'

const spans = spansFrom('2026-11', 3)
const month = (name: string): Span => ({ kind: 'month', month: name })

describe('the columns of a forecast', () => {
  test('every day is in one of them', () => {
    expect(spans.map(spanId)).toEqual(['overdue', '2026-11', '2026-12', '2027-01', 'later', 'none'])
    expect(spanOfDay(spans, '2026-10-31')).toEqual({ kind: 'overdue' })
    expect(spanOfDay(spans, '2026-11-01')).toEqual(month('2026-11'))
    expect(spanOfDay(spans, '2027-01-31')).toEqual(month('2027-01'))
    expect(spanOfDay(spans, '2027-02-01')).toEqual({ kind: 'later' })
    expect(spanOfDay(spans, null)).toEqual({ kind: 'none' })
  })

  test('their deals are asked for without gaps between them', () => {
    expect(queryOfSpan({ kind: 'overdue' }, spans)).toEqual({ expectedCloseUntil: '2026-11-01' })
    expect(queryOfSpan(month('2026-12'), spans)).toEqual({ expectedCloseSince: '2026-12-01', expectedCloseUntil: '2027-01-01' })
    expect(queryOfSpan({ kind: 'later' }, spans)).toEqual({ expectedCloseSince: '2027-02-01' })
    expect(queryOfSpan({ kind: 'none' }, spans)).toEqual({ expectedCloseDate: 'none' })
  })

  test('a deal can be put into a month or out of all of them', () => {
    expect(dayIn(month('2027-01'), '2026-11-30', '2026-11-29')).toBe('2027-01-30')
    expect(dayIn({ kind: 'none' }, '2026-11-30', '2026-11-29')).toBeNull()
    expect(dayIn({ kind: 'later' }, '2026-11-30', '2026-11-29')).toBeUndefined()
    expect(spanBeside(spans, month('2027-01'), 1)).toEqual({ kind: 'none' })
    expect(spanBeside(spans, month('2026-11'), -1)).toBeUndefined()
    expect(spanBeside(spans, { kind: 'overdue' }, 1)).toEqual(month('2026-11'))
    expect(spanBeside(spans, { kind: 'none' }, -1)).toEqual(month('2027-01'))
  })
})

const write = (amount: number) => (amount / 100).toFixed(2)
const sums = (usd: number, eur: number, missing: string[] = []): Sums => ({
  totals: [
    { currency: 'USD', count: 1, amount: usd, value: write(usd), weightedAmount: usd / 2 },
    { currency: 'EUR', count: 2, amount: eur, value: write(eur), weightedAmount: eur / 4 },
  ],
  converted: { currency: 'USD', amount: usd + eur, value: write(usd + eur), weightedAmount: usd / 2 + eur / 4, missing },
})

test('months outside of the columns are added up, currency by currency', () => {
  const found = sumsOfSpans(
    spans,
    [
      { month: '2026-08', owners: [], ...sums(100, 400) },
      { month: '2026-10', owners: [], ...sums(300, 800, ['JPY']) },
      { month: '2026-11', owners: [], ...sums(1000, 0) },
      { month: null, owners: [], ...sums(2, 4) },
    ],
    write,
  )
  expect([...found.keys()]).toEqual(['overdue', '2026-11', 'none'])
  expect(found.get('overdue')).toEqual({
    totals: [
      { currency: 'EUR', count: 4, amount: 1200, value: '12.00', weightedAmount: 300 },
      { currency: 'USD', count: 2, amount: 400, value: '4.00', weightedAmount: 200 },
    ],
    converted: { currency: 'USD', amount: 1600, value: '16.00', weightedAmount: 500, missing: ['JPY'] },
  })
})
