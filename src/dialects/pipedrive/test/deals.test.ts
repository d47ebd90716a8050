import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { changeDeal, createDeal } from '../../../domain/edit-deals.ts'
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

test('pipedrive 44: the list has neither deleted nor archived deals', async () => {
  const { pd, add, change } = await open()
  const [kept, archived, deleted] = [
    await add({ title: 'Kept' }),
    await add({ title: 'Archived' }),
    await add({ title: 'Deleted' }),
  ]
  clock.at += 60_000
  expect(await change(archived.id, { is_archived: true })).toMatchObject({
    is_archived: true,
    archive_time: now(),
    status: 'open',
  })
  await pd.delete(`/api/v2/deals/${deleted.id}`)
  const ids = async (path: string) => (await pd.list(path)).body.data.map(({ id }) => id)
  expect(await ids('/api/v2/deals')).toEqual([kept.id])
  expect(await ids('/api/v2/deals?status=open')).toEqual([kept.id])
  expect(await ids('/api/v2/deals/archived')).toEqual([archived.id])
  expect(await change(archived.id, { is_archived: true, archive_time: '2026-05-01 08:00:00' })).toMatchObject({
    archive_time: '2026-05-01T08:00:00Z',
  })
  expect(await change(archived.id, { is_archived: false })).toMatchObject({ is_archived: false, archive_time: null })
  expect(await ids('/api/v2/deals')).toEqual([kept.id, archived.id])
  expect((await pd.patch(`/api/v2/deals/${kept.id}`, { archive_time: '2026-05-01 08:00:00' })).status).toBe(400)
})

test('pipedrive 45: status takes a comma list, deleted among it', async () => {
  const { pd, add } = await open()
  const open1 = await add({ title: 'Open' })
  const won = await add({ title: 'Won', status: 'won' })
  const lost = await add({ title: 'Lost', status: 'lost' })
  const deleted = await add({ title: 'Deleted', status: 'won' })
  await pd.delete(`/api/v2/deals/${deleted.id}`)
  const ids = async (query: string) => (await pd.list(`/api/v2/deals?${query}`)).body.data.map(({ id }) => id)
  expect(await ids('')).toEqual([open1.id, won.id, lost.id])
  expect(await ids('status=won')).toEqual([won.id])
  expect(await ids('status=open,lost')).toEqual([open1.id, lost.id])
  expect(await ids('status=open%2Clost&sort_direction=desc')).toEqual([lost.id, open1.id])
  expect(await ids('status=deleted')).toEqual([deleted.id])
  expect(await ids('status=deleted,open')).toEqual([open1.id, deleted.id])
  expect(await ids('status=open,won,lost,deleted&sort_direction=desc')).toEqual([deleted.id, lost.id, won.id, open1.id])
  const paged = await pd.all('/api/v2/deals?status=open,won,lost,deleted&limit=1&sort_by=update_time')
  expect([paged.pages, paged.items.map(({ id }) => id).sort()]).toEqual([4, [open1.id, won.id, lost.id, deleted.id].sort()])
  for (const status of ['bogus', 'open,bogus', 'all_not_deleted', 'Open']) {
    expect((await pd.list(`/api/v2/deals?status=${status}`)).status, status).toBe(400)
  }
})

test('pipedrive 46: a saved filter beats the quick filters; an unknown one is not found', async () => {
  const { pd, add, stage } = await open()
  const [first, second] = [await add({ title: 'First', value: 5 }), await add({ title: 'Second', stage_id: stage(1) })]
  const conditions = {
    glue: 'and',
    conditions: [
      { glue: 'and', conditions: [{ object: 'deal', field_id: await fieldId(pd, 'stage_id'), operator: '=', value: stage(1) }] },
      { glue: 'or', conditions: [] },
    ],
  }
  const saved = await pd.post('/v1/filters', { name: 'Contacted', type: 'deals', conditions })
  const filter = saved.body.data.id
  const ids = async (query: string) => (await pd.list(`/api/v2/deals?${query}`)).body.data.map(({ id }) => id)
  expect(await ids(`filter_id=${filter}`)).toEqual([second.id])
  expect(await ids(`filter_id=${filter}&ids=${first.id}&status=won&stage_id=${stage(0)}&owner_id=1`)).toEqual([second.id])
  const unknown = await pd.list('/api/v2/deals?filter_id=99999&status=open')
  expect([unknown.status, unknown.body]).toEqual([404, { success: false, error: 'Filter not found', code: 'ERR_NOT_FOUND' }])
})

async function fieldId(pd: ReturnType<typeof caller>, key: string): Promise<number> {
  const { body } = await pd.list('/v1/dealFields?limit=500')
  return body.data.find((field) => field.key === key)?.id ?? 0
}

test('pipedrive 47: at most 100 ids; those of nobody are left out', async () => {
  const { pd, add } = await open()
  const [a, b] = [await add({}), await add({})]
  await add({})
  const list = async (ids: readonly unknown[]) => pd.list(`/api/v2/deals?ids=${ids.join()}`)
  expect((await list([b.id, a.id, 99999, '9223372036854775808'])).body.data.map(({ id }) => id)).toEqual([a.id, b.id])
  const hundred = Array.from({ length: 99 }, (_, i) => 90_000 + i)
  expect((await list([a.id, ...hundred])).body.data.length).toBe(1)
  expect((await list([a.id, b.id, ...hundred])).status).toBe(400)
  expect((await list(['x'])).status).toBe(400)
  expect((await pd.list(`/api/v2/deals?ids=${a.id}&ids=${b.id}`)).body.data.length).toBe(2)
})

test('pipedrive 48: updated_since is inclusive, updated_until exclusive, both in whole seconds', async () => {
  const { pd, add } = await open()
  clock.at = Date.parse('2026-06-01T12:00:00Z')
  const first = await add({})
  clock.at += 1000
  const second = await add({})
  const ids = async (query: string) => (await pd.list(`/api/v2/deals?${query}`)).body.data.map(({ id }) => id)
  expect(await ids('updated_since=2026-06-01T12:00:00Z')).toEqual([first.id, second.id])
  expect(await ids('updated_since=2026-06-01T12:00:01Z')).toEqual([second.id])
  expect(await ids('updated_until=2026-06-01T12:00:01Z')).toEqual([first.id])
  expect(await ids('updated_since=2026-06-01T14:00:00%2B02:00&updated_until=2026-06-01T12:00:02Z')).toEqual([first.id, second.id])
  for (const time of [
    '2026-06-01T12:00:00.000Z',
    '2026-06-01',
    '2026-06-01 12:00:00',
    '2026-02-30T00:00:00Z',
    '1780315200',
    'now',
  ]) {
    for (const parameter of ['updated_since', 'updated_until']) {
      const refused = await pd.list(`/api/v2/deals?${parameter}=${encodeURIComponent(time)}`)
      expect([refused.status, refused.body.error]).toEqual([
        400,
        `Validation failed: ${parameter}: This value is not a valid datetime.`,
      ])
    }
  }
})

test('pipedrive 49: deals are sorted by id, update_time or add_time only, and paged without gaps or doubles', async () => {
  const { pd, add, change } = await open()
  const ids: number[] = []
  for (let i = 0; i < 7; i++) {
    clock.at += i % 3 === 0 ? 1000 : 0
    ids.push((await add({ title: `Deal ${i}` })).id)
  }
  clock.at += 1000
  await change(ids[0] ?? 0, { title: 'Changed last' })
  for (const sort of ['id', 'update_time', 'add_time']) {
    for (const direction of ['asc', 'desc']) {
      const query = `sort_by=${sort}&sort_direction=${direction}`
      const whole = (await pd.list(`/api/v2/deals?${query}`)).body.data
      const times = whole.map((deal) => (sort === 'id' ? deal.id : Date.parse(String(deal[sort]))))
      expect(times, query).toEqual(times.toSorted((a, b) => (direction === 'asc' ? a - b : b - a)))
      const paged = await pd.all(`/api/v2/deals?${query}&limit=2`)
      expect([paged.pages, paged.items], query).toEqual([4, whole])
    }
  }
  for (const sort of ['order_nr', 'title', 'value', 'stage_change_time']) {
    expect((await pd.list(`/api/v2/deals?sort_by=${sort}`)).status, sort).toBe(400)
  }
})

test('the quick filters narrow one another', async () => {
  const { pd, ws, add, stage, pipeline } = await open()
  const other = (await ws.member('member')).user
  const org = (await pd.post('/api/v2/organizations', { name: 'Acme' })).body.data.id
  const person = (await pd.post('/api/v2/persons', { name: 'Ann' })).body.data.id
  const plain = await add({})
  const full = await add({ owner_id: other.id, org_id: org, person_id: person, stage_id: stage(2) })
  const won = await add({ stage_id: stage(2), status: 'won' })
  const ids = async (query: string) => (await pd.list(`/api/v2/deals?${query}`)).body.data.map(({ id }) => id)
  expect(await ids(`owner_id=${other.id}`)).toEqual([full.id])
  expect(await ids(`org_id=${org}`)).toEqual([full.id])
  expect(await ids(`person_id=${person}`)).toEqual([full.id])
  expect(await ids(`stage_id=${stage(2)}`)).toEqual([full.id, won.id])
  expect(await ids(`stage_id=${stage(2)}&status=open`)).toEqual([full.id])
  expect(await ids(`pipeline_id=${pipeline.id}`)).toEqual([plain.id, full.id, won.id])
  expect(await ids(`pipeline_id=${pipeline.id}&owner_id=${ws.admin.id}&status=won`)).toEqual([won.id])
  expect(await ids('stage_id=99999')).toEqual([])
})

test('pipedrive 58, 59: a deleted deal is answered with its id, shows with status=deleted only, and by id says that it is deleted', async () => {
  const { pd, add, get } = await open()
  const deal = await add({})
  clock.at += 60_000
  const deleted = await pd.delete(`/api/v2/deals/${deal.id}`)
  expect([deleted.status, deleted.body]).toEqual([200, { success: true, data: { id: deal.id } }])
  expect((await pd.list('/api/v2/deals')).body.data).toEqual([])
  const shown = { ...deal, status: 'deleted', is_deleted: true, update_time: now() }
  expect((await pd.list('/api/v2/deals?status=deleted')).body.data).toEqual([shown])
  expect(await get(deal.id)).toEqual(shown)
  for (const gone of [await pd.delete(`/api/v2/deals/${deal.id}`), await pd.patch(`/api/v2/deals/${deal.id}`, { title: 'X' })]) {
    expect([gone.status, gone.body]).toEqual([404, { success: false, error: 'Deal not found', code: 'ERR_NOT_FOUND' }])
  }
})

test('a deleted deal can be brought back for 30 days, and is gone then', async () => {
  const { pd, add, change } = await open()
  const [early, late] = [await add({ title: 'Early' }), await add({ title: 'Late', status: 'won' })]
  for (const { id } of [early, late]) await pd.delete(`/api/v2/deals/${id}`)
  clock.at += 30 * 86_400_000
  expect(await change(late.id, { is_deleted: false, title: 'Back' })).toMatchObject({
    is_deleted: false,
    status: 'won',
    title: 'Back',
  })
  clock.at += 1000
  expect((await pd.list('/api/v2/deals?status=deleted')).body.data).toEqual([])
  for (const gone of [
    await pd.get(`/api/v2/deals/${early.id}`),
    await pd.patch(`/api/v2/deals/${early.id}`, { is_deleted: false }),
  ]) {
    expect(gone.status).toBe(404)
  }
  expect((await pd.patch(`/api/v2/deals/${late.id}`, { is_deleted: true })).status).toBe(400)
  expect((await pd.post('/api/v2/deals', { title: 'X', is_deleted: true })).status).toBe(400)
})

test('pipedrive 60: more is shown where it is asked for', async () => {
  const { pd, add, get } = await open()
  const deal = await add({ label_ids: [4] })
  const asked = ['first_won_time', 'next_activity_id', 'products_count', 'smart_bcc_email', 'source_lead_id', 'followers_count']
  expect(await get(deal.id, `?include_fields=${asked.join()}&include_labels=true`)).toEqual({
    ...deal,
    labels: [{ id: 4, label: '4' }],
    first_won_time: null,
    next_activity_id: null,
    products_count: 0,
    smart_bcc_email: null,
    source_lead_id: null,
    followers_count: 0,
  })
  expect((await pd.list('/api/v2/deals?include_fields=notes_count')).body.data).toEqual([{ ...deal, notes_count: 0 }])
  for (const query of [
    'include_fields=arr',
    'include_fields=notes_count,bogus',
    'include_labels=1',
    'include_option_labels=yes',
  ]) {
    expect((await pd.get(`/api/v2/deals/${deal.id}?${query}`)).status, query).toBe(400)
  }
})

test('pipedrive 61: a company’s own fields are set under their keys, cleared by null, and never by an empty list', async () => {
  const { pd, ws, add, change, get } = await open()
  const text = await addCustomField(ws.scope, { subject: 'deal', name: 'Note' })
  await addCustomField(ws.scope, { subject: 'deal', name: 'Seats', type: 'number' })
  await addCustomField(ws.scope, { subject: 'deal', name: 'Tier', type: 'choice', options: ['Gold', 'Silver'] })
  const fields = (await pd.list('/api/v2/dealFields')).body.data.filter((field) => field.is_custom_field === true)
  const [note = '', seats = '', tier = ''] = fields.map((field) => String(field.field_code))
  expect([note, seats, tier].every((key) => /^[0-9a-f]{40}$/.test(key))).toBe(true)
  const [gold, silver] = (fields[2]?.options ?? []) as { id: number; label: string }[]
  expect([gold?.label, silver?.label]).toEqual(['Gold', 'Silver'])

  const deal = await add({ custom_fields: { [note]: 'Call back', [tier]: silver?.id } })
  expect(deal.custom_fields).toEqual({ [note]: 'Call back', [seats]: null, [tier]: silver?.id })
  expect((await change(deal.id, { custom_fields: { [seats]: 12 } })).custom_fields).toMatchObject({
    [note]: 'Call back',
    [seats]: 12,
  })
  expect((await change(deal.id, { custom_fields: { [note]: null } })).custom_fields).toMatchObject({ [note]: null, [seats]: 12 })
  expect((await get(deal.id, `?custom_fields=${tier}&include_option_labels=true`)).custom_fields).toEqual({
    [tier]: { id: silver?.id, label: 'Silver' },
  })
  expect((await pd.get(`/api/v2/deals/${deal.id}?custom_fields=${Array(16).fill(note).join()}`)).status).toBe(400)

  for (const bad of [
    { [note]: [] },
    { [note]: 7 },
    { [seats]: '12' },
    { [tier]: 'Gold' },
    { [tier]: 1 },
    { [tier]: [] },
    { nobody: 1 },
  ]) {
    const refused = await pd.patch(`/api/v2/deals/${deal.id}`, { title: 'Not kept', custom_fields: bad })
    expect([refused.status, refused.body.code], JSON.stringify(bad)).toEqual([400, 'ERR_SCHEMA_VALIDATION_FAILED'])
  }
  expect((await pd.patch(`/api/v2/deals/${deal.id}`, { custom_fields: { nobody: 1 } })).body.error).toBe(
    "Validation failed: custom_fields.nobody: Parameter 'nobody' is not allowed for this request",
  )
  expect((await pd.patch(`/api/v2/deals/${deal.id}`, { custom_fields: [] })).status).toBe(400)
  // A key at the top level is how v1 had it.
  expect((await pd.patch(`/api/v2/deals/${deal.id}`, { [note]: 'X' })).body.error).toBe(
    `Validation failed: ${note}: Parameter '${note}' is not allowed for this request`,
  )
  expect((await get(deal.id)).title).toBe('Acme')
  expect((await ws.scope.store.customFields.get(text.id))?.name).toBe('Note')
})

test('followers of a deal come and go', async () => {
  const { pd, ws, add, get } = await open()
  const other = (await ws.member('viewer')).user
  const deal = await add({})
  const path = `/api/v2/deals/${deal.id}/followers`
  expect((await pd.list(path)).body.data).toEqual([])
  const followed = await pd.post(path, { user_id: other.id })
  expect(followed.body).toEqual({ success: true, data: { user_id: other.id, add_time: now() } })
  await pd.post(path, { user_id: other.id })
  await pd.post(path, { user_id: ws.admin.id })
  expect((await pd.list(path)).body.data.map(({ user_id }) => user_id)).toEqual([other.id, ws.admin.id])
  expect((await pd.all(`${path}?limit=1`)).items.length).toBe(2)
  expect((await get(deal.id, '?include_fields=followers_count')).followers_count).toBe(2)
  expect((await get(deal.id)).update_time).toBe(deal.update_time)
  expect((await pd.delete(`${path}/${other.id}`)).body).toEqual({ success: true, data: { user_id: other.id } })
  expect((await pd.delete(`${path}/${other.id}`)).status).toBe(404)
  expect((await pd.post(path, { user_id: 99999 })).status).toBe(400)
})

test('deals that were made elsewhere are not of the API’s making', async () => {
  const { ws, get } = await open()
  const deal = await createDeal(ws.scope, { title: 'By hand', tags: ['kept'] })
  expect(await get(deal.id)).toMatchObject({ origin: 'ManuallyCreated', label_ids: [] })
})
