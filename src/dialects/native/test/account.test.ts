import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { clientOf } from './client.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

async function open() {
  const ws = await app.workspace()
  return { ws, api: clientOf({ origin: app.origin, token: ws.token }) }
}

test('native: who am I is told exactly as the operating contract says', async () => {
  const { ws, api } = await open()
  const { status, body } = await api.get('/me')
  expect(status).toBe(200)
  expect(body).toEqual({
    user: { id: ws.admin.id, uuid: ws.admin.uuid, name: ws.admin.name, email: ws.admin.email, role: 'admin' },
    workspace: {
      id: ws.workspace.id,
      uuid: ws.workspace.uuid,
      name: ws.workspace.name,
      subdomain: ws.workspace.subdomain,
      currency: 'USD',
    },
  })
})

test('native: a workspace changes what is named and keeps the rest', async () => {
  const { ws, api } = await open()
  const changed = await api.patch('/workspace', { features: { probability: false }, rates: { EUR: 1.08 } })
  expect(changed.status).toBe(200)
  expect(changed.body.data).toMatchObject({ features: { probability: false }, rates: { EUR: 1.08 }, name: ws.workspace.name })
  expect((await api.patch('/workspace', { timeZone: 'Europe/Berlin', features: {} })).body.data).toMatchObject({
    features: { probability: false },
    rates: { EUR: 1.08 },
    timeZone: 'Europe/Berlin',
  })
  expect((await api.get('/workspace')).body.data.timeZone).toBe('Europe/Berlin')
})

test.each([
  [{ currency: 'XXZ' }, 'currency', 'unknown'],
  [{ timeZone: 'Mars/Olympus' }, 'timeZone', 'unknown'],
  [{ locale: 'no_such' }, 'locale', 'unknown'],
  [{ rates: { EUR: 0 } }, 'rates.EUR', 'range'],
  [{ rates: { NOPE: 1 } }, 'rates.NOPE', 'unknown'],
  [{ name: ' ' }, 'name', 'blank'],
  [{ subdomain: 'taken' }, 'subdomain', 'unknown'],
])('native: a workspace refuses %j by its field', async (body, field, rule) => {
  const { api } = await open()
  const answer = await api.patch('/workspace', body)
  expect(answer.status).toBe(422)
  expect(answer.body.errors).toEqual([expect.objectContaining({ field, rule })])
})

describe('native: members', () => {
  test('are added, found, listed and changed', async () => {
    const { api } = await open()
    const email = `Bea-${Date.now()}@Example.com`
    const made = await api.post('/users', { name: 'Bea', email, role: 'manager' })
    expect(made.status).toBe(201)
    const { id } = made.body.data
    expect(made.headers.get('location')).toBe(`${app.origin}/api/v1/users/${id}`)
    expect(made.body.data).toMatchObject({
      name: 'Bea',
      email: email.toLowerCase(),
      role: 'manager',
      phone: null,
      isActive: true,
    })
    expect((await api.get(`/users/${id}`)).body.data).toEqual(made.body.data)
    expect((await api.get(`/users?email=${encodeURIComponent(email)}`)).body.data).toHaveLength(1)
    expect((await api.get('/users?role=manager')).body.data.map((user: { id: number }) => user.id)).toEqual([id])
    expect((await api.patch(`/users/${id}`, { isActive: false })).body.data.isActive).toBe(false)
    expect((await api.get('/users?isActive=false')).body.data).toHaveLength(1)
    const again = await api.post('/users', { name: 'Bea', email })
    expect(again.body.errors).toEqual([{ field: 'email', rule: 'duplicate', message: 'is taken' }])
  })

  test('change their own name, and nobody else’s unless they are admins', async () => {
    const { ws, api } = await open()
    const member = await ws.member('member')
    const own = clientOf({ origin: app.origin, token: member.token })
    expect((await own.patch(`/users/${member.user.id}`, { name: 'Renamed' })).body.data.name).toBe('Renamed')
    expect((await own.patch(`/users/${member.user.id}`, { role: 'admin' })).status).toBe(403)
    expect((await own.patch(`/users/${ws.admin.id}`, { name: 'Hacked' })).status).toBe(403)
    expect((await api.patch(`/users/${ws.admin.id}`, { role: 'viewer' })).status).toBe(403)
  })

  test('are paged by key', async () => {
    const { ws, api } = await open()
    for (let i = 0; i < 4; i++) await ws.member('viewer')
    const first = await api.get('/users?limit=3')
    expect(first.body.data).toHaveLength(3)
    const second = await api.get(`/users?limit=3&cursor=${first.body.next}`)
    expect(second.body.data).toHaveLength(2)
    expect(second.body.next).toBeNull()
  })
})

describe('native: tokens', () => {
  test('show their secret once, work until they are revoked, and stay listed', async () => {
    const { api } = await open()
    const made = await api.post('/tokens', { label: 'importer' })
    expect(made.status).toBe(201)
    const { id, secret } = made.body.data
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    expect((await clientOf({ origin: app.origin, token: secret }).get('/me')).status).toBe(200)
    const listed = await api.get('/tokens')
    expect(listed.text).not.toContain(secret)
    expect(listed.body.data.map((token: { id: number }) => token.id)).toContain(id)
    expect((await api.get(`/tokens/${id}`)).body.data).toMatchObject({ id, label: 'importer', revokedAt: null })
    expect((await api.delete(`/tokens/${id}`)).status).toBe(204)
    expect((await clientOf({ origin: app.origin, token: secret }).get('/me')).status).toBe(401)
    expect((await api.get(`/tokens/${id}`)).body.data.revokedAt).not.toBeNull()
  })

  test('an answer kept for a repeated request does not hold the secret', async () => {
    const { ws, api } = await open()
    const headers = { 'idempotency-key': 'one' }
    const first = await api.post('/tokens', { label: 'x' }, headers)
    const second = await api.post('/tokens', { label: 'x' }, headers)
    expect(second.status).toBe(201)
    expect(second.body.data).toEqual({ ...first.body.data, secret: null })
    const kept = await ws.scope.store.answers.get(`native:${ws.admin.id}:one`)
    expect(kept?.body).toContain('"secret":null')
    expect(kept?.body).not.toContain(first.body.data.secret)
  })

  test('of others are seen, made and revoked by admins alone', async () => {
    const { ws, api } = await open()
    const member = await ws.member('member')
    const own = clientOf({ origin: app.origin, token: member.token })
    const theirs = (await own.get('/tokens')).body.data
    expect(theirs).toHaveLength(1)
    const foreign = (await api.get('/tokens')).body.data.find((token: { userId: number }) => token.userId === ws.admin.id)
    for (const method of ['GET', 'DELETE']) expect((await own.send(method, `/tokens/${foreign.id}`)).status).toBe(404)
    expect((await own.post('/tokens', { userId: ws.admin.id })).status).toBe(403)
    expect((await api.post('/tokens', { userId: member.user.id })).body.data.userId).toBe(member.user.id)
    expect((await api.delete(`/tokens/${theirs[0].id}`)).status).toBe(204)
    expect((await own.get('/me')).status).toBe(401)
  })

  test('end by themselves', async () => {
    const { api } = await open()
    const made = await api.post('/tokens', { expiresAt: '2020-01-01T00:00:00+02:00' })
    expect(made.body.data.expiresAt).toBe('2019-12-31T22:00:00.000Z')
    expect((await clientOf({ origin: app.origin, token: made.body.data.secret }).get('/me')).status).toBe(401)
  })
})

test.each([[undefined], ['nonsense'], ['0'.repeat(64)]])('native: without a valid token (%s) nobody gets in', async (token) => {
  const api = clientOf({ origin: app.origin, token })
  const { status, body, headers } = await api.get('/deals')
  expect(status).toBe(401)
  expect(headers.get('www-authenticate')).toContain('Bearer')
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(body).toMatchObject({ type: 'urn:crmux:problem:unauthenticated', title: 'Unauthenticated', status: 401 })
  expect(body.instance).toBe(`urn:uuid:${headers.get('x-request-id')}`)
})
