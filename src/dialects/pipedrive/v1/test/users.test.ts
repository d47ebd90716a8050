import { afterAll, beforeEach, expect, test } from 'vitest'
import { openTestApp, type TestWorkspace } from '../../../../../test/support/app.ts'
import { changeMember } from '../../../../domain/user.ts'
import { changeWorkspace } from '../../../../domain/workspace.ts'
import { clockAt, speakV1, type V1 } from './served.ts'

const clock = clockAt('2026-05-15T10:13:14Z')
const app = await openTestApp({ now: clock.now })
afterAll(() => app.close())

let ws: TestWorkspace
let v1: V1
beforeEach(async () => {
  clock.reset()
  ws = await app.workspace({ template: 'pipedrive' })
  v1 = speakV1(app, ws.token)
})

test('pipedrive 76: users/me carries the company, its domain and the language', async () => {
  await changeWorkspace(ws.scope, { timeZone: 'Europe/Berlin', locale: 'de-DE' })
  expect((await v1.get('/users/me')).body.data).toEqual({
    id: ws.admin.id,
    name: 'Ada Admin',
    default_currency: 'USD',
    locale: 'de_DE',
    lang: 1,
    email: ws.admin.email,
    phone: null,
    activated: true,
    last_login: '2026-05-15 10:13:14',
    created: '2026-05-15 10:13:14',
    modified: '2026-05-15 10:13:14',
    has_created_company: true,
    access: [
      { app: 'sales', admin: true, permission_set_id: expect.any(String) },
      { app: 'global', admin: true, permission_set_id: expect.any(String) },
      { app: 'account_settings', admin: true, permission_set_id: expect.any(String) },
    ],
    active_flag: true,
    timezone_name: 'Europe/Berlin',
    timezone_offset: '+02:00',
    role_id: 1,
    icon_url: null,
    is_you: true,
    is_deleted: false,
    is_admin: 1,
    company_id: ws.workspace.id,
    company_name: ws.workspace.name,
    company_domain: ws.workspace.subdomain,
    company_country: 'DE',
    company_industry: null,
    language: { language_code: 'de', country_code: 'DE' },
  })
})

test('pipedrive 77: GET /v1/users is not paged, whatever is asked, and says company_id', async () => {
  clock.pass(1000)
  const bob = await ws.member('member', 'Bob')
  const answer = await v1.get('/users?start=1&limit=1')
  expect(answer.body.data.map((user: { name: string }) => user.name)).toEqual(['Ada Admin', 'Bob'])
  expect(answer.body.additional_data).toEqual({ company_id: ws.workspace.id })
  expect(answer.body.data[1]).toMatchObject({ id: bob.user.id, is_you: false, is_admin: 0, has_created_company: false })
  expect(answer.body.data[1]).not.toHaveProperty('company_domain')
})

test('pipedrive 93: apps of access are among those that the PHP client knows', async () => {
  for (const role of ['manager', 'member', 'viewer'] as const) await ws.member(role)
  const known = ['global', 'sales', 'campaigns', 'projects', 'account_settings', 'partnership', 'nova']
  const users: { access: { app: string; permission_set_id: string }[] }[] = (await v1.get('/users')).body.data
  expect(users).toHaveLength(4)
  for (const { access } of users) for (const { app } of access) expect(known).toContain(app)
  const sets = users.map(({ access }) => access[0]?.permission_set_id)
  expect(new Set(sets).size).toBe(4)
})

test('users are found by name, or by e-mail when that is asked', async () => {
  const bob = await ws.member('member', 'Bobby Tables')
  const find = async (query: string) => (await v1.get(`/users/find?${query}`)).body.data.map(({ id }: { id: number }) => id)
  expect(await find('term=TABLE')).toEqual([bob.user.id])
  expect(await find('term=table&search_by_email=1')).toEqual([])
  expect(await find(`term=${bob.user.email.toUpperCase()}&search_by_email=1`)).toEqual([bob.user.id])
  expect(await find('term=%25')).toEqual([])
  expect((await v1.get('/users/find')).body.error).toBe('term must be given.')
})

test('one who has left is still shown, and one who is not there has an answer of its own', async () => {
  const bob = await ws.member('member', 'Bob')
  await changeMember(ws.scope, bob.user.id, { isActive: false })
  expect((await v1.get(`/users/${bob.user.id}`)).body.data).toMatchObject({ name: 'Bob', active_flag: false })
  const missing = await v1.get('/users/999999')
  expect([missing.status, missing.body]).toEqual([404, { success: false, error: 'User not found or not accessible.' }])
})

test('every currency that can be used is listed with its decimals and its sign', async () => {
  const { data } = (await v1.get('/currencies')).body
  expect(data.length).toBeGreaterThan(100)
  const of = (code: string) => data.find((currency: { code: string }) => currency.code === code)
  expect(of('KWD')).toMatchObject({ name: 'Kuwaiti Dinar', decimal_points: 3 })
  expect(of('USD')).toMatchObject({ name: 'US Dollar', decimal_points: 2, symbol: '$' })
  expect(of('JPY')).toMatchObject({ decimal_points: 0 })
  expect((await v1.get('/currencies?term=dinar')).body.data.length).toBeLessThan(20)
})

test('pipedrive 12: every call says what it costs', async () => {
  const deal = (await v1.post('/deals', { title: 'Deal' })).body.data
  const other = (await v1.post('/deals', { title: 'Other' })).body.data.id
  const stage = deal.stage_id
  const costs: [string, string, number, object?][] = [
    ['GET', '/stages', 10],
    ['GET', `/stages/${stage}`, 2],
    ['POST', '/stages', 10, { name: 'New', pipeline_id: deal.pipeline_id }],
    ['PUT', `/stages/${stage}`, 10, { name: 'Renamed' }],
    ['DELETE', `/stages/${stage}`, 6],
    ['DELETE', `/stages?ids=${stage}`, 10],
    ['GET', '/pipelines', 10],
    ['GET', `/pipelines/${deal.pipeline_id}`, 2],
    ['GET', `/pipelines/${deal.pipeline_id}/deals`, 20],
    ['POST', '/pipelines', 10, { name: 'New' }],
    ['PUT', `/pipelines/${deal.pipeline_id}`, 10, {}],
    ['DELETE', '/pipelines/999999', 6],
    ['GET', '/deals', 20],
    ['GET', '/deals/archived', 40],
    ['GET', '/deals/collection', 10],
    ['GET', `/deals/${deal.id}`, 2],
    ['POST', '/deals', 10, { title: 'New' }],
    ['PUT', `/deals/${deal.id}`, 10, {}],
    ['POST', `/deals/${deal.id}/duplicate`, 10],
    ['PUT', `/deals/${deal.id}/merge`, 40, { merge_with_id: other }],
    ['DELETE', `/deals/${deal.id}`, 6],
    ['DELETE', `/deals?ids=${other}`, 10],
    ['GET', '/users/me', 2],
    ['GET', '/users', 20],
    ['GET', `/users/${ws.admin.id}`, 2],
    ['GET', '/users/find?term=a', 40],
    ['GET', '/currencies', 20],
    ['GET', '/userSettings', 2],
    ['GET', '/filters?type=deals', 20],
    ['GET', '/persons', 20],
    ['GET', '/organizations', 20],
    ['GET', '/dealFields', 20],
  ]
  const left = (answer: { headers: Headers }) => Number(answer.headers.get('x-daily-ratelimit-token-remaining'))
  let before = left(await v1.get('/users/me'))
  for (const [method, path, cost, body] of costs) {
    const after = left(await v1.send(method, path, { body }))
    expect(before - after, `${method} ${path}`).toBe(cost)
    before = after
  }
})
