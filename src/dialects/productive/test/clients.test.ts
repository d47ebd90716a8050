import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import Kitsu from 'kitsu'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { parse } from '../../../../test/support/exchanges.ts'
import { openRecorder } from '../../../../test/support/recorder.ts'
import { admin, type Body, type Caller, doc } from './caller.ts'

const require = createRequire(import.meta.url)

// Neither of the two has types.
const JsonApi = require('devour-client')
const Validator: new () => { validate(document: unknown): void; isValid(document: unknown): boolean } =
  require('jsonapi-validator').Validator

const recorder = openRecorder()
let app: TestApp
let ws: TestWorkspace
let pd: Caller
let company: string
let pipeline: string

beforeAll(async () => {
  app = await openTestApp()
  ws = await app.workspace({ template: 'productive' })
  pd = admin(app, ws)
  company = (await pd.post('/companies', doc('companies', { name: 'Acme' }))).body.data.id
  pipeline = (await pd.get('/pipelines')).body.data[0].id
})
afterAll(() => app.close())

const credentials = () => ({ 'X-Auth-Token': ws.token, 'X-Organization-Id': String(ws.workspace.id) })

describe('kitsu', () => {
  const client = () =>
    recorder.watch(
      'kitsu',
      'Kitsu',
      new Kitsu({
        baseURL: `${app.origin}/productive/api/v2`,
        headers: credentials(),
        camelCaseTypes: false,
        pluralize: false,
        resourceCase: 'none',
      }),
    )

  test('lists with filters, includes, sort and pages', async () => {
    const { data, meta }: Body = await client().get('deal_statuses', {
      params: { filter: { status_id: '1' }, include: 'pipeline', sort: '-position', page: { number: 1, size: 2 } },
    })
    expect(data.map(({ name }: Body) => name)).toEqual(['Proposal Sent', 'Needs Defined'])
    expect(data[0].pipeline.data.name).toBe('Sales')
    expect(meta.total_count).toBe(3)
  })

  test('productive 80: creates, changes and deletes, with a body in its DELETE', async () => {
    const draft = { name: 'Kitsu', position: 3, pipeline: { data: { type: 'pipelines', id: pipeline } } }
    const made: Body = await client().post('deal_statuses', draft)
    expect(made.data).toMatchObject({ type: 'deal_statuses', name: 'Kitsu', position: 3 })
    const changed: Body = await client().patch('deal_statuses', { id: made.data.id, name: 'Kitsune' })
    expect(changed.data.name).toBe('Kitsune')
    await client().delete('deal_statuses', made.data.id)
    expect((await pd.get(`/deal_statuses/${made.data.id}`)).status).toBe(404)
  })

  test('wins a deal, and reads its stage', async () => {
    const made: Body = await client().post('deals', {
      name: 'Website',
      deal_value: 1000,
      company: { data: { type: 'companies', id: company } },
      responsible: { data: { type: 'people', id: String(ws.admin.id) } },
    })
    const [won] = (await pd.get('/deal_statuses?filter[status_id]=2')).body.data
    await client().patch('deals', { id: made.data.id, deal_status: { data: { type: 'deal_statuses', id: won.id } } })
    const { data }: Body = await client().get(`deals/${made.data.id}`, { params: { include: 'deal_status,responsible' } })
    expect(data).toMatchObject({
      probability: 100,
      revenue: 1000,
      deal_status: { data: { name: 'Won Deals' } },
      responsible: { data: { first_name: 'Ada' } },
    })
  })

  test('reports an error as it was answered', async () => {
    await expect(client().post('deal_statuses', { name: '' })).rejects.toMatchObject({
      errors: [{ source: { pointer: 'data/attributes/name' } }, { source: { pointer: 'data/attributes/pipeline' } }],
    })
  })
})

describe('devour', () => {
  function client(): Body {
    const devour = new JsonApi({ apiUrl: `${app.origin}/productive/api/v2`, pluralize: false, logger: false })
    devour.headers = credentials()
    devour.define('pipelines', { name: '' })
    const pipelineRelation = { jsonApi: 'hasOne', type: 'pipelines' }
    devour.define('deal_statuses', { name: '', position: 0, color_id: '', status_id: 1, pipeline: pipelineRelation })
    return recorder.watch('devour-client', 'JsonApi', devour)
  }

  test('lists with an include', async () => {
    const { data, meta } = await client().findAll('deal_statuses', { include: 'pipeline', filter: { pipeline_id: pipeline } })
    expect(data[0].pipeline.name).toBe('Sales')
    expect(meta.total_count).toBe(data.length)
  })

  test('productive 81: creates, changes and deletes, with a meta beside its data', async () => {
    const made = await client().create('deal_statuses', { name: 'Devour', position: 2, pipeline: { id: pipeline } })
    expect(made.data).toMatchObject({ name: 'Devour', position: 2, status_id: 1 })
    const changed = await client().update('deal_statuses', { id: made.data.id, name: 'Devoured' })
    expect(changed.data).toMatchObject({ name: 'Devoured', position: 2 })
    await client().destroy('deal_statuses', made.data.id)
    expect((await pd.get(`/deal_statuses/${made.data.id}`)).status).toBe(404)
  })

  test('finds the attribute that an error is about', async () => {
    const error = await client()
      .create('deal_statuses', { name: '' })
      .catch((error: unknown) => error)
    const blank = expect.objectContaining({ detail: "can't be blank" })
    expect(error).toMatchObject({ name: blank, pipeline: blank })
  })
})

describe('productive 82: a validator of JSON:API', () => {
  const validator = new Validator()

  test('takes the documents of the vendor’s examples', () => {
    const folder = new URL('exchanges', import.meta.url).pathname
    const answers = readdirSync(folder)
      .flatMap((file) => parse(readFileSync(`${folder}/${file}`, 'utf8')))
      .flatMap(({ answer }) => (answer === undefined ? [] : [JSON.parse(answer)]))
    expect(answers.length).toBeGreaterThan(25)
    for (const document of answers) validator.validate(document)
  })

  test('takes whatever is answered', async () => {
    await pd.post('/people', doc('people', { first_name: 'Eve' }, { company: ['companies', company] }))
    const paths = [
      '/deal_statuses?include=pipeline.creator,organization',
      '/deals?include=company,responsible,creator,contact,deal_status.pipeline,lost_reason,project',
      '/people?include=company',
      '/companies',
      '/users',
      '/organizations',
      '/organization_memberships?include=user,person',
      '/lost_reasons',
      '/deleted_items',
      '/deals/0',
      '/nothing',
    ]
    for (const path of paths) {
      const { body } = await pd.get(path)
      expect(() => validator.validate(body), path).not.toThrow()
    }
  })

  test('notices what is none', () => {
    expect(validator.isValid({ data: { type: 'deals', relationships: { company: {} } } })).toBe(false)
  })
})

test('clients.json names the functions of the clients that were called and answered', async () => {
  await expect(recorder.recorded()).toMatchFileSnapshot('clients.json')
})
