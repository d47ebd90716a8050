import type { FastifyRequest } from 'fastify'
import { type Answer, originOf } from '../../http/speak.ts'
import { includedIn } from './document.ts'
import { type ListQuery, maxPageSize } from './query.ts'
import type { RawQuery } from './raw-query.ts'
import { prefix } from './wire.ts'

/** A list as it was asked for: the request's links repeat the query. */
export interface Listing extends ListQuery {
  req: FastifyRequest
  raw: RawQuery
}

/** Which rows a page holds. */
export const windowOf = ({ page: { number, size } }: ListQuery) => ({ offset: (number - 1) * size, limit: size })

/** The page's rows of all that were found. */
export function pageOf<Row>(rows: readonly Row[], query: ListQuery): readonly Row[] {
  const { offset, limit } = windowOf(query)
  return rows.slice(offset, offset + limit)
}

/** A page in its envelope, with links on the host that was called. Links that lead nowhere are left out. */
export function page(
  data: readonly string[],
  included: readonly string[] | undefined,
  { req, raw, page: { number, size } }: Listing,
  total: number,
): Answer {
  const pages = Math.ceil(total / size)
  const last = Math.max(1, pages)
  const link = (to: number) => linkTo(req, raw, to, size)
  const links = {
    first: link(1),
    last: link(last),
    ...(number > 1 && { prev: link(Math.min(number - 1, last)) }),
    ...(number < last && { next: link(number + 1) }),
  }
  const meta = { current_page: number, total_pages: pages, total_count: total, page_size: size, max_page_size: maxPageSize }
  const body = `{"data":[${data.join()}],${includedIn(included)}"links":${JSON.stringify(links)},"meta":${JSON.stringify(meta)}}`
  return { status: 200, body }
}

/** Parameters are sorted by name, and number and size of the page are there even if the caller did not say them. */
function linkTo(req: FastifyRequest, raw: RawQuery, number: number, size: number): string {
  const given = Object.entries(raw).filter(([name]) => name !== 'page[number]' && name !== 'page[size]')
  const all = [...given, ['page[number]', String(number)] as const, ['page[size]', String(size)] as const]
  const pairs = all
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value]))
  const path = req.routeOptions.url?.slice(prefix.length)
  return `${originOf(req)}${path}?${new URLSearchParams(pairs)}`
}
