import http from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, request, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addMember, createToken, revokeToken } from '../../../domain/user.ts'
import { clientIn } from './client.ts'

let app: TestApp
let ws: TestWorkspace
let now = Date.UTC(2026, 0, 1)
beforeAll(async () => {
  app = await openTestApp({ now: () => now, own: ['pipeback'] })
  ws = await app.workspace({ template: 'pipeback' })
})
afterAll(() => app.close())

const call = async (headers: Record<string, string>, path = '/app/pipelines') => {
  const { status, body } = await request(`${app.origin}/pipeback${path}`, { headers })
  return { status, body }
}
const bearer = (token = ws.token) => ({ authorization: `Bearer ${token}` })
const inside = () => ({ 'x-workspace-id': ws.workspace.uuid })
const unauthenticated = { status: 401, body: { status: 'error', message: 'Unauthenticated.' } }
const elsewhere = {
  status: 403,
  body: { status: 'error', message: 'The x-workspace-id header must be the id of a workspace that the token belongs to.' },
}

describe('the two headers', () => {
  test('pipeback 47, 49: without a token that is known there is no entry', async () => {
    for (const headers of [
      {},
      { authorization: ws.token },
      { authorization: 'Bearer ' },
      { authorization: `Basic ${ws.token}` },
      bearer('0'.repeat(64)),
      bearer('nonsense'),
    ])
      expect(await call({ ...headers, ...inside() })).toEqual(unauthenticated)
    expect((await call({ ...inside() }, `/app/pipelines?token=${ws.token}&api_token=${ws.token}`)).status).toBe(401)
  })

  test('pipeback 48: without a workspace there is none either', async () => {
    for (const headers of [
      {},
      { 'x-workspace-id': '' },
      { 'x-workspace-id': 'acme' },
      { 'x-workspace-id': String(ws.workspace.id) },
    ])
      expect(await call({ ...bearer(), ...headers })).toEqual(elsewhere)
  })

  test('pipeback 50: a token that has expired or was revoked is unknown', async () => {
    const short = await createToken(ws.scope, { expiresAt: now + 1000 })
    const revoked = await createToken(ws.scope, {})
    for (const { secret } of [short, revoked]) expect((await call({ ...bearer(secret), ...inside() })).status).toBe(200)
    await revokeToken(ws.scope, revoked.id)
    now += 1000
    for (const { secret } of [short, revoked]) expect(await call({ ...bearer(secret), ...inside() })).toEqual(unauthenticated)
  })

  test('pipeback 51: a foreign workspace is refused, also where the user is a member of both, as one that nobody has', async () => {
    const other = await app.workspace({ template: 'pipeback' })
    await addMember(other.scope, { name: 'Ada', email: ws.admin.email, role: 'admin' })
    for (const uuid of [other.workspace.uuid, '01900000-0000-7000-8000-000000000000'])
      expect(await call({ ...bearer(), 'x-workspace-id': uuid })).toEqual(elsewhere)
  })

  test('pipeback 52: a pipeline of another workspace is not found', async () => {
    const other = clientIn(app, await app.workspace({ template: 'pipeback' }))
    const [pipeline] = await other.pipelines()
    const answer = await call({ ...bearer(), ...inside() }, `/app/pipelines/${pipeline?.id}`)
    expect(answer).toEqual({ status: 404, body: { status: 'error', message: 'Not found.' } })
  })

  test('pipeback 53: the name of the header and the uuid are taken in any case', async () => {
    for (const name of ['X-Workspace-Id', 'X-WORKSPACE-ID', 'x-workspace-id'])
      expect((await call({ ...bearer(), [name]: ws.workspace.uuid.toUpperCase() })).status).toBe(200)
  })
})

test('pipeback 54: every answer is JSON, whatever is accepted', async () => {
  const client = clientIn(app, ws)
  for (const accept of ['*/*', 'text/html', 'application/xml'])
    for (const [method, path, status] of [
      ['GET', '/app/pipelines', 200],
      ['GET', '/app/nothing', 404],
      ['DELETE', '/app/pipelines', 405],
      ['GET', '/app/deals/none', 404],
      ['POST', '/app/deals', 422],
    ] as const) {
      const answer = await client.send(method, path, undefined, { accept })
      expect([method, path, answer.status]).toEqual([method, path, status])
      expect(answer.headers.get('content-type')).toBe('application/json')
      if (status >= 400) expect(answer.body.status).toBe('error')
    }
  expect((await client.send('DELETE', '/app/pipelines')).headers.get('allow')).toBe('GET, POST')
})

test('pipeback 55: the workspace of the token can be asked for with or without naming it', async () => {
  const member = await ws.member('viewer')
  const { body } = await clientIn(app, ws, member.token).list('/app/workspaces')
  const [workspace] = body.data
  expect(body.data).toHaveLength(1)
  expect(Object.keys(workspace ?? {})).toEqual([
    'id',
    'name',
    'domain',
    'has_logo',
    'logo_url',
    'identity_verification_enabled',
    'trial_ends_at',
    'is_available',
    'response_delay',
    'availability',
    'plan_id',
    'users_count',
    'timezone_id',
    'timezone',
    'default_domain',
    'billing_email',
    'billing_cycle_start',
    'created_at',
    'updated_at',
  ])
  expect(workspace).toMatchObject({
    id: ws.workspace.uuid,
    name: ws.workspace.name,
    users_count: 2,
    timezone: { name: 'UTC' },
    created_at: '2026-01-01 00:00:00',
  })
  expect((await call(bearer(), '/app/workspaces')).status).toBe(200)
  expect((await call({ ...bearer(), 'x-workspace-id': 'other' }, '/app/workspaces')).status).toBe(403)
  expect((await call({}, '/app/workspaces')).status).toBe(401)
})

test('the vendor’s host, a name of our own and a port of its own lead here without the prefix', async () => {
  const get = (port: number, host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { host, ...bearer(), ...inside() }
      http.get({ port, path: '/app/pipelines', headers }, (answer) => resolve(answer.resume().statusCode)).on('error', reject)
    })
  const port = Number(new URL(app.origin).port)
  expect(await get(port, 'api.pipeback.com')).toBe(200)
  expect(await get(port, 'pipeback.localhost')).toBe(200)
  expect(await get(app.own.pipeback ?? 0, '127.0.0.1')).toBe(200)
  expect(await get(port, '127.0.0.1')).toBe(404)
})

describe('limits', () => {
  test('are told with every answer and refuse nothing unless the host says so', async () => {
    const { token } = await ws.member('member')
    const client = clientIn(app, ws, token)
    const answers = []
    for (let n = 0; n < 62; n++) answers.push(await client.get('/app/tags'))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(answers[0]?.headers.get('x-ratelimit-limit')).toBe('60')
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining')).slice(0, 2)).toEqual(['59', '58'])
    expect(answers.at(-1)?.headers.get('x-ratelimit-remaining')).toBe('0')
  })

  test('pipeback 67: the 61st call of a minute is told when to come back', async () => {
    const strict = await openTestApp({ now: () => now, enforceLimits: true })
    const client = clientIn(strict, await strict.workspace({ template: 'pipeback' }))
    for (let n = 0; n < 60; n++) expect((await client.get('/app/tags')).status).toBe(200)
    const { status, headers, body } = await client.get('/app/tags')
    expect([status, body]).toEqual([429, { status: 'error', message: 'Too Many Attempts.' }])
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(headers.get('x-ratelimit-remaining')).toBe('0')
    now += 120_000
    expect((await client.get('/app/tags')).status).toBe(200)
    await strict.close()
  })
})
