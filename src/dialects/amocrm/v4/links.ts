import type { FastifyRequest } from 'fastify'
import { originOf } from '../../../http/speak.ts'
import { number } from '../input.ts'
import { withParameters } from '../php.ts'

/** Where v4 begins as the caller typed it: the PHP library cuts its own base URL off the front of links. */
export const baseOf = (req: FastifyRequest): string => `${originOf(req)}/api/v4`

export const self = (href: string): { _links: { self: { href: string } } } => ({ _links: { self: { href } } })

/** Page and size of a list. Both are taken as far as they make sense: nothing shows what the vendor answers to others. */
export interface Paging {
  page: number
  limit: number
}

export const maxLimit = 250

export function readPaging(query: { page?: unknown; limit?: unknown }, most = maxLimit): Paging {
  const [page = 1, limit = 50] = [number(query.page), number(query.limit)]
  return {
    page: page > 0 ? Math.min(page, 1_000_000_000) : 1,
    limit: limit > 0 ? Math.min(limit, most) : Math.min(50, most),
  }
}

/** Links from a page to its neighbours, with everything else that was asked. `next` is there only where more follows. */
export function pageLinks(req: FastifyRequest, { page, limit }: Paging, hasNext: boolean): object {
  const [path = '', query = ''] = req.url.replace(/^\/+amocrm/, '').split('?', 2)
  const to = (number: number) => ({
    href: `${originOf(req)}${path.replace(/\/{2,}/g, '/')}?${withParameters(query, { limit, page: number })}`,
  })
  return {
    self: to(page),
    ...(hasNext ? { next: to(page + 1) } : {}),
    ...(page > 1 ? { first: to(1), prev: to(page - 1) } : {}),
  }
}
