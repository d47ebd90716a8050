import { invalid } from '../errors.ts'
import { type Day, dayIn, dayInMs, type Instant } from '../time.ts'

/** From a moment on and before another. */
export interface Period {
  readonly from: Instant
  readonly until: Instant
}

/** The first moment of a calendar day in a time zone, also where a clock is put forward at midnight. */
export function startOfDay(timeZone: string, day: Day): Instant {
  const noon = Date.parse(`${day}T12:00:00Z`)
  // Whatever the zone, the day begins within so many hours of that.
  let [before, after] = [noon - 2 * dayInMs, noon + dayInMs]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (dayIn(timeZone, middle) < day) before = middle
    else after = middle
  }
  return after
}

/** The day so many days later; earlier with a minus. */
export const addDays = (day: Day, count: number): Day =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * dayInMs).toISOString().slice(0, 10)

/** Days in a row, both included, as they are counted where the workspace is. */
export interface Days {
  readonly from: Day
  readonly to: Day
}

export const periodOf = (timeZone: string, { from, to }: Days): Period => ({
  from: startOfDay(timeZone, from),
  until: startOfDay(timeZone, addDays(to, 1)),
})

/** What a caller has said of a period, filled up: until today, and ninety days long. */
export function daysOf(timeZone: string, now: Instant, said: { from?: Day | undefined; to?: Day | undefined }): Days {
  const to = said.to ?? (said.from === undefined || said.from <= dayIn(timeZone, now) ? dayIn(timeZone, now) : said.from)
  const from = said.from ?? addDays(to, -89)
  if (from > to) invalid('from', 'range', {})
  return { from, to }
}

export const intervals = ['day', 'week', 'month', 'quarter', 'year'] as const
export type Interval = (typeof intervals)[number]

/** A period cut by the calendar: weeks begin on Monday. The first and the last part may be shorter. */
export function cut({ from, to }: Days, interval: Interval): Days[] {
  const parts: Days[] = []
  for (let first = from; first <= to; ) {
    const end = lastDayOf(first, interval)
    parts.push({ from: first, to: end < to ? end : to })
    first = addDays(end, 1)
  }
  return parts
}

function lastDayOf(day: Day, interval: Interval): Day {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))]
  const months = { month: 1, quarter: 3, year: 12 }
  if (interval === 'day') return day
  if (interval === 'week') return addDays(day, (7 - new Date(`${day}T00:00:00Z`).getUTCDay()) % 7)
  const size = months[interval]
  const next = Math.floor((month - 1) / size) * size + size
  return addDays(new Date(Date.UTC(year, next, 1)).toISOString().slice(0, 10), -1)
}
