import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { addParty, changeParty, findParty } from '../../../domain/party.ts'
import { type Client, clientIn, codesOf } from './client.ts'

let app: TestApp
let ws: TestWorkspace
let client: Client

beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())
beforeEach(async () => {
  ws = await app.workspace({ template: 'sell' })
  client = clientIn(app, ws)
})

const whole = {
  title: 'CEO',
  description: 'I know him via Tom',
  industry: 'Design Services',
  website: 'http://www.designservices.com',
  email: 'mark@designservices.com',
  phone: '508-778-6516',
  mobile: '508-778-6517',
  fax: '+44-208-1234567',
  twitter: 'mjohnson',
  facebook: 'mjohnson',
  linkedin: 'mjohnson',
  skype: 'mjohnson',
  customer_status: 'current',
  prospect_status: 'past',
  address: { line1: '2726 Smith Street', city: 'Hyannis', postal_code: '02601', state: 'MA', country: 'US' },
  tags: ['important'],
}

async function put(id: number, data: object) {
  const { status, body } = await client.put(`/v2/contacts/${id}`, data)
  expect(status).toBe(200)
  expect((await client.get(`/v2/contacts/${id}`)).body).toEqual(body)
  return body.data
}

async function refused(data: object) {
  const answer = await client.post('/v2/contacts', data)
  expect(await client.list('/v2/contacts')).toEqual([])
  return [answer.status, ...codesOf(answer)]
}

describe('people and companies', () => {
  test('a person has everything that was said, and everything is read back', async () => {
    const company = await client.contact({ is_organization: true, name: 'Design Services Company' })
    const { status, body } = await client.post('/v2/contacts', {
      ...whole,
      first_name: 'Mark',
      last_name: 'Johnson',
      contact_id: company,
    })
    expect([status, body.meta]).toEqual([200, { type: 'contact' }])
    const time = expect.stringMatching(/Z$/)
    expect(body.data).toEqual({
      ...whole,
      id: expect.any(Number),
      creator_id: ws.admin.id,
      owner_id: ws.admin.id,
      is_organization: false,
      contact_id: company,
      name: 'Mark Johnson',
      first_name: 'Mark',
      last_name: 'Johnson',
      custom_fields: {},
      created_at: time,
      updated_at: time,
    })
    expect(body.data.created_at).toBe(body.data.updated_at)
    expect((await client.get(`/v2/contacts/${body.data.id}`)).body).toEqual(body)
  })

  test('a contact of which little is known shows null for the rest', async () => {
    const contact = await client.make('/v2/contacts', { last_name: 'Johnson' })
    for (const key of ['contact_id', 'first_name', 'title', 'email', 'phone', 'mobile', 'fax', 'website'])
      expect(contact[key]).toBe(null)
    expect(contact).toMatchObject({
      name: 'Johnson',
      is_organization: false,
      customer_status: 'none',
      prospect_status: 'none',
      address: { line1: null, city: null, postal_code: null, state: null, country: null },
      tags: [],
      custom_fields: {},
    })
  })

  test('a company goes by its name, and belongs to no other', async () => {
    const company = await client.make('/v2/contacts', {
      is_organization: true,
      name: 'Acme',
      first_name: 'Not',
      last_name: 'Used',
    })
    expect(company).toMatchObject({ is_organization: true, name: 'Acme', first_name: null, last_name: null })
    expect((await put(company.id, { name: 'Acme Inc.' })).name).toBe('Acme Inc.')
    const answer = await client.put(`/v2/contacts/${company.id}`, {
      contact_id: await client.contact({ is_organization: true, name: 'Owner' }),
    })
    expect([answer.status, ...codesOf(answer)]).toEqual([422, 'incorrect_value /data/contact_id'])
  })

  test('the parts of a person’s name decide over the whole', async () => {
    // The vendor's suites create people with a company's name beside their own.
    const person = await client.make('/v2/contacts', {
      name: 'Design Services Company',
      first_name: 'Mark',
      last_name: 'Johnson',
    })
    expect(person.name).toBe('Mark Johnson')
    expect((await put(person.id, { ...person, ...readOnly, first_name: 'Tom' })).name).toBe('Tom Johnson')
    const renamed = await put(person.id, { name: 'Ann Mary Smith' })
    expect([renamed.first_name, renamed.last_name, renamed.name]).toEqual(['Ann Mary', 'Smith', 'Ann Mary Smith'])
    expect((await put(person.id, { first_name: null })).name).toBe('Smith')
  })

  test('what is missing or does not fit is refused', async () => {
    expect(await refused({})).toEqual([422, 'missing /data/last_name'])
    expect(await refused({ name: 'Acme' })).toEqual([422, 'missing /data/last_name'])
    expect(await refused({ is_organization: true, last_name: 'Johnson' })).toEqual([422, 'missing /data/name'])
    expect(await refused({ last_name: ' ' })).toEqual([422, 'blank /data/last_name'])
    expect(await refused({ is_organization: true, name: ' ' })).toEqual([422, 'blank /data/name'])
    const wrong: [object, string][] = [
      [{ unknown: 1 }, 'unknown /data/unknown'],
      [{ email: 5 }, 'invalid_type /data/email'],
      [{ is_organization: 'no' }, 'invalid_type /data/is_organization'],
      [{ contact_id: 4711 }, 'incorrect_value /data/contact_id'],
      [{ owner_id: 4711 }, 'incorrect_value /data/owner_id'],
      [{ customer_status: 'maybe' }, 'incorrect_value /data/customer_status'],
      [{ address: 'Rome' }, 'invalid_type /data/address'],
      [{ address: { town: 'Rome' } }, 'unknown /data/address/town'],
      [{ address: { postal_code: 'x'.repeat(300) } }, 'incorrect_value /data/address/postal_code'],
      [{ email: 'x'.repeat(300) }, 'incorrect_value /data/email'],
      [{ description: 'x'.repeat(10_001) }, 'incorrect_value /data/description'],
      [{ custom_fields: { Age: 5 } }, 'unknown /data/custom_fields/Age'],
      [{ tags: [''] }, 'blank /data/tags'],
    ]
    for (const [data, code] of wrong) expect([data, ...(await refused({ last_name: 'J', ...data }))]).toEqual([data, 422, code])
    const id = await client.contact()
    const person = await client.contact({ last_name: 'Other' })
    for (const [data, code] of [
      [{ is_organization: true }, 'incorrect_value /data/is_organization'],
      [{ contact_id: person }, 'incorrect_value /data/contact_id'],
      [{ last_name: null }, 'blank /data/last_name'],
    ] as const) {
      const answer = await client.put(`/v2/contacts/${id}`, data)
      expect([data, answer.status, ...codesOf(answer)]).toEqual([data, 422, code])
    }
    expect((await put(id, { is_organization: false })).name).toBe('Johnson')
  })

  test('a deleted one is gone, and its deals keep pointing at it', async () => {
    const { id, contact_id } = await client.deal()
    const answer = await client.delete(`/v2/contacts/${contact_id}`)
    expect([answer.status, answer.text]).toEqual([204, ''])
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const again = await client.send(method, `/v2/contacts/${contact_id}`, method === 'PUT' ? { data: {} } : undefined)
      expect([method, again.status]).toEqual([method, 404])
    }
    expect((await client.put(`/v2/deals/${id}`, { contact_id, name: 'Still there' })).body.data.contact_id).toBe(contact_id)
    expect((await client.post('/v2/deals', { name: 'New', contact_id })).status).toBe(422)
  })
})

const readOnly = { id: undefined, creator_id: undefined, created_at: undefined, updated_at: undefined }

describe('a change touches only what Sell can say', () => {
  const emails = [
    { value: 'home@x.example', label: 'home', primary: false },
    { value: 'work@x.example', label: 'work', primary: true },
  ]
  const phones = [
    { value: '1', label: 'home', primary: false },
    { value: '2', label: 'mobile', primary: false },
    { value: '3', label: 'work', primary: true },
    { value: '4', label: 'mobile', primary: false },
  ]

  test('e-mail, phone and mobile are each one of several, and the others survive', async () => {
    const { id } = await addParty(ws.scope, { kind: 'person', name: 'Ann Smith', emails, phones })
    const shown = (await client.get(`/v2/contacts/${id}`)).body.data
    expect([shown.email, shown.phone, shown.mobile]).toEqual(['work@x.example', '3', '2'])
    await put(id, { email: 'new@x.example', phone: '33', mobile: '22' })
    const party = await findParty(ws.scope, id)
    expect(party.emails.map(({ value }) => value)).toEqual(['home@x.example', 'new@x.example'])
    expect(party.emails.map(({ label, primary }) => [label, primary])).toEqual([
      ['home', false],
      ['work', true],
    ])
    expect(party.phones.map(({ value }) => value)).toEqual(['1', '22', '33', '4'])
    const without = await put(id, { email: null, mobile: '' })
    expect([without.email, without.mobile]).toEqual(['home@x.example', '4'])
  })

  test('what was read can be sent back, and nothing changes', async () => {
    const { id } = await addParty(ws.scope, { kind: 'person', name: 'Ann Smith', emails, phones, address: { city: 'Rome' } })
    await put(id, { title: 'CEO', customer_status: 'current' })
    const before = await findParty(ws.scope, id)
    const { data } = (await client.get(`/v2/contacts/${id}`)).body
    await put(id, { ...data, ...readOnly })
    expect(await findParty(ws.scope, id)).toEqual(before)
  })

  test('the address is changed part by part', async () => {
    const id = await client.contact({ address: { line1: '2726 Smith Street', city: 'Hyannis' } })
    const { address } = await put(id, { address: { city: 'Rome', line1: null } })
    expect(address).toEqual({ line1: null, city: 'Rome', postal_code: null, state: null, country: null })
    expect((await put(id, { address: null })).address).toEqual(address)
  })

  test('custom fields are merged, tags replaced', async () => {
    await addCustomField(ws.scope, { subject: 'contact', name: 'Age', type: 'number' })
    await addCustomField(ws.scope, { subject: 'contact', name: 'VIP', type: 'boolean' })
    const id = await client.contact({ custom_fields: { Age: 40, VIP: true }, tags: ['a', 'b'] })
    const after = await put(id, { custom_fields: { Age: null }, tags: ['c'] })
    expect([after.custom_fields, after.tags]).toEqual([{ VIP: true }, ['c']])
  })

  test('what another API changed stays what Sell knows', async () => {
    const id = await client.contact({ title: 'CEO', skype: 'mj' })
    await changeParty(ws.scope, id, { name: 'Mark Miller' })
    expect((await client.get(`/v2/contacts/${id}`)).body.data).toMatchObject({ title: 'CEO', skype: 'mj', last_name: 'Miller' })
  })
})

describe('lists', () => {
  test('filters, sorts and pages', async () => {
    await addCustomField(ws.scope, { subject: 'contact', name: 'Age', type: 'number' })
    await addCustomField(ws.scope, { subject: 'contact', name: 'VIP', type: 'boolean' })
    const agent = await ws.member('member')
    const acme = await client.contact({ is_organization: true, name: 'Acme', address: { city: 'Rome', country: 'IT' } })
    const mark = await client.contact({
      first_name: 'Mark',
      last_name: 'Zorn',
      email: 'Mark@X.example',
      contact_id: acme,
      custom_fields: { Age: 40, VIP: true },
    })
    const ann = await clientIn(app, agent).contact({
      first_name: 'Ann',
      last_name: 'Adams',
      phone: '555',
      address: { city: 'Rome', postal_code: '00100' },
      custom_fields: { Age: 40, VIP: false },
    })
    const ids = async (query: string) => (await client.list(`/v2/contacts?${query}`)).map(({ id }) => id)
    // By last name, which a company has not.
    expect(await ids('')).toEqual([acme, ann, mark])
    expect(await ids('sort_by=last_name:desc')).toEqual([mark, ann, acme])
    expect(await ids('sort_by=id')).toEqual([acme, mark, ann])
    expect(await ids('sort_by=name')).toEqual([acme, ann, mark])
    expect(await ids('sort_by=created_at:desc')).toEqual([ann, mark, acme])
    expect(await ids('page=2&per_page=2')).toEqual([mark])
    expect(await ids('is_organization=true')).toEqual([acme])
    expect(await ids('is_organization=false')).toEqual([ann, mark])
    expect(await ids(`contact_id=${acme}`)).toEqual([mark])
    expect(await ids('email=mark@x.example')).toEqual([mark])
    expect(await ids('phone=555')).toEqual([ann])
    expect(await ids('name=Mark%20Zorn')).toEqual([mark])
    expect(await ids('first_name=Ann&last_name=Adams')).toEqual([ann])
    expect(await ids('last_name=adams')).toEqual([])
    expect(await ids(`creator_id=${agent.user.id}`)).toEqual([ann])
    expect(await ids(`owner_id=${ws.admin.id}`)).toEqual([acme, mark])
    expect(await ids(`ids=${mark},${ann}`)).toEqual([ann, mark])
    expect(await ids('address[city]=Rome')).toEqual([acme, ann])
    expect(await ids('address%5Bcity%5D=Rome&address[postal_code]=00100')).toEqual([ann])
    expect(await ids('custom_fields[Age]=40')).toEqual([ann, mark])
    expect(await ids('custom_fields[Age]=40&custom_fields[VIP]=true')).toEqual([mark])
    for (const bad of [
      'address[town]=Rome',
      'address=Rome',
      'address[__proto__]=x',
      'custom_fields[Nothing]=1',
      'sort_by=title',
      'includes=organization',
    ]) {
      const answer = await client.get(`/v2/contacts?${bad}`)
      expect([bad, answer.status, ...codesOf(answer)]).toEqual([bad, 400, 'invalid_param'])
    }
  })

  test('an upsert makes one, changes the one it finds, and will not choose', async () => {
    await addCustomField(ws.scope, { subject: 'contact', name: 'notify_user_id', type: 'text' })
    const path = '/v2/contacts/upsert?custom_fields%5Bnotify_user_id%5D=u-1'
    const data = { last_name: 'Johnson', email: 'a@x.example', custom_fields: { notify_user_id: 'u-1' } }
    const first = await client.post(path, data)
    const second = await client.post(path, { ...data, email: 'b@x.example' })
    expect([first.status, second.status, second.body.data.id]).toEqual([200, 200, first.body.data.id])
    expect(second.body.data.email).toBe('b@x.example')
    await client.contact(data)
    const third = await client.post(path, data)
    expect([third.status, ...codesOf(third)]).toEqual([409, 'conflict'])
    const none = await client.post('/v2/contacts/upsert', data)
    expect([none.status, ...codesOf(none)]).toEqual([400, 'invalid_param'])
    expect(await client.list('/v2/contacts')).toHaveLength(2)
  })
})
