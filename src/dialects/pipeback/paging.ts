import type { FastifyRequest } from 'fastify'
import { type Answer, originOf } from '../../http/speak.ts'
import { asked } from './fields.ts'

const [usual, most] = [15, 100]
/** The farthest page; far beyond any list, and small enough for every store to skip to. */
const lastPage = 1_000_000_000

/** What every paged list takes. */
export const paging = { page: asked, per_page: asked }

export interface Asked {
  page: string | undefined
  per_page: string | undefined
}

/** A number from 1; what is none counts as not said, as in the framework that the vendor's answers look like. */
const counted = (text: string | undefined, otherwise: number, max: number): number =>
  text !== undefined && /^0*[1-9]\d*$/.test(text) ? Math.min(Number(text), max) : otherwise

/** The window of a page. The vendor's lists know no cursor. */
export function windowOf({ page, per_page }: Asked): { page: number; limit: number; offset: number } {
  const [number, limit] = [counted(page, 1, lastPage), counted(per_page, usual, most)]
  return { page: number, limit, offset: (number - 1) * limit }
}

/** One page of a list with links and counts. Links are absolute, on the caller's own origin, and keep the other parameters. */
export function paged(req: FastifyRequest, query: Asked, { items, total }: { items: readonly object[]; total: number }): Answer {
  const { page, limit, offset } = windowOf(query)
  const last = Math.max(1, Math.ceil(total / limit))
  const path = pathOf(req)
  const link = (to: number) => `${path}?${parametersOf(req, to)}`
  return {
    status: 200,
    body: {
      data: items,
      links: {
        first: link(1),
        last: link(last),
        prev: page > 1 ? link(page - 1) : null,
        next: page < last ? link(page + 1) : null,
      },
      meta: {
        current_page: page,
        from: items.length > 0 ? offset + 1 : null,
        last_page: last,
        path,
        per_page: limit,
        to: items.length > 0 ? offset + items.length : null,
        total,
      },
    },
  }
}

const prefix = '/pipeback'

const pathOf = (req: FastifyRequest): string => originOf(req) + (req.url.split('?')[0] ?? '').slice(prefix.length)

function parametersOf(req: FastifyRequest, page: number): string {
  const parameters = new URLSearchParams(req.url.split('?')[1] ?? '')
  parameters.delete('page')
  parameters.append('page', String(page))
  return parameters.toString()
}
