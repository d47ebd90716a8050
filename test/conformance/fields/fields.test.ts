import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../support/app.ts'
import type { Driver } from '../../support/driver.ts'
import { drivers } from '../../support/drivers.ts'
import { deals, furnish, type Noun, pipelines, stages } from './nouns.ts'
import { type Standing, standingsOf } from './observe.ts'
import { pageOf } from './page.ts'

/** Law 2, field by field: what each dialect can say of each field of the model, and that saying it touches nothing else. */

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

const template = {
  pipeline: 'Sales',
  hasProbability: true,
  stages: [
    { name: 'Lead', probability: 10 },
    { name: 'Talk', probability: 40 },
    { name: 'Offer', probability: 70 },
  ],
}

// Each noun is a Noun of its own record; together they only need what they have in common.
const nouns = [deals, stages, pipelines] as unknown as readonly Noun[]

async function observe(driver: Driver, noun: Noun): Promise<Map<string, Standing>> {
  const workspace = await app.workspace({ template })
  const client = driver.connect({ origin: app.origin, workspace })
  const place = await furnish(workspace)
  return standingsOf(noun, { name: driver.name, client, scope: workspace.scope, place, writtenAs: driver.writtenAs ?? {} })
}

const observed = new Map<string, Promise<Map<string, Standing>>>()

/** Observed once, for the law and for the page. */
function standings(driver: Driver, noun: Noun): Promise<Map<string, Standing>> {
  const key = `${driver.name} ${noun.title}`
  const known = observed.get(key) ?? observe(driver, noun)
  observed.set(key, known)
  return known
}

for (const noun of nouns) {
  test.each(drivers)(
    `${noun.title} through $name: what is written of a field touches nothing else`,
    { timeout: 120_000 },
    async (driver) => {
      const found = await standings(driver, noun)
      expect([...found.keys()]).toEqual(Object.keys(noun.rows))
      // Everybody keeps the name, or shows it at least.
      expect(found.get('title') ?? found.get('name')).not.toBe('absent')
    },
  )
}

test('docs/fields.md is what was observed', { timeout: 600_000 }, async () => {
  const tables = []
  for (const noun of nouns) {
    const columns = []
    // One after the other: what is overheard is everything that is fetched.
    for (const driver of drivers) columns.push({ name: driver.name, standings: await standings(driver, noun) })
    tables.push({ title: noun.title, fields: Object.keys(noun.rows), columns })
  }
  const page = pageOf(tables)
  const file = new URL('../../../docs/fields.md', import.meta.url)
  if (process.env.UPDATE_DOCS) writeFileSync(file, page)
  const written = existsSync(file) ? readFileSync(file, 'utf8') : ''
  expect(written === page ? '' : page, 'docs/fields.md is not what was observed: run `npm run docs`').toBe('')
})
