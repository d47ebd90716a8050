import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { createDeal } from '../../../domain/edit-deals.ts'
import { addStage, changeStage } from '../../../domain/edit-stages.ts'
import { listStages } from '../../../domain/stage.ts'
import { account, caller, type Item } from './caller.ts'

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

const names = (items: readonly Item[]) => items.map(({ name }) => name)
const defaults = ['Qualified', 'Contact Made', 'Prospect Qualified', 'Needs Defined', 'Proposal Made', 'Negotiations Started']

test('pipedrive 15, 16, 20, 21: stages of all pipelines, or of one, in a list with a cursor that is null at the end', async () => {
  const { pd, pipeline } = await open()
  const second = (await pd.post('/api/v2/pipelines', { name: 'Second' })).body.data
  await pd.post('/api/v2/stages', { name: 'Elsewhere', pipeline_id: second.id })
  const all = await pd.list('/api/v2/stages')
  expect(Object.keys(all.body)).toEqual(['success', 'data', 'additional_data'])
  expect(all.body.additional_data).toEqual({ next_cursor: null })
  expect(names(all.body.data)).toEqual([...defaults, 'Elsewhere'])
  expect(names((await pd.list(`/api/v2/stages?pipeline_id=${second.id}`)).body.data)).toEqual(['Elsewhere'])
  expect(names((await pd.list(`/api/v2/stages?pipeline_id=${pipeline.id}`)).body.data)).toEqual(defaults)
  expect((await pd.list('/api/v2/stages?pipeline_id=99999')).body.data).toEqual([])
})

test('pipedrive 17, 18: sorted by exactly id, update_time, add_time or order_nr, up or down', async () => {
  const { pd, pipeline, stage, ws } = await open()
  clock.at += 10_000
  await pd.patch(`/api/v2/stages/${stage(2)}`, { name: 'Renamed' })
  clock.at += 10_000
  const added = (await pd.post('/api/v2/stages', { name: 'Added', pipeline_id: pipeline.id })).body.data
  await changeStage(ws.scope, added.id, { place: { nth: 1 } })
  const ids = async (query: string) => (await pd.list(`/api/v2/stages?${query}`)).body.data.map(({ id }) => id)
  const byId = [...Array.from({ length: 6 }, (_, nth) => stage(nth)), added.id]
  expect(await ids('')).toEqual(byId)
  expect(await ids('sort_by=id&sort_direction=asc')).toEqual(byId)
  expect(await ids('sort_by=id&sort_direction=desc')).toEqual(byId.toReversed())
  expect(await ids('sort_by=order_nr')).toEqual([added.id, ...byId.slice(0, 6)])
  expect(await ids('sort_by=order_nr&sort_direction=desc')).toEqual([added.id, ...byId.slice(0, 6)].toReversed())
  expect((await ids('sort_by=add_time&sort_direction=desc'))[0]).toBe(added.id)
  for (const query of ['sort_by=name', 'sort_by=bogus', 'sort_direction=up', 'sort_by=', 'sort_direction=ASC']) {
    const refused = await pd.list(`/api/v2/stages?${query}`)
    expect([refused.status, refused.body.code], query).toEqual([400, 'ERR_SCHEMA_VALIDATION_FAILED'])
  }
})

test('pipedrive 19: 100 stages where no limit is named, at most 500; cursors lead through all of them once', async () => {
  const { pd, pipeline, ws } = await open()
  for (let i = 0; i < 114; i++) await addStage(ws.scope, { name: `Stage ${i}`, pipelineId: pipeline.id })
  const first = await pd.list('/api/v2/stages')
  expect(first.body.data.length).toBe(100)
  expect(JSON.parse(Buffer.from(first.body.additional_data?.next_cursor ?? '', 'base64url').toString())).toEqual({
    field: 'id',
    fieldValue: first.body.data[99]?.id,
    sortDirection: 'asc',
    id: first.body.data[99]?.id,
  })
  expect((await pd.list('/api/v2/stages?limit=500')).body.data.length).toBe(120)
  for (const limit of ['501', '5000', '0', '-1', 'abc', '1e2', '', '9'.repeat(30)]) {
    expect((await pd.list(`/api/v2/stages?limit=${limit}`)).status, limit).toBe(400)
  }
  for (const sort of ['id', 'update_time', 'add_time', 'order_nr']) {
    for (const direction of ['asc', 'desc']) {
      const { items, pages } = await pd.all(`/api/v2/stages?sort_by=${sort}&sort_direction=${direction}&limit=50`)
      expect([pages, new Set(items.map(({ id }) => id)).size], sort).toEqual([3, 120])
    }
  }
})

test('pipedrive 22, 28: one stage comes without additional_data, with exactly the ten documented keys', async () => {
  const { pd, stage, pipeline } = await open()
  const { body } = await pd.get(`/api/v2/stages/${stage(0)}`)
  expect(Object.keys(body)).toEqual(['success', 'data'])
  expect(body.data).toEqual({
    id: stage(0),
    name: 'Qualified',
    order_nr: 0,
    pipeline_id: pipeline.id,
    deal_probability: 100,
    is_deal_rot_enabled: false,
    days_to_rotten: null,
    is_deleted: false,
    add_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    update_time: null,
  })
})

test('pipedrive 24, 29: a new stage is answered with 200, its defaults, and the place after the last', async () => {
  const { pd, pipeline } = await open()
  const added = await pd.post('/api/v2/stages', { name: 'Test Stage', pipeline_id: pipeline.id })
  expect(added.status).toBe(200)
  const { data } = added.body
  expect(data).toMatchObject({ order_nr: 6, deal_probability: 100, is_deal_rot_enabled: false, days_to_rotten: null })
  expect(data.update_time).toBe(data.add_time)
  const next = (await pd.post('/api/v2/stages', { name: 'Next', pipeline_id: pipeline.id })).body.data
  expect(next.order_nr).toBe(7)
  // The gap that a deleted stage leaves stays.
  expect((await pd.delete(`/api/v2/stages/${data.id}`)).status).toBe(200)
  expect((await pd.post('/api/v2/stages', { name: 'Last', pipeline_id: pipeline.id })).body.data.order_nr).toBe(8)
  const second = (await pd.post('/api/v2/pipelines', { name: 'Second' })).body.data
  expect((await pd.post('/api/v2/stages', { name: 'First', pipeline_id: second.id })).body.data.order_nr).toBe(1)
  for (const path of ['/api/v2/stages', `/api/v2/stages/${next.id}`]) expect((await pd.get(path)).status).toBe(200)
  expect((await pd.patch(`/api/v2/stages/${next.id}`, { name: 'Same' })).status).toBe(200)
})

test('pipedrive 25: name and pipeline_id must be given', async () => {
  const { pd, pipeline } = await open()
  const without = async (body: unknown) => (await pd.post('/api/v2/stages', body)).body
  expect(await without({ pipeline_id: pipeline.id })).toEqual({
    success: false,
    error: 'Validation failed: name: This field is missing.',
    code: 'ERR_SCHEMA_VALIDATION_FAILED',
  })
  expect((await without({ name: 'X' })).error).toBe('Validation failed: pipeline_id: This field is missing.')
  expect((await without({})).error).toBe('Validation failed: name: This field is missing.; pipeline_id: This field is missing.')
})

test('pipedrive 26: probability and rotting can be set and changed', async () => {
  const { pd, pipeline } = await open()
  const rot = { deal_probability: 40, is_deal_rot_enabled: true, days_to_rotten: 7 }
  const { data } = (await pd.post('/api/v2/stages', { name: 'Rotting', pipeline_id: pipeline.id, ...rot })).body
  expect(data).toMatchObject(rot)
  const patched = async (body: object) => (await pd.patch(`/api/v2/stages/${data.id}`, body)).body.data
  expect(await patched({ deal_probability: 0 })).toMatchObject({ ...rot, deal_probability: 0 })
  expect(await patched({ days_to_rotten: 9 })).toMatchObject({ is_deal_rot_enabled: true, days_to_rotten: 9 })
  // Off, the days are kept for when it is on again.
  expect(await patched({ is_deal_rot_enabled: false })).toMatchObject({ is_deal_rot_enabled: false, days_to_rotten: 9 })
  expect(await patched({ days_to_rotten: 5 })).toMatchObject({ is_deal_rot_enabled: false, days_to_rotten: 5 })
  expect(await patched({ is_deal_rot_enabled: true })).toMatchObject({ is_deal_rot_enabled: true, days_to_rotten: 5 })
  expect(await patched({ days_to_rotten: null })).toMatchObject({ is_deal_rot_enabled: true, days_to_rotten: null })
  expect((await pd.get(`/api/v2/stages/${data.id}`)).body.data).toMatchObject({ is_deal_rot_enabled: true, days_to_rotten: null })
})

test('rotting says one thing to everybody: days while it is on, none while it is off', async () => {
  const { pd, stage, ws } = await open()
  const days = async () => (await listStages(ws.scope)).find(({ id }) => id === stage(0))?.rotAfterDays
  await pd.patch(`/api/v2/stages/${stage(0)}`, { is_deal_rot_enabled: true, days_to_rotten: 7 })
  expect(await days()).toBe(7)
  await pd.patch(`/api/v2/stages/${stage(0)}`, { is_deal_rot_enabled: false })
  expect(await days()).toBeNull()
  await changeStage(ws.scope, stage(0), { rotAfterDays: 30 })
  expect((await pd.get(`/api/v2/stages/${stage(0)}`)).body.data).toMatchObject({ is_deal_rot_enabled: true, days_to_rotten: 30 })
  // A change of something else leaves it alone.
  await pd.patch(`/api/v2/stages/${stage(0)}`, { name: 'Renamed' })
  expect(await days()).toBe(30)
})

test('pipedrive 27, 30, 39a: an unknown field, order_nr and is_deleted are refused by name', async () => {
  const { pd, pipeline, stage } = await open()
  const before = (await pd.list('/api/v2/stages')).text
  const body = { name: 'New', pipeline_id: pipeline.id }
  for (const field of ['colour', 'order_nr', 'is_deleted', 'id', 'rotten_days']) {
    for (const refused of [
      await pd.post('/api/v2/stages', { ...body, [field]: 1 }),
      await pd.patch(`/api/v2/stages/${stage(0)}`, { name: 'Changed', [field]: 1 }),
    ]) {
      expect(refused.status).toBe(400)
      expect(refused.body).toEqual({
        success: false,
        error: `Validation failed: ${field}: Parameter '${field}' is not allowed for this request`,
        code: 'ERR_SCHEMA_VALIDATION_FAILED',
      })
    }
  }
  expect((await pd.list('/api/v2/stages')).text).toBe(before)
})

test('pipedrive 31: a deleted stage is answered with its id, leaves the list, and says itself that it is deleted', async () => {
  const { pd, stage } = await open()
  const deleted = await pd.delete(`/api/v2/stages/${stage(1)}`)
  expect([deleted.status, deleted.body]).toEqual([200, { success: true, data: { id: stage(1) } }])
  expect((await pd.list('/api/v2/stages')).body.data.map(({ id }) => id)).not.toContain(stage(1))
  expect((await pd.get(`/api/v2/stages/${stage(1)}`)).body.data).toMatchObject({ id: stage(1), is_deleted: true })
  for (const gone of [
    await pd.delete(`/api/v2/stages/${stage(1)}`),
    await pd.patch(`/api/v2/stages/${stage(1)}`, { name: 'X' }),
  ]) {
    expect([gone.status, gone.body.error]).toEqual([404, 'Stage not found'])
  }
})

test('the deals of a deleted stage go to the one before it, or the one after; the last stage with deals stays', async () => {
  const { pd, stage, ws } = await open()
  const first = (await pd.post('/api/v2/deals', { title: 'First', stage_id: stage(0) })).body.data
  const won = (await pd.post('/api/v2/deals', { title: 'Won', stage_id: stage(1), status: 'won' })).body.data
  const stageOf = async (id: number) => (await pd.get(`/api/v2/deals/${id}`)).body.data.stage_id
  await pd.delete(`/api/v2/stages/${stage(1)}`)
  expect(await stageOf(won.id)).toBe(stage(0))
  await pd.delete(`/api/v2/stages/${stage(0)}`)
  expect([await stageOf(first.id), await stageOf(won.id)]).toEqual([stage(2), stage(2)])
  for (const nth of [3, 4, 5]) await pd.delete(`/api/v2/stages/${stage(nth)}`)
  const refused = await pd.delete(`/api/v2/stages/${stage(2)}`)
  expect([refused.status, refused.body.success]).toEqual([400, false])
  expect((await pd.list('/api/v2/stages')).body.data.length).toBe(1)
  expect((await listStages(ws.scope)).length).toBe(3)
})

test('pipedrive 37: a probability outside 0 to 100 is refused', async () => {
  const { pd, stage, pipeline } = await open()
  for (const deal_probability of [-1, 101, 50.5, '50', null]) {
    expect((await pd.patch(`/api/v2/stages/${stage(0)}`, { deal_probability })).status).toBe(400)
    expect((await pd.post('/api/v2/stages', { name: 'X', pipeline_id: pipeline.id, deal_probability })).status).toBe(400)
  }
})

test('pipedrive 38: a PATCH that changes nothing leaves update_time', async () => {
  const { pd, stage, pipeline } = await open()
  const unchanged = {
    name: 'Qualified',
    pipeline_id: pipeline.id,
    deal_probability: 100,
    is_deal_rot_enabled: false,
    days_to_rotten: null,
  }
  clock.at += 60_000
  for (const body of [{}, unchanged]) {
    expect((await pd.patch(`/api/v2/stages/${stage(0)}`, body)).body.data.update_time).toBeNull()
  }
  const changed = (await pd.patch(`/api/v2/stages/${stage(0)}`, { name: 'Changed', is_deal_rot_enabled: true })).body.data
  expect(changed.update_time).toBe(`${new Date(clock.at).toISOString().slice(0, 19)}Z`)
  clock.at += 60_000
  const again = { name: 'Changed', is_deal_rot_enabled: true, days_to_rotten: null }
  expect((await pd.patch(`/api/v2/stages/${stage(0)}`, again)).body.data.update_time).toBe(changed.update_time)
})

test('pipedrive 39: an unknown stage is 404 ERR_NOT_FOUND, and so is one that stands for won or lost', async () => {
  const { pd, ws, stage } = await open()
  const closed = (await listStages(ws.scope)).filter(({ kind }) => kind !== 'open').map(({ id }) => id)
  expect(closed.length).toBe(2)
  for (const id of [99999, ...closed, '9223372036854775808']) {
    for (const answer of [
      await pd.get(`/api/v2/stages/${id}`),
      await pd.patch(`/api/v2/stages/${id}`, { name: 'X' }),
      await pd.delete(`/api/v2/stages/${id}`),
    ]) {
      expect([answer.status, answer.body]).toEqual([404, { success: false, error: 'Stage not found', code: 'ERR_NOT_FOUND' }])
    }
  }
  expect((await pd.list('/api/v2/stages')).body.data.length).toBe(6)
  // Nor can a deal be put there by hand.
  expect((await pd.post('/api/v2/deals', { title: 'X', stage_id: closed[0] })).status).toBe(400)
  const deal = (await pd.post('/api/v2/deals', { title: 'X', stage_id: stage(0) })).body.data.id
  expect((await pd.patch(`/api/v2/deals/${deal}`, { stage_id: closed[0] })).status).toBe(400)
})

test('a PATCH of pipeline_id takes the stage and its deals to the end of the other pipeline', async () => {
  const { pd, stage, ws } = await open()
  const second = (await pd.post('/api/v2/pipelines', { name: 'Second' })).body.data
  const open1 = await createDeal(ws.scope, { title: 'Open', stageId: stage(3) })
  const won = (await pd.post('/api/v2/deals', { title: 'Won', stage_id: stage(3), status: 'won' })).body.data
  const moved = (await pd.patch(`/api/v2/stages/${stage(3)}`, { pipeline_id: second.id })).body.data
  expect(moved).toMatchObject({ id: stage(3), pipeline_id: second.id, order_nr: 1 })
  for (const id of [open1.id, won.id]) {
    expect((await pd.get(`/api/v2/deals/${id}`)).body.data).toMatchObject({ stage_id: stage(3), pipeline_id: second.id })
  }
  expect((await pd.get(`/api/v2/deals/${won.id}`)).body.data.status).toBe('won')
  expect((await pd.patch(`/api/v2/stages/${stage(3)}`, { pipeline_id: 99999 })).status).toBe(400)
})

test('pipedrive 91: sorted by update_time downwards, stages that were never changed are among the rest', async () => {
  const { pd, stage } = await open()
  clock.at += 60_000
  await pd.patch(`/api/v2/stages/${stage(4)}`, { name: 'Changed' })
  const path = '/api/v2/stages?sort_by=update_time&sort_direction=desc'
  const all = (await pd.list(path)).body.data
  expect(all[0]).toMatchObject({ id: stage(4) })
  expect(all.slice(1).every(({ update_time }) => update_time === null)).toBe(true)
  // Ties are by ascending id, in pages as in one.
  const untouched = [0, 1, 2, 3, 5].map(stage)
  expect(all.slice(1).map(({ id }) => id)).toEqual(untouched)
  expect((await pd.all(`${path}&limit=2`)).items.map(({ id }) => id)).toEqual([stage(4), ...untouched])
})
