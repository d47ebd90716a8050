import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { findDeal } from '../../../domain/deal.ts'
import { createDeal } from '../../../domain/edit-deals.ts'
import { type Client, clientIn, codesOf, stagesOf } from './client.ts'

let app: TestApp
let ws: TestWorkspace
let client: Client
let now = Date.parse('2026-03-01T10:00:00Z')
const made: Record<string, number> = {}
let ids: { person: number; company: number; source: number; agent: number; quote: number }

beforeAll(async () => {
  app = await openTestApp({ now: () => (now += 1000) })
  ws = await app.workspace({ template: 'sell' })
  client = clientIn(app, ws)
  const agent = await ws.member('member')
  const company = await client.contact({ is_organization: true, name: 'Acme' })
  const person = await client.contact({ last_name: 'Doe', contact_id: company })
  const source = (await client.make('/v2/sources', { name: 'Fair' })).id
  const { Quote: quote = 0 } = await stagesOf(client)
  ids = { person, company, source, agent: agent.user.id, quote }
  await addCustomField(ws.scope, { subject: 'deal', name: 'Known via', type: 'text' })
  await addCustomField(ws.scope, { subject: 'deal', name: 'Seats', type: 'number' })
  await addCustomField(ws.scope, { subject: 'deal', name: 'Urgent', type: 'boolean' })
  const add = async (name: string, more: object) => {
    made[name] = (await client.deal({ name, ...more })).id
  }
  await add('Bravo', { value: 300, hot: true, contact_id: person, custom_fields: { 'Known via': 'Tom', Seats: 5 } })
  await add('Alpha', {
    value: '100.50',
    source_id: source,
    estimated_close_date: '2026-06-19',
    custom_fields: { Seats: 5, Urgent: true },
  })
  await add('Delta', { value: 200, hot: true, source_id: source, stage_id: quote, contact_id: company })
  await add('Charlie', { value: 200, currency: 'JPY', owner_id: ids.agent, estimated_close_date: '2026-05-01' })
  const theirs = await createDeal(agent.scope, { title: 'Echo', value: { decimal: '200' }, currency: 'KWD' })
  made.Echo = theirs.id
})
afterAll(() => app.close())

const named = async (query: string) => (await client.list(`/v2/deals?${query}`)).map(({ name }) => name)

describe('filters', () => {
  test('sell 60: deals filter by stage, owner, contact, hot, ids, name, source, creator, organization and close date', async () => {
    expect(await named(`stage_id=${ids.quote}`)).toEqual(['Delta'])
    expect(await named(`owner_id=${ids.agent}`)).toEqual(['Charlie', 'Echo'])
    expect(await named(`creator_id=${ids.agent}`)).toEqual(['Echo'])
    expect(await named(`contact_id=${ids.person}`)).toEqual(['Bravo'])
    expect(await named(`contact_id=${ids.company}`)).toEqual(['Delta'])
    expect(await named(`organization_id=${ids.company}`)).toEqual(['Bravo', 'Delta'])
    expect(await named('hot=true')).toEqual(['Bravo', 'Delta'])
    expect(await named('hot=false')).toEqual(['Alpha', 'Charlie', 'Echo'])
    expect(await named(`source_id=${ids.source}`)).toEqual(['Alpha', 'Delta'])
    expect(await named(`source_id=${ids.source}&hot=true`)).toEqual(['Delta'])
    expect(await named(`source_id=${ids.source}&hot=false`)).toEqual(['Alpha'])
    expect(await named(`ids=${made.Delta}%2C${made.Bravo}`)).toEqual(['Bravo', 'Delta'])
    expect(await named('ids=')).toEqual([])
    expect(await named('name=Alpha')).toEqual(['Alpha'])
    expect(await named('name=alpha')).toEqual([])
    expect(await named('estimated_close_date=2026-06-19')).toEqual(['Alpha'])
    expect(await named('estimated_close_date=2026-06-19T00%3A00%3A00Z')).toEqual(['Alpha'])
  })

  test('value compares what is shown, in whatever currency', async () => {
    expect(await named('value=200')).toEqual(['Delta', 'Charlie', 'Echo'])
    expect(await named('value=200.00')).toEqual(['Delta', 'Charlie', 'Echo'])
    expect(await named('value=100.5')).toEqual(['Alpha'])
    expect(await named('value=20000')).toEqual([])
    expect(await named('value=200.004')).toEqual([])
    expect(await named('value=9999999999999.9999')).toEqual([])
  })

  test('custom fields filter by name, each after its type', async () => {
    expect(await named('custom_fields%5BKnown%20via%5D=Tom')).toEqual(['Bravo'])
    expect(await named('custom_fields[Known via]=tom')).toEqual([])
    expect(await named('custom_fields[Seats]=5.0')).toEqual(['Bravo', 'Alpha'])
    expect(await named('custom_fields[Seats]=5&custom_fields[Urgent]=true')).toEqual(['Alpha'])
    for (const bad of [
      'custom_fields[Nothing]=1',
      'custom_fields[Seats]=many',
      'custom_fields[Urgent]=1',
      'custom_fields=1',
      'custom_fields[__proto__]=1',
      'address[city]=Rome',
    ]) {
      const answer = await client.get(`/v2/deals?${bad}`)
      expect([bad, answer.status, ...codesOf(answer)]).toEqual([bad, 400, 'invalid_param'])
    }
  })

  test('sell 61: there is no filter by pipeline, status or change', async () => {
    for (const name of ['pipeline_id', 'status', 'updated_since', 'tags', 'search']) {
      const answer = await client.get(`/v2/deals?${name}=1`)
      expect([name, answer.status, ...codesOf(answer)]).toEqual([name, 400, 'invalid_param'])
    }
  })
})

describe('order and pages', () => {
  test('sell 62: by id unless said, and by the times, the value and the name', async () => {
    const inOrder = ['Bravo', 'Alpha', 'Delta', 'Charlie', 'Echo']
    expect(await named('')).toEqual(inOrder)
    expect(await named('sort_by=id:desc')).toEqual(inOrder.toReversed())
    expect(await named('sort_by=created_at')).toEqual(inOrder)
    expect(await named('sort_by=updated_at:desc')).toEqual(inOrder.toReversed())
    expect(await named('sort_by=name:asc')).toEqual(['Alpha', 'Bravo', 'Charlie', 'Delta', 'Echo'])
    expect((await named('sort_by=value:desc&hot=true'))[0]).toBe('Bravo')
    expect((await named('sort_by=estimated_close_date:desc'))[0]).toBe('Alpha')
    for (const bad of ['last_activity_at', 'name,id', 'hot', 'custom_fields:Seats']) {
      const answer = await client.get(`/v2/deals?sort_by=${bad}`)
      expect([bad, answer.status, ...codesOf(answer)]).toEqual([bad, 400, 'invalid_param'])
    }
  })

  test('pages hold everything once, in every order', async () => {
    for (const sort of ['id', 'name:desc', 'updated_at', 'value']) {
      const seen: unknown[] = []
      for (let page = 1; page <= 3; page++) seen.push(...(await named(`sort_by=${sort}&page=${page}&per_page=2`)))
      expect(new Set(seen).size).toBe(5)
      expect(seen).toHaveLength(5)
    }
  })
})

describe('associated contacts', () => {
  test('they are added with a role, listed, shown in the deal that asks for them, and removed', async () => {
    const [one, two] = [await client.contact({ last_name: 'One' }), await client.contact({ last_name: 'Two' })]
    const path = `/v2/deals/${made.Alpha}/associated_contacts`
    const answer = await client.post(path, { contact_id: one, role: 'involved' })
    expect([answer.status, answer.body.meta.type]).toEqual([200, 'associated_contact'])
    expect(Object.keys(answer.body.data)).toEqual(['contact_id', 'role', 'created_at', 'updated_at'])
    await client.post(path, { contact_id: two })
    const list = await client.get(path)
    expect(list.body.items.map(({ data }) => [data.contact_id, data.role])).toEqual([
      [one, 'involved'],
      [two, 'involved'],
    ])
    expect((await client.list(`${path}?page=2&per_page=1`)).map(({ contact_id }) => contact_id)).toEqual([two])
    expect((await client.get(`${path}?per_page=1`)).body.meta.links.next_page).toContain('page=2')
    const included = (await client.get(`/v2/deals/${made.Alpha}?includes=associated_contacts`)).body.data
    expect(included.associated_contacts).toEqual({ items: list.body.items, meta: { type: 'collection', count: 2 } })
    const [inList] = await client.list(`/v2/deals?includes=associated_contacts&ids=${made.Alpha}`)
    expect(inList).toEqual(included)
    const removed = await client.delete(`${path}/${one}`)
    expect([removed.status, removed.text]).toEqual([204, ''])
    expect((await client.list(path)).map(({ contact_id }) => contact_id)).toEqual([two])
    expect((await client.delete(`${path}/${one}`)).status).toBe(404)
  })

  test('what does not fit is refused', async () => {
    const contact_id = await client.contact()
    const path = `/v2/deals/${made.Bravo}/associated_contacts`
    const codes = async (data: object, to = path) => {
      const answer = await client.post(to, data)
      return [answer.status, ...codesOf(answer)]
    }
    await client.post(path, { contact_id, role: 'involved' })
    expect(await codes({ contact_id, role: 'involved' })).toEqual([422, 'already_exists /data/contact_id'])
    expect(await codes({ contact_id: 4711, role: 'involved' })).toEqual([422, 'incorrect_value /data/contact_id'])
    expect(await codes({ contact_id, role: 'boss' })).toEqual([422, 'incorrect_value /data/role'])
    expect(await codes({ role: 'involved' })).toEqual([422, 'missing /data/contact_id'])
    expect(await codes({ contact_id }, '/v2/deals/4711/associated_contacts')).toEqual([404, 'not_found'])
    expect((await client.get('/v2/deals/4711/associated_contacts')).status).toBe(404)
    expect((await client.get(`/v2/deals/${made.Bravo}?includes=notes`)).status).toBe(400)
  })

  test('a deleted deal takes them along', async () => {
    const { id } = await client.deal({ name: 'Short-lived' })
    await client.post(`/v2/deals/${id}/associated_contacts`, { contact_id: ids.person })
    await client.delete(`/v2/deals/${id}`)
    const records = await ws.scope.store.records.list('sell.associated_contacts', { prefix: `${id}:`, limit: 10 })
    expect(records.items).toEqual([])
  })
})

describe('upsert', () => {
  test('sell 66: at least one filter is needed', async () => {
    const answer = await client.post('/v2/deals/upsert', { name: 'Foxtrot', contact_id: ids.person })
    expect([answer.status, ...codesOf(answer)]).toEqual([400, 'invalid_param'])
    expect(await named('name=Foxtrot')).toEqual([])
    expect((await client.post('/v2/deals/upsert?unknown=1', { name: 'Foxtrot', contact_id: ids.person })).status).toBe(400)
  })

  test('none is made, one is changed, several are a conflict', async () => {
    const path = '/v2/deals/upsert?custom_fields[Known via]=crm-1&stage_id='
    const data = { name: 'Golf', contact_id: ids.person, stage_id: ids.quote, custom_fields: { 'Known via': 'crm-1' } }
    const first = await client.post(path + ids.quote, data)
    const second = await client.post(path + ids.quote, { name: 'Hotel' })
    expect([first.status, second.status, second.body.data.id, second.body.data.name]).toEqual([
      200,
      200,
      first.body.data.id,
      'Hotel',
    ])
    expect((await findDeal(ws.scope, second.body.data.id)).version).toBe(2)
    await client.deal({ ...data, name: 'Twin' })
    const third = await client.post(path + ids.quote, { name: 'India' })
    expect([third.status, ...codesOf(third)]).toEqual([409, 'conflict'])
    expect(await named('name=India')).toEqual([])
    const nothing = await client.post('/v2/deals/upsert?name=Nobody', {})
    expect([nothing.status, ...codesOf(nothing)]).toEqual([422, 'missing /data/name'])
  })
})
