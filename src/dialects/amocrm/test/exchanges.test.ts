import { afterAll } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { runExchanges } from '../../../../test/support/exchanges.ts'
import { addPipelines, type Caller, callAs, deletePath } from './caller.ts'

const apps: TestApp[] = []
afterAll(async () => {
  for (const app of apps) await app.close()
})

/** The one pipeline of an example in place of the new account's. */
async function only(caller: Caller, row: object, leads = 0): Promise<void> {
  const [{ id }] = await addPipelines(caller, { name: 'Pipeline', is_main: 'on', ...row })
  await caller.post(deletePath, { request: { id: [21] } })
  await caller.patch(`/api/v4/leads/pipelines/${id}`, { sort: 1 })
  if (leads > 0)
    await caller.post(
      '/api/v4/leads',
      Array.from({ length: leads }, () => ({ pipeline_id: id })),
    )
}

const colored = (...names: string[]) =>
  names.map((name, index) => ({ name, color: ['#99ccff', '#ffff99', '#ffcc66', '#ffcccc'][index] }))

/** What an example takes for granted. Ids of a fresh store: pipeline 21 with the stages 301 to 306. */
const worlds: Readonly<Record<string, (caller: Caller) => Promise<unknown>>> = {
  'seed-answer.http': (caller) =>
    only(caller, { statuses: colored('Initial Contact', 'Offer made', 'Negotiation', 'Contract Negotiation') }, 14),
  'seed-list.http': (caller) =>
    only(caller, {
      statuses: {
        ...colored('Initial Contact', 'Negotiations', 'Make a decision', 'Contract Negotiation'),
        142: { name: 'Closed - Won' },
        143: { name: 'Closed - Lost' },
      },
    }),
  'seed-delete.http': (caller) =>
    addPipelines(caller, { name: 'B', statuses: [{ name: 'x' }] }, { name: 'C', statuses: [{ name: 'x' }] }),
  'v4-pipelines.http': async (caller) => {
    const row = {
      name: 'Pipeline',
      sort: 1,
      is_main: true,
      is_unsorted_on: true,
      _embedded: { statuses: colored('Initial contact') },
    }
    await caller.post('/api/v4/leads/pipelines', [row])
    await caller.delete('/api/v4/leads/pipelines/21')
  },
}

runExchanges(`${import.meta.dirname}/exchanges`, async (file) => {
  const app = await openTestApp()
  apps.push(app)
  const ws = await app.workspace({ template: 'amocrm' })
  const caller = callAs(app, ws)
  await worlds[file]?.(caller)
  const [pipeline] = await ws.scope.store.pipelines.live()
  const stages = (await ws.scope.store.stages.live()).map(({ id }) => id)
  return {
    base: caller.origin,
    headers: { authorization: `Bearer ${ws.token}` },
    vars: { base: caller.origin, account: ws.workspace.id, user: ws.admin.id, pipeline: pipeline?.id, stages },
  }
})
