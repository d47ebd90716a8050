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

/** A quarter of a small team: what every report tells of it is counted by hand below. */
async function quarter() {
  const team = await open()
  const { api, lead, offer } = team
  const add = async (title: string, amount: number, more: object = {}) =>
    (await api.post('/deals', { title, amount, stageId: lead, ...more })).body.data.id as number
  at('2026-01-10T00:00:00Z')
  const old = await add('old', 100)
  at('2026-02-01T00:00:00Z')
  const [won, lost, back] = [await add('won', 1000), await add('lost', 2000), await add('back', 3000)]
  const open1 = await add('open', 4000, { expectedCloseDate: '2026-03-15' })
  at('2026-02-03T00:00:00Z')
  for (const id of [won, lost, back]) await api.post(`/deals/${id}/move`, { stageId: offer })
  at('2026-02-05T00:00:00Z')
  await api.post(`/deals/${back}/move`, { stageId: lead })
  await api.post(`/deals/${won}/win`)
  at('2026-02-09T00:00:00Z')
  await api.post(`/deals/${lost}/lose`)
  await api.patch(`/deals/${open1}`, { expectedCloseDate: '2026-04-15', amount: 4500 })
  await api.patch(`/deals/${won}`, { amount: 1200 })
  at('2026-02-20T00:00:00Z')
  return { ...team, old, won, lost, back, open1, period: 'from=2026-02-01&to=2026-02-28' }
}

const counts = (count: number, amount: number) => ({
  count,
  totals: count === 0 && amount === 0 ? [] : [{ currency: 'USD', count, amount, value: (amount / 100).toFixed(2) }],
})

test('native: new, won, lost, left open, as a whole and by week', async () => {
  const { api, period } = await quarter()
  const { data } = (await api.get(`/reports/summary?${period}&interval=week`)).body
  expect(data).toMatchObject({
    from: '2026-02-01',
    to: '2026-02-28',
    new: counts(4, 10_000),
    won: counts(1, 1200),
    lost: counts(1, 2000),
    reopened: counts(0, 0),
    openBefore: counts(1, 100),
    openAfter: counts(3, 7600),
  })
  expect(data.intervals.map(({ from, to, won }: Body) => [from, to, won.totals[0]?.amount])).toEqual([
    ['2026-02-01', '2026-02-01', undefined],
    ['2026-02-02', '2026-02-08', 1000],
    ['2026-02-09', '2026-02-15', 200],
    ['2026-02-16', '2026-02-22', undefined],
    ['2026-02-23', '2026-02-28', undefined],
  ])
  expect((await api.get('/reports/summary?from=2020-01-01&to=2026-01-01&interval=day')).status).toBe(400)
  expect((await api.get('/reports/summary?from=2026-02-02&to=2026-02-01')).body.errors[0].field).toBe('from')
})

test('native: win rate, velocity and conversion', async () => {
  const { api, period, lead, offer, me } = await quarter()
  const rate = (await api.get(`/reports/win-rate?${period}`)).body.data
  expect(rate).toMatchObject({
    won: counts(1, 1000),
    lost: counts(1, 2000),
    rate: 0.5,
    values: [{ currency: 'USD', rate: 1 / 3 }],
  })
  expect(rate.owners).toMatchObject([{ ownerId: me, rate: 0.5 }])
  expect((await api.get(`/reports/velocity?${period}`)).body.data.currencies).toEqual([
    // 3 open × ½ × 10.00 ÷ 4 days
    {
      currency: 'USD',
      open: 3,
      won: 1,
      lost: 1,
      winRate: 0.5,
      averageValue: '10.00',
      cycleSeconds: 4 * 86_400,
      valuePerDay: '3.75',
    },
  ])
  const { stages, cohort } = (await api.get(`/reports/conversion?${period}`)).body.data
  expect(stages).toMatchObject([
    { stageId: lead, left: 3, forward: 3, won: 0, lost: 0, back: 0, rate: 1 },
    { stageId: offer, left: 3, forward: 1, won: 1, lost: 1, back: 1, rate: 1 / 3 },
  ])
  expect(cohort).toMatchObject({ deals: 4, won: 1, lost: 1, open: 2 })
  expect(cohort.steps.map(({ entered, reached, rate, winRate }: Body) => [entered, reached, rate, winRate])).toEqual([
    [4, 4, null, 0.5],
    [3, 3, 0.75, 0.5],
    [1, 1, 1 / 3, 1],
  ])
  expect(cohort.pairs).toContainEqual({ fromStageId: lead, toStageId: offer, count: 3, rate: 0.75 })
  const { data } = (await api.get(`/reports/calibration?${period}`)).body
  expect(data.stages).toMatchObject([
    { stageId: lead, configured: 25, decided: 2, won: 1, actual: 0.5 },
    { stageId: offer, configured: 50, decided: 2, won: 1, actual: 0.5 },
  ])
})

test('native: what moved where, and how long it had stayed', async () => {
  const { api, period, lead, offer } = await quarter()
  const { stages, flows } = (await api.get(`/reports/movement?${period}`)).body.data
  expect(stages[0]).toMatchObject({
    stageId: lead,
    entered: counts(5, 13_000),
    firsts: 4,
    left: counts(3, 6000),
    exits: { forward: 3 },
  })
  expect(stages[1]).toMatchObject({ stageId: offer, entered: counts(3, 6000), firsts: 3, exits: { back: 1, won: 1, lost: 1 } })
  expect(flows).toContainEqual({
    fromStageId: lead,
    toStageId: offer,
    turn: 'forward',
    currency: 'USD',
    count: 3,
    amount: 6000,
    value: '60.00',
    seconds: 2 * 86_400,
  })
  expect(flows).toContainEqual({
    fromStageId: null,
    toStageId: lead,
    turn: 'new',
    currency: 'USD',
    count: 4,
    amount: 10_000,
    value: '100.00',
    seconds: null,
  })
  const day = 86_400
  const times = (await api.get(`/reports/time-in-stage?${period}`)).body.data.stages
  expect(times[0]).toMatchObject({
    ended: { count: 3, mean: 2 * day, median: 2 * day, p90: 2 * day },
    lasting: { count: 3, median: 19 * day, p90: 41 * day },
  })
  expect(times[1].ended).toEqual({ count: 3, mean: ((2 + 2 + 6) * day) / 3, median: 2 * day, p90: 6 * day })
  expect(times[1].lasting).toEqual({ count: 0, mean: null, median: null, p90: null })
})

test('native: what has changed since a day', async () => {
  const { api, won, lost, open1, lead, offer } = await quarter()
  const { data } = (await api.get('/reports/changes?from=2026-02-04&to=2026-02-28')).body
  const kind = (name: string) => data.kinds.find((one: Body) => one.kind === name)
  expect(kind('won')).toMatchObject({
    ...counts(1, 1200),
    deals: [{ dealId: won, fromStageId: offer, valueBefore: '10.00', value: '12.00' }],
  })
  expect(kind('lost').deals.map(({ dealId }: Body) => dealId)).toEqual([lost])
  expect(kind('back')).toMatchObject({ ...counts(1, 3000), deals: [{ fromStageId: offer, toStageId: lead }] })
  expect(kind('pushed')).toMatchObject({
    ...counts(1, 4500),
    deals: [{ dealId: open1, expectedBefore: '2026-03-15', expectedAfter: '2026-04-15' }],
  })
  expect(kind('raised')).toMatchObject(counts(1, 500))
  for (const name of ['in', 'out', 'forward', 'reopened', 'pulled', 'lowered'])
    expect(kind(name)).toMatchObject({ count: 0, deals: [] })
  await api.delete(`/deals/${open1}`)
  const later = (await api.get('/reports/changes?from=2026-02-20&to=2026-02-28')).body.data
  expect(later.kinds.find((one: Body) => one.kind === 'out')).toMatchObject(counts(1, 4500))
})

test('native: the board, its cards and the funnel as they were', async () => {
  const { api, lead, offer, won, lost, back } = await quarter()
  const board = (await api.get('/reports/board?asOf=2026-02-04T12:00:00Z&limit=2')).body.data
  expect(
    board.columns.map(({ stage, totals }: Body) => [stage.id, totals[0]?.count ?? 0, totals[0]?.amount ?? 0]).slice(0, 2),
  ).toEqual([
    [lead, 2, 4100],
    [offer, 3, 6000],
  ])
  const column = board.columns[1]
  expect(column.cards).toMatchObject([
    { id: back, stageId: offer, amount: 3000, outcome: 'open' },
    { id: lost, outcome: 'open', closedAt: null },
  ])
  const rest = await api.all(`/reports/cards?stageId=${offer}&asOf=2026-02-04T12:00:00Z&limit=1`)
  expect(rest.map(({ id, amount }: Body) => [id, amount])).toEqual([
    [back, 3000],
    [lost, 2000],
    [won, 1000],
  ])
  const funnel = (await api.get('/reports/funnel?asOf=2026-02-05T00:00:00Z')).body.data
  expect(funnel.steps.map(({ totals, beyond }: Body) => [totals[0]?.count, beyond.totals[0]?.count])).toEqual([
    [3, 5],
    [1, 2],
    [1, 1],
  ])
  expect((await api.get('/reports/board?asOf=2026-02-04T12:00:00Z&ownerId=4711')).body.data.columns[0].totals).toEqual([])
})

test('native: what was forecast for a month, beside what was won in it', async () => {
  const { api } = await quarter()
  at('2026-04-02T00:00:00Z')
  const { data } = (await api.get('/reports/forecast-against-won?from=2026-02-01&to=2026-04-30')).body
  const expected = (data.months as Body[]).map(({ month, expected, won }) => [
    month,
    expected.totals[0]?.amount,
    expected.totals[0]?.weightedAmount,
    won.totals[0]?.amount,
  ])
  expect(expected).toEqual([
    ['2026-02', undefined, undefined, 1200],
    ['2026-03', undefined, undefined, undefined],
    ['2026-04', 4500, 1125, undefined],
  ])
})

test('native: what is rotting', async () => {
  const { api, lead, old } = await quarter()
  await api.patch(`/stages/${lead}`, { rotAfterDays: 20 })
  const { stages } = (await api.get('/reports/rotting')).body.data
  expect(stages).toMatchObject([
    { stageId: lead, rotAfterDays: 20, count: 1, deals: [{ id: old, rotsAt: '2026-01-30T00:00:00.000Z' }] },
  ])
})

test('native: every report is a table as well', async () => {
  const { api, period } = await quarter()
  for (const name of [
    'board',
    'funnel',
    'forecast',
    'changes',
    'forecast-against-won',
    'summary',
    'win-rate',
    'movement',
    'conversion',
    'time-in-stage',
    'velocity',
    'rotting',
    'calibration',
  ]) {
    const query = ['board', 'funnel', 'forecast', 'rotting'].includes(name) ? '' : `?${period}`
    const table = await api.get(`/reports/${name}.csv${query}`)
    expect([name, table.status]).toEqual([name, 200])
    const [head = '', ...rows] = table.text.trimEnd().split('\r\n')
    expect(head).toMatch(/^[a-z_0-9,]+$/)
    if (name !== 'rotting') expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row.split(',')).toHaveLength(head.split(',').length)
    expect((await api.get(`/reports/${name}${query}`, { accept: 'text/csv' })).text).toBe(table.text)
  }
})
