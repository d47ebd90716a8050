import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../../test/support/app.ts'
import { clockAt, speakV1, type V1 } from './served.ts'

const clock = clockAt('2026-05-15T09:12:16Z')
const app: TestApp = await openTestApp({ now: clock.now })
afterAll(() => app.close())

let ws: TestWorkspace
let v1: V1
let pipeline: number
beforeEach(async () => {
  clock.reset()
  ws = await app.workspace({ template: 'pipedrive' })
  v1 = speakV1(app, ws.token)
  pipeline = (await v1.get('/pipelines')).body.data[0].id
})

const names = async (path = '/stages') => (await v1.get(path)).body.data.map((stage: { name: string }) => stage.name)
const add = async (name: string, more: object = {}) =>
  (await v1.post('/stages', { name, pipeline_id: pipeline, ...more })).body.data

test('stages are listed by pipeline and order, open ones only, and paged', async () => {
  const other = (await v1.post('/pipelines', { name: 'Other' })).body.data.id
  await add('Alone', { pipeline_id: other })
  const six = ['Qualified', 'Contact Made', 'Prospect Qualified', 'Needs Defined', 'Proposal Made', 'Negotiations Started']
  expect(await names()).toEqual([...six, 'Alone'])
  expect(await names(`/stages?pipeline_id=${pipeline}`)).toEqual(six)
  expect(await names(`/stages?pipeline_id=${other}`)).toEqual(['Alone'])
  const page = await v1.get('/stages?start=2&limit=3')
  expect(page.body.data.map((stage: { order_nr: number }) => stage.order_nr)).toEqual([2, 3, 4])
  expect(page.body.additional_data.pagination).toEqual({ start: 2, limit: 3, more_items_in_collection: true, next_start: 5 })
})

test('a new stage goes last with probability 100 and no rot', async () => {
  expect(await add('New')).toEqual({
    id: expect.any(Number),
    order_nr: 6,
    name: 'New',
    active_flag: true,
    deal_probability: 100,
    pipeline_id: pipeline,
    rotten_flag: false,
    rotten_days: null,
    add_time: '2026-05-15 09:12:16',
    update_time: '2026-05-15 09:12:16',
  })
})

test('PUT changes what it names, and a number that it has already moves nothing', async () => {
  const [, second] = (await v1.get('/stages')).body.data
  const { pipeline_name, pipeline_deal_probability, ...whole } = second
  expect((await v1.put(`/stages/${second.id}`, whole)).body.data).toEqual(whole)
  clock.pass(5000)
  const changed = (await v1.put(`/stages/${second.id}`, { name: 'Called', deal_probability: '25' })).body.data
  expect(changed).toEqual({ ...whole, name: 'Called', deal_probability: 25, update_time: '2026-05-15 09:12:21' })
  expect([pipeline_name, pipeline_deal_probability]).toEqual(['Pipeline', false])
})

test('order_nr is a place counted from 1', async () => {
  const stages = (await v1.get('/stages')).body.data
  await v1.put(`/stages/${stages[5].id}`, { order_nr: 1 })
  expect((await names())[0]).toBe('Negotiations Started')
  await v1.put(`/stages/${stages[5].id}`, { order_nr: 3 })
  expect((await names())[2]).toBe('Negotiations Started')
  const last = await v1.put(`/stages/${stages[0].id}`, { order_nr: 99 })
  expect(last.body.data.order_nr).toBe(6)
  expect((await v1.put(`/stages/${stages[0].id}`, { order_nr: -1 })).status).toBe(400)
})

test('a stage moves to another pipeline with its deals', async () => {
  const other = (await v1.post('/pipelines', { name: 'Other' })).body.data.id
  const [first] = (await v1.get('/stages')).body.data
  const deal = (await v1.post('/deals', { title: 'Along', stage_id: first.id })).body.data.id
  expect((await v1.put(`/stages/${first.id}`, { pipeline_id: other })).body.data).toMatchObject({
    pipeline_id: other,
    order_nr: 1,
  })
  expect((await v1.get(`/deals/${deal}`)).body.data).toMatchObject({ pipeline_id: other, stage_id: first.id })
})

test('days to rot are kept while rotting is off', async () => {
  const { id } = await add('Rots', { rotten_flag: 0, rotten_days: 7 })
  const shown = async () => (await v1.get(`/stages/${id}`)).body.data
  expect(await shown()).toMatchObject({ rotten_flag: false, rotten_days: 7 })
  await v1.put(`/stages/${id}`, { rotten_flag: true })
  expect(await shown()).toMatchObject({ rotten_flag: true, rotten_days: 7 })
  await v1.put(`/stages/${id}`, { rotten_days: null })
  expect(await shown()).toMatchObject({ rotten_flag: true, rotten_days: null })
})

describe('deleting', () => {
  test('a stage leaves the list and says that it is gone', async () => {
    const [first] = (await v1.get('/stages')).body.data
    expect(await v1.delete(`/stages/${first.id}`)).toMatchObject({ status: 200, body: { success: true, data: { id: first.id } } })
    expect(await names()).not.toContain('Qualified')
    expect((await v1.get(`/stages/${first.id}`)).body.data.active_flag).toBe(false)
    const again = await v1.delete(`/stages/${first.id}`)
    expect([again.status, again.body]).toEqual([410, { success: true, data: { id: first.id } }])
    expect((await v1.put(`/stages/${first.id}`, { name: 'Back' })).status).toBe(404)
  })

  test('deals move to the nearest earlier stage', async () => {
    const [first, second] = (await v1.get('/stages')).body.data
    const deal = (await v1.post('/deals', { title: 'Moves', stage_id: second.id })).body.data.id
    await v1.delete(`/stages/${second.id}`)
    expect((await v1.get(`/deals/${deal}`)).body.data.stage_id).toBe(first.id)
  })

  test('the last stage with deals stays', async () => {
    const stages = (await v1.get('/stages')).body.data.map(({ id }: { id: number }) => id)
    await v1.post('/deals', { title: 'Holds', stage_id: stages[0] })
    const refused = await v1.delete(`/stages?ids=${stages.join()}`)
    expect(refused).toMatchObject({ status: 400, body: { success: false, data: null } })
    expect((await names()).length).toBe(6)
  })

  test('pipedrive 32: DELETE /v1/stages?ids=1,2 deletes several, costs 10 and answers their ids as an array', async () => {
    const [first, second] = (await v1.get('/stages')).body.data
    const before = Number((await v1.get('/users/me')).headers.get('x-daily-ratelimit-token-remaining'))
    const answer = await v1.delete(`/stages?ids=${first.id},${second.id}`)
    expect([answer.status, answer.body]).toEqual([200, { success: true, data: { id: [first.id, second.id] } }])
    expect(before - Number(answer.headers.get('x-daily-ratelimit-token-remaining'))).toBe(10)
    expect((await names()).length).toBe(4)
  })

  test('of several stages none is deleted where one is not there', async () => {
    const [first] = (await v1.get('/stages')).body.data
    expect((await v1.delete(`/stages?ids=${first.id},999999`)).status).toBe(404)
    expect((await names()).length).toBe(6)
    expect((await v1.delete('/stages')).body.error).toBe('ids must be given.')
  })
})

describe('deals in a stage', () => {
  let stage: number
  let bob: Awaited<ReturnType<TestWorkspace['member']>>
  let deals: { mine: number; his: number; won: number; elsewhere: number }

  beforeEach(async () => {
    const stages = (await v1.get('/stages')).body.data
    stage = stages[0].id
    bob = await ws.member('member', 'Bob')
    const deal = async (body: object) => (await v1.post('/deals', { title: 'Deal', stage_id: stage, ...body })).body.data.id
    deals = {
      mine: await deal({}),
      his: await deal({ user_id: bob.user.id }),
      won: await deal({ status: 'won' }),
      elsewhere: await deal({ stage_id: stages[1].id }),
    }
  })
  const ids = async (query = '', by = v1) =>
    (await by.get(`/stages/${stage}/deals${query}`)).body.data.map(({ id }: { id: number }) => id)

  test('pipedrive 33: without parameters they are the open deals of the caller', async () => {
    expect(await ids()).toEqual([deals.mine])
    expect(await ids('', speakV1(app, bob.token))).toEqual([deals.his])
  })

  test('pipedrive 34: a user beats a filter, and everyone beats both', async () => {
    const condition = { object: 'deal', field_id: 4, operator: '=', value: 'won' }
    const conditions = { glue: 'and', conditions: [{ glue: 'and', conditions: [condition] }] }
    const filter = (await v1.post('/filters', { name: 'Won', type: 'deals', conditions })).body.data.id
    expect(await ids(`?filter_id=${filter}`)).toEqual([deals.won])
    expect(await ids(`?filter_id=${filter}&user_id=${bob.user.id}`)).toEqual([deals.his])
    expect(await ids(`?filter_id=${filter}&user_id=${bob.user.id}&everyone=1`)).toEqual([deals.mine, deals.his])
    expect(await ids(`?everyone=0&user_id=${bob.user.id}`)).toEqual([deals.his])
  })

  test('pipedrive 35: start is 0 where it is not given', async () => {
    const answer = await v1.get(`/stages/${stage}/deals?everyone=1&limit=1`)
    expect(answer.body.data[0].id).toBe(deals.mine)
    expect(answer.body.additional_data.pagination).toEqual({ start: 0, limit: 1, more_items_in_collection: true, next_start: 1 })
    expect(await ids('?everyone=1&start=1')).toEqual([deals.his])
  })

  test('pipedrive 36: the call costs 20', async () => {
    const before = Number((await v1.get('/users/me')).headers.get('x-daily-ratelimit-token-remaining'))
    const after = Number((await v1.get(`/stages/${stage}/deals`)).headers.get('x-daily-ratelimit-token-remaining'))
    expect(before - after).toBe(20)
  })

  test('archived deals are not among them, and an unknown stage is not there', async () => {
    await v1.put(`/deals/${deals.mine}`, { is_archived: true })
    expect(await ids()).toEqual([])
    expect((await v1.get('/stages/999999/deals')).body.error).toBe('Stage not found')
  })
})
