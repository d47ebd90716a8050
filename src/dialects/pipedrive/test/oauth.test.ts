import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, request, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'

const clock = { at: Date.parse('2026-05-15T10:00:00Z') }
let app: TestApp
const at = (path: string) => `${app.origin}/pipedrive${path}`
const redirectUri = 'https://app.example/callback?from=pd'

beforeAll(async () => {
  app = await openTestApp({ now: () => clock.at })
})
afterAll(() => app.close())

/** An app is a member of the team: known by the address, proved by a token. */
interface Client {
  id: string
  secret: string
}
const clientOf = ({ user, token }: { user: { email: string }; token: string }): Client => ({ id: user.email, secret: token })

async function open() {
  const ws = await app.workspace({ template: 'pipedrive' })
  const client = clientOf(await ws.member('viewer', 'Integration'))
  return { ws, client }
}

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()
const formType = { 'content-type': 'application/x-www-form-urlencoded' }

/** What the user does on the page. */
async function decide(client: Client, fields: Record<string, string>) {
  const body = form({ client_id: client.id, redirect_uri: redirectUri, state: 'a b', ...fields })
  const answer = await fetch(at('/oauth/authorize'), { method: 'POST', headers: formType, body, redirect: 'manual' })
  return { status: answer.status, text: await answer.text(), location: answer.headers.get('location'), headers: answer.headers }
}

async function codeFor(client: Client, user: Pick<TestWorkspace, 'token'>): Promise<string> {
  const { location } = await decide(client, { api_token: user.token, decision: 'allow' })
  return new URL(location ?? '').searchParams.get('code') ?? ''
}

interface Tokens {
  access_token: string
  refresh_token: string
  scope: string
  api_domain: string
  error?: string
}

async function ask(path: string, client: Client, fields: Record<string, string>) {
  const authorization = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`
  const answer = await request(at(path), { method: 'POST', headers: { ...formType, authorization }, body: form(fields) })
  return { status: answer.status, headers: answer.headers, body: answer.body as Tokens }
}

const exchange = (client: Client, code: string, redirect = redirectUri) =>
  ask('/oauth/token', client, { grant_type: 'authorization_code', code, redirect_uri: redirect })
const refresh = (client: Client, token: string) =>
  ask('/oauth/token', client, { grant_type: 'refresh_token', refresh_token: token })
const access = async (token: string, method = 'GET', body?: unknown) =>
  (await request(at('/api/v2/pipelines'), { method, headers: { authorization: `Bearer ${token}` }, ...(body ? { body } : {}) }))
    .status

test('the page asks the user, in words that nobody can put a script into', async () => {
  const { client } = await open()
  const query = form({ client_id: client.id, redirect_uri: redirectUri, state: '"><script>alert(1)</script>' })
  const page = await request(at(`/oauth/authorize?${query}`))
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toContain('text/html')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(page.text).toContain(client.id)
  expect(page.text).not.toContain('<script>')
  for (const bad of [
    '',
    'client_id=a',
    form({ client_id: 'a', redirect_uri: 'javascript:alert(1)' }),
    'redirect_uri=https://x.example',
  ]) {
    expect((await request(at(`/oauth/authorize?${bad}`))).status, bad).toBe(400)
  }
})

test('whoever allows is sent back with a code and the state, whoever denies with an error', async () => {
  const { ws, client } = await open()
  const allowed = await decide(client, { api_token: ws.token, decision: 'allow' })
  expect(allowed.status).toBe(302)
  const url = new URL(allowed.location ?? '')
  expect([url.origin + url.pathname, url.searchParams.get('from'), url.searchParams.get('state')]).toEqual([
    'https://app.example/callback',
    'pd',
    'a b',
  ])
  expect(url.searchParams.get('code')).toMatch(/^[0-9a-f]{40}$/)
  const denied = new URL((await decide(client, { decision: 'deny' })).location ?? '')
  expect([denied.searchParams.get('error'), denied.searchParams.get('code')]).toEqual(['user_denied', null])
  const stranger = await decide(client, { api_token: 'nobody', decision: 'allow' })
  expect([stranger.status, stranger.location]).toEqual([401, null])
  const other = await app.workspace({ template: 'pipedrive' })
  // An app of another team is as unknown as one that does not exist.
  expect((await decide(client, { api_token: other.token, decision: 'allow' })).status).toBe(400)
})

test('pipedrive 89, 90: a code becomes an access and a refresh token, with the base of the API', async () => {
  const { ws, client } = await open()
  const code = await codeFor(client, ws)
  const { status, body, headers } = await exchange(client, code)
  expect(status).toBe(200)
  expect(body).toEqual({
    access_token: expect.stringMatching(/^[0-9a-f]{64}$/),
    token_type: 'bearer',
    expires_in: 3600,
    refresh_token: expect.stringMatching(/^[0-9a-f]{40}$/),
    scope: expect.stringContaining('deals:full'),
    api_domain: `${app.origin}/pipedrive`,
  })
  expect(headers.get('cache-control')).toBe('no-store')
  const stages = await request(`${body.api_domain}/api/v2/stages`, { headers: { authorization: `Bearer ${body.access_token}` } })
  expect(stages.status).toBe(200)
  // It speaks for the user who allowed it, not for the app.
  expect(await access(body.access_token, 'POST', { name: 'By the app' })).toBe(200)
  expect((await exchange(client, code)).body).toEqual({ success: false, error: 'invalid_grant' })
})

test('pipedrive 89: a refresh token is good for a new access token, and stays the same', async () => {
  const { ws, client } = await open()
  const first = (await exchange(client, await codeFor(client, ws))).body
  clock.at += 3_600_000
  expect(await access(first.access_token)).toBe(401)
  const second = (await refresh(client, first.refresh_token)).body
  expect(second.refresh_token).toBe(first.refresh_token)
  expect(second.access_token).not.toBe(first.access_token)
  expect(await access(second.access_token)).toBe(200)
  clock.at += 59 * 86_400_000
  expect((await refresh(client, first.refresh_token)).status).toBe(200)
  clock.at += 59 * 86_400_000
  expect((await refresh(client, first.refresh_token)).status).toBe(200)
  clock.at += 61 * 86_400_000
  expect((await refresh(client, first.refresh_token)).body).toEqual({ success: false, error: 'invalid_grant' })
})

test('a code is good for five minutes, for its app and its address only', async () => {
  const { ws, client } = await open()
  const late = await codeFor(client, ws)
  clock.at += 5 * 60_000
  expect((await exchange(client, late)).body.error).toBe('invalid_grant')
  expect((await exchange(client, await codeFor(client, ws), 'https://elsewhere.example')).body.error).toBe('invalid_grant')
  const thief = clientOf(await ws.member('admin', 'Thief'))
  const stolen = await codeFor(client, ws)
  expect((await exchange(thief, stolen)).body.error).toBe('invalid_grant')
  // Whoever tried has spent it.
  expect((await exchange(client, stolen)).body.error).toBe('invalid_grant')
  const tokens = (await exchange(client, await codeFor(client, ws))).body
  expect((await refresh(thief, tokens.refresh_token)).body.error).toBe('invalid_grant')
  const elsewhere = await open()
  expect((await refresh(elsewhere.client, tokens.refresh_token)).body.error).toBe('invalid_grant')
})

test('an app that is not known is refused in the words of OAuth', async () => {
  const { ws, client } = await open()
  for (const wrong of [
    { ...client, secret: 'nobody' },
    { ...client, id: 'nobody@example.com' },
    { id: client.id, secret: ws.token },
  ]) {
    const { status, body, headers } = await refresh(wrong, 'x')
    expect([status, body]).toEqual([401, { success: false, error: 'invalid_client' }])
    expect(headers.get('www-authenticate')).toContain('Basic')
  }
  expect((await request(at('/oauth/token'), { method: 'POST', body: {} })).status).toBe(401)
  for (const [fields, error] of [
    [{}, 'unsupported_grant_type'],
    [{ grant_type: 'password', username: 'a' }, 'unsupported_grant_type'],
    [{ grant_type: 'refresh_token' }, 'invalid_request'],
    [{ grant_type: 'authorization_code', code: 'x' }, 'invalid_request'],
  ] as const) {
    const { status, body } = await ask('/oauth/token', client, fields)
    expect([status, body.error], JSON.stringify(fields)).toEqual([400, error])
  }
})

test('an access token cannot stand for an app, nor let one in: an hour is not turned into more', async () => {
  const { ws, client } = await open()
  const { access_token } = (await exchange(client, await codeFor(client, ws))).body
  expect((await refresh({ id: ws.admin.email, secret: access_token }, 'x')).status).toBe(401)
  expect((await decide(client, { api_token: access_token, decision: 'allow' })).status).toBe(401)
})

test('a revoked refresh token takes its access tokens along, a revoked access token goes alone', async () => {
  const { ws, client } = await open()
  const first = (await exchange(client, await codeFor(client, ws))).body
  const second = (await refresh(client, first.refresh_token)).body
  const stranger = (await open()).client
  for (const token of [second.access_token, first.refresh_token]) {
    expect((await ask('/oauth/revoke', stranger, { token })).status).toBe(200)
  }
  expect(await access(second.access_token)).toBe(200)
  await ask('/oauth/revoke', client, { token: second.access_token, token_type_hint: 'access_token' })
  expect([await access(first.access_token), await access(second.access_token)]).toEqual([200, 401])
  const third = (await refresh(client, first.refresh_token)).body
  const answer = await ask('/oauth/revoke', client, { token: first.refresh_token, token_type_hint: 'refresh_token' })
  expect([answer.status, answer.body]).toEqual([200, { success: true }])
  expect([await access(first.access_token), await access(third.access_token)]).toEqual([401, 401])
  expect((await refresh(client, first.refresh_token)).body.error).toBe('invalid_grant')
  // An app cannot end a user's own tokens.
  await ask('/oauth/revoke', client, { token: ws.token })
  expect(await access(ws.token)).toBe(200)
})

test('scopes say what the user’s role allows', async () => {
  const { ws, client } = await open()
  const scopes = async (role: 'viewer' | 'member' | 'manager') =>
    (await exchange(client, await codeFor(client, await ws.member(role)))).body.scope.split(',')
  expect(await scopes('viewer')).toContain('deals:read')
  expect(await scopes('member')).toContain('deals:full')
  expect(await scopes('member')).not.toContain('admin')
  expect(await scopes('manager')).toContain('admin')
})
