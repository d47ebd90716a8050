import { z } from 'zod'
import type { Direction, Key, Page } from '../../../domain/page.ts'
import { direction } from './input.ts'

/**
 * Where a list goes on, as the vendor writes it: the sort field, its value in the last row, the direction and the row's id. It carries the
 * whole sort, so that a client need not repeat it; moments are milliseconds.
 */
const Cursor = z.strictObject({
  field: z.string(),
  fieldValue: z.int(),
  sortDirection: z.enum(['asc', 'desc']),
  id: z.int(),
})
type Cursor = z.infer<typeof Cursor>

const write = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url')

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** A cursor of a list that can be sorted by these fields. */
const cursorFor = (fields: readonly string[]) =>
  z.preprocess(
    (text) => (text === '' ? undefined : text),
    z
      .string()
      .transform((text, issues) => {
        const { data } = Cursor.safeParse(decode(text))
        if (data && fields.includes(data.field)) return data
        issues.addIssue({ code: 'custom', params: { rule: 'format' }, message: 'This value is not a valid cursor.' })
        return z.NEVER
      })
      .optional(),
  )

const limit = z
  .string()
  .regex(/^-?\d{1,9}$/, 'This value should be of type int.')
  .transform(Number)
  .pipe(z.int().min(1).max(500))
  .default(100)

/** How a list is paged and sorted: by one of these fields, the first where none is named. */
export const paging = <const Field extends string>(...fields: readonly [Field, ...Field[]]) => ({
  sort_by: z.enum(fields).default(fields[0] as z.util.NoUndefined<Field>),
  sort_direction: direction,
  limit,
  cursor: cursorFor(fields),
})

/** For lists that cannot be sorted. */
export const pagingById = { limit, cursor: cursorFor(['id']) }

/** What a caller has said about paging. */
export interface Paging<Field extends string = string> {
  sort_by?: Field
  sort_direction?: Direction
  limit: number
  cursor?: Cursor | undefined
}

/** The sort and the key to continue from. A cursor's own sort holds, whatever else was said. */
export function readPaging<Field extends string>({ sort_by, sort_direction, cursor }: Paging<Field>) {
  // The schema let only cursors through whose field is one of the list's.
  const field = (cursor?.field ?? sort_by ?? 'id') as Field | 'id'
  const direction = cursor?.sortDirection ?? sort_direction ?? 'asc'
  return { field, direction, after: cursor && { value: cursor.fieldValue, id: cursor.id } }
}

/** The cursor of the page that follows; null at the end. */
export function nextCursor(paging: Paging, next: Key | null): string | null {
  if (!next) return null
  const { field, direction } = readPaging(paging)
  return write({ field, fieldValue: Number(next.value), sortDirection: direction, id: next.id })
}

/** One page of a list that is short enough to be in memory. Ties go by ascending id, as was recorded; empty values count as 0. */
export function pageOf<T extends { id: number }>(
  all: readonly T[],
  paging: Paging,
  sortValue: (item: T, field: string) => number,
): Page<T> {
  const { field, direction, after } = readPaging(paging)
  const sign = direction === 'asc' ? 1 : -1
  const compare = (a: Key, b: Key) => sign * (Number(a.value) - Number(b.value)) || a.id - b.id
  const rows = all
    .map((item) => ({ item, key: { value: sortValue(item, field), id: item.id } }))
    .toSorted((a, b) => compare(a.key, b.key))
  const rest = after ? rows.filter(({ key }) => compare(key, after) > 0) : rows
  const page = rest.slice(0, paging.limit)
  return { items: page.map(({ item }) => item), next: rest.length > page.length ? (page.at(-1)?.key ?? null) : null }
}
