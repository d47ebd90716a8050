import { afterAll, beforeAll } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { runExchanges, type Vars } from '../../../../test/support/exchanges.ts'
import { changeWorkspace } from '../../../domain/workspace.ts'
import { admin, type Body, type Caller, doc } from './caller.ts'

/** The examples were made in one moment, in a zone an hour ahead: with the same clock their times come out to the letter. */
const moment = Date.parse('2026-03-17T04:05:46.000Z')

let app: TestApp

beforeAll(async () => {
  app = await openTestApp({ now: () => moment })
})
afterAll(() => app.close())

type Make = (pd: Caller, pipeline: string) => Promise<Vars>

const ids = (documents: readonly Body[]): string[] => documents.map(({ id }) => id)

async function status(pd: Caller, pipeline: string, name: string, attributes: object = {}): Promise<string> {
  const { body } = await pd.post(
    '/deal_statuses',
    doc('deal_statuses', { name, ...attributes }, { pipeline: ['pipelines', pipeline] }),
  )
  return body.data.id
}

async function pipelineWith(pd: Caller, name: string): Promise<string> {
  return (await pd.post('/pipelines', doc('pipelines', { name }))).body.data.id
}

/** A stage with a deal in it. */
async function usedStatus(pd: Caller, pipeline: string): Promise<string> {
  const stage = await status(pd, pipeline, 'test deal status')
  const company = (await pd.post('/companies', doc('companies', { name: 'Client525' }))).body.data.id
  const [person] = (await pd.get('/people')).body.data
  const relations = {
    company: ['companies', company],
    responsible: ['people', person.id],
    deal_status: ['deal_statuses', stage],
  } as const
  await pd.post('/deals', doc('deals', { name: 'test name' }, relations))
  return stage
}

/** What has to be there before the exchanges of a file: a new organization has the default pipeline and nothing else. */
const worlds: Readonly<Record<string, Make>> = {
  statuses: async (pd, pipeline) => ({
    fresh: await status(pd, pipeline, 'test deal status'),
    stages: ids((await pd.get('/deal_statuses')).body.data),
  }),
  'statuses-create': async () => ({}),
  'statuses-update': async (pd, pipeline) => ({
    renamed: await status(pd, pipeline, 'test deal status'),
    moved: await status(pd, pipeline, 'prospective'),
    otherPipeline: await pipelineWith(pd, 'Pipeline 381'),
    used: await usedStatus(pd, pipeline),
    changed: await status(pd, pipeline, 'test deal status'),
    weighted: await status(pd, pipeline, 'prospective'),
    forecast: await status(pd, pipeline, 'prospective'),
    fresh: await status(pd, pipeline, 'test deal status'),
  }),
  'statuses-merge': async (pd, pipeline) => ({
    winner: await status(pd, pipeline, 'test deal status'),
    loser: await status(pd, pipeline, 'test deal status', { status_id: 2 }),
  }),
  'statuses-destroy': async (pd, pipeline) => {
    const other = await pipelineWith(pd, 'Pipeline 381')
    return {
      spare: await status(pd, pipeline, 'test deal status'),
      used: await usedStatus(pd, pipeline),
      usedToo: await usedStatus(pd, pipeline),
      won: (await pd.get(`/deal_statuses?filter[pipeline_id]=${pipeline}&filter[status_id]=2`)).body.data[0].id,
      secondWon: await status(pd, other, 'test deal status', { status_id: 2 }),
    }
  },
  pipelines: async (pd) => ({ other: await pipelineWith(pd, 'Pipeline 381') }),
  'pipelines-last': async () => ({}),
  'lost-reasons': async (pd) => ({
    reason: (await pd.post('/lost_reasons', doc('lost_reasons', { name: 'test lost reason' }))).body.data.id,
  }),
  'deleted-items': async (pd, pipeline) => {
    const stage = await usedStatus(pd, pipeline)
    const [deal] = (await pd.get(`/deals?filter[status_id]=${stage}`)).body.data
    await pd.delete(`/deals/${deal.id}`)
    return { deal: deal.id }
  },
  users: async (pd) => ({ user: (await pd.get('/users')).body.data[0].id }),
}

runExchanges(new URL('exchanges', import.meta.url).pathname, async (file) => {
  const ws = await app.workspace({ template: 'productive', currency: 'EUR' })
  const probability = !file.includes('without-probability')
  await changeWorkspace(ws.scope, { timeZone: 'Europe/Zagreb', features: { probability } })
  const pd = admin(app, ws)
  const pipeline = (await pd.get('/pipelines')).body.data[0].id
  const name = file.replace('.http', '').replace('-without-probability', '')
  const make = worlds[name] ?? worlds[name.split('-')[0] ?? ''] ?? (async () => ({}))
  const base = `${app.origin}/productive`
  return {
    base,
    headers: { 'x-auth-token': ws.token, 'x-organization-id': String(ws.workspace.id) },
    vars: {
      origin: base,
      organization: String(ws.workspace.id),
      admin: ws.admin.id,
      email: ws.admin.email,
      subdomain: ws.workspace.subdomain,
      pipeline,
      ...(await make(pd, pipeline)),
    },
  }
})
