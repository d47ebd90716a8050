import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { changeParty } from '../../../domain/party.ts'
import { caller } from './caller.ts'

const clock = { at: Date.parse('2026-05-15T10:00:00Z') }
let app: TestApp

beforeAll(async () => {
  app = await openTestApp({ now: () => clock.at })
})
afterAll(() => app.close())

async function open() {
  const ws = await app.workspace({ template: 'pipedrive' })
  return { ws, pd: caller(app, ws) }
}

const now = () => `${new Date(clock.at).toISOString().slice(0, 19)}Z`

test('a person is added, changed, listed and deleted', async () => {
  const { pd, ws } = await open()
  const org_id = (await pd.post('/api/v2/organizations', { name: 'Acme' })).body.data.id
  const emails = [
    { label: 'work', value: 'wile@acme.example', primary: true },
    { label: 'home', value: 'wile@desert.example', primary: false },
  ]
  const phones = [{ label: 'mobile', value: '+1 555 0100', primary: true }]
  const added = await pd.post('/api/v2/persons', {
    name: 'Wile E. Coyote',
    org_id,
    emails,
    phones,
    visible_to: 5,
    label_ids: [2],
  })
  const person = {
    id: expect.any(Number),
    name: 'Wile E. Coyote',
    first_name: 'Wile E.',
    last_name: 'Coyote',
    owner_id: ws.admin.id,
    org_id,
    add_time: now(),
    update_time: now(),
    emails,
    phones,
    picture_id: null,
    is_deleted: false,
    visible_to: 5,
    label_ids: [2],
    custom_fields: null,
  }
  expect([added.status, added.body]).toEqual([200, { success: true, data: person }])
  const path = `/api/v2/persons/${added.body.data.id}`
  clock.at += 60_000
  const changed = (await pd.patch(path, { org_id: null, phones: [{ value: '123' }], name: 'Road Runner' })).body.data
  expect(changed).toEqual({
    ...person,
    name: 'Road Runner',
    first_name: 'Road',
    last_name: 'Runner',
    org_id: null,
    phones: [{ label: 'work', value: '123', primary: true }],
    update_time: now(),
  })
  expect((await pd.get(`${path}?include_fields=notes_count,marketing_status`)).body.data).toEqual({
    ...changed,
    notes_count: 0,
    marketing_status: null,
  })
  expect((await pd.list('/api/v2/persons')).body).toEqual({
    success: true,
    data: [changed],
    additional_data: { next_cursor: null },
  })
  expect((await pd.delete(path)).body).toEqual({ success: true, data: { id: changed.id } })
  expect((await pd.list('/api/v2/persons')).body.data).toEqual([])
  expect((await pd.get(path)).body.data.is_deleted).toBe(true)
  for (const gone of [await pd.delete(path), await pd.patch(path, { name: 'X' })]) {
    expect([gone.status, gone.body.error]).toEqual([404, 'Person not found'])
  }
  clock.at += 31 * 86_400_000
  expect((await pd.get(path)).status).toBe(404)
})

test('an organization is added, changed, listed and deleted', async () => {
  const { pd, ws } = await open()
  const address = { value: '1 Desert Road, Mesa', locality: 'Mesa', postal_code: '85201', route: 'Desert Road', country: 'US' }
  const added = await pd.post('/api/v2/organizations', {
    name: 'Acme',
    address,
    website: 'https://acme.example',
    employee_count: 7,
  })
  const whole = {
    value: '1 Desert Road, Mesa',
    country: 'US',
    admin_area_level_1: null,
    admin_area_level_2: null,
    locality: 'Mesa',
    sublocality: null,
    route: 'Desert Road',
    street_number: null,
    subpremise: null,
    postal_code: '85201',
  }
  const organization = {
    id: expect.any(Number),
    name: 'Acme',
    owner_id: ws.admin.id,
    add_time: now(),
    update_time: now(),
    is_deleted: false,
    visible_to: 3,
    label_ids: [],
    custom_fields: null,
    address: whole,
    website: 'https://acme.example',
    linkedin: null,
    industry: null,
    annual_revenue: null,
    employee_count: 7,
  }
  expect([added.status, added.body]).toEqual([200, { success: true, data: organization }])
  const { id } = added.body.data
  const path = `/api/v2/organizations/${id}`
  expect(await ws.scope.store.parties.get(id)).toMatchObject({
    address: { line1: whole.value, city: 'Mesa', postalCode: '85201' },
  })
  await changeParty(ws.scope, id, { address: { city: 'Phoenix' } })
  clock.at += 60_000
  const changed = (await pd.patch(path, { address: { route: null }, website: null, name: 'Acme Ltd' })).body.data
  expect(changed).toEqual({
    ...organization,
    name: 'Acme Ltd',
    website: null,
    address: { ...whole, locality: 'Phoenix', route: null },
    update_time: now(),
  })
  for (const name of ['Ann', 'Bob']) await pd.post('/api/v2/persons', { name, org_id: id })
  expect((await pd.get(`${path}?include_fields=people_count,files_count`)).body.data).toEqual({
    ...changed,
    files_count: 0,
    people_count: 2,
  })
  expect((await pd.list('/api/v2/organizations')).body.data).toEqual([changed])
  expect((await pd.delete(path)).body).toEqual({ success: true, data: { id } })
  expect((await pd.list('/api/v2/organizations')).body.data).toEqual([])
  expect((await pd.patch(path, { name: 'X' })).body.error).toBe('Organization not found')
  expect((await pd.post('/api/v2/organizations', { name: 'Bare' })).body.data.address).toBeNull()
  expect((await pd.patch(`/api/v2/organizations/${id}`, { address: { locality: '\0' } })).status).toBe(404)
  const refused = await pd.post('/api/v2/organizations', { name: 'X', address: { locality: 'a\0b' } })
  expect(refused.body.error).toBe('Validation failed: address.locality: This value is not valid.')
})

test('a person is no organization, and neither is in the other’s list', async () => {
  const { pd } = await open()
  const org = (await pd.post('/api/v2/organizations', { name: 'Acme' })).body.data
  const person = (await pd.post('/api/v2/persons', { name: 'Ann' })).body.data
  for (const [path, id, error] of [
    ['persons', org.id, 'Person not found'],
    ['organizations', person.id, 'Organization not found'],
  ] as const) {
    for (const answer of [
      await pd.get(`/api/v2/${path}/${id}`),
      await pd.patch(`/api/v2/${path}/${id}`, { name: 'X' }),
      await pd.delete(`/api/v2/${path}/${id}`),
    ]) {
      expect([answer.status, answer.body]).toEqual([404, { success: false, error, code: 'ERR_NOT_FOUND' }])
    }
  }
  expect((await pd.list('/api/v2/persons')).body.data.map(({ id }) => id)).toEqual([person.id])
  expect((await pd.list('/api/v2/organizations')).body.data.map(({ id }) => id)).toEqual([org.id])
  for (const body of [{ person_id: org.id }, { org_id: person.id }]) {
    const refused = await pd.post('/api/v2/deals', { title: 'X', ...body })
    expect([refused.status, refused.body.code]).toEqual([400, 'ERR_SCHEMA_VALIDATION_FAILED'])
  }
  expect((await pd.post('/api/v2/persons', { name: 'X', org_id: person.id })).body.error).toContain('org_id')
})

test('lists are filtered, sorted and paged', async () => {
  const { pd, ws } = await open()
  const other = (await ws.member('member')).user.id
  const org = (await pd.post('/api/v2/organizations', { name: 'Acme', owner_id: other })).body.data.id
  clock.at += 1000
  const ids: number[] = []
  for (const name of ['Ann', 'Bob', 'Cid', 'Dan', 'Eve']) {
    clock.at += 1000
    ids.push((await pd.post('/api/v2/persons', { name, ...(name < 'C' ? { org_id: org, owner_id: other } : {}) })).body.data.id)
  }
  const [ann, bob, cid, dan, eve] = ids
  const deal = (await pd.post('/api/v2/deals', { title: 'X', person_id: cid })).body.data.id
  clock.at += 1000
  await pd.patch(`/api/v2/persons/${ann}`, { name: 'Anna' })
  const found = async (query: string) => (await pd.list(`/api/v2/persons?${query}`)).body.data.map(({ id }) => id)
  expect(await found(`owner_id=${other}`)).toEqual([ann, bob])
  expect(await found(`org_id=${org}`)).toEqual([ann, bob])
  expect(await found(`deal_id=${deal}`)).toEqual([cid])
  expect(await found('deal_id=99999')).toEqual([])
  expect(await found(`ids=${dan},${bob},99999`)).toEqual([bob, dan])
  expect(await found('sort_by=update_time')).toEqual([bob, cid, dan, eve, ann])
  expect(await found('sort_by=add_time&sort_direction=desc')).toEqual([eve, dan, cid, bob, ann])
  expect(await found(`updated_since=${now()}`)).toEqual([ann])
  expect(await found(`updated_until=${now()}`)).toEqual([bob, cid, dan, eve])
  const paged = await pd.all('/api/v2/persons?limit=2&sort_by=update_time&sort_direction=desc')
  expect([paged.pages, paged.items.map(({ id }) => id)]).toEqual([3, [ann, eve, dan, cid, bob]])
  expect((await pd.list(`/api/v2/organizations?owner_id=${other}&sort_by=update_time`)).body.data.length).toBe(1)
  for (const path of ['persons', 'organizations']) {
    expect((await pd.list(`/api/v2/${path}?filter_id=1`)).body.error).toBe('Filter not found')
    for (const query of [
      'sort_by=name',
      'limit=501',
      'ids=a',
      'updated_since=2026',
      'include_fields=open_deals_count',
      'first=1',
    ]) {
      expect((await pd.list(`/api/v2/${path}?${query}`)).status, `${path} ${query}`).toBe(400)
    }
  }
})

test('own fields of people and companies are set and cleared', async () => {
  const { pd, ws } = await open()
  const field = await addCustomField(ws.scope, { subject: 'contact', name: 'Nickname' })
  const { data } = (await pd.post('/api/v2/persons', { name: 'Ann' })).body
  const [key = ''] = Object.keys(data.custom_fields as object)
  expect(key).toMatch(/^[0-9a-f]{40}$/)
  for (const path of ['persons', 'organizations']) {
    const made = (await pd.post(`/api/v2/${path}`, { name: 'X', custom_fields: { [key]: 'Boss' } })).body.data
    expect(made.custom_fields).toEqual({ [key]: 'Boss' })
    expect((await ws.scope.store.parties.get(made.id))?.customFields).toEqual({ [field.id]: 'Boss' })
    const cleared = await pd.patch(`/api/v2/${path}/${made.id}`, { custom_fields: { [key]: null } })
    expect(cleared.body.data.custom_fields).toEqual({ [key]: null })
    expect((await pd.patch(`/api/v2/${path}/${made.id}`, { custom_fields: { [key]: [] } })).status).toBe(400)
  }
})

test('what only other products of the vendor have is refused', async () => {
  const { pd } = await open()
  for (const body of [
    { name: 'X', marketing_status: 'subscribed' },
    { name: 'X', birthday: '2000-01-01' },
    { name: 'X', email: 'a@b.c' },
  ]) {
    expect((await pd.post('/api/v2/persons', body)).status).toBe(400)
  }
})
