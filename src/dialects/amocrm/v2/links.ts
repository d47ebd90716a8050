import type { FastifyRequest } from 'fastify'
import { readQuery } from '../php.ts'

/** A link as v2 writes it: relative, with its method. */
export const link = (href: string, method: 'get' | 'post' = 'get') => ({ self: { href, method } })

/** Parameters that sign a call and must not be written anywhere. */
const secret: ReadonlySet<string> = new Set(['USER_LOGIN', 'USER_HASH', 'login', 'api_key'])

/** The link to what was called, as it was called. */
export function linkToSelf(req: FastifyRequest, path: string) {
  const pairs = (req.url.split('?', 2)[1] ?? '').split('&')
  const query = pairs.filter((pair) => pair !== '' && !secret.has(Object.keys(readQuery(pair))[0] ?? ''))
  return link(query.length === 0 ? path : `${path}?${query.join('&')}`)
}
