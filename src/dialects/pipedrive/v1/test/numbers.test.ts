import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { TestApp, TestWorkspace } from '../../../../../test/support/app.ts'
import { changeWorkspace } from '../../../../domain/workspace.ts'
import { clockAt, openV1, speakV1, type V1 } from './served.ts'

/** What deals add up to: `summary` and `timeline`. */
const clock = clockAt('2026-02-10T12:00:00Z')
let app: TestApp
let ws: TestWorkspace
let v1: V1
let stages: number[]

beforeAll(async () => {
  ;({ app } = await openV1({ now: clock.now }))
})
afterAll(() => app.close())
beforeEach(async () => {
  clock.reset()
  ws = await app.workspace({ template: 'pipedrive' })
  v1 = speakV1(app, ws.token)
  stages = (await v1.get('/stages')).body.data.map(({ id }: { id: number }) => id)
})

const add = async (body: object): Promise<number> => (await v1.post('/deals', { title: 'Deal', ...body })).body.data.id
const summary = async (query = '') => (await v1.get(`/deals/summary${query}`)).body.data
const left = (headers: Headers) => Number(headers.get('x-daily-ratelimit-token-remaining'))

test('a summary has each currency by itself, weighted beside it', async () => {
  for (const value of [10, 20]) await add({ value, currency: 'USD' })
  await v1.put(`/pipelines/${(await v1.get('/pipelines')).body.data[0].id}`, { deal_probability: 1 })
  await add({ value: 100, currency: 'USD', probability: 25 })
  expect(await summary()).toEqual({
    values_total: {
      USD: { value: 130, count: 3, value_converted: 130, value_formatted: '$130', value_converted_formatted: '$130' },
    },
    weighted_values_total: { USD: { value: 55, count: 3, value_formatted: '$55' } },
    total_count: 3,
    total_currency_converted_value: 130,
    total_weighted_currency_converted_value: 55,
    total_currency_converted_value_formatted: '$130',
    total_weighted_currency_converted_value_formatted: '$55',
  })
})

test('other currencies are converted with the team’s rates; without one they are named and not in the total', async () => {
  await add({ value: 10, currency: 'USD' })
  await add({ value: 100, currency: 'EUR' })
  await add({ value: 5000, currency: 'JPY' })
  await changeWorkspace(ws.scope, { rates: { EUR: 1.5 } })
  const data = await summary()
  expect(data.values_total.EUR).toMatchObject({ value: 100, value_converted: 150 })
  expect(data.values_total.JPY).toMatchObject({ value: 5000, value_converted: null })
  expect([data.total_count, data.total_currency_converted_value, data.currencies_without_rate]).toEqual([3, 160, ['JPY']])
})

test('pipedrive 73: archived deals are not in it, a filter beats a user, and it costs 40', async () => {
  const colleague = await ws.member('member')
  const mine = await add({ value: 1 })
  await add({ value: 2, user_id: colleague.user.id, stage_id: stages[1] })
  await add({ value: 4, status: 'won' })
  const archived = await add({ value: 8 })
  await v1.put(`/deals/${archived}`, { is_archived: true })
  const conditions = {
    glue: 'and',
    conditions: [{ glue: 'and', conditions: [{ object: 'deal', field_id: 'title', operator: '=', value: 'Mine' }] }],
  }
  const fields = (await v1.get('/dealFields')).body.data as { id: number; key: string }[]
  const first = conditions.conditions[0]?.conditions[0]
  if (first) first.field_id = String(fields.find(({ key }) => key === 'title')?.id)
  await v1.put(`/deals/${mine}`, { title: 'Mine' })
  const filter = (await v1.post('/filters', { name: 'Mine', type: 'deals', conditions })).body.data.id
  const total = async (query: string) => (await summary(query)).total_currency_converted_value
  expect(await total('')).toBe(7)
  expect(await total('?status=open')).toBe(3)
  expect(await total('?status=won')).toBe(4)
  expect(await total(`?user_id=${colleague.user.id}`)).toBe(2)
  expect(await total(`?stage_id=${stages[1]}`)).toBe(2)
  expect(await total(`?stage_id=${stages[0]}`)).toBe(5)
  expect(await total(`?filter_id=${filter}&user_id=${colleague.user.id}`)).toBe(1)
  expect((await v1.get('/deals/summary/archived')).body.data.total_currency_converted_value).toBe(8)
  const [before, after, archive] = [
    await v1.get('/deals/summary'),
    await v1.get('/deals/summary'),
    await v1.get('/deals/summary/archived'),
  ]
  expect([left(before.headers) - left(after.headers), left(after.headers) - left(archive.headers)]).toEqual([40, 80])
})

const timeline = async (query: string) => (await v1.get(`/deals/timeline?${query}`)).body.data

test('pipedrive 74: a timeline needs start, interval, amount and field, and is an array of that many periods', async () => {
  const all: Record<string, string> = {
    start_date: '2026-01-31',
    interval: 'month',
    amount: '3',
    field_key: 'expected_close_date',
  }
  for (const name of Object.keys(all)) {
    const { [name]: _, ...others } = all
    expect((await v1.get(`/deals/timeline?${new URLSearchParams(others)}`)).status).toBe(400)
  }
  const periods = (await timeline(`${new URLSearchParams(all)}`)).map(({ period_start, period_end }: Record<string, string>) => [
    period_start,
    period_end,
  ])
  expect(periods).toEqual([
    ['2026-01-31 00:00:00', '2026-02-27 23:59:59'],
    ['2026-02-28 00:00:00', '2026-03-30 23:59:59'],
    ['2026-03-31 00:00:00', '2026-04-29 23:59:59'],
  ])
  const ends = async (interval: string) =>
    (await timeline(`start_date=2026-01-01&interval=${interval}&amount=1&field_key=add_time`))[0].period_end
  expect([await ends('day'), await ends('week'), await ends('quarter')]).toEqual([
    '2026-01-01 23:59:59',
    '2026-01-07 23:59:59',
    '2026-03-31 23:59:59',
  ])
})

test('each deal is in the period of its date, open and won apart, lost ones nowhere', async () => {
  const expected = (expected_close_date: string, more: object) => add({ expected_close_date, currency: 'EUR', ...more })
  const first = await expected('2026-01-01', { value: 100 })
  const won = await expected('2026-01-31', { value: 50, status: 'won' })
  await expected('2026-01-15', { value: 7, status: 'lost' })
  const second = await expected('2026-02-01', { value: 30 })
  await add({ value: 9 })
  const [january, february] = await timeline('start_date=2026-01-01&interval=month&amount=2&field_key=expected_close_date')
  expect(january.deals.map(({ id }: { id: number }) => id)).toEqual([first, won])
  expect(january.totals).toEqual({
    count: 2,
    values: { EUR: 150 },
    weighted_values: { EUR: 150 },
    open_count: 1,
    open_values: { EUR: 100 },
    weighted_open_values: { EUR: 100 },
    won_count: 1,
    won_values: { EUR: 50 },
  })
  expect(february.deals.map(({ id }: { id: number }) => id)).toEqual([second])
  // In lists of this sort what a deal belongs to are ids.
  expect(february.deals[0]).toMatchObject({ user_id: ws.admin.id, stage_id: stages[0], value: 30 })
})

test('pipedrive 75: exclude_deals keeps the totals and drops the deals', async () => {
  await add({ value: 100, add_time: '2026-01-05 10:00:00' })
  const query = 'start_date=2026-01-01&interval=month&amount=1&field_key=add_time'
  const [period] = await timeline(`${query}&exclude_deals=1`)
  expect(period).not.toHaveProperty('deals')
  expect(period.totals).toMatchObject({ count: 1, values: { USD: 100 } })
  expect((await timeline(query))[0].deals).toHaveLength(1)
})

test('a timeline by when deals were won, of one user, and in one currency', async () => {
  const colleague = await ws.member('member')
  await changeWorkspace(ws.scope, { rates: { EUR: 2 } })
  await add({ value: 10, currency: 'EUR', status: 'won', won_time: '2026-02-01 10:00:00', add_time: '2026-01-01 10:00:00' })
  await add({ value: 5, status: 'won', won_time: '2026-02-02 10:00:00', add_time: '2026-01-01 10:00:00' })
  await add({
    value: 3,
    user_id: colleague.user.id,
    status: 'won',
    won_time: '2026-02-02 10:00:00',
    add_time: '2026-01-01 10:00:00',
  })
  const query = 'start_date=2026-02-01&interval=day&amount=2&field_key=won_time&exclude_deals=1'
  const days = await timeline(`${query}&user_id=${ws.admin.id}&totals_convert_currency=default_currency`)
  expect(days.map(({ totals }: { totals: { values: object } }) => totals.values)).toEqual([{ EUR: 10 }, { USD: 5 }])
  expect(days[0].totals_converted).toMatchObject({ count: 1, values: { USD: 20 }, won_values: { USD: 20 } })
  const [, second] = await timeline(query)
  expect(second.totals.values).toEqual({ USD: 8 })
  expect((await timeline(query.replace('won_time', 'lost_time')))[0].totals.count).toBe(0)
})

test.each([
  'interval=year',
  'amount=0',
  'amount=1000',
  'start_date=2026-02-30',
  'field_key=title',
  'totals_convert_currency=XXQ',
])('a timeline with %s is refused', async (bad) => {
  const query = new URLSearchParams('start_date=2026-01-01&interval=month&amount=1&field_key=add_time')
  const [name = '', value = ''] = bad.split('=')
  query.set(name, value)
  expect((await v1.get(`/deals/timeline?${query}`)).status).toBe(400)
})
