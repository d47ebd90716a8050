import { z } from 'zod'
import { entriesOf } from './php.ts'

/**
 * What the vendor's three generations take for a value. Numbers may come as text (forms, PHP clients), an empty text says nothing, as
 * null does where it is not a value of its own.
 */

const asNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^\s*[+-]?\d{1,16}(\.0*)?\s*$/.test(value) ? Number(value) : value

const blank = (value: unknown): unknown => (value === '' || value === null ? undefined : value)
const blankToNull = (value: unknown): unknown => (value === '' ? null : value)

/** Need not be given, and is looked at elsewhere. */
export const anything = z.unknown().optional()

/** A whole number. */
export const whole = z.preprocess(asNumber, z.int())

/** A text; a number is taken as it is written. */
export const text = z.preprocess((value) => (typeof value === 'number' ? String(value) : value), z.string())

/** A list, or the numbered keys that a form has instead of one. */
export const listOf = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => entriesOf(value).map(([, row]) => row), z.array(schema))

/** `#rrggbb`. Any is taken: the vendor's own defaults are not in its palette. */
export const color = text.refine((value) => /^#[0-9a-f]{6}$/i.test(value), { params: { rule: 'unknown' } })

/** A moment in unix seconds, as milliseconds. */
export const moment = whole.transform((seconds) => seconds * 1000)

const flags: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ...[true, 1, '1', 'true', 'on', 'Y'].map((value) => [value, true] as const),
  ...[false, 0, '0', 'false', 'off', 'N', ''].map((value) => [value, false] as const),
])

/** Yes or no. */
export const flag = z.preprocess((value) => flags.get(value) ?? value, z.boolean())

/** Yes or no where anything that is not a yes is a no: `is_main` of the first generation. */
export const yes = anything.transform((value) => flags.get(value) === true)

/** Need not be given; null or an empty text is as good as nothing. */
export const maybe = <T extends z.ZodType>(schema: T) => z.preprocess(blank, schema.optional()).optional()

/** Need not be given; null takes the value away. */
export const clearable = <T extends z.ZodType>(schema: T) => z.preprocess(blankToNull, schema.nullable()).optional()

/** The id in a path. One beyond every id is nobody's, which is no error of form. */
export const id = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform(Number)

export const ById = z.object({ id })

/** Several values where one may stand alone, be joined with commas, or be numbered: `1`, `1,2`, `[1, 2]`, `{"3": 1}`. */
export function several(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number')
    return String(value)
      .split(',')
      .filter((part) => part.trim() !== '')
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(several) : []
}

/** The ids among several values; undefined where nothing was asked. What is no id finds nothing. */
export function severalIds(value: unknown): number[] | undefined {
  if (value === undefined || value === '') return undefined
  return several(value).map((part) => (/^\s*\d{1,15}\s*$/.test(part) ? Number(part) : -1))
}

/** A whole number of a query, or undefined where there is none: the vendor passes over what it cannot read. */
export const number = (value: unknown): number | undefined =>
  typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : undefined

/** A part of a query that has parts of its own. */
export const parts = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** A query with nothing checked: unknown parameters are passed over, known ones are read where they are needed. */
export const Query = z.record(z.string(), z.unknown())
