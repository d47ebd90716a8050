import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
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
