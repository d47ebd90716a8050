import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { inviteAsOperator } from '../../../domain/invitation.ts'
import { changeMember } from '../../../domain/user.ts'
import { type Answer, type Body, browserOf, type Client, clientOf } from './client.ts'

const clock = { at: Date.UTC(2026, 5, 1, 9) }
const day = 86_400_000
const app: TestApp = await openTestApp({ now: () => clock.at })
afterAll(() => app.close())
const { origin } = app
const stranger = clientOf({ origin, token: undefined, always: { origin } })

let ws: TestWorkspace
let admin: Client
let email: string
const word = 'a quiet hill'

beforeEach(async () => {
  clock.at += 2 * day
  ws = await app.workspace()
  admin = clientOf({ origin, token: ws.token })
  email = `bo@${ws.workspace.subdomain}.example`
})

const secretIn = (answer: Answer): string => answer.body.data.url.split('#')[1]
const invite = async (body: object = {}): Promise<string> =>
  secretIn(await admin.post('/invitations', { email, name: 'Bo', ...body }))
const check = (secret: string) => stranger.post('/welcome/check', { secret })
const accept = (secret: string, more: object = {}) => stranger.post('/welcome', { secret, password: word, ...more })
const sessionOf = (answer: Answer): Client => {
  const session = /^crmux_session=([0-9a-f]{64});/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? ''
  return browserOf({ origin, session })
}

describe('native: inviting', () => {
  test('answers with a link that is shown once, and lists what is open', async () => {
    const answer = await admin.post('/invitations', { email: email.toUpperCase(), role: 'manager' })
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store'])
    const { url, ...invitation } = answer.body.data
    expect(url).toMatch(new RegExp(`^${origin}/welcome#[0-9a-z]{50}$`))
    expect(invitation).toEqual({
      id: expect.any(Number),
      email,
      name: null,
      role: 'manager',
      invitedById: ws.admin.id,
      createdAt: new Date(clock.at).toISOString(),
      expiresAt: new Date(clock.at + 7 * day).toISOString(),
    })
    expect(answer.headers.get('location')).toBe(`${origin}/api/v1/invitations/${invitation.id}`)
    expect((await admin.get('/invitations')).body).toEqual({ data: [invitation], next: null })
    expect((await admin.get(`/invitations/${invitation.id}`)).body).toEqual({ data: invitation })
  })

  test('gives the link the address that the admin’s browser is at, and nobody else’s', async () => {
    const page = browserOf({ origin, session: await ws.session() })
    const behind = { origin: 'https://crm.example', 'sec-fetch-site': 'same-origin' }
    expect((await page.post('/invitations', { email }, behind)).body.data.url).toMatch(/^https:\/\/crm\.example\/welcome#/)
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'javascript://crm.example' },
      { 'x-forwarded-host': 'evil.example' },
    ])
      expect((await admin.post('/invitations', { email }, headers)).body.data.url).toMatch(`${origin}/welcome#`)
  })

  test('again makes a new link, and the old one ends', async () => {
    const [first, second] = [await invite(), await invite({ role: 'viewer' })]
    expect([(await check(first)).status, (await check(second)).status]).toEqual([404, 200])
    expect((await admin.get('/invitations')).body.data).toMatchObject([{ role: 'viewer' }])
  })

  test('repeated with the same key answers without the link', async () => {
    const key = { 'idempotency-key': 'once' }
    const first = await admin.post('/invitations', { email }, key)
    const again = await admin.post('/invitations', { email }, key)
    expect(again.body.data).toEqual({ ...first.body.data, url: null })
    expect((await check(secretIn(first))).status).toBe(200)
  })

  test.each<[string, object, string, string]>([
    ['no address', { email: 'nobody' }, 'email', 'format'],
    ['a header in the address', { email: 'bo@x.example\r\nBcc: all@x.example' }, 'email', 'format'],
    ['an unknown role', { role: 'owner' }, 'role', 'choice'],
    ['a blank name', { name: ' ' }, 'name', 'blank'],
    ['a long name', { name: 'x'.repeat(256) }, 'name', 'too_long'],
    ['something else', { password: word }, 'password', 'unknown'],
  ])('refuses %s', async (_name, body, field, rule) => {
    const answer = await admin.post('/invitations', { email, ...body })
    expect([answer.status, answer.body.errors?.[0]]).toMatchObject([422, { field, rule }])
    expect((await admin.get('/invitations')).body.data).toEqual([])
  })

  test('refuses whoever has left, until they are made active again', async () => {
    const { user } = await ws.member('member')
    await changeMember(ws.scope, user.id, { isActive: false })
    const answer = await admin.post('/invitations', { email: user.email })
    expect([answer.status, answer.body.errors[0]]).toMatchObject([422, { field: 'email', rule: 'not_allowed' }])
  })

  test('is for admins alone: others neither invite nor see who is', async () => {
    await invite()
    const { id } = (await admin.get('/invitations')).body.data[0]
    for (const role of ['viewer', 'member', 'manager'] as const) {
      const { token } = await ws.member(role)
      const api = clientOf({ origin, token })
      const answers = [
        await api.get('/invitations'),
        await api.get(`/invitations/${id}`),
        await api.delete(`/invitations/${id}`),
        await api.post('/invitations', { email: 'eve@x.example', role: 'admin' }),
      ]
      expect([role, ...answers.map(({ status }) => status)]).toEqual([role, 403, 403, 403, 403])
    }
    expect((await admin.get('/invitations')).body.data).toHaveLength(1)
  })

  test('of another workspace is unknown', async () => {
    const secret = await invite()
    const { id } = (await admin.get('/invitations')).body.data[0]
    const other = clientOf({ origin, token: (await app.workspace()).token })
    expect([(await other.get(`/invitations/${id}`)).status, (await other.delete(`/invitations/${id}`)).status]).toEqual([
      404, 404,
    ])
    expect((await other.get('/invitations')).body.data).toEqual([])
    // An address that is invited there can be invited here.
    expect((await other.post('/invitations', { email })).status).toBe(201)
    expect((await check(secret)).status).toBe(200)
  })
})

describe('native: accepting', () => {
  test('makes the member, sets the password, and signs in', async () => {
    const secret = await invite({ role: 'manager' })
    expect((await check(secret)).body.data).toEqual({
      email,
      name: 'Bo',
      role: 'manager',
      workspace: { name: ws.workspace.name },
      hasPassword: false,
      canChangeEmail: false,
    })
    const answer = await accept(secret, { name: 'Bo Bright' })
    expect([answer.status, answer.body.data.user]).toMatchObject([201, { name: 'Bo Bright', email, role: 'manager' }])
    const page = sessionOf(answer)
    expect((await page.get('/me')).body.user.email).toBe(email)
    expect((await admin.get('/invitations')).body.data).toEqual([])
    const { data } = (await admin.get(`/users?email=${email}`)).body
    expect(data).toMatchObject([{ name: 'Bo Bright', joinedAt: new Date(clock.at).toISOString() }])
    expect((await stranger.post('/session', { email, password: word })).status).toBe(201)
  })

  test('once: used, revoked, expired and invented links are one and the same', async () => {
    const used = await invite()
    expect((await accept(used)).status).toBe(201)
    const revoked = await invite({ email: `a${email}` })
    const { id } = (await admin.get('/invitations')).body.data[0]
    expect((await admin.delete(`/invitations/${id}`)).status).toBe(204)
    expect((await admin.delete(`/invitations/${id}`)).status).toBe(404)
    const expired = await invite({ email: `b${email}` })
    clock.at += 7 * day - 1
    expect((await check(expired)).status).toBe(200)
    clock.at += 1
    for (const secret of [used, revoked, expired, '0'.repeat(50), '', 'é', "' or 1=1 --"]) {
      const answers = [await check(secret), await accept(secret, { name: 'Eve' })]
      for (const { status, body } of answers) {
        expect([secret, status, body.type, body.detail]).toEqual([
          secret,
          404,
          'urn:crmux:problem:not-found',
          'There is no such invitation.',
        ])
      }
    }
    expect((await admin.get('/users')).body.data.map(({ name }: Body) => name)).not.toContain('Eve')
  })

  test('at the same moment is done once', async () => {
    const secret = await invite()
    const answers = await Promise.all([1, 2, 3, 4].map((n) => accept(secret, { name: `Bo ${n}` })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404, 404])
    expect((await admin.get('/users')).body.data.filter((user: Body) => user.email === email)).toHaveLength(1)
  })

  test.each<[string, object, string, string]>([
    ['a short password', { password: 'too short' }, 'password', 'range'],
    ['a password of many', { password: 'qwertyuiop' }, 'password', 'not_allowed'],
    ['the address for a password', {}, 'password', 'not_allowed'],
    ['a blank name', { name: '  ' }, 'name', 'blank'],
    ['another address', { email: 'eve@x.example' }, 'email', 'not_allowed'],
    ['a role', { role: 'admin' }, 'role', 'unknown'],
  ])('refuses %s, and the link stays good', async (name, body, field, rule) => {
    const secret = await invite()
    const answer = await accept(secret, name.startsWith('the address') ? { password: email } : body)
    expect([answer.status, answer.body.errors?.[0]]).toMatchObject([422, { field, rule }])
    expect((await accept(secret)).status).toBe(201)
  })

  test('asks somebody new for a name, where the invitation has none', async () => {
    const secret = secretIn(await admin.post('/invitations', { email }))
    const answer = await accept(secret)
    expect([answer.status, answer.body.errors?.[0]]).toMatchObject([422, { field: 'name', rule: 'required' }])
    expect((await accept(secret, { name: 'Bo' })).status).toBe(201)
  })

  test('lets a member in who had only tokens: name and role stay', async () => {
    const { user, token } = await ws.member('viewer', 'Vi')
    const answer = await accept(secretIn(await admin.post('/invitations', { email: user.email, role: 'admin' })))
    expect([answer.status, answer.body.data.user]).toMatchObject([201, { id: user.id, name: 'Vi', role: 'viewer' }])
    expect((await clientOf({ origin, token }).get('/me')).status).toBe(200)
  })

  test('again sets a new password for whoever forgot theirs, and ends their sessions', async () => {
    const page = sessionOf(await accept(await invite()))
    const again = await accept(await invite(), { password: 'a louder valley' })
    expect([again.status, again.body.data.user.name]).toEqual([201, 'Bo'])
    expect([(await page.get('/me')).status, (await sessionOf(again).get('/me')).status]).toEqual([401, 200])
    expect((await stranger.post('/session', { email, password: word })).status).toBe(401)
  })

  test('is not possible any more when the member was made inactive meanwhile', async () => {
    const { user } = await ws.member('member')
    const secret = secretIn(await admin.post('/invitations', { email: user.email }))
    await changeMember(ws.scope, user.id, { isActive: false })
    expect([(await check(secret)).status, (await accept(secret)).status]).toEqual([404, 404])
  })

  test('of another workspace’s invitation needs the password they have, and guessing it is held up as at sign-in', async () => {
    await accept(await invite())
    const other = clientOf({ origin, token: (await app.workspace()).token })
    const secret = secretIn(await other.post('/invitations', { email, name: 'Not Bo', role: 'admin' }))
    expect((await check(secret)).body.data.hasPassword).toBe(true)
    for (let i = 0; i < 5; i++) {
      const answer = await accept(secret, { password: `guess number ${i}` })
      expect([answer.status, answer.body.errors]).toEqual([422, [{ field: 'password', rule: 'not_found', message: 'is wrong' }]])
    }
    expect((await accept(secret)).status).toBe(429)
    clock.at += 30_000
    const answer = await accept(secret)
    expect([answer.status, answer.body.data.user.name, answer.body.data.workspaces.length]).toEqual([201, 'Not Bo', 2])
    expect((await admin.get(`/users?email=${email}`)).body.data[0].name).toBe('Bo')
  })

  test('is for no other site’s page to do', async () => {
    const secret = await invite()
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      expect((await stranger.post('/welcome', { secret, password: word }, headers)).status).toBe(403)
      expect((await stranger.post('/welcome/check', { secret }, headers)).status).toBe(403)
    }
  })
})

describe('native: an invitation of the command line', () => {
  const operator = async (place: TestWorkspace, address: string) =>
    (await inviteAsOperator(place.scope.store, { email: address, name: 'Ada' }, clock.at)).secret

  test('may give the first admin an address of their own, unless it is taken', async () => {
    const secret = await operator(ws, ws.admin.email)
    expect((await check(secret)).body.data).toMatchObject({ canChangeEmail: true, hasPassword: false, role: 'admin' })
    const { user } = await ws.member('viewer')
    const taken = await accept(secret, { email: user.email })
    expect([taken.status, taken.body.errors[0]]).toMatchObject([422, { field: 'email', rule: 'duplicate' }])
    expect((await accept(secret, { email: 'no address' })).body.errors[0]).toMatchObject({ field: 'email', rule: 'format' })
    const answer = await accept(secret, { email: `Ada.Real@${ws.workspace.subdomain}.example` })
    const real = `ada.real@${ws.workspace.subdomain}.example`
    expect([answer.status, answer.body.data.user]).toMatchObject([201, { id: ws.admin.id, email: real, role: 'admin' }])
    expect((await admin.get('/me')).body.user.email).toBe(real)
    expect((await stranger.post('/session', { email: real, password: word })).status).toBe(201)
  })

  test('changes no address that somebody signs in with, or that another workspace knows', async () => {
    expect((await accept(await operator(ws, ws.admin.email))).status).toBe(201)
    expect((await check(await operator(ws, ws.admin.email))).body.data.canChangeEmail).toBe(false)
    const shared = await app.workspace()
    await clientOf({ origin, token: (await app.workspace()).token }).post('/users', { name: 'Ada', email: shared.admin.email })
    const secret = await operator(shared, shared.admin.email)
    expect((await check(secret)).body.data.canChangeEmail).toBe(false)
    expect((await accept(secret, { email: 'eve@x.example' })).status).toBe(422)
  })

  test('sets a new password for anybody, wherever else they are', async () => {
    await accept(await invite())
    const other = await app.workspace()
    const secret = await operator(other, email)
    expect((await check(secret)).body.data.hasPassword).toBe(false)
    expect((await accept(secret, { password: 'a louder valley' })).status).toBe(201)
    expect((await stranger.post('/session', { email, password: word })).status).toBe(401)
    expect((await stranger.post('/session', { email, password: 'a louder valley' })).status).toBe(201)
  })
})

describe('native: members', () => {
  test('the last active admin stays one, also by session', async () => {
    const page = browserOf({ origin, session: await ws.session() })
    for (const patch of [{ role: 'member' }, { isActive: false }])
      expect((await page.patch(`/users/${ws.admin.id}`, patch)).status).toBe(403)
    const { user } = await ws.member('admin')
    const both = await Promise.all([
      page.patch(`/users/${ws.admin.id}`, { role: 'member' }),
      admin.patch(`/users/${user.id}`, { role: 'member' }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 403])
  })
})
