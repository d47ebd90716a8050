import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { changeDeal } from '../../../domain/edit-deals.ts'
import { addStage } from '../../../domain/edit-stages.ts'
import { addLossReason, deleteLossReason } from '../../../domain/loss-reason.ts'
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
  const add = async (body: object) => (await pd.post('/api/v2/deals', { title: 'Acme', ...body })).body.data
  const change = async (id: number, body: object) => (await pd.patch(`/api/v2/deals/${id}`, body)).body.data
  const get = async (id: number, query = '') => (await pd.get(`/api/v2/deals/${id}${query}`)).body.data
  return { ws, pd, add, change, get, ...(await account(pd)) }
}

const now = () => `${new Date(clock.at).toISOString().slice(0, 19)}Z`

test('pipedrive 50, 51, 60: a deal needs a title only; its answer has every documented key and none that was not asked for', async () => {
  const { pd, ws, stage, pipeline } = await open()
  const added = await pd.post('/api/v2/deals', { title: 'Acme Corp' })
  expect(added.status).toBe(200)
  const expected = {
    id: expect.any(Number),
    title: 'Acme Corp',
    creator_user_id: ws.admin.id,
    value: 0,
    person_id: null,
    org_id: null,
    stage_id: stage(0),
    currency: 'USD',
    add_time: now(),
    update_time: now(),
    status: 'open',
    probability: null,
    lost_reason: null,
    visible_to: 3,
    close_time: null,
    pipeline_id: pipeline.id,
    won_time: null,
    lost_time: null,
    stage_change_time: null,
    local_won_date: null,
    local_lost_date: null,
    local_close_date: null,
    expected_close_date: null,
    custom_fields: null,
    owner_id: ws.admin.id,
    label_ids: [],
    is_deleted: false,
    origin: 'API',
    origin_id: null,
    channel: null,
    channel_id: null,
    is_archived: false,
    archive_time: null,
  }
  expect(added.body).toEqual({ success: true, data: expected })
  expect(Object.keys(added.body.data)).toEqual(Object.keys(expected))
  expect((await pd.get(`/api/v2/deals/${added.body.data.id}`)).body).toEqual(added.body)
  expect((await pd.list('/api/v2/deals')).body.data).toEqual([added.body.data])
  expect((await pd.post('/api/v2/deals', {})).body.error).toBe('Validation failed: title: This field is missing.')
  expect((await pd.post('/api/v2/deals', { title: ' ' })).body.error).toBe(
    'Validation failed: title: This value should not be blank.',
  )
})

test('what is written is read back', async () => {
  const { pd, ws, stage, pipeline, change } = await open()
  const other = (await ws.member('member')).user
  const org_id = (await pd.post('/api/v2/organizations', { name: 'Acme' })).body.data.id
  const person_id = (await pd.post('/api/v2/persons', { name: 'Wile E. Coyote', org_id })).body.data.id
  const said = {
    title: 'Rocket skates',
    value: 1250.55,
    currency: 'EUR',
    owner_id: other.id,
    person_id,
    org_id,
    stage_id: stage(3),
    probability: 65,
    visible_to: 7,
    expected_close_date: '2026-12-24',
    label_ids: [3, 1],
  }
  const { data } = (await pd.post('/api/v2/deals', said)).body
  expect(data).toMatchObject({ ...said, pipeline_id: pipeline.id })
  const cleared = {
    probability: null,
    expected_close_date: null,
    person_id: null,
    org_id: null,
    label_ids: [],
    visible_to: 3,
    value: 0,
  }
  expect(await change(data.id, cleared)).toMatchObject({ ...said, ...cleared })
  expect(await change(data.id, { value: -12, currency: 'JPY' })).toMatchObject({ value: -12, currency: 'JPY' })
})

test('pipedrive 52: stage_id decides the pipeline, pipeline_id alone its first stage, none the default pipeline’s', async () => {
  const { pd, stage, pipeline, add, change } = await open()
  const second = (await pd.post('/api/v2/pipelines', { name: 'Second' })).body.data.id
  expect((await pd.post('/api/v2/deals', { title: 'X', pipeline_id: second })).status).toBe(400)
  const first = (await pd.post('/api/v2/stages', { name: 'First', pipeline_id: second })).body.data.id
  const next = (await pd.post('/api/v2/stages', { name: 'Next', pipeline_id: second })).body.data.id
  expect(await add({ stage_id: next })).toMatchObject({ stage_id: next, pipeline_id: second })
  expect(await add({ pipeline_id: second })).toMatchObject({ stage_id: first, pipeline_id: second })
  expect(await add({ stage_id: next, pipeline_id: pipeline.id })).toMatchObject({ stage_id: next, pipeline_id: second })
  const deal = await add({})
  expect(deal).toMatchObject({ stage_id: stage(0), pipeline_id: pipeline.id })
  expect(await change(deal.id, { pipeline_id: second })).toMatchObject({ stage_id: first, pipeline_id: second })
  expect(await change(deal.id, { stage_id: stage(2) })).toMatchObject({ stage_id: stage(2), pipeline_id: pipeline.id })
})

test('a currency that is none, and somebody who is not there, are named', async () => {
  const { pd } = await open()
  const error = async (body: object) => (await pd.post('/api/v2/deals', { title: 'X', ...body })).body.error
  expect(await error({ currency: 'ABC' })).toBe('Validation failed: currency: The value you selected is not a valid choice.')
  expect(await error({ owner_id: 99999 })).toBe('Validation failed: owner_id: The referenced item was not found.')
  expect(await error({ stage_id: 99999 })).toBe('Validation failed: stage_id: The referenced item was not found.')
  expect(await error({ title: 'x'.repeat(256) })).toBe(
    'Validation failed: title: This value is too long. It should have 255 characters or less.',
  )
  expect(await error({ value: 1e15 })).toMatch(/^Validation failed: value: This value should be between/)
})

test('pipedrive 53: a move sets stage_change_time, update_time and pipeline_id; one to the same stage nothing', async () => {
  const { pd, stage, pipeline, add, change } = await open()
  const second = (await pd.post('/api/v2/pipelines', { name: 'Second' })).body.data.id
  const there = (await pd.post('/api/v2/stages', { name: 'There', pipeline_id: second })).body.data.id
  const deal = await add({})
  clock.at += 60_000
  expect(await change(deal.id, { stage_id: stage(0) })).toEqual(deal)
  const moved = await change(deal.id, { stage_id: there })
  expect(moved).toEqual({ ...deal, stage_id: there, pipeline_id: second, stage_change_time: now(), update_time: now() })
  clock.at += 60_000
  const won = await change(deal.id, { status: 'won' })
  expect([won.stage_change_time, won.stage_id, won.pipeline_id]).toEqual([moved.stage_change_time, there, second])
  expect((await change(deal.id, { stage_id: stage(1) })).pipeline_id).toBe(pipeline.id)
})

test('pipedrive 54: won and lost are a status: the stage stays, the times are set', async () => {
  const { stage, add, change, get } = await open()
  const deal = await add({ stage_id: stage(2) })
  clock.at += 60_000
  const won = await change(deal.id, { status: 'won' })
  const wonTimes = {
    status: 'won',
    close_time: now(),
    won_time: now(),
    local_won_date: '2026-05-15',
    local_close_date: '2026-05-15',
  }
  expect(won).toEqual({ ...deal, ...wonTimes, update_time: now() })
  clock.at += 60_000
  expect(await change(deal.id, { status: 'won' })).toEqual(won)
  const lost = await change(deal.id, { status: 'lost', lost_reason: 'Too expensive' })
  expect(lost).toMatchObject({ status: 'lost', stage_id: stage(2), won_time: null, local_won_date: null, lost_time: now() })
  expect(lost).toMatchObject({ close_time: now(), local_lost_date: '2026-05-15', lost_reason: 'Too expensive' })
  // A closed deal can be moved between open stages without being reopened.
  expect(await change(deal.id, { stage_id: stage(4) })).toMatchObject({
    status: 'lost',
    stage_id: stage(4),
    lost_time: lost.lost_time,
  })
  expect((await get(deal.id, '?include_fields=first_won_time')).first_won_time).toBe(won.won_time)
})

test('the local dates are days where the team is', async () => {
  const { add, ws } = await open()
  await changeWorkspace(ws.scope, { timeZone: 'Pacific/Auckland' })
  expect(await add({ status: 'lost', lost_time: '2026-05-14T20:00:00Z' })).toMatchObject({
    lost_time: '2026-05-14T20:00:00Z',
    local_lost_date: '2026-05-15',
    local_close_date: '2026-05-15',
    local_won_date: null,
  })
})

test('pipedrive 55, 56: lost_reason and the closing times go with the status they belong to', async () => {
  const { pd, add, change } = await open()
  const open1 = await add({})
  const won = await add({ status: 'won', won_time: '2026-05-01T08:00:00Z' })
  const lost = await add({ status: 'lost', lost_reason: 'Price', lost_time: '2026-05-02T08:00:00Z' })
  expect(won).toMatchObject({ won_time: '2026-05-01T08:00:00Z', close_time: '2026-05-01T08:00:00Z' })
  expect(lost).toMatchObject({ lost_time: '2026-05-02T08:00:00Z', lost_reason: 'Price' })
  expect(await change(won.id, { close_time: '2026-05-03T08:00:00+02:00' })).toMatchObject({ won_time: '2026-05-03T06:00:00Z' })
  const time = '2026-05-04T08:00:00Z'
  for (const [id, field, value] of [
    [open1.id, 'lost_reason', 'Price'],
    [won.id, 'lost_reason', 'Price'],
    [open1.id, 'won_time', time],
    [open1.id, 'lost_time', time],
    [open1.id, 'close_time', time],
    [won.id, 'lost_time', time],
    [lost.id, 'won_time', time],
  ] as const) {
    const refused = await pd.patch(`/api/v2/deals/${id}`, { [field]: value, title: 'Not kept' })
    expect([refused.status, refused.body.error]).toEqual([
      400,
      `Validation failed: ${field}: Parameter '${field}' is not allowed for this request`,
    ])
  }
  expect((await pd.post('/api/v2/deals', { title: 'X', lost_reason: 'Price' })).status).toBe(400)
  expect(await change(lost.id, { lost_reason: null })).toMatchObject({ status: 'lost', lost_reason: null })
})

test('pipedrive 57: a reopened deal has no closing times and no reason, and remembers when it was first won', async () => {
  const { stage, add, change, get } = await open()
  const deal = await add({ stage_id: stage(1) })
  const won = await change(deal.id, { status: 'won' })
  await change(deal.id, { status: 'lost', lost_reason: 'Changed their mind' })
  clock.at += 60_000
  const reopened = await change(deal.id, { status: 'open' })
  expect(reopened).toEqual({ ...deal, update_time: now() })
  expect((await get(deal.id, '?include_fields=first_won_time')).first_won_time).toBe(won.won_time)
})

test('a reason is one thing with two faces: its name is that reason, any other text a comment', async () => {
  const { ws, add, change, get } = await open()
  const reason = await addLossReason(ws.scope, { name: 'Price' })
  const deal = await add({ status: 'lost', lost_reason: 'Price' })
  expect(await ws.scope.store.deals.get(deal.id)).toMatchObject({ lossReasonId: reason.id, lossComment: null })
  await deleteLossReason(ws.scope, reason.id)
  expect((await get(deal.id)).lost_reason).toBe('Price')
  expect((await change(deal.id, { lost_reason: 'They went bust' })).lost_reason).toBe('They went bust')
  expect(await ws.scope.store.deals.get(deal.id)).toMatchObject({ lossReasonId: null, lossComment: 'They went bust' })
})

test('a deal that did not qualify is lost here, and stays unqualified when it is said to be lost again', async () => {
  const { ws, pd, stage, pipeline, add, change } = await open()
  const junk = await addStage(ws.scope, { name: 'Junk', pipelineId: pipeline.id, kind: 'unqualified' })
  const deal = await add({ stage_id: stage(2) })
  await changeDeal(ws.scope, deal.id, { stageId: junk.id })
  const shown = (await pd.list('/api/v2/deals?status=lost')).body.data
  expect(shown).toMatchObject([{ id: deal.id, status: 'lost', stage_id: stage(2), lost_time: now() }])
  await change(deal.id, { status: 'lost', title: 'Renamed' })
  expect(await ws.scope.store.deals.get(deal.id)).toMatchObject({ outcome: 'unqualified', stageId: junk.id, title: 'Renamed' })
  expect((await pd.list('/api/v2/stages')).body.data.length).toBe(6)
})
