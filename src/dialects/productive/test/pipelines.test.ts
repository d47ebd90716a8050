import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { createDeal } from '../../../domain/edit-deals.ts'
import { changePipeline } from '../../../domain/edit-pipelines.ts'
import { changeLossReason } from '../../../domain/loss-reason.ts'
import { listPipelines } from '../../../domain/pipeline.ts'
import { listStages } from '../../../domain/stage.ts'
import { admin, type Body, type Caller, doc, problems } from './caller.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

async function account(): Promise<{ ws: TestWorkspace; pd: Caller; sales: string }> {
  const ws = await app.workspace({ template: 'productive' })
  const pd = admin(app, ws)
  return { ws, pd, sales: (await pd.get('/pipelines')).body.data[0].id }
}

const make = async (pd: Caller, attributes: object): Promise<Body> =>
  (await pd.post('/pipelines', doc('pipelines', attributes))).body.data
const shown = async (pd: Caller, query = ''): Promise<[string, number][]> =>
  (await pd.get(`/pipelines${query}`)).body.data.map(({ attributes }: Body) => [attributes.name, attributes.position])

test('productive 61: the last pipeline stays', async () => {
  const { pd, sales } = await account()
  const { status, body } = await pd.delete(`/pipelines/${sales}`)
  expect({ status, body }).toEqual({
    status: 409,
    body: { errors: [{ status: '409', code: 'record_is_last_pipeline', title: 'Conflict error', meta: {}, source: {} }] },
  })
  const { id } = await make(pd, { name: 'Other' })
  expect((await pd.delete(`/pipelines/${sales}`)).status).toBe(204)
  expect((await pd.get(`/pipelines/${sales}`)).status).toBe(404)
  expect((await pd.delete(`/pipelines/${id}`)).status).toBe(409)
})

test('a pipeline with deals stays as well', async () => {
  const { pd, ws, sales } = await account()
  await make(pd, { name: 'Other' })
  const deal = await createDeal(ws.scope, { title: 'A' })
  const { status, body } = await pd.delete(`/pipelines/${sales}`)
  expect({ status, code: body.errors[0].code, detail: body.errors[0].detail }).toEqual({
    status: 409,
    code: 'pipeline_in_use',
    detail: undefined,
  })
  expect((await ws.scope.store.deals.get(deal.id))?.pipelineId).toBe(Number(sales))
})

test('productive 62: a pipeline has a name', async () => {
  const { pd, sales } = await account()
  for (const attributes of [{}, { name: '' }, { name: '  ' }, { name: null }]) {
    expect(problems(await pd.post('/pipelines', doc('pipelines', attributes)))).toEqual([
      ['data/attributes/name', "can't be blank"],
    ])
    if ('name' in attributes) expect((await pd.patch(`/pipelines/${sales}`, doc('pipelines', attributes))).status).toBe(422)
  }
  expect(problems(await pd.post('/pipelines', doc('pipelines', { name: 'A', pipeline_type_id: 3 })))).toEqual([
    ['data/attributes/pipeline_type_id', 'must be less than or equal to 2'],
  ])
})

test('productive 63: pipelines are listed by name, and filtered by type', async () => {
  const { pd } = await account()
  await make(pd, { name: 'Zebra', pipeline_type_id: 2 })
  await make(pd, { name: 'Ant', icon_id: 'rocket' })
  expect((await shown(pd)).map(([name]) => name)).toEqual(['Ant', 'Sales', 'Zebra'])
  expect((await shown(pd, '?filter[pipeline_type_id]=2')).map(([name]) => name)).toEqual(['Zebra'])
  expect((await shown(pd, '?filter[pipeline_type_id][not_eq]=2&sort=-name')).map(([name]) => name)).toEqual(['Sales', 'Ant'])
  expect((await pd.get('/pipelines?filter[name]=Ant')).status).toBe(400)
})

test('a new pipeline shows position 1 like all others, and numbers that are said stay as they are', async () => {
  const { pd, ws, sales } = await account()
  const a = await make(pd, { name: 'A' })
  const b = await make(pd, { name: 'B', position: 7 })
  expect(await shown(pd, '?sort=id')).toEqual([
    ['Sales', 1],
    ['A', 1],
    ['B', 7],
  ])
  await pd.patch(`/pipelines/${b.id}`, doc('pipelines', { position: 0 }))
  expect(await shown(pd, '?sort=id')).toEqual([
    ['Sales', 1],
    ['A', 1],
    ['B', 0],
  ])
  expect((await listPipelines(ws.scope)).map(({ name }) => name)).toEqual(['B', 'Sales', 'A'])
  await changePipeline(ws.scope, Number(sales), { position: 1 })
  expect((await listPipelines(ws.scope)).map(({ name }) => name)).toEqual(['Sales', 'B', 'A'])
  const positions = (await shown(pd, '?sort=position')).map(([name]) => name)
  expect(positions[0]).toBe('Sales')
  expect(a.attributes.position).toBe(1)
})

test('a change of name and icon changes nothing else; what was read can be written back', async () => {
  const { pd, ws, sales } = await account()
  const { data } = (await pd.patch(`/pipelines/${sales}`, doc('pipelines', { name: 'Selling', icon_id: null }))).body
  expect(data.attributes).toMatchObject({ name: 'Selling', icon_id: null, position: 1, pipeline_type_id: 1 })
  const before = await listPipelines(ws.scope)
  await pd.patch(`/pipelines/${sales}`, { data })
  expect(await listPipelines(ws.scope)).toEqual(before)
})

test('who made a pipeline and who changed it last can be included', async () => {
  const { pd, ws } = await account()
  const { id } = await make(pd, { name: 'A' })
  const { body } = await pd.get(`/pipelines/${id}?include=creator,updater`)
  expect(body.data.relationships.creator.data).toEqual({ type: 'people', id: String(ws.admin.id) })
  expect(body.included).toHaveLength(1)
})

test('a new pipeline has the won and the lost stage that none can do without', async () => {
  const { pd, ws } = await account()
  const { id } = await make(pd, { name: 'A' })
  expect((await listStages(ws.scope, Number(id))).map(({ kind }) => kind)).toEqual(['won', 'lost'])
  expect((await pd.get(`/deal_statuses?filter[pipeline_id]=${id}`)).body.meta.total_count).toBe(2)
})

test('productive 65: lost reasons are made, renamed and archived, and never deleted', async () => {
  const { pd, ws } = await account()
  const made = await pd.post('/lost_reasons', doc('lost_reasons', { name: 'Price too high' }))
  expect(made.status).toBe(201)
  const { id } = made.body.data
  expect((await pd.patch(`/lost_reasons/${id}`, doc('lost_reasons', { name: 'Too dear' }))).body.data.attributes).toEqual({
    name: 'Too dear',
    archived_at: null,
  })
  const archived = (await pd.patch(`/lost_reasons/${id}/archive`)).body.data.attributes.archived_at
  expect(archived).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/)
  expect((await pd.patch(`/lost_reasons/${id}/archive`)).body.data.attributes.archived_at).toBe(archived)
  const gone = await pd.delete(`/lost_reasons/${id}`)
  expect({ status: gone.status, code: gone.body.errors[0].code }).toEqual({ status: 404, code: 'not_found' })
  expect((await pd.get(`/lost_reasons?filter[id]=${id}`)).body.data).toHaveLength(1)
  await changeLossReason(ws.scope, Number(id), { isArchived: false })
  expect((await pd.get(`/lost_reasons/${id}`)).body.data.attributes.archived_at).toBeNull()
  expect(problems(await pd.post('/lost_reasons', doc('lost_reasons', { name: 'Too dear' })))).toEqual([
    ['data/attributes/name', 'has already been taken'],
  ])
  expect(problems(await pd.post('/lost_reasons', doc('lost_reasons', { name: '' })))).toEqual([
    ['data/attributes/name', "can't be blank"],
  ])
})
