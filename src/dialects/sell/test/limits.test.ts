import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { clientIn, codesOf } from './client.ts'

let app: TestApp
let now = Date.parse('2026-03-01T10:00:00Z')

beforeAll(async () => {
  app = await openTestApp({ now: () => now, enforceLimits: true })
})
afterAll(() => app.close())

const second = 1_000

test('sell 37: the eleventh request of a second is one too many, for this token alone', async () => {
  const ws = await app.workspace({ template: 'sell' })
  const client = clientIn(app, ws)
  for (let n = 0; n < 10; n++) expect((await client.get('/v2/users/self')).status).toBe(200)
  const answer = await client.get('/v2/users/self')
  expect([answer.status, answer.body.meta.http_status, ...codesOf(answer)]).toEqual([
    429,
    '429 Too Many Requests',
    'rate_limit_exceeded',
  ])
  expect([...answer.headers.keys()].filter((name) => /rate|retry/.test(name))).toEqual([])
  const write = await client.post('/v2/loss_reasons', { name: 'Not written' })
  expect(write.status).toBe(429)
  expect((await clientIn(app, await ws.member('member')).get('/v2/users/self')).status).toBe(200)
  now += 2 * second
  expect(await client.list('/v2/loss_reasons')).toEqual([])
})

test('at ten a second a token gets its 36,000 an hour, and no more', async () => {
  const client = clientIn(app, await app.workspace({ template: 'sell' }))
  let allowed = 0
  for (let n = 0; n < 100; n++) {
    now += 50
    if ((await client.get('/v2/users/self')).status === 200) allowed++
  }
  // Five seconds at twice the speed; the window slides, so a request of the second before may still count.
  expect(allowed).toBeGreaterThanOrEqual(45)
  expect(allowed).toBeLessThanOrEqual(60)
})

test('limits are the host’s choice', async () => {
  const open = await openTestApp()
  const client = clientIn(open, await open.workspace({ template: 'sell' }))
  const statuses = await Promise.all(Array.from({ length: 30 }, async () => (await client.get('/v2/users/self')).status))
  expect(new Set(statuses)).toEqual(new Set([200]))
  await open.close()
})
