import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { type Answer, type Client, clientOf, type Item } from './client.ts'

/** Devices that are told once of everything that has changed. */
let now = Date.parse('2026-05-15T10:00:00Z')
let app: TestApp
let ws: TestWorkspace
let sell: Client

beforeAll(async () => {
  app = await openTestApp({ now: () => ++now })
})
beforeEach(async () => {
  ws = await app.workspace({ template: 'sell' })
  sell = clientOf({ base: `${app.origin}/sell`, token: ws.token })
})
afterAll(() => app.close())

type Synced = Item & { meta: { type: string; sync: { event_type: string; ack_key: string; revision: number } } }

const device = (name = 'device-1', client = sell) => {
  const headers = { 'x-basecrm-device-uuid': name }
  return {
    start: () => client.send('POST', '/v2/sync/start', undefined, headers),
    fetch: (session: string) => client.send('GET', `/v2/sync/${session}/queues/main`, undefined, headers),
    ack: (keys: string[]) => client.send('POST', '/v2/sync/ack', { data: { ack_keys: keys } }, headers),
  }
}
const sessionOf = ({ body }: Answer): string => String(body.data.id)
const itemsOf = ({ body }: Answer): Synced[] => body.items as Synced[]
const keysOf = (items: Synced[]): string[] => items.map(({ meta }) => meta.sync.ack_key)

/** A whole run, everything acknowledged page by page. */
async function run(name?: string, client = sell): Promise<Synced[]> {
  const { start, fetch, ack } = device(name, client)
  const begun = await start()
  if (begun.status === 204) return []
  const all: Synced[] = []
  for (;;) {
    const page = await fetch(sessionOf(begun))
    if (page.status === 204) return all
    all.push(...itemsOf(page))
    await ack(keysOf(itemsOf(page)))
  }
}
const told = (items: Synced[], type: string) =>
  items.filter(({ meta }) => meta.type === type).map(({ data, meta }) => [data.id, meta.sync.event_type])

test('sell 72: start needs the device, and answers 204 when nothing is new', async () => {
  const bare = await sell.send('POST', '/v2/sync/start')
  expect([bare.status, bare.body.errors[0]?.error.code]).toEqual([400, 'invalid_header'])
  const { start } = device()
  const { status, body } = await start()
  expect(status).toBe(201)
  expect(body).toEqual({
    data: {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      queues: [{ data: { name: 'main', pages: 1, total_count: expect.any(Number) }, meta: { type: 'sync_queue' } }],
    },
    meta: { type: 'sync_session' },
  })
  await run()
  const again = await start()
  expect([again.status, again.text]).toEqual([204, ''])
})

test('a first run tells everything, what is pointed at before what points at it', async () => {
  const deal = await sell.deal()
  const items = await run()
  expect([...new Set(items.map(({ meta }) => meta.type))]).toEqual(['user', 'pipeline', 'stage', 'contact', 'deal'])
  expect(told(items, 'deal')).toEqual([[deal.id, 'created']])
  expect(told(items, 'stage')).toHaveLength(7)
  const last = items.at(-1)
  expect(last?.data).toEqual((await sell.get(`/v2/deals/${deal.id}`)).body.data)
  expect(last?.meta.sync).toEqual({ event_type: 'created', ack_key: `Deal-${deal.id}-1`, revision: 1 })
})

test('later runs tell what has changed since, deletions too, each device for itself', async () => {
  const [kept, gone] = [await sell.deal(), await sell.deal()]
  await run('a')
  await sell.put(`/v2/deals/${kept.id}`, { name: 'Changed' })
  await sell.delete(`/v2/deals/${gone.id}`)
  const made = await sell.deal()
  expect(told(await run('a'), 'deal')).toEqual([
    [kept.id, 'updated'],
    [gone.id, 'deleted'],
    [made.id, 'created'],
  ])
  expect(await run('a')).toEqual([])
  expect(told(await run('b'), 'deal').map(([id]) => id)).toEqual([kept.id, made.id])
})

test('sell 73: ack answers 202 without a body, and until then the page is told again', async () => {
  await sell.deal()
  const { start, fetch, ack } = device()
  const session = sessionOf(await start())
  const first = itemsOf(await fetch(session))
  expect(itemsOf(await fetch(session))).toEqual(first)
  const [one = '', ...rest] = keysOf(first)
  const answer = await ack([one])
  expect([answer.status, answer.text]).toEqual([202, ''])
  expect(keysOf(itemsOf(await fetch(session)))).toEqual(rest)
  await ack([...rest, 'Deal-1-1'])
  expect((await fetch(session)).status).toBe(204)
})

test('every change is told once though pages are many and the world goes on', async () => {
  const made: number[] = []
  for (let index = 0; index < 230; index++) made.push((await sell.deal()).id)
  const { start, fetch, ack } = device()
  const begun = await start()
  const seen: Synced[] = []
  for (let page = 0; ; page++) {
    const answer = await fetch(sessionOf(begun))
    if (answer.status === 204) break
    expect(itemsOf(answer).length).toBeLessThanOrEqual(100)
    seen.push(...itemsOf(answer))
    // What is changed while it is being told comes again with the next run.
    if (page > 0) await sell.put(`/v2/deals/${made[0]}`, { name: `Page ${page}` })
    await ack(keysOf(itemsOf(answer)))
  }
  expect(seen.length).toBeGreaterThan(240)
  const first = told(seen, 'deal').map(([id]) => id)
  expect(new Set(first).size).toBe(first.length)
  const second = told(await run(), 'deal').map(([id]) => id)
  expect([...new Set([...first, ...second])].sort()).toEqual([...made].sort())
})

test('a device is its user’s own, a session its device’s, and neither another account’s', async () => {
  const { start, fetch } = device()
  const session = sessionOf(await start())
  expect((await fetch('00000000-0000-4000-8000-000000000000')).status).toBe(404)
  expect((await device('device-2').fetch(session)).status).toBe(404)
  const colleague = clientOf({ base: `${app.origin}/sell`, token: (await ws.member('viewer')).token })
  expect((await device('device-1', colleague).fetch(session)).status).toBe(404)
  const other = clientOf({ base: `${app.origin}/sell`, token: (await app.workspace({ template: 'sell' })).token })
  expect((await device('device-1', other).fetch(session)).status).toBe(404)
  expect((await run('device-1', colleague)).length).toBeGreaterThan(0)
})

test('what is no acknowledgement is refused', async () => {
  const headers = { 'x-basecrm-device-uuid': 'device-1' }
  for (const body of [{}, { data: {} }, { data: { ack_keys: 'Deal-1-1' } }, { data: { ack_keys: [1] } }])
    expect((await sell.send('POST', '/v2/sync/ack', body, headers)).status).toBe(422)
})
