import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { changeMember } from '../../../domain/user.ts'
import { changeWorkspace } from '../../../domain/workspace.ts'
import { type Client, clientIn, codesOf } from './client.ts'

let app: TestApp
let ws: TestWorkspace
let client: Client

beforeAll(async () => {
  app = await openTestApp({ now: () => Date.parse('2026-07-01T12:00:00Z') })
  ws = await app.workspace({ template: 'sell', currency: 'PLN' })
  client = clientIn(app, ws)
})
afterAll(() => app.close())

test('sell 67: users/self says who the token is', async () => {
  const { status, body } = await client.get('/v2/users/self')
  expect([status, body.meta]).toEqual([200, { type: 'user' }])
  expect(body.data).toEqual({
    id: ws.admin.id,
    name: 'Ada Admin',
    email: ws.admin.email,
    status: 'active',
    invited: false,
    confirmed: true,
    phone_number: null,
    role: 'admin',
    roles: [{ id: 1, name: 'Admin' }],
    team_name: null,
    group: null,
    reports_to: null,
    timezone: 'UTC+00:00',
    zendesk_user_id: null,
    created_at: '2026-07-01T12:00:00Z',
    updated_at: '2026-07-01T12:00:00Z',
    deleted_at: null,
  })
  expect((await client.get(`/v2/users/${ws.admin.id}`)).body).toEqual(body)
  const agent = await ws.member('viewer')
  expect((await clientIn(app, agent).get('/v2/users/self')).body.data).toMatchObject({ id: agent.user.id, role: 'user' })
})

test('sell 68: accounts/self gives the currency and the time format', async () => {
  const { status, body } = await client.get('/v2/accounts/self')
  expect([status, body.meta]).toEqual([200, { type: 'account' }])
  expect(body.data).toEqual({
    id: ws.workspace.id,
    name: ws.workspace.name,
    currency: 'PLN',
    time_format: '12H',
    timezone: 'UTC+00:00',
    phone: null,
    created_at: '2026-07-01T12:00:00Z',
    updated_at: '2026-07-01T12:00:00Z',
  })
  await changeWorkspace(ws.scope, { locale: 'pl-PL', timeZone: 'Europe/Warsaw' })
  expect((await client.get('/v2/accounts/self')).body.data).toMatchObject({ time_format: '24H', timezone: 'UTC+02:00' })
  await changeWorkspace(ws.scope, { locale: 'en-US', timeZone: 'UTC' })
})

test('users are filtered, sorted and paged, and cannot be written', async () => {
  const here = await app.workspace({ template: 'sell' })
  const mine = clientIn(app, here)
  const zoe = await here.member('member', 'Zoe')
  const bob = await here.member('manager', 'Bob')
  await changeMember(here.scope, bob.user.id, { isActive: false })
  const named = async (query: string) => (await mine.list(`/v2/users?${query}`)).map(({ name }) => name)
  expect(await named('page=1')).toEqual(['Ada Admin', 'Zoe', 'Bob'])
  expect(await named('sort_by=name:desc')).toEqual(['Zoe', 'Bob', 'Ada Admin'])
  expect(await named('sort_by=created_at')).toEqual(['Ada Admin', 'Zoe', 'Bob'])
  expect(await named('page=2&per_page=2')).toEqual(['Bob'])
  expect(await named('role=admin')).toEqual(['Ada Admin'])
  expect(await named('role=user')).toEqual(['Zoe', 'Bob'])
  expect(await named('role_id=2')).toEqual(['Bob'])
  expect(await named('status=inactive')).toEqual(['Bob'])
  expect(await named('status=active&role=user')).toEqual(['Zoe'])
  expect(await named('confirmed=false')).toEqual([])
  expect(await named('confirmed=true')).toHaveLength(3)
  expect(await named('zendesk_user_ids=5')).toEqual([])
  expect(await named(`email=${zoe.user.email.toUpperCase()}`)).toEqual(['Zoe'])
  expect(await named('name=Zoe')).toEqual(['Zoe'])
  expect(await named(`ids=${zoe.user.id}`)).toEqual(['Zoe'])
  for (const bad of ['role=boss', 'status=gone', 'confirmed=1', 'sort_by=phone', 'identity_type=user']) {
    const answer = await mine.get(`/v2/users?${bad}`)
    expect([bad, answer.status, ...codesOf(answer)]).toEqual([bad, 400, 'invalid_param'])
  }
  expect((await mine.get('/v2/users/4711')).status).toBe(404)
  expect((await mine.send('PUT', '/v2/users/self', { data: { name: 'x' } })).status).toBe(405)
  expect((await mine.send('POST', '/v2/users', { data: { name: 'x' } })).status).toBe(405)
  expect((await mine.send('PUT', '/v2/accounts/self', { data: { name: 'x' } })).status).toBe(405)
})
