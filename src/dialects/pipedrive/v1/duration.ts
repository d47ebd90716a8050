import type { Instant } from '../../../domain/time.ts'

/** Years, months, days, hours, minutes and seconds, and all of it in seconds. */
export interface Duration {
  y: number
  m: number
  d: number
  h: number
  i: number
  s: number
  total_seconds: number
}

/** The same day of the month so many months later, or that month's last day. */
function monthsLater(at: Instant, months: number): Instant {
  const date = new Date(at)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months]
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return (
    Date.UTC(year, month, Math.min(date.getUTCDate(), lastDay)) + (at - Date.UTC(year, date.getUTCMonth(), date.getUTCDate()))
  )
}

/** The time between two moments by the calendar. */
export function durationBetween(from: Instant, to: Instant): Duration {
  const end = Math.max(from, to)
  const [first, last] = [new Date(from), new Date(end)]
  let months = (last.getUTCFullYear() - first.getUTCFullYear()) * 12 + last.getUTCMonth() - first.getUTCMonth()
  if (monthsLater(from, months) > end) months--
  const rest = Math.floor((end - monthsLater(from, months)) / 1000)
  return {
    y: Math.floor(months / 12),
    m: months % 12,
    d: Math.floor(rest / 86_400),
    h: Math.floor(rest / 3600) % 24,
    i: Math.floor(rest / 60) % 60,
    s: rest % 60,
    total_seconds: Math.floor((end - from) / 1000),
  }
}

/** A length of time that begins on no particular day, its months those of a year that is not a leap year. */
export const duration = (milliseconds: number): Duration => durationBetween(Date.UTC(1970, 0, 1), milliseconds)
