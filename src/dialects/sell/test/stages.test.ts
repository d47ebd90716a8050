import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addPipeline, changePipeline } from '../../../domain/edit-pipelines.ts'
import { addStage, changeStage } from '../../../domain/edit-stages.ts'
import { type Client, clientIn, codesOf, stagesOf } from './client.ts'

let app: TestApp
let ws: TestWorkspace
let client: Client
/** A second pipeline: its stages' names and likelihoods are all there in the first, too. */
let other: number

beforeAll(async () => {
  app = await openTestApp()
  ws = await app.workspace({ template: 'sell' })
  client = clientIn(app, ws)
  const pipeline = await addPipeline(ws.scope, {
    name: 'Partners',
    hasProbability: true,
    stages: [
      { name: 'Quote', probability: 20 },
      { name: 'Signed', kind: 'won' },
      { name: 'Gone', kind: 'lost' },
    ],
  })
  other = pipeline.id
})
afterAll(() => app.close())

const names = async (query: string) => (await client.list(`/v2/stages?${query}`)).map(({ name }) => name)
const ids = async (query: string) => (await client.list(`/v2/stages?${query}`)).map(({ id }) => id)

describe('stages', () => {
  test('sell 1, 2, 3: the list answers 200 with items, each under data and meta, and the collection’s meta', async () => {
    const { status, body } = await client.get('/v2/stages')
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['items', 'meta'])
    expect(body.meta).toEqual({ type: 'collection', count: 10, links: { self: expect.any(String) } })
    for (const item of body.items) {
      expect(Object.keys(item)).toEqual(['data', 'meta'])
      expect(item.meta).toEqual({ type: 'stage' })
    }
  })

  test('sell 4, 8: data has the keys of the page in its order, ids as numbers and times in UTC', async () => {
    const [stage] = await client.list('/v2/stages')
    const keys = ['id', 'name', 'category', 'position', 'likelihood', 'active', 'pipeline_id', 'created_at', 'updated_at']
    expect(Object.keys(stage ?? {})).toEqual(keys)
    for (const key of ['id', 'position', 'likelihood', 'pipeline_id']) expect(stage?.[key]).toBeTypeOf('number')
    for (const key of ['created_at', 'updated_at']) expect(stage?.[key]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  test('sell 6, 7: closed stages have no likelihood at all, and only open ones are active', async () => {
    const stages = await client.list('/v2/stages')
    for (const stage of stages) {
      const isOpen = stage.category === 'incoming' || stage.category === 'in_progress'
      expect(Object.hasOwn(stage, 'likelihood')).toBe(isOpen)
      expect(stage.active).toBe(isOpen)
    }
    expect(stages.map(({ category }) => category)).toContain('unqualified')
  })

  test('only the first open stage of each pipeline is incoming', async () => {
    const stages = await client.list('/v2/stages?sort_by=pipeline_id,position')
    expect(stages.filter(({ category }) => category === 'incoming').map(({ name }) => name)).toEqual(['Prospecting', 'Quote'])
  })

  test('an open stage without a probability counts in full', async () => {
    const fresh = await app.workspace()
    const [{ id: pipelineId } = { id: 0 }] = await fresh.scope.store.pipelines.live()
    await addStage(fresh.scope, { pipelineId, name: 'Unweighted' })
    const [stage] = await clientIn(app, fresh).list('/v2/stages?name=Unweighted')
    expect(stage?.likelihood).toBe(100)
  })

  test('an archived stage is not where deals come in', async () => {
    const fresh = await app.workspace({ template: 'sell' })
    const [first] = await fresh.scope.store.stages.live()
    await changeStage(fresh.scope, first?.id ?? 0, { isArchived: true })
    const stages = await clientIn(app, fresh).list('/v2/stages?sort_by=position')
    expect(stages.slice(0, 2).map(({ category }) => category)).toEqual(['in_progress', 'incoming'])
  })

  test('sell 9: pipeline_id filters', async () => {
    expect(await names(`pipeline_id=${other}`)).toEqual(['Quote', 'Signed', 'Gone'])
    expect(await names('pipeline_id=9999')).toEqual([])
  })

  test('sell 10, 11: pages begin at 1 and hold 25 unless said, at most 100', async () => {
    const first = await ids('')
    expect(await ids('page=1')).toEqual(first)
    expect(await ids('page=1&per_page=4')).toEqual(first.slice(0, 4))
    expect(await ids('page=3&per_page=4')).toEqual(first.slice(8))
    expect((await client.get('/v2/stages?per_page=100')).status).toBe(200)
    const many = await app.workspace({ template: 'sell' })
    const [pipeline] = await many.scope.store.pipelines.live()
    for (let n = 0; n < 20; n++) await addStage(many.scope, { pipelineId: pipeline?.id ?? 0, name: `Step ${n}` })
    expect((await clientIn(app, many).get('/v2/stages')).body.meta.count).toBe(25)
    for (const bad of ['per_page=101', 'per_page=0', 'page=0', 'page=-1', 'page=one', 'per_page=2.5', 'page=']) {
      const answer = await client.get(`/v2/stages?${bad}`)
      expect([bad, answer.status, ...codesOf(answer)]).toEqual([bad, 400, 'invalid_param'])
    }
  })

  test('sell 12: sort_by takes a list that is applied in order, each ascending unless it says desc', async () => {
    expect(await names('sort_by=name')).toEqual((await names('')).toSorted())
    expect(await names(`sort_by=position:desc&pipeline_id=${other}`)).toEqual(['Gone', 'Signed', 'Quote'])
    expect(await names(`sort_by=position:asc&pipeline_id=${other}`)).toEqual(['Quote', 'Signed', 'Gone'])
    const quotes = await client.list('/v2/stages?name=Quote&sort_by=name,pipeline_id:desc')
    expect(quotes.map(({ pipeline_id }) => pipeline_id)[0]).toBe(other)
    const reversed = await client.list('/v2/stages?sort_by=pipeline_id:desc,position')
    expect(reversed.map(({ name }) => name).slice(0, 4)).toEqual(['Quote', 'Signed', 'Gone', 'Prospecting'])
  })

  test('sell 13: six fields can be sorted by, and no other', async () => {
    const fields = ['pipeline_id', 'id', 'name', 'category', 'position', 'likelihood']
    for (const field of fields) expect((await client.get(`/v2/stages?sort_by=${field}`)).status).toBe(200)
    expect((await client.get(`/v2/stages?sort_by=${fields.join()}`)).status).toBe(200)
    for (const bad of ['created_at', 'active', 'name:up', '', 'name,', 'constructor', 'name,name,name,name,name,name,id']) {
      const answer = await client.get(`/v2/stages?sort_by=${bad}`)
      expect([bad, answer.status, ...codesOf(answer)]).toEqual([bad, 400, 'invalid_param'])
    }
  })

  test('sell 14: ids gives those and no others, the same numbers back in order', async () => {
    const all = await ids('per_page=100')
    expect(await ids(`ids=${all.join('%2C')}`)).toEqual(all)
    expect(await ids(`ids=${all[4]},${all[1]}`)).toEqual([all[1], all[4]])
    expect(await ids(`ids=${all[4]},9999,9223372036854775807`)).toEqual([all[4]])
    expect(await ids('ids=')).toEqual([])
    for (const bad of ['x', '1;2', '1,', '-1', '1.5']) expect((await client.get(`/v2/stages?ids=${bad}`)).status).toBe(400)
  })

  test('sell 15: name is matched exactly', async () => {
    expect(await names('name=Won')).toEqual(['Won'])
    for (const near of ['won', 'Wo', 'Won%20']) expect(await names(`name=${near}`)).toEqual([])
  })

  test('sell 16: active filters', async () => {
    const closed = await client.list('/v2/stages?active=false')
    expect(new Set(closed.map(({ category }) => category))).toEqual(new Set(['won', 'unqualified', 'lost']))
    const open = await client.list('/v2/stages?active=true')
    expect(open.length + closed.length).toBe(10)
    expect((await client.get('/v2/stages?active=yes')).status).toBe(400)
  })

  test('sell 17: answers are JSON in UTF-8 and in English', async () => {
    const { headers } = await client.get('/v2/stages')
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(headers.get('content-language')).toBe('en')
    expect(headers.get('vary')).toContain('Content-Language')
  })

  test.each(['viewer', 'member', 'manager'] as const)('sell 18: a %s may read them', async (role) => {
    const agent = clientIn(app, await ws.member(role))
    expect((await agent.get('/v2/stages')).body.meta.count).toBe(10)
  })

  test('sell 19: they cannot be written', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const answer = await client.send(method, '/v2/stages', { data: { name: 'New' } })
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'GET'])
      expect(answer.body.errors).toHaveLength(1)
    }
  })

  test('sell 20: a single one cannot be asked for', async () => {
    const [first] = await ids('')
    expect((await client.get(`/v2/stages/${first}`)).status).toBe(404)
  })

  test('sell 21: stages without likelihood come after those with one, and before them the other way round', async () => {
    const rising = await client.list('/v2/stages?sort_by=likelihood')
    expect(rising.map(({ likelihood }) => likelihood ?? null)).toEqual([5, 10, 20, 20, 50, ...Array(5).fill(null)])
    const falling = await client.list('/v2/stages?sort_by=likelihood:desc')
    expect(falling.map(({ likelihood }) => likelihood ?? null)).toEqual([...Array(5).fill(null), 50, 20, 20, 10, 5])
  })
})

describe('pipelines', () => {
  test('sell 80: the list has id, name, disabled and times', async () => {
    const { status, body } = await client.get('/v2/pipelines')
    expect(status).toBe(200)
    expect(body.items.map(({ meta }) => meta.type)).toEqual(['pipeline', 'pipeline'])
    expect(Object.keys(body.items[0]?.data ?? {})).toEqual(['id', 'name', 'disabled', 'created_at', 'updated_at'])
    expect(body.items.map(({ data: { name, disabled } }) => [name, disabled])).toEqual([
      ['Sales Pipeline', false],
      ['Partners', false],
    ])
  })

  test('they can be filtered, sorted and paged, and not written', async () => {
    const fresh = await app.workspace({ template: 'sell' })
    const mine = clientIn(app, fresh)
    const closed = await addPipeline(fresh.scope, { name: 'Archive' })
    await changePipeline(fresh.scope, closed.id, { isDisabled: true })
    const named = async (query: string) => (await mine.list(`/v2/pipelines?${query}`)).map(({ name }) => name)
    expect(await named('sort_by=name')).toEqual(['Archive', 'Sales Pipeline'])
    expect(await named('sort_by=id:desc')).toEqual(['Archive', 'Sales Pipeline'])
    expect(await named('disabled=true')).toEqual(['Archive'])
    expect(await named('name=Sales%20Pipeline')).toEqual(['Sales Pipeline'])
    expect(await named(`ids=${closed.id}`)).toEqual(['Archive'])
    expect(await named('page=2&per_page=1')).toEqual(['Archive'])
    expect((await mine.get('/v2/pipelines?sort_by=name,id')).status).toBe(400)
    expect((await mine.send('POST', '/v2/pipelines', { data: { name: 'New' } })).status).toBe(405)
    expect((await mine.get(`/v2/pipelines/${closed.id}`)).status).toBe(404)
  })
})

test('the stages of the template have the names that clients look for', async () => {
  const fresh = await app.workspace({ template: 'sell' })
  expect(Object.keys(await stagesOf(clientIn(app, fresh)))).toHaveLength(7)
})
