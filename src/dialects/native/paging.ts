import type { Direction, Key, Page, Window } from '../../domain/page.ts'
import { fail } from '../../http/fault.ts'
import type { Answer } from '../../http/speak.ts'
import { page } from './wire.ts'

/** Lists are read by key: a cursor is the sort, the last row's value in it, and its id. To the caller it is opaque. */

export interface Sort<T extends string> {
  by: T
  direction: Direction
}

export const readSort = <T extends string>(sort: T | `-${T}` | undefined, usual: T): Sort<T> =>
  sort === undefined
    ? { by: usual, direction: 'asc' }
    : sort.startsWith('-')
      ? { by: sort.slice(1) as T, direction: 'desc' }
      : { by: sort as T, direction: 'asc' }

/** Sorts whose values are text; all others are numbers. */
const textual: ReadonlySet<string> = new Set(['title', 'name', 'lastName', 'expectedCloseDate', 'rank'])

const nameOf = ({ by, direction }: Sort<string>): string => (direction === 'desc' ? `-${by}` : by)

export const writeCursor = (sort: Sort<string>, key: Key | null): string | null =>
  key && Buffer.from(JSON.stringify([nameOf(sort), key.value, key.id])).toString('base64url')

/** Where a page begins and how long it is. A cursor that is not one of ours, or belongs to another sort, is refused. */
export function readWindow(
  { limit = 50, cursor }: { limit?: number | undefined; cursor?: string | undefined },
  sort: Sort<string>,
): Window {
  return cursor === undefined ? { limit } : { limit, after: readCursor(cursor, sort) }
}

function readCursor(cursor: string, sort: Sort<string>): Key {
  const [name, value, id] = partsOf(cursor)
  const fits = textual.has(sort.by) ? typeof value === 'string' : Number.isSafeInteger(value)
  if (name === nameOf(sort) && fits && Number.isSafeInteger(id)) return { value, id } as Key
  const message = 'must be the `next` of a page with the same sort'
  return fail({ kind: 'bad_input', where: 'query', issues: [{ path: ['cursor'], rule: 'format', message }] })
}

function partsOf(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) && parts.length === 3 ? parts : []
  } catch {
    return []
  }
}

/** A page of the domain's as an answer. */
export const pageOf = <T>({ items, next }: Page<T>, sort: Sort<string>, write: (item: T) => unknown): Answer =>
  page(items.map(write), writeCursor(sort, next))

/** The order of lists that know no other. */
export const byId: Sort<'id'> = { by: 'id', direction: 'asc' }
