/** Calendar months as `YYYY-MM`, and days as `YYYY-MM-DD`: texts that sort as they follow each other. */

export type Month = string
export type Day = string

const two = (n: number): string => String(n).padStart(2, '0')

export const monthOf = (day: Day): Month => day.slice(0, 7)

export function addMonths(month: Month, count: number): Month {
  const [year = 0, ofYear = 1] = month.split('-').map(Number)
  const months = year * 12 + ofYear - 1 + count
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${two((months % 12) + 1)}`
}

export const lastDayOf = (month: Month): Day => {
  const [year = 0, ofYear = 1] = month.split('-').map(Number)
  // The day before the first of the month after it.
  return `${month}-${two(new Date(Date.UTC(year, ofYear, 0)).getUTCDate())}`
}

/** As the API wants a month: from its first day to before the first of the next. */
export const spanOf = (month: Month): { since: Day; until: Day } => ({ since: `${month}-01`, until: `${addMonths(month, 1)}-01` })

/** `count` months from the one of `today`. */
export const monthsFrom = (today: Day, count: number): Month[] =>
  Array.from({ length: count }, (_, index) => addMonths(monthOf(today), index))

/**
 * The day that a deal is expected to close on once it is moved to another month: the same day of that month, or its last where it has
 * no such day; its last also for a deal that had no day. In the month of `today` it is never already past.
 */
export function dayInMonth(day: Day | null, month: Month, today: Day): Day {
  const last = lastDayOf(month)
  const same = day === null ? last : `${month}-${day.slice(8)}`
  const fits = same > last ? last : same
  return monthOf(today) === month && fits < today ? today : fits
}

const names = new Map<string, Intl.DateTimeFormat>()

/** `November 2026`, as the locale says it. */
export function monthName(month: Month, locale: string): string {
  let format = names.get(locale)
  if (!format) {
    format = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
    names.set(locale, format)
  }
  return format.format(new Date(`${month}-01T00:00:00Z`))
}
