import { z } from 'zod'
import type { InputIssue } from '../../http/fault.ts'

/** The parts that bodies and queries are made of. */

const wrong = (context: z.RefinementCtx, rule: InputIssue['rule']): never => {
  context.addIssue({ code: 'custom', params: { rule }, message: rule })
  return z.NEVER
}

/** Null is no value: what has to be said is missing then. */
export const required = <T extends z.ZodType>(type: T) =>
  z.preprocess((value) => value ?? undefined, type) as unknown as z.ZodType<z.output<T>, z.input<T> | null>

/** As {@link required}, but it can be left unsaid altogether. */
export const sometimes = <T extends z.ZodType>(type: T) =>
  type
    .nullable()
    .transform((value, context) => (value === null ? wrong(context, 'required') : value))
    .optional()

/** Whole numbers, also written as text: forms have nothing else. */
export const whole = z.preprocess(
  (value) => (typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value),
  z.number().refine(Number.isInteger, { params: { rule: 'type' } }),
)

export const yesOrNo = z.preprocess(
  (value) =>
    value === 1 || value === '1' || value === 'true' ? true : value === 0 || value === '0' || value === 'false' ? false : value,
  z.boolean(),
)

/**
 * A body. Members that nobody knows are ignored, and no body at all is an empty one; but one that is no object is refused, so that a
 * change which says nothing does not pass for done.
 */
export const body = <S extends z.ZodRawShape>(shape: S) =>
  z.preprocess((value) => (value === undefined ? {} : value), z.object(shape))

/** One value of a query: of a name that is there twice the last one counts, and an empty one is none. Nothing in a query is wrong. */
export const asked = z
  .union([z.string(), z.array(z.string()).transform((values) => values.at(-1))])
  .optional()
  .transform((value) => (value?.trim() ? value : undefined))
