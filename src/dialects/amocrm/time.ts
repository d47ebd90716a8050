import { type Day, type Instant, isoTime } from '../../domain/time.ts'

/** Unix seconds. */
export const seconds = (at: Instant): number => Math.floor(at / 1000)

/** Unix seconds, or what stands for none: null in v4, 0 before. */
export const secondsOr = <T>(at: Instant | null, none: T): number | T => (at === null ? none : seconds(at))

/** `2026-11-20 19:41:02`, the only moments that v4 writes as text. */
export const plainTime = (at: Instant): string => isoTime(at).slice(0, 19).replace('T', ' ')

/** How far a zone is ahead of UTC at a moment: `+03:00`. */
export function offsetOf(timeZone: string, at: Instant): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  return name === 'GMT' ? '+00:00' : name.slice(3, 9)
}

/** When a day begins in a zone: what the vendor's date fields hold. */
export function startOf(day: Day, timeZone: string): Instant {
  const inUtc = Date.parse(`${day}T00:00:00Z`)
  const began = Date.parse(`${day}T00:00:00${offsetOf(timeZone, inUtc)}`)
  // On the day of a change the offset at midnight may be another than that of midnight in UTC.
  return Date.parse(`${day}T00:00:00${offsetOf(timeZone, began)}`)
}

/**
 * `If-Modified-Since` as clients send it: `Mon, 01 Aug 2017 07:07:23 UTC`, with an offset, without any zone (then UTC), or as unix
 * seconds. Undefined where it cannot be read, which the vendor passes over.
 */
export function readModifiedSince(value: string | undefined): Instant | undefined {
  const text = value?.trim() ?? ''
  if (/^\d{1,12}$/.test(text)) return Number(text) * 1000
  const hasZone = /(?:[A-Z]{3}|[+-]\d{2}:?\d{2}|Z)$/i.test(text)
  const at = Date.parse(hasZone ? text : `${text} UTC`)
  return Number.isFinite(at) ? at : undefined
}
