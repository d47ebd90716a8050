import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { runExchanges } from '../../../../test/support/exchanges.ts'
import { account, caller } from './caller.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

runExchanges(join(import.meta.dirname, 'exchanges'), async () => {
  const ws = await app.workspace({ template: 'pipedrive' })
  const pd = caller(app, ws)
  const { pipeline, stages } = await account(pd)
  const add = async (path: string, body: object) => (await pd.post(`/api/v2/${path}`, body)).body.data.id
  return {
    base: `${app.origin}/pipedrive`,
    headers: { 'x-api-token': ws.token },
    vars: {
      user: ws.admin.id,
      pipeline: pipeline.id,
      stages: stages.map(({ id }) => id),
      person: await add('persons', { name: 'Ann Smith' }),
      organization: await add('organizations', { name: 'Acme' }),
      deal: await add('deals', { title: 'Globex' }),
    },
  }
})
