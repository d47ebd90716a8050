import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { type Body, type Client, clientOf } from './client.ts'

let app: TestApp
let now = Date.parse('2026-05-01T00:00:00Z')
beforeAll(async () => {
  app = await openTestApp({ now: () => now })
})
afterAll(() => app.close())

async function open(): Promise<{ api: Client; pipelineId: number; lead: number; offer: number }> {
  const ws = await app.workspace()
  const api = clientOf({ origin: app.origin, token: ws.token })
  const { body } = await api.post('/pipelines', {
    name: 'Selling',
    hasProbability: true,
    stages: [
      { name: 'Lead', probability: 25, rotAfterDays: 3 },
      { name: 'Offer', probability: 50 },
    ],
  })
  const [lead, offer] = (await api.get(`/pipelines/${body.data.id}/stages`)).body.data
  return { api, pipelineId: body.data.id, lead: lead.id, offer: offer.id }
}

test('native: the board shows every column with its totals and first cards, and where its cards go on', async () => {
  const { api, pipelineId, lead } = await open()
  for (const title of ['a', 'b', 'c']) {
    now += 1000
    await api.post('/deals', { title, amount: 1001, stageId: lead })
  }
  await api.post('/deals', { title: 'archived', amount: 1, stageId: lead, isArchived: true })
  const { body } = await api.get(`/pipelines/${pipelineId}/board?limit=2`)
  expect(body.data.pipeline).toMatchObject({ id: pipelineId })
  expect(body.data.columns.map(({ stage }: Body) => stage.name)).toEqual(['Lead', 'Offer', 'Won', 'Lost'])
  const [column] = body.data.columns
  expect(column.cards.map(({ title }: Body) => title)).toEqual(['c', 'b'])
  expect(column.cards[0].rotsAt).toBe(new Date(now + 3 * 86_400_000).toISOString())
  // 3 × 1001 × 25 % = 750.75
  expect(column.totals).toEqual([{ currency: 'USD', count: 3, amount: 3003, value: '30.03', weightedAmount: 751 }])
  const rest = await api.get(`/deals?stageId=${lead}&isArchived=false&sort=rank&cursor=${column.next}`)
  expect(rest.body.data.map(({ title }: Body) => title)).toEqual(['a'])
  expect(body.data.columns[1]).toMatchObject({ cards: [], next: null, totals: [] })
})

test('native: totals are per currency and kind, converted at the workspace’s own rates, and name what has none', async () => {
  const { api, pipelineId, lead, offer } = await open()
  await api.patch('/workspace', { rates: { EUR: 1.1, JPY: 0.0065 } })
  const add = (deal: object) => api.post('/deals', { title: 'Deal', pipelineId, ...deal })
  await add({ stageId: lead, value: '100.00' })
  await add({ stageId: lead, value: '200.00', probability: 80 })
  await add({ stageId: lead, value: '10.00', currency: 'EUR' })
  await add({ stageId: offer, value: '1000', currency: 'JPY' })
  await add({ stageId: offer, value: '5', currency: 'CHF' })
  await add({ value: '7.00', outcome: 'won' })
  await add({ value: '9.00', outcome: 'lost' })
  const { data } = (await api.get(`/pipelines/${pipelineId}/totals`)).body
  expect(data.isWeighted).toBe(true)
  expect(data.stages[0]).toEqual({
    stageId: lead,
    kind: 'open',
    totals: [
      { currency: 'EUR', count: 1, amount: 1000, value: '10.00', weightedAmount: 250 },
      { currency: 'USD', count: 2, amount: 30000, value: '300.00', weightedAmount: 18500 },
    ],
    converted: { currency: 'USD', amount: 31100, value: '311.00', weightedAmount: 18775, missing: [] },
  })
  const outcome = (name: string) => data.outcomes.find((row: Body) => row.outcome === name)
  expect(outcome('open').totals.map(({ currency }: Body) => currency)).toEqual(['CHF', 'EUR', 'JPY', 'USD'])
  expect(outcome('open').converted).toMatchObject({ amount: 31100 + 650, missing: ['CHF'] })
  expect(outcome('won').totals).toEqual([{ currency: 'USD', count: 1, amount: 700, value: '7.00', weightedAmount: 700 }])
  expect(outcome('lost').totals[0]).toMatchObject({ count: 1, amount: 900, weightedAmount: 0 })
  expect(outcome('unqualified').totals).toEqual([])
})

test('native: nothing is weighted where probabilities do not count', async () => {
  const { api, pipelineId, lead } = await open()
  await api.post('/deals', { title: 'Deal', amount: 5, stageId: lead })
  await api.patch('/workspace', { features: { probability: false } })
  const { data } = (await api.get(`/pipelines/${pipelineId}/totals`)).body
  expect(data.isWeighted).toBe(false)
  expect(data.stages[0].totals[0].weightedAmount).toBeNull()
  expect(data.stages[0].converted.weightedAmount).toBeNull()
})

test('native: a sum beyond what a double counts is told exactly', async () => {
  const { api, pipelineId, lead } = await open()
  const deals = (last: number) =>
    Array.from({ length: 10 }, (_, i) => ({ title: 'Huge', amount: i === 9 ? last : 999_999_999_999_999, stageId: lead }))
  await api.post('/deals/bulk', { deals: deals(7) })
  const { text } = await api.get(`/pipelines/${pipelineId}/totals`)
  expect(text).toContain('"amount":8999999999999998,"value":"89999999999999.98"')
  await api.post('/deals/bulk', { deals: deals(6) })
  // Odd, and no double above 2^53 is.
  expect((await api.get(`/pipelines/${pipelineId}/totals`)).text).toContain(
    '"amount":17999999999999995,"value":"179999999999999.95"',
  )
})

test('native: the events of a deal are told exactly as the operating contract says, in their order and by page', async () => {
  const { api, lead, offer } = await open()
  const deal = (await api.post('/deals', { title: 'Deal', stageId: lead })).body.data
  now = Date.parse('2026-06-01T00:00:00Z')
  await api.post(`/deals/${deal.id}/move`, { stageId: offer })
  await api.post(`/deals/${deal.id}/win`)
  await api.delete(`/deals/${deal.id}`)
  const path = `/deals/${deal.id}/events`
  const { data, next } = (await api.get(path)).body
  expect(next).toBeNull()
  expect(data.map(({ type }: Body) => type)).toEqual(['deal.created', 'deal.moved', 'deal.moved', 'deal.deleted'])
  for (const event of data) expect(Object.keys(event)).toEqual(['id', 'type', 'at', 'user', 'dialect', 'before', 'after'])
  expect(data[1]).toMatchObject({
    at: '2026-06-01T00:00:00.000Z',
    dialect: 'native',
    user: deal.ownerId,
    before: { stageId: lead, stageChangedAt: null },
    after: { stageId: offer, stageChangedAt: '2026-06-01T00:00:00.000Z' },
  })
  expect(data[0].before).toBeNull()
  expect(data[0].after).toMatchObject({ title: 'Deal', stageId: lead, outcome: 'open' })
  expect(data[2].after).toMatchObject({ outcome: 'won', closedAt: '2026-06-01T00:00:00.000Z' })
  expect(await api.all(`${path}?limit=1`)).toEqual(data)
  expect(await api.all(`${path}?limit=3&sort=-id`)).toEqual([...data].reverse())
})

test('native: events of everything, or of one record', async () => {
  const { api, pipelineId, lead } = await open()
  await api.patch(`/stages/${lead}`, { name: 'Renamed' })
  await api.patch(`/pipelines/${pipelineId}`, { name: 'Renamed' })
  const all = await api.all('/events?limit=5')
  expect(all.at(-1)).toMatchObject({ type: 'pipeline.updated', subjectId: pipelineId, after: { name: 'Renamed' } })
  expect(all.map(({ id }) => id)).toEqual([...all.map(({ id }) => id)].sort((a, b) => a - b))
  const ofStage = (await api.get(`/stages/${lead}/events`)).body.data
  expect(ofStage.map(({ type }: Body) => type)).toEqual(['stage.created', 'stage.updated'])
  expect((await api.get(`/events?subject=stage&subjectId=${lead}`)).body.data.map(({ id }: Body) => id)).toEqual(
    ofStage.map(({ id }: Body) => id),
  )
  expect((await api.get(`/pipelines/${pipelineId}/events`)).body.data).toHaveLength(2)
  expect((await api.get('/events?subject=stage')).body.errors[0]).toMatchObject({ field: 'subjectId', rule: 'required' })
})

test('native: a column goes to any place at once, and shows whom its deals are with', async () => {
  const { api, pipelineId, lead } = await open()
  const { id: companyId } = (await api.post('/companies', { name: 'Acme' })).body.data
  const { id: contactId } = (await api.post('/contacts', { name: 'Ada Lovelace' })).body.data
  for (const title of ['a', 'b', 'c', 'd']) {
    now += 1000
    await api.post('/deals', { title, stageId: lead, companyId, contactId })
  }
  await api.delete(`/companies/${companyId}`)
  const column = (await api.get(`/stages/${lead}/column?skip=1&limit=2`)).body.data
  expect(column.cards.map(({ title }: Body) => title)).toEqual(['c', 'b'])
  expect(column.cards[0]).toMatchObject({ companyName: 'Acme', contactName: 'Ada Lovelace' })
  expect(column.stage.id).toBe(lead)
  expect(column.totals[0].count).toBe(4)
  expect(column.next).not.toBeNull()
  const { columns } = (await api.get(`/pipelines/${pipelineId}/board?limit=2`)).body.data
  expect({ ...columns[0], cards: [], next: null }).toEqual({ ...column, cards: [], next: null })
  expect((await api.get(`/stages/${lead}/column?skip=3`)).body.data).toMatchObject({ cards: [{ title: 'a' }], next: null })
  // From whichever end it is found, a place has the same cards, and goes on with the same ones.
  for (const [sort, whole] of [
    ['rank', 'dcba'],
    ['-rank', 'abcd'],
  ] as const) {
    for (const skip of [0, 1, 2, 3, 4]) {
      const { cards, next } = (await api.get(`/stages/${lead}/column?skip=${skip}&limit=1&sort=${sort}`)).body.data
      const rest = next ? (await api.get(`/deals?stageId=${lead}&isArchived=false&sort=${sort}&cursor=${next}`)).body.data : []
      expect([...cards, ...rest].map(({ title }: Body) => title).join('')).toBe(whole.slice(skip))
    }
  }
  expect((await api.get(`/stages/${lead}/column?skip=-1`)).status).toBe(400)
  expect((await api.get('/stages/999999/column')).status).toBe(404)
})

test('native: the board’s cards can be filtered and sorted; its totals stay whole', async () => {
  const { api, pipelineId, lead, offer } = await open()
  await api.post('/deals', { title: 'Old roof', amount: 100, stageId: lead })
  now += 4 * 86_400_000
  await api.post('/deals', { title: 'New roof', amount: 300, stageId: lead })
  now += 1000
  await api.post('/deals', { title: 'New door', amount: 200, stageId: lead })
  await api.post('/deals', { title: 'Old door', amount: 200, stageId: offer })
  const titles = async (query: string) => {
    const { columns } = (await api.get(`/pipelines/${pipelineId}/board?kinds=open&${query}`)).body.data
    return columns.map(({ cards }: Body) => cards.map(({ title }: Body) => title))
  }
  expect(await titles('rotting=true')).toEqual([['Old roof'], []])
  expect(await titles('rotting=false')).toEqual([['New door', 'New roof'], ['Old door']])
  expect(await titles('text=roof&sort=amount')).toEqual([['Old roof', 'New roof'], []])
  expect(await titles('sort=-amount')).toEqual([['New roof', 'New door', 'Old roof'], ['Old door']])
  const { columns } = (await api.get(`/pipelines/${pipelineId}/board?text=nothing`)).body.data
  expect(columns[0]).toMatchObject({ cards: [], next: null, totals: [{ count: 3, amount: 600 }] })
})
