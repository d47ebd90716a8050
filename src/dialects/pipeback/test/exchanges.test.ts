import { afterAll, beforeAll } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { runExchanges } from '../../../../test/support/exchanges.ts'
import { account, stageOf } from './client.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

runExchanges(new URL('exchanges', import.meta.url).pathname, async () => {
  const { ws, client, sales, other } = await account(app)
  const stage = stageOf(sales, 1).id
  for (const amount of [2_000_000, 3_000_000])
    await client.make('/app/deals', { name: 'x', pipeline_id: sales.id, pipeline_stage_id: stage, amount })
  return {
    base: `${app.origin}/pipeback`,
    headers: client.headers,
    vars: { workspace: ws.workspace.uuid, default: sales.id, stage, pipeline: other.id },
  }
})
