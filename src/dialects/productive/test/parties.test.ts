import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { changeParty, findParty } from '../../../domain/party.ts'
import { changeMember } from '../../../domain/user.ts'
import { admin, type Body, type Caller, doc, problems } from './caller.ts'

let app: TestApp
let ws: TestWorkspace
let pd: Caller

beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

async function account(): Promise<void> {
  ws = await app.workspace({ template: 'productive' })
  pd = admin(app, ws)
}

const made = async (type: string, attributes: object, relations = {}): Promise<Body> => {
  const { status, body } = await pd.post(`/${type}`, doc(type, attributes, relations))
  expect({ status, body }).toMatchObject({ status: 201 })
  return body.data
}
const names = ({ body }: { body: Body }): string[] => body.data.map(({ attributes: a }: Body) => a.name ?? a.first_name)

describe('companies', () => {
  test('are made with a name, and shown with all that the vendor shows, in its order', async () => {
    await account()
    const { attributes } = await made('companies', { name: 'Acme, Inc.' })
    expect(Object.keys(attributes)).toEqual(
      ...[
        [
          ...'name billing_name vat default_currency created_at last_activity_at archived_at avatar_url original_avatar_url'.split(
            ' ',
          ),
          ...'invoice_email_recipients custom_fields company_code domain projectless_budgets default_subsidiary_id'.split(' '),
          ...'default_tax_rate_id default_document_type_id due_days tag_list contact sample_data settings external_id'.split(' '),
          ...'external_sync parent_company_id'.split(' '),
        ],
      ],
    )
    expect(attributes).toMatchObject({ company_code: 'ACME', contact: {}, tag_list: [], archived_at: null })
    expect(problems(await pd.post('/companies', doc('companies', { vat: '1' })))).toEqual([
      ['data/attributes/name', "can't be blank"],
    ])
  })

  test('keep what was said, contact data included, and others see name, tags and how to reach them', async () => {
    await account()
    const said = {
      ...{
        name: 'Acme',
        billing_name: 'Acme Ltd.',
        vat: 'HR1',
        default_currency: 'EUR',
        company_code: 'AC',
        domain: 'acme.example',
        due_days: 15,
      },
      tag_list: ['partner'],
      contact: {
        emails: [{ name: 'Work', email: 'info@acme.example' }],
        phones: [{ name: 'Switchboard', phone: '123' }],
        addresses: [{ city: 'Zagreb', name: 'Work', state: null, address: 'Ilica 1', country: 'Croatia', zipcode: '10000' }],
      },
    }
    const { id, attributes } = await made('companies', said)
    expect(attributes).toMatchObject(said)
    const party = await findParty(ws.scope, Number(id), 'company')
    expect(party).toMatchObject({
      name: 'Acme',
      tags: ['partner'],
      emails: [{ value: 'info@acme.example', label: 'work' }],
      address: { city: 'Zagreb' },
    })
    await changeParty(ws.scope, Number(id), { name: 'Acme Europe' })
    const { data } = (await pd.patch(`/companies/${id}`, doc('companies', { vat: null }))).body
    expect(data.attributes).toMatchObject({ ...said, name: 'Acme Europe', vat: null })
    expect((await pd.patch(`/companies/${id}`, { data })).body.data).toEqual(data)
    expect(problems(await pd.patch(`/companies/${id}`, doc('companies', { default_currency: 'XXX1' })))).toEqual([
      ['data/attributes/default_currency', 'is invalid'],
    ])
  })

  test('are found by id, name and words, sorted and paged', async () => {
    await account()
    const ids = []
    for (const name of ['Globex', 'Acme', 'Initech Europe']) ids.push((await made('companies', { name })).id)
    expect(names(await pd.get('/companies?sort=name'))).toEqual(['Acme', 'Globex', 'Initech Europe'])
    expect(names(await pd.get('/companies?sort=-name&page[size]=1&page[number]=2'))).toEqual(['Globex'])
    expect(names(await pd.get(`/companies?filter[id]=${ids[0]},${ids[2]}`))).toEqual(['Globex', 'Initech Europe'])
    expect(names(await pd.get('/companies?filter[name]=Acme'))).toEqual(['Acme'])
    const words = await pd.get('/companies?filter[query]=eur')
    expect(names(words)).toEqual(['Initech Europe'])
    expect(words.body.meta.total_count).toBe(1)
    expect(names(await pd.get('/companies?filter[$op]=and&filter[0][query]=in&filter[1][name]=Acme'))).toEqual([])
    for (const query of [
      'filter[vat]=1',
      'filter[name][not_eq]=a',
      'filter[$op]=or&filter[0][name]=a&filter[1][name]=b',
      'filter[id]=1&filter[company_id]=1',
      'sort=vat',
    ])
      expect((await pd.get(`/companies?${query}`)).status, query).toBe(400)
  })

  test('are archived and restored here alone, and deleted for all', async () => {
    await account()
    const { id } = await made('companies', { name: 'Acme' })
    const archived = (await pd.patch(`/companies/${id}/archive`)).body.data.attributes.archived_at
    expect(archived).not.toBeNull()
    expect((await pd.patch(`/companies/${id}/archive`)).body.data.attributes.archived_at).toBe(archived)
    expect((await findParty(ws.scope, Number(id))).deletedAt).toBeNull()
    expect((await pd.patch(`/companies/${id}/restore`)).body.data.attributes.archived_at).toBeNull()
    expect((await pd.delete(`/companies/${id}`)).status).toBe(204)
    expect((await pd.get(`/companies/${id}`)).status).toBe(404)
  })
})

describe('people', () => {
  test('are the users first, then the contacts, on one list with one count', async () => {
    await account()
    await ws.member('member', 'Bea Bell')
    const company = (await made('companies', { name: 'Acme' })).id
    for (const first_name of ['Eve', 'Fay', 'Gil'])
      await made('people', { first_name, last_name: 'Ericson' }, { company: ['companies', company] })
    const all = await pd.get('/people')
    expect(names(all)).toEqual(['Ada', 'Bea', 'Eve', 'Fay', 'Gil'])
    expect(all.body.data.map(({ attributes }: Body) => attributes.is_user)).toEqual([true, true, false, false, false])
    const seen: string[] = []
    for (const page of [1, 2, 3, 4]) {
      const { body } = await pd.get(`/people?page[size]=2&page[number]=${page}`)
      seen.push(...names({ body }))
      expect(body.meta).toMatchObject({ total_count: 5, total_pages: 3 })
    }
    expect(seen).toEqual(names(all))
    expect(names(await pd.get('/people?filter[person_type]=1'))).toEqual(['Ada', 'Bea'])
    expect(names(await pd.get('/people?filter[person_type]=2&page[size]=2'))).toEqual(['Eve', 'Fay'])
    expect(names(await pd.get('/people?filter[query]=fay'))).toEqual(['Fay'])
    expect(names(await pd.get(`/people?filter[email]=${ws.admin.email}`))).toEqual(['Ada'])
    expect(names(await pd.get(`/people?filter[company_id]=${company}&page[size]=1&page[number]=3`))).toEqual(['Gil'])
    const ids = all.body.data.map(({ id }: Body) => id)
    expect(names(await pd.get(`/people?filter[id]=${ids[1]},${ids[2]}`))).toEqual(['Bea', 'Eve'])
    expect((await pd.get('/people?sort=name')).status).toBe(400)
  })

  test('no contact has the number of a user', async () => {
    await account()
    const { id } = await made('people', { first_name: 'Eve' })
    expect(Number(id)).toBeGreaterThan(1_000_000_000)
    expect((await pd.get(`/people/${ws.admin.id}`)).body.data.attributes).toMatchObject({
      is_user: true,
      user_id: ws.admin.id,
      email: ws.admin.email,
    })
    expect((await pd.get(`/people/${Number(id) - 1_000_000_000}`)).status).toBe(404)
  })

  test('keep what was said, and others see them with their company', async () => {
    await account()
    const company = (await made('companies', { name: 'Acme' })).id
    const said = {
      first_name: 'Eve',
      last_name: 'van Houten',
      email: 'eve@acme.example',
      nickname: 'E',
      title: 'CEO',
      tag_list: ['vip'],
      contact: { phones: [{ name: 'Mobile', phone: '1' }] },
    }
    const { id, attributes } = await made('people', said, { company: ['companies', company] })
    expect(attributes).toMatchObject(said)
    expect(await findParty(ws.scope, Number(id) - 1_000_000_000, 'person')).toMatchObject({
      name: 'Eve van Houten',
      companyId: Number(company),
      emails: [{ value: 'eve@acme.example' }],
    })
    const { data } = (await pd.patch(`/people/${id}?include=company`, doc('people', { last_name: null }))).body
    expect(data.attributes).toMatchObject({ ...said, last_name: null })
    expect(data.relationships.company.data.id).toBe(company)
    expect(
      (await pd.patch(`/people/${id}`, doc('people', { contact: { emails: [{ name: 'Home', email: 'e@home.example' }] } }))).body
        .data.attributes,
    ).toMatchObject({
      email: said.email,
      contact: { emails: [{ name: 'Home', email: 'e@home.example' }], phones: [{ name: 'Mobile', phone: '1' }] },
    })
    expect(problems(await pd.post('/people', doc('people', { email: 'x@y.example' })))).toEqual([
      ['data/attributes/first_name', "can't be blank"],
    ])
    expect(problems(await pd.patch(`/people/${id}`, doc('people', {}, { company: ['companies', 999999] })))).toEqual([
      ['data/attributes/company', 'must exist'],
    ])
    expect((await pd.patch(`/people/${id}/archive`)).body.data.attributes.archived_at).not.toBeNull()
    expect((await pd.patch(`/people/${id}/restore`)).body.data.attributes.archived_at).toBeNull()
  })

  test('who is a user is not changed here', async () => {
    await account()
    for (const path of ['', '/archive', '/restore'])
      expect((await pd.patch(`/people/${ws.admin.id}${path}`, doc('people', { first_name: 'X' }))).status).toBe(403)
    const { user } = await ws.member('member', 'Bea Bell')
    await changeMember(ws.scope, user.id, { isActive: false })
    expect((await pd.get(`/people/${user.id}`)).body.data.attributes.deactivated_at).not.toBeNull()
  })
})

test('a client learns who it is from its membership', async () => {
  await account()
  const { body } = await pd.get('/organization_memberships?include=user,person,organization')
  expect(body.meta.total_count).toBe(1)
  const [membership] = body.data
  expect(membership.relationships).toEqual({
    user: { data: { type: 'users', id: String(ws.admin.id) } },
    organization: { data: { type: 'organizations', id: String(ws.workspace.id) } },
    person: { data: { type: 'people', id: String(ws.admin.id) } },
  })
  expect((await pd.get(`/organization_memberships/${membership.id}`)).status).toBe(200)
  expect((await pd.get(`/organization_memberships?filter[organization_id]=${ws.workspace.id}`)).body.data).toHaveLength(1)
  expect((await pd.get('/organization_memberships?filter[organization_id]=1')).body.data).toEqual([])
  expect((await pd.get(`/organizations/${ws.workspace.id}`)).body.data.attributes).toMatchObject({
    name: ws.workspace.name,
    currency: 'USD',
    time_zone: 'UTC',
  })
  expect((await pd.get('/organizations/1')).status).toBe(404)
  expect((await pd.get('/users?filter[email]=nobody@example.com')).body.data).toEqual([])
})
