import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { Logger } from 'pino'
import { type Config, ConfigError, readDatabaseUrl } from './config.ts'
import type { Dialect } from './dialects/dialect.ts'
import { dialects } from './dialects/index.ts'
import { inviteAsOperator } from './domain/invitation.ts'
import type { Registry } from './domain/store.ts'
import { createWorkspace, type Template } from './domain/template.ts'
import { type CrmuxServer, createServer } from './http/server.ts'
import { builtWeb } from './http/web.ts'
import type { Engine } from './store/engine.ts'
import { finishLoad, load } from './store/load.ts'
import { openOutbox } from './store/outbox.ts'
import { openRegistry } from './store/registry.ts'
import { fillLives } from './store/reports/fill.ts'
import { countDeliveries } from './webhooks/metrics.ts'
import { targetsOf } from './webhooks/target.ts'
import { openTransport } from './webhooks/transport.ts'
import { openWorker } from './webhooks/worker.ts'

export interface Store {
  engine: Engine
  registry: Registry
  /** Runs work that adds very many deals; quicker where there are none yet. */
  load<T>(work: () => Promise<T>): Promise<T>
}

/** Opens the store that the settings name, bringing its schema up to date and making what a load that was killed has left to be made. */
export async function openStore({ data, databaseUrl }: Pick<Config, 'data' | 'databaseUrl'>): Promise<Store> {
  const engine = await openEngine({ data, databaseUrl })
  await finishLoad(engine)
  return { engine, registry: openRegistry(engine), load: (work) => load(engine, work) }
}

/** Each engine is loaded only where it is used. */
async function openEngine({ data, databaseUrl }: Pick<Config, 'data' | 'databaseUrl'>): Promise<Engine> {
  if (databaseUrl === undefined) {
    const { SqliteEngine } = await import('./store/engines/sqlite.ts')
    return new SqliteEngine(join(data, 'crmux.db'))
  }
  const { PostgresEngine } = await import('./store/engines/postgres.ts')
  return PostgresEngine.open(readDatabaseUrl(databaseUrl))
}

/** The vendor's default pipeline that goes by this name; the first dialect's that has one where none is named. */
export function templateOf(name: string | undefined, list: readonly Dialect[] = dialects): Template {
  const known = list.filter((dialect) => dialect.template)
  const template = (name === undefined ? known[0] : known.find((dialect) => dialect.name === name))?.template
  if (template) return template
  if (name === undefined) return { pipeline: 'Pipeline', hasProbability: true, stages: [{ name: 'New' }] }
  throw new ConfigError(`There is no template '${name}'. Choose one of ${known.map((dialect) => dialect.name).join(', ')}.`)
}

/** What the first start is to show, once: the admin's token, and the secret of a link with which they set name and password. */
export interface FirstSecrets {
  token: string
  invitation: string
}

/** Makes the first workspace, its admin, a token and an invitation where the store is empty. Returns their secrets if they were made. */
export async function prepare(
  registry: Registry,
  { template, token }: Pick<Config, 'template' | 'token'>,
): Promise<FirstSecrets | undefined> {
  if ((await registry.workspaces()).length > 0) return undefined
  const chosen = templateOf(template)
  return registry.transaction(async (tx) => {
    // Two servers may have started on the same empty store; the one that comes second finds the work done.
    if ((await tx.workspaces()).length > 0) return undefined
    const { workspace, admin } = await createWorkspace(
      tx,
      { name: 'Main', subdomain: 'main', template: chosen, admin: { name: 'Admin', email: 'admin@example.com' } },
      Date.now,
    )
    const draft = { userId: admin.id, label: 'first start', expiresAt: null }
    const store = tx.of(workspace.id)
    const made = await store.tokens.add(token === undefined ? draft : { ...draft, secret: token }, Date.now())
    const invitation = await inviteAsOperator(store, { email: admin.email }, Date.now())
    return { token: made.secret, invitation: invitation.secret }
  })
}

export interface Serving {
  server: CrmuxServer
  store: Store
  ports: { dialect: string | null; port: number }[]
  /** Set where this start found an empty store. */
  first: FirstSecrets | undefined
  close(): Promise<void>
}

/** From settings to a server that answers. */
export async function serve(config: Config, logger: Logger): Promise<Serving> {
  const tls = readTls(config)
  templateOf(config.template)
  for (const { dialect } of config.listen) {
    if (!dialects.some(({ name }) => name === dialect)) {
      throw new ConfigError(
        `--listen names the dialect '${dialect}'. Choose one of ${dialects.map(({ name }) => name).join(', ')}.`,
      )
    }
  }
  const store = await openStore(config)
  try {
    const first = await prepare(store.registry, config)
    await fillLives(store.engine, (done, total) => logger.info(`worked out what ${done} of ${total} deals have lived through`))
    if (config.demo) {
      const { fillDemo } = await import('./demo/fill.ts')
      const isFilled = await fillDemo(store.registry, Date.now())
      logger.info(isFilled ? 'the demo is in the store' : 'the store has deals, so the demo leaves it alone')
    }
    const server = createServer({
      dialects,
      registry: store.registry,
      logger,
      tls,
      enforceLimits: config.rateLimits === 'vendor',
      trustProxy: config.trustProxy,
      web: builtWeb(),
      targets: targetsOf({ allowPrivate: config.webhookPrivate }),
    })
    const outbox = openOutbox(store.engine)
    const worker = openWorker({
      registry: store.registry,
      outbox,
      dialects,
      transport: openTransport({ allowPrivate: config.webhookPrivate }),
      logger,
      keepDays: config.webhookLogDays,
      onTried: countDeliveries(server.metrics, outbox, Date.now),
      answered: server.answered,
    })
    const ports = await server.listen({ host: config.host, port: config.port, own: config.listen })
    worker.start()
    const close = async () => {
      await Promise.all([worker.stop(), server.close()])
      await store.engine.close()
    }
    return { server, store, ports, first, close }
  } catch (error) {
    await store.engine.close()
    throw error
  }
}

function readTls({ tlsCert, tlsKey }: Config): { cert: Buffer; key: Buffer } | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined)
    throw new ConfigError('--tls-cert and --tls-key go together: give both files, or neither.')
  const file = (path: string, flag: string) => {
    try {
      return readFileSync(path)
    } catch {
      throw new ConfigError(`${flag}: the file ${path} cannot be read.`)
    }
  }
  const pair = { cert: file(tlsCert, '--tls-cert'), key: file(tlsKey, '--tls-key') }
  try {
    createSecureContext(pair)
  } catch {
    throw new ConfigError(
      '--tls-cert and --tls-key cannot be used: both must be PEM, and the key must belong to the certificate.',
    )
  }
  return pair
}
