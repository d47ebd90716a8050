import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Dialect } from '../dialects/dialect.ts'
import { newBatch, type Scope } from '../domain/scope.ts'
import type { Caller, Credential, Registry } from '../domain/store.ts'
import type { Targets } from '../domain/webhook.ts'
import { readJson } from './body.ts'
import { asFault, type Fault, fail, read } from './fault.ts'

/** What a request is answered. A body that is an object is sent as JSON, a stream as it comes; none at all sends none. */
export interface Answer {
  status: number
  body?: unknown
  headers?: Readonly<Record<string, string>>
}

/** What the host lends every dialect. */
export interface Host {
  registry: Registry
  now(): number
  /** Whether rate limits are enforced, or only shown. */
  enforceLimits: boolean
  /** Where webhooks may point. */
  targets: Targets
  /** The APIs that are spoken here. */
  apis: readonly Api[]
  /** Runs when the server begins to stop: answers without an end must end now. */
  beforeClose(work: () => void): void
  /** Every route that has been opened, for the coverage tests and the reference. */
  routes: Route[]
}

/** Where one API begins, and how it can be tried. */
export interface Api extends Pick<Dialect, 'name' | 'title' | 'prefix' | 'hosts' | 'sample' | 'template'> {
  /** Its own port, where it has one. */
  readonly port: number | null
}

export interface Route {
  dialect: string
  method: Method
  /** Below the dialect's prefix. */
  url: string
  spec: RouteSpec
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One wire format: how a vendor authenticates, reads bodies and words its errors. `C` is what lets a caller in: a token, with every vendor. */
export interface Wire<C extends Caller = Credential> {
  /** The dialect's name: its prefix, and what events say they came through. */
  name: string
  contentType: string
  /** Whom the request speaks for; undefined is answered with `unauthenticated`. May `fail` with something more exact. */
  identify(req: FastifyRequest, host: Host): Promise<C | undefined>
  render(fault: Fault, req: FastifyRequest): Answer
  /** Headers on every answer, errors included. */
  headers?(req: FastifyRequest): Readonly<Record<string, string>>
  /** Asked before anybody is let in: headers that the vendor insists on. */
  admit?(req: FastifyRequest): void
  /** Counts the call. The headers go on the answer whatever becomes of it; a fault is answered instead of the call. */
  meter?(call: { req: FastifyRequest; credential: C; spec: RouteSpec; host: Host }): {
    headers?: Readonly<Record<string, string>>
    fault?: Fault | undefined
  }
  /** Readers of bodies by media type. JSON where nothing is said. */
  bodies?: Readonly<Record<string, (bytes: Buffer, req: FastifyRequest) => unknown>>
  /** Whether a path that is nobody's is answered so even to somebody without a token. */
  showsUnknownPaths?: boolean
}

/** What a route asks of its input. Parts that are not given are not looked at, except a query, which then must be empty if the wire is strict. */
export interface RouteSpec {
  params?: z.ZodType
  query?: z.ZodType
  body?: z.ZodType
  /** What the call costs in the vendor's own currency. */
  cost?: number
  /** For vendors that limit some routes more than others. */
  group?: string
  /** What the reference says about it; only our own API has one. */
  about?: unknown
}

type Output<T> = T extends z.ZodType ? z.output<T> : undefined

/** One request on its way through a handler: everything checked, and a scope that sees one workspace. */
export interface Call<S extends RouteSpec = RouteSpec> {
  scope: Scope
  params: Output<S['params']>
  query: Output<S['query']>
  body: Output<S['body']>
  req: FastifyRequest
  host: Host
}

export type Handler<S extends RouteSpec> = (call: Call<S>) => Promise<Answer>

/** A request of somebody who is not known yet: signing in, or asking for a token. */
export type StrangerCall<S extends RouteSpec = RouteSpec> = Omit<Call<S>, 'scope'>

/** Opens routes in one wire format. */
export interface Speaker {
  get<S extends RouteSpec>(url: string, spec: S, handler: Handler<S>): void
  post<S extends RouteSpec>(url: string, spec: S, handler: Handler<S>): void
  put<S extends RouteSpec>(url: string, spec: S, handler: Handler<S>): void
  patch<S extends RouteSpec>(url: string, spec: S, handler: Handler<S>): void
  delete<S extends RouteSpec>(url: string, spec: S, handler: Handler<S>): void
}

/** Also opens routes that anybody may call. */
export interface OpenSpeaker extends Speaker {
  toStrangers<S extends RouteSpec>(
    method: Method,
    url: string,
    spec: S,
    handler: (call: StrangerCall<S>) => Promise<Answer>,
  ): void
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the caller is known. */
    credential?: Caller
    meterHeaders?: Readonly<Record<string, string>>
  }
}

/** The longest path with query that is read. */
const maxUrl = 8_000

/**
 * Teaches one plugin scope to speak one wire format: authentication, bodies, error answers, unknown paths and wrong methods.
 * Fastify keeps all of it inside that scope.
 */
export function speak<C extends Caller>(app: FastifyInstance, wire: Wire<C>, host: Host): OpenSpeaker {
  const patterns: { method: Method; pattern: RegExp }[] = []

  app.removeAllContentTypeParsers()
  for (const [type, reader] of Object.entries(wire.bodies ?? { 'application/json': readJson })) {
    app.addContentTypeParser(type, { parseAs: 'buffer' }, async (req: FastifyRequest, bytes: Buffer) => reader(bytes, req))
  }
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (_req: FastifyRequest, bytes: Buffer) =>
    bytes.length === 0 ? undefined : fail({ kind: 'media_type' }),
  )

  const send = (req: FastifyRequest, reply: FastifyReply, { status, body, headers }: Answer): FastifyReply | undefined => {
    const all: Record<string, string | number> = { ...wire.headers?.(req), ...req.meterHeaders, ...headers }
    if (body !== undefined) all['content-type'] ??= wire.contentType
    if (body instanceof Readable) return reply.code(status).headers(all).send(body)
    const text = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    if (status !== 204 && status !== 304) all['content-length'] = text === undefined ? 0 : Buffer.byteLength(text)
    // Past Fastify, which would add a charset to the content type of text, where some vendors send none, and takes its time.
    const { raw } = reply
    raw.writeHead(status, all)
    reply.hijack()
    raw.end(text)
    return undefined
  }

  const enter = async (req: FastifyRequest, spec: RouteSpec): Promise<void> => {
    wire.admit?.(req)
    const credential = (await wire.identify(req, host)) ?? fail({ kind: 'unauthenticated' })
    req.credential = credential
    host.registry.touch(credential, host.now())
    const metered = wire.meter?.({ req, credential, spec, host })
    if (metered?.headers) req.meterHeaders = metered.headers
    if (metered?.fault) fail(metered.fault)
  }

  app.setErrorHandler((error, req, reply) => {
    const fault = asFault(error)
    if (fault.kind === 'bug') req.log.error({ err: error }, 'a bug was answered')
    const { cause } = error as { cause?: unknown }
    if (fault.kind === 'unavailable' && cause) req.log.error({ err: cause }, 'the store could not do it')
    return send(req, reply, wire.render(fault, req))
  })

  app.setNotFoundHandler(async (req) => {
    const path = pathBelow(req, app.prefix)
    const allowed = [...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))]
    if (!wire.showsUnknownPaths || allowed.length > 0) await enter(req, {})
    fail(allowed.length > 0 ? { kind: 'bad_method', allowed } : { kind: 'no_route' })
  })

  const scopeOf = ({ workspace, user }: Caller): Scope => ({
    workspace,
    user,
    via: wire.name,
    store: host.registry.of(workspace.id),
    batch: newBatch(),
    now: host.now,
  })

  const open = <S extends RouteSpec>(method: Method, url: string, spec: S, handler: Handler<S>, toStrangers = false) => {
    patterns.push({ method, pattern: patternOf(url) })
    host.routes.push({ dialect: wire.name, method, url, spec })
    app.route({
      method,
      url,
      // Nobody's body is read before they are let in.
      onRequest: async (req) => {
        if (req.url.length > maxUrl) fail({ kind: 'too_large', what: 'url' })
        if (!toStrangers) await enter(req, spec)
      },
      handler: async (req, reply) => {
        const call = {
          scope: toStrangers ? undefined : scopeOf(req.credential ?? fail({ kind: 'unauthenticated' })),
          params: spec.params && read(spec.params, req.params, 'params'),
          query: spec.query && read(spec.query, req.query, 'query'),
          body: spec.body && read(spec.body, req.body, 'body'),
          req,
          host,
        }
        return send(req, reply, await handler(call as Call<S>))
      },
    })
  }

  return {
    get: (url, spec, handler) => open('GET', url, spec, handler),
    post: (url, spec, handler) => open('POST', url, spec, handler),
    put: (url, spec, handler) => open('PUT', url, spec, handler),
    patch: (url, spec, handler) => open('PATCH', url, spec, handler),
    delete: (url, spec, handler) => open('DELETE', url, spec, handler),
    // Such a handler does not see that its call has no scope.
    toStrangers: (method, url, spec, handler) => open(method, url, spec, handler as Handler<typeof spec>, true),
  }
}

const patternOf = (url: string): RegExp =>
  new RegExp(`^${url.replace(/[.+^$()|[\]\\]/g, '\\$&').replace(/:[A-Za-z_]+/g, '[^/]+')}$`)

const pathBelow = (req: FastifyRequest, prefix: string): string =>
  (req.url.split('?')[0] ?? '').slice(prefix.length).replace(/\/{2,}/g, '/') || '/'

/** The secret of an `Authorization: Bearer` header, its scheme in any case; undefined where there is none or it is empty. */
export function bearer(req: FastifyRequest): string | undefined {
  const match = /^bearer +(\S+) *$/i.exec(req.headers.authorization ?? '')
  return match?.[1]
}

/** One value of a header that may be repeated: the first. */
export const header = (req: FastifyRequest, name: string): string | undefined => {
  const value = req.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** Scheme, host and prefix as the caller typed them: what absolute links begin with. */
export function originOf(req: FastifyRequest): string {
  const { prefix = '' } = (req.raw as { reached?: Reached }).reached ?? {}
  return `${req.protocol}://${req.host}${prefix}`
}

/** How the caller named the dialect: by a prefix that links must repeat, or by host or port, so that links have none. */
export interface Reached {
  dialect: string
  prefix: string
}

/** Whole numbers in a path or query. Ids beyond 2^53 are no numbers of ours: they are unknown rather than wrong. */
export const wholeNumber = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform(Number)
