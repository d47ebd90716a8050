import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { request } from '../support/app.ts'
import { crmux, type Served, scratch, serve } from '../support/cli.ts'
import { databaseUrl, type PostgresServer, startPostgres, withClient } from '../support/postgres.ts'

/** What happens to servers when PostgreSQL is not there, or when they die themselves. The database keeps what it said is committed. */

// Real processes: quick by themselves, slow on a machine that is busy with the other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const files = scratch()
let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres({ isDurable: true, connections: 100 })
})
afterAll(async () => {
  await server.stop()
  files.remove()
})

let made = 0

/** A database of its own, and how a process is told of it. */
async function fresh(): Promise<{ url: string; token: string; env: NodeJS.ProcessEnv; headers: Record<string, string> }> {
  const name = `faults_${++made}`
  await withClient(server.url, (client) => client.query(`create database ${name} encoding 'UTF8' template template0`))
  const token = randomBytes(32).toString('hex')
  const url = databaseUrl(server.url, name)
  return { url, token, env: { CRMUX_TOKEN: token, DATABASE_URL: url }, headers: { authorization: `Bearer ${token}` } }
}

const running = (env: NodeJS.ProcessEnv, count: number): Promise<Served[]> =>
  Promise.all(Array.from({ length: count }, () => serve(['--log-level', 'info'], env)))

interface Told {
  id: number
  title: string
  version: number
}

/** Writes deals and moves them until it is told to stop, and remembers what was acknowledged. */
function writer(
  origin: () => string,
  headers: Record<string, string>,
  stages: readonly number[],
  acknowledged: Map<number, Told>,
) {
  return async (number: number, isOver: () => boolean) => {
    for (let n = 0; !isOver(); n++) {
      const title = `writer ${number}, deal ${n}`
      const created = await request(`${origin()}/api/v1/deals`, { method: 'POST', headers, body: { title, value: String(n) } })
      if (created.status !== 201) continue
      const { id } = (created.body as { data: { id: number } }).data
      acknowledged.set(id, { id, title, version: 1 })
      const body = { stageId: stages[n % stages.length], title: `${title}, moved` }
      const moved = await request(`${origin()}/api/v1/deals/${id}`, { method: 'PATCH', headers, body })
      if (moved.status === 200) acknowledged.set(id, { id, title: `${title}, moved`, version: 2 })
    }
  }
}

const stagesOf = async (origin: string, headers: Record<string, string>): Promise<number[]> =>
  ((await request(`${origin}/api/v1/stages`, { headers })).body as { data: { id: number }[] }).data.map(({ id }) => id)

/** Acknowledged, and not there as it was acknowledged. */
async function lostOf(url: string, acknowledged: ReadonlyMap<number, Told>): Promise<Told[]> {
  const rows = await withClient(url, async (client) => (await client.query<Told>('select id, title, version from deal')).rows)
  const there = new Map(rows.map((row) => [Number(row.id), row]))
  return [...acknowledged.values()].filter(({ id, title, version }) => {
    const row = there.get(id)
    return !row || Number(row.version) < version || !row.title.startsWith(title)
  })
}

test('three servers on one database: 64 writers, and one of the servers is killed; nothing acknowledged is lost', async () => {
  const { url, env, headers } = await fresh()
  // Together, on a database that has no tables yet: one makes them, the others wait.
  const servers = await running(env, 3)
  const [victim] = servers
  const stages = await stagesOf(victim?.origin ?? '', headers)
  const acknowledged = new Map<number, Told>()
  let isOver = false
  const writers = Array.from({ length: 64 }, (_, number) => {
    const write = writer(() => servers[number % 3]?.origin ?? '', headers, stages, acknowledged)
    // What a dead server was asked is answered by nobody.
    return write(number, () => isOver).catch(() => {})
  })
  while (acknowledged.size < 150) await new Promise((resolve) => setTimeout(resolve, 5))
  victim?.process.kill('SIGKILL')
  const before = acknowledged.size
  while (acknowledged.size < before + 150) await new Promise((resolve) => setTimeout(resolve, 5))
  isOver = true
  await Promise.all(writers)
  expect(await lostOf(url, acknowledged)).toEqual([])
  // One that watches at another server hears of it.
  expect(await crmux(['doctor'], env)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('everything is as it should be'),
  })
  for (const served of servers.slice(1)) expect(await served.stop()).toMatchObject({ code: 0 })
})

test('PostgreSQL is restarted under a server: requests are refused in the dialect’s shape, and then served again', async () => {
  const { url, env, token, headers } = await fresh()
  const [served] = await running(env, 1)
  const origin = served?.origin ?? ''
  const acknowledged = new Map<number, Told>()
  const stages = await stagesOf(origin, headers)
  let isOver = false
  const writers = Array.from({ length: 8 }, (_, number) =>
    writer(() => origin, headers, stages, acknowledged)(number, () => isOver),
  )
  while (acknowledged.size < 50) await new Promise((resolve) => setTimeout(resolve, 5))
  await server.restart(async () => {
    const native = await request(`${origin}/api/v1/deals`, { headers })
    expect([native.status, native.headers.get('content-type')]).toEqual([
      503,
      expect.stringContaining('application/problem+json'),
    ])
    const pipedrive = await request(`${origin}/pipedrive/api/v2/deals?api_token=${token}`)
    expect(pipedrive).toMatchObject({ status: 503, body: { success: false } })
    expect((await request(`${origin}/readyz`)).status).toBe(503)
    expect((await request(`${origin}/healthz`)).status).toBe(200)
    expect(await crmux(['doctor'], env)).toMatchObject({ code: 1, stderr: expect.stringContaining('does not answer') })
  })
  const back = acknowledged.size
  while (acknowledged.size < back + 50) await new Promise((resolve) => setTimeout(resolve, 5))
  isOver = true
  await Promise.all(writers)
  expect((await request(`${origin}/readyz`)).status).toBe(200)
  expect(await lostOf(url, acknowledged)).toEqual([])
  expect(await crmux(['doctor'], env)).toMatchObject({ code: 0 })
  expect(await served?.stop()).toMatchObject({ code: 0 })
})

test('no connection left: what cannot have one is refused, and served when there is one again', async () => {
  const { env, headers } = await fresh()
  const [served] = await running(env, 1)
  const origin = served?.origin ?? ''
  const spare = await fresh()
  // All that is left for ordinary users; the first answer may come over a connection that is there already.
  const taken: (() => void)[] = []
  const holders = Array.from({ length: 120 }, () =>
    withClient(spare.url, () => new Promise<void>((resolve) => taken.push(resolve))).catch(() => {}),
  )
  await vi.waitFor(async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => request(`${origin}/api/v1/deals`, { method: 'POST', headers, body: { title: 'Crowd' } })),
    )
    const statuses = new Set(answers.map(({ status }) => status))
    expect([...statuses].filter((status) => status !== 201 && status !== 503)).toEqual([])
    expect(statuses.has(503)).toBe(true)
  }, 60_000)
  for (const give of taken) give()
  await Promise.all(holders)
  await vi.waitFor(
    async () =>
      expect((await request(`${origin}/api/v1/deals`, { method: 'POST', headers, body: { title: 'Calm' } })).status).toBe(201),
    30_000,
  )
  expect(await crmux(['doctor'], env)).toMatchObject({ code: 0 })
  expect(await served?.stop()).toMatchObject({ code: 0 })
})
