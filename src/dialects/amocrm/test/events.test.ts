import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addLead, type Body, type Caller, callAs } from './caller.ts'

/** What happened to leads, as v4 tells it. */
let now = Date.parse('2026-05-15T10:00:00Z')
const minute = 60_000
const seconds = () => Math.floor(now / 1000)
let app: TestApp
let ws: TestWorkspace
let caller: Caller
let statuses: Body[]

beforeAll(async () => {
  app = await openTestApp({ now: () => now })
})
beforeEach(async () => {
  ws = await app.workspace({ template: 'amocrm' })
  caller = callAs(app, ws)
  const { body } = await caller.get('/api/v4/leads/pipelines')
  statuses = body._embedded.pipelines[0]._embedded.statuses.filter((status: Body) => status.type === 0)
})
afterAll(() => app.close())

const change = async (lead: number, row: object) => {
  now += minute
  expect((await caller.patch(`/api/v4/leads/${lead}`, row)).status).toBe(200)
}
const events = async (query = ''): Promise<Body[]> => (await caller.get(`/api/v4/events${query}`)).body?._embedded.events ?? []
const types = (list: Body[]) => list.map(({ type }) => type)

test('amocrm 87: a change of status is told with status and pipeline, before and after', async () => {
  const lead = await addLead(caller, { name: 'Lead', price: 100 })
  const pipeline_id = statuses[0].pipeline_id
  await change(lead, { status_id: 142 })
  const [event] = await events('?filter[type]=lead_status_changed')
  const { origin } = caller
  expect(event).toEqual({
    id: expect.stringMatching(/^[0-9a-z]{26}$/),
    type: 'lead_status_changed',
    entity_id: lead,
    entity_type: 'lead',
    created_by: ws.admin.id,
    created_at: seconds(),
    value_after: [{ lead_status: { id: 142, pipeline_id } }],
    value_before: [{ lead_status: { id: statuses[0].id, pipeline_id } }],
    account_id: ws.workspace.id,
    _links: { self: { href: `${origin}/api/v4/events/${event.id}` } },
    _embedded: { entity: { id: lead, _links: { self: { href: `${origin}/api/v4/leads/${lead}` } } } },
  })
  expect((await caller.get(`/api/v4/events/${event.id}`)).body).toEqual(event)
})

test('one change can be several events, and the newest are first', async () => {
  const lead = await addLead(caller, { name: 'Lead', price: 100 })
  await change(lead, { name: 'Other', price: 250, status_id: statuses[1].id, _embedded: { tags: [{ name: 'hot' }] } })
  const list = await events()
  expect(types(list)).toEqual([
    'entity_tag_added',
    'name_field_changed',
    'sale_field_changed',
    'lead_status_changed',
    'lead_added',
  ])
  expect(list.map(({ value_before, value_after }) => [value_before, value_after])).toEqual([
    [[], [{ tag: { name: 'hot' } }]],
    [[{ name_field_value: { name: 'Lead' } }], [{ name_field_value: { name: 'Other' } }]],
    [[{ sale_field_value: { sale: 100 } }], [{ sale_field_value: { sale: 250 } }]],
    [
      [{ lead_status: { id: statuses[0].id, pipeline_id: statuses[0].pipeline_id } }],
      [{ lead_status: { id: statuses[1].id, pipeline_id: statuses[0].pipeline_id } }],
    ],
    [[], [{ note: { id: expect.any(Number) } }]],
  ])
})

test('deleting and restoring elsewhere are events without values; cents that nobody sees here are none', async () => {
  const lead = await addLead(caller, { name: 'Lead', price: 100 })
  const native = { authorization: `Bearer ${ws.token}`, 'content-type': 'application/json' }
  const call = (method: string, path: string, body?: object) =>
    fetch(`${app.origin}/api/v1/deals/${lead}${path}`, {
      method,
      headers: native,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  await call('PATCH', '', { amount: 10_020 })
  await call('DELETE', '')
  await call('POST', '/restore', {})
  const list = await events()
  expect(types(list)).toEqual(['lead_restored', 'lead_deleted', 'lead_added'])
  expect(list.slice(0, 2).map(({ value_before, value_after }) => [value_before, value_after])).toEqual([
    [[], []],
    [[], []],
  ])
})

test('amocrm 88: at most a hundred to a page, and nothing found is 204', async () => {
  expect((await caller.get('/api/v4/events?filter[type]=lead_deleted')).status).toBe(204)
  await caller.post(
    '/api/v4/leads',
    Array.from({ length: 103 }, (_, index) => ({ name: `Lead ${index}` })),
  )
  const first = (await caller.get('/api/v4/events?limit=250')).body
  expect(first._embedded.events).toHaveLength(100)
  expect(first._links.next.href).toContain('page=2')
  const second = (await caller.get(first._links.next.href.replace(caller.origin, ''))).body
  expect(second._embedded.events).toHaveLength(3)
  expect(second._links.next).toBeUndefined()
  const all = [...first._embedded.events, ...second._embedded.events].map(({ id }: Body) => id)
  expect(new Set(all).size).toBe(103)
})

test.each(['filter[type]=lead_added,lead_status_changed', 'filter[type][]=lead_added&filter[type][]=lead_status_changed'])(
  'amocrm 89: %s finds both types',
  async (filter) => {
    const lead = await addLead(caller)
    await change(lead, { name: 'Other' })
    await change(lead, { status_id: statuses[1].id })
    expect(types(await events(`?${filter}`))).toEqual(['lead_status_changed', 'lead_added'])
  },
)

test('amocrm 90: an entity_id needs exactly one entity', async () => {
  const [first, second] = [await addLead(caller), await addLead(caller)]
  await change(first, { name: 'Other' })
  expect(types(await events(`?filter[entity]=lead&filter[entity_id]=${first}`))).toEqual(['name_field_changed', 'lead_added'])
  expect(await events(`?filter[entity]=lead&filter[entity_id][]=${first}&filter[entity_id][]=${second}`)).toHaveLength(3)
  for (const query of ['', '&filter[entity]=lead,contact', '&filter[entity][]=lead&filter[entity][]=contact']) {
    const { status, body } = await caller.get(`/api/v4/events?filter[entity_id]=${first}${query}`)
    expect([status, body.title]).toEqual([400, 'Bad Request'])
  }
  expect((await caller.get('/api/v4/events?filter[entity]=contact')).status).toBe(204)
  const many = Array.from({ length: 11 }, (_, index) => index + 1).join()
  expect((await caller.get(`/api/v4/events?filter[entity]=lead&filter[entity_id]=${many}`)).status).toBe(400)
})

test('every other filter', async () => {
  const colleague = await ws.member('member')
  const lead = await addLead(caller)
  const began = seconds()
  await change(lead, { status_id: statuses[1].id })
  await change(lead, { status_id: 143 })
  now += minute
  expect((await callAs(app, colleague).patch(`/api/v4/leads/${lead}`, { name: 'By a colleague' })).status).toBe(200)
  expect(types(await events(`?filter[created_by]=${colleague.user.id}`))).toEqual(['name_field_changed'])
  expect(await events(`?filter[created_at]=${began}`)).toHaveLength(1)
  expect(await events(`?filter[created_at]=${began},${began + 60}`)).toHaveLength(2)
  expect(await events(`?filter[created_at][from]=${began + 1}`)).toHaveLength(3)
  expect(await events(`?filter[created_at][to]=${began}`)).toHaveLength(1)
  const after = 'filter[value_after][leads_statuses][0]'
  const { pipeline_id } = statuses[0]
  expect(await events(`?${after}[pipeline_id]=${pipeline_id}&${after}[status_id]=143`)).toHaveLength(1)
  expect(await events(`?filter[value_before][leads_statuses][0][status_id]=${statuses[0].id}`)).toHaveLength(1)
  const [newest, ...rest] = await events()
  expect(await events(`?filter[id]=${newest.id},${rest[1].id}`)).toHaveLength(2)
  expect((await events('?with=lead_name'))[0]._embedded.entity.name).toBe('By a colleague')
  for (const bad of ['filter[created_at]=yesterday', 'filter[value_after][customers_statuses][0][status_id]=1'])
    expect((await caller.get(`/api/v4/events?${bad}`)).status).toBe(400)
})

test('people, links and fields of the account', async () => {
  const colleague = await ws.member('member')
  const lead = await addLead(caller)
  await change(lead, { responsible_user_id: colleague.user.id })
  const native = { authorization: `Bearer ${ws.token}`, 'content-type': 'application/json' }
  const post = async (path: string, body: object, method = 'POST') => {
    const answer = await fetch(`${app.origin}/api/v1${path}`, { method, headers: native, body: JSON.stringify(body) })
    return ((await answer.json()) as Body).data
  }
  const field = await post('/custom-fields', { subject: 'deal', name: 'Seats', type: 'number' })
  const contact = await post('/contacts', { name: 'Jo' })
  await post(`/deals/${lead}`, { contactId: contact.id, customFields: { [field.id]: 12 } }, 'PATCH')
  const [value, linked, responsible] = await events()
  expect([value.type, value.value_before, value.value_after]).toEqual([
    `custom_field_${field.id}_value_changed`,
    [],
    [{ custom_field_value: { field_id: field.id, field_type: 'numeric', enum_id: null, text: '12' } }],
  ])
  expect([linked.type, linked.value_after]).toEqual([
    'entity_linked',
    [{ link: { entity: { type: 'contact', id: contact.id } } }],
  ])
  expect([responsible.value_before, responsible.value_after]).toEqual([
    [{ responsible_user: { id: ws.admin.id } }],
    [{ responsible_user: { id: colleague.user.id } }],
  ])
  const { body } = await caller.get('/api/v4/events/types')
  expect(body._total_items).toBe(body._embedded.events_types.length)
  expect(body._embedded.events_types).toContainEqual({ key: 'lead_added', type: 1, lang: 'New lead' })
  expect(body._embedded.events_types).toContainEqual({ key: 'lead_deleted', type: 7, lang: 'Lead deleted' })
  expect(body._embedded.events_types.map(({ key }: Body) => key)).toContain(value.type)
})

test('an unknown event, and another account’s, is none', async () => {
  await addLead(caller)
  const [event] = await events()
  const other = callAs(app, await app.workspace({ template: 'amocrm' }))
  for (const [who, id] of [
    [caller, 'nonsense'],
    [caller, '0'.repeat(26)],
    [other, event.id],
  ] as const) {
    const { status, body } = await who.get(`/api/v4/events/${id}`)
    expect([status, body.title]).toEqual([404, 'Not Found'])
  }
  expect(await other.get(`/api/v4/events?filter[id]=${event.id}`)).toMatchObject({ status: 204 })
})
