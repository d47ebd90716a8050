import { z } from 'zod'
import { isDay } from '../../domain/time.ts'
import { wholeNumber } from '../../http/speak.ts'

/** The pieces that every noun's schemas are made of: how values look in paths, queries and bodies, with what the reference says. */

/** How the reference describes what arrives as text: as what it is read as, without the pattern that it is read by. */
export const told = (as: object) => ({
  override: ({ jsonSchema }: { jsonSchema: object & { pattern?: unknown; enum?: unknown } }) => {
    delete jsonSchema.pattern
    delete jsonSchema.enum
    Object.assign(jsonSchema, as)
  },
})

/** An id beyond what we count to belongs to nobody. */
const toId = (digits: string): number => (Number.isSafeInteger(Number(digits)) ? Number(digits) : -1)

export const ById = z.object({
  id: wholeNumber.meta({ description: 'Id of the record.', ...told({ type: 'integer' }) }),
})

// —— queries ——

export const idParam = (description: string) =>
  z
    .string()
    .regex(/^\d{1,19}$/, 'must be a whole number')
    .transform(toId)
    .optional()
    .meta({ description, ...told({ type: 'integer' }) })

export const someIdsParam = (description: string) =>
  z
    .string()
    .regex(/^\d{1,19}(?:,\d{1,19}){0,199}$/, 'must be at most 200 ids, separated by commas')
    .transform((text) => text.split(',').map(toId))
    .optional()
    .meta({
      description,
      ...told({ type: 'array', items: { type: 'integer' }, maxItems: 200 }),
      param: { style: 'form', explode: false },
    })

export const idsParam = someIdsParam('Only these: at most 200 ids, separated by commas.')

export const textParam = (description: string) => z.string().min(1).optional().meta({ description })

export const flagParam = (description: string) =>
  z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .meta({ description, ...told({ type: 'boolean' }) })

export const amountParam = (description: string) =>
  z
    .string()
    .regex(/^-?\d{1,16}$/, 'must be a whole number of minor units')
    .transform(Number)
    .optional()
    .meta({ description, ...told({ type: 'integer' }) })

export const dayParam = (description: string) =>
  z.string().refine(isDay, 'must be a day, YYYY-MM-DD').optional().meta({ description, format: 'date' })

export const timeParam = (description: string) =>
  z.iso
    .datetime({ offset: true, error: 'must be a time as in RFC 3339, for example 2026-11-21T09:30:00Z' })
    .transform((text) => Date.parse(text))
    .optional()
    .meta({ description, ...told({ type: 'string', format: 'date-time' }) })

const choices = <const T extends readonly [string, ...string[]]>(names: T) => z.array(z.enum(names))

/** Several of a few words, separated by commas. */
export const choicesParam = <const T extends readonly [string, ...string[]]>(names: T, description: string) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(choices(names).max(names.length))
    .optional()
    .meta({
      description,
      ...told({ type: 'array', items: { type: 'string', enum: names } }),
      param: { style: 'form', explode: false },
    })

export const deletedParam = z
  .enum(['only', 'both'])
  .optional()
  .meta({ description: '`only` the deleted ones, or `both`. Not said: only those that are there.' })

/** How many of something, from 1. */
export const countParam = (description: string, maximum: number, usual?: number) =>
  z
    .string()
    .regex(/^-?\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(maximum))
    .optional()
    .meta({ description, ...told({ type: 'integer', minimum: 1, maximum, ...(usual === undefined ? {} : { default: usual }) }) })

export const mostParam = countParam(
  'Look at no more than so many deals to find those that the filters mean; not said, at as many as it takes.',
  1_000_000,
)

export const skipParam = (description: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .optional()
    .meta({ description, ...told({ type: 'integer', minimum: 0, default: 0 }) })

export const limitParam = countParam('How many at most.', 200, 50)

export const cursorParam = z
  .string()
  .optional()
  .meta({ description: 'Where to go on: the `next` of the page before, with the same sort and filters.' })

/** `title` or `-title`: by a field, from the other end with a minus. */
export const sortParam = <const T extends string>(fields: readonly T[]) => {
  const names = fields.flatMap((field) => [field, `-${field}` as const])
  return z
    .enum(names as [T | `-${T}`, ...(T | `-${T}`)[]])
    .optional()
    .meta({ description: `What to sort by, with a minus in front from high to low. Ties go by id. Not said: \`${fields[0]}\`.` })
}

// —— bodies ——

export const id = (description: string) => z.int().meta({ description })

/** The domain counts characters, as people do; Zod would count UTF-16 units, so the length is only said, not checked, here. */
export const text = (description: string, maxLength: number) => z.string().meta({ description, maxLength })

export const instant = (description: string) =>
  z.iso
    .datetime({ offset: true, error: 'must be a time as in RFC 3339, for example 2026-11-21T09:30:00Z' })
    .transform((text) => Date.parse(text))
    .meta({ description, ...told({ type: 'string', format: 'date-time' }) })

export const customValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).meta({
  description: 'Values by the id of the custom field. On a write the others stay; null clears one.',
  example: { '901': 'Gold' },
})

// —— answers ——

export const timeText = (description: string) =>
  z.string().meta({ description, format: 'date-time', example: '2026-11-21T09:30:00.000Z' })
export const recordId = z.int().meta({ description: 'Its id, on every API.' })
export const words = (description: string) => z.string().meta({ description })
export const uuid = z.string().meta({ description: 'The same record for systems that want a UUID.', format: 'uuid' })
