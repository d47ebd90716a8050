import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { request, type TestWorkspace, type UuidTable } from '../support/app.ts'
import { crmux, type Served, serve } from '../support/cli.ts'
import type { DialectClient } from '../support/driver.ts'
import { drivers } from '../support/drivers.ts'
import { quickDirectory } from '../support/engine.ts'
import { openReceiver } from '../support/receiver.ts'

// A real server, killed again and again: quick by itself, slow on a machine that is busy with the other tests.
vi.setConfig({ testTimeout: 300_000 })

// A process that is killed loses nothing that it has handed to the kernel: memory is as good as a disk here, and quick.
const data = mkdtempSync(join(quickDirectory, 'crmux-hooks-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

const writers = 16
const changes = 10_000
const kills = 5

const env = (token: string) => ({ CRMUX_TOKEN: token, CRMUX_WEBHOOK_ALLOW_PRIVATE: '1' })

/** The ids of all moves that the log has, ascending. */
async function movesOf(
  deals: readonly { id: number }[],
  api: (method: string, path: string) => Promise<Body>,
): Promise<number[]> {
  const moves: number[] = []
  for (const { id } of deals) {
    for (let next: string | null = ''; next !== null; ) {
      const page: Body = await api('GET', `/deals/${id}/events?limit=200${next === '' ? '' : `&cursor=${next}`}`)
      moves.push(...page.data.filter(({ type }: Body) => type === 'deal.moved').map(({ id }: Body) => id))
      next = page.next
    }
  }
  return moves.sort((a, b) => a - b)
}

/** The five vendors. */
const vendors = drivers.filter(({ name }) => name !== 'native')

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is as its own tests say.
type Body = any

/** What uuids stand for, for the vendor that knows nothing else. */
function uuidsOf(lists: Readonly<Partial<Record<UuidTable, readonly { id: number; uuid: string }[]>>>) {
  const of = (table: UuidTable) => lists[table] ?? []
  return {
    idOf: async (table: UuidTable, uuid: string) => of(table).find((row) => row.uuid === uuid)?.id ?? 0,
    uuidOf: async (table: UuidTable, id: number) => of(table).find((row) => row.id === id)?.uuid ?? '',
  }
}

test(`each of ${changes} stage changes, made through five dialects while the server is killed five times, reaches its receiver in order`, async () => {
  expect(vendors).toHaveLength(5)
  const token = randomBytes(32).toString('hex')
  const receiver = await openReceiver()
  const headers = { authorization: `Bearer ${token}` }
  let served: Served = await serve(['--data', data], env(token))
  const api = async (method: string, path: string, body?: unknown): Promise<Body> => {
    const answer = await request(`${served.origin}/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.body
  }
  const { workspace, user } = await api('GET', '/me')
  const stages = (await api('GET', '/stages')).data
  const open: number[] = stages.filter(({ kind }: Body) => kind === 'open').map(({ id }: Body) => id)
  await api('POST', '/webhooks', { url: receiver.origin, events: ['deal.moved'] })
  const make = async (n: number): Promise<Body> => (await api('POST', '/deals', { title: `Deal ${n}`, stageId: open[0] })).data
  const deals: { id: number; uuid: string }[] = await Promise.all(Array.from({ length: writers }, (_, n) => make(n)))
  const pipelines = (await api('GET', '/pipelines')).data
  const uuids = uuidsOf({ deal: deals, stage: stages, pipeline: pipelines, user: (await api('GET', '/users')).data })
  // What drivers need of a workspace.
  const place = { token, workspace, admin: user, uuids } as unknown as TestWorkspace
  const connect = (index: number): DialectClient | undefined =>
    vendors[index % vendors.length]?.connect({ origin: served.origin, workspace: place })

  let made = 0
  let isDown = false
  const write = async (index: number): Promise<void> => {
    const deal = deals[index]?.id ?? 0
    let client = connect(index)
    let origin = served.origin
    for (let place = 1; made < changes; place++) {
      if (isDown) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        continue
      }
      if (origin !== served.origin) {
        client = connect(index)
        origin = served.origin
      }
      try {
        // A move whose answer never came may have happened; the log alone says.
        if ((await client?.moveDeal?.(deal, open[place % open.length] ?? 0))?.ok) made++
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }
  const running = Array.from({ length: writers }, (_, index) => write(index))
  for (let kill = 1; kill <= kills; kill++) {
    const until = (changes / (kills + 1)) * kill
    while (made < until) await new Promise((resolve) => setTimeout(resolve, 10))
    isDown = true
    served.process.kill('SIGKILL')
    await served.ended
    served = await serve(['--data', data], env(token))
    isDown = false
  }
  await Promise.all(running)

  // What the log has is what has to arrive.
  const moves = await movesOf(deals, api)
  expect(moves.length).toBeGreaterThanOrEqual(changes)
  const arrived = () => new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size
  const patience = Date.now() + 60_000
  while (arrived() < moves.length && Date.now() < patience) await new Promise((resolve) => setTimeout(resolve, 50))
  await served.stop()
  await receiver.close()

  const first = new Map<string, { event: number; deal: number }>()
  for (const { headers, body } of receiver.received) {
    const { data } = JSON.parse(body)
    const id = headers['webhook-id'] ?? ''
    const known = first.get(id)
    // One id is one event, however often it comes.
    if (known) expect([known.event, known.deal]).toEqual([data.eventId, data.deal.id])
    else first.set(id, { event: data.eventId, deal: data.deal.id })
  }
  const seen = [...first.values()]
  expect(seen.map(({ event }) => event).sort((a, b) => a - b)).toEqual(moves)
  for (const { id } of deals) {
    const own = seen.filter(({ deal }) => deal === id).map(({ event }) => event)
    expect(own).toEqual(own.toSorted((a, b) => a - b))
  }
  // Only what was under way when a process died comes twice.
  expect(receiver.received.length - seen.length).toBeLessThan(kills * writers * 4)
  expect(await crmux(['doctor', '--data', data])).toMatchObject({ code: 0 })
})
