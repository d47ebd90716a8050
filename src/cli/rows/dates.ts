import { type Day, type Instant, isDay } from '../../domain/time.ts'

/** A moment as a file tells it: a day, perhaps with a time, perhaps with an offset. */
export interface Told {
  day: Day
  /** Milliseconds since midnight; undefined where only the day is told. */
  time: number | undefined
  /** Minutes east of Greenwich; undefined: the workspace's own time. */
  offset: number | undefined
}

/** Reads one text, or says that it is no date. */
export type DateReader = (text: string) => Told | undefined

const clock = String.raw`(?:[ T]+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?\s*(?<half>[AaPp][Mm])?\s*(?<zone>Z|[+-]\d{2}:?\d{2})?)?`

const parts: Readonly<Record<string, string>> = {
  yyyy: String.raw`(?<year>\d{4})`,
  yy: String.raw`(?<year>\d{2})`,
  mmm: '(?<monthName>[A-Za-z]{3,9})',
  mm: String.raw`(?<month>\d{1,2})`,
  m: String.raw`(?<month>\d{1,2})`,
  dd: String.raw`(?<dayOfMonth>\d{1,2})`,
  d: String.raw`(?<dayOfMonth>\d{1,2})`,
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** A reader for a format such as `m/d/yyyy`, `dd.mm.yyyy` or `d mmm yyyy`. A time after the day is read where there is one. */
export function dateFormat(format: string): DateReader {
  const lower = format.trim().toLowerCase()
  if (lower === 'iso') return readIso
  let source = ''
  for (const piece of lower.match(/yyyy|yy|mmm|mm?|dd?|[^a-z]+|[a-z]+/g) ?? []) {
    source += /^[a-z]/.test(piece) ? (parts[piece] ?? '(?!)') : piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  }
  if (source.includes('(?!)') || !['<year>', '<month', '<dayOfMonth>'].every((part) => source.includes(part))) {
    throw new Error('It takes year, month and day such as m/d/yyyy, d.m.yyyy, yyyy-mm-dd or d mmm yyyy.')
  }
  const pattern = new RegExp(`^${source}${clock}$`)
  return (text) => toldBy(pattern.exec(text))
}

function toldBy(match: RegExpExecArray | null): Told | undefined {
  const { year = '', month, monthName, dayOfMonth = '', hour, minute, second, fraction, half, zone } = match?.groups ?? {}
  if (!match) return undefined
  const named = monthName === undefined ? Number(month) : monthNames.indexOf(monthName.slice(0, 3).toLowerCase()) + 1
  // A year of two digits lies within the last seventy years or the next thirty.
  const full = year.length === 2 ? (Number(year) < 70 ? `20${year}` : `19${year}`) : year
  const day = `${full}-${String(named).padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`
  if (!isDay(day)) return undefined
  if (hour === undefined) return { day, time: undefined, offset: undefined }
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)
  if (hours > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return undefined
  const ms = Number((fraction ?? '0').padEnd(3, '0').slice(0, 3))
  return { day, time: ((hours * 60 + Number(minute)) * 60 + Number(second ?? 0)) * 1000 + ms, offset: offsetOf(zone) }
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return zone.startsWith('-') ? -minutes : minutes
}

const iso = new RegExp(`^(?<year>\\d{4})-(?<month>\\d{2})-(?<dayOfMonth>\\d{2})${clock}$`)

/** ISO 8601 needs no format: it cannot be mistaken. */
export const readIso: DateReader = (text) => toldBy(iso.exec(text))

/** Files have few different days: what a text means is found out once. */
const remembered = 10_000

/** A reader for ISO dates and for those of a format, if there is one. */
export function dateReader(format: string | undefined): DateReader {
  const other = format === undefined ? undefined : dateFormat(format)
  const known = new Map<string, Told | undefined>()
  return (text) => {
    if (known.has(text)) return known.get(text)
    if (known.size >= remembered) known.clear()
    const told = readIso(text) ?? other?.(text)
    known.set(text, told)
    return told
  }
}

/** Formats that are looked for where none is said. */
const usual = [
  'm/d/yyyy',
  'd/m/yyyy',
  'd.m.yyyy',
  'yyyy/m/d',
  'd-m-yyyy',
  'm-d-yyyy',
  'd mmm yyyy',
  'd-mmm-yyyy',
  'mmm d, yyyy',
  'm/d/yy',
  'd/m/yy',
  'd.m.yy',
]

/** Finds the format of a file's dates by looking at all of them. */
export class DateGuess {
  readonly #candidates = usual.map((format) => ({ format, read: dateFormat(format), count: 0 }))
  #example: string | undefined
  #hasIso = false
  readonly #seen = new Set<string>()

  look(text: string): void {
    // The same day again tells nothing new.
    if (this.#seen.has(text)) return
    if (this.#seen.size < remembered) this.#seen.add(text)
    if (readIso(text)) {
      this.#hasIso = true
      return
    }
    this.#example ??= text
    for (const candidate of this.#candidates) if (candidate.read(text)) candidate.count++
  }

  /** The one format that fits most of them; undefined where all are ISO. Throws where two fit equally, or none at all. */
  format(): string | undefined {
    if (this.#example === undefined) return undefined
    const most = Math.max(...this.#candidates.map(({ count }) => count))
    const [best, other] = this.#candidates.filter(({ count }) => count === most)
    // One wrong date among right ones is that row's own mistake.
    if (most === 0 && this.#hasIso) return undefined
    if (most === 0 || !best)
      throw new Error(
        `'${this.#example}' is no date that is known. Say how dates are written, for example --date-format d.m.yyyy.`,
      )
    if (other)
      throw new Error(
        `Dates such as '${this.#example}' could be ${best.format} or ${other.format}. Say which with --date-format.`,
      )
    return best.format
  }
}

/** The moment that is meant, where what is told without an offset is told in this time zone. A day alone is its midnight. */
export function instantOf({ day, time = 0, offset }: Told, timeZone: string): Instant {
  const asUtc = Date.parse(`${day}T00:00:00Z`) + time
  if (offset !== undefined) return asUtc - offset * 60_000
  if (timeZone === 'UTC') return asUtc
  // Twice, because the first guess may lie on the other side of a change of clocks.
  return asUtc - shiftAt(asUtc - shiftAt(asUtc, timeZone), timeZone)
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** How far a time zone's clocks are ahead of UTC at a moment. */
function shiftAt(at: Instant, timeZone: string): number {
  let formatter = formatters.get(timeZone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    formatters.set(timeZone, formatter)
  }
  const seconds = at - (((at % 1000) + 1000) % 1000)
  return Date.parse(`${formatter.format(at).replace(' ', 'T')}Z`) - seconds
}
