import { z } from 'zod'
import { isDay } from '../../../domain/time.ts'
import { fail } from '../../../http/fault.ts'

/**
 * What v1 takes for a value. It was written for forms: a number may come as text, a flag as 0 or 1, an empty text says nothing, and of a
 * parameter that is repeated the last one counts.
 */

const lastOf = (value: unknown): unknown => (Array.isArray(value) ? value.at(-1) : value)

/** A number that came as text; anything else as it came. */
export const asNumber = (value: unknown): unknown => {
  const one = lastOf(value)
  return typeof one === 'string' && /^\s*[+-]?\d+(\.\d*)?\s*$/.test(one) ? Number(one) : one
}

/** What is true and what is not, as v1 writes them. */
export const flags: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [0, false],
  [1, true],
  ['0', false],
  ['1', true],
  ['false', false],
  ['true', true],
])

/** Any number. */
export const number = z.preprocess(asNumber, z.number())

/** A whole number. */
export const whole = z.preprocess(asNumber, z.int())

/** 0 or 1, true or false. */
export const flag = z.preprocess((value) => flags.get(lastOf(value)) ?? lastOf(value), z.boolean())

/** A text; a number is taken as it is written. */
export const text = z.preprocess((value) => {
  const one = lastOf(value)
  return typeof one === 'number' ? String(one) : one
}, z.string())

/** An amount in major units: kept as text where it came as text, so that no digit is lost. */
export const decimal = z.preprocess(
  lastOf,
  z.union([
    z.number(),
    z
      .string()
      .max(64)
      .regex(/^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?\s*$/i),
  ]),
)

/** A day, `YYYY-MM-DD`; of a longer text its day. */
export const day = z.preprocess(
  lastOf,
  z
    .string()
    .transform((value) => value.trim().slice(0, 10))
    .refine(isDay),
)

/** A moment in UTC, `YYYY-MM-DD HH:MM:SS`, as epoch milliseconds. ISO 8601 is taken too, as v2 writes it. */
export const moment = z.preprocess(
  lastOf,
  z.string().transform((value, issues) => {
    const [, date = '', time = '00:00:00'] =
      /^\s*(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z?)?\s*$/.exec(value) ?? []
    const at = Date.parse(`${date}T${time}Z`)
    if (isDay(date) && Number.isFinite(at)) return at
    issues.addIssue({ code: 'custom', params: { rule: 'format' }, message: 'not a valid datetime' })
    return z.NEVER
  }),
)

const nothing = (value: unknown): unknown => (lastOf(value) === '' ? undefined : value)
const empty = (value: unknown): unknown => (lastOf(value) === '' ? null : value)

/** Need not be given; an empty text is as good as nothing. */
export const maybe = <T extends z.ZodType>(schema: T) => z.preprocess(nothing, schema.optional()).optional()

/** Need not be given; null or an empty text takes the value away. */
export const clearable = <T extends z.ZodType>(schema: T) => z.preprocess(empty, schema.nullable()).optional()

/** A comma-separated list of ids, as in `?ids=1,2,3`. A repeated parameter adds to it. */
export const ids = z.preprocess(
  (value) => (Array.isArray(value) ? value.join() : typeof value === 'number' ? String(value) : value),
  z.string().transform((list, issues) => {
    const parts = list.split(',').map((part) => part.trim())
    if (list.trim() !== '' && parts.every((part) => /^\d{1,15}$/.test(part))) return [...new Set(parts.map(Number))]
    issues.addIssue({ code: 'custom', params: { rule: 'format' }, message: 'not a list of ids' })
    return z.NEVER
  }),
)

/** Ids of labels: an array, one number, or the comma text that v1 shows. */
export const labels = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value.split(',').filter((label) => label.trim() !== '')
      : typeof value === 'number'
        ? [value]
        : value,
  z.array(whole).max(100),
)

/** The id in a path. One beyond every id is nobody's; what is no number is another path, and nobody's either. */
export const ById = z.object({
  id: z.string().transform((id) => (/^\d{1,19}$/.test(id) ? Number(id) : fail({ kind: 'no_route' }))),
})

/** What a form calls `label[]` is `label`; and no body at all says nothing, which is not wrong in itself. */
export const asBody = (value: unknown): unknown =>
  value === undefined || value === null
    ? {}
    : typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, said]) => [key.replace(/\[\]$/, ''), said]))
      : value

/** A body, JSON or a form; names that are not in it are ignored. */
export const bodyOf = <S extends z.ZodRawShape>(shape: S) => z.preprocess(asBody, z.object(shape))
