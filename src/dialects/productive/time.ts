import { type Day, dayInMs, type Instant, isoTime } from '../../domain/time.ts'

const minute = 60_000

/** `2026-03-17T05:05:46.000+01:00`: a moment with milliseconds, in the organization's own zone. */
export function timeIn(timeZone: string, at: Instant): string {
  const offset = offsetOf(timeZone, at)
  const size = Math.abs(offset)
  const [hours, minutes] = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, '0'))
  const local = isoTime(at + offset * minute).slice(0, -1)
  return `${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`
}

/** When a day begins in a zone. */
export function startOfDay(timeZone: string, day: Day): Instant {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  // A second look, for the day on which the clocks change.
  const near = midnight - offsetOf(timeZone, midnight) * minute
  return midnight - offsetOf(timeZone, near) * minute
}

/** Whole days between two moments. */
export const daysBetween = (from: Instant, to: Instant): number => Math.max(0, Math.floor((to - from) / dayInMs))

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Minutes that the zone is ahead of UTC; seconds, which zones had before there were standard times, are left out. */
function offsetOf(timeZone: string, at: Instant): number {
  if (timeZone === 'UTC') return 0
  let formatter = formatters.get(timeZone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    formatters.set(timeZone, formatter)
  }
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(formatter.format(at)) ?? []
  if (sign === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
