import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestWorkspace } from '../../../../../test/support/app.ts'
import { addCustomField } from '../../../../domain/custom-field.ts'
import { changeParty } from '../../../../domain/party.ts'
import { fieldKey } from '../../custom-fields.ts'
import { clockAt, speakV1, type V1 } from './served.ts'

const clock = clockAt('2026-05-15T10:13:14Z')
const app = await openTestApp({ now: clock.now })
afterAll(() => app.close())

let ws: TestWorkspace
let v1: V1
beforeEach(async () => {
  clock.reset()
  ws = await app.workspace({ template: 'pipedrive' })
  v1 = speakV1(app, ws.token)
})

const ids = (answer: { body: { data: { id: number }[] } }) => answer.body.data.map(({ id }) => id)

describe('persons', () => {
  const add = async (body: object = {}) => (await v1.post('/persons', { name: 'Jo Doe', ...body })).body.data

  test('addresses and numbers are one text, a list of texts or a list of entries', async () => {
    expect((await v1.post('/persons', { name: 'Jo' })).status).toBe(201)
    expect((await add({ email: 'jo@x.test' })).email).toEqual([{ label: 'work', value: 'jo@x.test', primary: true }])
    expect((await add({ phone: ['1', '2'] })).phone).toEqual([
      { label: 'work', value: '1', primary: true },
      { label: 'work', value: '2', primary: false },
    ])
    const entries = [{ value: 'a@x.test' }, { value: 'b@x.test', primary: 'true', label: 'home' }, { value: '' }]
    const { id, email } = await add({ email: entries })
    expect(email).toEqual([
      { label: 'work', value: 'a@x.test', primary: false },
      { label: 'home', value: 'b@x.test', primary: true },
    ])
    expect((await v1.put(`/persons/${id}`, { email: [] })).body.data.email).toEqual([{ value: '', primary: true }])
    expect((await v1.put(`/persons/${id}`, { email: 'c@x.test' })).body.data.email).toHaveLength(1)
  })

  test('a name is whole or in parts', async () => {
    const { id } = await add({ name: 'Mary Ann Smith' })
    expect((await v1.get(`/persons/${id}`)).body.data).toMatchObject({
      first_name: 'Mary Ann',
      last_name: 'Smith',
      first_char: 'm',
    })
    const renamed = await v1.put(`/persons/${id}`, { last_name: 'Jones' })
    expect(renamed.body.data).toMatchObject({ name: 'Mary Ann Jones', first_name: 'Mary Ann' })
    expect((await v1.post('/persons', {})).body.error).toBe('Name must be given.')
  })

  test('lists keep to a user and an organization, and say whose they are', async () => {
    const bob = await ws.member('member')
    const org_id = (await v1.post('/organizations', { name: 'Acme' })).body.data.id
    const a = await add({ org_id })
    const b = await add({ owner_id: bob.user.id, label_ids: [4, 5], visible_to: 7 })
    const list = await v1.get('/persons')
    expect(ids(list)).toEqual([a.id, b.id])
    expect(list.body.data[1]).toMatchObject({ label: 4, label_ids: [4, 5], visible_to: '7', owner_id: { value: bob.user.id } })
    expect(list.body.related_objects).toMatchObject({ organization: { [org_id]: { name: 'Acme', people_count: 1 } } })
    expect(ids(await v1.get(`/persons?user_id=${bob.user.id}`))).toEqual([b.id])
    expect(ids(await v1.get(`/persons?org_id=${org_id}`))).toEqual([a.id])
    expect((await v1.get('/persons?limit=1')).body.additional_data.pagination).toMatchObject({ next_start: 1 })
    expect((await v1.get('/persons?start=1')).body.additional_data.pagination).not.toHaveProperty('next_start')
  })

  test('lists are sorted by one field, and what they cannot be narrowed by is refused', async () => {
    const [b, a] = [await add({ name: 'Bea' }), await add({ name: 'Abe' })]
    expect(ids(await v1.get('/persons?sort=name'))).toEqual([a.id, b.id])
    expect(ids(await v1.get('/persons?sort=id DESC&start=1'))).toEqual([b.id])
    for (const query of ['sort=name,id', 'sort=email', 'first_char=a', 'filter_id=abc']) {
      expect((await v1.get(`/persons?${query}`)).status, query).toBe(400)
    }
    expect((await v1.get('/organizations?filter_id=999999')).body.error).toBe('Filter not found')
  })

  test('custom fields stand among the others', async () => {
    const field = await addCustomField(ws.scope, { subject: 'contact', name: 'Since', type: 'date' })
    const { id, [fieldKey(field)]: since } = await add({ [fieldKey(field)]: '2020-01-01' })
    expect(since).toBe('2020-01-01')
    expect((await v1.put(`/persons/${id}`, { [fieldKey(field)]: 'never' })).status).toBe(400)
  })

  test('a second deletion answers 410, success true', async () => {
    const { id } = await add()
    expect((await v1.delete(`/persons/${id}`)).body).toEqual({ success: true, data: { id } })
    const again = await v1.delete(`/persons/${id}`)
    expect([again.status, again.body]).toEqual([410, { success: true, data: { id } }])
    expect((await v1.get(`/persons/${id}`)).body.data.active_flag).toBe(false)
    expect((await v1.get('/persons')).body.data).toEqual([])
    expect((await v1.delete('/persons/999999')).body.error).toBe('Person not found')
  })
})

describe('organizations', () => {
  test('an address is one text, and writing it back leaves its parts', async () => {
    const { id } = (await v1.post('/organizations', { name: 'Acme', address: 'Long Street 1' })).body.data
    expect((await v1.get(`/organizations/${id}`)).body.data).toMatchObject({ address: 'Long Street 1', address_locality: null })
    await changeParty(ws.scope, id, { address: { city: 'Tallinn', postalCode: '10621', country: 'Estonia' } })
    const shown = (await v1.get(`/organizations/${id}`)).body.data
    expect(shown).toMatchObject({
      address: 'Long Street 1, 10621 Tallinn, Estonia',
      address_locality: 'Tallinn',
      address_postal_code: '10621',
      address_country: 'Estonia',
    })
    expect((await v1.put(`/organizations/${id}`, { address: shown.address })).body.data).toEqual(shown)
    expect((await v1.put(`/organizations/${id}`, { address: null })).body.data).toMatchObject({
      address: null,
      address_locality: null,
    })
  })

  test('they are listed by page, with how many people each has', async () => {
    const a = (await v1.post('/organizations', { name: 'A' })).body.data.id
    const b = (await v1.post('/organizations', { name: 'B' })).body.data.id
    await v1.post('/persons', { name: 'Jo', org_id: b })
    const list = await v1.get('/organizations')
    expect(list.body.data.map((one: { id: number; people_count: number }) => [one.id, one.people_count])).toEqual([
      [a, 0],
      [b, 1],
    ])
    expect((await v1.delete(`/organizations?ids=${a},${b}`)).body.data.id).toEqual([a, b])
    expect((await v1.get('/organizations')).body.data).toEqual([])
  })

  test('a person is no organization and the other way round', async () => {
    const person = (await v1.post('/persons', { name: 'Jo' })).body.data.id
    const org = (await v1.post('/organizations', { name: 'Acme' })).body.data.id
    expect((await v1.get(`/organizations/${person}`)).body.error).toBe('Organization not found')
    expect((await v1.put(`/persons/${org}`, { name: 'x' })).body.error).toBe('Person not found')
    expect((await v1.post('/deals', { title: 'x', person_id: org })).body.error).toBe('person_id was not found.')
    expect((await v1.post('/persons', { name: 'x', org_id: person })).body.error).toBe('org_id was not found.')
  })
})
