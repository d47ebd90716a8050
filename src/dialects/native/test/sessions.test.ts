import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, request, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { beginAttempt } from '../../../domain/attempts.ts'
import { inviteAsOperator } from '../../../domain/invitation.ts'
import { changeMember, type Member } from '../../../domain/user.ts'
import { createServer } from '../../../http/server.ts'
import { openRegistry } from '../../../store/registry.ts'
import { dialects } from '../../index.ts'
import { type Answer, type Body, browserOf, clientOf } from './client.ts'

const clock = { at: Date.UTC(2026, 5, 1, 9) }
const [minute, day] = [60_000, 86_400_000]
const app: TestApp = await openTestApp({ now: () => clock.at })
afterAll(() => app.close())
const { origin } = app
const stranger = clientOf({ origin, token: undefined, always: { origin } })

let ws: TestWorkspace
let ada: Member
const word = 'a quiet hill'
const hash = await app.registry.passwords.hash(word)

/** Somebody whose password is `word`, in a workspace of their own, after whatever came before is forgotten. */
beforeEach(async () => {
  clock.at += 2 * day
  ws = await app.workspace()
  ada = await withPassword(ws.admin)
})

/** Has accepted an invitation some time ago, with `word` for a password. */
async function withPassword(user: Member, place = ws): Promise<Member> {
  await app.registry.transaction(async (tx) => {
    await tx.people.setPassword(user.id, hash, clock.at)
    await tx.of(place.workspace.id).members.join(user.id, clock.at)
  })
  return user
}

const signUp = async (): Promise<Member> => withPassword((await ws.member('member')).user)

const secretIn = (answer: Answer): string =>
  /^crmux_session=([0-9a-f]{64});/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? ''
const signIn = (password = word, email = ada.email, headers: Record<string, string> = {}) =>
  stranger.post('/session', { email, password }, headers)
const browser = async () => {
  const session = secretIn(await signIn())
  return { ...browserOf({ origin, session }), session }
}

describe('native: signing in', () => {
  test('answers who and where, with a cookie that scripts and other sites cannot use', async () => {
    const answer = await signIn(word, ` ${ada.email.toUpperCase()} `)
    expect(answer.status).toBe(201)
    const { id, uuid, name, email } = ada
    const { id: workspaceId, uuid: workspaceUuid, name: called, subdomain } = ws.workspace
    const place = { id: workspaceId, uuid: workspaceUuid, name: called, subdomain, currency: 'USD' }
    expect(answer.body).toEqual({
      data: { user: { id, uuid, name, email, role: 'admin' }, workspace: place, workspaces: [place] },
    })
    const cookie = answer.headers.get('set-cookie')
    expect(cookie).toMatch(/^crmux_session=[0-9a-f]{64}; Path=\/; Max-Age=7776000; HttpOnly; SameSite=Strict$/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('location')).toBeNull()
    expect(answer.text).not.toContain(secretIn(answer))
    const me = await browserOf({ origin, session: secretIn(answer) }).get('/me')
    expect([me.status, me.body]).toEqual([200, { user: { id, uuid, name, email, role: 'admin' }, workspace: place }])
  })

  test('over TLS, also where it ends at a proxy, the cookie is never sent in the clear', async () => {
    const headers = { origin: 'https://crm.example', 'sec-fetch-site': 'same-origin' }
    expect((await signIn(word, ada.email, headers)).headers.get('set-cookie')).toMatch(/; Secure$/)
  })

  test('tells the same of a wrong password, an unknown address, one without a password, and somebody who left', async () => {
    const { user } = await ws.member('member')
    const left = await signUp()
    await changeMember(ws.scope, left.id, { isActive: false })
    const answers = [
      await signIn('not it at all'),
      await signIn(word, 'nobody@example.com'),
      await signIn(word, user.email),
      await signIn(word, left.email),
      await signIn('', 'no address'),
    ]
    for (const { status, body, headers } of answers) {
      expect([status, headers.get('set-cookie')]).toEqual([401, null])
      expect({ ...body, instance: '' }).toEqual({ ...answers[0]?.body, instance: '' })
    }
    expect(answers[0]?.body).toMatchObject({
      type: 'urn:crmux:problem:wrong-password',
      detail: expect.stringMatching(/or the password/),
    })
  })

  test('never keeps the session that a browser came with', async () => {
    const fixed = 'f'.repeat(64)
    const answer = await signIn(word, ada.email, { cookie: `crmux_session=${fixed}` })
    expect([answer.status, secretIn(answer) === fixed]).toEqual([201, false])
    expect((await browserOf({ origin, session: fixed }).get('/me')).status).toBe(401)
    const first = await browser()
    const second = secretIn(await signIn(word, ada.email, { cookie: `crmux_session=${first.session}` }))
    expect(second).not.toBe(first.session)
  })

  test('keeps of passwords and sessions only hashes', async () => {
    const { session } = await browser()
    const file = app.engine as unknown as { database: { prepare(sql: string): { all(): object[] } } }
    const rows = ['password', 'session', 'invitation', 'attempt', 'membership'].map((table) =>
      JSON.stringify(file.database.prepare(`select * from "${table}"`).all()),
    )
    for (const rows_ of rows) {
      expect(rows_).not.toContain(word)
      expect(rows_).not.toContain(session)
    }
    expect(rows[0]).toContain('$argon2id$')
    expect(rows[3]).not.toContain('127.0.0.1')
  })

  test.each<[string, unknown, number]>([
    ['without a password', { email: 'a@b.example' }, 422],
    ['with something else', { email: 'a@b.example', password: word, role: 'admin' }, 422],
    ['with a list', { email: ['a@b.example'], password: word }, 422],
    ['with a novel', { email: 'a@b.example', password: 'x'.repeat(1001) }, 422],
    ['with no JSON', '{', 400],
  ])('%s is bad input', async (_name, body, status) => {
    expect((await stranger.post('/session', body)).status).toBe(status)
    const form = await stranger.post('/session', 'email=a', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(form.status).toBe(415)
  })
})

describe('native: repeated failures', () => {
  const fail = async (times: number, email = ada.email) => {
    for (let i = 0; i < times; i++) expect((await signIn('not it at all', email)).status).toBe(401)
  }

  test.each(['known', 'unknown'])('have to wait, longer and longer, whether the address is %s or not', async (which) => {
    const email = which === 'known' ? ada.email : `nobody-${clock.at}@example.com`
    await fail(5, email)
    for (const seconds of [30, 60, 120, 240, 480, 900, 900]) {
      const refused = await signIn(word, email)
      expect([refused.status, refused.body.type]).toEqual([429, 'urn:crmux:problem:rate-limited'])
      expect(refused.headers.get('retry-after')).toBe(String(seconds))
      clock.at += seconds * 1000 - 1
      expect((await signIn(word, email)).headers.get('retry-after')).toBe('1')
      clock.at += 1
      await fail(1, email)
    }
  })

  test('are forgotten with the first success, or after a day', async () => {
    await fail(4)
    expect((await signIn()).status).toBe(201)
    await fail(5)
    expect((await signIn()).status).toBe(429)
    clock.at += 30_000
    expect((await signIn()).status).toBe(201)
    await fail(5)
    clock.at += day
    await fail(4)
    expect((await signIn()).status).toBe(201)
  })

  test('of one address make nobody else wait', async () => {
    await fail(5)
    const bo = await signUp()
    expect((await signIn(word, bo.email)).status).toBe(201)
  })

  test('from one network make it wait at every address; an account of one’s own buys no further guesses', async () => {
    for (let i = 0; i < 48; i++) {
      await beginAttempt(app.registry, { email: `guess-${i}@example.com`, network: '127.0.0.1' }, clock.at)
      if (i % 20 === 0) expect((await signIn()).status).toBe(201)
    }
    await fail(1, 'guess-48@example.com')
    expect((await signIn()).status).toBe(201)
    await fail(1, 'guess-49@example.com')
    const refused = await signIn()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    clock.at += 1000
    await fail(1, 'another@example.com')
    expect((await signIn()).headers.get('retry-after')).toBe('2')
  })

  test('at the same moment are as many as one after the other', async () => {
    const statuses = await Promise.all(Array.from({ length: 40 }, () => signIn('not it at all').then(({ status }) => status)))
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(35)
  })

  test('count for every process on the store, and outlive each', async () => {
    await fail(3)
    const other = openRegistry(app.engine)
    const server = createServer({ dialects, registry: other, logger: pino({ level: 'silent' }), now: () => clock.at })
    const [{ port } = { port: 0 }] = await server.listen({ host: '127.0.0.1', port: 0 })
    const there = clientOf({ origin: `http://127.0.0.1:${port}`, token: undefined })
    for (let i = 0; i < 2; i++)
      expect((await there.post('/session', { email: ada.email, password: 'not it at all' })).status).toBe(401)
    await server.close()
    expect((await signIn()).status).toBe(429)
  })

  test('guessing the present password counts as well', async () => {
    const { post } = await browser()
    for (let i = 0; i < 5; i++) {
      const { status, body } = await post('/me/password', { current: 'not it at all', password: 'a louder valley' })
      expect([status, body.errors]).toEqual([422, [{ field: 'current', rule: 'not_found', message: 'is wrong' }]])
    }
    expect((await post('/me/password', { current: word, password: 'a louder valley' })).status).toBe(429)
    expect((await signIn()).status).toBe(429)
  })
})

describe('native: a session', () => {
  test('ends on the server when it is signed out of, and takes the cookie along', async () => {
    const { get, delete: remove } = await browser()
    const answer = await remove('/session')
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(answer.headers.get('set-cookie')).toBe('crmux_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict')
    expect((await get('/me')).status).toBe(401)
  })

  test('ends after 14 days without use, and 90 days after it began however much it is used', async () => {
    const idle = await browser()
    clock.at += 14 * day - 1
    expect((await idle.get('/me')).status).toBe(200)
    await settled()
    clock.at += 14 * day
    expect((await idle.get('/me')).status).toBe(401)
    const busy = await browser()
    for (let i = 0; i < 9; i++) {
      clock.at += 10 * day - 1
      expect([i, (await busy.get('/me')).status]).toEqual([i, 200])
      await settled()
    }
    clock.at += 9
    expect((await busy.get('/me')).status).toBe(401)
  })

  test('is listed with others of the same person, and each can be ended', async () => {
    const [first, second, third] = [await browser(), await browser(), await browser()]
    clock.at += 5 * minute
    await first.get('/me')
    await settled()
    const { body } = await first.get('/sessions', { 'user-agent': 'ignored' })
    expect(body.data).toHaveLength(3)
    expect(body.data.map(({ isCurrent }: Body) => isCurrent)).toEqual([false, false, true])
    const begun = new Date(clock.at - 5 * minute).toISOString()
    expect(body.data[2]).toEqual({
      id: expect.any(Number),
      createdAt: begun,
      seenAt: new Date(clock.at).toISOString(),
      userAgent: 'node',
      address: '127.0.0.1',
      isCurrent: true,
    })
    expect(body.data[0].seenAt).toBe(begun)
    expect((await first.delete(`/sessions/${body.data[0].id}`)).status).toBe(204)
    expect([(await third.get('/me')).status, (await second.get('/me')).status]).toEqual([401, 200])
    expect((await first.delete('/sessions')).status).toBe(204)
    expect([(await second.get('/me')).status, (await first.get('/me')).status]).toEqual([401, 200])
    expect((await first.get('/sessions')).body.data).toHaveLength(1)
  })

  test('of somebody else is nobody’s business, not even an admin’s', async () => {
    const bo = await signUp()
    await ws.session(bo)
    const { id } = (await ws.scope.store.sessions.list(bo.id, clock.at))[0] ?? { id: 0 }
    const admin = await browser()
    expect((await admin.get('/sessions')).body.data).toHaveLength(1)
    expect((await admin.delete(`/sessions/${id}`)).status).toBe(404)
    await admin.delete('/sessions')
    expect(await ws.scope.store.sessions.list(bo.id, clock.at)).toHaveLength(1)
  })

  test('ends when an admin makes its member inactive, and does not come back', async () => {
    const bo = await signUp()
    const session = secretIn(await signIn(word, bo.email))
    const page = browserOf({ origin, session })
    const admin = await browser()
    expect((await admin.patch(`/users/${bo.id}`, { isActive: false })).status).toBe(200)
    expect((await page.get('/me')).status).toBe(401)
    expect((await signIn(word, bo.email)).status).toBe(401)
    await admin.patch(`/users/${bo.id}`, { isActive: true })
    expect((await page.get('/me')).status).toBe(401)
    expect((await signIn(word, bo.email)).status).toBe(201)
  })

  test('does what the role does now, not what it did when it began', async () => {
    const bo = await signUp()
    const page = browserOf({ origin, session: secretIn(await signIn(word, bo.email)) })
    expect((await page.post('/deals', { title: 'Deal' })).status).toBe(201)
    await changeMember(ws.scope, bo.id, { role: 'viewer' })
    expect((await page.post('/deals', { title: 'Deal' })).status).toBe(403)
  })

  test('has a password that can be changed, which ends all others', async () => {
    const [here, there] = [await browser(), await browser()]
    const weak = await here.post('/me/password', { current: word, password: 'password123' })
    expect([weak.status, weak.body.errors[0]]).toMatchObject([422, { field: 'password', rule: 'not_allowed' }])
    const answer = await here.post('/me/password', { current: word, password: 'a louder valley' }, { 'idempotency-key': 'once' })
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect([(await here.get('/me')).status, (await there.get('/me')).status]).toEqual([200, 401])
    expect([(await signIn()).status, (await signIn('a louder valley')).status]).toEqual([401, 201])
  })

  test('is not what a token is: it can be asked for, moved and ended only by itself', async () => {
    const api = clientOf({ origin, token: ws.token })
    for (const answer of [
      await api.get('/session'),
      await api.delete('/session'),
      await api.patch('/session', { workspaceId: 1 }),
    ])
      expect([answer.status, answer.body.detail]).toEqual([404, 'There is no such session.'])
    const page = await browser()
    expect((await page.get('/session')).body.data).toMatchObject({ user: { id: ada.id }, workspaces: [{ id: ws.workspace.id }] })
    await api.delete('/sessions')
    expect((await page.get('/me')).status).toBe(401)
  })
})

/** What is noted beside a request is written by the time a transaction after it is. */
const settled = () => app.registry.transaction(async () => {})

describe('native: two workspaces', () => {
  test('one password; the session goes from one to the other and sees one at a time', async () => {
    const other = await app.workspace()
    const api = clientOf({ origin, token: other.token })
    const invited = await api.post('/invitations', { email: ada.email, role: 'viewer' })
    const secret = invited.body.data.url.split('#')[1]
    const check = await stranger.post('/welcome/check', { secret })
    expect(check.body.data).toMatchObject({ hasPassword: true, canChangeEmail: false, role: 'viewer' })
    const wrong = await stranger.post('/welcome', { secret, name: 'Ada', password: 'another password' })
    expect([wrong.status, wrong.body.errors]).toEqual([422, [{ field: 'password', rule: 'not_found', message: 'is wrong' }]])
    expect((await stranger.post('/welcome', { secret, name: 'Ada there', password: word })).status).toBe(201)

    const page = await browser()
    expect((await page.get('/session')).body.data.workspaces.map(({ id }: Body) => id)).toEqual([
      ws.workspace.id,
      other.workspace.id,
    ])
    const begun = (await page.get('/sessions')).body.data[0]
    clock.at += day
    const moved = await page.patch('/session', { workspaceId: other.workspace.id })
    expect([moved.status, moved.body.data.user, moved.body.data.workspace.id]).toMatchObject([
      200,
      { id: ada.id, name: 'Ada there', role: 'viewer' },
      other.workspace.id,
    ])
    expect((await page.get('/me')).status).toBe(401)
    const there = browserOf({ origin, session: secretIn(moved) })
    expect((await there.get('/me')).body.workspace.id).toBe(other.workspace.id)
    expect((await there.post('/deals', { title: 'No' })).status).toBe(403)
    const sessions = (await there.get('/sessions')).body.data
    expect(sessions.find(({ isCurrent }: Body) => isCurrent)).toMatchObject({ createdAt: begun.createdAt })
    expect((await there.patch('/session', { workspaceId: 1 })).status).toBe(404)
    expect((await there.get('/me')).status).toBe(200)
    const chosen = await stranger.post('/session', { email: ada.email, password: word, workspaceId: other.workspace.id })
    expect(chosen.body.data.workspace.id).toBe(other.workspace.id)
  })

  test('being added to a workspace by its admins lets them not into any other, nor the member into theirs by password', async () => {
    const other = await app.workspace()
    const api = clientOf({ origin, token: other.token })
    expect((await api.post('/users', { name: 'Ada', email: ada.email, role: 'admin' })).body.data.joinedAt).toBeNull()
    const page = await browser()
    expect((await page.get('/session')).body.data.workspaces).toHaveLength(1)
    expect((await page.patch('/session', { workspaceId: other.workspace.id })).status).toBe(404)
    const forced = await stranger.post('/session', { email: ada.email, password: word, workspaceId: other.workspace.id })
    expect(forced.status).toBe(401)
  })

  test('a password chosen elsewhere does not open a workspace that only added the address', async () => {
    const email = `squatted-${clock.at}@example.com`
    const { body } = await clientOf({ origin, token: ws.token }).post('/users', { name: 'Eve?', email, role: 'admin' })
    const other = await app.workspace()
    const theirs = await clientOf({ origin, token: other.token }).post('/invitations', { email })
    const secret = theirs.body.data.url.split('#')[1]
    expect((await stranger.post('/welcome', { secret, name: 'Eve', password: word })).status).toBe(201)
    const entered = await signIn(word, email)
    expect(entered.body.data).toMatchObject({ user: { id: body.data.id }, workspaces: [{ id: other.workspace.id }] })
    expect((await stranger.post('/session', { email, password: word, workspaceId: ws.workspace.id })).status).toBe(401)
  })

  test('the token of one ends no session in the other', async () => {
    const other = await app.workspace()
    const { token } = await other.scope.store.transaction(async (tx) => {
      const user = await tx.members.add({ name: 'Ada', email: ada.email, phone: null, role: 'admin' }, clock.at)
      const made = await tx.tokens.add({ userId: user.id, label: '', expiresAt: null }, clock.at)
      return { token: made.secret }
    })
    const page = await browser()
    const { id } = (await page.get('/sessions')).body.data[0]
    const api = clientOf({ origin, token })
    expect((await api.get('/sessions')).body.data).toEqual([])
    expect((await api.delete(`/sessions/${id}`)).status).toBe(404)
    expect((await api.delete('/sessions')).status).toBe(204)
    expect((await page.get('/me')).status).toBe(200)
  })
})

describe('native: the cookie', () => {
  test.each<[string, Record<string, string>]>([
    ['another site, says the browser', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour of the same site', { 'sec-fetch-site': 'same-site' }],
    ['nowhere', { 'sec-fetch-site': 'none' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['the same host on another port', { origin: 'http://127.0.0.1:1' }],
    ['a page without an origin', { origin: 'null' }],
    ['an origin that is none', { origin: 'no url' }],
    ['a name that only ends alike', { origin: `${origin}.evil.example` }],
    ['nobody knows where', { origin: '' }],
  ])('is not taken for a write from %s', async (_name, headers) => {
    const { session } = await browser()
    const page = clientOf({ origin, token: undefined, always: { cookie: `crmux_session=${session}` } })
    for (const [method, path, body] of [
      ['POST', '/deals', { title: 'Forged' }],
      ['PATCH', '/workspace', { name: 'Forged' }],
      ['DELETE', '/sessions', undefined],
      ['DELETE', '/session', undefined],
    ] as const) {
      const answer = await page.send(method, path, body, headers)
      expect([method, answer.status, answer.body.type]).toEqual([method, 403, 'urn:crmux:problem:other-site'])
    }
    expect((await page.get('/deals')).body.data).toEqual([])
  })

  test('is not taken for a write from a client that says nothing', async () => {
    const { session } = await browser()
    const { status } = await request(`${origin}/api/v1/deals`, {
      method: 'POST',
      headers: { cookie: `crmux_session=${session}` },
      body: { title: 'Forged' },
    })
    expect(status).toBe(403)
  })

  test('is taken from the page itself: by origin, or behind a proxy by what the browser says', async () => {
    const { session } = await browser()
    const page = clientOf({ origin, token: undefined, always: { cookie: `a=b; crmux_session=${session}; c=d` } })
    expect((await page.post('/deals', { title: 'One' }, { origin })).status).toBe(201)
    const proxied = { origin: 'https://crm.example', 'sec-fetch-site': 'same-origin' }
    expect((await page.post('/deals', { title: 'Two' }, proxied)).status).toBe(201)
    const old = { origin: 'https://crm.example' }
    expect((await page.post('/deals', { title: 'Three' }, old)).status).toBe(403)
  })

  test('signs nobody in for another site', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
      expect((await signIn(word, ada.email, headers)).status).toBe(403)
  })

  test('stands back behind a token, even a wrong one', async () => {
    const { session } = await browser()
    const other = await app.workspace()
    const cookie = `crmux_session=${session}`
    const get = (authorization: string) => request(`${origin}/api/v1/me`, { headers: { cookie, authorization } })
    expect((await get(`Bearer ${other.token}`)).body).toMatchObject({ workspace: { id: other.workspace.id } })
    for (const wrong of [`Bearer ${'0'.repeat(64)}`, 'Bearer', 'Basic YTpi', ''])
      expect([wrong, (await get(wrong)).status]).toEqual([wrong, 401])
    // And a session is no token.
    expect((await clientOf({ origin, token: session }).get('/me')).status).toBe(401)
    expect((await browserOf({ origin, session: ws.token }).get('/me')).status).toBe(401)
  })

  test('opens no vendor’s API', async () => {
    const { session } = await browser()
    const paths: Record<string, string> = {
      sell: '/sell/v2/stages',
      pipedrive: '/pipedrive/api/v2/stages',
      pipeback: '/pipeback/app/pipelines',
      productive: '/productive/api/v2/pipelines',
      amocrm: '/amocrm/api/v4/leads/pipelines',
    }
    for (const { name } of dialects.filter((dialect) => dialect.name !== 'native')) {
      const cookie = `crmux_session=${session}; session_id=${session}`
      const headers = { cookie, origin, 'x-organization-id': String(ws.workspace.id), 'x-workspace-id': ws.workspace.uuid }
      const answer = await request(origin + (paths[name] ?? ''), { headers: { ...headers, 'sec-fetch-site': 'same-origin' } })
      expect([name, answer.status]).toEqual([name, 401])
    }
  })

  test.each(['', 'x', '0'.repeat(64), '"', 'é', '%00', 'a'.repeat(300), "' or 1=1 --"])('says nothing as %j', async (value) => {
    const answer = await request(`${origin}/api/v1/me`, { headers: { cookie: `crmux_session=${encodeURI(value)}` } })
    expect(answer.status).toBe(401)
  })

  test('and what a browser calls itself carry nothing into headers or the list', async () => {
    const agent = `Mozilla ${'x'.repeat(400)}`
    const answer = await signIn(word, ada.email, { 'user-agent': agent })
    expect(answer.headers.get('set-cookie')?.split('\n')).toHaveLength(1)
    const { body } = await browserOf({ origin, session: secretIn(answer) }).get('/sessions')
    expect(body.data[0].userAgent).toBe(agent.slice(0, 255))
  })
})

test('native: the log has neither passwords nor secrets', async () => {
  let logged = ''
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged += chunk
      done()
    },
  })
  const server = createServer({ dialects, registry: app.registry, logger: pino({ level: 'trace' }, sink), now: () => clock.at })
  const [{ port } = { port: 0 }] = await server.listen({ host: '127.0.0.1', port: 0 })
  const there = `http://127.0.0.1:${port}`
  const noisy = clientOf({ origin: there, token: undefined, always: { origin: there } })
  const { secret } = await inviteAsOperator(ws.scope.store, { email: 'bo@example.com', name: 'Bo' }, clock.at)
  const entered = await noisy.post('/welcome', { secret, password: word })
  const session = secretIn(entered)
  await noisy.post('/session', { email: 'bo@example.com', password: 'not it at all' })
  const page = browserOf({ origin: there, session })
  await page.post('/me/password', { current: word, password: 'a louder valley' })
  await page.get('/sessions')
  await page.delete('/session')
  await server.close()
  expect(logged.match(/"msg":"request"/g)?.length).toBe(5)
  for (const text of [secret, session, word, 'not it at all', 'a louder valley', 'bo@example.com'])
    expect(logged).not.toContain(text)
})
