import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../support/app.ts'
import { within } from '../support/cli.ts'
import { drivers } from '../support/drivers.ts'

// Seconds by itself, more on a machine that is busy with the other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const folder = join(import.meta.dirname, '../../../shared/data/crm-sales')
const isThere = existsSync(join(folder, 'sales_pipeline.csv'))
if (!isThere) console.warn(`The real sales pipeline is not at ${folder}, so its import is not tested here.`)

/** A real pipeline of 8,800 deals with all its traps: no row is lost, and the sums are exact. */
describe.skipIf(!isThere)('the real sales pipeline', () => {
  let app: TestApp
  let ws: TestWorkspace
  let stdout = ''
  const importing = (what: string, file: string) =>
    within(['import', what, join(folder, file), '--create', '--data', app.directory, '--workspace', ws.workspace.subdomain])

  beforeAll(async () => {
    app = await openTestApp()
    ws = await app.workspace({ template: 'sell' })
    const outcome = await importing('deals', 'sales_pipeline.csv')
    expect(outcome).toMatchObject({ code: 0 })
    stdout = outcome.stdout
  })
  afterAll(() => app?.close())

  test('goes in whole', () => {
    expect(stdout).toContain('8,800 created, 0 refused')
    expect(stdout).toContain('30 owners, 85 companies')
    expect(stdout).toMatch(/^won +4,238 +10,005,534\.00 USD$/m)
    expect(stdout).toMatch(/^lost +2,473 +0\.00 USD$/m)
    expect(stdout).toMatch(/^open +2,089 +0\.00 USD$/m)
  })

  test('the kept totals say the same, and the doctor agrees', async () => {
    const totals = await ws.scope.store.deals.totals()
    const stages = await ws.scope.store.stages.live()
    const byName = Object.fromEntries(
      totals.map(({ stageId, count, amount }) => [stages.find(({ id }) => id === stageId)?.name, [count, Number(amount) / 100]]),
    )
    expect(byName).toEqual({ Prospecting: [500, 0], Engaging: [1589, 0], Won: [4238, 10_005_534], Lost: [2473, 0] })
    expect(await within(['doctor', '--data', app.directory])).toMatchObject({ code: 0 })
  })

  test.each(drivers.map((driver) => [driver.name, driver] as const))('%s shows the same figures', async (_name, driver) => {
    const client = driver.connect({ origin: app.origin, workspace: ws, token: ws.token })
    for (const [outcome, count, value] of [
      ['won', 4238, 10_005_534],
      ['lost', 2473, 0],
      ['open', 2089, 0],
    ] as const) {
      const deals = await client.listDeals({ outcome })
      expect([outcome, deals.length, deals.reduce((sum, deal) => sum + deal.value, 0)]).toEqual([outcome, count, value])
    }
  })

  test('dates are kept, and the accounts come to the companies that are there', async () => {
    const deal = await ws.scope.store.deals.byExternalId('1C1I7A6R')
    expect(deal).toMatchObject({ title: 'Cancity – GTX Plus Basic', amount: 105_400, outcome: 'won' })
    expect([deal?.createdAt, deal?.closedAt]).toEqual([Date.UTC(2016, 9, 20), Date.UTC(2017, 2, 1)])
    expect((await importing('companies', 'accounts.csv')).stdout).toContain('0 created, 85 updated, 0 refused')
    const companies = await ws.scope.store.parties.list({ kind: 'company', limit: 100 })
    expect(companies.items).toHaveLength(85)
    expect(companies.items.find(({ name }) => name === 'Betatech')?.address.country).toBe('Kenya')
  })

  test('a second run changes nothing', async () => {
    expect((await importing('deals', 'sales_pipeline.csv')).stdout).toContain('0 created, 8,800 unchanged, 0 refused')
  })
})
