import { randomBytes } from 'node:crypto'
import { afterAll, expect, inject, test, vi } from 'vitest'
import { request } from '../support/app.ts'
import { crmux, type Served, serve } from '../support/cli.ts'
import { databaseUrl, withClient } from '../support/postgres.ts'
import { openReceiver, type Receiver } from '../support/receiver.ts'

/** Several server processes on one database share the work of delivering, and a receiver cannot tell that they are several. */

// Real processes: quick by themselves, slow on a machine that is busy with the other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const databases: string[] = []
const closing: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
  await withClient(inject('postgresUrl'), async (client) => {
    for (const name of databases) await client.query(`drop database if exists ${name} with (force)`)
  })
})

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is as its own tests say.
type Body = any

const writers = 12
const changes = 240

interface Office {
  url: string
  env: NodeJS.ProcessEnv
  receiver: Receiver
  /** Starts another server. */
  open(): Promise<Served>
  api(served: Served, method: string, path: string, body?: unknown): Promise<Body>
  /** How often each pair of subscription and event was told, in the order in which it was told first. */
  told(): Map<string, { hook: string; event: number; deal: number; times: number }>
  /** The ids of all moves that the log has, ascending. */
  moves(): Promise<number[]>
}

async function openOffice(): Promise<Office> {
  const name = `hooks_${process.pid}_${databases.length + 1}`
  databases.push(name)
  await withClient(inject('postgresUrl'), (client) => client.query(`create database ${name} encoding 'UTF8' template template0`))
  const url = databaseUrl(inject('postgresUrl'), name)
  const token = randomBytes(32).toString('hex')
  const env = { CRMUX_TOKEN: token, DATABASE_URL: url, CRMUX_WEBHOOK_ALLOW_PRIVATE: '1' }
  const receiver = await openReceiver()
  closing.push(() => receiver.close())
  return {
    url,
    env,
    receiver,
    open: () => serve(['--log-level', 'info'], env),
    api: async (served, method, path, body) => {
      const headers = { authorization: `Bearer ${token}` }
      const answer = await request(`${served.origin}/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
      expect(answer.status, answer.text).toBeLessThan(300)
      return answer.body
    },
    told: () => {
      const told: ReturnType<Office['told']> = new Map()
      for (const { path: hook, body } of receiver.received) {
        const { data } = JSON.parse(body)
        const key = `${hook} ${data.eventId}`
        const known = told.get(key)
        if (known) known.times++
        else told.set(key, { hook, event: data.eventId, deal: data.deal.id, times: 1 })
      }
      return told
    },
    moves: () =>
      withClient(url, async (client) => {
        const { rows } = await client.query<{ id: string }>("select id from event where type = 'deal.moved' order by id")
        return rows.map(({ id }) => Number(id))
      }),
  }
}

const hooks = ['/one', '/two']

/** Subscriptions, and deals that one writer each moves to and fro through whichever server it is given. */
async function furnish({ api, receiver }: Office, served: Served): Promise<{ deals: number[]; stages: number[] }> {
  for (const path of hooks) await api(served, 'POST', '/webhooks', { url: receiver.origin + path, events: ['deal.moved'] })
  const stages: Body[] = (await api(served, 'GET', '/stages')).data
  const open = stages.filter(({ kind }) => kind === 'open').map(({ id }) => id)
  const deals: number[] = []
  for (let n = 0; n < writers; n++) {
    deals.push((await api(served, 'POST', '/deals', { title: `Deal ${n}`, stageId: open[0] })).data.id)
  }
  return { deals, stages: open }
}

/** Everything that the log has was told to both, each deal's in its order. */
async function expectTold(office: Office, deals: readonly number[]): Promise<void> {
  const moves = await office.moves()
  await vi.waitFor(() => expect(office.told().size).toBe(hooks.length * moves.length), { timeout: 60_000, interval: 50 })
  const told = [...office.told().values()]
  for (const path of hooks) {
    const own = told.filter(({ hook }) => hook === path)
    expect(own.map(({ event }) => event).sort((a, b) => a - b)).toEqual(moves)
    for (const id of deals) {
      const events = own.filter(({ deal }) => deal === id).map(({ event }) => event)
      expect(events).toEqual(events.toSorted((a, b) => a - b))
    }
  }
}

const isQuiet = (office: Office) =>
  withClient(office.url, async (client) => {
    const { rows } = await client.query(
      "select (select count(*) from outbox) + (select count(*) from delivery where state = 'pending') as n",
    )
    return Number(rows[0].n) === 0
  })

test('three servers on one database: each change is told exactly once, in order per deal', async () => {
  const office = await openOffice()
  const servers = [await office.open(), ...(await Promise.all([office.open(), office.open()]))]
  const [first] = servers
  const { deals, stages } = await furnish(office, first as Served)
  // One that takes its time: there is always something under way.
  office.receiver.answer = (_, res) => void setTimeout(() => res.writeHead(204).end(), 2)
  await Promise.all(
    deals.map(async (id, index) => {
      for (let n = 1; n <= changes / writers; n++) {
        const served = servers[(index + n) % servers.length] as Served
        await office.api(served, 'POST', `/deals/${id}/move`, { stageId: stages[n % stages.length] })
      }
    }),
  )
  await expectTold(office, deals)
  expect(await office.moves()).toHaveLength(changes)
  await vi.waitFor(async () => expect(await isQuiet(office)).toBe(true), { timeout: 30_000 })
  expect([...office.told().values()].filter(({ times }) => times > 1)).toEqual([])
  expect(office.receiver.received).toHaveLength(hooks.length * changes)
  expect(await crmux(['doctor'], office.env)).toMatchObject({ code: 0 })
  for (const served of servers) expect(await served.stop()).toMatchObject({ code: 0 })
})

test('the server that delivers is killed: another takes over, nothing is missing, nothing is out of order', async () => {
  const office = await openOffice()
  const victim = await office.open()
  const { deals, stages } = await furnish(office, victim)
  office.receiver.answer = (_, res) => void setTimeout(() => res.writeHead(204).end(), 10)
  // Alone, so that both subscriptions are its own; it keeps them as long as there is something to send.
  await office.api(victim, 'POST', `/deals/${deals[0]}/move`, { stageId: stages[1] })
  await vi.waitFor(() => expect(office.receiver.received).toHaveLength(hooks.length), { timeout: 30_000 })
  const owners = () =>
    withClient(office.url, async (client) => {
      const { rows } = await client.query<{ by: string }>('select distinct leased_by as by from webhook_health')
      return rows.map(({ by }) => by)
    })
  const before = await owners()
  expect(before).toEqual([expect.any(String)])
  const others = await Promise.all([office.open(), office.open()])
  const servers = [victim, ...others]
  let isDead = false
  const moving = deals.map(async (id, index) => {
    for (let n = 2; n <= changes / writers; n++) {
      const candidates = isDead ? others : servers
      const served = candidates[(index + n) % candidates.length] as Served
      await office.api(served, 'POST', `/deals/${id}/move`, { stageId: stages[n % stages.length] }).catch((error) => {
        // What a dead server was asked has happened or not; the log alone says.
        if (served !== victim) throw error
      })
    }
  })
  await vi.waitFor(() => expect(office.receiver.received.length).toBeGreaterThan(changes / 4), { timeout: 30_000, interval: 5 })
  isDead = true
  expect(await owners()).toEqual(before)
  victim.process.kill('SIGKILL')
  await victim.ended
  await Promise.all(moving)
  await expectTold(office, deals)
  await vi.waitFor(async () => expect(await isQuiet(office)).toBe(true), { timeout: 30_000 })
  expect(await owners()).not.toContain(before[0])
  // Only what was under way in the process that died came twice.
  const twice = [...office.told().values()].filter(({ times }) => times > 1)
  expect(twice.length).toBeLessThanOrEqual(hooks.length * writers)
  expect(twice.filter(({ times }) => times > 2)).toEqual([])
  expect(await crmux(['doctor'], office.env)).toMatchObject({ code: 0 })
  for (const served of others) expect(await served.stop()).toMatchObject({ code: 0 })
})
