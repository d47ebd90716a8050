import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Direction, Key, Page, Window } from '../../domain/page.ts'
import { type Answer, originOf } from '../../http/speak.ts'
import type { item } from './wire.ts'

const [perPageDefault, perPageMax] = [25, 100]

/** A whole number of a query. Nothing signed, because no id, page or count is. */
export const number = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform(Number)

export const yesOrNo = z.enum(['true', 'false']).transform((word) => word === 'true')

/** `ids=1,2`. None at all is no filter that was left out: the answer is empty then. */
export const idList = z
  .string()
  .regex(/^(\d{1,19}(,\d{1,19})*)?$/)
  .transform((list) => (list === '' ? [] : list.split(',').map(Number)))

/** What every list takes. */
export const paging = {
  page: number.pipe(z.number().min(1)).default(1),
  // More than the maximum is refused: a reader that asked for more would take a page cut short for the last one.
  per_page: number.pipe(z.number().min(1).max(perPageMax)).default(perPageDefault),
}

export interface Asked {
  page: number
  per_page: number
}

/** The window of a page. A page that lies beyond every number is as empty as any other past the end. */
export const windowOf = ({ page, per_page }: Asked) => ({
  limit: per_page,
  offset: Math.min((page - 1) * per_page, Number.MAX_SAFE_INTEGER),
})

export interface Sort<By> {
  by: By
  direction: Direction
}

/**
 * `sort_by=position:desc`, with the vendor's names of what can be sorted by and ours. `most`: how many names the list may have;
 * stages take several, the other resources one.
 */
export const sortBy = <By>(fields: Readonly<Record<string, By>>, most = 1) =>
  z.string().transform((text, context): Sort<By>[] => {
    const parts = text.split(',')
    const sorts = parts.flatMap((part) => {
      const [, name = '', direction = 'asc'] = /^([a-z_]+)(?::(asc|desc))?$/.exec(part.trim()) ?? []
      const by = Object.hasOwn(fields, name) ? fields[name] : undefined
      return by === undefined ? [] : [{ by, direction: direction as Direction }] // the pattern knows no other
    })
    if (sorts.length === parts.length && sorts.length <= most) return sorts
    context.addIssue({ code: 'custom', message: `takes ${Object.keys(fields).join(', ')}, each with :asc or :desc` })
    return z.NEVER
  })

/** All rows of a list that is short by nature, batch by batch. */
export async function wholeList<T>(batch: (window: Window) => Promise<Page<T>>): Promise<T[]> {
  const rows: T[] = []
  for (let after: Key | undefined; ; ) {
    const { items, next } = await batch({ limit: 1_000, after })
    rows.push(...items)
    if (!next) return rows
    after = next
  }
}

/** One page of items, and whether there is another. */
export interface Slice<T> {
  items: readonly T[]
  hasMore: boolean
}

/** What a row is sorted by; rows without a value come after those that have one. */
export type SortKey<T> = (row: T) => string | number | null

/** Sorts and cuts a list that is short by nature: stages, reasons, users. Ties go by id. */
export function slice<T extends { id: number }>(
  rows: readonly T[],
  { sort, ...asked }: Asked & { sort: readonly Sort<SortKey<T>>[] },
): Slice<T> {
  const order = [...sort, { by: (row: T) => row.id, direction: sort[0]?.direction ?? ('asc' as const) }]
  const sorted = rows.toSorted((a, b) => {
    for (const { by, direction } of order) {
      const difference = compare(by(a), by(b))
      if (difference !== 0) return direction === 'asc' ? difference : -difference
    }
    return 0
  })
  const { offset, limit } = windowOf(asked)
  return { items: sorted.slice(offset, offset + limit), hasMore: sorted.length > offset + limit }
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  return a < b ? -1 : 1
}

/**
 * One page of a collection. Links are absolute and on the caller's own origin, because one reader follows `next_page` as it stands
 * and refuses another host; there are none for pages that do not exist, because that is how it knows the end.
 */
export function many(req: FastifyRequest, { page, per_page }: Asked, { items, hasMore }: Slice<ReturnType<typeof item>>): Answer {
  const link = (to: number) => linkTo(req, { page: to, per_page })
  return collection(items, {
    self: link(page),
    ...(page > 1 ? { first_page: link(1), prev_page: link(page - 1) } : {}),
    ...(hasMore ? { next_page: link(page + 1) } : {}),
  })
}

/** A collection without pages. */
export const all = (req: FastifyRequest, items: Slice<ReturnType<typeof item>>['items']): Answer =>
  collection(items, { self: linkTo(req, {}) })

const collection = (items: Slice<ReturnType<typeof item>>['items'], links: object): Answer => ({
  status: 200,
  body: { items, meta: { type: 'collection', count: items.length, links } },
})

const prefix = '/sell'

function linkTo(req: FastifyRequest, asked: Partial<Asked>): string {
  const [path = ''] = req.url.split('?')
  const given = Object.entries(req.query as Record<string, string>) // checked before: every parameter is there once
  const query = new URLSearchParams(given.filter(([name]) => !Object.hasOwn(asked, name)))
  for (const [name, value] of Object.entries(asked)) query.set(name, String(value))
  return `${originOf(req)}${path.slice(prefix.length)}${query.size > 0 ? `?${query}` : ''}`
}
