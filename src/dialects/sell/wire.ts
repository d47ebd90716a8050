import type { FastifyRequest } from 'fastify'
import { type Instant, isoTime } from '../../domain/time.ts'
import { fail } from '../../http/fault.ts'
import { RollingWindow } from '../../http/limits.ts'
import { type Answer, bearer, type Wire } from '../../http/speak.ts'
import { render } from './errors.ts'

/** What every route shares: who is calling, the headers that the vendor asks for and sends, its rate limit and its dates. */
export const sellWire = (): Wire => ({
  name: 'sell',
  contentType: 'application/json; charset=utf-8',
  identify: async (req, { registry, now }) => {
    const token = bearer(req)
    return token === undefined ? undefined : registry.authenticate(token, now())
  },
  render,
  headers,
  admit,
  meter: metering(),
  // Probes without an account were told that a path does not exist.
  showsUnknownPaths: true,
})

/** On every answer, errors included (articles: Responses). */
export const headers = (req: FastifyRequest): Readonly<Record<string, string>> => ({
  'content-language': 'en',
  vary: 'Content-Language',
  'x-request-id': req.id,
})

/** The vendor turns away callers that do not say who they are, or that want something else than JSON (articles: Requests, Responses). */
function admit(req: FastifyRequest): void {
  if (!req.headers['user-agent']?.trim()) fail({ kind: 'bad_header', header: 'user-agent' })
  if (!takesJson(req.headers.accept)) fail({ kind: 'bad_header', header: 'accept' })
}

const jsonRanges: ReadonlySet<string> = new Set(['application/json', 'application/*', '*/*'])

function takesJson(accept: string | undefined): boolean {
  if (!accept?.trim()) return true
  return accept.split(',').some((range) => {
    const [type = '', ...params] = range.split(';').map((part) => part.trim().toLowerCase())
    return jsonRanges.has(type) && !params.some((param) => /^q=0(\.0*)?$/.test(param))
  })
}

/**
 * 36,000 requests an hour for each token, which the vendor also states as ten a second: who keeps to the second keeps to the hour.
 * Sell shows no counters, so there is nothing to say until it is full.
 */
function metering(): NonNullable<Wire['meter']> {
  const second = new RollingWindow(10, 1_000)
  return ({ credential, host }) => {
    if (!host.enforceLimits) return {}
    const { remaining, resetSeconds } = second.take(String(credential.tokenId), host.now())
    return remaining < 0 ? { fault: { kind: 'rate_limited', retryAfterSeconds: resetSeconds } } : {}
  }
}

/** What a resource is called in `meta.type` and in errors. */
export type Resource =
  | 'account'
  | 'associated_contact'
  | 'contact'
  | 'custom_field'
  | 'deal'
  | 'deal_source'
  | 'deal_unqualified_reason'
  | 'loss_reason'
  | 'pipeline'
  | 'source'
  | 'stage'
  | 'tag'
  | 'user'

export const item = (type: Resource, data: object) => ({ data, meta: { type } })

export const one = (type: Resource, data: object): Answer => ({ status: 200, body: item(type, data) })

export const gone: Answer = { status: 204 }

/** `2015-04-10T13:30:41Z`: whole seconds, as every moment is written. */
export const moment = (at: Instant): string => `${isoTime(at).slice(0, 19)}Z`
