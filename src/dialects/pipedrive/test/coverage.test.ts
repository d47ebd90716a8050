import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { coverage } from '../coverage.ts'
import { caller } from './caller.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

const named = (list: readonly { method: string; path: string }[]) => list.map(({ method, path }) => `${method} ${path}`)

test('every route is listed, everything listed as answered has a route, and nothing is listed twice', () => {
  const routes = app.server.routes.filter(({ dialect }) => dialect === 'pipedrive')
  const opened = named(routes.map(({ method, url }) => ({ method, path: url }))).sort()
  const answered = named(coverage.filter(({ status }) => status !== 'absent')).sort()
  expect(answered).toEqual(opened)
  expect(new Set(named(coverage)).size).toBe(coverage.length)
})

test('whatever is not full says why, and what is absent is answered as an unknown path', async () => {
  const pd = caller(app, await app.workspace({ template: 'pipedrive' }))
  for (const { method, path, status, why } of coverage) {
    if (status !== 'full') expect(why, `${method} ${path}`).toMatch(/^[A-Z].+\.$/)
    if (status !== 'absent') continue
    const answer = await pd.send(method, path.replace(/:\w+/g, '1'), method === 'GET' || method === 'DELETE' ? undefined : {})
    // A path that is known with another method says so.
    expect([404, 405], `${method} ${path}`).toContain(answer.status)
    expect(answer.body.success).toBe(false)
  }
})
