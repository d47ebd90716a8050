import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { changeWorkspace } from '../../../domain/workspace.ts'
import { account, caller } from './caller.ts'

const clock = { at: Date.parse('2026-05-15T10:00:00Z') }
let app: TestApp

beforeAll(async () => {
  app = await openTestApp({ now: () => clock.at })
})
afterAll(() => app.close())

async function open() {
  const ws = await app.workspace({ template: 'pipedrive' })
  const pd = caller(app, ws)
  return { ws, pd, ...(await account(pd)) }
}

test('pipedrive 40: a pipeline needs a name only, comes last, and has no stages', async () => {
  const { pd, pipeline } = await open()
  const added = await pd.post('/api/v2/pipelines', { name: 'Test Pipeline' })
  expect(added.status).toBe(200)
  expect(added.body.data).toEqual({
    id: expect.any(Number),
    name: 'Test Pipeline',
    order_nr: 2,
    is_deleted: false,
    is_deal_probability_enabled: false,
    add_time: '2026-05-15T10:00:00Z',
    update_time: '2026-05-15T10:00:00Z',
  })
  expect((await pd.list(`/api/v2/stages?pipeline_id=${added.body.data.id}`)).body.data).toEqual([])
  expect(pipeline).toMatchObject({ name: 'Pipeline', order_nr: 1, update_time: null })
  expect((await pd.post('/api/v2/pipelines', {})).body.error).toBe('Validation failed: name: This field is missing.')
  for (const field of ['order_nr', 'is_selected', 'url_title', 'active']) {
    expect((await pd.post('/api/v2/pipelines', { name: 'X', [field]: 1 })).body.error).toBe(
      `Validation failed: ${field}: Parameter '${field}' is not allowed for this request`,
    )
  }
})

test('pipedrive 41: pipelines are sorted by id, update_time or add_time, and not by order_nr', async () => {
  const { pd, pipeline } = await open()
  clock.at += 60_000
  const second = (await pd.post('/api/v2/pipelines', { name: 'Second' })).body.data
  const ids = async (query: string) => (await pd.list(`/api/v2/pipelines?${query}`)).body.data.map(({ id }) => id)
  expect(await ids('')).toEqual([pipeline.id, second.id])
  for (const field of ['id', 'update_time', 'add_time']) {
    expect(await ids(`sort_by=${field}&sort_direction=desc`), field).toEqual([second.id, pipeline.id])
  }
  const paged = await pd.all('/api/v2/pipelines?sort_by=update_time&limit=1')
  expect([paged.pages, paged.items.map(({ id }) => id)]).toEqual([2, [pipeline.id, second.id]])
  for (const query of ['sort_by=order_nr', 'sort_by=name', 'limit=501', 'pipeline_id=1']) {
    expect((await pd.list(`/api/v2/pipelines?${query}`)).status, query).toBe(400)
  }
})

test('a pipeline is renamed and its probabilities switched; what changes nothing leaves update_time', async () => {
  const { pd, pipeline } = await open()
  const path = `/api/v2/pipelines/${pipeline.id}`
  const same = { name: 'Pipeline', is_deal_probability_enabled: false }
  expect((await pd.patch(path, same)).body.data.update_time).toBeNull()
  const changed = await pd.patch(path, { is_deal_probability_enabled: true })
  expect(changed.body.data).toMatchObject({
    name: 'Pipeline',
    is_deal_probability_enabled: true,
    update_time: expect.any(String),
  })
  expect((await pd.get(path)).body).toEqual({ success: true, data: changed.body.data })
  for (const flag of [1, 0, 'true', null]) {
    expect((await pd.patch(path, { is_deal_probability_enabled: flag })).body.error).toBe(
      'Validation failed: is_deal_probability_enabled: This value should be of type bool.',
    )
  }
})

test('where the team weighs nothing by probability, no pipeline says that it does', async () => {
  const { pd, pipeline, ws } = await open()
  await pd.patch(`/api/v2/pipelines/${pipeline.id}`, { is_deal_probability_enabled: true })
  await changeWorkspace(ws.scope, { features: { probability: false } })
  expect((await pd.get(`/api/v2/pipelines/${pipeline.id}`)).body.data.is_deal_probability_enabled).toBe(false)
  await changeWorkspace(ws.scope, { features: { probability: true } })
  expect((await pd.get(`/api/v2/pipelines/${pipeline.id}`)).body.data.is_deal_probability_enabled).toBe(true)
})

test('pipedrive 43: a deleted pipeline is answered with its id, and says itself that it is deleted', async () => {
  const { pd } = await open()
  const { id } = (await pd.post('/api/v2/pipelines', { name: 'Going' })).body.data
  const deleted = await pd.delete(`/api/v2/pipelines/${id}`)
  expect([deleted.status, deleted.body]).toEqual([200, { success: true, data: { id } }])
  expect((await pd.list('/api/v2/pipelines')).body.data.length).toBe(1)
  expect((await pd.get(`/api/v2/pipelines/${id}`)).body.data).toMatchObject({ id, is_deleted: true })
  for (const gone of [await pd.delete(`/api/v2/pipelines/${id}`), await pd.patch(`/api/v2/pipelines/${id}`, { name: 'X' })]) {
    expect([gone.status, gone.body]).toEqual([404, { success: false, error: 'Pipeline not found', code: 'ERR_NOT_FOUND' }])
  }
})

test('the deals of a deleted pipeline go to the default one, which passes on when it goes itself', async () => {
  const { pd, pipeline, stage } = await open()
  const second = (await pd.post('/api/v2/pipelines', { name: 'Second' })).body.data
  const there = (await pd.post('/api/v2/stages', { name: 'There', pipeline_id: second.id })).body.data
  const open1 = (await pd.post('/api/v2/deals', { title: 'Open', stage_id: there.id })).body.data
  const lost = (await pd.post('/api/v2/deals', { title: 'Lost', stage_id: there.id, status: 'lost', lost_reason: 'Price' })).body
    .data
  await pd.delete(`/api/v2/pipelines/${second.id}`)
  const deal = async (id: number) => (await pd.get(`/api/v2/deals/${id}`)).body.data
  expect(await deal(open1.id)).toMatchObject({ pipeline_id: pipeline.id, stage_id: stage(0), status: 'open' })
  expect(await deal(lost.id)).toMatchObject({ pipeline_id: pipeline.id, status: 'lost', lost_reason: 'Price' })

  expect((await pd.delete(`/api/v2/pipelines/${pipeline.id}`)).status).toBe(400)
  const third = (await pd.post('/api/v2/pipelines', { name: 'Third' })).body.data
  // It has no stage for the deals to go to.
  expect((await pd.delete(`/api/v2/pipelines/${pipeline.id}`)).status).toBe(400)
  const last = (await pd.post('/api/v2/stages', { name: 'Last', pipeline_id: third.id })).body.data
  expect((await pd.delete(`/api/v2/pipelines/${pipeline.id}`)).status).toBe(200)
  expect(await deal(open1.id)).toMatchObject({ pipeline_id: third.id, stage_id: last.id })
  expect((await pd.post('/api/v2/deals', { title: 'New' })).body.data).toMatchObject({ pipeline_id: third.id, stage_id: last.id })
})
