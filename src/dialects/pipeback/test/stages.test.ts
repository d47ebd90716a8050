import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { account, clientIn, type StageItem, stageOf } from './client.ts'

let app: TestApp
let now = Date.UTC(2025, 9, 26, 16)
beforeAll(async () => {
  app = await openTestApp({ now: () => now })
})
afterAll(() => app.close())

const members = [
  'id',
  'pipeline_id',
  'sort',
  'name',
  'probability',
  'rotting_days',
  'total_deals',
  'total_deals_amount',
  'total_deals_amount_formatted',
  'created_at',
  'updated_at',
]
const stagesPath = (pipeline: string) => `/app/pipelines/${pipeline}/stages`
const refusal = { status: 'error', message: 'You cannot delete the default pipeline.' }
const notFound = { status: 'error', message: 'Not found.' }

describe('a new stage', () => {
  test('pipeback 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12: is answered with its eleven members and the defaults', async () => {
    const { client, sales } = await account(app)
    const answer = await client.post(stagesPath(sales.id), { name: 'Contract Negotiation' })
    expect(answer.status).toBe(201)
    expect(Object.keys(answer.body)).toEqual(['data'])
    const stage = answer.body.data
    expect(Object.keys(stage)).toEqual(members)
    expect(stage).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      pipeline_id: sales.id,
      sort: Math.max(...sales.stages.map(({ sort }) => sort)) + 1,
      name: 'Contract Negotiation',
      probability: 100,
      rotting_days: 0,
      total_deals: 0,
      total_deals_amount: 0,
      total_deals_amount_formatted: '$0.00',
      created_at: '2025-10-26 16:00:00',
      updated_at: '2025-10-26 16:00:00',
    })
    const other = await client.make(stagesPath(sales.id), { name: 'Contract Negotiation' })
    expect([other.id === stage.id, other.sort]).toEqual([false, 4])
  })

  test('pipeback 5: the first one of an empty pipeline is number 1', async () => {
    const { client } = await account(app)
    const pipeline = await client.make('/app/pipelines', { name: 'Empty' })
    expect(pipeline.stages).toEqual([])
    const stage = await client.make(stagesPath(pipeline.id), { name: 'First' })
    expect(stage.sort).toBe(1)
    await client.delete(`${stagesPath(pipeline.id)}/${stage.id}`)
    expect((await client.make(stagesPath(pipeline.id), { name: 'First again' })).sort).toBe(1)
  })

  test('pipeback 4: the number follows the highest that is there, also where a vendor counts from 0', async () => {
    const { client, other } = await account(app)
    await client.delete(`${stagesPath(other.id)}/${stageOf(other, 1).id}`)
    expect((await client.make(stagesPath(other.id), { name: 'Third' })).sort).toBe(3)
    const ws = await app.workspace({ template: 'pipedrive' })
    const theirs = clientIn(app, ws)
    const [pipeline] = await theirs.pipelines()
    expect(pipeline?.stages.map(({ sort }) => sort)).toEqual([1, 2, 3, 4, 5, 6])
    expect((await theirs.make(stagesPath(pipeline?.id ?? ''), { name: 'Seventh' })).sort).toBe(7)
  })

  test('pipeback 13: keeps to the defaults whatever else is said', async () => {
    const { client, sales } = await account(app)
    const body = { name: 'x', probability: 5, rotting_days: 7, sort: 1, id: 'mine', nonsense: {} }
    const stage = await client.make(stagesPath(sales.id), body)
    expect([stage.probability, stage.rotting_days, stage.sort]).toEqual([100, 0, 3])
  })

  test('pipeback 14, 15, 17: a name has up to 255 characters, however many bytes they are', async () => {
    const { client, sales } = await account(app)
    for (const name of ['x'.repeat(255), 'ж'.repeat(255), '😀'.repeat(255)])
      expect((await client.make(stagesPath(sales.id), { name })).name).toBe(name)
    const message = 'The name field must not be greater than 255 characters.'
    for (const name of ['x'.repeat(256), '😀'.repeat(256)]) {
      const { status, body } = await client.post(stagesPath(sales.id), { name })
      expect([status, body]).toEqual([422, { status: 'error', message, errors: { name: [message] } }])
    }
  })

  test('pipeback 16: a name has to be there', async () => {
    const { client, sales } = await account(app)
    const message = 'The name field is required.'
    for (const body of [undefined, {}, { name: null }, { name: '' }, { name: '  ' }, { nome: 'x' }]) {
      const answer = await client.post(stagesPath(sales.id), body)
      expect([body, answer.status, answer.body]).toEqual([body, 422, { status: 'error', message, errors: { name: [message] } }])
    }
  })

  test('pipeback 18: two stages may have one name', async () => {
    const { client, sales } = await account(app)
    const stages = [1, 2].map(() => client.make(stagesPath(sales.id), { name: 'Twin' }))
    expect(new Set((await Promise.all(stages)).map(({ id }) => id)).size).toBe(2)
  })
})

describe('a change of a stage', () => {
  test('pipeback 19, 20, 21: names it anew, and leaves everything else', async () => {
    const { client, sales } = await account(app)
    const before = await client.make(stagesPath(sales.id), { name: 'Contract Negotiation' })
    const path = `${stagesPath(sales.id)}/${before.id}`
    await client.put(path, { name: 'Contract Negotiation', probability: 40, rotting_days: 14 })
    now += 15 * 60_000
    const { status, body } = await client.put(path, { name: 'Final Negotiations' })
    expect(status).toBe(200)
    expect(body).toEqual({
      data: {
        ...before,
        name: 'Final Negotiations',
        probability: 40,
        rotting_days: 14,
        updated_at: expect.any(String),
      },
    })
    expect(Date.parse(`${body.data.updated_at}Z`) - Date.parse(`${before.created_at}Z`)).toBe(15 * 60_000)
    expect((await client.send('PATCH', path, { name: 'By PATCH' })).body.data.name).toBe('By PATCH')
  })

  test('pipeback 22: needs a name', async () => {
    const { client, sales } = await account(app)
    const path = `${stagesPath(sales.id)}/${stageOf(sales, 1).id}`
    for (const body of [{}, { name: '' }, { probability: 5 }]) {
      const answer = await client.put(path, body)
      expect([answer.status, answer.body.errors]).toEqual([422, { name: ['The name field is required.'] }])
    }
  })

  test('pipeback 23, 24: can set probability and rotting days within their bounds', async () => {
    const { client, sales } = await account(app)
    const path = `${stagesPath(sales.id)}/${stageOf(sales, 1).id}`
    for (const probability of [150, -1]) {
      const { status, body } = await client.put(path, { name: 'x', probability })
      expect([status, body.message]).toEqual([422, 'The probability field must be between 0 and 100.'])
    }
    const { data } = (await client.put(path, { name: 'x', probability: 40, rotting_days: 7 })).body
    expect([data.probability, data.rotting_days]).toEqual([40, 7])
    const none = (await client.put(path, { name: 'x', probability: 0, rotting_days: 0 })).body.data
    expect([none.probability, none.rotting_days]).toEqual([0, 0])
  })

  test('what was shown for a probability that nobody set can be written back without setting it', async () => {
    const ws = await app.workspace({ template: 'pipedrive' })
    const client = clientIn(app, ws)
    const [pipeline] = await client.pipelines()
    const stage = pipeline?.stages[1]
    expect(stage?.probability).toBe(100)
    await client.put(`${stagesPath(pipeline?.id ?? '')}/${stage?.id}`, { ...stage })
    expect((await ws.scope.store.stages.byUuid(stage?.id ?? ''))?.probability).toBe(null)
  })

  test('pipeback 25: goes through the stage’s own pipeline', async () => {
    const { client, sales, other } = await account(app)
    const { status, body } = await client.put(`${stagesPath(other.id)}/${stageOf(sales, 1).id}`, { name: 'x' })
    expect([status, body]).toEqual([404, notFound])
  })
})

describe('deleting a stage', () => {
  test('pipeback 26, 27, 28, 29, 35: answers an empty object; the stage is gone, and kept', async () => {
    const { ws, client, other } = await account(app)
    const stage = stageOf(other, 2)
    const path = `${stagesPath(other.id)}/${stage.id}`
    const answer = await client.delete(path)
    expect([answer.status, answer.text, answer.body]).toEqual([200, '{}', {}])
    const left = (await client.get(`/app/pipelines/${other.id}`)).body.data.stages as StageItem[]
    expect(left.map(({ id }) => id)).toEqual([stageOf(other, 1).id])
    expect([(await client.delete(path)).status, (await client.put(path, { name: 'x' })).status]).toEqual([404, 404])
    expect(await ws.scope.store.stages.byUuid(stage.id)).toMatchObject({ name: 'Talking', deletedAt: now })
  })

  test('pipeback 30, 31, 32: is refused in the default pipeline', async () => {
    const { client, sales } = await account(app)
    const { status, body } = await client.delete(`${stagesPath(sales.id)}/${stageOf(sales, 2).id}`)
    expect([status, body]).toEqual([400, refusal])
    expect((await client.get(`/app/pipelines/${sales.id}`)).body.data.stages).toEqual(sales.stages)
  })

  test('pipeback 33: works once another pipeline is the default', async () => {
    const { client, sales, other } = await account(app)
    await client.put(`/app/pipelines/${other.id}`, { is_default: true })
    expect((await client.delete(`${stagesPath(sales.id)}/${stageOf(sales, 2).id}`)).status).toBe(200)
    const { status, body } = await client.delete(`${stagesPath(other.id)}/${stageOf(other, 2).id}`)
    expect([status, body]).toEqual([400, refusal])
  })

  test('its deals go to the stage before it, or else to the next; from the last one they cannot', async () => {
    const { client, other } = await account(app)
    const [first, second] = [stageOf(other, 1), stageOf(other, 2)]
    const deal = await client.make('/app/deals', { name: 'x', pipeline_id: other.id, pipeline_stage_id: second.id })
    const stageNow = async () => (await client.get(`/app/deals/${deal.id}`)).body.data.pipeline_stage_id
    await client.delete(`${stagesPath(other.id)}/${second.id}`)
    expect(await stageNow()).toBe(first.id)
    const { status, body } = await client.delete(`${stagesPath(other.id)}/${first.id}`)
    expect([status, body]).toEqual([400, { status: 'error', message: 'You cannot delete the last stage while it has deals.' }])
    const third = await client.make(stagesPath(other.id), { name: 'Third' })
    await client.delete(`${stagesPath(other.id)}/${first.id}`)
    expect(await stageNow()).toBe(third.id)
  })
})

test('pipeback 34: an id is any text; one that is nobody’s is unknown', async () => {
  const { client, other } = await account(app)
  const [strange, inside] = ['9d5f3d04-8h25-0j7g-4g9k-7h8i9j0k1l2a', '9d5f3d04-9i36-1k8h-5h0l-8i9j0k1l2m3c']
  for (const [pipeline, stage] of [
    [strange, inside],
    [other.id, inside],
    [strange, stageOf(other, 1).id],
    [other.id, '1'],
    [other.id, '%00'],
    ['x'.repeat(900), 'x'],
  ]) {
    const path = `/app/pipelines/${pipeline}/stages/${stage}`
    expect([path, (await client.put(path, { name: 'x' })).body]).toEqual([path, notFound])
    expect([path, (await client.delete(path)).status]).toEqual([path, 404])
  }
  const db = new DatabaseSync(join(app.directory, 'crmux.db'))
  const put = (table: string, uuid: string, to: string) => db.prepare(`update ${table} set uuid = ? where uuid = ?`).run(to, uuid)
  put('pipeline', other.id, strange)
  put('stage', stageOf(other, 1).id, inside)
  db.close()
  const { status, body } = await client.put(`/app/pipelines/${strange}/stages/${inside}`, { name: 'Found' })
  expect([status, body.data.id, body.data.pipeline_id, body.data.name]).toEqual([200, inside, strange, 'Found'])
})
