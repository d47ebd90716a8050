import { z } from 'zod'
import { isDay } from '../../domain/time.ts'
import { fail, read } from '../../http/fault.ts'
import { type ResourceType, relations } from './relations.ts'

/** The document of a write. Other members at the top, which some clients send, are not looked at. */
export const Document = z.object({
  data: z.object({
    type: z.string().nullish(),
    id: z.union([z.string(), z.number()]).nullish(),
    attributes: z.record(z.string(), z.unknown()).nullish(),
    relationships: z.record(z.string(), z.unknown()).nullish(),
  }),
})
type Document = z.output<typeof Document>

/**
 * What a document says, attributes and relations alike under their names. A relation may come as such, or as the attribute with `_id`
 * behind its name; in an update the id of the resource may be there or not.
 */
export function readDocument<T extends z.ZodType>(schema: T, { data }: Document, type: ResourceType, id?: number): z.output<T> {
  if (data.type != null && data.type !== type) disagree('type', type)
  if (id !== undefined && data.id != null && String(data.id) !== String(id)) disagree('id', String(id))
  return read(schema, { ...data.attributes, ...linksOf(data, type) }, 'body')
}

/** Type and id in a document have to be those of the path (JSON:API 1.0: Updating Resources, 409 Conflict). */
const disagree = (member: string, expected: string): never =>
  fail({
    kind: 'bad_input',
    where: 'body',
    issues: [{ path: ['data', member], rule: 'choice', options: [expected], message: `expected ${expected}` }],
  })

function linksOf({ attributes, relationships }: Document['data'], type: ResourceType): Record<string, unknown> {
  const links: Record<string, unknown> = {}
  for (const name of Object.keys(relations[type])) {
    const relation = relationships?.[name]
    const byId = attributes?.[`${name}_id`]
    // A relation without data is one that was read and not asked for: `{"meta":{"included":false}}`.
    if (isObject(relation)) links[name] = 'data' in relation ? relation.data : undefined
    else if (relation !== undefined) links[name] = relation
    if (links[name] === undefined) links[name] = byId == null ? byId : { id: byId }
  }
  return links
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

// —— what an attribute can be ——

/** Has to be there; null is as good as nothing. */
export const required = <T extends z.ZodType>(schema: T) => z.preprocess((value) => value ?? undefined, schema)

const isWritten = (text: string): boolean => text.trim() !== ''

/** A text that is not empty. */
export const name = required(z.string().refine(isWritten, { params: { rule: 'blank' } }))

export const text = (max: number) => z.string().max(max)
export const flag = z.boolean()

const numeric = (value: unknown) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value)

/** A whole number; digits in quotes will do. */
export const whole = (min: number = Number.MIN_SAFE_INTEGER, max: number = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(numeric, z.int().min(min).max(max))

export const day = z.string().refine(isDay, { params: { rule: 'format' } })

/** What a relation points at. */
export const link = (type: ResourceType) =>
  z
    .object({
      type: z.literal(type).nullish(),
      id: z.union([
        z.int().nonnegative(),
        z
          .string()
          .regex(/^\d{1,19}$/)
          .transform(Number),
      ]),
    })
    .transform(({ id }) => id)

/** The id in a path. What is no number is nobody's. */
export const ById = z.object({
  id: z
    .string()
    .regex(/^\d{1,19}$/)
    .transform(Number),
})
