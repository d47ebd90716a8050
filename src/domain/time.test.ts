import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayIn, dayInMs, isDay, isoTime, isTimeZone, requireDay, requireInstant } from './time.ts'

describe('a day', () => {
  test('exists in the calendar', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        expect(isDay(date.toISOString().slice(0, 10))).toBe(true)
      }),
    )
    expect(['2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'].every(isDay)).toBe(true)
  })

  test.each([
    '2026-02-29',
    '1900-02-29',
    '2026-02-30',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-01-32',
    '0000-01-01',
  ])('that does not exist is none: %s', (text) => {
    expect(isDay(text)).toBe(false)
    expect(() => requireDay(text, 'day')).toThrow('invalid')
  })

  test.each([
    '',
    '2026-1-1',
    '20260101',
    '2026-01-01T00:00:00Z',
    ' 2026-01-01',
    '2026-01-01\n',
    '+002026-01-01',
    '٢٠٢٦-٠١-٠١',
    '-001-01-01',
  ])('is written in one way only: %j', (text) => {
    expect(isDay(text)).toBe(false)
  })
})

describe('the day of a moment', () => {
  test('is that of the time zone', () => {
    const at = Date.parse('2026-03-01T23:30:00Z')
    expect(dayIn('UTC', at)).toBe('2026-03-01')
    expect(dayIn('Asia/Tokyo', at)).toBe('2026-03-02')
    expect(dayIn('America/Los_Angeles', at)).toBe('2026-03-01')
    expect(dayIn('America/Los_Angeles', Date.parse('2026-03-01T07:59:59Z'))).toBe('2026-02-28')
  })

  test('is a day in every zone and in every year that can be shown', () => {
    const zone = fc.constantFrom('UTC', 'Asia/Kathmandu', 'Pacific/Apia', 'America/St_Johns')
    const instant = fc.integer({ min: -62_135_510_400_000, max: 253_402_214_400_000 })
    fc.assert(
      fc.property(zone, instant, (timeZone, at) => {
        const day = dayIn(timeZone, at)
        expect(isDay(day)).toBe(true)
        expect(Math.abs(Date.parse(day) - at)).toBeLessThan(2 * dayInMs)
        if (timeZone === 'UTC') expect(day).toBe(new Date(at).toISOString().slice(0, 10))
      }),
    )
  })
})

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Mars/Olympus', false],
  ['', false],
])('%j is a time zone: %s', (name, is) => {
  expect(isTimeZone(name)).toBe(is)
})

test('moments are whole milliseconds of the years 1 to 9999', () => {
  expect(requireInstant(1.9, 'at')).toBe(1)
  expect(requireInstant(Date.parse('9999-12-31T23:59:59.999Z'), 'at')).toBe(253_402_300_799_999)
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 253_402_300_800_000, -62_135_596_800_001]) {
    expect(() => requireInstant(value, 'at')).toThrow('invalid')
  }
})

test('a moment is written as Date writes it', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (at) => {
      expect(isoTime(at)).toBe(new Date(at).toISOString())
    }),
    {
      numRuns: 2000,
      examples: [[0], [-1], [-86_400_001], [86_399_999], [1_700_000_000_007], [-62_135_596_800_000], [253_402_300_799_999]],
    },
  )
})
