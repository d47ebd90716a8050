import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daysUntil, majorUnits, minorUnits, money, nearDay, span, today, typedDecimal, when } from './format.ts'

test('minor units and decimal text are each other’s opposite, in every currency', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.constantFrom('USD', 'JPY', 'KWD'), (units, currency) => {
      expect(minorUnits(majorUnits(units, currency), currency)).toBe(units)
    }),
  )
  expect(majorUnits(-5n, 'USD')).toBe('-0.05')
  expect(minorUnits('12', 'KWD')).toBe(12000n)
  expect(minorUnits('much', 'USD')).toBeUndefined()
})

test('amounts show their cents only where there are some, and lose no digit', () => {
  expect(money('1250.00', 'USD')).toBe('$1,250')
  expect(money('1250.50', 'USD')).toBe('$1,250.50')
  expect(money('90071992547409939.93', 'USD')).toBe('$90,071,992,547,409,939.93')
})

test('numbers are read as they are typed', () => {
  for (const typed of ['12500.50', '12,500.50', '12 500.50', '12’500.50']) expect(typedDecimal(typed)).toBe('12500.50')
})

test('days are counted by the calendar, not by hours', () => {
  const late = new Date(2026, 10, 29, 23, 59)
  expect(today(late)).toBe('2026-11-29')
  expect([daysUntil('2026-11-30', late), daysUntil('2026-11-29', late), daysUntil('2026-11-01', late)]).toEqual([1, 0, -28])
  expect(nearDay('2026-11-30', late)).toBe('tomorrow')
  expect(nearDay('2026-12-04', late)).toBe('Friday')
  expect(nearDay('2027-02-01', late)).toBe('Feb 1, 2027')
})

test('moments are told the nearer the finer', () => {
  const now = new Date(2026, 10, 29, 15, 0)
  const ago = (ms: number) => new Date(now.getTime() - ms).toISOString()
  expect(when(ago(10_000), now)).toBe('now')
  expect(when(ago(5 * 60_000), now)).toBe('5 minutes ago')
  expect(when(ago(26 * 3_600_000), now)).toBe('yesterday, 1:00 PM')
  expect([span(0), span(20_000)]).toEqual(['0 minutes', '< 1 minute'])
  expect([span(90_000), span(3 * 3_600_000), span(12.9 * 86_400_000)]).toEqual(['1 minute', '3 hours', '12 days'])
})
