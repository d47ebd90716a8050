import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { dialects } from '../../src/dialects/index.ts'
import type { Scope } from '../../src/domain/scope.ts'
import type { Registry } from '../../src/domain/store.ts'
import { createWorkspace, type Template } from '../../src/domain/template.ts'
import type { Member, Role } from '../../src/domain/user.ts'
import type { Workspace } from '../../src/domain/workspace.ts'
import { type CrmuxServer, createServer } from '../../src/http/server.ts'
import { templateOf } from '../../src/serve.ts'
import { openRegistry } from '../../src/store/registry.ts'
import { targetsOf } from '../../src/webhooks/target.ts'
import { openTestEngine, type TestEngine } from './engine.ts'

/** A store of its own in a temporary directory. */
export interface TestStore extends Omit<TestEngine, 'count'> {
  registry: Registry
  /** Of the SQLite file. */
  directory: string
  /** A new workspace whose ids start where nobody expects, with an admin and a scope that speaks for them. */
  workspace(options?: { template?: string | Template; currency?: string; subdomain?: string }): Promise<TestWorkspace>
}

export interface TestWorkspace {
  workspace: Workspace
  admin: Member
  /** The admin's. */
  token: string
  scope: Scope
  /** For drivers of vendors whose ids are uuids: ours for theirs and theirs for ours, of any workspace. An unknown id gets a uuid that nobody has. */
  uuids: { idOf(table: UuidTable, uuid: string): Promise<number>; uuidOf(table: UuidTable, id: number): Promise<string> }
  /** Somebody else in the same workspace, with a token. */
  member(role: Role, name?: string): Promise<{ user: Member; token: string; scope: Scope }>
  /** Has the member signed in; what the cookie of their session says. */
  session(user?: Member): Promise<string>
}

export type UuidTable = 'deal' | 'stage' | 'pipeline' | 'party' | 'user' | 'loss_reason'

/** Ids of every sort begin somewhere else, so that a swapped id cannot pass by luck. */
const firstIds = {
  workspace: 11,
  user: 1001,
  token: 3001,
  pipeline: 21,
  stage: 301,
  deal: 5001,
  party: 7001,
  loss_reason: 801,
  custom_field: 901,
  record: 9001,
}

let count = 0

export async function openTestStore({
  now = Date.now,
  plainIds = false,
}: {
  now?: () => number
  plainIds?: boolean
} = {}): Promise<TestStore> {
  const { count: countFrom, ...made } = await openTestEngine()
  const { engine, rows } = made
  if (!plainIds) await countFrom(firstIds)
  const registry = openRegistry(engine)
  const uuids: TestWorkspace['uuids'] = {
    idOf: async (table, uuid) => Number((await rows<{ id: number }>(`select id from "${table}" where uuid = '${uuid}'`))[0]?.id),
    uuidOf: async (table, id) =>
      (await rows<{ uuid: string }>(`select uuid from "${table}" where id = ${Number(id)}`))[0]?.uuid ?? randomUUID(),
  }
  return {
    ...made,
    registry,
    directory: made.at.data,
    async workspace({ template, currency = 'USD', subdomain = `test-${++count}` } = {}) {
      const { workspace, admin } = await createWorkspace(
        registry,
        {
          name: `Workspace ${subdomain}`,
          subdomain,
          currency,
          template: typeof template === 'object' ? template : templateOf(template),
          admin: { name: 'Ada Admin', email: `ada@${subdomain}.example` },
        },
        now,
      )
      const store = registry.of(workspace.id)
      const scopeOf = (user: Member): Scope => ({ workspace, user, via: 'native', store, now })
      const tokenOf = async (user: Member) =>
        (await store.transaction((tx) => tx.tokens.add({ userId: user.id, label: 'test', expiresAt: null }, now()))).secret
      return {
        workspace,
        admin,
        token: await tokenOf(admin),
        scope: scopeOf(admin),
        uuids,
        async member(role, name = `Member ${++count}`) {
          const user = await store.transaction((tx) =>
            tx.members.add({ name, email: `m${++count}@${subdomain}.example`, phone: null, role }, now()),
          )
          return { user, token: await tokenOf(user), scope: scopeOf(user) }
        },
        session: (user = admin) =>
          store.transaction(async (tx) => {
            await tx.members.join(user.id, now())
            const draft = { userId: user.id, userAgent: 'test', address: '127.0.0.1', createdAt: now() }
            return (await tx.sessions.add(draft, now())).secret
          }),
      }
    },
  }
}

/** A served instance on a free port of the loopback. */
export interface TestApp extends TestStore {
  server: CrmuxServer
  /** `http://127.0.0.1:PORT` */
  origin: string
  /** Ports of single dialects, where they were asked for. */
  own: Record<string, number>
}

export interface TestAppOptions {
  now?: () => number
  plainIds?: boolean
  enforceLimits?: boolean
  own?: readonly string[]
  /** Whether webhooks may point at the machine itself. */
  allowPrivate?: boolean
  /** Directory of a built board. */
  web?: string
}

export async function openTestApp({
  now = Date.now,
  plainIds = false,
  enforceLimits = false,
  own = [],
  allowPrivate = false,
  web,
}: TestAppOptions = {}): Promise<TestApp> {
  const store = await openTestStore({ now, plainIds })
  const server = createServer({
    dialects,
    registry: store.registry,
    logger: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    now,
    enforceLimits,
    targets: targetsOf({ allowPrivate }),
    web,
  })
  const ports = await server.listen({ host: '127.0.0.1', port: 0, own: own.map((dialect) => ({ dialect, port: 0 })) })
  return {
    ...store,
    server,
    origin: `http://127.0.0.1:${ports[0]?.port}`,
    own: Object.fromEntries(ports.flatMap(({ dialect, port }) => (dialect === null ? [] : [[dialect, port]]))),
    async close() {
      await server.close()
      await store.close()
    },
  }
}

/** One request, answered in full. The body is parsed where it is JSON. */
export async function request(
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<{ status: number; headers: Headers; body: unknown; text: string }> {
  const payload =
    body === undefined ? undefined : typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  const response = await fetch(url, {
    method,
    headers: payload === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(payload === undefined ? {} : { body: payload as string }),
  })
  const text = await response.text()
  const isJson = (response.headers.get('content-type') ?? '').includes('json')
  return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : undefined, text }
}
