import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { openTestApp, type TestWorkspace } from '../../../../../test/support/app.ts'
import { clockAt, speakV1, type V1 } from './served.ts'

const clock = clockAt('2026-05-15T10:13:14Z')
const app = await openTestApp({ now: clock.now })
afterAll(() => app.close())

let ws: TestWorkspace
let v1: V1
let stages: number[]
beforeEach(async () => {
  clock.reset()
  ws = await app.workspace({ template: 'pipedrive' })
  v1 = speakV1(app, ws.token)
  stages = (await v1.get('/stages')).body.data.map(({ id }: { id: number }) => id)
})

const add = async (body: object = {}): Promise<number> => (await v1.post('/deals', { title: 'Deal', ...body })).body.data.id
const ids = async (path: string): Promise<number[]> => (await v1.get(path)).body.data.map(({ id }: { id: number }) => id)
const several = async (count: number): Promise<number[]> => {
  const made: number[] = []
  for (let i = 0; i < count; i++) made.push(await add({ title: `Deal ${i}`, value: count - i }))
  return made
}

test('pipedrive 65, 94: a page says start, limit and whether more follows; next_start only where more does', async () => {
  const all = await several(5)
  const pages = []
  for (let start: number | undefined = 0; start !== undefined; ) {
    const { body } = await v1.get(`/deals?start=${start}&limit=2`)
    pages.push(body.data.map(({ id }: { id: number }) => id))
    const { pagination } = body.additional_data
    expect(pagination).toEqual(
      start < 4
        ? { start, limit: 2, more_items_in_collection: true, next_start: start + 2 }
        : { start: 4, limit: 2, more_items_in_collection: false },
    )
    start = pagination.next_start
  }
  expect(pages).toEqual([all.slice(0, 2), all.slice(2, 4), all.slice(4)])
  const beyond = (await v1.get('/deals?start=100')).body
  expect(beyond.data).toEqual([])
  expect(beyond.additional_data.pagination).toEqual({ start: 100, limit: 100, more_items_in_collection: false })
})

test('pipedrive 87: limits and starts out of range are served as the nearest that makes sense', async () => {
  const [first] = await several(2)
  const page = async (query: string) => (await v1.get(`/deals?${query}`)).body.additional_data.pagination
  expect(await page('limit=5000')).toMatchObject({ limit: 500 })
  expect(await page('limit=0')).toMatchObject({ limit: 100 })
  expect(await page('start=-1&limit=1')).toMatchObject({ start: 0, limit: 1, next_start: 1 })
  expect(await page('start=99999999999999999999')).toMatchObject({ more_items_in_collection: false })
  expect(await page('limit=&start=')).toMatchObject({ start: 0, limit: 100 })
  expect(await ids('/deals?limit=2&limit=1')).toEqual([first])
})

test('users, owned_by_you, stages and statuses choose the deals', async () => {
  const bob = await ws.member('member')
  const mine = await add({ stage_id: stages[1] })
  const his = await add({ user_id: bob.user.id })
  const won = await add({ status: 'won' })
  const lost = await add({ status: 'lost', stage_id: stages[1] })
  const gone = await add()
  await v1.delete(`/deals/${gone}`)
  const archived = await add({ is_archived: true })
  expect(await ids('/deals')).toEqual([mine, his, won, lost])
  expect(await ids('/deals?status=all_not_deleted')).toEqual([mine, his, won, lost])
  expect(await ids('/deals?status=open')).toEqual([mine, his])
  expect(await ids('/deals?status=won')).toEqual([won])
  expect(await ids('/deals?status=lost')).toEqual([lost])
  expect(await ids('/deals?status=deleted')).toEqual([gone])
  expect(await ids(`/deals?user_id=${bob.user.id}`)).toEqual([his])
  expect(await ids(`/deals?user_id=${bob.user.id}&owned_by_you=1`)).toEqual([mine, won, lost])
  expect(await ids(`/deals?stage_id=${stages[1]}`)).toEqual([mine, lost])
  expect(await ids('/deals?whatever=1&owned_by_you=0')).toEqual([mine, his, won, lost])
  expect(await ids('/deals/archived')).toEqual([archived])
  expect((await v1.get('/deals?status=bogus')).body.error).toContain('status must be one of open, won')
})

test('sorting by several fields; a field that cannot be sorted by is refused', async () => {
  const [a, b, c] = [
    await add({ value: 5, title: 'B' }),
    await add({ value: 9, title: 'A' }),
    await add({ value: 5, title: 'A' }),
  ]
  expect(await ids('/deals?sort=value DESC, title ASC')).toEqual([b, c, a])
  expect(await ids('/deals?sort=title')).toEqual([b, c, a])
  expect(await ids('/deals?sort=id%20desc&limit=1&start=1')).toEqual([b])
  for (const field of ['id', 'title', 'value', 'add_time', 'update_time', 'expected_close_date', 'close_time']) {
    expect((await v1.get(`/deals?sort=${field} DESC`)).status, field).toBe(200)
  }
  for (const sort of ['bogus', 'owner.name ASC', 'id sideways', 'constructor', ',']) {
    expect((await v1.get(`/deals?sort=${encodeURIComponent(sort)}`)).status, sort).toBe(400)
  }
})

test('a page of full deals takes as many statements as one of a single deal', async () => {
  const bob = await ws.member('member')
  const org_id = (await v1.post('/organizations', { name: 'Acme', owner_id: bob.user.id })).body.data.id
  const person_id = (await v1.post('/persons', { name: 'Jo', org_id })).body.data.id
  for (let i = 0; i < 20; i++)
    await add({ person_id, org_id, user_id: i % 2 ? bob.user.id : ws.admin.id, stage_id: stages[i % 6] })
  const reading = [vi.spyOn(app.engine.reader, 'all'), vi.spyOn(app.engine.reader, 'one')]
  const counted = async (path: string) => {
    for (const spy of reading) spy.mockClear()
    expect((await v1.get(path)).status).toBe(200)
    return reading.reduce((sum, spy) => sum + spy.mock.calls.length, 0)
  }
  // The first call after a write looks up who is calling.
  await counted('/deals?limit=1')
  const few = await counted('/deals?limit=1')
  expect(few).toBeGreaterThan(5)
  expect(await counted('/deals?limit=20')).toBe(few)
  vi.restoreAllMocks()
})

test('the field selector leaves only the fields that it names', async () => {
  const id = await add({ title: 'Only this' })
  expect((await v1.get('/deals:(id,title)')).body.data).toEqual([{ id, title: 'Only this' }])
  expect((await v1.get(`/deals/${id}:(title,stage_id,nothing)?start=0`)).body.data).toEqual({
    title: 'Only this',
    stage_id: stages[0],
  })
  expect((await v1.get('/deals%3A%28id%29')).body.data).toEqual([{ id }])
  expect((await v1.get('/stages:(name)')).body.data[0]).toEqual({ name: 'Qualified' })
  expect((await v1.get('/deals/99999:(id)')).body.data).toBeNull()
  expect((await speakV1(app, ws.token, '/api/v1').get('/deals:(id)')).body.data).toEqual([{ id }])
  expect((await speakV1(app, ws.token, '/api/v2').get('/deals:(id)')).status).toBe(404)
})

test('the collection is walked by cursor, in the order of ids, by admins', async () => {
  const all = await several(5)
  const seen: number[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body } = await v1.get(`/deals/collection?limit=2&cursor=${encodeURIComponent(cursor)}`)
    seen.push(...body.data.map(({ id }: { id: number }) => id))
    cursor = body.additional_data.next_cursor
  }
  expect(seen).toEqual(all)
  const bob = await ws.member('manager')
  expect((await speakV1(app, bob.token).get('/deals/collection')).status).toBe(403)
  expect((await v1.get('/deals/collection?cursor=nonsense')).status).toBe(400)
})

test('the collection keeps to a time, a user, a stage and a status', async () => {
  const first = await add()
  clock.pass(10_000)
  const second = await add({ stage_id: stages[1], status: 'won' })
  await v1.put(`/deals/${second}`, { is_archived: true })
  expect(await ids('/deals/collection?since=2026-05-15 10:13:15')).toEqual([second])
  expect(await ids('/deals/collection?until=2026-05-15 10:13:24')).toEqual([first])
  expect(await ids(`/deals/collection?stage_id=${stages[1]}&user_id=${ws.admin.id}&status=won`)).toEqual([second])
  expect((await v1.get('/deals/collection')).body.data[0]).not.toHaveProperty('formatted_value')
})

test('a Singer tap reads every user and deal by next_start until nothing follows', async () => {
  const all = await several(7)
  const tap = async (stream: string) => {
    const rows: { id: number }[] = []
    for (let start = 0, more = true; more; ) {
      const url = `${app.origin}/pipedrive/v1/${stream}?api_token=${ws.token}&limit=3&start=${start}&sort=update_time`
      const response = await fetch(url, { headers: { 'accept-encoding': 'application/json' } })
      const payload = (await response.json()) as {
        data: { id: number }[] | null
        additional_data?: { pagination?: { more_items_in_collection: boolean; next_start: number } }
      }
      rows.push(...(payload.data ?? []))
      const pagination = payload.additional_data?.pagination
      more = pagination?.more_items_in_collection ?? false
      if (pagination && more) {
        expect(pagination).toHaveProperty('next_start')
        start = pagination.next_start
      }
    }
    return rows.map(({ id }) => id)
  }
  expect(await tap('deals')).toEqual(all)
  expect(await tap('users')).toEqual([ws.admin.id])
  expect((await tap('dealFields')).length).toBeGreaterThan(10)
  expect(await tap('stages')).toEqual(stages)
})
