import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { admin, type Body, type Caller, caller, doc } from './caller.ts'

/** History, as the vendor tells it: one activity for each change. */
let now = Date.parse('2026-03-17T10:00:00Z')
const minute = 60_000
let app: TestApp
let ws: TestWorkspace
let pd: Caller
let statuses: string[]
let company: string
let deal: string

beforeAll(async () => {
  app = await openTestApp({ now: () => now })
})
afterAll(() => app.close())

const newDeal = async (name: string): Promise<string> => {
  const relations = {
    company: ['companies', company],
    responsible: ['people', ws.admin.id],
    deal_status: ['deal_statuses', statuses[0] ?? ''],
  } as const
  return (await pd.post('/deals', doc('deals', { name, deal_value: 5000, currency: 'USD' }, relations))).body.data.id
}

beforeEach(async () => {
  ws = await app.workspace({ template: 'productive' })
  pd = admin(app, ws)
  statuses = (await pd.get('/deal_statuses')).body.data.map(({ id }: Body) => id)
  company = (await pd.post('/companies', doc('companies', { name: 'Acme' }))).body.data.id
  deal = await newDeal('Website')
})

const change = async (attributes: object, relations = {}) => {
  now += minute
  const { data } = doc('deals', attributes, relations) as { data: object }
  expect((await pd.patch(`/deals/${deal}`, { data: { ...data, id: deal } })).status).toBe(200)
}
const list = async (query = ''): Promise<Body> => (await pd.get(`/activities${query}`)).body

test('productive 78: a change of stage is an activity of the deal', async () => {
  await change({}, { deal_status: ['deal_statuses', statuses[1]] })
  const { data, meta } = await list(`?filter[deal_id]=${deal}`)
  expect(meta.total_count).toBe(2)
  expect(data[0]).toEqual({
    id: expect.stringMatching(/^\d+$/),
    type: 'activities',
    attributes: {
      event: 'update',
      changeset: [{ deal_status: { from: statuses[0], to: statuses[1] } }],
      item_id: Number(deal),
      item_type: 'deal',
      item_name: 'Website',
      item_deleted_at: null,
      parent_id: null,
      parent_type: null,
      parent_name: null,
      root_id: Number(deal),
      root_type: 'deal',
      root_name: 'Website',
      deal_is_budget: false,
      task_id: null,
      deal_id: Number(deal),
      booking_id: null,
      invoice_id: null,
      company_id: Number(company),
      created_at: '2026-03-17T10:01:00.000+00:00',
      discussion_id: null,
      engagement_id: null,
      page_id: null,
      person_id: null,
      purchase_order_id: null,
      made_by_automation: false,
    },
    relationships: {
      organization: { data: { type: 'organizations', id: String(ws.workspace.id) } },
      creator: { meta: { included: false } },
      deal: { meta: { included: false } },
    },
  })
  expect(data[1].attributes).toMatchObject({ event: 'create', changeset: [] })
  const one = (await pd.get(`/activities/${data[0].id}`)).body
  expect(one).toEqual({ data: data[0], meta: {} })
  now = Date.parse('2026-03-17T10:00:00Z')
})

test('productive 79: the newest are first, unless it is asked otherwise', async () => {
  await change({ name: 'B' })
  await change({ name: 'C' })
  const told = (body: Body) => body.data.map(({ attributes }: Body) => attributes.changeset[0]?.name?.to)
  expect(told(await list())).toEqual(['C', 'B', undefined])
  expect(told(await list('?sort=created_at'))).toEqual([undefined, 'B', 'C'])
  expect(told(await list('?sort=-created_at&page[size]=1&page[number]=2'))).toEqual(['B'])
})

test('a changeset tells everything under the names of the deal', async () => {
  await change({ deal_value: 7500, tag_list: ['hot'], probability: 35, note: 'Call them', purchase_order_number: 'PO 1' })
  const { data } = await list()
  expect(data[0].attributes.changeset).toEqual([
    { budget_total: { from: 5000, to: 7500 } },
    { probability: { from: null, to: 35 } },
    { tag_list: { from: [], to: ['hot'] } },
    { purchase_order_number: { from: null, to: 'PO 1' } },
    { note: { from: null, to: 'Call them' } },
  ])
})

test('winning says when, deleting and restoring are a delete and an update', async () => {
  await change({}, { deal_status: ['deal_statuses', statuses[3]] })
  now += minute
  await pd.delete(`/deals/${deal}`)
  now += minute
  await pd.patch(`/deleted_items/${deal}/restore`)
  const { data } = await list()
  expect(data.map(({ attributes }: Body) => [attributes.event, ...attributes.changeset.flatMap(Object.keys)])).toEqual([
    ['update', 'deleted_at'],
    ['delete', 'deleted_at'],
    ['update', 'deal_status', 'sales_closed_at'],
    ['create'],
  ])
})

test.each([
  ['filter[deal_id]={deal}', 2],
  ['filter[deal_id][]={deal}', 2],
  ['filter[deal_id]={deal},{other}', 3],
  ['filter[deal_id]={deal}&filter[event]=update', 1],
  ['filter[event]=create', 2],
  ['filter[event][not_eq]=create', 1],
  ['filter[item_type]=deal&filter[type]=2', 3],
  ['filter[item_type]=task', 0],
  ['filter[type]=1', 0],
  ['filter[pinned]=true', 0],
  ['filter[creator_id]={me}', 3],
  ['filter[creator_id]=424242', 0],
  ['filter[after]={later}', 1],
  ['filter[before]={later}', 2],
  ['filter[created_at][gt_eq]={later}', 1],
  ['filter[after]=2099-01-01', 0],
])('%s finds %i', async (query, count) => {
  const other = await newDeal('Other')
  await change({ name: 'B' })
  const values: Record<string, string> = { deal, other, me: String(ws.admin.id), later: new Date(now).toISOString() }
  const filled = query.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
  const { data, meta } = await list(`?${filled}`)
  expect([data.length, meta.total_count]).toEqual([count, count])
})

test('who did it and what it was done to can be included', async () => {
  const { included } = await list('?include=creator,deal')
  expect(included.map(({ type, id }: Body) => [type, id])).toEqual([
    ['people', String(ws.admin.id)],
    ['deals', deal],
  ])
})

test('what the log cannot be asked is refused rather than overlooked', async () => {
  for (const query of [
    'filter[task_id]=1',
    'filter[deal_id][contains]=1',
    'filter[after]=soon',
    'sort=event',
    'include=task',
    'filter[$op]=or&filter[0][event]=create&filter[1][event]=delete',
  ])
    expect([query, (await pd.get(`/activities?${query}`)).status]).toEqual([query, 400])
})

test('no other organization’s, and no changes of stages and pipelines', async () => {
  const [activity] = (await list()).data
  expect((await list(`?filter[id]=${activity.id}`)).data).toEqual([activity])
  const other = await app.workspace({ template: 'productive' })
  expect((await admin(app, other).get(`/activities?filter[id]=${activity.id}`)).body.data).toEqual([])
  expect((await admin(app, other).get('/activities')).body.data).toEqual([])
  expect((await admin(app, other).get(`/activities/${activity.id}`)).status).toBe(404)
  await pd.post('/pipelines', doc('pipelines', { name: 'Works' }))
  expect((await list()).data).toHaveLength(1)
  const { token } = await ws.member('viewer')
  expect((await caller(app, { token, organization: ws.workspace.id }).get('/activities')).status).toBe(200)
})
