import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { TestApp, TestWorkspace } from '../../../../../test/support/app.ts'
import { changeDeal, createDeal } from '../../../../domain/edit-deals.ts'
import { clockAt, openV1, type V1 } from './served.ts'

/** History of a deal: `flow` and `changelog`. */
const clock = clockAt('2026-05-15T10:00:00Z')
let app: TestApp
let ws: TestWorkspace
let v1: V1

beforeAll(async () => {
  ;({ app, ws, v1 } = await openV1({ now: clock.now }))
})
afterAll(() => app.close())

let deal: number
let stages: number[]
beforeEach(async () => {
  clock.reset()
  stages = (await v1.get('/stages')).body.data.map(({ id }: { id: number }) => id)
  deal = (await v1.post('/deals', { title: 'Deal', value: 100, stage_id: stages[0] })).body.data.id
  clock.pass(60_000)
})

const put = async (body: object) => {
  expect((await v1.put(`/deals/${deal}`, body)).status).toBe(200)
  clock.pass(60_000)
}
const flow = async (query = '') => (await v1.get(`/deals/${deal}/flow${query}`)).body
const facts = (item: { data: { field_key: string; old_value: string | null; new_value: string | null } }) => [
  item.data.field_key,
  item.data.old_value,
  item.data.new_value,
]

test('pipedrive 67, 67a: a move is a dealChange of stage_id with ids as texts, the creation one of add_time', async () => {
  await put({ stage_id: stages[1] })
  const { success, data, additional_data, related_objects } = await flow()
  expect({ success, data }).toEqual({
    success: true,
    data: [
      {
        object: 'dealChange',
        timestamp: '2026-05-15 10:01:00',
        data: {
          id: expect.any(Number),
          item_id: deal,
          user_id: ws.admin.id,
          field_key: 'stage_id',
          old_value: String(stages[0]),
          new_value: String(stages[1]),
          is_bulk_update_flag: null,
          log_time: '2026-05-15 10:01:00',
          change_source: 'api',
          change_source_user_agent: null,
          additional_data: { old_value_formatted: 'Qualified', new_value_formatted: 'Contact Made' },
        },
      },
      {
        object: 'dealChange',
        timestamp: '2026-05-15 10:00:00',
        data: expect.objectContaining({
          field_key: 'add_time',
          old_value: null,
          new_value: '2026-05-15 10:00:00',
          additional_data: [],
        }),
      },
    ],
  })
  expect(additional_data).toEqual({ pagination: { start: 0, limit: 100, more_items_in_collection: false } })
  expect(related_objects).toMatchObject({ user: { [ws.admin.id]: { id: ws.admin.id, name: 'Ada Admin' } } })
})

test('winning and losing are changes of status, whichever stage stands for them elsewhere', async () => {
  await put({ status: 'won' })
  await put({ status: 'open' })
  await put({ status: 'lost', lost_reason: 'Too dear' })
  expect((await flow()).data.map(facts)).toEqual([
    ['lost_reason', null, 'Too dear'],
    ['status', 'open', 'lost'],
    ['status', 'won', 'open'],
    ['status', 'open', 'won'],
    ['add_time', null, '2026-05-15 10:00:00'],
  ])
})

test('amounts are told in the currency that they were in', async () => {
  await put({ value: 250.5 })
  await put({ value: 3000, currency: 'JPY' })
  const { data } = await flow()
  expect(data.map(facts).slice(0, 3)).toEqual([
    ['currency', 'USD', 'JPY'],
    ['value', '250.5', '3000'],
    ['value', '100', '250.5'],
  ])
  expect(data[2].data.additional_data).toEqual({ old_value_formatted: '$100', new_value_formatted: '$250.50' })
})

test('people and companies are named beside their ids, labels are one text', async () => {
  const person = (await v1.post('/persons', { name: 'Jo Doe' })).body.data.id
  await put({ person_id: person, label: [7, 8] })
  const { data } = await flow()
  expect(data.map(facts).slice(0, 2)).toEqual([
    ['label', null, '7,8'],
    ['person_id', null, String(person)],
  ])
  expect(data[1].data.additional_data).toEqual({ new_value_formatted: 'Jo Doe' })
})

test('a company’s own fields show only where all changes are asked for', async () => {
  const field = await ws.scope.store.transaction(async (store) => {
    const { id, uuid } = await store.customFields.identify()
    const at = clock.now()
    const row = { id, uuid, subject: 'deal', name: `Size ${id}`, type: 'number', options: [] } as const
    await store.customFields.insert({ ...row, createdAt: at, updatedAt: at, deletedAt: null })
    return row
  })
  await changeDeal(ws.scope, deal, { customFields: { [field.id]: 42 } })
  expect((await flow()).data).toHaveLength(1)
  const { data } = await flow('?all_changes=1')
  expect(data).toHaveLength(2)
  expect(data[0].data).toMatchObject({ old_value: null, new_value: '42', change_source: 'app' })
  expect(data[0].data.field_key).toMatch(/^[0-9a-f]{40}$/)
})

test('pipedrive 68: flow is paged by start and limit, costs 40 and begins with the newest', async () => {
  for (const title of ['B', 'C', 'D']) await put({ title })
  const { headers, body } = await v1.get(`/deals/${deal}/flow?start=1&limit=2`)
  expect(body.data.map(facts)).toEqual([
    ['title', 'B', 'C'],
    ['title', 'Deal', 'B'],
  ])
  expect(body.additional_data.pagination).toEqual({ start: 1, limit: 2, more_items_in_collection: true, next_start: 3 })
  const before = Number(headers.get('x-daily-ratelimit-token-remaining'))
  const after = (await v1.get(`/deals/${deal}/flow`)).headers.get('x-daily-ratelimit-token-remaining')
  expect(before - Number(after)).toBe(40)
})

test('of the other sorts of items a deal has none', async () => {
  expect((await flow('?items=note,file,mailMessage')).data).toEqual([])
  expect((await flow('?items=note,dealChange')).data).toHaveLength(1)
})

test('pipedrive 69: changelog has a cursor, begins with the newest and costs 20', async () => {
  for (const title of ['B', 'C', 'D']) await put({ title })
  const first = await v1.get(`/deals/${deal}/changelog?limit=3`)
  expect(first.body.data[0]).toEqual({
    field_key: 'title',
    old_value: 'C',
    new_value: 'D',
    actor_user_id: ws.admin.id,
    time: '2026-05-15 10:03:00',
    change_source: 'api',
    change_source_user_agent: null,
    is_bulk_update_flag: false,
  })
  const cursor = first.body.additional_data.next_cursor
  expect(Buffer.from(cursor, 'base64').toString()).toMatch(/^id:\d+$/)
  const rest = await v1.get(`/deals/${deal}/changelog?limit=3&cursor=${encodeURIComponent(cursor)}`)
  expect(rest.body.data.map(({ field_key }: { field_key: string }) => field_key)).toEqual(['add_time'])
  expect(rest.body.additional_data).toEqual({ next_cursor: null })
  const left = (answer: typeof first) => Number(answer.headers.get('x-daily-ratelimit-token-remaining'))
  expect(left(first) - left(rest)).toBe(20)
  expect((await v1.get(`/deals/${deal}/changelog?cursor=nonsense`)).status).toBe(400)
})

test('an imported deal began when it says, and deletion and archiving are changes too', async () => {
  const old = await createDeal(ws.scope, { title: 'Old', createdAt: Date.parse('2020-01-02T03:04:05Z') })
  await changeDeal(ws.scope, old.id, { isArchived: true })
  await v1.delete(`/deals/${old.id}`)
  const { body } = await v1.get(`/deals/${old.id}/flow`)
  expect(body.data.map(facts)).toEqual([
    ['is_deleted', '0', '1'],
    ['is_archived', '0', '1'],
    ['add_time', null, '2020-01-02 03:04:05'],
  ])
})
