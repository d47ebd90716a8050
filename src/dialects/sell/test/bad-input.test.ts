import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { coverage } from '../coverage.ts'
import { type Answer, type Client, clientIn } from './client.ts'

let app: TestApp
let ws: TestWorkspace
let client: Client
/** Ids of things that are there, by the noun of their path. */
let ids: Record<string, number>

beforeAll(async () => {
  app = await openTestApp()
  ws = await app.workspace({ template: 'sell' })
  client = clientIn(app, ws)
  const deal = await client.deal()
  const name = { name: 'Here' }
  ids = {
    deals: deal.id,
    contacts: Number(deal.contact_id),
    loss_reasons: (await client.make('/v2/loss_reasons', name)).id,
    deal_unqualified_reasons: (await client.make('/v2/deal_unqualified_reasons', name)).id,
    sources: (await client.make('/v2/sources', name)).id,
    tags: (await client.make('/v2/tags', { ...name, resource_type: 'deal' })).id,
    users: ws.admin.id,
  }
  ids.deal_sources = ids.sources ?? 0
})
afterAll(() => app.close())

const routes = coverage.filter(({ status }) => status !== 'absent').map(({ method, path }) => ({ method, path }))
const writes = routes.filter(({ method }) => method === 'POST' || method === 'PUT')

/** The path with ids that are there. */
const filled = (path: string): string =>
  path.replace(':contact_id', String(ids.contacts)).replaceAll(/(\w+)\/:id/g, (_, noun: string) => `${noun}/${ids[noun]}`)

/** Everything that can be read of the workspace, to be the same before and after. */
async function everything(): Promise<unknown> {
  const lists = routes.filter(({ method, path }) => method === 'GET' && !path.includes(':') && !path.includes('self'))
  const bodies = await Promise.all(lists.map(async ({ path }) => [path, (await client.get(path)).body.items]))
  const { items } = await ws.scope.store.events.list({ limit: 1, direction: 'desc' })
  return [...bodies, items[0]?.id]
}

/** The vendor's own refusal: never a 500, never another voice. */
function expectRefusal(label: string, { status, headers, body }: Answer): void {
  expect([label, status >= 400 && status < 500]).toEqual([label, true])
  expect([label, headers.get('content-type')]).toEqual([label, 'application/json; charset=utf-8'])
  expect([label, body.meta.logref === headers.get('x-request-id'), body.errors.length > 0]).toEqual([label, true, true])
}

describe.each(writes)('$method $path', ({ method, path }) => {
  const huge = 'x'.repeat(10 * 1024 * 1024)
  const deep = `{"data":${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}}`
  const bodies: [string, unknown][] = [
    ['nothing', undefined],
    ['null', 'null'],
    ['a number', '5'],
    ['an array', '[]'],
    ['no JSON', '{"data":{'],
    ['two documents', '{"data":{}}{"data":{}}'],
    ['a trailing comma', '{"data":{"name":"x",}}'],
    ['invalid UTF-8', Buffer.from('{"data":{"name":"\xff\xfe"}}', 'latin1')],
    ['UTF-16', Buffer.from('{"data":{"name":"x"}}', 'utf16le')],
    ['data null', { data: null }],
    ['data an array', { data: [{}] }],
    ['an unknown attribute', { data: { nonsense: 1 } }],
    ['a field beside data', { data: {}, nonsense: 1 }],
    ['a name that is an object', { data: { name: {}, last_name: {}, contact_id: {} } }],
    ['a name that is a number', { data: { name: 1, last_name: 1, contact_id: '1' } }],
    ['a blank name', { data: { name: '  ', last_name: '  ', contact_id: 0 } }],
    ['a name with a NUL', { data: { name: 'a\0b', last_name: 'a\0b', contact_id: 0 } }],
    ['half a surrogate', '{"data":{"name":"\\ud800","last_name":"\\ud800","contact_id":0}}'],
    ['too long a name', { data: { name: 'x'.repeat(256), last_name: 'x'.repeat(256), contact_id: 0 } }],
    ['a string of 10 MB', { data: { name: huge } }],
    ['deep nesting', deep],
    ['a prototype', '{"data":{"__proto__":{"name":"x"}}}'],
    ['a constructor', '{"data":{"constructor":{"prototype":{"name":"x"}}}}'],
    ['Infinity', '{"data":{"name":1e999,"last_name":1e999,"contact_id":1e999}}'],
  ]

  test('refuses every body that does not fit, and changes nothing', async () => {
    const before = await everything()
    const query = path.endsWith('upsert') ? '?ids=1' : ''
    for (const [label, body] of bodies) {
      // Associating a contact says nothing about names.
      expectRefusal(label, await client.send(method, filled(path) + query, body))
    }
    expect(await everything()).toEqual(before)
  })

  test('refuses other media types and queries it does not have', async () => {
    const before = await everything()
    const body = { data: {} }
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/xml',
      'multipart/form-data; boundary=x',
      'nonsense',
    ]) {
      expectRefusal(type, await client.send(method, filled(path), JSON.stringify(body), { 'content-type': type }))
    }
    for (const query of ['nonsense=1', '__proto__=1', 'page=1', 'per_page=5']) {
      expectRefusal(query, await client.send(method, `${filled(path)}?${query}`, body))
    }
    expect(await everything()).toEqual(before)
  })
})

// A session of the Sync API is no id, and is looked at only once the device is known.
describe.each(routes.filter(({ path }) => path.includes(':') && !path.includes(':session')))(
  '$method $path',
  ({ method, path }) => {
    test('answers ids that are none as ids that nobody has', async () => {
      const before = await everything()
      for (const id of [
        '0',
        '-1',
        '1.5',
        'abc',
        '9007199254740993',
        '9223372036854775808',
        '1'.repeat(60),
        '%20',
        '1%00',
        '%27%20or%201=1',
        '../1',
        '1e3',
        'NaN',
      ]) {
        const body = method === 'GET' || method === 'DELETE' ? undefined : { data: {} }
        const answer = await client.send(method, path.replace(':contact_id', id).replace(':id', id), body)
        // A payload is looked at first where one is needed; what matters is that nobody's record is touched.
        const allowed = method === 'POST' ? [404, 422] : [404]
        expect([id, allowed.includes(answer.status)]).toEqual([id, true])
        expectRefusal(id, answer)
      }
      expect(await everything()).toEqual(before)
    })
  },
)

describe.each(routes.filter(({ method }) => method === 'GET'))('$method $path', ({ path }) => {
  const queries = [
    'nonsense=1',
    '__proto__=x',
    'constructor=x',
    'page=1&page=2',
    'page[]=1',
    'page=-1',
    'page=0',
    'page=',
    'page=1e3',
    'page=NaN',
    'page=0x10',
    'per_page=101',
    'per_page=9223372036854775808',
    'sort_by=',
    'sort_by=id:',
    'sort_by=id;drop',
    'sort_by=id&sort_by=id',
    'ids=abc',
    'ids=1,,2',
    'ids=1&ids=2',
    'ids[]=1',
    'cursor=abc',
    'limit=101',
    'custom_fields[]=1',
    'custom_fields[x][y]=1',
    'address[x]=1',
  ]

  test('refuses every query that does not fit with invalid_param', async () => {
    for (const query of queries) {
      const answer = await client.get(`${filled(path)}?${query}`)
      expectRefusal(query, answer)
      expect([query, answer.status, answer.body.errors[0]?.error.code]).toEqual([query, 400, 'invalid_param'])
    }
  })

  test('refuses what cannot be decoded or is too long', async () => {
    expectRefusal('%', await client.get(`${filled(path)}/%ZZ`))
    const long = await client.get(`${filled(path)}?ids=${'1,'.repeat(5_000)}1`)
    expectRefusal('long', long)
    expect(long.status).toBe(414)
  })
})
