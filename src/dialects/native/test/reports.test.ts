import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { type Body, type Client, clientOf } from './client.ts'

let app: TestApp
let now = 0
beforeAll(async () => {
  app = await openTestApp({ now: () => now })
})
afterAll(() => app.close())

const at = (text: string) => {
  now = Date.parse(text)
}

async function open(): Promise<{ api: Client; pipelineId: number; lead: number; offer: number; me: number }> {
  at('2026-01-01T00:00:00Z')
  const ws = await app.workspace()
  const api = clientOf({ origin: app.origin, token: ws.token })
  const { body } = await api.post('/pipelines', {
    name: 'Selling',
    hasProbability: true,
    isDefault: true,
    stages: [
      { name: 'Lead', probability: 25 },
      { name: 'Offer', probability: 50 },
    ],
  })
  const [lead, offer] = (await api.get(`/pipelines/${body.data.id}/stages`)).body.data
  return { api, pipelineId: body.data.id, lead: lead.id, offer: offer.id, me: ws.admin.id }
}

test('native: stage times tell every stay, to the millisecond, and what comes to a stage twice together', async () => {
  const { api, pipelineId, lead, offer, me } = await open()
  at('2026-02-01T10:00:00.000Z')
  const deal = (await api.post('/deals', { title: 'Deal', stageId: lead })).body.data
  at('2026-02-01T10:00:01.500Z')
  await api.post(`/deals/${deal.id}/move`, { stageId: offer })
  await api.patch(`/deals/${deal.id}`, { amount: 5 })
  at('2026-02-02T10:00:01.500Z')
  await api.post(`/deals/${deal.id}/move`, { stageId: lead })
  at('2026-02-02T10:00:02.000Z')
  const { data } = (await api.get(`/deals/${deal.id}/stage-times`)).body
  const stay = (stageId: number, enteredAt: string, leftAt: string | null, seconds: number) => ({
    pipelineId,
    stageId,
    kind: 'open',
    enteredAt,
    leftAt,
    seconds,
    userId: me,
  })
  expect(data).toEqual({
    dealId: deal.id,
    age: 86_402,
    openAge: 86_402,
    stays: [
      stay(lead, '2026-02-01T10:00:00.000Z', '2026-02-01T10:00:01.500Z', 1.5),
      stay(offer, '2026-02-01T10:00:01.500Z', '2026-02-02T10:00:01.500Z', 86_400),
      stay(lead, '2026-02-02T10:00:01.500Z', null, 0.5),
    ],
    stages: [
      { stageId: lead, times: 2, seconds: 2 },
      { stageId: offer, times: 1, seconds: 86_400 },
    ],
  })
  await api.post(`/deals/${deal.id}/win`)
  at('2026-03-01T00:00:00Z')
  const closed = (await api.get(`/deals/${deal.id}/stage-times`)).body.data
  expect(closed).toMatchObject({ openAge: 86_402, age: 28 * 86_400 - 36_000 })
  expect(closed.stays.at(-1)).toMatchObject({ kind: 'won', leftAt: null })
  expect((await api.get('/deals/4711/stage-times')).status).toBe(404)
})

test('native: a deal that was brought along with its dates stayed where they say', async () => {
  const { api, lead } = await open()
  at('2026-02-01T00:00:00Z')
  const { data } = (
    await api.post('/deals', {
      title: 'Old',
      stageId: lead,
      createdAt: '2016-10-20T00:00:00Z',
      outcome: 'won',
      closedAt: '2017-03-01T00:00:00Z',
    })
  ).body
  const { stays } = (await api.get(`/deals/${data.id}/stage-times`)).body.data
  expect(stays.map(({ kind, enteredAt, leftAt }: Body) => [kind, enteredAt, leftAt])).toEqual([
    ['open', '2016-10-20T00:00:00.000Z', '2017-03-01T00:00:00.000Z'],
    ['won', '2017-03-01T00:00:00.000Z', null],
  ])
})

test('native: the forecast tells months and owners, weighted as it was at the time', async () => {
  const { api, lead, offer, me } = await open()
  await api.patch('/workspace', { rates: { EUR: 2 } })
  at('2026-02-01T00:00:00Z')
  await api.post('/deals', { title: 'a', amount: 1000, stageId: lead, expectedCloseDate: '2026-03-31' })
  const b = (
    await api.post('/deals', { title: 'b', amount: 500, currency: 'EUR', stageId: offer, expectedCloseDate: '2026-03-01' })
  ).body.data
  await api.post('/deals', { title: 'c', amount: 300, currency: 'CHF', stageId: lead, probability: 90 })
  await api.post('/deals', { title: 'won', amount: 7, outcome: 'won', expectedCloseDate: '2026-03-01' })
  at('2026-02-10T00:00:00Z')
  await api.patch(`/stages/${lead}`, { probability: 75 })
  await api.patch(`/deals/${b.id}`, { expectedCloseDate: '2026-04-01' })
  at('2026-02-20T00:00:00Z')
  const { data } = (await api.get('/reports/forecast')).body
  const usd = { currency: 'USD', count: 1, amount: 1000, value: '10.00', weightedAmount: 750 }
  const eur = { currency: 'EUR', count: 1, amount: 500, value: '5.00', weightedAmount: 250 }
  expect(data.months.map(({ month, totals }: Body) => [month, totals])).toEqual([
    ['2026-03', [usd]],
    ['2026-04', [eur]],
    [null, [{ currency: 'CHF', count: 1, amount: 300, value: '3.00', weightedAmount: 270 }]],
  ])
  expect(data.months[0].owners).toEqual([{ ownerId: me, totals: [usd], converted: data.months[0].converted }])
  expect(data.converted).toEqual({ currency: 'USD', amount: 2000, value: '20.00', weightedAmount: 1250, missing: ['CHF'] })

  const past = (await api.get('/reports/forecast?asOf=2026-02-09T23:59:59.999Z')).body.data
  expect(past.months.map(({ month, totals }: Body) => [month, totals])).toEqual([
    ['2026-03', [eur, { ...usd, weightedAmount: 250 }]],
    [null, [{ currency: 'CHF', count: 1, amount: 300, value: '3.00', weightedAmount: 270 }]],
  ])
  expect((await api.get('/reports/forecast?asOf=2026-01-31T23:59:59.999Z')).body.data.months).toEqual([])
  expect((await api.get('/reports/forecast?ownerId=4711')).body.data.months).toEqual([])

  const table = await api.get('/reports/forecast.csv')
  expect(table.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(table.text).toBe(
    `month,owner_id,currency,count,value,weighted_value\r\n2026-03,${me},USD,1,10.00,7.50\r\n2026-04,${me},EUR,1,5.00,2.50\r\n,${me},CHF,1,3.00,2.70\r\n`,
  )
  expect((await api.get('/reports/forecast', { accept: 'text/csv' })).text).toBe(table.text)
})
