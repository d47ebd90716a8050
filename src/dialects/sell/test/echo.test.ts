import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Reachable } from '../../../domain/party.ts'
import { day, instant } from '../fields.ts'
import { isAny, isMobile, isNoMobile, shownValue, withShown } from '../reachables.ts'
import { moment } from '../wire.ts'

/** What is written is read back, whatever it is: the pure parts, over generated values. */

const earliest = Date.parse('0001-01-01T00:00:00Z')
const latest = Date.parse('9999-12-31T23:59:59Z')
const seconds = fc.integer({ min: earliest / 1000, max: latest / 1000 }).map((second) => second * 1000)
const offset = fc.integer({ min: -12 * 60, max: 14 * 60 })

test('a moment is read as it was written, and the same in every zone and spelling', () => {
  fc.assert(
    fc.property(seconds, offset, fc.constantFrom('', ':'), (at, minutes, colon) => {
      expect(instant.parse(moment(at))).toBe(at)
      const local = new Date(at + minutes * 60_000)
      fc.pre(local.getUTCFullYear() >= 1 && local.getUTCFullYear() <= 9999)
      const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((part) =>
        String(part).padStart(2, '0'),
      )
      const written = `${local.toISOString().slice(0, 19)}${minutes < 0 ? '-' : '+'}${hours}${colon}${rest}`
      expect(instant.parse(written)).toBe(at)
      expect(day.parse(written)).toBe(written.slice(0, 10))
    }),
  )
})

test('a moment that the calendar or the clock does not have is refused', () => {
  const two = (max: number) => fc.integer({ min: 0, max }).map((part) => String(part).padStart(2, '0'))
  fc.assert(
    fc.property(fc.integer({ min: 1600, max: 2400 }), two(13), two(32), two(23), two(60), two(60), (year, ...parts) => {
      const [month, date, hour, minute, second] = parts.map(Number) as [number, number, number, number, number]
      const [monthText, dateText, hourText, minuteText, secondText] = parts
      const real = new Date(Date.UTC(year, month - 1, date, hour, minute, second))
      const text = `${year}-${monthText}-${dateText}T${hourText}:${minuteText}:${secondText}`
      const exists = `${text}.000Z` === real.toISOString()
      expect([text, instant.safeParse(`${text}Z`).success]).toEqual([text, exists])
    }),
  )
})

const reachable: fc.Arbitrary<Reachable> = fc.record({
  value: fc.string({ minLength: 1 }),
  label: fc.constantFrom('work', 'home', 'mobile', 'other'),
  primary: fc.boolean(),
})
const sorts = fc.constantFrom([isAny, 'work'] as const, [isNoMobile, 'work'] as const, [isMobile, 'mobile'] as const)

test('a number that is written is the one that is shown, and no other entry changes', () => {
  fc.assert(
    fc.property(fc.array(reachable), sorts, fc.string({ minLength: 1 }), (list, [sort, label], value) => {
      const after = withShown(list, sort, value, label)
      expect(shownValue(after, sort)).toBe(value)
      const others = list.filter((entry) => !after.includes(entry))
      expect(others.length).toBeLessThanOrEqual(1)
      expect(after.length - list.length).toBe(shownValue(list, sort) === null ? 1 : 0)
      expect(withShown(after, sort, value, label)).toBe(after)
    }),
  )
})

test('taking one away takes one away', () => {
  fc.assert(
    fc.property(fc.array(reachable), sorts, (list, [sort, label]) => {
      const after = withShown(list, sort, null, label)
      expect(list.length - after.length).toBe(shownValue(list, sort) === null ? 0 : 1)
      expect(after.every((entry) => list.includes(entry))).toBe(true)
    }),
  )
})
