import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Logger } from 'pino'
import type { Registry as Metrics } from 'prom-client'
import type { Dialect } from '../dialects/dialect.ts'
import type { Registry } from '../domain/store.ts'
import type { Targets } from '../domain/webhook.ts'
import { targetsOf } from '../webhooks/target.ts'
import { docs } from './docs.ts'
import { asFault, type Fault } from './fault.ts'
import { front } from './front.ts'
import { LazyLogger } from './lazy-logger.ts'
import { openMetrics } from './metrics.ts'
import { createHttpServer } from './node-http.ts'
import { type Incoming, reaching } from './reach.ts'
import type { Answer, Host, Route } from './speak.ts'
import { web } from './web.ts'

export interface ServerOptions {
  dialects: readonly Dialect[]
  registry: Registry
  logger: Logger
  enforceLimits?: boolean
  /** Addresses and networks of proxies that are believed when they say for whom they ask; nobody is where there are none. */
  trustProxy?: readonly string[]
  now?: () => number
  /** Serves TLS on every port. */
  tls?: { cert: Buffer; key: Buffer } | undefined
  /** Largest body in bytes. */
  bodyLimit?: number
  /** Where webhooks may point; public addresses only where not given. */
  targets?: Targets
  /** Directory of the built board. Without one a plain page says what is here. */
  web?: string | undefined
}

export interface CrmuxServer {
  app: FastifyInstance
  routes: readonly Route[]
  /** For those who have more to show at `/metrics`. */
  metrics: Metrics
  /** How many requests were answered so far. */
  answered(): number
  /** Opens the main port, and one for each dialect that has its own. Returns where each listens. */
  listen(options: {
    host: string
    port: number
    own?: readonly { dialect: string; port: number }[]
  }): Promise<{ dialect: string | null; port: number }[]>
  /** Lets running requests finish, then stops. */
  close(): Promise<void>
}

/** The one server: every dialect under its prefix, and health and metrics beside them. */
export function createServer(options: ServerOptions): CrmuxServer {
  const {
    dialects,
    registry,
    logger,
    tls,
    now = Date.now,
    enforceLimits = false,
    trustProxy = [],
    bodyLimit = 4 * 1024 * 1024,
  } = options
  const ownPorts = new Map<string, number>()
  const endings: (() => void)[] = []
  const host: Host = {
    registry,
    now,
    enforceLimits,
    targets: options.targets ?? targetsOf({ allowPrivate: false }),
    // Ports are known only once they are open.
    get apis() {
      return dialects.map(({ name, title, prefix, hosts, sample, template }) => {
        const port = ownPorts.get(name) ?? null
        return { name, title, prefix, hosts, sample, port, ...(template ? { template } : {}) }
      })
    },
    beforeClose: (work) => endings.push(work),
    routes: [],
  }
  const reach = reaching(dialects)
  const metrics = openMetrics()
  const voiceOf = (req: FastifyRequest): Dialect | undefined => {
    const name = (req.raw as Incoming).reached?.dialect
    return dialects.find((dialect) => dialect.name === name)
  }

  const listener = (handle: (req: IncomingMessage, res: ServerResponse) => void): Server =>
    tls ? (createHttpsServer({ ...patience, ...tls }, handle) as unknown as Server) : createHttpServer(patience, handle)

  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // Requests are logged once, when they are answered.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger, bindings) => new LazyLogger(logger, bindings),
    genReqId: () => randomUUID(),
    bodyLimit,
    trustProxy: trustProxy.length > 0 && [...trustProxy],
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    routerOptions: { maxParamLength: 1000, ignoreDuplicateSlashes: true },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    rewriteUrl: reach,
    frameworkErrors: (error, req, reply) => {
      const answer = (voiceOf(req as FastifyRequest) ?? plain).render(asFault(error), req as FastifyRequest)
      // Fastify types this reply for a route that does not exist.
      const bare = reply as unknown as FastifyReply
      bare.code(answer.status).headers({ 'content-type': 'application/json; charset=utf-8', ...answer.headers })
      // As bytes, so that no charset is added where a vendor sends none.
      bare.send(Buffer.from(JSON.stringify(answer.body)))
    },
    serverFactory: (handler) => {
      const handle: typeof handler = (req, res) => handler(req, res)
      return listener(handle)
    },
  })

  let answered = 0
  app.addHook('onResponse', (req, reply, done) => {
    answered++
    const dialect = (req.raw as Incoming).reached?.dialect ?? 'host'
    const route = req.routeOptions.url ?? 'unknown'
    const ms = reply.elapsedTime
    metrics.requests.observe({ dialect, method: req.method, route, status: reply.statusCode }, ms / 1000)
    // The path without its query, which may carry a token.
    const [path] = req.originalUrl.split('?', 1)
    const { credential } = req
    logger.info(
      {
        reqId: req.id,
        dialect,
        method: req.method,
        address: req.ip,
        path,
        route,
        status: reply.statusCode,
        ms: Math.round(ms * 10) / 10,
        workspace: credential?.workspace.id,
        user: credential?.user.id,
      },
      'request',
    )
    done()
  })

  app.get('/healthz', async (_req, reply) => reply.send({ status: 'ok' }))
  app.get('/readyz', async (req, reply) => {
    try {
      await registry.ping()
      return reply.send({ status: 'ready' })
    } catch (error) {
      req.log.error({ err: error }, 'the store does not answer')
      return reply.code(503).send({ status: 'unavailable' })
    }
  })
  app.get('/metrics', async (_req, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()))
  front(app, dialects, options.web === undefined)
  docs(app, dialects)
  const page = options.web === undefined ? undefined : web(app, options.web)

  for (const dialect of dialects) {
    app.register(async (scope) => dialect.mount(scope, host), { prefix: dialect.prefix })
  }
  app.setNotFoundHandler(async (req, reply) => {
    const opened = page?.(req, reply)
    if (opened) return opened
    const { status, body } = plain.render({ kind: 'no_route' }, req)
    return reply.code(status).send(body)
  })
  app.setErrorHandler((error, req, reply) => {
    const fault = asFault(error)
    if (fault.kind === 'bug') req.log.error({ err: error }, 'a bug was answered')
    const { status, body } = plain.render(fault, req)
    return reply.code(status).send(body)
  })

  const extra: Server[] = []

  return {
    app,
    routes: host.routes,
    metrics: metrics.registry,
    answered: () => answered,
    async listen({ host: address, port, own = [] }) {
      await app.listen({ host: address, port })
      const ports = [{ dialect: null as string | null, port: portOf(app.server) }]
      for (const { dialect, port } of own) {
        const handle = (req: Incoming, res: Parameters<typeof app.routing>[1]) => {
          req.dialectOfPort = dialect
          app.routing(req, res)
        }
        const server = listener(handle)
        await new Promise<void>((resolve, reject) => {
          server.once('error', reject)
          server.listen(port, address, resolve)
        })
        extra.push(server)
        ports.push({ dialect, port: portOf(server) })
        ownPorts.set(dialect, portOf(server))
      }
      return ports
    },
    async close() {
      for (const end of endings) end()
      await Promise.all(
        extra.map(
          (server) =>
            new Promise<void>((resolve) => {
              server.close(() => resolve())
              server.closeIdleConnections()
            }),
        ),
      )
      await app.close()
    },
  }
}

/** How long a caller may take to send its headers, and all of its request: whoever sends a byte now and then holds nothing for long. */
const patience = { headersTimeout: 20_000, requestTimeout: 60_000, connectionsCheckingInterval: 5_000 }

const portOf = (server: Server): number => (server.address() as AddressInfo).port

/** Answers what belongs to no dialect. */
const plain: { render(fault: Fault, req: FastifyRequest): Answer } = {
  render(fault) {
    const status = fault.kind === 'no_route' ? 404 : fault.kind === 'bug' ? 500 : fault.kind === 'too_large' ? 413 : 400
    return { status, body: { error: fault.kind } }
  },
}

/** Routes are checked by Zod in `speak`. Fastify would load its own validator and serializer, a hundred modules, before it knows. */
const noSchemas = (): never => {
  throw new Error('a route has a schema for Fastify')
}
