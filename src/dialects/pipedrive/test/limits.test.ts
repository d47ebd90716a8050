import type { FastifyRequest } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, request, type TestApp } from '../../../../test/support/app.ts'
import { metering } from '../limits.ts'
import { account, type Caller, caller } from './caller.ts'

const clock = { at: Date.parse('2026-05-15T10:00:00Z') }
let shown: TestApp
let enforced: TestApp

beforeAll(async () => {
  shown = await openTestApp({ now: () => clock.at })
  enforced = await openTestApp({ now: () => clock.at, enforceLimits: true })
})
afterAll(async () => {
  await shown.close()
  await enforced.close()
})

const left = ({ headers }: { headers: Headers }): number => Number(headers.get('x-daily-ratelimit-token-remaining'))
const limits = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'x-daily-ratelimit-token-limit']

test('pipedrive 11, 12: every authenticated answer carries both limits, errors and unknown paths too', async () => {
  const pd = caller(shown, await shown.workspace({ template: 'pipedrive' }))
  for (const path of [
    '/api/v2/stages',
    '/v1/stages',
    '/api/v2/stages/1',
    '/api/v2/stages?x=1',
    '/api/v2/nothing',
    '/v1/nothing',
  ]) {
    const { headers } = await pd.get(path)
    for (const name of limits) expect(headers.get(name), `${name} of ${path}`).toMatch(/^\d+$/)
  }
  const anonymous = await request(`${shown.origin}/pipedrive/api/v2/stages`)
  expect(anonymous.headers.get('x-ratelimit-limit')).toBeNull()
})

test('pipedrive 12, 23, 62: what is left of the day falls by what the call costs', async () => {
  const pd = caller(shown, await shown.workspace({ template: 'pipedrive' }))
  const { pipeline, stage } = await account(pd)
  const deal = (await pd.post('/api/v2/deals', { title: 'Acme' })).body.data.id
  const spare = (await pd.post('/api/v2/stages', { name: 'Spare', pipeline_id: pipeline.id })).body.data.id
  const costs: [cost: number, call: (pd: Caller) => Promise<{ headers: Headers }>][] = [
    [5, (pd) => pd.get('/api/v2/stages')],
    [1, (pd) => pd.get(`/api/v2/stages/${stage(0)}`)],
    [5, (pd) => pd.post('/api/v2/stages', { name: 'Added', pipeline_id: pipeline.id })],
    [5, (pd) => pd.patch(`/api/v2/stages/${stage(0)}`, { name: 'Changed' })],
    [3, (pd) => pd.delete(`/api/v2/stages/${spare}`)],
    [5, (pd) => pd.get('/api/v2/pipelines')],
    [1, (pd) => pd.get(`/api/v2/pipelines/${pipeline.id}`)],
    [5, (pd) => pd.post('/api/v2/pipelines', { name: 'Second' })],
    [5, (pd) => pd.patch(`/api/v2/pipelines/${pipeline.id}`, { name: 'First' })],
    [10, (pd) => pd.get('/api/v2/deals')],
    [20, (pd) => pd.get('/api/v2/deals/archived')],
    [1, (pd) => pd.get(`/api/v2/deals/${deal}`)],
    [5, (pd) => pd.post('/api/v2/deals', { title: 'Globex' })],
    [5, (pd) => pd.patch(`/api/v2/deals/${deal}`, { title: 'Acme Corp' })],
    [20, (pd) => pd.get('/api/v2/deals/search?term=acme')],
    [3, (pd) => pd.delete(`/api/v2/deals/${deal}`)],
    [3, (pd) => pd.delete(`/api/v2/pipelines/${pipeline.id}`)],
    [0, (pd) => pd.get('/api/v2/nothing')],
  ]
  let before = left(await pd.get('/api/v2/nothing'))
  for (const [cost, call] of costs) {
    const after = left(await call(pd))
    expect(before - after, String(call)).toBe(cost)
    before = after
  }
})

test('the budget is the company’s, begins anew at midnight, and is only shown where limits are off', async () => {
  const ws = await shown.workspace({ template: 'pipedrive' })
  const other = await ws.member('member')
  expect(left(await caller(shown, ws).get('/api/v2/stages'))).toBe(149_995)
  expect(left(await caller(shown, other).get('/api/v2/stages'))).toBe(149_990)
  clock.at += 24 * 3_600_000
  expect(left(await caller(shown, ws).get('/api/v2/stages'))).toBe(149_995)
  const pd = caller(shown, ws)
  for (let i = 0; i < 25; i++) expect((await pd.get('/api/v2/nothing')).status).toBe(404)
  const { headers, status } = await pd.get('/api/v2/stages')
  expect([status, headers.get('x-ratelimit-remaining')]).toEqual([200, '0'])
})

test('pipedrive 81, 81a, 82: the 21st call within two seconds is 429 with nothing remaining', async () => {
  const ws = await enforced.workspace({ template: 'pipedrive' })
  const pd = caller(enforced, ws)
  clock.at = Date.parse('2026-05-17T10:00:00Z')
  for (let i = 0; i < 20; i++) {
    const { status, headers } = await pd.get('/api/v2/pipelines')
    expect([status, headers.get('x-ratelimit-remaining')]).toEqual([200, String(19 - i)])
  }
  const refused = await pd.post('/api/v2/pipelines', { name: 'Too many' })
  expect(refused.status).toBe(429)
  expect(refused.headers.get('x-ratelimit-remaining')).toBe('0')
  expect(refused.headers.get('x-ratelimit-reset')).toMatch(/^[1-9]\d*$/)
  expect(refused.body).toEqual({
    success: false,
    error: 'Request over limit',
    errorCode: 429,
    error_info: 'Please check developers.pipedrive.com',
  })
  // A refused call costs nothing, and nobody else's calls.
  expect(left(refused)).toBe(149_900)
  expect((await caller(enforced, await ws.member('member')).get('/api/v2/pipelines')).status).toBe(200)
  clock.at += 4000
  expect((await pd.list('/api/v2/pipelines')).body.data.length).toBe(1)
})

test('an OAuth client may call more often, a search less', async () => {
  const ws = await enforced.workspace({ template: 'pipedrive' })
  const bearer = await request(`${enforced.origin}/pipedrive/api/v2/stages`, { headers: { authorization: `Bearer ${ws.token}` } })
  expect(bearer.headers.get('x-ratelimit-limit')).toBe('80')
  const pd = caller(enforced, ws)
  for (let i = 0; i < 10; i++) expect((await pd.get('/api/v2/deals/search?term=acme')).status).toBe(200)
  expect((await pd.get('/api/v2/deals/search?term=acme')).status).toBe(429)
  expect((await pd.get('/api/v2/stages')).status).toBe(200)
})

test('pipedrive 81, 81a: a spent budget is 429 with something remaining, until midnight', async () => {
  const { workspace, admin: user } = await enforced.workspace({ template: 'pipedrive' })
  const meter = metering()
  const call = (cost: number) =>
    meter({
      // Of a request only the token's place is looked at.
      req: { headers: {}, query: {} } as unknown as FastifyRequest,
      credential: { workspace, user, tokenId: 1 },
      spec: { cost },
      host: {
        registry: enforced.registry,
        now: () => clock.at,
        enforceLimits: true,
        apis: [],
        targets: { fault: () => undefined },
        beforeClose: () => {},
        routes: [],
      },
    })
  expect(call(149_990).fault).toBeUndefined()
  expect(call(10).fault).toBeUndefined()
  for (let i = 0; i < 30; i++) {
    const { fault, headers = {} } = call(1)
    expect(fault?.kind).toBe('rate_limited')
    expect(headers['x-daily-ratelimit-token-remaining']).toBe('0')
    if (i < 18) expect(Number(headers['x-ratelimit-remaining'])).toBeGreaterThanOrEqual(1)
    expect(headers['x-ratelimit-reset']).toMatch(/^[1-9]\d*$/)
  }
  clock.at += 24 * 3_600_000
  expect(call(1).fault).toBeUndefined()
})
