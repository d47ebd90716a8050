import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { addLossReason } from '../../../domain/loss-reason.ts'
import { type Client, clientIn, codesOf } from './client.ts'

let app: TestApp
let ws: TestWorkspace
let client: Client
let now = Date.parse('2026-03-01T10:00:00Z')

beforeAll(async () => {
  app = await openTestApp({ now: () => (now += 1000) })
})
afterAll(() => app.close())
beforeEach(async () => {
  ws = await app.workspace({ template: 'sell' })
  client = clientIn(app, ws)
})

const lists = [
  { path: '/v2/loss_reasons', type: 'loss_reason', extra: {} },
  { path: '/v2/deal_unqualified_reasons', type: 'deal_unqualified_reason', extra: {} },
  { path: '/v2/deal_sources', type: 'deal_source', extra: { resource_type: 'deal' } },
  { path: '/v2/sources', type: 'source', extra: {} },
  { path: '/v2/tags', type: 'tag', extra: { resource_type: 'contact' } },
]

describe.each(lists)('$path', ({ path, type, extra }) => {
  test('sell 69: created, read, changed and deleted with 200, 200, 200 and 204', async () => {
    const made = await client.post(path, { name: 'First', ...extra })
    expect([made.status, made.body.meta]).toEqual([200, { type }])
    const { id, ...rest } = made.body.data
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(rest).toEqual({ creator_id: ws.admin.id, name: 'First', ...extra, created_at: time, updated_at: time })
    expect(Object.keys(made.body.data)).toEqual(['id', 'creator_id', 'name', ...Object.keys(extra), 'created_at', 'updated_at'])
    expect((await client.get(`${path}/${id}`)).body).toEqual(made.body)
    const changed = await client.put(`${path}/${id}`, { name: 'Second' })
    expect([changed.status, changed.body.data.name, changed.body.data.created_at]).toEqual([200, 'Second', rest.created_at])
    expect(changed.body.data.updated_at).not.toBe(rest.updated_at)
    expect((await client.put(`${path}/${id}`, { name: 'Second' })).body).toEqual(changed.body)
    expect((await client.put(`${path}/${id}`, {})).body).toEqual(changed.body)
    const gone = await client.delete(`${path}/${id}`)
    expect([gone.status, gone.text]).toEqual([204, ''])
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await client.send(method, `${path}/${id}`, method === 'PUT' ? { data: { name: 'x' } } : undefined)
      expect([method, answer.status, ...codesOf(answer)]).toEqual([method, 404, 'not_found'])
    }
    expect(await client.list(path)).toEqual([])
  })

  test('sell 33: a name that is there already is already_exists', async () => {
    const { id } = await client.make(path, { name: 'Taken', ...extra })
    const again = await client.post(path, { name: 'Taken', ...extra })
    expect([again.status, ...codesOf(again)]).toEqual([422, 'already_exists /data/name'])
    expect(again.body.errors[0]?.error.resource).toBe(type)
    const other = await client.make(path, { name: 'Other', ...extra })
    const renamed = await client.put(`${path}/${other.id}`, { name: 'Taken' })
    expect([renamed.status, ...codesOf(renamed)]).toEqual([422, 'already_exists /data/name'])
    await client.delete(`${path}/${id}`)
    expect((await client.post(path, { name: 'Taken', ...extra })).status).toBe(200)
  })

  test('what does not fit is refused', async () => {
    const cases: [object, string][] = [
      [{}, 'missing /data/name'],
      [{ name: '' }, 'blank /data/name'],
      [{ name: ' \t' }, 'blank /data/name'],
      [{ name: null }, 'invalid_type /data/name'],
      [{ name: 5 }, 'invalid_type /data/name'],
      [{ name: 'x'.repeat(256) }, 'incorrect_value /data/name'],
      [{ name: 'x', id: 5 }, 'unknown /data/id'],
      [{ name: 'x', creator_id: 5 }, 'unknown /data/creator_id'],
    ]
    for (const [data, code] of cases) {
      const answer = await client.post(path, { ...extra, ...data })
      expect([data, answer.status, ...codesOf(answer)]).toEqual([data, 422, code])
    }
    expect(await client.list(path)).toEqual([])
  })

  test('the list is filtered, sorted and paged', async () => {
    const ids: number[] = []
    for (const name of ['Charlie', 'Alpha', 'Bravo']) ids.push((await client.make(path, { name, ...extra })).id)
    await client.put(`${path}/${ids[1]}`, { name: 'Zulu' })
    const named = async (query: string) => (await client.list(`${path}?${query}`)).map(({ name }) => name)
    expect(await named('sort_by=id')).toEqual(['Charlie', 'Zulu', 'Bravo'])
    expect(await named('sort_by=name')).toEqual(['Bravo', 'Charlie', 'Zulu'])
    expect(await named('sort_by=name:desc')).toEqual(['Zulu', 'Charlie', 'Bravo'])
    expect(await named('sort_by=updated_at:desc')).toEqual(['Zulu', 'Bravo', 'Charlie'])
    expect(await named('sort_by=created_at')).toEqual(['Charlie', 'Zulu', 'Bravo'])
    expect(await named('name=Bravo')).toEqual(['Bravo'])
    expect(await named(`ids=${ids[2]},${ids[0]}&sort_by=id`)).toEqual(['Charlie', 'Bravo'])
    expect(await named('sort_by=id&page=2&per_page=2')).toEqual(['Bravo'])
    expect((await client.get(`${path}?sort_by=color`)).status).toBe(400)
  })
})

test('the two kinds of reasons are two lists', async () => {
  const { id } = await client.make('/v2/loss_reasons', { name: 'Same' })
  const other = await client.make('/v2/deal_unqualified_reasons', { name: 'Same' })
  expect((await client.get(`/v2/deal_unqualified_reasons/${id}`)).status).toBe(404)
  expect((await client.delete(`/v2/loss_reasons/${other.id}`)).status).toBe(404)
  await addLossReason(ws.scope, { name: 'From elsewhere' })
  expect((await client.list('/v2/loss_reasons')).map(({ name }) => name)).toEqual(['Same', 'From elsewhere'])
})

test('the two paths of sources are one list', async () => {
  const { id } = await client.make('/v2/sources', { name: 'Fair' })
  expect((await client.get(`/v2/deal_sources/${id}`)).body.data).toMatchObject({ name: 'Fair', resource_type: 'deal' })
  const wrong = await client.post('/v2/deal_sources', { name: 'Fair 2', resource_type: 'lead' })
  expect([wrong.status, ...codesOf(wrong)]).toEqual([422, 'incorrect_value /data/resource_type'])
})

describe('tags', () => {
  test('using one makes it, once, and for what it was used', async () => {
    await client.contact({ tags: ['important'] })
    const { id } = await client.deal({ tags: ['important', ' big '] })
    await client.put(`/v2/deals/${id}`, { tags: ['big', 'late'] })
    await client.deal({ tags: ['late'] })
    const tags = (await client.list('/v2/tags?sort_by=id')).map(({ resource_type, name }) => `${resource_type} ${name}`)
    expect(tags).toEqual(['contact important', 'deal important', 'deal big', 'deal late'])
    expect(await client.list('/v2/tags?resource_type=contact')).toHaveLength(1)
    expect(await client.list(`/v2/tags?creator_id=${ws.admin.id}&name=important`)).toHaveLength(2)
    expect(await client.list('/v2/tags?creator_id=4711')).toEqual([])
  })

  test('a new one must say what it is for, and can go over to something else', async () => {
    const answer = await client.post('/v2/tags', { name: 'x' })
    expect([answer.status, ...codesOf(answer)]).toEqual([422, 'missing /data/resource_type'])
    const { id } = await client.make('/v2/tags', { name: 'x', resource_type: 'deal' })
    const moved = await client.put(`/v2/tags/${id}`, { resource_type: 'contact' })
    expect(moved.body.data).toMatchObject({ name: 'x', resource_type: 'contact' })
    expect((await client.post('/v2/tags', { name: 'x', resource_type: 'deal' })).status).toBe(200)
  })

  test('they are sorted by their last change unless the caller says otherwise', async () => {
    const [first] = [
      await client.make('/v2/tags', { name: 'a', resource_type: 'deal' }),
      await client.make('/v2/tags', { name: 'b', resource_type: 'deal' }),
    ]
    await client.put(`/v2/tags/${first.id}`, { name: 'c' })
    expect((await client.list('/v2/tags')).map(({ name }) => name)).toEqual(['b', 'c'])
  })
})

test('custom fields are listed with their types and choices', async () => {
  await addCustomField(ws.scope, { subject: 'deal', name: 'Known via', type: 'choice', options: ['Tom', 'Fair'] })
  for (const type of ['text', 'number', 'boolean', 'date'] as const)
    await addCustomField(ws.scope, { subject: 'contact', name: type, type })
  const deals = await client.get('/v2/deal/custom_fields')
  expect(deals.body.items.map(({ meta }) => meta)).toEqual([{ type: 'custom_field' }])
  expect(deals.body.items[0]?.data).toMatchObject({
    name: 'Known via',
    type: 'list',
    choices: [
      { id: 1, name: 'Tom' },
      { id: 2, name: 'Fair' },
    ],
  })
  const contacts = await client.list('/v2/contact/custom_fields')
  expect(contacts.map(({ type, for_contact, for_organisation }) => [type, for_contact, for_organisation])).toEqual(
    ['string', 'number', 'boolean', 'date'].map((type) => [type, true, true]),
  )
  expect((await client.get('/v2/lead/custom_fields')).status).toBe(404)
  expect((await client.send('POST', '/v2/deal/custom_fields', { data: {} })).status).toBe(405)
})

test('a list longer than what is read at once is whole', async () => {
  await ws.scope.store.transaction(async (tx) => {
    for (let n = 0; n < 1_001; n++) {
      const data = { name: `Source ${n}`, resourceType: 'deal', creatorId: ws.admin.id }
      await tx.records.insert('sell.sources', data.name, data, now)
    }
  })
  expect((await client.list('/v2/sources?page=11&per_page=100')).map(({ name }) => name)).toEqual(['Source 1000'])
})
