import { z } from 'zod'
import { isDay } from '../../../domain/time.ts'

/**
 * What v2 takes for a value: exactly the type that is documented. Numbers as text are taken in a query, where there is nothing else,
 * and refused in a body; a parameter that nobody documents is refused.
 */

const custom = (message: string) => ({ error: message })
const notInt = custom('This value should be of type int.')

/** A whole number in a body. */
export const int = z.int(notInt)

/** An id in a path or a query. One beyond every id is nobody's, which is no error of form. */
export const idText = z
  .string(notInt)
  .regex(/^\d{1,19}$/, notInt)
  .transform(Number)

export const ById = z.object({ id: idText })

/** The parameters of a route. `api_token` is how some clients log in and belongs to every one. */
export const query = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject({ api_token: z.unknown().optional(), ...shape })

/** For routes that take none. */
export const NoQuery = query({})

export const flagText = z.enum(['true', 'false']).transform((text) => text === 'true')

/** Strict in a body: 0 and 1 are no booleans. */
export const flag = z.boolean()

const notTime = custom('This value is not a valid datetime.')
const moment = (pattern: RegExp) =>
  z.string(notTime).transform((text, issues) => {
    const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`
    const at = pattern.test(text) && isDay(text.slice(0, 10)) ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN
    if (Number.isFinite(at)) return at
    issues.addIssue({ code: 'custom', params: { rule: 'format' }, message: notTime.error })
    return z.NEVER
  })

/** RFC 3339 with whole seconds, in a query; seen live to refuse fractions. */
export const wholeSecond = moment(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/)

/** RFC 3339 in a body; the reference of `archive_time` writes it the way v1 does. */
export const anyMoment = moment(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?$/)

export const day = z.string().refine(isDay, 'This value is not a valid date.')

/** A comma-separated list. Clients that are given an array repeat the parameter instead. */
export const list = z.preprocess(
  (value) => (Array.isArray(value) ? value.join() : value),
  z.string().transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
)

/** A comma-separated list of which every part is one of these. */
export const listOf = <const T extends string>(...choices: readonly [T, ...T[]]) => list.pipe(z.array(z.enum(choices)))

/** A comma-separated list of ids. */
export const ids = list.pipe(
  z
    .array(
      z
        .string()
        .regex(/^\d{1,19}$/, notInt)
        .transform(Number),
    )
    .max(100, 'This collection should contain 100 elements or less.'),
)

/** A comma-separated list of the keys of custom fields. */
export const fieldKeys = list.pipe(z.array(z.string()).max(15, 'This collection should contain 15 elements or less.'))

export const direction = z.enum(['asc', 'desc']).default('asc')

export const visibility = z.literal([1, 3, 5, 7])

export const labelIds = z.array(int).max(1000)
