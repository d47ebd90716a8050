import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, request, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { caller } from './caller.ts'

let app: TestApp
let ws: TestWorkspace
const at = (path: string) => `${app.origin}/pipedrive${path}`

beforeAll(async () => {
  app = await openTestApp({ own: ['pipedrive'] })
  ws = await app.workspace({ template: 'pipedrive' })
})
afterAll(() => app.close())

const bothVersions = ['/api/v2/stages', '/v1/stages', '/api/v1/stages'] as const

test('pipedrive 1: x-api-token lets in on both versions', async () => {
  for (const path of bothVersions) {
    expect((await request(at(path), { headers: { 'x-api-token': ws.token } })).status, path).toBe(200)
  }
})

test('pipedrive 2: api_token in the query lets in on both versions, and is no unknown parameter', async () => {
  for (const path of bothVersions) {
    expect((await request(at(`${path}?api_token=${ws.token}&limit=1`))).status, path).toBe(200)
  }
  const made = await request(at(`/api/v2/pipelines?api_token=${ws.token}`), { method: 'POST', body: { name: 'By query' } })
  expect(made.status).toBe(200)
})

test('pipedrive 3: a Bearer token lets in; an empty one beside a good x-api-token does not shut out', async () => {
  for (const path of bothVersions) {
    const bearer = await request(at(path), { headers: { authorization: `Bearer ${ws.token}` } })
    expect(bearer.status, path).toBe(200)
    for (const empty of ['Bearer ', 'Bearer']) {
      const both = await request(at(path), { headers: { authorization: empty, 'x-api-token': ws.token } })
      expect(both.status, path).toBe(200)
    }
  }
})

const gate = {
  success: false,
  error: 'unauthorized access',
  errorCode: 401,
  error_info: 'Please check developers.pipedrive.com',
}

test('pipedrive 4, 6: no token or a wrong one is 401 with the vendor’s body and x-401-by-gw', async () => {
  for (const path of bothVersions) {
    for (const headers of [{}, { 'x-api-token': 'f'.repeat(40) }, { authorization: 'Bearer ' }]) {
      const answer = await request(at(path), { headers })
      expect(answer.status).toBe(401)
      expect(answer.body).toEqual(gate)
      expect(answer.headers.get('x-401-by-gw')).toBe('true')
    }
    expect((await request(at(`${path}?api_token=nobody`))).body).toEqual(gate)
  }
})

test('a wrong Bearer token is named as such, and a header that is none is malformed', async () => {
  const wrong = await request(at('/api/v2/deals'), { headers: { authorization: 'Bearer nobody' } })
  expect(wrong.status).toBe(401)
  expect(wrong.body).toEqual({ ...gate, error: 'Invalid token: access_token is invalid' })
  const malformed = await request(at('/api/v2/deals'), { headers: { authorization: 'Digest x' } })
  expect(malformed.status).toBe(400)
  expect(malformed.body).toMatchObject({ success: false, error: 'Invalid request: malformed authorization header' })
})

test('pipedrive 5: without a token unknown paths and wrong methods are 401, too', async () => {
  for (const [method, path] of [
    ['GET', '/api/v2/nothing'],
    ['GET', '/v1/nothing'],
    ['GET', '/nothing'],
    ['PUT', '/api/v2/stages/1'],
    ['PATCH', '/v1/stages'],
  ] as const) {
    const answer = await request(at(path), { method })
    expect([answer.status, answer.body], `${method} ${path}`).toEqual([401, gate])
  }
})

test('pipedrive 7, 8: v1 is below /v1 and /api/v1, v2 only below /api/v2', async () => {
  const pd = caller(app, ws)
  const [short, long] = [await pd.list('/v1/stages'), await pd.list('/api/v1/stages')]
  expect(short.body.data.length).toBe(6)
  expect(long.body).toEqual(short.body)
  expect((await pd.list('/api/v2/stages')).status).toBe(200)
  expect((await pd.list('/v2/stages')).status).toBe(404)
})

test('pipedrive 9: answers are application/json without a charset, errors too', async () => {
  const pd = caller(app, ws)
  for (const path of ['/api/v2/stages', '/v1/stages', '/api/v2/stages/1', '/api/v2/nothing', '/%zz', '/api/v2/stages?x=1']) {
    expect((await pd.get(path)).headers.get('content-type'), path).toBe('application/json')
  }
  expect((await request(at('/api/v2/stages'))).headers.get('content-type')).toBe('application/json')
})

test('pipedrive 10: a request without a User-Agent is served', async () => {
  const answer = await request(at('/api/v2/stages'), { headers: { 'x-api-token': ws.token, 'user-agent': '' } })
  expect(answer.status).toBe(200)
})

test('pipedrive 13: x-correlation-id is a uuid of its own on every answer', async () => {
  const pd = caller(app, ws)
  const answers = [
    await pd.get('/api/v2/stages'),
    await pd.get('/v1/stages'),
    await pd.get('/api/v2/deals/1'),
    await pd.get('/nothing'),
    await pd.get('/%zz'),
    await request(at('/api/v2/deals')),
  ]
  const ids = answers.map(({ headers }) => headers.get('x-correlation-id') ?? '')
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(new Set(ids).size).toBe(answers.length)
})

test('pipedrive 14: v2 changes with PATCH; PUT is 405, whatever else is known of the path', async () => {
  const pd = caller(app, ws)
  const { stages } = { stages: (await pd.list('/api/v2/stages')).body.data }
  const path = `/api/v2/stages/${stages[0]?.id}`
  expect((await pd.patch(path, { name: 'Qualified' })).status).toBe(200)
  const put = await pd.send('PUT', path, { name: 'Put' })
  expect(put.status).toBe(405)
  expect(put.headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'PATCH'])
  expect(put.body).toEqual({ success: false, error: 'Method not allowed', code: 'ERR_METHOD_NOT_ALLOWED' })
})

test('pipedrive 86: a doubled slash is read as one', async () => {
  const pd = caller(app, ws)
  for (const path of ['/api/v2//stages', '/v1//stages', '//api/v2/stages']) expect((await pd.list(path)).status, path).toBe(200)
  const unknown = await pd.get('/api/v2//stages/99999')
  expect([unknown.status, unknown.body.code]).toEqual([404, 'ERR_NOT_FOUND'])
})

test('pipedrive 88: where both tokens arrive the API token decides', async () => {
  const both = (apiToken: string, bearer: string) =>
    request(at('/api/v2/stages'), { headers: { 'x-api-token': apiToken, authorization: `Bearer ${bearer}` } })
  expect((await both(ws.token, 'nobody')).status).toBe(200)
  expect((await both('nobody', ws.token)).status).toBe(401)
})

test('pipedrive 92: a content type on a GET without a body, and a senseless Accept-Encoding, are harmless', async () => {
  const headers = { 'content-type': 'application/json', 'accept-encoding': 'application/json' }
  const pd = caller(app, ws)
  for (const path of bothVersions) expect((await pd.send('GET', path, undefined, headers)).status, path).toBe(200)
  const { body } = await pd.post('/api/v2/pipelines', { name: 'Going' })
  expect((await pd.send('DELETE', `/api/v2/pipelines/${body.data.id}`, undefined, headers)).status).toBe(200)
})

test('every answer may be read by scripts of any page, with its limits', async () => {
  const { headers } = await caller(app, ws).get('/api/v2/stages')
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(headers.get('access-control-expose-headers')).toContain('X-RateLimit-Remaining')
  expect(headers.get('vary')).toBe('accept-encoding')
  expect(headers.get('cache-control')).toBe('no-cache, private')
  expect((await caller(app, ws).get('/v1/stages')).headers.get('cache-control')).toBe('no-cache')
})

test('v2 takes JSON only', async () => {
  const form = await caller(app, ws).send('POST', '/api/v2/pipelines', 'name=Form', {
    'content-type': 'application/x-www-form-urlencoded',
  })
  expect([form.status, form.body.code]).toEqual([415, 'ERR_UNSUPPORTED_MEDIA_TYPE'])
})

test('a company’s host, that of the API and that of OAuth lead to the same routes as a port of its own', async () => {
  const headers = { 'x-api-token': ws.token }
  for (const path of ['/api/v2/stages', '/v1/stages', '/api/v1/stages']) {
    expect((await request(`http://127.0.0.1:${app.own.pipedrive}${path}`, { headers })).status, path).toBe(200)
    for (const host of ['acme.pipedrive.com', 'api.pipedrive.com', 'pipedrive.localhost:8080', 'acme.pipedrive.localhost']) {
      const answer = await app.server.app.inject({ url: path, headers: { ...headers, host } })
      expect(answer.statusCode, host + path).toBe(200)
    }
  }
  const token = await app.server.app.inject({ method: 'POST', url: '/oauth/token', headers: { host: 'oauth.pipedrive.com' } })
  expect([token.statusCode, token.json()]).toEqual([401, { success: false, error: 'invalid_client' }])
})
