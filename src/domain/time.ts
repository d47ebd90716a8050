import { invalid } from './errors.ts'

/** A moment, in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

/** A day without a time, `YYYY-MM-DD`. */
export type Day = string

export const dayInMs = 86_400_000

/** Years 0001 to 9999: what every vendor's four-digit year can show. */
const earliest = -62_135_596_800_000
const latest = 253_402_300_799_999

export function requireInstant(value: number, field: string): Instant {
  if (!Number.isFinite(value)) invalid(field, 'type')
  if (value < earliest || value > latest) invalid(field, 'range', { min: earliest, max: latest })
  return Math.trunc(value)
}

const twoDigits = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'))
const dayTexts = new Map<number, string>()
const maxDayTexts = 10_000

/** `YYYY-MM-DDThh:mm:ss.mmmZ`, what `toISOString` of a date says at a fifteenth of its cost: a page of deals has hundreds of moments, and few days. */
export function isoTime(at: Instant): string {
  const day = Math.floor(at / dayInMs)
  let text = dayTexts.get(day)
  if (text === undefined) {
    text = new Date(day * dayInMs).toISOString().slice(0, -'hh:mm:ss.mmmZ'.length)
    if (dayTexts.size >= maxDayTexts) dayTexts.clear()
    dayTexts.set(day, text)
  }
  const ms = at - day * dayInMs
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const rest = ms % 1000
  return `${text}${twoDigits[Math.floor(minutes / 60)]}:${twoDigits[minutes % 60]}:${twoDigits[seconds % 60]}.${rest < 100 ? '0' : ''}${rest < 10 ? '0' : ''}${rest}Z`
}

const daysOfMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether the text is a day that exists in the calendar (2026-02-30 does not). */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))]
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return year > 0 && day > 0 && day <= (daysOfMonths[month - 1] ?? 0) && (month !== 2 || day < 29 || isLeap)
}

export function requireDay(text: string, field: string): Day {
  return isDay(text) ? text : invalid(field, 'format')
}

/** Since 1972 every zone is whole quarters of an hour ahead or behind, so that all moments of one have the same day. */
const quarter = 900_000
const quartersSince = 63_072_000_000
const daysOfQuarters = new Map<string, Map<number, Day>>()
const maxQuarters = 10_000

/** The calendar day of a moment in a time zone. */
export function dayIn(timeZone: string, at: Instant): Day {
  if (at < quartersSince) return formatted(timeZone, at)
  let known = daysOfQuarters.get(timeZone)
  if (!known || known.size >= maxQuarters) daysOfQuarters.set(timeZone, (known = new Map()))
  const key = Math.floor(at / quarter)
  let day = known.get(key)
  if (day === undefined) known.set(key, (day = formatted(timeZone, at)))
  return day
}

const formatted = (timeZone: string, at: Instant): Day => formatter(timeZone).format(at).padStart('YYYY-MM-DD'.length, '0')

const formatters = new Map<string, Intl.DateTimeFormat>()

/** `en-CA` writes days as YYYY-MM-DD; making a formatter is slow, so each zone's is kept. */
function formatter(timeZone: string): Intl.DateTimeFormat {
  let kept = formatters.get(timeZone)
  if (!kept) {
    kept = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formatters.set(timeZone, kept)
  }
  return kept
}

export function isTimeZone(name: string): boolean {
  try {
    formatter(name)
    return true
  } catch {
    return false
  }
}
