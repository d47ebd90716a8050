import { z } from 'zod'
import { type Instant, isDay } from '../../domain/time.ts'
import { number } from './paging.ts'

/** The pieces that queries and payloads of several resources are made of. */

/** `{"data": {…}}`, with or without the `meta` that some clients send along. */
export const payload = <Data extends z.ZodType>(data: Data) => z.strictObject({ data, meta: z.unknown().optional() })

/** A query without parameters: anything there is refused. */
export const noQuery = z.strictObject({})

/** An id in a path. One that is no number is answered like one that nobody has. */
export const byId = z.object({ id: number.pipe(z.int()) })

const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i

/** ISO 8601 with any offset; `+0000`, without the colon, is what PHP sends. */
function instantOf(text: string): Instant | null {
  const [, day = '', time = '00:00', zone = 'Z'] = iso.exec(text.trim()) ?? []
  if (!isDay(day)) return null
  const [, sign, hours, minutes = '00'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? []
  const at = Date.parse(`${day}T${time}${sign ? `${sign}${hours}:${minutes}` : 'Z'}`)
  return Number.isNaN(at) ? null : at
}

/** A moment. */
export const instant = z.string().transform((text, context): Instant => {
  const at = instantOf(text)
  if (at !== null) return at
  context.addIssue({ code: 'custom', message: 'is no date and time in ISO 8601' })
  return z.NEVER
})

/** A day. The vendor's Java suite sends a moment and expects success: its day, as it is written, is what counts. */
export const day = z.string().transform((text, context) => {
  if (instantOf(text) !== null) return text.trim().slice(0, 10)
  context.addIssue({ code: 'custom', message: 'is no date in ISO 8601' })
  return z.NEVER
})

/** Values by the name of the custom field. What fits which field is the model's to say. */
export const customValues = z.record(z.string(), z.json())

/** `custom_fields[Field Name]=x`, as pairs: a record would lose a field called `__proto__`. */
export const customFilter = z.array(z.tuple([z.string(), z.string()]))

const bracketed = /^(custom_fields|address)\[(.+)\]$/s

/** Gathers `custom_fields[Field Name]=x` and `address[city]=x` under one name each, so that a schema can speak of them. */
export function gathered(query: unknown): unknown {
  const plain: [string, unknown][] = []
  const groups: Record<string, [string, unknown][]> = {}
  for (const [name, value] of Object.entries((query ?? {}) as Record<string, unknown>)) {
    const [, group, key = ''] = bracketed.exec(name) ?? []
    if (group === undefined) plain.push([name, value])
    else groups[group] = [...(groups[group] ?? []), [key, value]]
  }
  const { custom_fields, address } = groups
  return Object.fromEntries([
    ...(custom_fields ? [['custom_fields', custom_fields]] : []),
    ...(address ? [['address', Object.fromEntries(address)]] : []),
    ...plain,
  ])
}
