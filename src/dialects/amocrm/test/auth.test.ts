import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { revokeToken } from '../../../domain/user.ts'
import { type Answer, type Body, type Caller, callAs, callAsNobody, callerAt, formType, listPath } from './caller.ts'

const minute = 60_000
const day = 24 * 60 * minute

let now = Date.UTC(2026, 10, 20, 12)
let app: TestApp
let ws: TestWorkspace
let nobody: Caller
beforeAll(async () => {
  app = await openTestApp({ now: () => now, own: ['amocrm'] })
})
beforeEach(async () => {
  ws = await app.workspace({ template: 'amocrm' })
  nobody = callAsNobody(app)
})
afterAll(() => app.close())

const login = () => ({ USER_LOGIN: ws.admin.email, USER_HASH: ws.token })
const asForm = (fields: Record<string, string>) => new URLSearchParams(fields).toString()
const signIn = (type = '?type=json', body: unknown = login(), headers = {}) =>
  nobody.post(`/private/api/auth.php${type}`, body, headers)
const cookieOf = (answer: Answer) => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

describe('sessions', () => {
  test('amocrm 42: JSON with login and key signs in and sets the cookie', async () => {
    const { status, headers, body } = await signIn()
    expect(status).toBe(200)
    expect(body.response).toEqual({
      auth: true,
      accounts: [
        {
          id: String(ws.workspace.id),
          name: ws.workspace.name,
          subdomain: ws.workspace.subdomain,
          language: 'en',
          timezone: 'UTC',
        },
      ],
      user: { id: String(ws.admin.id), language: 'en' },
      server_time: Math.floor(now / 1000),
    })
    // Neither a domain nor, over plain HTTP, `secure`: curl would drop the cookie.
    expect(headers.get('set-cookie')).toMatch(/^session_id=[0-9a-f]{64}; path=\/; HttpOnly; SameSite=Lax$/)
  })

  test('amocrm 43: a form does as well', async () => {
    const { status, body } = await signIn('?type=json', asForm(login()), formType)
    expect([status, body.response.auth]).toEqual([200, true])
  })

  test('amocrm 44: without type=json the answer is XML, also when it is no', async () => {
    const { status, headers, text } = await signIn('')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^text\/xml/)
    expect(text).toContain('<root><auth>true</auth><accounts><account><id>')
    const refused = await signIn('', { ...login(), USER_HASH: '<&>' })
    expect([refused.status, refused.text.includes('<error_code>110</error_code>')]).toEqual([401, true])
  })

  test.each([
    ['another key', () => ({ ...login(), USER_HASH: '0'.repeat(64) })],
    ["somebody else's address", () => ({ ...login(), USER_LOGIN: 'x@example.com' })],
    ['no key', () => ({ USER_LOGIN: ws.admin.email })],
    ['nothing', () => ''],
    ['a list', () => []],
    ['no text', () => ({ USER_LOGIN: { a: 1 }, USER_HASH: 5 })],
  ])('amocrm 45: %s is refused with 110', async (_case, body) => {
    const { status, headers, body: answer } = await signIn('?type=json', body())
    expect([status, answer.response.error_code, answer.response.auth]).toEqual([401, '110', false])
    expect(headers.get('set-cookie')).toBeNull()
  })

  test('amocrm 47: the cookie alone is enough for both older generations, and not for v4', async () => {
    const cookie = cookieOf(await signIn())
    expect((await nobody.get(listPath, { cookie })).status).toBe(200)
    expect((await nobody.get('/api/v2/account', { cookie: `a=b; ${cookie}; c=d` })).status).toBe(200)
    expect((await nobody.post('/api/v2/leads', { add: [{ name: 'x' }] }, { cookie })).status).toBe(200)
    expect((await nobody.get('/api/v4/account', { cookie })).status).toBe(401)
  })

  test('amocrm 49: after 15 minutes it is over', async () => {
    const cookie = cookieOf(await signIn())
    now += 15 * minute - 1
    expect((await nobody.get('/api/v2/account', { cookie })).status).toBe(200)
    now += 1
    const answer = await nobody.get('/api/v2/account', { cookie })
    expect([answer.status, answer.body.response.error_code]).toEqual([401, '110'])
  })

  test('a session ends with the token it was begun with, and with its user leaving', async () => {
    const member = await ws.member('member')
    const [first, second] = [
      cookieOf(await signIn()),
      cookieOf(await signIn('?type=json', { USER_LOGIN: member.user.email, USER_HASH: member.token })),
    ]
    const status = async (cookie: string) => (await nobody.get('/api/v2/account', { cookie })).status
    expect([await status(first), await status(second)]).toEqual([200, 200])
    const { items } = await ws.scope.store.tokens.list(null, { limit: 10 })
    await revokeToken(ws.scope, items.find(({ userId }) => userId === ws.admin.id)?.id ?? 0)
    await ws.scope.store.transaction((tx) => tx.members.save({ ...member.user, isActive: false }))
    expect([await status(first), await status(second)]).toEqual([401, 401])
  })

  test('only its hash is kept, and old sessions are forgotten', async () => {
    const cookie = cookieOf(await signIn())
    now += 16 * minute
    await signIn()
    const { items } = await ws.scope.store.records.list('amocrm.sessions', { limit: 10 })
    expect(items).toHaveLength(1)
    expect(JSON.stringify(items)).not.toContain(cookie.slice('session_id='.length))
  })

  test("a session of another workspace is nobody at this one's host, and itself elsewhere", async () => {
    const other = await app.workspace({ template: 'amocrm' })
    const cookie = cookieOf(await signIn())
    const at = (label: string) => callerAt(app.own.amocrm, `${label}.amocrm.ru`, { cookie })
    expect((await at(ws.workspace.subdomain).get('/api/v2/account')).body.id).toBe(ws.workspace.id)
    expect((await at(other.workspace.subdomain).get('/api/v2/account')).status).toBe(401)
    // The first digits name a workspace; another's there make no session of it.
    const forged = `session_id=${other.workspace.id.toString(16).padStart(8, '0')}${cookie.slice(-56)}`
    expect((await nobody.get('/api/v2/account', { cookie: forged })).status).toBe(401)
    expect((await nobody.get('/api/v2/account', { cookie: `session_id=ffffffff${cookie.slice(-56)}` })).status).toBe(401)
  })
})

describe('credentials in the query', () => {
  test.each([
    ['USER_LOGIN', 'USER_HASH'],
    ['login', 'api_key'],
  ])('amocrm 48: %s and %s sign one call', async (name, key) => {
    const query = asForm({ [name]: ws.admin.email.toUpperCase(), [key]: ws.token })
    for (const path of [listPath, '/api/v2/leads', '/private/api/v2/json/accounts/current'])
      expect([200, 204]).toContain((await nobody.get(`${path}?${query}`)).status)
    expect((await nobody.get(listPath)).status).toBe(401)
    expect((await nobody.get(`/api/v4/account?${query}`)).status).toBe(401)
    const wrong = asForm({ [name]: 'x@example.com', [key]: ws.token })
    expect((await nobody.get(`${listPath}?${wrong}`)).status).toBe(401)
  })

  test('a bad Authorization header is not made good by anything else', async () => {
    const cookie = cookieOf(await signIn())
    for (const authorization of ['Bearer x', 'Basic abc', 'Bearer', ''])
      expect((await nobody.get(`${listPath}?${asForm(login())}`, { authorization, cookie })).status).toBe(401)
  })
})

describe('accounts by host', () => {
  const at = (host: string, headers = {}) => callerAt(app.own.amocrm, host, headers)

  test.each(['amocrm.ru', 'amocrm.com', 'kommo.com'])('an account is reached as its label of %s', async (zone) => {
    const home = at(`${ws.workspace.subdomain}.${zone}`, { authorization: `Bearer ${ws.token}` })
    const { body } = await home.get('/api/v4/account')
    expect(body.id).toBe(ws.workspace.id)
    expect(body._links.self.href).toBe(`http://${ws.workspace.subdomain}.${zone}/api/v4/account`)
  })

  test('amocrm 46: a host of an account that does not exist answers 101', async () => {
    for (const answer of [
      await at('nobody-here.amocrm.ru').post('/private/api/auth.php?type=json', login()),
      await at('nobody-here.amocrm.ru', { authorization: `Bearer ${ws.token}` }).get(listPath),
    ])
      expect([answer.status, answer.body.response.error_code]).toEqual([401, '101'])
    const v4 = await at('nobody-here.kommo.com', { authorization: `Bearer ${ws.token}` }).get('/api/v4/account')
    expect([v4.status, v4.body.title, v4.body.detail]).toEqual([401, 'Unauthorized', 'Invalid user name or password'])
  })

  test('a token of another account does not open this one', async () => {
    const other = await app.workspace({ template: 'amocrm' })
    const answer = await at(`${ws.workspace.subdomain}.amocrm.ru`, { authorization: `Bearer ${other.token}` }).get(
      '/api/v4/account',
    )
    expect(answer.status).toBe(401)
    const signed = await at(`${other.workspace.subdomain}.amocrm.ru`).post('/private/api/auth.php?type=json', login())
    expect([signed.status, signed.body.response.error_code]).toEqual([401, '110'])
  })

  test('the host chooses the dialect on the common port too', async () => {
    const home = callerAt(Number(new URL(app.origin).port), `${ws.workspace.subdomain}.amocrm.ru`, {
      authorization: `Bearer ${ws.token}`,
    })
    expect((await home.get('/api/v4/account')).body.id).toBe(ws.workspace.id)
  })
})

describe('OAuth', () => {
  const client = { client_id: '5d1a8a0e-0000-4000-8000-000000000001', client_secret: 'a secret of theirs' }
  const redirect_uri = 'https://integration.example/callback?x=1'

  /** Lets the integration in and returns where the browser is sent. */
  const allow = async (fields: Record<string, string> = {}): Promise<Answer & { to: URL }> => {
    const form = asForm({ ...login(), ...client, redirect_uri, state: 'abc', ...fields })
    const response = await fetch(`${nobody.origin}/oauth`, { method: 'POST', body: form, headers: formType, redirect: 'manual' })
    const text = await response.text()
    const to = new URL(response.headers.get('location') ?? 'https://nowhere.example')
    return { status: response.status, headers: response.headers, text, body: undefined, to }
  }
  const codeFor = async (fields?: Record<string, string>) => (await allow(fields)).to.searchParams.get('code') ?? ''
  const ask = (fields: object, headers = {}) =>
    nobody.post('/oauth2/access_token', { ...client, redirect_uri, ...fields }, headers)
  const exchange = (code: string, more: object = {}) => ask({ grant_type: 'authorization_code', code, ...more })
  const refresh = (refresh_token: string, more: object = {}) => ask({ grant_type: 'refresh_token', refresh_token, ...more })
  const asToken = ({ body }: Answer) => callAs(app, { token: body.access_token })

  test('the consent page carries what the link said, escaped, and no script', async () => {
    const { headers, text } = await nobody.get('/oauth?client_id=%22%3E%3Cscript%3E&state=s&mode=popup')
    expect(headers.get('content-type')).toMatch(/^text\/html/)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(text).not.toContain('<script>')
    expect(text).toContain('name="state" value="s"')
  })

  test('an admin lets an integration in and is sent back to it with a code', async () => {
    const { status, to } = await allow()
    expect(status).toBe(302)
    expect(to.origin + to.pathname).toBe('https://integration.example/callback')
    expect(Object.fromEntries(to.searchParams)).toEqual({
      x: '1',
      code: expect.stringMatching(/^[0-9a-f]{64}$/),
      state: 'abc',
      referer: new URL(app.origin).host,
      client_id: client.client_id,
    })
    // Known now, it need not say its secret again.
    expect((await allow({ client_secret: '' })).status).toBe(302)
  })

  test.each([
    ['a wrong key', { USER_HASH: 'x' }, 401],
    ['no secret', { client_secret: '' }, 400],
    ['an address that is none', { redirect_uri: 'javascript:alert(1)' }, 400],
    ['no client', { client_id: '' }, 400],
  ])('%s lets nobody in', async (_case, fields, expected) => {
    const { status, headers } = await allow(fields)
    expect([status, headers.get('location')]).toEqual([expected, null])
  })

  test('only admins let integrations in', async () => {
    const { user, token } = await ws.member('manager')
    expect((await allow({ USER_LOGIN: user.email, USER_HASH: token })).status).toBe(403)
  })

  test('amocrm 50: a code is exchanged once', async () => {
    const code = await codeFor()
    const answer = await exchange(code)
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body)).toEqual(['token_type', 'expires_in', 'server_time', 'access_token', 'refresh_token'])
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 86_400, server_time: Math.floor(now / 1000) })
    const again = await exchange(code)
    expect(again.status).toBe(400)
    expect(again.body.hint).toBe('Authorization code has been revoked')
    expect(again.headers.get('content-type')).toBe('application/problem+json')
  })

  test('a code is good for twenty minutes', async () => {
    const code = await codeFor()
    now += 20 * minute
    expect((await exchange(code)).status).toBe(400)
  })

  test('amocrm 51: a refresh gives a new refresh token and kills the old one', async () => {
    const first = (await exchange(await codeFor())).body
    const second = await refresh(first.refresh_token)
    expect(second.status).toBe(200)
    expect(second.body.refresh_token).not.toBe(first.refresh_token)
    const reused = await refresh(first.refresh_token)
    expect(reused.status).toBe(401)
    expect(reused.body).toEqual({
      hint: 'Token has been revoked',
      title: 'Некорректный запрос',
      type: 'https://developers.amocrm.ru/v3/errors/OAuthProblemJson',
      status: 401,
      detail: 'В запросе отсутствует ряд параметров или параметры невалидны',
    })
    expect((await refresh(second.body.refresh_token)).status).toBe(200)
  })

  test('of two refreshes at once with one token, one wins', async () => {
    const { refresh_token } = (await exchange(await codeFor())).body
    const answers = await Promise.all([refresh(refresh_token), refresh(refresh_token)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
  })

  test('a refresh token expires after three months, an access token after a day', async () => {
    const answer = await exchange(await codeFor())
    now += day
    expect((await asToken(answer).get('/api/v4/account')).status).toBe(401)
    expect((await refresh(answer.body.refresh_token)).status).toBe(200)
    const other = await exchange(await codeFor())
    now += 90 * day
    expect((await refresh(other.body.refresh_token)).status).toBe(401)
  })

  test('amocrm 52: JSON and a form are both taken', async () => {
    const form = asForm({ ...client, redirect_uri, grant_type: 'authorization_code', code: await codeFor() })
    expect((await nobody.post('/oauth2/access_token', form, formType)).status).toBe(200)
  })

  test('amocrm 53: the token opens v2 and v4 in the name of who let the integration in', async () => {
    const caller = asToken(await exchange(await codeFor()))
    expect((await caller.get('/api/v2/account')).body.current_user).toBe(ws.admin.id)
    expect((await caller.get('/api/v4/account')).body.current_user_id).toBe(ws.admin.id)
  })

  test('amocrm 54: access tokens are JWTs with what the PHP library reads', async () => {
    const { access_token } = (await exchange(await codeFor())).body
    const [head, payload, signature] = access_token.split('.').map((part: string) => Buffer.from(part, 'base64url'))
    expect(JSON.parse(head.toString())).toMatchObject({ typ: 'JWT' })
    expect(JSON.parse(payload.toString())).toMatchObject({
      aud: client.client_id,
      sub: String(ws.admin.id),
      exp: Math.floor(now / 1000) + 86_400,
      account_id: ws.workspace.id,
      api_domain: new URL(app.origin).host,
      base_domain: new URL(app.origin).host,
    })
    expect(signature).toHaveLength(32)
    // Its hash is all that is kept: another signature is another token.
    const forged = `${access_token.slice(0, -4)}AAAA`
    expect((await callAs(app, { token: forged }).get('/api/v4/account')).status).toBe(401)
  })

  test.each([
    ['another secret', { client_secret: 'x' }, 401, 'Некорректный клиент'],
    ['another client', { client_id: 'x' }, 401, 'Некорректный клиент'],
    ['another redirect URI', { redirect_uri: 'https://elsewhere.example' }, 400, 'Некорректный запрос'],
    ['no redirect URI', { redirect_uri: undefined }, 400, 'Некорректный запрос'],
    ['an unknown grant', { grant_type: 'password' }, 400, 'Некорректный запрос'],
    ['a code that is no text', { code: { a: 1 } }, 400, 'Некорректный запрос'],
    ['an invented code', { code: 'f'.repeat(64) }, 400, 'Некорректный запрос'],
  ])('%s is refused, and the code stays good', async (_case, more, status, title) => {
    const code = await codeFor()
    const answer = await exchange(code, more)
    expect([answer.status, answer.body.title]).toEqual([status, title])
    expect((await exchange(code)).status).toBe(200)
  })

  test("another workspace's integration cannot use the code", async () => {
    const other = await app.workspace({ template: 'amocrm' })
    const code = await codeFor()
    const at = callerAt(app.own.amocrm, `${other.workspace.subdomain}.amocrm.ru`)
    const body = { ...client, redirect_uri, grant_type: 'authorization_code', code }
    expect((await at.post('/oauth2/access_token', body)).status).toBe(400)
    expect((await exchange(code)).status).toBe(200)
  })

  test('nothing is issued any more for somebody who has left', async () => {
    const { user, token } = await ws.member('admin')
    const code = await codeFor({ USER_LOGIN: user.email, USER_HASH: token })
    const { refresh_token } = (await exchange(code)).body
    await ws.scope.store.transaction((tx) => tx.members.save({ ...user, isActive: false }))
    expect((await refresh(refresh_token)).status).toBe(401)
  })

  test('where an account is, by access token and by refresh token', async () => {
    const answer = await exchange(await codeFor())
    const expected = { id: ws.workspace.id, subdomain: ws.workspace.subdomain, domain: new URL(app.origin).host }
    expect((await asToken(answer).get('/oauth2/account/subdomain')).body).toEqual(expected)
    const headers = { 'x-refresh-token': answer.body.refresh_token }
    expect((await nobody.get('/oauth2/account/current/subdomain', headers)).body).toEqual(expected)
    expect((await nobody.get('/oauth2/account/current/subdomain', { 'x-refresh-token': 'x' })).status).toBe(401)
    const host = `${ws.workspace.subdomain}.amocrm.ru:8080`
    const at = callerAt(app.own.amocrm, host, headers)
    expect((await at.get('/oauth2/account/current/subdomain')).body.domain).toBe(host)
  })

  test('no secret is kept as it is', async () => {
    const { refresh_token } = (await exchange(await codeFor())).body
    const kept: Body[] = []
    for (const name of ['clients', 'codes', 'refresh_tokens'])
      kept.push(...(await ws.scope.store.records.list(`amocrm.${name}`, { limit: 100 })).items)
    expect(kept.length).toBeGreaterThan(1)
    for (const secret of [refresh_token, client.client_secret]) expect(JSON.stringify(kept)).not.toContain(secret)
  })
})
