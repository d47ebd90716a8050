import { afterAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { runExchanges } from '../../../../test/support/exchanges.ts'
import { clientIn } from './client.ts'

const apps: TestApp[] = []
afterAll(() => Promise.all(apps.map((app) => app.close())))

/** A new store, in which ids begin at 1 as in the vendor's examples. */
async function newAccount() {
  const app = await openTestApp({ plainIds: true })
  apps.push(app)
  const ws = await app.workspace({ template: 'sell' })
  return { app, ws, client: clientIn(app, ws) }
}

runExchanges(new URL('exchanges', import.meta.url).pathname, async () => {
  const { app, ws, client } = await newAccount()
  const stages = await client.list('/v2/stages')
  return {
    base: `${app.origin}/sell`,
    headers: { authorization: `Bearer ${ws.token}`, 'user-agent': 'exchanges', accept: 'application/json' },
    vars: {
      origin: `${app.origin}/sell`,
      user: ws.admin.id,
      stage: Object.fromEntries(stages.map(({ name, id }) => [String(name), id])),
      contact: await client.contact(),
    },
  }
})

test('sell 5: a new account has one pipeline with the seven stages of the page', async () => {
  const { client } = await newAccount()
  expect((await client.list('/v2/pipelines')).map(({ id }) => id)).toEqual([1])
  const rows = (await client.list('/v2/stages')).map((stage) =>
    ['id', 'name', 'category', 'position', 'likelihood', 'active', 'pipeline_id'].map((key) => stage[key]),
  )
  expect(rows).toEqual([
    [1, 'Prospecting', 'incoming', 1, 5, true, 1],
    [2, 'Qualified', 'in_progress', 2, 10, true, 1],
    [3, 'Quote', 'in_progress', 3, 20, true, 1],
    [4, 'Closure', 'in_progress', 4, 50, true, 1],
    [5, 'Won', 'won', 5, undefined, false, 1],
    [6, 'Unqualified', 'unqualified', 6, undefined, false, 1],
    [7, 'Lost', 'lost', 7, undefined, false, 1],
  ])
})
