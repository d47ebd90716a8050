import { expect, test } from 'vitest'
import { duration, durationBetween } from '../duration.ts'

const between = (from: string, to: string) => {
  const { y, m, d, h, i, s } = durationBetween(Date.parse(from), Date.parse(to))
  return [y, m, d, h, i, s]
}

test('the time between two moments is counted by the calendar', () => {
  expect(between('2026-01-01T00:00:00Z', '2026-01-01T11:21:21Z')).toEqual([0, 0, 0, 11, 21, 21])
  expect(between('2026-01-31T00:00:00Z', '2026-03-01T00:00:00Z')).toEqual([0, 1, 1, 0, 0, 0])
  expect(between('2024-02-29T12:00:00Z', '2025-02-28T12:00:00Z')).toEqual([1, 0, 0, 0, 0, 0])
  expect(between('2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z')).toEqual([0, 0, 0, 0, 0, 1])
  expect(between('2026-05-15T10:00:00Z', '2026-05-15T09:00:00Z')).toEqual([0, 0, 0, 0, 0, 0])
})

test('seconds are counted whole', () => {
  expect(durationBetween(0, 1999).total_seconds).toBe(1)
  expect(duration(40_881_000)).toEqual({ y: 0, m: 0, d: 0, h: 11, i: 21, s: 21, total_seconds: 40_881 })
})
