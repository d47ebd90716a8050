import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { changeDeal } from '../../../domain/edit-deals.ts'
import { type Body, type Caller, callAs, leadOf } from './caller.ts'

let now = Date.UTC(2026, 10, 20, 12)
let app: TestApp
let ws: TestWorkspace
let caller: Caller
let main: Body
beforeAll(async () => {
  app = await openTestApp({ now: () => now })
})
beforeEach(async () => {
  ws = await app.workspace({ template: 'amocrm' })
  caller = callAs(app, ws)
  const [{ id }] = (await caller.get('/api/v4/leads/pipelines')).body._embedded.pipelines
  main = (await caller.patch(`/api/v4/leads/pipelines/${id}`, { is_unsorted_on: true })).body
})
afterAll(() => app.close())

const path = '/api/v4/leads/unsorted'
const stage = (index: number): number => main._embedded.statuses[index].id
const form = (more: object = {}) => ({
  source_uid: 'site-1',
  source_name: 'Our site',
  metadata: {
    form_id: 'f1',
    form_name: 'Ask us',
    form_page: 'https://example.com',
    form_sent_at: 1_795_100_000,
    ip: '192.0.2.1',
    referer: 'https://example.net',
  },
  ...more,
})
const call = (more: object = {}) => ({
  source_uid: 'pbx',
  source_name: 'Telephone',
  metadata: { phone: '+1', called_at: 1_795_100_000, duration: 12, link: 'https://example.com/1.mp3', service_code: 'pbx' },
  ...more,
})
const addForm = async (more: object = {}): Promise<Body> =>
  (await caller.post(`${path}/forms`, [form(more)])).body._embedded.unsorted[0]
const list = async (query = ''): Promise<Body[]> => (await caller.get(path + query)).body?._embedded.unsorted ?? []
const summary = async (query = '') => (await caller.get(`${path}/summary${query}`)).body

test('what comes in is a lead in the special status, with its contact and company', async () => {
  const { status, body } = await caller.post(`${path}/forms`, [
    form({
      request_id: 'r1',
      created_at: 1_795_000_000,
      _embedded: {
        leads: [{ name: 'From the site', price: 100, status_id: 142 }],
        contacts: [
          { first_name: 'Ann', custom_fields_values: [{ field_code: 'EMAIL', values: [{ value: 'ann@example.com' }] }] },
        ],
        companies: [{ name: 'Acme' }],
      },
    }),
  ])
  expect([status, body._total_items]).toEqual([200, 1])
  const [made] = body._embedded.unsorted
  expect(Object.keys(made)).toEqual(['uid', 'account_id', 'request_id', '_links', '_embedded'])
  expect(made).toMatchObject({ uid: expect.stringMatching(/^[0-9a-f]{56}$/), account_id: ws.workspace.id, request_id: 'r1' })
  const lead = await leadOf(caller, made._embedded.leads[0].id)
  expect(lead).toMatchObject({ name: 'From the site', price: 100, status_id: stage(0), created_at: 1_795_000_000 })
  expect(await ws.scope.store.parties.get(made._embedded.contacts[0].id)).toMatchObject({
    name: 'Ann',
    emails: [{ value: 'ann@example.com' }],
  })
  const [shown] = await list()
  expect(shown).toEqual({
    uid: made.uid,
    source_uid: 'site-1',
    source_name: 'Our site',
    category: 'forms',
    pipeline_id: main.id,
    created_at: 1_795_000_000,
    metadata: form().metadata,
    account_id: ws.workspace.id,
    _links: { self: { href: `${caller.origin}${path}/${made.uid}` } },
    _embedded: made._embedded,
  })
  expect((await caller.get(`${path}/${made.uid}`)).body).toEqual(shown)
})

test('the PHP library says `lead` where the page says `leads`', async () => {
  const made = await addForm({ _embedded: { lead: { name: 'One' } } })
  expect((await leadOf(caller, made._embedded.leads[0].id)).name).toBe('One')
})

test('the list is narrowed by uid, category and pipeline, ordered and paged', async () => {
  const first = await addForm()
  now += 1000
  const [second] = (await caller.post(`${path}/sip`, [call()])).body._embedded.unsorted
  const uids = async (query: string) => (await list(query)).map(({ uid }) => uid)
  expect(await uids('')).toEqual([first.uid, second.uid])
  expect(await uids('?order[created_at]=desc')).toEqual([second.uid, first.uid])
  expect(await uids(`?filter[uid]=${second.uid}`)).toEqual([second.uid])
  expect(await uids(`?filter[uid][]=${second.uid}&filter[uid][]=${first.uid}`)).toEqual([second.uid, first.uid])
  expect(await uids('?filter[category][]=sip')).toEqual([second.uid])
  expect(await uids('?filter[category][]=sip&filter[category][]=forms')).toEqual([first.uid, second.uid])
  expect(await uids('?filter[category][]=mail')).toEqual([])
  expect(await uids(`?filter[pipeline_id]=${main.id}`)).toHaveLength(2)
  expect(await uids('?filter[pipeline_id]=999999')).toEqual([])
  const { body } = await caller.get(`${path}?limit=1`)
  expect(body._embedded.unsorted).toHaveLength(1)
  expect(await uids(body._links.next.href.slice((caller.origin + path).length))).toEqual([second.uid])
  expect((await caller.get(`${path}?page=3&limit=1`)).status).toBe(204)
})

test("accepting moves the lead on and into somebody's hands", async () => {
  const member = await ws.member('member')
  const [a, b] = [await addForm(), await addForm()]
  const { status, body } = await caller.post(`${path}/${a.uid}/accept`, { user_id: member.user.id, status_id: stage(2) })
  expect(status).toBe(200)
  expect(body).toMatchObject({ uid: a.uid, pipeline_id: main.id, category: 'forms', _embedded: { leads: a._embedded.leads } })
  expect(await leadOf(caller, a._embedded.leads[0].id)).toMatchObject({
    status_id: stage(2),
    responsible_user_id: member.user.id,
  })
  await caller.post(`${path}/${b.uid}/accept`)
  expect((await leadOf(caller, b._embedded.leads[0].id)).status_id).toBe(stage(1))
  expect(await list()).toEqual([])
  for (const answer of [
    await caller.get(`${path}/${a.uid}`),
    await caller.post(`${path}/${a.uid}/accept`),
    await caller.delete(`${path}/${a.uid}/decline`),
  ])
    expect(answer.status).toBe(404)
})

test('declining deletes the lead', async () => {
  const made = await addForm()
  const { status, body } = await caller.delete(`${path}/${made.uid}/decline`, { user_id: ws.admin.id })
  expect([status, body.uid]).toEqual([200, made.uid])
  expect((await caller.get(`/api/v4/leads/${made._embedded.leads[0].id}`)).status).toBe(204)
  expect((await caller.get(path)).status).toBe(204)
})

test('a lead that somebody else moves on is accepted, and what they put in has no source', async () => {
  const made = await addForm()
  await changeDeal(ws.scope, made._embedded.leads[0].id, { stageId: stage(1) })
  expect(await list()).toEqual([])
  expect((await caller.get(`${path}/${made.uid}`)).status).toBe(404)
  const [lead] = (await caller.post('/api/v4/leads', [{ name: 'x', status_id: stage(0) }])).body._embedded.leads
  expect((await leadOf(caller, lead.id)).status_id).toBe(stage(0))
  expect(await list()).toEqual([])
})

test('the summary counts what waits and what was sorted', async () => {
  const [a, b] = [await addForm(), await addForm()]
  await addForm()
  await caller.post(`${path}/sip`, [call()])
  now += 60_000
  await caller.post(`${path}/${a.uid}/accept`)
  now += 60_000
  await caller.delete(`${path}/${b.uid}/decline`)
  expect(await summary()).toEqual({
    total: 2,
    accepted: 1,
    declined: 1,
    average_sort_time: 90,
    categories: { sip: { total: 1 }, mail: { total: 0 }, forms: { total: 1 }, chats: { total: 0 } },
  })
  expect((await summary(`?filter[pipeline_id]=${main.id}`)).accepted).toBe(1)
  expect((await summary('?filter[pipeline_id]=999999')).total).toBe(0)
  expect((await summary(`?filter[created_at][from]=${Math.floor(now / 1000)}`)).total).toBe(0)
})

test.each([
  ['nothing', undefined, ''],
  ['no source', [{ metadata: form().metadata }], 'source_uid'],
  ['no metadata', [form({ metadata: undefined })], 'metadata'],
  ['half of the metadata', [form({ metadata: { form_id: 'x' } })], 'metadata.form_name'],
  ['a pipeline without such a status', [form({ pipeline_id: 999_999 })], 'pipeline_id'],
  ['a contact that is not there', [form({ _embedded: { contacts: [{ id: 999_999 }] } })], '_embedded.contacts'],
])('%s is refused by name, and nothing is made', async (_case, body, field) => {
  const answer = await caller.post(`${path}/forms`, body)
  expect(answer.status).toBe(400)
  expect(answer.body['validation-errors'][0].errors[0].path).toBe(field)
  expect((await caller.get('/api/v4/leads')).status).toBe(204)
})

test('accepting into a status that is none, or that of incoming leads itself, is refused', async () => {
  const made = await addForm()
  for (const status_id of [999_999, stage(0), 'x']) {
    const answer = await caller.post(`${path}/${made.uid}/accept`, { status_id })
    expect(answer.status).toBe(400)
  }
  expect((await caller.post(`${path}/${made.uid}/accept`, { user_id: 999_999 })).status).toBe(400)
  expect((await caller.post(`${path}/${made.uid}/link`, { link: { entity_id: 1 } })).status).toBe(400)
  expect(await list()).toHaveLength(1)
})
