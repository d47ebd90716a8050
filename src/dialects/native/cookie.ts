import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { lifeMs, type Visitor } from '../../domain/session.ts'
import { fail } from '../../http/fault.ts'
import { header } from '../../http/speak.ts'

/** The cookie of whoever signed in. It is good for our own API alone: no vendor's clients have it, so no vendor's API looks at it. */

const name = 'crmux_session'

/** The secret of the session that the browser has, if it has one. */
export function sessionIn(req: FastifyRequest): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name) return value
  }
  return undefined
}

const isWrite = ({ method }: FastifyRequest): boolean => method !== 'GET' && method !== 'HEAD'

/** Whether our own page sent this; undefined where nothing says so. Scripts of a page can change neither header. */
function isFromHere(req: FastifyRequest): boolean | undefined {
  const site = header(req, 'sec-fetch-site')
  // What the browser says of its own page is true behind every proxy.
  if (site !== undefined) return site === 'same-origin'
  const origin = header(req, 'origin')
  // Browsers name their site only over TLS and on this machine; elsewhere the origin has to be this host.
  return origin === undefined ? undefined : hostOf(origin) === req.host.toLowerCase()
}

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined)

/** Asks of a write with the cookie that it comes from our own page: browsers send the cookie along with others' requests as well. */
export function requireOwnPage(req: FastifyRequest): void {
  if (isWrite(req) && isFromHere(req) !== true) fail({ kind: 'bad_header', header: 'Origin' })
}

/** Asks of somebody who signs in that no other site's page does it for them. Whoever is no browser says nothing of sites. */
export function refuseOtherSites(req: FastifyRequest): void {
  if (isFromHere(req) === false) fail({ kind: 'bad_header', header: 'Origin' })
}

/** Where the page is reached, as its own requests say; they know of TLS that ends at a proxy. */
export function pageOrigin(req: FastifyRequest): string {
  const origin = header(req, 'origin')
  return origin !== undefined && /^https?:/.test(origin) && isFromHere(req)
    ? new URL(origin).origin
    : `${req.protocol}://${req.host}`
}

/** Answers with the cookie, which scripts cannot read, other sites' links do not send, and, over TLS, nothing sends in the clear. */
export const withSession = (req: FastifyRequest, secret: string) => cookie(req, secret, Math.floor(lifeMs / 1000))

/** Answers that take the cookie away. */
export const withoutSession = (req: FastifyRequest) => cookie(req, '', 0)

function cookie(req: FastifyRequest, value: string, maxAge: number) {
  const secure = pageOrigin(req).startsWith('https:') ? '; Secure' : ''
  return {
    'set-cookie': `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`,
    'cache-control': 'no-store',
  }
}

/** Who asks to be let in, as far as the network tells. */
export function visitorOf(req: FastifyRequest): Visitor {
  // What a trusted proxy says is no address where it passes on whatever its callers say; then it is the caller.
  const address = isIP(req.ip) === 0 ? (req.socket.remoteAddress ?? '') : req.ip
  return {
    userAgent: (header(req, 'user-agent') ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, 255),
    address,
    network: networkOf(address),
  }
}

/** One customer of a provider has 2⁶⁴ addresses of IPv6 that begin alike. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0')
  return [...front, ...zeros, ...back].slice(0, 4).join(':')
}
