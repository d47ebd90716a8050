import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { restoreDeal } from '../../../domain/edit-deals.ts'
import { changeStage } from '../../../domain/edit-stages.ts'
import { type Client, clientOf } from './client.ts'

/** The vendor's stream of changes, for whoever keeps a copy. */
let now = Date.parse('2026-05-15T10:00:00Z')
const hour = 3_600_000
let app: TestApp
let ws: TestWorkspace
let sell: Client
let stages: number[]

interface Streamed {
  data: Record<string, unknown>
  meta: Record<string, unknown>
}
interface Page {
  items: Streamed[]
  meta: { type: string; position: string; top: boolean; count: number }
}

beforeAll(async () => {
  app = await openTestApp({ now: () => now })
})
beforeEach(async () => {
  ws = await app.workspace({ template: 'sell' })
  sell = clientOf({ base: `${app.origin}/sell`, token: ws.token })
  stages = (await sell.list('/v2/stages')).map(({ id }) => id)
})
afterAll(() => app.close())

const read = async (query: string, resource = 'deals'): Promise<Page> => {
  const { status, body } = await sell.get(`/v3/${resource}/stream?${query}`)
  expect(status).toBe(200)
  return body as unknown as Page
}
const told = ({ items }: Page) => items.map(({ data, meta }) => [data.id, meta.event_type])

test('sell 70: the stream takes a position and shows what was there before on updates', async () => {
  const deal = await sell.deal({ value: 10.25 })
  now += 1000
  await sell.put(`/v2/deals/${deal.id}`, { stage_id: stages[1], name: 'Other', hot: true })
  const page = await read('position=tail')
  expect(page.meta).toMatchObject({ type: 'collection', top: true, count: 2 })
  expect(told(page)).toEqual([
    [deal.id, 'created'],
    [deal.id, 'updated'],
  ])
  const [created, updated] = page.items
  expect(created?.meta).not.toHaveProperty('previous')
  expect(updated?.meta).toEqual({
    event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    event_type: 'updated',
    event_cause: 'interaction',
    event_time: new Date(now).toISOString().replace('.000', ''),
    type: 'deal',
    sequence: expect.any(Number),
    previous: {
      name: deal.name,
      hot: false,
      stage_id: stages[0],
      last_stage_change_at: deal.last_stage_change_at,
    },
  })
})

test('sell 70: 25 events to a page, a hundred at most, each once and in order', async () => {
  const made: number[] = []
  for (let index = 0; index < 30; index++) made.push((await sell.deal()).id)
  const first = await read('position=tail')
  expect([first.meta.count, first.meta.top]).toEqual([25, false])
  const second = await read(`position=${first.meta.position}`)
  expect([second.meta.count, second.meta.top]).toEqual([5, true])
  expect([...told(first), ...told(second)].map(([id]) => id)).toEqual(made)
  const third = await read(`position=${second.meta.position}&limit=100`)
  expect(third.items).toEqual([])
  const later = await sell.deal()
  expect(told(await read(`position=${third.meta.position}`))).toEqual([[later.id, 'created']])
  expect((await sell.get('/v3/deals/stream?limit=101')).status).toBe(400)
  expect((await sell.get('/v3/deals/stream?position=nonsense')).status).toBe(400)
  expect((await sell.get('/v3/deals/stream?since=1')).status).toBe(400)
})

test('sell 71: a value is a decimal text, custom fields are a list, and the deal is as it is now', async () => {
  const { id } = await sell.deal({ value: 10 })
  const native = { authorization: `Bearer ${ws.token}`, 'content-type': 'application/json' }
  const post = (path: string, body: object, method = 'POST') =>
    fetch(`${app.origin}/api/v1${path}`, { method, headers: native, body: JSON.stringify(body) })
  await post('/custom-fields', { subject: 'deal', name: 'Seats', type: 'number' })
  await sell.put(`/v2/deals/${id}`, { custom_fields: { Seats: 12 } })
  await sell.put(`/v2/deals/${id}`, { value: '1000.5' })
  const { items } = await read('position=tail')
  for (const { data } of items) {
    expect(data).toMatchObject({ id, value: '1000.50' })
    expect(data.custom_field_values).toEqual([{ custom_field: { id: expect.any(Number), name: 'Seats' }, value: 12 }])
    expect(data).not.toHaveProperty('custom_fields')
  }
  expect(items.map(({ meta }) => meta.previous)).toEqual([undefined, { custom_field_values: [] }, { value: '10.00' }])
})

test('a deleted deal is told once more, and is new when it comes back', async () => {
  const { id } = await sell.deal()
  const { meta } = await read('position=top')
  await sell.delete(`/v2/deals/${id}`)
  await restoreDeal(ws.scope, id)
  expect(told(await read(`position=${meta.position}`))).toEqual([
    [id, 'deleted'],
    [id, 'created'],
  ])
})

test('top begins with what comes next', async () => {
  await sell.deal()
  const page = await read('position=top')
  expect([page.items, page.meta.top]).toEqual([[], true])
  const { id } = await sell.deal()
  expect(told(await read(`position=${page.meta.position}`))).toEqual([[id, 'created']])
})

test('after 72 hours the oldest events are no longer in it, and an old position is gone', async () => {
  const old = await sell.deal()
  const { meta } = await read('position=tail')
  now += 71 * hour
  const quiet = await read(`position=${meta.position}`)
  now += 2 * hour
  const fresh = await sell.deal()
  expect(told(await read('position=tail'))).toEqual([[fresh.id, 'created']])
  expect(told(await read('position=tail'))).not.toContainEqual([old.id, 'created'])
  const { status, body } = await sell.get(`/v3/deals/stream?position=${meta.position}`)
  expect([status, body.errors[0]?.error.code]).toEqual([410, 'gone'])
  // Who came by in the meantime has missed nothing.
  expect(told(await read(`position=${quiet.meta.position}`))).toEqual([[fresh.id, 'created']])
})

test('stages are streamed too', async () => {
  const { meta } = await read('position=top', 'stages')
  await changeStage(ws.scope, stages[1] ?? 0, { name: 'Renamed', probability: 33 })
  const { items } = await read(`position=${meta.position}`, 'stages')
  expect(items).toHaveLength(1)
  expect(items[0]?.data).toMatchObject({ id: stages[1], name: 'Renamed', likelihood: 33, category: 'in_progress' })
  expect(items[0]?.meta).toMatchObject({ type: 'stage', event_type: 'updated', previous: { name: 'Qualified', likelihood: 10 } })
})

test('nothing of another account', async () => {
  await sell.deal()
  const other = await app.workspace({ template: 'sell' })
  const theirs = clientOf({ base: `${app.origin}/sell`, token: other.token })
  const { meta } = await read('position=tail')
  expect((await theirs.get('/v3/deals/stream?position=tail')).body.items).toEqual([])
  expect((await theirs.get(`/v3/deals/stream?position=${meta.position}`)).body.items).toEqual([])
})
