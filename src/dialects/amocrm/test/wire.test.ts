import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { coverage } from '../coverage.ts'
import { type Body, type Caller, callAs, callAsNobody, deletePath, formType, listPath, setPath } from './caller.ts'
import { driver } from './driver.ts'

let app: TestApp
let ws: TestWorkspace
let caller: Caller
beforeAll(async () => {
  app = await openTestApp()
  ws = await app.workspace({ template: 'amocrm' })
  caller = callAs(app, ws)
})
afterAll(() => app.close())

const name = (method: string, path: string) => `${method} ${path}`

test('what the coverage says is answered has a route, and every route is in the coverage', () => {
  const routes = app.server.routes.filter(({ dialect }) => dialect === 'amocrm').map(({ method, url }) => name(method, url))
  const claimed = coverage.filter(({ status }) => status !== 'absent').map(({ method, path }) => name(method, path))
  expect(routes.toSorted()).toEqual(claimed.toSorted())
  expect(new Set(coverage.map(({ method, path }) => name(method, path))).size).toBe(coverage.length)
  for (const { status, why } of coverage) expect(status === 'full' || (why ?? '').length > 10).toBe(true)
})

test('what is absent is answered as an unknown path of its generation', async () => {
  for (const { method, path, status } of coverage) {
    if (status !== 'absent') continue
    const answer = await caller.send(method, path.replace(':id', '1'), method === 'GET' ? undefined : {})
    const isLegacy = /^\/(private|api\/v2)/.test(path)
    expect([path, answer.status]).toEqual([path, 404])
    expect(isLegacy ? answer.body.response.error_code : answer.body.status).toBe(isLegacy ? '104' : 404)
  }
})

describe('errors', () => {
  const v4Errors = (): Promise<{ status: number; headers: Headers; body?: Body }>[] => [
    callAsNobody(app).get('/api/v4/account'),
    caller.get('/api/v4/leads/pipelines/1'),
    caller.post('/api/v4/leads', []),
    caller.post('/api/v4/leads', '{"a'),
    caller.post('/api/v4/leads', 'x', { 'content-type': 'text/plain' }),
    caller.send('PUT', '/api/v4/leads', {}),
    caller.get('/api/v4/nothing'),
    caller.get(`/api/v4/leads?query=${'x'.repeat(9000)}`),
    caller.get('/api/v4/leads/%ff'),
    caller.post('/api/v4/leads', 'x'.repeat(10_000_000)),
  ]

  test('amocrm 91: problems have a content type without parameters', async () => {
    for (const { status, headers, body } of await Promise.all(v4Errors())) {
      expect(headers.get('content-type')).toBe('application/problem+json')
      expect(body).toMatchObject({
        title: expect.any(String),
        type: `https://httpstatus.es/${status}`,
        status,
        detail: expect.any(String),
      })
    }
  })

  test('amocrm 92: no answer that succeeds has a member `status` at the top', async () => {
    const [lead] = (await caller.post('/api/v4/leads', [{}])).body._embedded.leads
    for (const { method, url } of app.server.routes) {
      if (method !== 'GET' || !url.startsWith('/api/')) continue
      const [pipeline] = (await caller.get('/api/v4/leads/pipelines')).body._embedded.pipelines
      const path = url
        .replace(':pipeline', pipeline.id)
        .replace('statuses/:id', 'statuses/142')
        .replace('pipelines/:id', `pipelines/${pipeline.id}`)
      const { status, body } = await caller.get(path.replace(':id', path.includes('users') ? String(ws.admin.id) : lead.id))
      if (status === 200) expect(Object.keys(body)).not.toContain('status')
    }
  })

  test('amocrm 93: who is not known is told so', async () => {
    for (const headers of [{}, { authorization: 'Bearer x' }, { authorization: `Bearer ${'0'.repeat(64)}` }]) {
      const { status, body } = await callAsNobody(app).get('/api/v4/leads', headers as Record<string, string>)
      expect([status, body]).toEqual([
        401,
        { title: 'Unauthorized', type: 'https://httpstatus.es/401', status: 401, detail: 'Invalid user name or password' },
      ])
    }
  })

  test('amocrm 97: errors of the first generation have a sentence and a code that is a text', async () => {
    for (const [answer, code] of [
      [await caller.get('/private/api/v2/json/nothing'), '104'],
      [await caller.post(setPath, '{"request"'), '102'],
      [await caller.post(setPath, 'x', { 'content-type': 'text/plain' }), '102'],
      [await caller.post(setPath, {}), '103'],
      [await caller.post(setPath), '103'],
      [await caller.post(deletePath, { request: {} }), '103'],
      [await caller.send('PUT', setPath, {}), '104'],
      [await callAsNobody(app).get(listPath), '110'],
      [await callAsNobody(app).get('/api/v2/leads'), '110'],
    ] as const) {
      expect(answer.body.response).toEqual({ error: expect.any(String), server_time: expect.any(Number), error_code: code })
      expect(answer.headers.get('content-type')).toBe('application/json; charset="utf-8"')
      expect(answer.status).toBeGreaterThanOrEqual(400)
    }
  })

  test('every v4 answer carries an id of its request', async () => {
    for (const { headers } of [
      await caller.get('/api/v4/account'),
      await caller.get('/api/v4/nothing'),
      await caller.get('/api/v4/leads?page=99'),
    ])
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('the vendor takes doubled slashes, any Accept, and a body on GET', async () => {
    expect((await caller.get('//api//v4//account')).status).toBe(200)
    expect((await caller.get('/api/v4/account', { accept: 'text/plain', 'content-type': 'application/json' })).status).toBe(200)
  })
})

describe('limits', () => {
  const second = 1000
  let now = Date.UTC(2026, 10, 20, 12)
  let strict: TestApp
  beforeAll(async () => {
    strict = await openTestApp({ now: () => now, enforceLimits: true })
  })
  afterAll(() => strict.close())

  test('amocrm 95: the eighth call in a second is refused', async () => {
    const other = callAs(strict, await strict.workspace({ template: 'amocrm' }))
    for (let call = 0; call < 7; call++) expect((await other.get('/api/v4/account')).status).toBe(200)
    const eighth = await other.get('/api/v4/account')
    expect([eighth.status, eighth.body.title]).toEqual([429, 'Too Many Requests'])
    expect((await other.get(listPath)).body.response.error_code).toBe('429')
    now += 2 * second
    expect((await other.get('/api/v4/account')).status).toBe(200)
  })

  test('an account has fifty a second, whatever the tokens', async () => {
    const busy = await strict.workspace({ template: 'amocrm' })
    const statuses: number[] = []
    for (let member = 0; member < 8; member++) {
      const other = callAs(strict, await busy.member('member'))
      for (let call = 0; call < 7; call++) statuses.push((await other.get('/api/v2/account')).status)
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(50)
    now += 2 * second
  })

  test('amocrm 96: who goes on regardless is shut out', async () => {
    const other = callAs(strict, await strict.workspace({ template: 'amocrm' }))
    const statuses: number[] = []
    for (let call = 0; call < 120; call++) statuses.push((await other.get('/api/v4/account')).status)
    expect([statuses[7], statuses.at(-1)]).toEqual([429, 403])
  })

  test('nothing is refused unless limits are enforced', async () => {
    for (let call = 0; call < 20; call++) expect((await caller.get('/api/v2/account')).status).toBe(200)
  })
})

describe('bad input', () => {
  const deep = `${'['.repeat(200)}${']'.repeat(200)}`
  const bodies: [string, unknown, Record<string, string>?][] = [
    ['no JSON', '{"a":'],
    ['bare text', '"x"'],
    ['a number', '5'],
    ['null', 'null'],
    ['true', 'true'],
    ['an empty list', '[]'],
    ['a list of nulls', '[null, null]'],
    ['lists in lists', '[[[]]]'],
    ['an empty object', '{}'],
    ['deep nesting', deep],
    ['prototype keys', '{"__proto__": {"x": 1}, "request": {"__proto__": {"y": 1}}}'],
    ['a constructor', '[{"constructor": {"prototype": {"x": 1}}}]'],
    ['invalid UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d])],
    [
      'wrong types',
      '[{"name": {}, "price": [], "status_id": true, "pipeline_id": {}, "_embedded": "x", "custom_fields_values": 5, "tags_to_add": 7}]',
    ],
    [
      'huge numbers',
      '[{"price": 1e308, "status_id": 9223372036854775808, "sort": -1e400, "name": "x", "is_main": true, "is_unsorted_on": true}]',
    ],
    ['NULs', '[{"name": "a\\u0000b"}]'],
    [
      'everything in the wrong place',
      '{"add": 5, "update": "x", "request": {"pipelines": 5, "leads": "x", "id": {"a": {"b": 1}}}}',
    ],
    [
      'null rows',
      '{"add": [null], "update": [null], "request": {"pipelines": {"add": [null], "update": {"x": null}}, "leads": {"add": [null]}, "id": [null, {}]}}',
    ],
    [
      'null members',
      '{"request": {"pipelines": {"add": [{"name": null, "statuses": [null]}], "update": {"1": {"id": null, "statuses": {"142": null}}}}}}',
    ],
    ['a form of hostile keys', '__proto__[x]=1&constructor[prototype][y]=1&a[__proto__]=2', formType],
    ['a form nested 100 deep', `a${'[b]'.repeat(100)}=1`, formType],
    ['a form of broken brackets', 'a[=1&]=2&[[]]=3&a]b[c=4&=5&&&', formType],
    ['a form of bad escapes', 'a=%ff%fe&b=%', formType],
    ['a form with doubles', 'add[0][name]=a&add[0]=b&add=c&add[0][name]=d', formType],
    ['no form at all', 'x', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['10 MB', `[{"name": "${'x'.repeat(10_000_000)}"}]`],
  ]
  const queries = [
    '?limit=-1&page=-5',
    '?page=9223372036854775808&limit=1e9',
    '?filter=x&order=y&with[]=z&query[]=1',
    '?filter[id][a][b]=1&filter[statuses]=5&filter[statuses][0]=x&filter[price]=x&filter[created_at]=now',
    '?filter[statuses][0][status_id]=99999999999999999999&filter[pipeline_id]=-1',
    '?__proto__[a]=1&filter[__proto__]=1&constructor=2&filter[constructor][prototype]=3',
    `?a${'[b]'.repeat(100)}=1`,
    '?id[]=x&status[]=y&limit_rows=z&limit_offset=-3&responsible_user_id=q',
    '?%ff=%fe',
    '?query=%22%27%2A%28%29%20AND%20NEAR',
    '?query=%00',
  ]

  /** Everything that a refused request must leave as it is. */
  const state = async () => {
    const { store } = ws.scope
    return {
      events: (await store.events.list({ limit: 1, direction: 'desc' })).items[0]?.id,
      leads: (await store.deals.list({ limit: 1, sort: [{ by: 'id', direction: 'desc' }] })).items[0]?.id,
      parties: (await store.parties.list({ limit: 500 })).items.length,
    }
  }

  const fill = (url: string, id: string) => url.replace(/:[a-z]+/g, id)

  test.each(bodies)(
    '%s as a body is answered in the words of its generation, and leaves nothing behind',
    async (label, body, headers = {}) => {
      const pipeline = (await ws.scope.store.pipelines.live())[0]?.id
      for (const { method, url } of app.server.routes.filter(({ dialect, method }) => dialect === 'amocrm' && method !== 'GET')) {
        const before = await state()
        const answer = await caller.send(
          method,
          fill(url.replace('/pipelines/:id', '/pipelines/0'), String(pipeline)),
          body,
          headers,
        )
        const where = `${label}: ${method} ${url} ${answer.status} ${answer.text.slice(0, 300)}`
        expect(answer.status, where).toBeLessThan(500)
        if (answer.status >= 400 && !url.endsWith('auth.php')) expect(answer.headers.get('content-type'), where).toMatch(/json/)
        if (answer.status >= 400) expect(await state(), where).toEqual(before)
      }
      expect({}).not.toHaveProperty('x')
    },
  )

  test.each(queries)('%s as a query is never our own mistake', async (query) => {
    for (const { method, url } of app.server.routes.filter(({ dialect, method }) => dialect === 'amocrm' && method === 'GET')) {
      const answer = await caller.get(fill(url, '21') + query)
      expect(answer.status, `${method} ${url}${query} ${answer.text.slice(0, 200)}`).toBeLessThan(500)
    }
  })

  test.each([
    '0',
    '-1',
    'abc',
    '9223372036854775808',
    '99999999999999999999999',
    '1.5',
    '%00',
    '1%2F2',
    '__proto__',
    'x'.repeat(500),
  ])('%s as an id finds nothing', async (id) => {
    for (const { method, url } of app.server.routes.filter(({ dialect, url }) => dialect === 'amocrm' && url.includes(':'))) {
      const answer = await caller.send(method, fill(url, id), method === 'GET' ? undefined : { name: 'x' })
      expect([204, 400, 404, 414], `${method} ${url} ${answer.text.slice(0, 200)}`).toContain(answer.status)
    }
  })

  test('a foreign id is answered as an unknown one, by every call that takes one', async () => {
    const other = await app.workspace({ template: 'amocrm' })
    const theirs = callAs(app, other)
    const [lead] = (
      await theirs.post('/api/v4/leads/complex', [{ _embedded: { contacts: [{ name: 'c' }], companies: [{ name: 'd' }] } }])
    ).body
    const [reason] = (await theirs.post('/api/v4/leads/loss_reasons', [{ name: 'r' }])).body._embedded.loss_reasons
    const [pipeline] = (await theirs.get('/api/v4/leads/pipelines')).body._embedded.pipelines
    const foreign = {
      deal: lead.id,
      contact: lead.contact_id,
      company: lead.company_id,
      user: other.admin.id,
      loss_reason: reason.id,
      pipeline: pipeline.id,
      stage: pipeline._embedded.statuses[0].id,
    } as const
    const client = driver.connect({ origin: app.origin, workspace: ws })
    let calls = 0
    for (const [kind, id] of Object.entries(foreign) as [keyof typeof foreign, number][]) {
      const unknown = client.withId(kind, 88_888_888)
      for (const [index, call] of client.withId(kind, id).entries()) {
        const [theirs, nobodys] = [await call.send(), await unknown[index]?.send()]
        expect({ call: call.name, ...theirs }).toEqual({ call: call.name, ...nobodys })
        calls++
      }
    }
    expect(calls).toBeGreaterThan(50)
    expect((await theirs.get('/api/v4/leads')).body._embedded.leads).toHaveLength(1)
  })
})
