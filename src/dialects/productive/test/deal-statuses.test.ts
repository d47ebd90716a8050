import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { createDeal } from '../../../domain/edit-deals.ts'
import { addStage, changeStage } from '../../../domain/edit-stages.ts'
import { findStage, listStages } from '../../../domain/stage.ts'
import { changeWorkspace } from '../../../domain/workspace.ts'
import { admin, type Body, type Caller, caller, doc, problems } from './caller.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

interface Account {
  ws: TestWorkspace
  pd: Caller
  pipeline: string
  /** Ids of the default stages in their order. */
  stages: number[]
  add(name: string, attributes?: object, pipeline?: string): Promise<Body>
}

async function account(): Promise<Account> {
  const ws = await app.workspace({ template: 'productive' })
  const pd = admin(app, ws)
  const pipeline = (await pd.get('/pipelines')).body.data[0].id
  return {
    ws,
    pd,
    pipeline,
    stages: (await listStages(ws.scope)).map(({ id }) => id),
    add: async (name, attributes = {}, of = pipeline) => {
      const { status, body } = await pd.post(
        '/deal_statuses',
        doc('deal_statuses', { name, ...attributes }, { pipeline: ['pipelines', of] }),
      )
      expect({ status, body }).toMatchObject({ status: 201 })
      return body.data
    },
  }
}

const attributesOf = async (pd: Caller, id: number | string) => (await pd.get(`/deal_statuses/${id}`)).body.data.attributes
const patch = (pd: Caller, id: number | string, attributes: object) =>
  pd.patch(`/deal_statuses/${id}`, doc('deal_statuses', attributes))
const positions = async (pd: Caller, filter = ''): Promise<(number | null)[]> =>
  (await pd.get(`/deal_statuses?sort=id${filter}`)).body.data.map((status: Body) => status.attributes.position)

const twelve = [
  'name',
  'position',
  'color_id',
  'archived_at',
  'time_tracking_enabled',
  'expense_tracking_enabled',
  'booking_tracking_enabled',
  'status_id',
  'probability_enabled',
  'probability',
  'lost_reason_enabled',
  'used',
]

describe('reading', () => {
  test('productive 29, 30: a stage has twelve attributes in their order, and its id is a string', async () => {
    const { pd, stages } = await account()
    const { data } = (await pd.get(`/deal_statuses/${stages[0]}`)).body
    expect(Object.keys(data)).toEqual(['id', 'type', 'attributes', 'relationships'])
    expect(Object.keys(data.attributes)).toEqual(twelve)
    expect({ id: data.id, type: data.type }).toEqual({ id: String(stages[0]), type: 'deal_statuses' })
  })

  test('productive 31: a new organization has the five default stages', async () => {
    const { pd } = await account()
    const { data } = (await pd.get('/deal_statuses')).body
    const open = [true, true, true, 1, false]
    expect(
      data.map(({ attributes: a }: Body) => [
        a.name,
        a.position,
        a.color_id,
        a.time_tracking_enabled,
        a.expense_tracking_enabled,
        a.booking_tracking_enabled,
        a.status_id,
        a.lost_reason_enabled,
      ]),
    ).toEqual([
      ['Qualified Lead', 1, '0', ...open],
      ['Needs Defined', 2, '4', ...open],
      ['Proposal Sent', 3, '5', ...open],
      ['Won Deals', 4, '14', false, false, false, 2, false],
      ['Lost Deals', 5, '13', false, false, false, 3, true],
    ])
    for (const { attributes } of data)
      expect(attributes).toMatchObject({ probability_enabled: false, probability: null, used: false, archived_at: null })
  })

  test('productive 56: a stage is used when a deal stands in it, and not when one was only closed from it', async () => {
    const { pd, ws, stages } = await account()
    const [lead = 0, needs = 0, , won = 0] = stages
    await createDeal(ws.scope, { title: 'A', stageId: lead })
    await createDeal(ws.scope, { title: 'B', stageId: won, openStageId: needs })
    expect((await attributesOf(pd, lead)).used).toBe(true)
    expect((await attributesOf(pd, won)).used).toBe(true)
    expect((await attributesOf(pd, needs)).used).toBe(false)
    expect((await pd.delete(`/deal_statuses/${needs}`)).status).toBe(204)
  })

  test('a stage for deals that did not qualify is one of the lost', async () => {
    const { pd, ws, pipeline } = await account()
    const stage = await addStage(ws.scope, { pipelineId: Number(pipeline), name: 'Spam', kind: 'unqualified' })
    expect(await attributesOf(pd, stage.id)).toMatchObject({ name: 'Spam', status_id: 3 })
    await patch(pd, stage.id, { name: 'Junk', status_id: 3 })
    expect(await findStage(ws.scope, stage.id)).toMatchObject({ name: 'Junk', kind: 'unqualified' })
    const { body } = await pd.get('/deal_statuses?filter[status_id]=3&sort=id')
    expect(body.data.map(({ attributes }: Body) => attributes.name)).toEqual(['Lost Deals', 'Junk'])
  })

  test('productive 88: an unknown id is the recorded 404, whatever is asked of it', async () => {
    const { pd } = await account()
    const errors = [
      {
        status: '404',
        code: 'record_not_found',
        title: 'Record Not Found',
        detail: 'The requested record was not found',
        meta: {},
        source: {},
      },
    ]
    for (const id of ['0', '999999999', '9223372036854775808', 'abc', '-1', '1.5', '%20']) {
      for (const answer of [
        await pd.get(`/deal_statuses/${id}`),
        await patch(pd, id, { name: '' }),
        await pd.patch(`/deal_statuses/${id}/archive`),
        await pd.delete(`/deal_statuses/${id}`),
      ])
        expect({ id, status: answer.status, body: answer.body }).toEqual({ id, status: 404, body: { errors } })
    }
  })
})

describe('creating', () => {
  test('productive 32, 60: what is not said has its default, and the pipeline may be an attribute', async () => {
    const { pd, pipeline } = await account()
    const byRelation = await pd.post(
      '/deal_statuses',
      doc('deal_statuses', { name: 'test name', position: 1 }, { pipeline: ['pipelines', pipeline] }),
    )
    const byNumber = await pd.post(
      '/deal_statuses',
      doc('deal_statuses', { name: 'test name', position: 1, pipeline_id: Number(pipeline) }),
    )
    const byText = await pd.post(
      '/deal_statuses',
      doc('deal_statuses', { name: 'test name', position: 1, pipeline_id: pipeline }),
    )
    for (const { status, body } of [byRelation, byNumber, byText]) {
      expect(status).toBe(201)
      expect(body.data.attributes).toEqual({
        name: 'test name',
        position: 1,
        color_id: null,
        archived_at: null,
        time_tracking_enabled: true,
        expense_tracking_enabled: true,
        booking_tracking_enabled: true,
        status_id: 1,
        probability_enabled: false,
        probability: null,
        lost_reason_enabled: false,
        used: false,
      })
    }
  })

  test('productive 33, 34: name before pipeline, and probability before it too', async () => {
    const { pd } = await account()
    const blank = (field: string) => [`data/attributes/${field}`, "can't be blank"]
    expect(problems(await pd.post('/deal_statuses', doc('deal_statuses', { name: '' })))).toEqual([
      blank('name'),
      blank('pipeline'),
    ])
    expect(problems(await pd.post('/deal_statuses', doc('deal_statuses')))).toEqual([blank('name'), blank('pipeline')])
    const conditional = await pd.post('/deal_statuses', doc('deal_statuses', { name: 'Probability', probability_enabled: true }))
    expect(problems(conditional)).toEqual([blank('probability'), blank('pipeline')])
    expect(conditional.body.errors.map(({ meta }: Body) => meta)).toEqual([{ if: {} }, {}])
    const all = await pd.post('/deal_statuses', doc('deal_statuses', { name: ' ', probability_enabled: true, status_id: 9 }))
    expect(problems(all).map(([pointer]) => pointer)).toEqual(
      ['name', 'status_id', 'probability', 'pipeline'].map((field) => `data/attributes/${field}`),
    )
  })

  test('productive 35, 36: probability is the organization’s feature', async () => {
    const { pd, ws, pipeline } = await account()
    const draft = doc(
      'deal_statuses',
      { name: 'Probability', probability: 20, probability_enabled: true },
      { pipeline: ['pipelines', pipeline] },
    )
    await changeWorkspace(ws.scope, { features: { probability: false } })
    const refused = await pd.post('/deal_statuses', draft)
    expect(refused.status).toBe(422)
    expect(refused.body.errors).toEqual([
      {
        status: '422',
        code: 'probability_feature_unavailable',
        title: 'Invalid Attribute',
        detail: 'feature unavailable',
        meta: {},
        source: { pointer: 'data/attributes/probability' },
      },
    ])
    expect((await pd.get('/deal_statuses')).body.meta.total_count).toBe(5)
    const off = { name: 'Off', probability: null, probability_enabled: false }
    expect((await pd.post('/deal_statuses', doc('deal_statuses', off, { pipeline: ['pipelines', pipeline] }))).status).toBe(201)
    await changeWorkspace(ws.scope, { features: { probability: true } })
    const made = await pd.post('/deal_statuses', draft)
    expect({ status: made.status, ...made.body.data.attributes }).toMatchObject({
      status: 201,
      probability: 20,
      probability_enabled: true,
    })
    expect((await findStage(ws.scope, Number(made.body.data.id))).probability).toBe(20)
  })

  test('productive 57, 58, 59: colours become strings; percents and statuses have bounds', async () => {
    const { add, pd } = await account()
    expect((await add('Red', { color_id: 7 })).attributes.color_id).toBe('7')
    const { id } = await add('Blue', { color_id: '12' })
    for (const [attributes, pointer, detail] of [
      [{ probability: 101, probability_enabled: true }, 'probability', 'must be less than or equal to 100'],
      [{ probability: -1 }, 'probability', 'must be greater than or equal to 0'],
      [{ probability: 12.5 }, 'probability', 'is not a number'],
      [{ probability: 'half' }, 'probability', 'is not a number'],
      [{ status_id: 0 }, 'status_id', 'must be greater than or equal to 1'],
      [{ status_id: 5 }, 'status_id', 'must be less than or equal to 4'],
      [{ status_id: null }, 'status_id', 'is not a number'],
      [{ time_tracking_enabled: 'yes' }, 'time_tracking_enabled', 'is invalid'],
      [{ name: 'x'.repeat(256) }, 'name', 'is too long (maximum is 255 characters)'],
      [{ name: null }, 'name', "can't be blank"],
      [{ position: {} }, 'position', 'is not a number'],
    ] as const)
      expect(problems(await patch(pd, id, attributes)), JSON.stringify(attributes)).toEqual([
        [`data/attributes/${pointer}`, detail],
      ])
    expect((await attributesOf(pd, id)).name).toBe('Blue')
    expect((await add('Delivered', { status_id: 4 })).attributes.status_id).toBe(4)
  })

  test('productive 86: a relation of another type is no pipeline', async () => {
    const { pd, pipeline } = await account()
    const answer = await pd.post('/deal_statuses', doc('deal_statuses', { name: 'A' }, { pipeline: ['people', pipeline] }))
    expect(answer.body.errors).toMatchObject([
      { status: '422', code: 'invalid_attribute', source: { pointer: 'data/attributes/pipeline' } },
    ])
    for (const data of [[], [{ type: 'pipelines', id: pipeline }], 'x', { id: {} }, { type: 'pipelines', id: 'x' }]) {
      const body = { data: { type: 'deal_statuses', attributes: { name: 'A' }, relationships: { pipeline: { data } } } }
      expect(problems(await pd.post('/deal_statuses', body)), JSON.stringify(data)).toEqual([
        ['data/attributes/pipeline', 'is invalid'],
      ])
    }
    const unknown = await pd.post('/deal_statuses', doc('deal_statuses', { name: 'A' }, { pipeline: ['pipelines', 999999] }))
    expect(problems(unknown)).toEqual([['data/attributes/pipeline', 'must exist']])
    const empty = { data: { type: 'deal_statuses', attributes: { name: 'A' }, relationships: { pipeline: { data: null } } } }
    expect(problems(await pd.post('/deal_statuses', empty))).toEqual([['data/attributes/pipeline', "can't be blank"]])
  })
})

describe('changing', () => {
  test('productive 37, 38, 44: a new name and nothing else; none is refused; the id may be left out', async () => {
    const { pd, add } = await account()
    const before = await add('Old', { color_id: '3', position: 7, lost_reason_enabled: true, booking_tracking_enabled: false })
    const { status, body } = await patch(pd, before.id, { name: 'new name' })
    expect(status).toBe(200)
    expect(body.data.attributes).toEqual({ ...before.attributes, name: 'new name' })
    const withId = { data: { type: 'deal_statuses', id: before.id, attributes: { name: 'newer' } } }
    expect((await pd.patch(`/deal_statuses/${before.id}`, withId)).body.data.attributes.name).toBe('newer')
    expect(problems(await patch(pd, before.id, { name: '' }))).toEqual([['data/attributes/name', "can't be blank"]])
  })

  test('productive 39: a stage moves to another pipeline', async () => {
    const { pd, add } = await account()
    const other = (await pd.post('/pipelines', doc('pipelines', { name: 'Other' }))).body.data.id
    const stage = await add('prospective')
    const { status, body } = await pd.patch(`/deal_statuses/${stage.id}?include=pipeline`, {
      data: { type: 'deal_statuses', relationships: { pipeline: { data: { type: 'pipelines', id: other } } } },
    })
    expect(status).toBe(200)
    expect(body.data.attributes).toEqual(stage.attributes)
    expect(body.data.relationships.pipeline.data.id).toBe(other)
    expect(body.included[0].attributes.name).toBe('Other')
  })

  test('productive 40, 41: a status changes while no deal is in the stage, and nothing with it', async () => {
    const { pd, ws, add } = await account()
    const stage = await add('test deal status')
    const deal = await createDeal(ws.scope, { title: 'A', stageId: Number(stage.id) })
    const refused = await patch(pd, stage.id, { status_id: 3 })
    expect(refused.status).toBe(422)
    expect(problems(refused)).toEqual([['data/attributes/status_id', 'not allowed to change stage status with active deals']])
    expect((await patch(pd, stage.id, { status_id: 1, name: 'Same' })).status).toBe(200)
    expect(deal.stageId).toBe(Number(stage.id))
    const free = await add('test deal status', { probability: 30, probability_enabled: true })
    const changed = await patch(pd, free.id, { status_id: 3 })
    expect(changed.body.data.attributes).toEqual({ ...free.attributes, status_id: 3 })
    const back = await patch(pd, free.id, { status_id: 1 })
    expect(back.body.data.attributes).toEqual(free.attributes)
  })

  test('the last stage of a status keeps it', async () => {
    const { pd, stages } = await account()
    const [, , , won = 0] = stages
    expect(problems(await patch(pd, won, { status_id: 4 }))).toEqual([
      ['data/attributes/status_id', "must have at least one stage with status 'Won'"],
    ])
  })

  test('productive 42, 43: probability is switched on with a number, where the organization has it', async () => {
    const { pd, ws, add } = await account()
    const { id } = await add('prospective')
    const set = await patch(pd, id, { probability: 30, probability_enabled: true })
    expect(set.body.data.attributes).toMatchObject({ probability: 30, probability_enabled: true })
    await changeWorkspace(ws.scope, { features: { probability: false } })
    const refused = await patch(pd, id, { probability: 30, probability_enabled: true })
    expect(refused.body.errors[0].code).toBe('probability_feature_unavailable')
    expect(await attributesOf(pd, id)).toMatchObject({ probability: null, probability_enabled: false })
    // Writing back what is shown touches nothing that is hidden.
    await patch(pd, id, { ...(await attributesOf(pd, id)), name: 'renamed' })
    await changeWorkspace(ws.scope, { features: { probability: true } })
    expect(await attributesOf(pd, id)).toMatchObject({ name: 'renamed', probability: 30, probability_enabled: true })
  })

  test('a probability that is switched off is remembered and does not count', async () => {
    const { pd, ws, add } = await account()
    const { id } = await add('prospective', { probability: 45 })
    expect(await attributesOf(pd, id)).toMatchObject({ probability: 45, probability_enabled: false })
    expect((await findStage(ws.scope, Number(id))).probability).toBeNull()
    await patch(pd, id, { probability_enabled: true })
    expect((await findStage(ws.scope, Number(id))).probability).toBe(45)
    await patch(pd, id, { probability_enabled: false })
    expect(await attributesOf(pd, id)).toMatchObject({ probability: 45, probability_enabled: false })
    const bare = await add('bare')
    const missing = await patch(pd, bare.id, { probability_enabled: true })
    expect(missing.body.errors).toMatchObject([
      { detail: "can't be blank", meta: { if: {} }, source: { pointer: 'data/attributes/probability' } },
    ])
  })

  test('a resource written back as it was read changes nothing', async () => {
    const { pd, ws } = await account()
    const before = await listStages(ws.scope)
    for (const resource of (await pd.get('/deal_statuses')).body.data)
      expect((await pd.patch(`/deal_statuses/${resource.id}`, { data: resource, meta: {} })).body.data).toEqual(resource)
    expect(await listStages(ws.scope)).toEqual(before)
  })

  test('productive 45: an archived stage says when, with milliseconds and the organization’s offset', async () => {
    const { pd, ws, stages } = await account()
    await changeWorkspace(ws.scope, { timeZone: 'America/St_Johns' })
    const first = (await pd.patch(`/deal_statuses/${stages[1]}/archive`)).body.data.attributes.archived_at
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[23]:30$/)
    expect(Math.abs(Date.parse(first) - Date.now())).toBeLessThan(60_000)
    expect((await pd.patch(`/deal_statuses/${stages[1]}/archive`, doc('deal_statuses'))).body.data.attributes.archived_at).toBe(
      first,
    )
    expect((await findStage(ws.scope, stages[1] ?? 0)).isArchived).toBe(true)
  })
})

describe('positions', () => {
  test('numbers are plain: nobody is renumbered, two may be the same, none stays none', async () => {
    const { pd, add, stages } = await account()
    await add('A')
    expect(await positions(pd)).toEqual([1, 2, 3, 4, 5, null])
    await add('B', { position: 1 })
    expect(await positions(pd)).toEqual([1, 2, 3, 4, 5, null, 1])
    await patch(pd, stages[2] ?? 0, { position: 0 })
    await patch(pd, stages[0] ?? 0, { position: 40 })
    await patch(pd, stages[4] ?? 0, { position: -3 })
    expect(await positions(pd)).toEqual([40, 2, 0, 4, -3, null, 1])
    await patch(pd, stages[0] ?? 0, { position: null })
    expect(await positions(pd)).toEqual([null, 2, 0, 4, -3, null, 1])
  })

  test('the order that the numbers say is the order that everybody sees', async () => {
    const { pd, ws, add, stages } = await account()
    const last = await add('Last')
    const first = await add('First', { position: 0 })
    await patch(pd, stages[0] ?? 0, { position: 3 })
    const order = (await listStages(ws.scope)).map(({ name }) => name)
    expect(order).toEqual(['First', 'Needs Defined', 'Qualified Lead', 'Proposal Sent', 'Last', 'Won Deals', 'Lost Deals'])
    await patch(pd, last.id, { position: -1 })
    await patch(pd, first.id, { position: null })
    expect((await listStages(ws.scope)).map(({ name }) => name)).toEqual([
      'Last',
      'Needs Defined',
      'Qualified Lead',
      'Proposal Sent',
      'First',
      'Won Deals',
      'Lost Deals',
    ])
  })

  test('where others have put stages elsewhere, their places are shown', async () => {
    const { pd, ws, add, stages } = await account()
    const { id } = await add('A', { position: 2 })
    await patch(pd, stages[1] ?? 0, { position: 20 })
    await changeStage(ws.scope, stages[1] ?? 0, { place: { nth: 1 } })
    const shown = (await pd.get('/deal_statuses?sort=position&filter[status_id]=1')).body.data.map(
      (status: Body) => status.attributes.name,
    )
    expect(shown).toEqual((await listStages(ws.scope)).filter(({ kind }) => kind === 'open').map(({ name }) => name))
    await addStage(ws.scope, { pipelineId: (await findStage(ws.scope, Number(id))).pipelineId, name: 'Elsewhere' })
    expect((await pd.get('/deal_statuses?filter[query]=elsewhere')).body.data[0].attributes.position).toBeGreaterThan(0)
  })
})

describe('merging', () => {
  test('productive 46: stages of different statuses do not merge', async () => {
    const { pd, stages } = await account()
    const answer = await pd.patch('/deal_statuses/merge', { winner_id: stages[3], loser_id: stages[0] })
    expect(answer.status).toBe(422)
    expect(answer.body.errors[0]).toMatchObject({
      code: 'deal_status_mismatch',
      detail: 'cannot merge stages with different statuses',
    })
    const { data } = (await pd.get('/deal_statuses')).body
    expect(data).toHaveLength(5)
  })

  test('productive 47: the loser’s deals go to the winner, and the loser goes', async () => {
    const { pd, ws, stages, add } = await account()
    const deal = await createDeal(ws.scope, { title: 'A', stageId: stages[1] })
    const merged = await pd.patch('/deal_statuses/merge', { winner_id: String(stages[0]), loser_id: stages[1] })
    expect(merged.status).toBe(200)
    expect(merged.body.data).toMatchObject({ id: String(stages[0]), attributes: { used: true } })
    expect((await pd.get(`/deal_statuses/${stages[1]}`)).status).toBe(404)
    expect((await ws.scope.store.deals.get(deal.id))?.stageId).toBe(stages[0])
    const other = await add('Also')
    const wrapped = { data: { attributes: { winner_id: stages[0], loser_id: other.id } } }
    expect((await pd.patch('/deal_statuses/merge', wrapped)).status).toBe(200)
  })

  test('productive 48: merge is never taken for an id', async () => {
    const { pd, stages } = await account()
    const missing = await pd.patch('/deal_statuses/merge', doc('deal_statuses', { name: 'merge' }))
    expect(problems(missing)).toEqual(['winner_id', 'loser_id'].map((name) => [`data/attributes/${name}`, "can't be blank"]))
    expect((await pd.patch('/deal_statuses/merge', { winner_id: stages[0], loser_id: 999999 })).status).toBe(404)
    expect((await pd.patch('/deal_statuses/merge', { winner_id: stages[0], loser_id: stages[0] })).status).toBe(422)
    expect((await pd.get('/deal_statuses/merge')).status).toBe(404)
  })
})

describe('deleting', () => {
  test('productive 49, 53: a stage without deals goes, once', async () => {
    const { pd, stages } = await account()
    const first = await pd.delete(`/deal_statuses/${stages[1]}`)
    expect({ status: first.status, text: first.text }).toEqual({ status: 204, text: '' })
    const again = await pd.delete(`/deal_statuses/${stages[1]}`)
    expect({ status: again.status, code: again.body.errors[0].code }).toEqual({ status: 404, code: 'record_not_found' })
  })

  test('productive 50: one with deals stays, even if it were the last of its status', async () => {
    const { pd, ws, stages } = await account()
    for (const stageId of [stages[0], stages[3]]) {
      await createDeal(ws.scope, { title: 'A', stageId })
      const { status, body } = await pd.delete(`/deal_statuses/${stageId}`)
      expect(status).toBe(409)
      expect(body).toEqual({
        errors: [{ status: '409', code: 'deal_status_in_use', title: 'Conflict error', meta: {}, source: {} }],
      })
    }
  })

  test('productive 51, 52: the last of a status stays, and the error names the status', async () => {
    const { pd, stages } = await account()
    const [, needs, proposal, won, lost] = stages
    await pd.delete(`/deal_statuses/${needs}`)
    await pd.delete(`/deal_statuses/${proposal}`)
    for (const [id, name] of [
      [stages[0], 'Open'],
      [won, 'Won'],
      [lost, 'Lost'],
    ]) {
      const { status, body } = await pd.delete(`/deal_statuses/${id}`)
      expect(status).toBe(422)
      expect(body.errors).toEqual([
        {
          status: '422',
          code: 'deal_status_last_stage_not_allowed',
          title: 'Invalid Attribute',
          detail: `must have at least one stage with status '${name}'`,
          meta: {},
          source: { pointer: 'data/attributes/status_id' },
        },
      ])
    }
  })
})

test('who may only read or write deals changes no stage', async () => {
  const { ws, stages, pipeline } = await account()
  for (const role of ['viewer', 'member'] as const) {
    const { token } = await ws.member(role)
    const pd = caller(app, { token, organization: ws.workspace.id })
    const calls = [
      await pd.post('/deal_statuses', doc('deal_statuses', { name: 'A' }, { pipeline: ['pipelines', pipeline] })),
      await patch(pd, stages[0] ?? 0, { name: 'A' }),
      await pd.patch(`/deal_statuses/${stages[0]}/archive`),
      await pd.patch('/deal_statuses/merge', { winner_id: stages[0], loser_id: stages[1] }),
      await pd.delete(`/deal_statuses/${stages[0]}`),
    ]
    for (const { status, body } of calls)
      expect({ status, code: body.errors[0].code }).toEqual({ status: 403, code: 'forbidden' })
    expect((await pd.get('/deal_statuses')).status).toBe(200)
  }
})
