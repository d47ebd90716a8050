import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openTestApp } from '../../../../../test/support/app.ts'
import { runExchanges } from '../../../../../test/support/exchanges.ts'
import { clockAt } from './served.ts'

/** The recorded answers of a new account, played against one. */
const clock = clockAt('2026-05-15T09:12:16Z')
const app = await openTestApp({ now: clock.now })
afterAll(() => app.close())

runExchanges(join(import.meta.dirname, 'exchanges'), async () => {
  const ws = await app.workspace({ template: 'pipedrive' })
  const stages = await ws.scope.store.stages.live()
  const open = stages.filter(({ kind }) => kind === 'open')
  return {
    base: `${app.origin}/pipedrive`,
    headers: { 'x-api-token': ws.token },
    vars: {
      stage: Object.fromEntries(open.map(({ id }, index) => [index + 1, id])),
      pipeline: open[0]?.pipelineId,
      user: ws.admin.id,
      email: ws.admin.email,
      company: ws.workspace.id,
      domain: ws.workspace.subdomain,
    },
  }
})
