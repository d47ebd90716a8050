import { request as rawRequest } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, request, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { type Answer, type Client, clientIn, codesOf } from './client.ts'

let app: TestApp
let ws: TestWorkspace
let client: Client

beforeAll(async () => {
  app = await openTestApp({ own: ['sell'] })
  ws = await app.workspace({ template: 'sell' })
  client = clientIn(app, ws)
})
afterAll(() => app.close())

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** One of every sort of failure. */
const failures = (): Record<string, Promise<Answer>> => ({
  'no token': client.send('GET', '/v2/stages', undefined, { authorization: '' }),
  'unknown path': client.get('/v2/nothing'),
  'unknown id': client.get('/v2/deals/4711'),
  'wrong method': client.delete('/v2/stages'),
  'unknown parameter': client.get('/v2/users/self?unknown=param'),
  'broken JSON': client.send('POST', '/v2/deals', '{"data":'),
  'no data': client.send('POST', '/v2/deals', {}),
  'missing attribute': client.post('/v2/deals', {}),
  'unknown attribute': client.post('/v2/deals', { unknown: 'attribute' }),
  'unacceptable Accept': client.send('GET', '/v2/stages', undefined, { accept: 'text/xml' }),
})

test('sell 22, 34, 35, 36, 38: every error has the whole envelope and repeats the request id', async () => {
  for (const [name, sent] of Object.entries(failures())) {
    const { status, headers, body } = await sent
    const { meta, errors } = body
    expect(headers.get('x-request-id'), name).toMatch(uuid)
    expect(meta.logref, name).toBe(headers.get('x-request-id'))
    expect(meta.type).toBe('errors')
    expect(meta.http_status, name).toMatch(new RegExp(`^${status} [A-Z]`))
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(headers.get('content-language')).toBe('en')
    expect(headers.get('vary')).toContain('Content-Language')
    expect(meta.links.more_info).toMatch(/^https:/)
    expect(errors.length, name).toBeGreaterThan(0)
    for (const problem of errors) {
      expect(problem.meta).toEqual({ type: 'error', links: { more_info: expect.stringMatching(/^https:/) } })
      expect(problem.error).toMatchObject({
        code: expect.stringMatching(/^[a-z_]+$/),
        message: expect.any(String),
        details: expect.any(String),
      })
    }
  }
  expect((await client.get('/v2/stages')).headers.get('x-request-id')).toMatch(uuid)
})

test('sell 23: a missing, malformed, wrong or revoked token is unauthorized', async () => {
  const revoked = await ws.scope.store.transaction((tx) =>
    tx.tokens.add({ userId: ws.admin.id, label: 'gone', expiresAt: null }, Date.now()),
  )
  await ws.scope.store.transaction((tx) => tx.tokens.revoke(revoked.id, Date.now()))
  for (const authorization of [
    '',
    'Bearer',
    'Bearer ',
    `Basic ${ws.token}`,
    ws.token,
    `Bearer ${'0'.repeat(64)}`,
    `Bearer ${revoked.secret}`,
  ]) {
    const answer = await client.send('GET', '/v2/stages', undefined, { authorization })
    expect([authorization, answer.status]).toEqual([authorization, 401])
    expect(answer.body.errors).toHaveLength(1)
    expect(answer.body.errors[0]?.error).toMatchObject({
      code: 'unauthorized',
      details: 'Required access token is missing, malformed, expired, or invalid.',
    })
  }
  // The query never carries a token, so that none is written into anybody's log.
  expect((await client.send('GET', `/v2/stages?access_token=${ws.token}`, undefined, { authorization: '' })).status).toBe(401)
})

test('sell 24: an unknown query parameter is one invalid_param error', async () => {
  for (const path of [
    '/v2/users/self',
    '/v2/accounts/self',
    '/v2/stages',
    '/v2/deals',
    '/v2/contacts',
    '/v2/users',
    '/v2/tags',
    '/v2/deal/custom_fields',
  ]) {
    for (const name of ['unknown', '__proto__', 'constructor', 'custom_field', 'api_token']) {
      const answer = await client.get(`${path}?${name}=param`)
      expect([path, answer.status, ...codesOf(answer)]).toEqual([path, 400, 'invalid_param'])
    }
  }
  const twice = await client.get('/v2/stages?page=1&page=2')
  expect([twice.status, ...codesOf(twice)]).toEqual([400, 'invalid_param'])
})

test('sell 25: an unknown path is a 404 of the vendor’s own, with or without a token', async () => {
  for (const headers of [{}, { authorization: '' }]) {
    for (const path of ['/v2/nothing', '/v2', '/', '', '/v1/deals', '/v2/deals/1/2/3/4', '/v2/deal']) {
      const answer = await client.send('GET', path, undefined, headers)
      expect([path, answer.status]).toEqual([path, 404])
      expect(answer.body.errors[0]?.error).toMatchObject({
        code: 'not_found',
        message: 'Not Found',
        details: 'Requested path was not found.',
      })
    }
  }
})

test('sell 27: a request must say who sends it', async () => {
  const send = (headers: Record<string, string>): Promise<{ status: number; body: Answer['body'] }> =>
    new Promise((resolve, reject) => {
      const sent = rawRequest(
        `${app.origin}/sell/v2/stages`,
        { headers: { authorization: `Bearer ${ws.token}`, ...headers } },
        (answer) => {
          const parts: Buffer[] = []
          answer.on('data', (part: Buffer) => parts.push(part))
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(parts).toString()) }))
        },
      )
      sent.on('error', reject)
      sent.end()
    })
  for (const headers of [{}, { 'user-agent': ' ' }]) {
    const { status, body } = await send(headers)
    expect([status, body.errors.map(({ error }) => error.code)]).toEqual([400, ['invalid_user_agent']])
  }
  expect((await send({ 'user-agent': 'curl/8' })).status).toBe(200)
})

test('only JSON is sent: an Accept that excludes it is 406', async () => {
  for (const accept of ['text/html', 'application/xml', 'application/json;q=0', 'text/*']) {
    expect([accept, (await client.send('GET', '/v2/stages', undefined, { accept })).status]).toEqual([accept, 406])
  }
  for (const accept of ['*/*', 'application/*', 'text/html, application/json;q=0.5', 'Application/JSON; charset=utf-8', '']) {
    expect([accept, (await client.send('GET', '/v2/stages', undefined, { accept })).status]).toEqual([accept, 200])
  }
})

test('sell 28: a body that is no JSON is invalid_payload, and one of another type an invalid header', async () => {
  const path = '/v2/loss_reasons'
  const bodies = ['{', '{"data":{"name":"x"}', 'name=x', '"\ud800', new Uint8Array([0x7b, 0xff, 0x7d]), '['.repeat(100_000)]
  for (const body of bodies) {
    const answer = await client.send('POST', path, body)
    expect([answer.status, ...codesOf(answer)]).toEqual([400, 'invalid_payload'])
  }
  const form = await client.send('POST', path, 'data[name]=x', { 'content-type': 'application/x-www-form-urlencoded' })
  expect([form.status, ...codesOf(form)]).toEqual([400, 'invalid_header'])
  expect(await client.list(path)).toEqual([])
})

test('sell 29: a body without a data object is incorrect_payload', async () => {
  for (const body of [{}, { name: 'x' }, { data: null }, { data: [] }, { data: 'x' }, { data: 5 }, [], 'null', '5', '""']) {
    for (const [method, path] of [
      ['POST', '/v2/deals'],
      ['POST', '/v2/contacts'],
      ['POST', '/v2/tags'],
      ['PUT', '/v2/deals/1'],
    ] as const) {
      const answer = await client.send(method, path, body)
      expect([body, answer.status, ...codesOf(answer)]).toEqual([body, 422, 'incorrect_payload'])
    }
  }
  const none = await client.send('POST', '/v2/deals')
  expect([none.status, ...codesOf(none)]).toEqual([422, 'incorrect_payload'])
})

test('sell 39: the scheme of the token may be in any case', async () => {
  for (const scheme of ['bearer', 'BEARER', 'Bearer ']) {
    const { status } = await client.send('GET', '/v2/stages', undefined, { authorization: `${scheme} ${ws.token}` })
    expect([scheme, status]).toEqual([scheme, 200])
  }
})

test('sell 40, 43: a page past the end is empty, and count is what is on the page', async () => {
  for (const page of ['2', '1000', '9007199254740991', '9223372036854775807']) {
    for (const path of ['/v2/stages', '/v2/deals', '/v2/contacts', '/v2/users', '/v2/tags']) {
      const { status, body } = await client.get(`${path}?page=${page}`)
      expect([path, status, body.items, body.meta.count]).toEqual([path, 200, [], 0])
    }
  }
  expect((await client.get('/v2/stages?page=2&per_page=5')).body.meta.count).toBe(2)
})

test('sell 41, 42: next_page is absolute, on the caller’s own origin, and missing on the last page', async () => {
  const names: unknown[] = []
  let url: string | undefined = `${app.origin}/sell/v2/stages?per_page=3&sort_by=position&active=true`
  const headers = { authorization: `Bearer ${ws.token}`, 'user-agent': 'reader' }
  const seen: string[][] = []
  while (url) {
    expect(url.startsWith(`${app.origin}/sell/v2/stages?`)).toBe(true)
    const { body } = (await request(url, { headers })) as Answer
    names.push(...body.items.map(({ data }) => data.name))
    seen.push(Object.keys(body.meta.links))
    url = body.meta.links.next_page
  }
  expect(names).toEqual(['Prospecting', 'Qualified', 'Quote', 'Closure'])
  expect(seen).toEqual([
    ['self', 'next_page'],
    ['self', 'first_page', 'prev_page'],
  ])
})

test('links have no prefix where the dialect has a host or a port of its own', async () => {
  const origin = `http://127.0.0.1:${app.own.sell}`
  const headers = { authorization: `Bearer ${ws.token}`, 'user-agent': 'reader' }
  const { status, body } = (await request(`${origin}/v2/stages?per_page=4&name=Won`, { headers })) as Answer
  expect([status, body.meta.links.self]).toEqual([200, `${origin}/v2/stages?name=Won&page=1&per_page=4`])
})

test('links keep names and values that need encoding', async () => {
  const { body } = await client.get('/v2/stages?name=A%26B%20%2B%20%C3%A9&per_page=1')
  const link = new URL(body.meta.links.self)
  expect(link.searchParams.get('name')).toBe('A&B + é')
})

test('sell 44: HEAD works where GET does', async () => {
  for (const path of ['/v2/stages', '/v2/users/self', '/v2/deals', '/v2/accounts/self']) {
    const answer = await client.send('HEAD', path)
    expect([path, answer.status, answer.text]).toEqual([path, 200, ''])
    expect(answer.headers.get('x-request-id')).toMatch(uuid)
  }
  expect((await client.send('HEAD', '/v2/deals/4711')).status).toBe(404)
})

test('sell 74: there are no webhooks', async () => {
  for (const path of ['/v2/webhooks', '/v2/hooks', '/v3/webhooks']) expect((await client.get(path)).status).toBe(404)
})

test('sell 75: there are no statistics', async () => {
  for (const path of [
    '/v2/stages/statistics',
    '/v2/deals/summary',
    '/v2/deals/timeline',
    '/v2/pipelines/1/conversion_statistics',
  ]) {
    expect([path, (await client.get(path)).status]).toEqual([path, 404])
  }
})

test('sell 76: a token is 64 hexadecimal characters, which is what the vendor’s clients insist on', () => {
  expect(ws.token).toMatch(/^[0-9a-f]{64}$/)
})

test('sell 77: the headers of the vendor’s clients are let through', async () => {
  const headers = { 'x-client-type': 'api', 'x-client-version': '2.0.0', 'x-device-id': 'Ruby', 'accept-language': 'pl' }
  const answer = await client.send('GET', '/v2/users/self', undefined, headers)
  expect([answer.status, answer.headers.get('content-language')]).toEqual([200, 'en'])
})

test('sell 78: a question mark at the end is harmless', async () => {
  for (const path of ['/v2/users/self?', '/v2/stages?', '/v2/deals?']) expect((await client.get(path)).status).toBe(200)
  const made = await client.send('POST', '/v2/loss_reasons?', { data: { name: 'Too late' } })
  expect(made.status).toBe(200)
})
