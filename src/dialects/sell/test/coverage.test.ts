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
  const served = app.server.routes.filter(({ dialect }) => dialect === 'sell').map(({ method, url }) => `${method} ${url}`)
  const covered = coverage.filter(({ status }) => status !== 'absent').map(named)
  expect(covered.toSorted()).toEqual(served.toSorted())
  expect(new Set(coverage.map(named)).size).toBe(coverage.length)
})

test('whatever is not whole says why', () => {
  for (const { status, why } of coverage) expect(status === 'full').toBe(why === undefined)
})

test('what is absent answers like an unknown path', async () => {
  const client = clientIn(app, await app.workspace({ template: 'sell' }))
  for (const { method, path } of coverage.filter(({ status }) => status === 'absent')) {
    const { status, body } = await client.send(method, path.replaceAll(/:\w+/g, '1'))
    expect([path, status, body.errors[0]?.error.details]).toEqual([path, 404, 'Requested path was not found.'])
  }
})
