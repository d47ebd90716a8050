import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { changeDeal, createDeal } from '../../../domain/edit-deals.ts'
import { addParty } from '../../../domain/party.ts'
import { account, clientIn, type Item, stageOf } from './client.ts'

let app: TestApp
let now = Date.UTC(2026, 0, 5, 9)
beforeAll(async () => {
  app = await openTestApp({ now: () => now })
})
afterAll(() => app.close())

const minute = 60_000

test('pipeback 57, 60, 61: a deal shows everything that was said of it, in the vendor’s order', async () => {
  const { ws, client, sales } = await account(app)
  const contact = await addParty(ws.scope, { kind: 'person', name: 'Bo' })
  const company = await addParty(ws.scope, { kind: 'company', name: 'Acme' })
  const owner = (await ws.member('member', 'Olga')).user
  const deal = await client.make('/app/deals', {
    name: 'Website',
    pipeline_id: sales.id,
    pipeline_stage_id: stageOf(sales, 2).id,
    amount: 5_000_000,
    contact_id: contact.uuid,
    company_id: company.uuid,
    owner_id: owner.uuid,
    expected_close_date: '2026-02-28',
  })
  expect(deal).toEqual({
    id: expect.any(String),
    workspace_id: ws.workspace.uuid,
    pipeline_id: sales.id,
    pipeline_stage_id: stageOf(sales, 2).id,
    contact_id: contact.uuid,
    company_id: company.uuid,
    owner_id: owner.uuid,
    owner: { id: owner.uuid, name: 'Olga', photo_url: null },
    currency_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    sort: 1,
    name: 'Website',
    status: 'open',
    status_changed_at: '2026-01-05 09:00:00',
    amount: 5_000_000,
    amount_formatted: '$50,000.00',
    expected_close_date: '2026-02-28',
    source_origin: 'api',
    source_channel_id: null,
    source_reference_id: null,
    created_at: '2026-01-05 09:00:00',
    updated_at: '2026-01-05 09:00:00',
  })
  expect(Object.keys(deal).slice(-4)).toEqual(['source_channel_id', 'source_reference_id', 'created_at', 'updated_at'])
  expect((await client.get(`/app/deals/${deal.id}`)).body.data).toEqual(deal)
  const cleared = await client.put(`/app/deals/${deal.id}`, { contact_id: null, company_id: null, expected_close_date: null })
  expect(cleared.body.data).toMatchObject({ contact_id: null, company_id: null, expected_close_date: null, name: 'Website' })
})

test('pipeback 57: what came another way came manually, and brings the id it has elsewhere', async () => {
  const { ws, client } = await account(app)
  const { uuid } = await createDeal(ws.scope, { title: 'Imported', externalId: 'row 7' })
  const { data } = (await client.get(`/app/deals/${uuid}`)).body
  expect([data.source_origin, data.source_reference_id]).toEqual(['manually', 'row 7'])
})

test('pipeback 56, 58, 59: winning, losing and opening again leave a deal in its stage', async () => {
  const { ws, client, sales } = await account(app)
  const { id } = await client.make('/app/deals', { name: 'x', pipeline_id: sales.id, pipeline_stage_id: stageOf(sales, 2).id })
  let before = '2026-01-05 09:00:00'
  for (const status of ['won', 'lost', 'open', 'won', 'open'] as const) {
    now += minute
    const { data } = (await client.put(`/app/deals/${id}`, { status })).body
    expect([data.status, data.pipeline_stage_id]).toEqual([status, stageOf(sales, 2).id])
    expect(String(data.status_changed_at) > before).toBe(true)
    before = String(data.status_changed_at)
  }
  now += minute
  const moved = (await client.put(`/app/deals/${id}`, { pipeline_stage_id: stageOf(sales, 1).id })).body.data
  expect([moved.pipeline_stage_id, moved.status_changed_at]).toEqual([stageOf(sales, 1).id, before])
  const refused = await client.put(`/app/deals/${id}`, { status: 'archived' })
  expect([refused.status, refused.body.errors]).toEqual([422, { status: ['The selected status is invalid.'] }])
  const model = await ws.scope.store.deals.byUuid(id)
  expect([model?.outcome, model?.stageId === model?.openStageId]).toEqual(['open', true])
})

test('a closed deal moves on and stays closed; one that is made closed is so at once', async () => {
  const { client, sales, other } = await account(app)
  const deal = await client.make('/app/deals', { name: 'x', pipeline_id: sales.id, status: 'won' })
  expect([deal.status, deal.pipeline_stage_id]).toEqual(['won', stageOf(sales, 1).id])
  const { data } = (await client.put(`/app/deals/${deal.id}`, { pipeline_stage_id: stageOf(other, 2).id })).body
  expect([data.status, data.pipeline_id, data.pipeline_stage_id]).toEqual(['won', other.id, stageOf(other, 2).id])
})

test('saying lost again to a deal that is unqualified leaves it so, and it shows as lost', async () => {
  const ws = await app.workspace({ template: 'sell' })
  const client = clientIn(app, ws)
  const { id, uuid } = await createDeal(ws.scope, { title: 'x' })
  await changeDeal(ws.scope, id, { outcome: 'unqualified' })
  expect((await client.put(`/app/deals/${uuid}`, { status: 'lost' })).body.data.status).toBe('lost')
  expect((await ws.scope.store.deals.get(id))?.outcome).toBe('unqualified')
  expect((await client.list('/app/deals?status=lost')).body.data.map((deal) => deal.id)).toEqual([uuid])
})

test('pipeback 60: amounts are whole units of the smallest coin, in the manner of their currency', async () => {
  const { client, sales } = await account(app)
  const make = (amount: number, currency_id?: string) =>
    client.make('/app/deals', { name: 'x', pipeline_id: sales.id, amount, currency_id })
  const euro = await make(123_456, 'EUR')
  const shown = async (amount: number, currency?: string) => {
    const deal = await make(amount, currency)
    return [deal.amount, deal.amount_formatted]
  }
  expect([euro.amount, euro.amount_formatted]).toEqual([123_456, '€1,234.56'])
  expect((await make(1, String(euro.currency_id))).amount_formatted).toBe('€0.01')
  expect(await shown(1500, 'JPY')).toEqual([1500, '¥1,500'])
  expect(await shown(0)).toEqual([0, '$0.00'])
  expect(await shown(-250)).toEqual([-250, '-$2.50'])
  expect(await shown(1_000_000_000_000_000)).toEqual([1_000_000_000_000_000, '$10,000,000,000,000.00'])
  const { status, body } = await client.post('/app/deals', { name: 'x', pipeline_id: sales.id, currency_id: 'XYZ' })
  expect([status, body.errors]).toEqual([422, { currency_id: ['The selected currency id is invalid.'] }])
})

test('pipeback 61: a date is a day of the calendar', async () => {
  const { client, sales } = await account(app)
  const message = 'The expected close date field must match the format Y-m-d.'
  for (const expected_close_date of ['2026-02-30', '28.02.2026', '2026-02-28 10:00:00', '']) {
    const { status, body } = await client.post('/app/deals', { name: 'x', pipeline_id: sales.id, expected_close_date })
    expect([status, body]).toEqual([422, { status: 'error', message, errors: { expected_close_date: [message] } }])
  }
})

test('pipeback 62, 63: a deal enters at the first stage, or at one of the pipeline that is named', async () => {
  const { client, sales, other } = await account(app)
  const deal = await client.make('/app/deals', { name: 'x', pipeline_id: other.id })
  expect(deal.pipeline_stage_id).toBe(stageOf(other, 1).id)
  const wrong = { pipeline_id: sales.id, pipeline_stage_id: stageOf(other, 1).id }
  const errors = { pipeline_stage_id: ['The selected pipeline stage id is invalid.'] }
  const made = await client.post('/app/deals', { name: 'x', ...wrong })
  expect([made.status, made.body.errors]).toEqual([422, errors])
  const moved = await client.put(`/app/deals/${deal.id}`, wrong)
  expect([moved.status, moved.body.errors]).toEqual([422, errors])
  const { data } = (await client.put(`/app/deals/${deal.id}`, { pipeline_id: sales.id })).body
  expect(data.pipeline_stage_id).toBe(stageOf(sales, 1).id)
  const nowhere = await client.post('/app/deals', { name: 'x' })
  expect([nowhere.status, nowhere.body.errors]).toEqual([422, { pipeline_id: ['The pipeline id field is required.'] }])
})

test('pipeback 64: the number of a deal counts within its stage, in the order of the board', async () => {
  const { client, sales } = await account(app)
  const make = (name: string, sort: number) => {
    now += minute
    return client.make('/app/deals', { name, pipeline_id: sales.id, pipeline_stage_id: stageOf(sales, sort).id })
  }
  const numbers = async () =>
    Object.fromEntries((await client.list('/app/deals')).body.data.map(({ name, sort }) => [name, sort]))
  const first = await make('a', 1)
  await make('b', 1)
  await make('c', 2)
  // What came last lies on top.
  expect(await numbers()).toEqual({ a: 2, b: 1, c: 1 })
  now += minute
  await client.put(`/app/deals/${first.id}`, { pipeline_stage_id: stageOf(sales, 2).id })
  expect(await numbers()).toEqual({ a: 1, b: 1, c: 2 })
})

test('pipeback 65: a body that is no JSON is refused, and nothing is changed', async () => {
  const { client, sales } = await account(app)
  const message = 'The request body is malformed.'
  for (const body of ['{"name":', '{name:"x"}', '']) {
    const answer = await client.send('POST', '/app/deals', body)
    expect([answer.status, answer.body.status]).toEqual([body === '' ? 422 : 400, 'error'])
    if (body !== '') expect(answer.body).toEqual({ status: 'error', message })
  }
  expect((await client.get(`/app/pipelines/${sales.id}`)).body.data.total_deals).toBe(0)
})

test('forms are taken as well', async () => {
  const { client, sales } = await account(app)
  const body = new URLSearchParams({ name: 'x', pipeline_id: sales.id, amount: '1250' }).toString()
  const answer = await client.send('POST', '/app/deals', `${body}&name=last`, {
    'content-type': 'application/x-www-form-urlencoded',
  })
  expect([answer.status, answer.body.data?.name, answer.body.data?.amount]).toEqual([201, 'last', 1250])
})

test('a deleted deal is gone for good, and kept', async () => {
  const { ws, client, sales } = await account(app)
  const { id } = await client.make('/app/deals', { name: 'x', pipeline_id: sales.id })
  const answer = await client.delete(`/app/deals/${id}`)
  expect([answer.status, answer.body]).toEqual([200, {}])
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
    expect((await client.send(method, `/app/deals/${id}`, method.startsWith('P') ? {} : undefined)).status).toBe(404)
  expect((await ws.scope.store.deals.byUuid(id))?.deletedAt).toBe(now)
})

describe('lists of deals', () => {
  let here: Awaited<ReturnType<typeof account>>
  let deals: Item[]
  beforeAll(async () => {
    here = await account(app)
    const { client, sales, other } = here
    deals = []
    for (let n = 0; n < 32; n++) {
      const pipeline = n < 30 ? sales : other
      const status = n === 3 ? 'won' : n === 4 ? 'lost' : 'open'
      deals.push(await client.make('/app/deals', { name: `Deal ${n}`, pipeline_id: pipeline.id, status }))
    }
  })

  test('pipeback 66: are paged with links and counts', async () => {
    const { client } = here
    const path = `${app.origin}/pipeback/app/deals`
    const second = (await client.list('/app/deals?page=2&status=&nonsense=1')).body
    expect(second.data.map(({ id }) => id)).toEqual(deals.slice(15, 30).map(({ id }) => id))
    const link = (page: number) => `${path}?status=&nonsense=1&page=${page}`
    expect(second.links).toEqual({ first: link(1), last: link(3), prev: link(1), next: link(3) })
    expect(second.meta).toEqual({ current_page: 2, from: 16, last_page: 3, path, per_page: 15, to: 30, total: 32 })
    const seen: string[] = []
    for (let url: string | null = '/app/deals?per_page=10'; url; ) {
      const { body }: { body: typeof second } = await client.list(url)
      seen.push(...body.data.map(({ id }) => id))
      url = body.links.next?.replace(`${app.origin}/pipeback`, '') ?? null
    }
    expect(seen).toEqual(deals.map(({ id }) => id))
  })

  test('pipeback 66: an empty page says so', async () => {
    const { body } = await here.client.list('/app/deals?page=9')
    expect(body.data).toEqual([])
    expect(body.meta).toMatchObject({ current_page: 9, from: null, to: null, last_page: 3, total: 32 })
    const none = (await here.client.list('/app/deals?owner_id=nobody')).body
    expect(none.meta).toMatchObject({ current_page: 1, from: null, to: null, last_page: 1, total: 0 })
    expect([none.links.prev, none.links.next]).toEqual([null, null])
  })

  test('sizes are kept within bounds, and what is no number is not said', async () => {
    const sizes = {
      'per_page=1000': 100,
      'per_page=0': 15,
      'per_page=-1': 15,
      'per_page=x': 15,
      'per_page=7': 7,
      'per_page=1&per_page=2': 2,
    }
    for (const [query, size] of Object.entries(sizes))
      expect([query, (await here.client.list(`/app/deals?${query}`)).body.meta.per_page]).toEqual([query, size])
    for (const page of ['0', '-1', 'x', '1e3', ''])
      expect([page, (await here.client.list(`/app/deals?page=${page}`)).body.meta.current_page]).toEqual([page, 1])
    expect((await here.client.list('/app/deals?page=9223372036854775808')).body.data).toEqual([])
  })

  test('can be narrowed', async () => {
    const { ws, client, sales, other } = here
    const count = async (query: string) => {
      const { data, meta } = (await client.list(`/app/deals?${query}&per_page=100`)).body
      expect(data.length).toBe(meta.total)
      return data.length
    }
    expect(await count(`pipeline_id=${other.id}`)).toBe(2)
    expect(await count(`pipeline_id=${sales.id}`)).toBe(30)
    expect(await count(`pipeline_stage_id=${stageOf(sales, 1).id}`)).toBe(30)
    expect(await count(`pipeline_stage_id=${stageOf(sales, 1).id}&status=open`)).toBe(28)
    expect(await count('status=won')).toBe(1)
    expect(await count('status=lost')).toBe(1)
    expect(await count('status=nonsense')).toBe(0)
    expect(await count('status=constructor')).toBe(0)
    expect(await count(`owner_id=${ws.admin.uuid}`)).toBe(32)
    expect(await count('search=deal+31')).toBe(1)
    expect(await count('search=%2B')).toBe(0)
    expect(await count('contact_id=none')).toBe(0)
  })
})
