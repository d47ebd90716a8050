import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { coverage } from '../coverage.ts'
import { admin, doc } from './caller.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

const named = (list: readonly { method: string; path: string }[]) => list.map(({ method, path }) => `${method} ${path}`)

test('every route is listed, everything listed as answered has a route, and nothing is listed twice', () => {
  const routes = app.server.routes.filter(({ dialect }) => dialect === 'productive')
  const opened = named(routes.map(({ method, url }) => ({ method, path: url }))).sort()
  const answered = named(coverage.filter(({ status }) => status !== 'absent')).sort()
  expect(answered).toEqual(opened)
  expect(new Set(named(coverage)).size).toBe(coverage.length)
})

test('whatever is not full says why, and what is absent is answered as an unknown path', async () => {
  const pd = admin(app, await app.workspace({ template: 'productive' }))
  for (const { method, path, status, why } of coverage) {
    const call = `${method} ${path}`
    if (status !== 'full') expect(why, call).toMatch(/^[A-Z].+\.$/)
    if (status !== 'absent') continue
    const body = method === 'GET' || method === 'DELETE' ? undefined : doc('things')
    const answer = await pd.send(method, path.replace('/api/v2', '').replace(/:\w+/g, '1'), { body })
    expect({ call, status: answer.status, code: answer.body.errors[0].code }).toEqual({ call, status: 404, code: 'not_found' })
  }
})
