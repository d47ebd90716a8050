import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { compatibilityPage, folder, testsOf } from './compatibility.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

const spoken = dialects.map((dialect) => [dialect.name, dialect] as const)

test('every dialect has a page, and every page a dialect', () => {
  expect(readdirSync(folder).sort(), 'run `npm run docs`').toEqual(spoken.map(([name]) => `${name}.md`).sort())
})

test.each(spoken)('the page of %s says what is so', (name, dialect) => {
  const page = readFileSync(join(folder, `${name}.md`), 'utf8')
  // Compared as one truth, so that vitest does not print two pages: the message says what to do.
  expect(
    page === compatibilityPage(dialect, app.server.routes),
    `docs/compatibility/${name}.md is old: run \`npm run docs\``,
  ).toBe(true)
})

test.each(spoken)('the coverage of %s is what its router has', (name, { coverage }) => {
  const named = (list: readonly { method: string; path: string }[]) => list.map(({ method, path }) => `${method} ${path}`).sort()
  const routes = app.server.routes.filter(({ dialect }) => dialect === name)
  const answered = coverage.filter(({ status }) => status !== 'absent')
  expect(named(answered)).toEqual(named(routes.map(({ method, url }) => ({ method, path: url }))))
  for (const { method, path, status, why } of coverage) expect(why === undefined, `${method} ${path}`).toBe(status === 'full')
})

test.each(spoken)('each difference of %s is shown by a test of its own folder', (_name, dialect) => {
  const titles = testsOf(dialect)
  const untested = (dialect.differences ?? []).filter(({ test }) => !titles.has(test)).map(({ test }) => test)
  expect(untested).toEqual([])
})
