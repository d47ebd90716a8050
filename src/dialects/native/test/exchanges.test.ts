import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { runExchanges } from '../../../../test/support/exchanges.ts'
import { clientOf } from './client.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

runExchanges(join(import.meta.dirname, 'exchanges'), async () => {
  const ws = await app.workspace()
  const [first, second] = (await clientOf({ origin: app.origin, token: ws.token }).get('/stages')).body.data
  return {
    base: `${app.origin}/api/v1`,
    headers: { authorization: `Bearer ${ws.token}` },
    vars: { pipeline: first.pipelineId, first: first.id, second: second.id, user: ws.admin.id },
  }
})
