import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, request, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { admin, type Caller, caller, doc, mediaType } from './caller.ts'

const jsonApi = 'application/vnd.api+json; charset=utf-8'

let app: TestApp
let ws: TestWorkspace
let pd: Caller
let pipeline: string

beforeAll(async () => {
  app = await openTestApp({ own: ['productive'] })
  ws = await app.workspace({ template: 'productive' })
  pd = admin(app, ws)
  pipeline = (await pd.get('/pipelines')).body.data[0].id
})
afterAll(() => app.close())

const url = (path: string) => `${app.origin}/productive/api/v2${path}`

test('productive 1: without a token, or with one that is nobody’s, nothing is answered but 401', async () => {
  const { 'x-auth-token': _, ...without } = pd.headers
  for (const headers of [without, { ...without, 'x-auth-token': '' }, { ...without, 'x-auth-token': 'f'.repeat(64) }]) {
    const { status, body, headers: answered } = await request(url('/deal_statuses'), { headers })
    expect(status).toBe(401)
    expect(body).toEqual({
      errors: [
        {
          status: '401',
          code: 'invalid_auth_token',
          title: 'Unauthenticated',
          detail: 'You are not authenticated',
          meta: {},
          source: {},
        },
      ],
    })
    expect(answered.get('content-type')).toBe(jsonApi)
  }
})

test('productive 2: a token alone, or with another organization, is refused, whether that one exists or not', async () => {
  const other = await app.workspace({ template: 'productive' })
  const { 'x-organization-id': _, ...without } = pd.headers
  const answers = []
  for (const organization of [undefined, '', 'abc', '-1', '999999', String(other.workspace.id), '9223372036854775808']) {
    const headers = organization === undefined ? without : { ...without, 'x-organization-id': organization }
    answers.push(await request(url('/deal_statuses'), { headers }))
  }
  for (const { status, body } of answers) {
    expect(status).toBe(403)
    expect(body).toEqual(answers[0]?.body)
  }
  const mixed = caller(app, { token: ws.token, organization: other.workspace.id })
  expect((await mixed.post('/pipelines', doc('pipelines', { name: 'Theirs' }))).status).toBe(403)
  expect((await admin(app, other).get('/pipelines')).body.data).toHaveLength(1)
})

test('productive 3: a body of another media type, or of none, is 415 and changes nothing', async () => {
  const body = JSON.stringify(doc('pipelines', { name: 'Not made' }))
  for (const type of [
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'nonsense',
  ]) {
    for (const [method, path] of [
      ['POST', '/pipelines'],
      ['PATCH', `/pipelines/${pipeline}`],
      ['PATCH', '/deal_statuses/merge'],
    ] as const) {
      const answer = await pd.send(method, path, { headers: { 'content-type': type }, body })
      expect(answer.status, `${method} ${type}`).toBe(415)
      expect(answer.body.errors).toEqual([
        {
          status: '415',
          code: 'unsupported_media_type',
          title: 'Unsupported Media Type',
          detail: 'Content-Type must be application/vnd.api+json',
          meta: {},
          source: {},
        },
      ])
      expect(answer.headers.get('content-type')).toBe(jsonApi)
    }
  }
  const { 'content-type': _, ...untyped } = pd.headers
  // A body of bytes is sent without a type.
  const bare = await fetch(url('/pipelines'), { method: 'POST', headers: untyped, body: new TextEncoder().encode(body) })
  expect(bare.status).toBe(415)
  expect((await pd.get('/pipelines')).body.meta.total_count).toBe(1)
})

test('productive 4, 5: a GET needs no Content-Type, and may have the right one or another', async () => {
  const { 'content-type': _, ...untyped } = pd.headers
  for (const headers of [untyped, pd.headers, { ...untyped, 'content-type': 'application/json' }])
    expect((await request(url('/deal_statuses'), { headers })).status).toBe(200)
})

test('productive 6, 8: whatever is accepted, the answer is JSON:API', async () => {
  const accepts = [
    'text/xml,application/xml,application/xhtml+xml,text/html;q=0.9,text/plain;q=0.8,image/png,*/*;q=0.5',
    'application/json',
    'image/png',
    'application/vnd.api+json; profile=x',
  ]
  for (const accept of accepts) {
    for (const path of ['/deal_statuses', '/deal_statuses/0', '/nothing']) {
      const answer = await pd.send('GET', path, { headers: { accept } })
      expect(answer.headers.get('content-type')).toBe(jsonApi)
      expect([200, 404]).toContain(answer.status)
    }
  }
})

test('productive 7: the bulk media type is as good, and asks for no array', async () => {
  const headers = { 'content-type': `${mediaType}; ext=bulk` }
  const made = await pd.send('POST', '/pipelines', { headers, body: doc('pipelines', { name: 'Bulk' }) })
  expect(made.status).toBe(201)
  expect((await pd.send('GET', '/pipelines', { headers })).status).toBe(200)
  expect((await pd.send('DELETE', `/pipelines/${made.body.data.id}`, { headers })).status).toBe(204)
  const many = await pd.send('POST', '/pipelines', {
    headers,
    body: { data: [{ type: 'pipelines', attributes: { name: 'A' } }] },
  })
  expect(many.status).toBe(400)
})

test('productive 9: 204 has neither body nor type', async () => {
  const made = await pd.post('/pipelines', doc('pipelines', { name: 'Short' }))
  const { status, text, headers } = await pd.delete(`/pipelines/${made.body.data.id}`)
  expect({ status, text, type: headers.get('content-type') }).toEqual({ status: 204, text: '', type: null })
})

test('productive 80, 81: a DELETE may have a body, and a document a meta that says nothing', async () => {
  const made = await pd.post('/pipelines', { ...doc('pipelines', { name: 'Meta' }), meta: { name: 'Other', page: 1 } })
  expect([made.status, made.body.data.attributes.name]).toEqual([201, 'Meta'])
  const { id } = made.body.data
  expect((await pd.send('DELETE', `/pipelines/${id}`, { body: { data: { type: 'pipelines', id } } })).status).toBe(204)
  expect((await pd.get(`/pipelines/${id}`)).status).toBe(404)
})

test('productive 10: every answer has a request id of its own', async () => {
  const anonymous = await request(url('/deal_statuses'))
  const answers = [await pd.get('/deal_statuses'), await pd.get('/deal_statuses/0'), await pd.get('/nothing'), anonymous]
  const made = await pd.post('/pipelines', doc('pipelines', { name: 'Short' }))
  const ids = [...answers, made, await pd.delete(`/pipelines/${made.body.data.id}`)].map(({ headers }) =>
    headers.get('x-request-id'),
  )
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(new Set(ids).size).toBe(ids.length)
})

test('productive 54, 55: an error says its status as a string, and points without a slash in front', async () => {
  const answers = [
    await pd.post('/deal_statuses', doc('deal_statuses', {})),
    await pd.post('/deals', doc('deals', {})),
    await pd.get('/deals/0'),
    await pd.delete('/pipelines/0'),
    await pd.patch('/lost_reasons/0', doc('lost_reasons', {})),
  ]
  for (const { status, body } of answers) {
    for (const error of body.errors) {
      expect(error.status).toBe(String(status))
      expect(Object.keys(error)).toEqual(['status', 'code', 'title', 'detail', 'meta', 'source'])
      if (error.source.pointer !== undefined) expect(error.source.pointer).toMatch(/^data\/attributes\/[a-z_]+$/)
    }
  }
})

test('productive 83: no answer says which version of JSON:API it is', async () => {
  for (const path of ['/deal_statuses', `/pipelines/${pipeline}`, '/deals', '/deals/0'])
    expect((await pd.get(path)).body).not.toHaveProperty('jsonapi')
})

test('productive 84: an enforced limit is answered with 429 and when to come back', async () => {
  const limited = await openTestApp({ enforceLimits: true, now: () => Date.parse('2026-03-17T04:05:46.000Z') })
  try {
    const tenant = admin(limited, await limited.workspace({ template: 'productive' }))
    const statuses = []
    for (let call = 0; call < 100; call++) statuses.push((await tenant.get('/organizations')).status)
    expect(new Set(statuses)).toEqual(new Set([200]))
    const { status, headers, body } = await tenant.get('/organizations')
    expect({ status, type: headers.get('content-type'), code: body.errors[0].code }).toEqual({
      status: 429,
      type: jsonApi,
      code: 'too_many_requests',
    })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  } finally {
    await limited.close()
  }
})

test('productive 87: what is no JSON is 400 with an errors array', async () => {
  for (const body of ['{', '{"data":', 'data', '{"data":{}}}', "{'data':{}}"]) {
    const answer = await pd.send('POST', '/pipelines', { body })
    expect(answer.status, body).toBe(400)
    expect(answer.body.errors[0].code).toBe('bad_request')
  }
})

describe('productive 11: what belongs to another organization answers as what is not there', () => {
  test('on every call that takes an id', async () => {
    const other = admin(app, await app.workspace({ template: 'productive' }))
    const [stage] = (await other.get('/deal_statuses')).body.data
    const [own] = (await other.get('/pipelines')).body.data
    const reason = (await other.post('/lost_reasons', doc('lost_reasons', { name: 'Price' }))).body.data.id
    const company = (await other.post('/companies', doc('companies', { name: 'Acme' }))).body.data.id
    const person = (await other.post('/people', doc('people', { first_name: 'Eve' }))).body.data.id
    const [user] = (await other.get('/users')).body.data
    const relations = { company: ['companies', company], responsible: ['people', user.id] } as const
    const deal = (await other.post('/deals', doc('deals', { name: 'Theirs' }, relations))).body.data.id
    const foreign = {
      deal_statuses: stage.id,
      pipelines: own.id,
      lost_reasons: reason,
      companies: company,
      people: person,
      users: user.id,
      deals: deal,
    }
    for (const [type, id] of Object.entries(foreign)) {
      const calls: [string, string, object?][] = [
        ['GET', `/${type}/${id}`],
        ['PATCH', `/${type}/${id}`, doc(type, { name: 'Mine' })],
        ['PATCH', `/${type}/${id}/archive`],
        ['DELETE', `/${type}/${id}`],
      ]
      for (const [method, path, body] of calls) {
        const seen = await pd.send(method, path, { body })
        const unknown = await pd.send(method, path.replace(String(id), '999888777'), { body })
        expect(seen.status, `${method} ${path}`).toBe(404)
        expect(seen.text).toBe(unknown.text)
      }
    }
    expect((await other.get('/deals')).body.data[0].attributes.name).toBe('Theirs')
  })

  test('and in every relation and filter', async () => {
    const other = admin(app, await app.workspace({ template: 'productive' }))
    const [stage] = (await other.get('/deal_statuses')).body.data
    const [own] = (await other.get('/pipelines')).body.data
    const foreign = await pd.post('/deal_statuses', doc('deal_statuses', { name: 'A' }, { pipeline: ['pipelines', own.id] }))
    const unknown = await pd.post('/deal_statuses', doc('deal_statuses', { name: 'A' }, { pipeline: ['pipelines', 999888777] }))
    expect(foreign.status).toBe(422)
    expect(foreign.text).toBe(unknown.text)
    const merge = { winner_id: Number(stage.id), loser_id: Number(stage.id) + 1 }
    expect((await pd.patch('/deal_statuses/merge', merge)).status).toBe(404)
    expect((await pd.get(`/deal_statuses?filter[id]=${stage.id}`)).body.data).toEqual([])
    expect((await pd.get(`/deals?filter[status_id]=${stage.id}`)).body.data).toEqual([])
  })
})

test('it is reached by host and by port as well, and links repeat what was called', async () => {
  const { headers } = pd
  const byPort = await request(`http://127.0.0.1:${app.own.productive}/api/v2/deal_statuses`, { headers })
  expect(byPort.body).toMatchObject({
    links: { first: `http://127.0.0.1:${app.own.productive}/api/v2/deal_statuses?page%5Bnumber%5D=1&page%5Bsize%5D=30` },
  })
})
