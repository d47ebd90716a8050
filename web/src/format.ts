import { readDecimal } from './ui/decimal.ts'

/** Numbers, money and times as the person's own locale writes them. */

const locales = typeof navigator === 'undefined' ? ['en'] : navigator.languages

/** Makes each formatter once: they are expensive to make and cheap to use. */
function kept<K extends string, F>(make: (key: K) => F): (key: K) => F {
  const made = new Map<K, F>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const fresh = make(key)
    made.set(key, fresh)
    return fresh
  }
}

const moneyFormat = kept((currency) => new Intl.NumberFormat(locales, { style: 'currency', currency }))
const roundMoneyFormat = kept(
  (currency) =>
    new Intl.NumberFormat(locales, { style: 'currency', currency, maximumFractionDigits: 0, minimumFractionDigits: 0 }),
)
const shortMoneyFormat = kept(
  (currency) => new Intl.NumberFormat(locales, { style: 'currency', currency, notation: 'compact', maximumSignificantDigits: 4 }),
)
const wholeNumber = new Intl.NumberFormat(locales, { maximumFractionDigits: 0 })
const percentFormat = new Intl.NumberFormat(locales, { style: 'percent', maximumFractionDigits: 1 })

/** Decimal text stays exact, however many digits it has: `Intl` reads it as it is. */
type Decimal = Intl.StringNumericLiteral
const decimal = (value: string): Decimal => value as Decimal

/** An exact amount; without cents where there are none. */
export const money = (value: string, currency: string): string =>
  (/\.0*[1-9]/.test(value) ? moneyFormat : roundMoneyFormat)(currency).format(decimal(value))

/** A sum for a column head: short above a hundred thousand, where its digits would not be read. */
export const shortMoney = (value: string, currency: string): string =>
  Math.abs(Number(value)) < 100_000
    ? roundMoneyFormat(currency).format(decimal(value))
    : shortMoneyFormat(currency).format(decimal(value))

export const count = (value: number): string => wholeNumber.format(value)
export const percent = (share: number): string => percentFormat.format(share)

/** How many digits a currency has behind the point. */
export const exponentOf = (currency: string): number => moneyFormat(currency).resolvedOptions().maximumFractionDigits ?? 2

/** The minor units of decimal text: `12.5` USD is 1250. Undefined where it is no number. */
export function minorUnits(value: string, currency: string): bigint | undefined {
  const parts = /^(-?)(\d*)(?:\.(\d*))?$/.exec(value.trim())
  if (!parts || `${parts[2]}${parts[3] ?? ''}` === '') return undefined
  const exponent = exponentOf(currency)
  const fraction = (parts[3] ?? '').padEnd(exponent, '0').slice(0, exponent)
  return BigInt(`${parts[1]}${parts[2] || '0'}${fraction}`)
}

/** What somebody typed as a number, as decimal text: `12.500,50` where that is how it is written, and `12500.50` everywhere. */
export const typedDecimal = (text: string): string => readDecimal(text, locales[0]) ?? text.trim()

/** The decimal text of minor units: 1250 USD is `12.50`. */
export function majorUnits(units: bigint, currency: string): string {
  const exponent = exponentOf(currency)
  const digits = (units < 0n ? -units : units).toString().padStart(exponent + 1, '0')
  const cut = digits.length - exponent
  return `${units < 0n ? '-' : ''}${digits.slice(0, cut)}${exponent === 0 ? '' : `.${digits.slice(cut)}`}`
}

const dayFormat = new Intl.DateTimeFormat(locales, { day: 'numeric', month: 'short' })
const dayWithYear = new Intl.DateTimeFormat(locales, { day: 'numeric', month: 'short', year: 'numeric' })
const weekday = new Intl.DateTimeFormat(locales, { weekday: 'long' })
const timeOfDay = new Intl.DateTimeFormat(locales, { hour: 'numeric', minute: '2-digit' })
const fullTime = new Intl.DateTimeFormat(locales, { dateStyle: 'full', timeStyle: 'medium' })
const ago = new Intl.RelativeTimeFormat(locales, { numeric: 'auto' })

export const dayInMs = 86_400_000

/** A calendar day (`2026-11-21`) at noon here, so that no time zone makes it another. */
export const dateOfDay = (day: string): Date => new Date(`${day}T12:00:00`)

/** Today's calendar day here. */
export const today = (now = new Date()): string =>
  `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`

/** Whole calendar days from today until a day; negative when it is past. */
export const daysUntil = (day: string, now = new Date()): number =>
  Math.round((dateOfDay(day).getTime() - dateOfDay(today(now)).getTime()) / dayInMs)

/** `21 Nov`, with the year where it is another. */
export function day(date: Date | string, now = new Date()): string {
  const at = typeof date === 'string' ? (date.length === 10 ? dateOfDay(date) : new Date(date)) : date
  return (at.getFullYear() === now.getFullYear() ? dayFormat : dayWithYear).format(at)
}

const monthFormat = new Intl.DateTimeFormat(locales, { month: 'short', year: 'numeric' })

/** `Nov 2026`, of a month (`2026-11`) or of a day in it. */
export const month = (text: string): string => monthFormat.format(dateOfDay(`${text.slice(0, 7)}-15`))

/** A near day by its name, else its date: `Friday`. */
export function nearDay(date: string, now = new Date()): string {
  const days = daysUntil(date, now)
  if (Math.abs(days) <= 1) return ago.format(days, 'day')
  return days > 0 && days < 7 ? weekday.format(dateOfDay(date)) : day(date, now)
}

/** `5 minutes ago`, `yesterday`, `21 Nov`. */
export function when(at: string, now = new Date()): string {
  const date = new Date(at)
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000)
  if (Math.abs(seconds) < 45) return ago.format(0, 'second')
  if (Math.abs(seconds) < 3570) return ago.format(Math.round(seconds / 60), 'minute')
  if (today(date) === today(now)) return timeOfDay.format(date)
  const days = daysUntil(today(date), now)
  return Math.abs(days) < 7 ? `${ago.format(days, 'day')}, ${timeOfDay.format(date)}` : day(date, now)
}

/** The whole moment, for a tooltip. */
export const moment = (at: string): string => fullTime.format(new Date(at))

const unitFormat = kept(
  (unit: 'day' | 'hour' | 'minute') => new Intl.NumberFormat(locales, { style: 'unit', unit, unitDisplay: 'long' }),
)
const units = [
  ['day', dayInMs],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** A span of time in its largest unit: `12 days`, `3 hours`, `< 1 minute`. */
export function span(ms: number): string {
  const [unit, size] = units.find(([, size]) => ms >= size) ?? units[2]
  return ms > 0 && ms < size ? `< ${unitFormat(unit).format(1)}` : unitFormat(unit).format(Math.floor(ms / size))
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`
