import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addMonths, dayInMonth, lastDayOf, monthName, monthOf, monthsFrom, spanOf } from './months.ts'

const today = '2026-11-29'

test('months go on over the year’s end, and back', () => {
  expect(monthsFrom(today, 4)).toEqual(['2026-11', '2026-12', '2027-01', '2027-02'])
  expect(addMonths('2026-01', -1)).toBe('2025-12')
  expect(addMonths('2026-11', 26)).toBe('2029-01')
  expect(spanOf('2026-12')).toEqual({ since: '2026-12-01', until: '2027-01-01' })
})

test.each([
  ['2026-02', '2026-02-28'],
  ['2028-02', '2028-02-29'],
  ['2026-12', '2026-12-31'],
  ['2026-11', '2026-11-30'],
])('%s ends on %s', (month, day) => expect(lastDayOf(month)).toBe(day))

describe('a deal moved to another month', () => {
  test.each([
    ['2026-12-15', '2027-01', '2027-01-15'],
    ['2026-12-31', '2027-02', '2027-02-28'],
    [null, '2027-02', '2027-02-28'],
    ['2026-12-10', '2026-11', '2026-11-29'],
    ['2026-12-30', '2026-11', '2026-11-30'],
  ])('%s to %s closes on %s', (day, month, expected) => expect(dayInMonth(day, month, today)).toBe(expected))

  test('always closes in that month, and never before today in this one', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2001-01-01'), max: new Date('2098-12-31'), noInvalidDate: true }),
        fc.integer({ min: -40, max: 40 }),
        (date, months) => {
          const day = date.toISOString().slice(0, 10)
          const month = addMonths(monthOf(today), months)
          const moved = dayInMonth(day, month, today)
          expect(monthOf(moved)).toBe(month)
          expect(new Date(moved).toISOString().slice(0, 10)).toBe(moved)
          if (months === 0) expect(moved >= today).toBe(true)
        },
      ),
    )
  })
})

test('a month is named as the locale says it', () => {
  expect(monthName('2026-11', 'en-US')).toBe('November 2026')
  expect(monthName('2026-11', 'de')).toBe('November 2026')
  expect(monthName('2026-03', 'fr')).toBe('mars 2026')
})
