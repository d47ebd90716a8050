import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { changeDeal, createDeal } from '../../../domain/edit-deals.ts'
import { addParty } from '../../../domain/party.ts'
import { changeWorkspace } from '../../../domain/workspace.ts'
import { account, clientIn, type PipelineItem, stageOf } from './client.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

type Account = Awaited<ReturnType<typeof account>>

const read = async ({ client }: Account, id: string) => (await client.get(`/app/pipelines/${id}`)).body.data as PipelineItem
const metrics = ({ total_deals, total_deals_amount, total_deals_amount_formatted }: Record<string, unknown>) => [
  total_deals,
  total_deals_amount,
  total_deals_amount_formatted,
]

/** A deal of so many cents in a stage of the default pipeline. */
const deal = ({ client, sales }: Account, sort: number, amount: number) =>
  client.make('/app/deals', { name: 'x', pipeline_id: sales.id, pipeline_stage_id: stageOf(sales, sort).id, amount })

describe('metrics', () => {
  test('pipeback 36, 37, 38, 39: follow every deal at once, in its stage and in its pipeline', async () => {
    const here = await account(app)
    const { client, sales } = here
    const [, second] = [await deal(here, 1, 2_500_000), await deal(here, 1, 2_500_000)]
    const seen = async () => {
      const pipeline = await read(here, sales.id)
      return [pipeline, stageOf(pipeline, 1), stageOf(pipeline, 2)].map(metrics)
    }
    const none = [0, 0, '$0.00']
    const [one, two] = [
      [1, 2_500_000, '$25,000.00'],
      [2, 5_000_000, '$50,000.00'],
    ]
    expect(await seen()).toEqual([two, two, none])
    await client.put(`/app/deals/${second.id}`, { pipeline_stage_id: stageOf(sales, 2).id })
    expect(await seen()).toEqual([two, one, one])
    await client.put(`/app/deals/${second.id}`, { status: 'won' })
    expect(await seen()).toEqual([two, one, one])
    await client.put(`/app/deals/${second.id}`, { status: 'lost', amount: 1 })
    expect(await seen()).toEqual([[2, 2_500_001, '$25,000.01'], one, [1, 1, '$0.01']])
    await client.delete(`/app/deals/${second.id}`)
    expect(await seen()).toEqual([one, one, none])
    const named = await client.put(`/app/pipelines/${sales.id}/stages/${stageOf(sales, 1).id}`, { name: 'Renamed' })
    expect(metrics(named.body.data)).toEqual(one)
  })

  test('archived deals do not count', async () => {
    const here = await account(app)
    const { id } = await deal(here, 1, 100)
    const found = await here.ws.scope.store.deals.byUuid(id)
    await changeDeal(here.ws.scope, found?.id ?? 0, { isArchived: true })
    expect(metrics(await read(here, here.sales.id))).toEqual([0, 0, '$0.00'])
  })

  test('other currencies count by the workspace’s rates, and without one only as deals', async () => {
    const here = await account(app)
    const { scope } = here.ws
    await changeWorkspace(scope, { rates: { EUR: 1.5 } })
    for (const [currency, amount] of [
      ['USD', 100],
      ['EUR', 1000],
      ['JPY', 5000],
    ] as const)
      await createDeal(scope, { title: currency, currency, amount })
    const other = await account(app)
    await changeWorkspace(other.ws.scope, { currency: 'JPY' })
    expect(metrics(await read(here, here.sales.id))).toEqual([3, 1600, '$16.00'])
    expect(metrics(await read(other, other.sales.id))).toEqual([0, 0, '¥0'])
  })
})

describe('pipelines', () => {
  test('pipeback 40, 41, 42, 43, 44: are one list with their stages', async () => {
    const { client, ws } = await account(app)
    const { status, body } = await client.list('/app/pipelines')
    expect([status, Object.keys(body)]).toEqual([200, ['data']])
    const pipelines = body.data as PipelineItem[]
    expect(pipelines.map(({ name, sort, is_default }) => [name, sort, is_default])).toEqual([
      ['Sales Pipeline', 1, true],
      ['Renewals', 2, false],
    ])
    for (const pipeline of pipelines) {
      expect(Object.keys(pipeline)).toEqual([
        'id',
        'workspace_id',
        'sort',
        'name',
        'is_default',
        'stages',
        'total_deals',
        'total_deals_amount',
        'total_deals_amount_formatted',
        'created_at',
        'updated_at',
      ])
      expect(pipeline.workspace_id).toBe(ws.workspace.uuid)
      expect(pipeline.stages.map(({ sort }) => sort)).toEqual([1, 2])
      for (const stage of pipeline.stages) expect(Object.keys(stage)).toHaveLength(11)
      for (const stage of pipeline.stages) expect(stage.pipeline_id).toBe(pipeline.id)
    }
    expect((await client.get(`/app/pipelines/${pipelines[0]?.id}`)).body.data).toEqual(pipelines[0])
  })

  test('pipeback 43, 45: the default moves, and there is always one', async () => {
    const { client, sales, other } = await account(app)
    const defaults = async () => (await client.pipelines()).filter(({ is_default }) => is_default).map(({ id }) => id)
    expect((await client.put(`/app/pipelines/${other.id}`, { is_default: true })).body.data.is_default).toBe(true)
    expect(await defaults()).toEqual([other.id])
    const refused = await client.put(`/app/pipelines/${other.id}`, { is_default: false })
    expect([refused.status, refused.body.errors]).toEqual([422, { is_default: ['The is default field is prohibited.'] }])
    expect((await client.put(`/app/pipelines/${sales.id}`, { is_default: false })).status).toBe(200)
    expect(await defaults()).toEqual([other.id])
    const { id } = await client.make('/app/pipelines', { name: 'Third', is_default: true })
    expect(await defaults()).toEqual([id])
  })

  test('pipeback 46: the default cannot be deleted, others can, and their deals go to the default', async () => {
    const { client, sales, other } = await account(app)
    const { status, body } = await client.delete(`/app/pipelines/${sales.id}`)
    expect([status, body]).toEqual([400, { status: 'error', message: 'You cannot delete the default pipeline.' }])
    const { id } = await client.make('/app/deals', { name: 'x', pipeline_id: other.id })
    const gone = await client.delete(`/app/pipelines/${other.id}`)
    expect([gone.status, gone.body]).toEqual([200, {}])
    expect((await client.get(`/app/deals/${id}`)).body.data.pipeline_id).toBe(sales.id)
    expect((await client.delete(`/app/pipelines/${other.id}`)).status).toBe(404)
    expect((await client.pipelines()).map((pipeline) => pipeline.id)).toEqual([sales.id])
  })

  test('a name is all it takes to make one, and can be changed', async () => {
    const { client, other } = await account(app)
    const { status, body } = await client.post('/app/pipelines', {})
    expect([status, body.errors]).toEqual([422, { name: ['The name field is required.'] }])
    expect((await client.put(`/app/pipelines/${other.id}`, { name: 'Upsells' })).body.data.name).toBe('Upsells')
    expect((await client.put(`/app/pipelines/${other.id}`, { name: null })).status).toBe(422)
  })

  test('a deal that is made where there is no stage is refused', async () => {
    const { client } = await account(app)
    const { id } = await client.make('/app/pipelines', { name: 'Empty' })
    const { status, body } = await client.post('/app/deals', { name: 'x', pipeline_id: id })
    expect([status, body]).toEqual([400, { status: 'error', message: 'The pipeline has no stage for deals.' }])
  })
})

describe('the directory', () => {
  test('contacts and companies are paged lists', async () => {
    const { ws, client } = await account(app)
    const { scope } = ws
    const company = await addParty(scope, { kind: 'company', name: 'Acme' })
    for (let n = 1; n <= 16; n++)
      await addParty(scope, {
        kind: 'person',
        name: `Person ${n}`,
        companyId: n === 1 ? company.id : null,
        emails: [{ value: `p${n}@example.com`, label: 'work', primary: true }],
      })
    const contacts = (await client.list('/app/contacts')).body
    expect([contacts.data.length, contacts.meta.total, contacts.meta.last_page]).toEqual([15, 16, 2])
    expect(contacts.data[0]).toMatchObject({
      workspace_id: ws.workspace.uuid,
      type: 'lead',
      name: 'Person 1',
      email: 'p1@example.com',
      phone: null,
    })
    const found = (await client.list('/app/contacts?search=person+16')).body
    expect([found.data.map(({ name }) => name), found.meta.total]).toEqual([['Person 16'], 1])
    const companies = (await client.list('/app/companies')).body
    expect(companies.data).toMatchObject([
      { id: company.uuid, name: 'Acme', owner_id: ws.admin.uuid, contacts_count: 1, attributes: {} },
    ])
  })

  test('tags have two colours and a number', async () => {
    const { ws, client } = await account(app)
    expect((await client.list('/app/tags')).body).toEqual({ data: [] })
    const first = await client.make('/app/tags', { name: 'VIP', background_color: '#000000', text_color: '#ffffff' })
    await client.make('/app/tags', { name: 'VIP', background_color: 'red', text_color: 'white' })
    const tags = (await client.list('/app/tags')).body.data
    expect(tags.map(({ sort, text_color }) => [sort, text_color])).toEqual([
      [1, '#ffffff'],
      [2, 'white'],
    ])
    expect(Object.keys(first)).toEqual([
      'id',
      'workspace_id',
      'name',
      'background_color',
      'text_color',
      'sort',
      'created_at',
      'updated_at',
    ])
    expect([first.workspace_id, tags[0]]).toEqual([ws.workspace.uuid, first])
    const { status, body } = await client.post('/app/tags', { name: 'x' })
    expect([status, body.message, Object.keys(body.errors)]).toEqual([
      422,
      'The background color field is required. (and 1 more error)',
      ['background_color', 'text_color'],
    ])
  })
})

test('a workspace made from the template looks like the vendor’s', async () => {
  const ws = await app.workspace({ template: 'pipeback' })
  const [pipeline] = await clientIn(app, ws).pipelines()
  expect([pipeline?.name, pipeline?.is_default]).toEqual(['Sales Pipeline', true])
  expect(pipeline?.stages.map(({ name, sort, probability }) => [name, sort, probability])).toEqual([
    ['Qualified', 1, 100],
    ['Proposal', 2, 100],
  ])
})
