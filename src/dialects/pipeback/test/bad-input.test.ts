import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addParty } from '../../../domain/party.ts'
import { coverage } from '../coverage.ts'
import { type Answer, account, type Client, stageOf } from './client.ts'

let app: TestApp
let ws: TestWorkspace
let client: Client
/** Paths with ids that are there. */
let filled: (path: string) => string
let pipeline: string

beforeAll(async () => {
  app = await openTestApp()
  const { other, ...here } = await account(app)
  ;({ ws, client } = here)
  pipeline = other.id
  await addParty(ws.scope, { kind: 'person', name: 'Bo' })
  const deal = await client.make('/app/deals', { name: 'Here', pipeline_id: other.id })
  filled = (path) =>
    path.replace('/app/deals/:id', `/app/deals/${deal.id}`).replace(':stageId', stageOf(other, 1).id).replace(':id', other.id)
})
afterAll(() => app.close())

const routes = coverage.filter(({ status }) => status !== 'absent').map(({ method, path }) => ({ method, path }))
const writes = routes.filter(({ method }) => method === 'POST' || method === 'PUT' || method === 'PATCH')
const lists = ['/app/workspaces', '/app/pipelines', '/app/deals', '/app/contacts', '/app/companies', '/app/tags']

/** Everything that can be read of the workspace, to be the same before and after. */
async function everything(): Promise<unknown> {
  const bodies = await Promise.all(lists.map(async (path) => [path, (await client.list(path)).body]))
  const { items } = await ws.scope.store.events.list({ limit: 1, direction: 'desc' })
  return [...bodies, items[0]?.id]
}

/** The vendor's own refusal: never a 500, never another voice. */
function expectRefusal(label: string, { status, headers, body, text }: Answer): void {
  expect([label, status >= 400 && status < 500, text]).toEqual([label, true, text])
  expect([label, headers.get('content-type')]).toEqual([label, 'application/json'])
  expect([label, body.status, typeof body.message]).toEqual([label, 'error', 'string'])
  expect([label, Object.keys(body).filter((key) => !['status', 'message', 'errors'].includes(key))]).toEqual([label, []])
}

const huge = 'x'.repeat(10 * 1024 * 1024)

describe.each(writes)('$method $path', ({ method, path }) => {
  const everywhere: [string, unknown][] = [
    ['null', 'null'],
    ['a number', '5'],
    ['a text', '"x"'],
    ['an array', '[{"name":"x"}]'],
    ['no JSON', '{"name":{'],
    ['two documents', '{"name":"x"}{"name":"x"}'],
    ['a trailing comma', '{"name":"x",}'],
    ['invalid UTF-8', Buffer.from('{"name":"\xff\xfe"}', 'latin1')],
    ['UTF-16', Buffer.from('{"name":"x"}', 'utf16le')],
    ['a string of 10 MB', { name: huge }],
    ['deep nesting', `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`],
    ['a prototype', '{"__proto__":{"name":"x"},"name":"x"}'],
    ['a constructor', '{"constructor":{"prototype":{"name":"x"}},"name":"x"}'],
    ['a name that is null', { name: null }],
    ['a name that is an object', { name: {} }],
    ['a name that is a number', { name: 1 }],
    ['a name that is a list', { name: ['x'] }],
    ['a blank name', { name: ' \t' }],
    ['a name with a NUL', { name: 'a\0b' }],
    ['half a surrogate', '{"name":"\\ud800"}'],
    ['too long a name', { name: 'x'.repeat(256) }],
    ['Infinity', '{"name":1e999}'],
  ]

  test('refuses every body that does not fit, and changes nothing', async () => {
    const before = await everything()
    for (const [label, body] of everywhere) {
      const whole = path === '/app/deals' && body instanceof Object && 'name' in body ? { pipeline_id: pipeline, ...body } : body
      expectRefusal(label, await client.send(method, filled(path), whole))
    }
    for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'nonsense'])
      expectRefusal(type, await client.send(method, filled(path), '{"name":"x"}', { 'content-type': type }))
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const body of ['name=%ff', 'name=', 'name=x&name='])
      expectRefusal(body, await client.send(method, filled(path), body, form))
    expect(await everything()).toEqual(before)
  })

  test('is not led astray by hostile names in a form', async () => {
    const answer = await client.send(method, filled(path), '__proto__=x&constructor=x&toString=x&name=', {
      'content-type': 'application/x-www-form-urlencoded',
    })
    expectRefusal('hostile', answer)
  })
})

/** Values that are wrong for every field of a sort. */
const wrong = {
  id: [1, true, [], {}, '', 'nobody', '0', "' or 1=1", 'a\0b', '01900000-0000-7000-8000-000000000000', 'x'.repeat(300)],
  whole: ['x', '', 1.5, true, [], {}, null, 1e21, -1e21, 2 ** 63, '9223372036854775808'],
  percent: ['x', 1.5, true, [], {}, null, -1, 101, 1e21],
  flag: ['yes', 2, [], {}, null, ''],
  status: ['', 'OPEN', 'unqualified', 'deleted', 1, true, [], {}, null, '__proto__', 'constructor'],
  day: ['', 'now', '2026-02-30', '2026-1-1', '2026-01-01T00:00:00Z', 1, true, [], {}, '0000-01-01'],
  text: [1, true, [], {}, null, '', ' ', 'x'.repeat(256), 'a\0b', '\ud800'],
}

const deal = {
  name: 'text',
  pipeline_id: 'id',
  pipeline_stage_id: 'id',
  contact_id: 'id',
  company_id: 'id',
  owner_id: 'id',
  currency_id: 'id',
  amount: 'whole',
  status: 'status',
  expected_close_date: 'day',
} as const

const fields: [string, string, Record<string, keyof typeof wrong>][] = [
  ['POST', '/app/deals', deal],
  ['PUT', '/app/deals/:id', deal],
  ['POST', '/app/pipelines', { name: 'text', is_default: 'flag' }],
  ['PUT', '/app/pipelines/:id', { name: 'text', is_default: 'flag' }],
  ['POST', '/app/pipelines/:id/stages', { name: 'text' }],
  ['PUT', '/app/pipelines/:id/stages/:stageId', { name: 'text', probability: 'percent', rotting_days: 'percent' }],
  ['POST', '/app/tags', { name: 'text', background_color: 'text', text_color: 'text' }],
]

describe.each(fields)('%s %s', (method, path, kinds) => {
  test.each(Object.entries(kinds))('names what is wrong with %s', async (field, kind) => {
    const before = await everything()
    const whole = { name: 'x', background_color: 'x', text_color: 'x', pipeline_id: pipeline }
    for (const value of wrong[kind]) {
      // Days without rotting have no upper bound that a percentage has.
      if (field === 'rotting_days' && value === 101) continue
      const answer = await client.send(method, filled(path), { ...whole, [field]: value })
      const label = `${field}: ${JSON.stringify(value)?.slice(0, 40)}`
      expectRefusal(label, answer)
      expect([label, answer.status, Object.keys(answer.body.errors ?? {})]).toEqual([label, 422, [field]])
      expect([label, answer.body.message]).toEqual([label, answer.body.errors[field]?.[0]])
    }
    expect(await everything()).toEqual(before)
  })
})

describe.each(routes.filter(({ path }) => path.includes(':')))('$method $path', ({ method, path }) => {
  test('answers ids that are none as ids that nobody has', async () => {
    const before = await everything()
    for (const id of [
      '0',
      '-1',
      '1.5',
      'abc',
      '9223372036854775808',
      'x'.repeat(60),
      '%20',
      '1%00',
      '%27%20or%201=1',
      '%F0%9F%98%80',
      'NaN',
      ws.workspace.uuid,
    ]) {
      const answer = await client.send(
        method,
        path.replaceAll(/:\w+/g, id),
        method === 'GET' || method === 'DELETE' ? undefined : { name: 'x' },
      )
      expect([id, answer.status, answer.body]).toEqual([id, 404, { status: 'error', message: 'Not found.' }])
    }
    for (const id of ['%ZZ', 'x'.repeat(2000)]) {
      const url = path.replace(/:\w+/, id)
      expectRefusal(url, await client.send(method, filled(url), method === 'GET' ? undefined : { name: 'x' }))
    }
    expect(await everything()).toEqual(before)
  })
})

test('queries with anything in them are answered, and never narrow less than they say', async () => {
  for (const path of lists)
    for (const query of [
      'nonsense=1',
      '__proto__=x',
      'constructor=x',
      'page=1&page=2',
      'page[]=1',
      'page=-1',
      'page=9223372036854775808',
      'per_page=1e9',
      'per_page=NaN',
      'search=%22%27*%25',
      'search=%00',
      'sort=x',
      'filter[x][y]=1',
    ]) {
      const { status, body } = await client.list(`${path}?${query}`)
      expect([path, query, status, Array.isArray(body.data)]).toEqual([path, query, 200, true])
    }
  for (const name of ['pipeline_id', 'pipeline_stage_id', 'owner_id', 'contact_id', 'company_id', 'status'])
    for (const value of ['nobody', '%00', "'", '0', '-1', ws.workspace.uuid, '__proto__']) {
      const { status, body } = await client.list(`/app/deals?${name}=${value}`)
      expect([name, value, status, body.data, body.meta.total]).toEqual([name, value, 200, [], 0])
    }
  const long = await client.get(`/app/deals?search=${'x'.repeat(9000)}`)
  expect([long.status, long.body.status]).toEqual([414, 'error'])
})
