import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addLead, addPipelines, type Body, type Caller, callAs, deletePath, leadOf, listPath, setPath } from './caller.ts'

let app: TestApp
let ws: TestWorkspace
let caller: Caller
beforeAll(async () => {
  app = await openTestApp()
})
beforeEach(async () => {
  ws = await app.workspace({ template: 'amocrm' })
  caller = callAs(app, ws)
})
afterAll(() => app.close())

const oneStage = { 0: { name: 'S0', sort: 0, color: '#fffeb2' } }

/** The pipelines as the list shows them, keyed by id. */
const list = async (): Promise<Record<string, Body>> => (await caller.get(listPath)).body.response.pipelines
const byName = async (name: string): Promise<Body> => Object.values(await list()).find((pipeline) => pipeline.name === name)
const update = (row: object, place: 'inside' | 'beside' = 'inside') => {
  const rows = { [(row as { id: number }).id]: row }
  return caller.post(setPath, { request: place === 'inside' ? { pipelines: { update: rows } } : { pipelines: {}, update: rows } })
}
/** Names of the normal stages in their order. */
const names = (pipeline: Body): string[] =>
  Object.values(pipeline.statuses as Record<string, Body>)
    .filter((status) => status.editable === 'Y')
    .sort((a, b) => a.sort - b.sort)
    .map((status) => status.name)
const idOf = (pipeline: Body, name: string): number =>
  Object.values(pipeline.statuses as Record<string, Body>).find((status) => status.name === name).id

describe('adding', () => {
  test('amocrm 1, 2: a pipeline that is added answers with all its members, label and value doubling name and id', async () => {
    const answer = await caller.post(setPath, {
      request: { pipelines: { add: [{ name: 'Test', sort: 1, is_main: 'on', statuses: oneStage }] } },
    })
    expect(answer.status).toBe(200)
    const [[id, pipeline]] = Object.entries<Body>(answer.body.response.pipelines.add.pipelines) as [[string, Body]]
    expect(Object.keys(pipeline)).toEqual(['id', 'value', 'label', 'name', 'sort', 'is_main', 'statuses', 'leads'])
    expect(pipeline).toMatchObject({ id: Number(id), value: Number(id), label: 'Test', name: 'Test', leads: 0 })
    expect(answer.body.response.pipelines).not.toHaveProperty('update')
    expect(answer.body.response.server_time).toBeTypeOf('number')
  })

  test.each([
    ['on', true],
    [true, true],
    [1, true],
    ['1', true],
    ['true', true],
    ['Y', true],
    ['false', false],
    [false, false],
    ['off', false],
    ['', false],
    [null, false],
    [undefined, false],
  ])('amocrm 3: is_main sent as %j is shown as %j', async (sent, shown) => {
    const [pipeline] = await addPipelines(caller, { name: 'P', is_main: sent, statuses: oneStage })
    expect(pipeline.is_main).toBe(shown)
  })

  test('amocrm 4: two elements make two pipelines', async () => {
    const made = await addPipelines(caller, { name: 'A', statuses: oneStage }, { name: 'B', statuses: oneStage })
    expect(made.map(({ name }) => name)).toEqual(['A', 'B'])
    expect(Object.keys(await list())).toHaveLength(3)
  })

  test('amocrm 5: every pipeline ends with 142 and 143, as they always look', async () => {
    const [{ id, statuses }] = await addPipelines(caller, { name: 'P', statuses: oneStage })
    expect(statuses['142']).toEqual({
      id: 142,
      name: 'Closed - won',
      color: '#CCFF66',
      sort: 10000,
      editable: 'N',
      pipeline_id: id,
    })
    expect(statuses['143']).toMatchObject({ id: 143, name: 'Closed - lost', color: '#D5D8DB', sort: 11000, editable: 'N' })
  })

  test('amocrm 6: naming 142 names the won stage of that pipeline alone', async () => {
    const [pipeline] = await addPipelines(caller, { name: 'P', statuses: { ...oneStage, 142: { name: 'Success' } } })
    expect(pipeline.statuses['142'].name).toBe('Success')
    expect((await byName('Pipeline')).statuses['142'].name).toBe('Closed - won')
  })

  test('amocrm 7: other stages are editable, with ids of their own', async () => {
    const made = await addPipelines(caller, { name: 'A', statuses: oneStage }, { name: 'B', statuses: oneStage })
    const stages = made.flatMap(({ id, statuses }) =>
      Object.values<Body>(statuses)
        .filter(({ editable }) => editable === 'Y')
        .map((status) => ({ ...status, parent: id })),
    )
    expect(new Set(stages.map(({ id }) => id)).size).toBe(2)
    for (const { pipeline_id, parent, color } of stages) expect([pipeline_id, color]).toEqual([parent, '#fffeb2'])
  })

  test('amocrm 8: stages are numbered 10, 20, 30 in the order of the numbers that were sent', async () => {
    const statuses = [
      { name: 'last', sort: 900 },
      { name: 'first', sort: -5 },
      { name: 'middle', sort: '7' },
      { name: 'unsorted' },
    ]
    const [pipeline] = await addPipelines(caller, { name: 'P', statuses })
    expect(names(pipeline)).toEqual(['first', 'middle', 'last', 'unsorted'])
    const sorts = Object.values<Body>(pipeline.statuses).map(({ sort }) => sort)
    expect(sorts.sort((a, b) => a - b)).toEqual([10, 20, 30, 40, 10000, 11000])
  })

  test('amocrm 9: a list of stages and an object with numbers for keys are the same', async () => {
    const stages = [
      { name: 'a', sort: 1 },
      { name: 'b', sort: 2 },
    ]
    const [fromList, fromObject] = await addPipelines(
      caller,
      { name: 'L', statuses: stages },
      { name: 'O', statuses: { ...stages, 142: { name: 'W' } } },
    )
    expect(names(fromList)).toEqual(['a', 'b'])
    expect(names(fromObject)).toEqual(['a', 'b'])
  })

  test('in a new pipeline neither a key nor an id names a stage that exists elsewhere', async () => {
    const stage = idOf(await byName('Pipeline'), 'Negotiation')
    const [pipeline] = await addPipelines(caller, { name: 'P', statuses: { [stage]: { id: stage, name: 'mine' } } })
    expect(idOf(pipeline, 'mine')).not.toBe(stage)
    expect(names(await byName('Pipeline'))).toContain('Negotiation')
  })

  test('a pipeline takes its place by its number and keeps the number', async () => {
    await addPipelines(caller, { name: 'late', sort: 100, statuses: oneStage }, { name: 'early', sort: 0, statuses: oneStage })
    const order = await caller.get('/api/v4/leads/pipelines')
    expect(order.body._embedded.pipelines.map(({ name, sort }: Body) => [name, sort])).toEqual([
      ['early', 0],
      ['Pipeline', 2],
      ['late', 100],
    ])
  })

  test.each([
    ['no stages', { name: 'P' }],
    ['only closing stages', { name: 'P', statuses: { 142: { name: 'W' }, 143: { name: 'L' } } }],
    ['an empty list', { name: 'P', statuses: [] }],
  ])('amocrm 17: a pipeline with %s is refused and nothing is made', async (_case, row) => {
    const { status, body } = await caller.post(setPath, { request: { pipelines: { add: [row] } } })
    expect(status).toBe(200)
    expect(body.response.pipelines.add).toEqual({ errors: { 0: expect.stringMatching(/statuses/) } })
    expect(Object.keys(await list())).toHaveLength(1)
  })

  test('amocrm 18: an eleventh pipeline is refused, beside those that still had room', async () => {
    const rows = Array.from({ length: 10 }, (_, index) => ({ name: `P${index}`, statuses: oneStage }))
    const { body } = await caller.post(setPath, { request: { pipelines: { add: rows } } })
    expect(Object.keys(body.response.pipelines.add.pipelines)).toHaveLength(9)
    expect(body.response.pipelines.add.errors).toEqual({ 9: 'The limit is exceeded' })
    expect(Object.keys(await list())).toHaveLength(10)
  })

  test('amocrm 18: the figure can be set', async () => {
    vi.stubEnv('CRMUX_AMOCRM_MAX_PIPELINES', '2')
    try {
      const add = [
        { name: 'A', statuses: oneStage },
        { name: 'B', statuses: oneStage },
      ]
      const { body } = await caller.post(setPath, { request: { pipelines: { add } } })
      expect(Object.keys(body.response.pipelines.add.errors)).toEqual(['1'])
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('amocrm 19: a hundred stages with the two closing ones are allowed, one more is not', async () => {
    const stages = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `S${index}` }))
    const [full] = await addPipelines(caller, { name: 'full', statuses: stages(98) })
    expect(Object.keys(full.statuses)).toHaveLength(100)
    const { body } = await caller.post(setPath, { request: { pipelines: { add: [{ name: 'more', statuses: stages(99) }] } } })
    expect(body.response.pipelines.add).toEqual({ errors: { 0: 'The limit is exceeded' } })
  })

  test('an error is named by the key that the row was sent under', async () => {
    const add = { a: { name: 'A', statuses: oneStage }, b: { statuses: oneStage } }
    const { body } = await caller.post(setPath, { request: { pipelines: { add } } })
    expect(Object.keys(body.response.pipelines.add.errors)).toEqual(['b'])
    expect(Object.keys(body.response.pipelines.add.pipelines)).toHaveLength(1)
  })
})

describe('updating', () => {
  test.each(['inside', 'beside'] as const)(
    'amocrm 10, 11, 12: an update %s `pipelines` works and answers true',
    async (place) => {
      const { id } = await byName('Pipeline')
      const { body } = await update({ id, name: 'Renamed', sort: 12 }, place)
      expect(body.response.pipelines).toEqual({ update: { [id]: true } })
      expect((await list())[id]).toMatchObject({ name: 'Renamed', label: 'Renamed', sort: 12 })
    },
  )

  test('amocrm 11: updates in both places are both applied, and a list is as good as an object', async () => {
    const [a, b] = await addPipelines(caller, { name: 'A', statuses: oneStage }, { name: 'B', statuses: oneStage })
    const request = { pipelines: { update: [{ id: a.id, name: 'A2' }] }, update: { 0: { id: b.id, name: 'B2' } } }
    const { body } = await caller.post(setPath, { request })
    expect(body.response.pipelines.update).toEqual({ [a.id]: true, [b.id]: true })
    expect((await list())[a.id].name).toBe('A2')
    expect((await list())[b.id].name).toBe('B2')
  })

  test('amocrm 13: an entry without id adds a stage, entries with ids keep theirs', async () => {
    const pipeline = await byName('Pipeline')
    const kept = idOf(pipeline, 'Initial contact')
    const statuses = { [kept]: { id: kept, name: 'Hello', sort: 10 }, 5: { name: 'New', sort: 5 } }
    await update({ id: pipeline.id, statuses })
    const after = await byName('Pipeline')
    expect(names(after)).toEqual(['New', 'Hello'])
    expect(idOf(after, 'Hello')).toBe(kept)
  })

  test('amocrm 14: a new entry under the id of another stage is new all the same', async () => {
    const pipeline = await byName('Pipeline')
    const [first, second] = ['Initial contact', 'Negotiation'].map((name) => idOf(pipeline, name))
    const statuses = {
      [Number(first)]: { id: first, name: 'Initial contact', sort: 10 },
      [Number(second)]: { name: 'Appended', sort: 20 },
      142: { name: 'W', id: 142 },
    }
    await update({ id: pipeline.id, statuses })
    const after = await byName('Pipeline')
    expect(names(after)).toEqual(['Initial contact', 'Appended'])
    expect(idOf(after, 'Appended')).not.toBe(second)
    expect(after.statuses['142'].name).toBe('W')
  })

  test('amocrm 15: a number of leads that is sent back is passed over', async () => {
    const { id } = await byName('Pipeline')
    const lead = await addLead(caller)
    expect((await update({ id, leads: 14 })).body.response.pipelines.update).toEqual({ [id]: true })
    expect((await list())[id].leads).toBe(1)
    expect((await leadOf(caller, lead)).pipeline_id).toBe(id)
  })

  test('amocrm 16: making one pipeline main takes it from the former one; not making it so says nothing', async () => {
    const former = await byName('Pipeline')
    const [other] = await addPipelines(caller, { name: 'B', statuses: oneStage })
    await update({ id: other.id, is_main: 'on' })
    expect((await list())[former.id].is_main).toBe(false)
    await update({ id: other.id, is_main: 'false', name: 'B2' })
    expect((await list())[other.id]).toMatchObject({ is_main: true, name: 'B2' })
  })

  test('amocrm 26: a stage that is left out is removed and its leads go to the first one, each with an event', async () => {
    const pipeline = await byName('Pipeline')
    const [first, second] = ['Initial contact', 'Negotiation'].map((name) => idOf(pipeline, name))
    const lead = await addLead(caller, { status_id: second })
    const events = async () =>
      (await ws.scope.store.events.list({ subject: 'deal', subjectId: lead, limit: 10 })).items.map(({ type }) => type)
    await update({ id: pipeline.id, statuses: { a: { id: first, name: 'Only' } } })
    expect(names(await byName('Pipeline'))).toEqual(['Only'])
    expect((await leadOf(caller, lead)).status_id).toBe(first)
    expect(await events()).toEqual(['deal.created', 'deal.moved'])
  })

  test('stages that stay keep what this vendor does not know of', async () => {
    const [stage] = await ws.scope.store.stages.live()
    await ws.scope.store.transaction((tx) => tx.stages.save({ ...(stage as NonNullable<typeof stage>), rotAfterDays: 9 }))
    const pipeline = await byName('Pipeline')
    const statuses = Object.fromEntries(
      Object.values<Body>(pipeline.statuses).map(({ id, name, sort }) => [id, { id, name: `${name}!`, sort }]),
    )
    await update({ id: pipeline.id, statuses })
    expect(await ws.scope.store.stages.get(stage?.id ?? 0)).toMatchObject({ name: 'Initial contact!', rotAfterDays: 9 })
  })

  test.each([
    ['a stage of another pipeline', (other: number) => ({ a: { id: other, name: 'x' } })],
    ['a stage twice', (_: number, own: number) => ({ a: { id: own, name: 'x' }, b: { id: own, name: 'y' } })],
    ['only closing stages', () => ({ 142: { name: 'W' } })],
    ['a colour that is none', (_: number, own: number) => ({ a: { id: own, color: 'red' } })],
    ['a name that is none', (_: number, own: number) => ({ a: { id: own }, b: { name: '  ' } })],
  ])('an update with %s is not applied, and nothing of it', async (_case, statusesOf) => {
    const [other] = await addPipelines(caller, { name: 'B', statuses: oneStage })
    const pipeline = await byName('Pipeline')
    const statuses = statusesOf(idOf(other, 'S0'), idOf(pipeline, 'Initial contact'))
    const { body } = await update({ id: pipeline.id, name: 'Changed', statuses })
    expect(body.response.pipelines.update).toEqual({ [pipeline.id]: false })
    expect((await list())[pipeline.id]).toEqual(pipeline)
  })

  test('an unknown pipeline answers false', async () => {
    expect((await update({ id: 999_999, name: 'x' })).body.response.pipelines.update).toEqual({ 999999: false })
  })
})

describe('deleting', () => {
  test('amocrm 20: one id answers true for it, and nothing else', async () => {
    const [{ id }] = await addPipelines(caller, { name: 'B', statuses: oneStage })
    const { status, body } = await caller.post(deletePath, { request: { id } })
    expect([status, body]).toEqual([200, { response: { [id]: true } }])
  })

  test.each([
    ['an array', (ids: number[]) => ids],
    ['texts', (ids: number[]) => ids.map(String)],
    ['an object', (ids: number[]) => ({ a: ids[0], b: ids[1] })],
  ])('amocrm 21, 24: %s answers each id for itself; one that fails does not hold back the others', async (_case, write) => {
    const [a, b] = await addPipelines(caller, { name: 'A', statuses: oneStage }, { name: 'B', statuses: oneStage })
    const { body } = await caller.post(deletePath, { request: { id: write([a.id, b.id]) } })
    expect(body.response).toEqual({ [a.id]: true, [b.id]: true })
    const [c] = await addPipelines(caller, { name: 'C', statuses: oneStage })
    const mixed = await caller.post(deletePath, { request: { id: [999_999, c.id] } })
    expect(mixed.body.response).toEqual({ 999999: { errors: 'Pipeline not found' }, [c.id]: true })
  })

  test('amocrm 22: the only pipeline stays', async () => {
    const { id } = await byName('Pipeline')
    const { status, body } = await caller.post(deletePath, { request: { id } })
    expect([status, body.response]).toEqual([200, { [id]: { errors: 'Impossible to delete last pipeline' } }])
  })

  test('amocrm 23: of all pipelines at once the last one stays', async () => {
    const { id } = await byName('Pipeline')
    const [a, b] = await addPipelines(caller, { name: 'A', statuses: oneStage }, { name: 'B', statuses: oneStage })
    const { body } = await caller.post(deletePath, { request: { id: [id, a.id, b.id] } })
    expect(body.response).toEqual({ [id]: true, [a.id]: true, [b.id]: { errors: 'Impossible to delete last pipeline' } })
    expect((await list())[b.id].is_main).toBe(true)
  })

  test('leads of a pipeline that goes are kept: open ones at the beginning of the main one, closed ones at the same end', async () => {
    const [b] = await addPipelines(caller, { name: 'B', statuses: [{ name: 'x' }, { name: 'y' }] })
    const main = await byName('Pipeline')
    const open = await addLead(caller, { status_id: idOf(b, 'y') })
    const won = await addLead(caller, { status_id: 142, pipeline_id: b.id })
    expect((await caller.post(deletePath, { request: { id: b.id } })).body.response[b.id]).toBe(true)
    expect(await leadOf(caller, open)).toMatchObject({ pipeline_id: main.id, status_id: idOf(main, 'Initial contact') })
    expect(await leadOf(caller, won)).toMatchObject({ pipeline_id: main.id, status_id: 142 })
  })
})

test('amocrm 25: who may not shape pipelines is refused, whatever was asked', async () => {
  const { id } = await byName('Pipeline')
  for (const role of ['member', 'viewer'] as const) {
    const other = callAs(app, await ws.member(role))
    for (const answer of [
      await other.post(setPath, { request: { pipelines: { update: { [id]: { id, name: 'x' } } } } }),
      await other.post(deletePath, { request: { id } }),
    ]) {
      expect(answer.status).toBe(403)
      expect(answer.body.response.error_code).toBe('244')
    }
    expect((await other.get(listPath)).status).toBe(200)
  }
})

test('amocrm 27: the list is keyed by id and can be narrowed to one', async () => {
  const [b] = await addPipelines(caller, { name: 'B', statuses: oneStage })
  const all = await caller.get(listPath)
  expect(Object.keys(all.body.response)).toEqual(['pipelines', 'server_time'])
  expect(Object.keys(all.body.response.pipelines)).toHaveLength(2)
  const one = await caller.get(`${listPath}?id=${b.id}`)
  expect(Object.keys(one.body.response.pipelines)).toEqual([String(b.id)])
  expect((await caller.get(`${listPath}?id=999999`)).status).toBe(204)
})
