import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { addParty } from '../../../domain/party.ts'
import { addLead, addPipelines, type Body, type Caller, callAs, formType, leadOf } from './caller.ts'

let now = Date.UTC(2026, 10, 20, 12)
let app: TestApp
let ws: TestWorkspace
let caller: Caller
beforeAll(async () => {
  app = await openTestApp({ now: () => now })
})
beforeEach(async () => {
  ws = await app.workspace({ template: 'amocrm' })
  caller = callAs(app, ws)
})
afterAll(() => app.close())

const path = '/api/v2/leads'
const add = (...rows: object[]) => caller.post(path, { add: rows })
const seconds = () => Math.floor(now / 1000)
const items = async (query = '', headers: Record<string, string> = {}): Promise<Body[]> => {
  const { status, body } = await caller.get(path + query, headers)
  return status === 204 ? [] : body._embedded.items
}
const names = async (query: string, headers?: Record<string, string>) => (await items(query, headers)).map(({ name }) => name)

describe('pipelines', () => {
  test('amocrm 28, 29, 30: pipelines and stages are keyed by id, with a flag and without what the older generation adds', async () => {
    const { status, body } = await caller.get('/api/v2/pipelines', { accept: 'application/json' })
    expect(status).toBe(200)
    expect(body._links).toEqual({ self: { href: '/api/v2/pipelines', method: 'get' } })
    const [[id, pipeline]] = Object.entries<Body>(body._embedded.items) as [[string, Body]]
    expect(Object.keys(pipeline)).toEqual(['id', 'name', 'sort', 'is_main', 'statuses'])
    expect(pipeline.id).toBe(Number(id))
    for (const [key, stage] of Object.entries<Body>(pipeline.statuses)) {
      expect(Object.keys(stage)).toEqual(['id', 'name', 'color', 'sort', 'is_editable'])
      expect(stage.id).toBe(Number(key))
      expect(stage.is_editable).toBe(stage.id !== 142 && stage.id !== 143)
    }
  })

  test('amocrm 31: an id narrows the list and stays in the link, credentials do not', async () => {
    const [b] = await addPipelines(caller, { name: 'B', statuses: [{ name: 'x' }] })
    const login = `USER_LOGIN=${encodeURIComponent(ws.admin.email)}&USER_HASH=${ws.token}`
    const { body } = await caller.get(`/api/v2/pipelines?id=${b.id}&${login}`)
    expect(Object.keys(body._embedded.items)).toEqual([String(b.id)])
    expect(body._links.self.href).toBe(`/api/v2/pipelines?id=${b.id}`)
    expect((await caller.get('/api/v2/pipelines?id=999999')).status).toBe(204)
  })
})

describe('account', () => {
  test('amocrm 33: without `with` nothing is embedded', async () => {
    const { body } = await caller.get('/api/v2/account')
    expect(body).not.toHaveProperty('_embedded')
    expect(body).toMatchObject({
      id: ws.workspace.id,
      subdomain: ws.workspace.subdomain,
      currency: 'USD',
      current_user: ws.admin.id,
    })
    expect(body.date_pattern).toEqual({ date: 'd.m.Y', time: 'H:i', date_time: 'd.m.Y H:i', time_full: 'H:i:s' })
  })

  test('amocrm 32: pipelines in the account say `editable` with a letter', async () => {
    const { body } = await caller.get('/api/v2/account?with=pipelines')
    expect(Object.keys(body._embedded)).toEqual(['pipelines'])
    const stages = Object.values<Body>(body._embedded.pipelines).flatMap(({ statuses }) => Object.values<Body>(statuses))
    for (const { id, editable } of stages) expect(editable).toBe(id === 142 || id === 143 ? 'N' : 'Y')
  })

  test('users come with their rights, fields with their options', async () => {
    const viewer = await ws.member('viewer', 'Vera View Er')
    const size = await addCustomField(ws.scope, { subject: 'deal', name: 'Size', type: 'choice', options: ['S', 'L'] })
    const { body } = await caller.get('/api/v2/account?with=custom_fields,users,groups,note_types,task_types&free_users=Y')
    expect(Object.keys(body._embedded)).toEqual(['users', 'custom_fields', 'groups', 'note_types', 'task_types'])
    expect(body._embedded.users[ws.admin.id]).toMatchObject({ is_admin: true, rights: { lead_add: 'A' } })
    expect(body._embedded.users[viewer.user.id]).toMatchObject({
      name: 'Vera',
      last_name: 'View Er',
      is_admin: false,
      rights: { lead_add: 'D', lead_view: 'A' },
    })
    expect(body._embedded.custom_fields.leads[size.id]).toMatchObject({
      name: 'Size',
      field_type: 4,
      enums: { [size.id * 1000]: 'S', [size.id * 1000 + 1]: 'L' },
    })
  })
})

describe('writing leads', () => {
  test('amocrm 34: what is added answers with its id and the name that the caller gave the row', async () => {
    const { status, body } = await add({ name: 'A', request_id: 7 }, { name: 'B' })
    expect(status).toBe(200)
    const [first, second] = body._embedded.items
    expect(body._links).toEqual({ self: { href: path, method: 'post' } })
    expect([first.request_id, second.request_id]).toEqual([7, 1])
    expect(first._links.self).toEqual({ href: `${path}?id=${first.id}`, method: 'get' })
    expect(body._embedded).not.toHaveProperty('errors')
  })

  test('all members are kept and shown', async () => {
    const contacts = await Promise.all(['Ann', 'Bob'].map((name) => addParty(ws.scope, { kind: 'person', name })))
    const company = await addParty(ws.scope, { kind: 'company', name: 'Acme' })
    const field = await addCustomField(ws.scope, { subject: 'deal', name: 'Note' })
    const other = await ws.member('member')
    const { body } = await add({
      name: 'Deal',
      sale: '46333',
      tags: 'red, blue',
      responsible_user_id: String(other.user.id),
      contacts_id: contacts.map(({ id }) => id),
      company_id: company.id,
      created_at: 1_500_000_000,
      custom_fields: [{ id: field.id, values: [{ value: 'hello' }] }],
    })
    const id = body._embedded.items[0].id
    const [lead] = await items(`?id=${id}`)
    expect(lead).toMatchObject({
      sale: 46333,
      responsible_user_id: other.user.id,
      created_at: 1_500_000_000,
      closed_at: 0,
      closest_task_at: 0,
      main_contact: { id: contacts[0]?.id },
      contacts: { id: contacts.map(({ id }) => id) },
      company: { id: company.id, name: 'Acme' },
      custom_fields: [{ id: field.id, name: 'Note', values: [{ value: 'hello' }], is_system: false }],
    })
    expect(lead.tags.map(({ name }: Body) => name)).toEqual(['red', 'blue'])
    await caller.post(path, {
      update: [{ id, updated_at: seconds() + 5, unlink: { contacts_id: [contacts[0]?.id], company_id: company.id } }],
    })
    const [after] = await items(`?id=${id}`)
    expect(after).toMatchObject({ contacts: { id: [contacts[1]?.id] }, main_contact: { id: contacts[1]?.id }, company: {} })
  })

  test('amocrm 35: an update without updated_at is refused, whatever else the call holds', async () => {
    const { body } = await add({ name: 'A' })
    const id = body._embedded.items[0].id
    const answer = await caller.post(path, { add: [{ name: 'B' }], update: [{ id, name: 'changed' }] })
    expect(answer.status).toBe(400)
    expect(answer.body.response.error_code).toBe('217')
    expect(await names('')).toEqual(['A'])
  })

  test('an update from an older reading is refused row by row, under the id of the lead', async () => {
    const { body } = await add({ name: 'A' }, { name: 'B' })
    const [a, b] = body._embedded.items.map(({ id }: Body) => id)
    const answer = await caller.post(path, {
      update: [
        { id: a, updated_at: seconds() - 1, name: 'too late' },
        { id: b, updated_at: String(seconds()), name: 'in time' },
        { id: 999_999, updated_at: seconds(), name: 'nobody' },
      ],
    })
    expect(answer.status).toBe(200)
    expect(answer.body._embedded.items.map(({ id }: Body) => id)).toEqual([b])
    expect(answer.body._embedded.errors).toEqual({
      update: { [a]: 'Last modified date is older than in database', 999999: 'Lead not found' },
    })
    expect(await names('')).toEqual(['A', 'in time'])
  })

  test('rows that cannot be added are named by their place, the others are added', async () => {
    const { status, body } = await add({ name: 'A' }, { sale: 1 }, { name: 'C', status_id: 999_999 }, { name: 'D', sale: 'much' })
    expect(status).toBe(200)
    expect(body._embedded.items).toHaveLength(1)
    expect(Object.keys(body._embedded.errors.add)).toEqual(['1', '2', '3'])
    expect(body._embedded.errors.add[2]).toMatch(/status_id/)
    expect(await names('')).toEqual(['A'])
  })

  test.each([
    [undefined, '103'],
    [{}, '214'],
    [{ add: [] }, '213'],
    [{ update: [] }, '216'],
    [{ add: Array.from({ length: 501 }, () => ({ name: 'x' })) }, '400'],
  ])('a body that asks nothing answers with the code for it (%#)', async (body, code) => {
    const answer = await caller.post(path, body)
    expect([answer.status, answer.body.response.error_code]).toEqual([400, code])
  })

  test('a status alone moves the lead to that pipeline; 142 means that of its own pipeline', async () => {
    const [b] = await addPipelines(caller, { name: 'B', statuses: [{ name: 'x' }] })
    const stage = Object.values<Body>(b.statuses).find(({ name }) => name === 'x').id
    const id = await addLead(caller)
    const change = (row: object) => caller.post(path, { update: [{ id, updated_at: seconds(), ...row }] })
    await change({ status_id: String(stage) })
    expect(await leadOf(caller, id)).toMatchObject({ pipeline_id: b.id, status_id: stage })
    await change({ status_id: 142 })
    expect(await leadOf(caller, id)).toMatchObject({ pipeline_id: b.id, status_id: 142 })
  })

  test('amocrm 98: a form with bracket keys is as good as JSON', async () => {
    const form = 'add[0][name]=From%20a+form&add[0][sale]=12&add[0][tags]=a%2Cb&add[0][status_id]='
    expect((await caller.post(path, form, formType)).status).toBe(200)
    const [lead] = await items()
    expect(lead).toMatchObject({ name: 'From a form', sale: 12 })
    expect(lead.tags.map(({ name }: Body) => name)).toEqual(['a', 'b'])
  })

  test('who may only look may not write', async () => {
    const answer = await callAs(app, await ws.member('viewer')).post(path, { add: [{ name: 'x' }] })
    expect([answer.status, answer.body.response.error_code]).toEqual([403, '244'])
  })
})

describe('listing leads', () => {
  beforeEach(async () => {
    await add({ name: 'one' }, { name: 'two' }, { name: 'three' }, { name: 'four' }, { name: 'five' })
  })

  test('amocrm 36: rows and offset give the third and fourth', async () => {
    expect(await names('?limit_rows=2&limit_offset=2')).toEqual(['three', 'four'])
    expect(await names('?limit_rows=500&limit_offset=4')).toEqual(['five'])
  })

  test('amocrm 37: an offset without a number of rows means nothing', async () => {
    expect(await names('?limit_offset=2')).toHaveLength(5)
  })

  test('amocrm 38: nothing found is 204 without a body', async () => {
    const answer = await caller.get(`${path}?limit_rows=10&limit_offset=10`)
    expect([answer.status, answer.text]).toEqual([204, ''])
  })

  test.each(['?id[]={0}&id[]={1}', '?id={0},{1}', '?id%5B0%5D={0}&id%5B1%5D={1}'])(
    'amocrm 39: ids as %s make every other filter void',
    async (query) => {
      const ids = (await items()).map(({ id }) => id)
      const filled = query.replace(/\{(\d)\}/g, (_, index) => ids[Number(index)])
      expect(await names(`${filled}&query=nothing&status=143`)).toEqual(['one', 'two'])
    },
  )

  test('amocrm 40: an open lead closed at 0, a won one when it was won', async () => {
    const [first] = await items()
    expect(first.closed_at).toBe(0)
    expect((await leadOf(caller, first.id)).closed_at).toBeNull()
    await caller.patch(`/api/v4/leads/${first.id}`, { status_id: 142 })
    expect((await items(`?id=${first.id}`))[0].closed_at).toBe(seconds())
  })

  test('amocrm 41: answers are HAL, and say when they were made', async () => {
    const { headers } = await caller.get(path)
    expect(headers.get('content-type')).toBe('application/hal+json')
    expect(headers.get('runtime-timestamp')).toBe(String(seconds()))
  })

  test('filters by status, owner, words and activity', async () => {
    const [first, second] = await items()
    await caller.patch('/api/v4/leads', [
      { id: first.id, status_id: 142 },
      { id: second.id, status_id: 143 },
    ])
    expect(await names('?status=142')).toEqual(['one'])
    expect(await names('?status[]=142&status[]=143')).toEqual(['one', 'two'])
    expect(await names('?filter[active]=1')).toEqual(['three', 'four', 'five'])
    expect(await names('?query=fo')).toEqual(['four'])
    expect(await names(`?responsible_user_id=${ws.admin.id}`)).toHaveLength(5)
    expect(await names('?responsible_user_id=999999')).toEqual([])
    expect(await names('?filter[tasks]=2')).toEqual([])
    expect(await names('?filter[tasks]=1')).toHaveLength(5)
    expect(await names(`?filter[date_create][from]=${seconds() + 1}`)).toEqual([])
    expect(await names(`?filter[date_modify][to]=${seconds()}`)).toHaveLength(5)
  })

  test('amocrm 103: If-Modified-Since leaves out what is older', async () => {
    const [first] = await items()
    now += 60_000
    await caller.patch(`/api/v4/leads/${first.id}`, { name: 'fresh' })
    expect(await names('', { 'if-modified-since': new Date(now - 30_000).toUTCString() })).toEqual(['fresh'])
    const later = await caller.get(path, { 'if-modified-since': new Date(now + 60_000).toUTCString() })
    expect(later.status).toBe(204)
    expect((await caller.get('/api/v2/pipelines', { 'if-modified-since': new Date(now).toUTCString() })).status).toBe(204)
  })

  test.each([
    ['Mon, 01 Aug 2017 07:07:23 UTC', '2017-08-01T07:07:23Z'],
    ['Fri, 20 Nov 2026 19:41:02 +0000', '2026-11-20T19:41:02Z'],
    ['Fri, 20 Nov 2026 22:41:02 +0300', '2026-11-20T19:41:02Z'],
    ['Mon, 01 Aug 2017 07:07:23', '2017-08-01T07:07:23Z'],
    ['1795203662', '2026-11-20T19:41:02Z'],
  ])('amocrm 104: %s is read', async (header, moment) => {
    const at = Date.parse(moment)
    const former = now
    const mine = await app.workspace({ template: 'amocrm' })
    const other = callAs(app, mine)
    now = at
    await addLead(other, { name: 'just then' })
    expect((await other.get(path, { 'if-modified-since': header })).status).toBe(200)
    now = at - 1000
    const before = callAs(app, await app.workspace({ template: 'amocrm' }))
    await addLead(before, { name: 'a second before' })
    expect((await before.get(path, { 'if-modified-since': header })).status).toBe(204)
    now = former
  })

  test('a header that cannot be read is passed over', async () => {
    expect(await names('', { 'if-modified-since': 'yesterday, I think' })).toHaveLength(5)
  })
})

describe('leads of the first generation', () => {
  const json = '/private/api/v2/json/leads'

  test('are added, changed and listed with members of their own', async () => {
    const added = await caller.post(`${json}/set`, {
      request: { leads: { add: [{ name: 'A', price: 10, tags: 'x', request_id: 0, date_create: 1_500_000_000 }] } },
    })
    expect(added.headers.get('content-type')).toBe('application/json; charset="utf-8"')
    const { id } = added.body.response.leads.add[0]
    expect(added.body.response).toEqual({ leads: { add: [{ id, request_id: 0 }] }, server_time: seconds() })
    const changed = await caller.post(`${json}/set`, {
      request: { leads: { update: [{ id, last_modified: seconds(), status_id: 143 }] } },
    })
    expect(changed.body.response.leads).toEqual({ update: [{ id, last_modified: seconds() }] })
    const { body } = await caller.get(`${json}/list?id=${id}`)
    expect(body.response.leads[0]).toMatchObject({
      id,
      name: 'A',
      price: 10,
      status_id: 143,
      date_create: 1_500_000_000,
      last_modified: seconds(),
      date_close: seconds(),
      deleted: 0,
      tags: [{ name: 'x', element_type: 2 }],
    })
    expect((await caller.get(`${json}/list?query=nothing`)).status).toBe(204)
  })

  test('rows that fail stand under `errors` beside those that do not', async () => {
    const id = await addLead(caller, { name: 'A' })
    const set = (update: object[]) => caller.post(`${json}/set`, { request: { leads: { update } } })
    const old = await set([{ id, last_modified: 1, name: 'x' }])
    expect(old.status).toBe(200)
    expect(old.body.response.leads.update).toEqual({ errors: { [id]: 'Last modified date is older than in database' } })
    const mixed = await set([
      { id, last_modified: seconds() },
      { id: 999_999, last_modified: seconds() },
    ])
    expect(mixed.body.response.leads.update).toEqual({
      0: { id, last_modified: seconds() },
      errors: { 999999: 'Lead not found' },
    })
    expect((await set([{ id, name: 'x' }])).body.response.error_code).toBe('217')
  })

  test("dotzero's lists of statuses and its If-Modified-Since are understood", async () => {
    const id = await addLead(caller, { status_id: 142 })
    await addLead(caller, { status_id: 143 })
    const query = `?status%5B0%5D=142&status%5B1%5D=1&limit_rows=10&USER_LOGIN=${encodeURIComponent(ws.admin.email)}&USER_HASH=${ws.token}`
    const { body } = await caller.get(`${json}/list${query}`, {
      'content-type': 'application/json',
      'if-modified-since': 'Fri, 20 Nov 2020 19:41:02 +0000',
    })
    expect(body.response.leads.map((lead: Body) => lead.id)).toEqual([id])
  })
})
