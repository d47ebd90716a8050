import { afterAll, beforeEach, expect, test } from 'vitest'
import { openTestApp, type TestWorkspace } from '../../../../../test/support/app.ts'
import { changeWorkspace } from '../../../../domain/workspace.ts'
import { clockAt, speakV1, type V1 } from './served.ts'

const clock = clockAt('2026-05-15T09:12:16Z')
const app = await openTestApp({ now: clock.now })
afterAll(() => app.close())

let ws: TestWorkspace
let v1: V1
beforeEach(async () => {
  clock.reset()
  ws = await app.workspace({ template: 'pipedrive' })
  v1 = speakV1(app, ws.token)
})

test('pipedrive 42: the list of pipelines carries pagination, echoes the limit and ignores what it does not know', async () => {
  const answer = await v1.get('/pipelines?limit=500&sort_by=bogus&whatever=1')
  expect(answer.status).toBe(200)
  expect(answer.body.additional_data).toEqual({ pagination: { start: 0, limit: 500, more_items_in_collection: false } })
  expect(answer.body.data).toHaveLength(1)
})

test('pipedrive 43: DELETE of a pipeline answers its id', async () => {
  const { id } = (await v1.post('/pipelines', { name: 'Going' })).body.data
  const answer = await v1.delete(`/pipelines/${id}`)
  expect([answer.status, answer.body]).toEqual([200, { success: true, data: { id } }])
  expect((await v1.get(`/pipelines/${id}`)).body.data.active).toBe(false)
  expect((await v1.delete(`/pipelines/${id}`)).status).toBe(410)
  expect((await v1.put(`/pipelines/${id}`, { name: 'Back' })).status).toBe(404)
})

test('a pipeline is added with 201, last and without stages', async () => {
  const answer = await v1.post('/pipelines', { name: 'Test Sales Pipeline' })
  expect(answer.status).toBe(201)
  expect(answer.body.data).toEqual({
    id: expect.any(Number),
    name: 'Test Sales Pipeline',
    url_title: 'Test-Sales-Pipeline',
    order_nr: 2,
    active: true,
    deal_probability: false,
    add_time: '2026-05-15 09:12:16',
    update_time: '2026-05-15 09:12:16',
    selected: false,
  })
  expect((await v1.get(`/stages?pipeline_id=${answer.body.data.id}`)).body.data).toEqual([])
})

test('the number of a deleted last pipeline is used again', async () => {
  const { id } = (await v1.post('/pipelines', { name: 'Short' })).body.data
  await v1.delete(`/pipelines/${id}`)
  expect((await v1.post('/pipelines', { name: 'Next' })).body.data.order_nr).toBe(2)
})

test('url_title: hyphens, a number where the name is taken, and no change by renaming', async () => {
  const title = async (name: string) => (await v1.post('/pipelines', { name })).body.data
  expect((await v1.get('/pipelines')).body.data[0].url_title).toBe('default')
  expect((await title('Test Pipeline')).url_title).toBe('Test-Pipeline')
  const second = await title('Test Pipeline')
  expect(second.url_title).toBe('Test Pipeline1')
  expect((await title('Test Pipeline')).url_title).toBe('Test Pipeline2')
  const renamed = await v1.put(`/pipelines/${second.id}`, { name: 'Another' })
  expect(renamed.body.data).toMatchObject({ name: 'Another', url_title: 'Test Pipeline1' })
})

test('url_title is kept whichever version added or renamed the pipeline', async () => {
  const v2 = speakV1(app, ws.token, '/api/v2')
  const { id } = (await v2.post('/pipelines', { name: 'By Two' })).body.data
  await v2.send('PATCH', `/pipelines/${id}`, { body: { name: 'Renamed' } })
  expect((await v1.get(`/pipelines/${id}`)).body.data).toMatchObject({ name: 'Renamed', url_title: 'By-Two' })
})

test('the first place is the default', async () => {
  const { id } = (await v1.post('/pipelines', { name: 'Second', deal_probability: 1 })).body.data
  const stage = (await v1.post('/stages', { name: 'Only', pipeline_id: id })).body.data.id
  const moved = await v1.put(`/pipelines/${id}`, { order_nr: 1, active: 1, deal_probability: 0 })
  expect(moved.body.data).toMatchObject({ id, order_nr: 1, deal_probability: false })
  expect((await v1.get('/pipelines')).body.data.map((one: { order_nr: number }) => one.order_nr)).toEqual([1, 2])
  expect((await v1.post('/deals', { title: 'New' })).body.data).toMatchObject({ pipeline_id: id, stage_id: stage })
})

test('an inactive pipeline takes no deals', async () => {
  const { id } = (await v1.post('/pipelines', { name: 'Hidden', active: 0 })).body.data
  await v1.post('/stages', { name: 'Only', pipeline_id: id })
  expect((await v1.get(`/pipelines/${id}`)).body.data.active).toBe(false)
  expect(await v1.post('/deals', { title: 'No', pipeline_id: id })).toMatchObject({ status: 400 })
})

test('deals of a pipeline: whose they are, in which stage, by page', async () => {
  const bob = await ws.member('member')
  const stages = (await v1.get('/stages')).body.data
  const pipeline = stages[0].pipeline_id
  const deal = async (body: object) => (await v1.post('/deals', { title: 'Deal', ...body })).body.data.id
  const mine = await deal({})
  const his = await deal({ user_id: bob.user.id, stage_id: stages[1].id })
  await deal({ status: 'lost' })
  const ids = async (query: string) =>
    (await v1.get(`/pipelines/${pipeline}/deals?${query}`)).body.data.map(({ id }: { id: number }) => id)
  expect(await ids('')).toEqual([mine])
  expect(await ids(`user_id=${bob.user.id}`)).toEqual([his])
  expect(await ids('everyone=1')).toEqual([mine, his])
  expect(await ids(`everyone=1&stage_id=${stages[1].id}`)).toEqual([his])
  expect(await ids('everyone=1&start=1&limit=5')).toEqual([his])
  const flat = (await v1.get(`/pipelines/${pipeline}/deals`)).body
  expect(flat.data[0].user_id).toBe(ws.admin.id)
  expect(flat.additional_data).toEqual({ pagination: { start: 0, limit: 100, more_items_in_collection: false } })
  expect((await v1.get('/pipelines/999999/deals')).body.error).toBe('Pipeline not found')
})

test('get_summary adds up the pipeline by stage and currency, weighted and converted', async () => {
  const [first, second] = (await v1.get('/stages')).body.data
  await v1.put(`/pipelines/${first.pipeline_id}`, { deal_probability: 1 })
  await v1.put(`/stages/${first.id}`, { deal_probability: 50 })
  await v1.post('/deals', { title: 'A', value: 1000, currency: 'USD', stage_id: first.id })
  await v1.post('/deals', { title: 'B', value: 500.5, currency: 'USD', stage_id: first.id, probability: 10 })
  await v1.post('/deals', { title: 'C', value: 10, currency: 'EUR', stage_id: second.id })
  await v1.post('/deals', { title: 'D', value: 9000, currency: 'JPY', stage_id: second.id })
  await v1.post('/deals', { title: 'Won', value: 7, status: 'won' })
  await changeWorkspace(ws.scope, { rates: { EUR: 2 } })
  const summary = async (query: string) =>
    (await v1.get(`/pipelines/${first.pipeline_id}/deals?limit=1&get_summary=1${query}`)).body.additional_data.deals_summary
  const plain = {
    per_stages: {
      [first.id]: {
        USD: {
          count: 2,
          value: 1500.5,
          value_formatted: '$1,500.50',
          weighted_value: 550.05,
          weighted_value_formatted: '$550.05',
        },
      },
      [second.id]: {
        EUR: { count: 1, value: 10, value_formatted: '€10', weighted_value: 10, weighted_value_formatted: '€10' },
        JPY: { count: 1, value: 9000, value_formatted: '¥9,000', weighted_value: 9000, weighted_value_formatted: '¥9,000' },
      },
    },
    per_currency: { USD: 2, EUR: 1, JPY: 1 },
    total_count: 4,
    per_currency_full: {
      USD: { count: 2, value: 1500.5 },
      EUR: { count: 1, value: 10 },
      JPY: { count: 1, value: 9000 },
    },
  }
  expect(await summary('')).toEqual(plain)
  expect(await summary('&totals_convert_currency=default_currency')).toEqual({
    ...plain,
    per_stages_converted: {
      [first.id]: { USD: plain.per_stages[first.id]?.USD },
      [second.id]: {
        USD: { count: 1, value: 20, value_formatted: '$20', weighted_value: 20, weighted_value_formatted: '$20' },
      },
    },
    currencies_without_rate: ['JPY'],
  })
  const inEuro = await summary('&totals_convert_currency=EUR')
  expect(inEuro.per_stages_converted[first.id].EUR).toMatchObject({ count: 2, value: 750.25, weighted_value: 275.03 })
  const refused = await v1.get(`/pipelines/${first.pipeline_id}/deals?get_summary=1&totals_convert_currency=XYZ`)
  expect(refused).toMatchObject({ status: 400, body: { error: 'totals_convert_currency is not known.' } })
})

test('deals of a deleted pipeline go to the default one', async () => {
  const { id } = (await v1.post('/pipelines', { name: 'Going' })).body.data
  const stage = (await v1.post('/stages', { name: 'Only', pipeline_id: id })).body.data.id
  const deal = (await v1.post('/deals', { title: 'Stays', stage_id: stage })).body.data.id
  await v1.delete(`/pipelines/${id}`)
  const [first] = (await v1.get('/stages')).body.data
  expect((await v1.get(`/deals/${deal}`)).body.data).toMatchObject({ pipeline_id: first.pipeline_id, stage_id: first.id })
})
