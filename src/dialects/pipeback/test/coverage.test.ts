import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { coverage } from '../coverage.ts'
import { clientIn } from './client.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

const named = ({ method, path }: { method: string; path: string }) => `${method} ${path}`

test('what is covered is what is served', () => {
  const served = app.server.routes.filter(({ dialect }) => dialect === 'pipeback').map(({ method, url }) => `${method} ${url}`)
  const covered = coverage.filter(({ status }) => status !== 'absent').map(named)
  expect(covered.toSorted()).toEqual(served.toSorted())
  expect(new Set(coverage.map(named)).size).toBe(coverage.length)
})

test('whatever is not whole says why', () => {
  for (const { status, why } of coverage) expect(status === 'full').toBe(why === undefined)
})

test('what is absent answers like an unknown path or method', async () => {
  const client = clientIn(app, await app.workspace({ template: 'pipeback' }))
  const absent = coverage.filter(({ status }) => status === 'absent')
  expect(absent.length).toBeGreaterThan(0)
  for (const { method, path } of absent) {
    const isKnown = coverage.some((other) => other.path === path && other.status !== 'absent')
    expect([path, (await client.send(method, path)).status]).toEqual([path, isKnown ? 405 : 404])
  }
})
