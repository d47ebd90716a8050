import { z } from 'zod'
import type { Direction } from '../../../domain/page.ts'
import { fail } from '../../../http/fault.ts'
import type { Answer } from '../../../http/speak.ts'
import { offsetPage } from '../wire.ts'
import { maybe, number } from './input.ts'

const mostPerPage = 500
const usualPage = 100

/** `start` and `limit`. Clients are known to send a start of -1 or a limit of 1000, and to be served. */
export const Paging = z.object({
  start: maybe(number).transform((start) => Math.min(Math.max(Math.trunc(start ?? 0), 0), Number.MAX_SAFE_INTEGER)),
  limit: maybe(number).transform((limit) => {
    const asked = Math.trunc(limit ?? usualPage)
    return asked < 1 ? usualPage : Math.min(asked, mostPerPage)
  }),
})

export type Paging = z.output<typeof Paging>

/** A page of a list that is here as a whole. */
export const listPage = (items: readonly unknown[], { start, limit }: Paging): Answer =>
  offsetPage(items.slice(start, start + limit), { start, limit, more: items.length > start + limit })

/** Where a v1 list with a cursor goes on: after this id. */
export const writeCursor = (id: number): string => Buffer.from(`id:${id}`).toString('base64')

/** The id that such a cursor says. */
export const cursor = z.string().transform((text, issues) => {
  const [, id] = /^id:(\d{1,15})$/.exec(Buffer.from(text, 'base64').toString()) ?? []
  if (id !== undefined) return Number(id)
  issues.addIssue({ code: 'custom', params: { rule: 'format' }, message: 'not a valid cursor' })
  return z.NEVER
})

/** `add_time DESC, title ASC`. A field that there is no order by is refused: any order would be wrong. */
export function readSort<By extends string>(
  fields: Readonly<Record<string, By>>,
  sort: string | undefined,
): { by: By; direction: Direction }[] | undefined {
  return sort?.split(',').map((part) => {
    const [, name = '', direction = 'asc'] = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/i.exec(part) ?? []
    const by = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (by === undefined) return refuseSort(Object.keys(fields))
    return { by, direction: direction.toLowerCase() === 'desc' ? 'desc' : 'asc' }
  })
}

export const refuseSort = (options: readonly string[]): never =>
  fail({ kind: 'bad_input', where: 'query', issues: [{ path: ['sort'], rule: 'choice', options, message: 'no such order' }] })
