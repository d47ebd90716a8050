import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { listCustomFields } from '../../../domain/custom-field.ts'
import { listDeals } from '../../../domain/deal.ts'
import { listParties } from '../../../domain/party.ts'
import { listPipelines } from '../../../domain/pipeline.ts'
import { listRecords } from '../../../domain/record.ts'
import { listStages } from '../../../domain/stage.ts'
import { account, type Caller, caller, type Reply } from './caller.ts'
import { fields, fine, wrong } from './wrong-values.ts'

let app: TestApp
let ws: TestWorkspace
let pd: Caller
let ids: Record<string, number>
let valid: Record<string, Record<string, unknown>>

beforeAll(async () => {
  app = await openTestApp()
  ws = await app.workspace({ template: 'pipedrive' })
  pd = caller(app, ws)
  const { pipeline, stage } = await account(pd)
  const add = async (path: string, body: object) => (await pd.post(`/api/v2/${path}`, body)).body.data.id
  ids = {
    pipelines: pipeline.id,
    stages: stage(0),
    deals: await add('deals', { title: 'Acme' }),
    persons: await add('persons', { name: 'Ann' }),
    organizations: await add('organizations', { name: 'Acme' }),
  }
  valid = {
    pipelines: { name: 'X' },
    stages: { name: 'X', pipeline_id: pipeline.id },
    deals: { title: 'X' },
    persons: { name: 'X' },
    organizations: { name: 'X' },
  }
})
afterAll(() => app.close())

/** Everything that a request could have changed. */
const state = async () => {
  const limit = 1000
  const { scope } = ws
  return JSON.stringify([
    await listPipelines(scope),
    await listStages(scope),
    await listDeals(scope, { filter: { deleted: 'both' }, limit }),
    await listParties(scope, { deleted: 'both', limit }),
    await listCustomFields(scope),
    await listRecords({ ...scope, via: 'pipedrive' }, 'follower', { limit }),
  ])
}

const routes = () => app.server.routes.filter(({ dialect, url }) => dialect === 'pipedrive' && url.startsWith('/api/v2/'))
const nounOf = (url: string): string => url.split('/')[3] ?? ''
const withId = (url: string): string =>
  url
    .replace(':id', String(ids[nounOf(url)]))
    .replace(':follower_id', '1')
    .replace(':field_code', 'title')

/** The vendor's own error of v2, and nothing else. */
function expectRefusal(answer: Reply<unknown>, what: string, statuses: readonly number[] = [400]): void {
  expect(statuses, `${what}: ${answer.status} ${answer.text}`).toContain(answer.status)
  expect(Object.keys(answer.body), what).toEqual(['success', 'error', 'code'])
  expect(answer.body, what).toMatchObject({ success: false, error: expect.any(String), code: expect.stringMatching(/^ERR_/) })
}

test('an id that is no number is a 400, one that nobody has a 404', async () => {
  const before = await state()
  const urls = routes().filter(({ url }) => url.includes(':id'))
  expect(urls.length).toBeGreaterThan(15)
  for (const { method, url } of urls) {
    const body = method === 'POST' ? { user_id: 1 } : method === 'PATCH' ? {} : undefined
    for (const [id, status] of [
      ['abc', 400],
      ['-1', 400],
      ['1.5', 400],
      ['1e3', 400],
      ['%00', 400],
      ['1%20', 400],
      ['٣', 400],
      ['9'.repeat(40), 400],
      ['0', 404],
      ['99999', 404],
      ['9007199254740993', 404],
      ['9223372036854775808', 404],
    ] as const) {
      const path = url.replace(':id', encodeURI(decodeURI(id))).replace(':follower_id', '1')
      expectRefusal(await pd.send(method, path, body), `${method} ${path}`, [status])
    }
  }
  expect(await state()).toBe(before)
})

test('a parameter that nobody documents is refused by every route', async () => {
  const before = await state()
  for (const { method, url } of routes()) {
    const body = method === 'POST' || method === 'PATCH' ? (valid[nounOf(url)] ?? {}) : undefined
    const answer = await pd.send(method, `${withId(url)}?bogus=1`, body)
    expectRefusal(answer, `${method} ${url}`)
    expect(answer.body.error, url).toContain("bogus: Parameter 'bogus' is not allowed for this request")
  }
  expect(await state()).toBe(before)
})

test('a parameter that is repeated, empty or of another type is refused', async () => {
  for (const url of ['stages', 'pipelines', 'deals', 'deals/archived', 'persons', 'organizations', 'dealFields']) {
    const sortable =
      url === 'dealFields' ? [] : ['sort_by=id&sort_by=id', 'sort_direction=asc&sort_direction=desc', 'sort_by=', 'sort_by=ID']
    for (const query of [
      'limit=1&limit=2',
      'limit=-5',
      'limit=0',
      'limit=501',
      'limit=1.5',
      'limit=ten',
      'limit[]=1',
      ...sortable,
    ]) {
      expectRefusal(await pd.get(`/api/v2/${url}?${query}`), `${url} ${query}`)
    }
  }
  for (const name of ['owner_id', 'person_id', 'org_id', 'pipeline_id', 'stage_id', 'filter_id']) {
    for (const value of ['', 'a', '-1', '1,2', '1&'.concat(name, '=2'), 'null', '1.0']) {
      expectRefusal(await pd.get(`/api/v2/deals?${name}=${value}`), `${name}=${value}`)
    }
  }
})

test('a cursor that this list did not give is refused', async () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const good = { field: 'id', fieldValue: 7, sortDirection: 'asc', id: 7 }
  const bad = [
    'bogus',
    '%00',
    'e30',
    'a'.repeat(3000),
    encode(null),
    encode([good]),
    encode({ ...good, field: 'title' }),
    encode({ ...good, field: 'constructor' }),
    encode({ ...good, fieldValue: "7' or 1=1" }),
    encode({ ...good, fieldValue: { $gt: 1 } }),
    encode({ ...good, sortDirection: 'sideways' }),
    encode({ ...good, id: 1.5 }),
    encode({ ...good, id: undefined }),
    encode({ ...good, more: 1 }),
  ]
  for (const url of [
    'stages',
    'pipelines',
    'deals',
    'deals/archived',
    'persons',
    'organizations',
    `deals/${ids.deals}/followers`,
  ]) {
    for (const cursor of bad) expectRefusal(await pd.get(`/api/v2/${url}?cursor=${cursor}`), `${url} ${cursor}`)
    const served = await pd.list(`/api/v2/${url}?cursor=${encode({ ...good, fieldValue: 2 ** 52, id: 2 ** 52 })}`)
    expect([served.status, served.body.data], url).toEqual([200, []])
  }
  // A cursor of one list’s sort is of no use in a list that has no such sort.
  expectRefusal(await pd.get(`/api/v2/pipelines?cursor=${encode({ ...good, field: 'order_nr' })}`), 'order_nr')
})

const bodyRoutes = () => routes().filter(({ method }) => method === 'POST' || method === 'PATCH')

test('a body that cannot be read is refused', async () => {
  const before = await state()
  const deep = `{"name":${'['.repeat(1000)}${']'.repeat(1000)}}`
  const bodies: [what: string, body: string | Uint8Array, statuses: number[]][] = [
    ['nothing', '', [400]],
    ['half a document', '{"name":', [400]],
    ['two documents', '{}{}', [400]],
    ['no JSON', 'name=X', [400]],
    ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), [400]],
    ['deep nesting', deep, [400]],
    ['an array', '[]', [400]],
    ['a text', '"X"', [400]],
    ['a number', '7', [400]],
    ['null', 'null', [400]],
    ['a poisoned prototype', '{"name":"X","title":"X","__proto__":{"admin":true}}', [400]],
    ['a huge number', '{"name":"X","title":"X","pipeline_id":1e400,"value":1e400,"user_id":1e400,"owner_id":1e400}', [400]],
  ]
  for (const { method, url } of bodyRoutes()) {
    for (const [what, body, statuses] of bodies) {
      expectRefusal(await pd.send(method, withId(url), body), `${method} ${url}: ${what}`, statuses)
    }
  }
  expect(await state()).toBe(before)
})

test('a text of ten megabytes is too large, whatever its field', async () => {
  const before = await state()
  const text = 'x'.repeat(10 * 1024 * 1024)
  for (const { method, url } of bodyRoutes()) {
    expectRefusal(await pd.send(method, withId(url), { name: text, title: text }), `${method} ${url}`, [413])
  }
  expectRefusal(await pd.get(`/api/v2/deals/search?term=${'x'.repeat(9000)}`), 'a long URL', [414])
  expect(await state()).toBe(before)
})

test('every field of every body refuses what is not of its type', async () => {
  const before = await state()
  for (const [noun, sorts] of Object.entries(fields)) {
    for (const [field, sort] of Object.entries(sorts)) {
      for (const value of wrong[sort] ?? []) {
        if (fine[field]?.includes(value)) continue
        for (const [method, path] of [
          ['POST', `/api/v2/${noun}`],
          ['PATCH', `/api/v2/${noun}/${ids[noun]}`],
        ] as const) {
          const answer = await pd.send(method, path, { ...valid[noun], [field]: value })
          expectRefusal(answer, `${method} ${noun} ${field} ${JSON.stringify(value)?.slice(0, 60)}`)
          expect(answer.body.error, field).toContain(field)
        }
      }
    }
  }
  expect(await state()).toBe(before)
})

test('one wrong field spoils the whole write', async () => {
  const before = await state()
  const bad = { title: 'Changed', value: 99, owner_id: 99999, stage_id: ids.stages }
  expectRefusal(await pd.patch(`/api/v2/deals/${ids.deals}`, bad), 'PATCH')
  expectRefusal(await pd.post('/api/v2/deals', bad), 'POST')
  const several = await pd.post('/api/v2/stages', { pipeline_id: 'x', deal_probability: 500, extra: 1 })
  expect(several.body.error).toBe(
    'Validation failed: name: This field is missing.; pipeline_id: This value should be of type int.; ' +
      "deal_probability: This value should be less than or equal to 100.; extra: Parameter 'extra' is not allowed for this request",
  )
  expect(await state()).toBe(before)
})

test('a path that is not encoded properly, or is nobody’s, is answered in the vendor’s words', async () => {
  expectRefusal(await pd.get('/api/v2/stages/%zz'), '%zz')
  expectRefusal(await pd.get('/api/v2/'), '/api/v2/', [404])
  expectRefusal(await pd.get('/api/v2/deals/1/flow'), 'flow', [404])
  expectRefusal(await pd.send('PUT', `/api/v2/deals/${ids.deals}`, {}), 'PUT', [405])
  expectRefusal(await pd.send('POST', `/api/v2/deals/${ids.deals}`, {}), 'POST', [405])
  expectRefusal(await pd.get(`/api/v2/stages/${'1'.repeat(2000)}`), 'a long id', [400, 414])
  expectRefusal(await pd.send('DELETE', '/api/v2/deals?ids=1,2'), 'no bulk delete in v2', [405])
})
