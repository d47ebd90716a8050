import { afterAll, beforeEach, expect, test } from 'vitest'
import { openTestApp, type TestWorkspace } from '../../../../../test/support/app.ts'
import { addCustomField, deleteCustomField } from '../../../../domain/custom-field.ts'
import { fieldKey, optionId } from '../../custom-fields.ts'
import { clockAt, speakV1, type V1 } from './served.ts'

const clock = clockAt('2026-05-15T10:13:14Z')
const app = await openTestApp({ now: clock.now })
afterAll(() => app.close())

let ws: TestWorkspace
let v1: V1
let fields: Map<string, number>
beforeEach(async () => {
  clock.reset()
  ws = await app.workspace({ template: 'pipedrive' })
  v1 = speakV1(app, ws.token)
  fields = await fieldIds()
})

const fieldIds = async (): Promise<Map<string, number>> =>
  new Map((await v1.get('/dealFields')).body.data.map(({ key, id }: { key: string; id: number }) => [key, id]))
const add = async (body: object = {}): Promise<number> => (await v1.post('/deals', { title: 'Deal', ...body })).body.data.id

type Said = readonly [field: string, operator: string, value: unknown]
const conditions = (all: readonly Said[], any: readonly Said[] = []) => {
  const lines = (said: readonly Said[]) =>
    said.map(([key, operator, value]) => ({
      object: 'deal',
      field_id: String(fields.get(key)),
      operator,
      value,
      extra_value: null,
    }))
  return {
    glue: 'and',
    conditions: [
      { glue: 'and', conditions: lines(all) },
      { glue: 'or', conditions: lines(any) },
    ],
  }
}
const save = (all: readonly Said[], any?: readonly Said[]) =>
  v1.post('/filters', { name: 'Some', type: 'deals', conditions: conditions(all, any) })
const found = async (all: readonly Said[], any?: readonly Said[]): Promise<number[]> => {
  const { body } = await save(all, any)
  return (await v1.get(`/deals?filter_id=${body.data.id}`)).body.data.map(({ id }: { id: number }) => id)
}

test('a filter is kept as it was said', async () => {
  const said = conditions([['status', '=', 'open']])
  const { data } = (await v1.post('/filters', { name: 'Open', type: 'deals', conditions: said })).body
  expect(data).toEqual({
    id: expect.any(Number),
    name: 'Open',
    active_flag: true,
    type: 'deals',
    temporary_flag: null,
    user_id: ws.admin.id,
    add_time: '2026-05-15 10:13:14',
    update_time: '2026-05-15 10:13:14',
    visible_to: 7,
    custom_view_id: null,
    conditions: said,
  })
  const { conditions: _, ...listed } = data
  expect((await v1.get('/filters?type=deals')).body.data).toEqual([listed])
  expect((await v1.get('/filters?type=people')).body.data).toEqual([])
  expect((await v1.get(`/filters/${data.id}`)).body.data).toEqual(data)
  clock.pass(1000)
  expect((await v1.put(`/filters/${data.id}`, { name: 'Renamed' })).body.data).toEqual({
    ...data,
    name: 'Renamed',
    update_time: '2026-05-15 10:13:15',
  })
  expect((await v1.delete(`/filters?ids=${data.id}`)).body).toEqual({ success: true, data: { id: [data.id] } })
  expect((await v1.get(`/filters/${data.id}`)).body.error).toBe('Filter not found')
})

test('conditions by value: title, value, currency, stage, pipeline, people and organizations', async () => {
  const bob = await ws.member('member')
  const org_id = (await v1.post('/organizations', { name: 'Acme' })).body.data.id
  const person_id = (await v1.post('/persons', { name: 'Jo' })).body.data.id
  const [, second] = (await v1.get('/stages')).body.data
  const special = { title: 'Special', value: 77.5, currency: 'EUR', org_id, person_id, stage_id: second.id, user_id: bob.user.id }
  const id = await add(special)
  const other = await add()
  expect(await found([])).toEqual([id, other])
  const cases: Said[] = [
    ['title', '=', 'Special'],
    ['value', '=', '77.5'],
    ['currency', '=', 'EUR'],
    ['stage_id', '=', second.id],
    ['user_id', '=', bob.user.id],
    ['org_id', '=', String(org_id)],
    ['person_id', '=', person_id],
  ]
  for (const said of cases) expect(await found([said]), said[0]).toEqual([id])
  expect(await found(cases)).toEqual([id])
  expect(await found([['user_id', '=', 'me']])).toEqual([other])
  expect(
    await found([
      ['creator_user_id', '=', ws.admin.id],
      ['pipeline', '=', second.pipeline_id],
    ]),
  ).toEqual([id, other])
  expect(
    await found([
      ['title', '=', 'Special'],
      ['title', '=', 'Deal'],
    ]),
  ).toEqual([])
})

test('conditions by day', async () => {
  const early = await add({ add_time: '2026-01-31 23:59:59', expected_close_date: '2026-06-01' })
  const late = await add({ add_time: '2026-02-01 00:00:00', expected_close_date: '2026-06-02' })
  expect(await found([['add_time', '<', '2026-02-01']])).toEqual([early])
  expect(await found([['add_time', '>=', '2026-02-01']])).toEqual([late])
  expect(await found([['add_time', '=', '2026-01-31']])).toEqual([early])
  expect(
    await found([
      ['add_time', '>', '2026-01-31'],
      ['add_time', '<=', '2026-02-01'],
    ]),
  ).toEqual([late])
  expect(await found([['expected_close_date', '>', '2026-06-01']])).toEqual([late])
  expect(
    await found([
      ['expected_close_date', '<=', '2026-06-01'],
      ['expected_close_date', '<=', '2026-07-01'],
    ]),
  ).toEqual([early])
  expect(await found([['update_time', '=', '2026-05-15']])).toEqual([early, late])
})

test('statuses are glued with or', async () => {
  await add()
  const won = await add({ status: 'won' })
  const lost = await add({ status: 'lost' })
  expect(await found([], [['status', '=', 'won']])).toEqual([won])
  expect(
    await found(
      [],
      [
        ['status', '=', 'won'],
        ['status', '=', 'lost'],
      ],
    ),
  ).toEqual([won, lost])
  expect(
    await found(
      [['status', '=', 'won']],
      [
        ['status', '=', 'won'],
        ['status', '=', 'lost'],
      ],
    ),
  ).toEqual([won])
  expect(
    await found([
      ['status', '=', 'won'],
      ['status', '=', 'lost'],
    ]),
  ).toEqual([])
})

test('custom fields, until they are deleted', async () => {
  const size = await addCustomField(ws.scope, { subject: 'deal', name: 'Size', type: 'choice', options: ['S', 'L'] })
  const seats = await addCustomField(ws.scope, { subject: 'deal', name: 'Seats', type: 'number' })
  fields = await fieldIds()
  const large = String(optionId(size, 'L'))
  const id = await add({ [fieldKey(size)]: large, [fieldKey(seats)]: 4 })
  await add({ [fieldKey(size)]: large, [fieldKey(seats)]: 5 })
  const both: Said[] = [
    [fieldKey(size), '=', large],
    [fieldKey(seats), '=', '4'],
  ]
  expect(await found(both)).toEqual([id])
  const filter = (await save(both)).body.data.id
  await deleteCustomField(ws.scope, seats.id)
  expect((await v1.get(`/deals?filter_id=${filter}`)).body.data).toEqual([])
})

test('what deals cannot be found by is refused when it is saved, and nothing is kept', async () => {
  const refused: (readonly Said[])[] = [
    [['title', "LIKE '%$%'", 'x']],
    [['probability', '=', 50]],
    [['status', '!=', 'won']],
    [['add_time', '=', 'yesterday']],
    [['stage_id', '=', 'first']],
    [['no such field', '=', 1]],
    [['title', 'IS NULL', null]],
  ]
  for (const all of refused) {
    expect(await save(all), JSON.stringify(all)).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/^conditions/) },
    })
  }
  expect(
    (
      await save(
        [],
        [
          ['title', '=', 'a'],
          ['currency', '=', 'EUR'],
        ],
      )
    ).status,
  ).toBe(400)
  expect((await v1.post('/filters', { name: 'People', type: 'people', conditions: conditions([]) })).status).toBe(400)
  expect((await v1.post('/filters', { name: 'x', type: 'deals', conditions: '{nonsense' })).status).toBe(400)
  expect((await v1.post('/filters', { name: ' ', type: 'deals', conditions: conditions([]) })).status).toBe(400)
  expect((await v1.get('/filters')).body.data).toEqual([])
})

test('pipedrive 46: filter_id beats the quick filters, in v1 as in v2', async () => {
  const won = await add({ status: 'won' })
  await add()
  const filter = (await save([['status', '=', 'won']])).body.data.id
  const bob = await ws.member('member')
  const v2 = speakV1(app, ws.token, '/api/v2')
  for (const answer of [
    await v1.get(`/deals?filter_id=${filter}&status=open&user_id=${bob.user.id}&owned_by_you=1`),
    await v2.get(`/deals?filter_id=${filter}&status=open&owner_id=${bob.user.id}`),
  ]) {
    expect(answer.body.data.map(({ id }: { id: number }) => id)).toEqual([won])
  }
  expect((await v1.get('/deals?filter_id=999999')).body.error).toBe('Filter not found')
})

test('a filter about one stage has no deals in another', async () => {
  const [first, second] = (await v1.get('/stages')).body.data
  const id = await add({ stage_id: first.id })
  const filter = (await save([['stage_id', '=', first.id]])).body.data.id
  const shown = async (path: string) =>
    (await v1.get(`${path}filter_id=${filter}`)).body.data.map((deal: { id: number }) => deal.id)
  expect(await shown(`/stages/${first.id}/deals?`)).toEqual([id])
  expect(await shown(`/stages/${second.id}/deals?`)).toEqual([])
  expect(await shown(`/pipelines/${first.pipeline_id}/deals?`)).toEqual([id])
  expect(await shown(`/pipelines/${first.pipeline_id}/deals?stage_id=${second.id}&`)).toEqual([])
})

test('a form has the conditions as text', async () => {
  const body = new URLSearchParams({
    name: 'Form',
    type: 'deals',
    conditions: JSON.stringify(conditions([['status', '=', 'won']])),
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  expect(await v1.send('POST', '/filters', { headers, body: body.toString() })).toMatchObject({
    status: 200,
    body: { data: { name: 'Form' } },
  })
})
