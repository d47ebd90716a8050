import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addLead, type Body, type Caller, callAs, callerAt, formType, leadOf, listPath } from './caller.ts'

let app: TestApp
let ws: TestWorkspace
let caller: Caller
beforeAll(async () => {
  app = await openTestApp({ own: ['amocrm'] })
})
beforeEach(async () => {
  ws = await app.workspace({ template: 'amocrm' })
  caller = callAs(app, ws)
})
afterAll(() => app.close())

const path = '/api/v4/leads/pipelines'
const row = (name: string, more: object = {}) => ({
  name,
  sort: 100,
  is_main: false,
  is_unsorted_on: false,
  _embedded: {
    statuses: [
      { name: 'x', sort: 10, color: '#fffeb2' },
      { id: 142, name: 'Won!' },
    ],
  },
  ...more,
})
const all = async (): Promise<Body[]> => (await caller.get(path)).body._embedded.pipelines
const main = async (): Promise<Body> => (await all()).find(({ is_main }) => is_main)
const add = async (...rows: object[]): Promise<Body[]> => {
  const { body } = await caller.post(path, rows)
  return body._embedded.pipelines
}
const one = async (id: number): Promise<Body> => (await caller.get(`${path}/${id}`)).body
const statuses = async (id: number): Promise<Body[]> => (await one(id))._embedded.statuses
const names = async (id: number) => (await statuses(id)).filter(({ id }) => id > 143).map(({ name }) => name)
const pipelineKeys = ['id', 'name', 'sort', 'is_main', 'is_unsorted_on', 'is_archive', 'account_id', '_links', '_embedded']
const statusKeys = ['id', 'name', 'sort', 'is_editable', 'pipeline_id', 'color', 'type', 'account_id', '_links']

test('a new account has the stages that the vendor begins with', async () => {
  const [pipeline] = await all()
  expect(pipeline).toMatchObject({ name: 'Pipeline', sort: 1, is_main: true, is_unsorted_on: false, is_archive: false })
  expect(pipeline._embedded.statuses.map(({ name, color }: Body) => [name, color])).toEqual([
    ['Initial contact', '#99ccff'],
    ['Negotiation', '#ffff99'],
    ['Decision making', '#ffcc66'],
    ['Contract negotiation', '#ffcccc'],
    ['Closed - won', '#CCFF66'],
    ['Closed - lost', '#D5D8DB'],
  ])
})

describe('pipelines', () => {
  test('amocrm 55: the list counts its items and is an array', async () => {
    const { status, body, headers } = await caller.get(path)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/hal+json')
    expect(body._total_items).toBe(1)
    expect(body._embedded.pipelines).toBeInstanceOf(Array)
  })

  test('amocrm 56: every link is absolute on the host of the call, by prefix, host and port', async () => {
    const token = { authorization: `Bearer ${ws.token}` }
    const host = `${ws.workspace.subdomain}.amocrm.ru`
    for (const [origin, at] of [
      [`${app.origin}/amocrm`, caller],
      [`http://${host}`, callerAt(app.own.amocrm, host, token)],
      ['http://localhost:5', callerAt(app.own.amocrm, 'localhost:5', token)],
    ] as const) {
      const { text } = await at.get(path)
      const hrefs = [...text.matchAll(/"href":"([^"]*)"/g)].map((match) => match[1] ?? '')
      expect(hrefs).toHaveLength(8)
      for (const href of hrefs) expect(href.startsWith(`${origin}${path}`)).toBe(true)
    }
  })

  test('amocrm 57, 73: pipelines and statuses have all their members in every answer', async () => {
    const [made] = await add(row('B'))
    const patched = await caller.patch(`${path}/${made.id}`, { name: 'B2' })
    const listed = (await all()).find(({ id }) => id === made.id)
    for (const pipeline of [made, patched.body, listed, await one(made.id)]) {
      expect(Object.keys(pipeline).filter((key) => key !== 'request_id')).toEqual(pipelineKeys)
      for (const status of pipeline._embedded.statuses) expect(Object.keys(status)).toEqual(statusKeys)
    }
    const { body } = await caller.get(`${path}/${made.id}/statuses/142`)
    expect(Object.keys(body)).toEqual(statusKeys)
    expect(body).toMatchObject({ id: 142, name: 'Won!', account_id: ws.workspace.id, pipeline_id: made.id, is_editable: false })
  })

  test('amocrm 60: each row is named in the answer as the caller named it', async () => {
    const made = await add(row('A', { request_id: 'mine' }), row('B', { request_id: '0' }), row('C'))
    expect(made.map(({ request_id }) => request_id)).toEqual(['mine', '0', '2'])
    expect(made.map(({ name }) => name)).toEqual(['A', 'B', 'C'])
  })

  test('amocrm 61: adding answers 200', async () => {
    const { status, body } = await caller.post(path, [row('A')])
    expect([status, body._total_items]).toEqual([200, 1])
    expect(body._links.self.href).toBe(`${caller.origin}${path}`)
  })

  test('a pipeline without statuses gets those of a new account', async () => {
    const [made] = await add(row('A', { _embedded: undefined }))
    expect(made._embedded.statuses.map(({ name }: Body) => name)).toEqual([
      'Initial contact',
      'Negotiation',
      'Decision making',
      'Contract negotiation',
      'Closed - won',
      'Closed - lost',
    ])
  })

  test('amocrm 62: a change answers 200 with request_id "0", also to a client that sends its own members back', async () => {
    const { id } = await main()
    const sent = { name: 'New', sort: 7, is_main: true, is_unsorted_on: false, request_id: '0', account_id: 5 }
    const { status, body } = await caller.patch(`${path}/${id}`, sent)
    expect(status).toBe(200)
    expect(body).toMatchObject({ id, name: 'New', sort: 7, is_main: true, request_id: '0', account_id: ws.workspace.id })
    expect((await caller.patch(`${path}/${id}`, { name: 'N' })).body.request_id).toBe('0')
  })

  test('several are changed at once, or none', async () => {
    const [a, b] = await add(row('A'), row('B'))
    const both = await caller.patch(path, [
      { id: a.id, name: 'A2', is_archive: true },
      { id: b.id, name: 'B2' },
    ])
    expect(both.body._embedded.pipelines.map(({ name, is_archive }: Body) => [name, is_archive])).toEqual([
      ['A2', true],
      ['B2', false],
    ])
    const none = await caller.patch(path, [
      { id: a.id, name: 'A3' },
      { id: 999_999, name: 'x', request_id: 'r' },
    ])
    expect(none.status).toBe(400)
    expect(none.body['validation-errors']).toEqual([
      {
        request_id: 'r',
        errors: [{ code: 'NotSupportedChoice', path: 'id', detail: 'The value you selected is not a valid choice.' }],
      },
    ])
    expect((await one(a.id)).name).toBe('A2')
  })

  test('the order follows the numbers, which stay as they were given', async () => {
    await add(row('C', { sort: 30 }), row('A', { sort: -1 }), row('B', { sort: 20 }))
    expect((await all()).map(({ name, sort }) => [name, sort])).toEqual([
      ['A', -1],
      ['Pipeline', 2],
      ['B', 20],
      ['C', 30],
    ])
    const c = (await all()).find(({ name }) => name === 'C')
    await caller.patch(`${path}/${c.id}`, { sort: 15 })
    expect((await all()).map(({ name, sort }) => [name, sort])).toEqual([
      ['A', -1],
      ['Pipeline', 2],
      ['C', 15],
      ['B', 20],
    ])
  })

  test('an order that others have changed wins over the numbers that were given', async () => {
    const [a] = await add(row('A', { sort: 50 }))
    const { changePipeline } = await import('../../../domain/edit-pipelines.ts')
    await changePipeline(ws.scope, a.id, { position: 1 })
    expect((await all()).map(({ name, sort }) => [name, sort])).toEqual([
      ['A', 50],
      ['Pipeline', 51],
    ])
  })

  test('amocrm 63: deleting answers 204 without a body', async () => {
    const [{ id }] = await add(row('A'))
    const { status, text } = await caller.delete(`${path}/${id}`)
    expect([status, text]).toEqual([204, ''])
    expect((await caller.get(`${path}/${id}`)).status).toBe(404)
  })

  test('amocrm 64: the last pipeline stays', async () => {
    const { status, headers, body } = await caller.delete(`${path}/${(await main()).id}`)
    expect([status, body.title, body.status]).toEqual([400, 'Bad Request', 400])
    expect(headers.get('content-type')).toBe('application/problem+json')
  })

  test('amocrm 65: a pipeline with leads stays, also when they are closed', async () => {
    const [{ id }] = await add(row('A'))
    await addLead(caller, { pipeline_id: id, status_id: 142 })
    expect((await caller.delete(`${path}/${id}`)).status).toBe(400)
    expect((await caller.get(`${path}/${id}`)).status).toBe(200)
  })

  test('deleting the main pipeline makes the next one main', async () => {
    const [{ id }] = await add(row('A'))
    expect((await caller.delete(`${path}/${(await main()).id}`)).status).toBe(204)
    expect((await main()).id).toBe(id)
  })

  test('amocrm 66: an unknown pipeline is a 404 problem that says so', async () => {
    for (const answer of [
      await caller.get(`${path}/999999`),
      await caller.patch(`${path}/999999`, { name: 'x' }),
      await caller.delete(`${path}/999999`),
      await caller.get(`${path}/999999/statuses`),
      await caller.get(`${path}/9223372036854775808`),
    ])
      expect([answer.status, answer.body]).toEqual([
        404,
        { title: 'Not Found', type: 'https://httpstatus.es/404', status: 404, detail: 'Pipeline not found' },
      ])
  })

  test('amocrm 70: a DELETE with the body that the PHP library sends is one without', async () => {
    const [{ id }] = await add(row('A'))
    expect((await caller.delete(`${path}/${id}`, [])).status).toBe(204)
  })

  test('an eleventh pipeline, and a hundred-and-first status, are refused', async () => {
    await add(...Array.from({ length: 9 }, (_, index) => row(`P${index}`)))
    const eleventh = await caller.post(path, [row('P10')])
    expect([eleventh.status, eleventh.body.detail]).toEqual([400, 'The limit is exceeded'])
    const { id } = await main()
    const many = Array.from({ length: 94 }, (_, index) => ({ name: `S${index}`, sort: 1000 }))
    expect((await caller.post(`${path}/${id}/statuses`, many)).status).toBe(200)
    expect((await caller.post(`${path}/${id}/statuses`, [{ name: 'one more', sort: 1 }])).status).toBe(400)
    expect(await statuses(id)).toHaveLength(100)
  })

  test('only those who shape pipelines write them', async () => {
    const { id } = await main()
    const other = callAs(app, await ws.member('member'))
    for (const answer of [
      await other.post(path, [row('A')]),
      await other.patch(`${path}/${id}`, { name: 'x' }),
      await other.delete(`${path}/${id}`),
      await other.post(`${path}/${id}/statuses`, [{ name: 'x', sort: 1 }]),
      await other.patch(`${path}/${id}/statuses/142`, { name: 'x' }),
      await other.delete(`${path}/${id}/statuses/142`),
      await other.post('/api/v4/leads/loss_reasons', [{ name: 'x' }]),
    ])
      expect([answer.status, answer.body.title, answer.body.status]).toEqual([403, 'Forbidden', 403])
    expect((await other.get(path)).status).toBe(200)
  })

  test.each([
    ['nothing', undefined, 'FieldMissing', ''],
    ['an empty list', [], 'FieldMissing', ''],
    ['one object', { name: 'x' }, 'InvalidType', ''],
    ['no name', [{ sort: 1, is_main: false, is_unsorted_on: false }], 'FieldMissing', 'name'],
    ['a blank name', [row(' ')], 'NotBlank', 'name'],
    ['a long name', [row('x'.repeat(256))], 'TooLong', 'name'],
    ['a wrong sort', [row('x', { sort: 'first' })], 'InvalidType', 'sort'],
    ['no statuses', [row('x', { _embedded: { statuses: [] } })], 'FieldMissing', '_embedded.statuses'],
    [
      'a bad colour',
      [row('x', { _embedded: { statuses: [{ name: 'a', color: 'red' }] } })],
      'NotSupportedChoice',
      '_embedded.statuses.0.color',
    ],
  ])('%s is refused, and nothing is made', async (_case, body, code, field) => {
    const answer = await caller.post(path, body)
    expect(answer.status).toBe(400)
    expect(answer.body['validation-errors'][0].errors[0]).toMatchObject({ code, path: field })
    expect(await all()).toHaveLength(1)
  })
})

describe('statuses', () => {
  const at = (id: number) => `${path}/${id}/statuses`

  test('amocrm 67: those that are added are numbered on', async () => {
    const { id } = await main()
    const { status, body } = await caller.post(at(id), [
      { name: 'A', sort: 100, color: '#fffeb2', request_id: 'a' },
      { name: 'B', sort: '200' },
    ])
    expect(status).toBe(200)
    expect(body._total_items).toBe(2)
    expect(body._embedded.statuses.map(({ name, sort, request_id }: Body) => [name, sort, request_id])).toEqual([
      ['A', 50, 'a'],
      ['B', 60, '1'],
    ])
  })

  test('a number that another status has is that place; one between two is between them', async () => {
    const { id } = await main()
    await caller.post(at(id), [
      { name: 'second', sort: 20 },
      { name: 'between', sort: 35 },
    ])
    expect(await names(id)).toEqual([
      'Initial contact',
      'second',
      'Negotiation',
      'between',
      'Decision making',
      'Contract negotiation',
    ])
    const [first] = await statuses(id)
    const moved = await caller.patch(`${at(id)}/${first.id}`, { sort: 30 })
    expect(moved.body.sort).toBe(30)
    expect((await names(id)).slice(0, 3)).toEqual(['second', 'Negotiation', 'Initial contact'])
  })

  test('a change answers the status; 142 and 143 take a name and nothing else', async () => {
    const { id } = await main()
    const [first] = await statuses(id)
    const { status, body } = await caller.patch(`${at(id)}/${first.id}`, { name: 'Hello', color: '#FFF000' })
    expect([status, body.name, body.color, body.request_id]).toEqual([200, 'Hello', '#FFF000', '0'])
    const won = await caller.patch(`${at(id)}/142`, { name: 'Bought', sort: 5, color: '#fff000' })
    expect(won.body).toMatchObject({ id: 142, name: 'Bought', sort: 10000, color: '#CCFF66' })
  })

  test('amocrm 68: hints for salespeople come only when they are asked for', async () => {
    const { id } = await main()
    const [first] = await statuses(id)
    const descriptions = [
      { level: 'newbie', description: 'Say hello' },
      { level: 'master', description: 'Listen' },
    ]
    await caller.patch(`${at(id)}/${first.id}`, { descriptions })
    await caller.patch(`${at(id)}/142`, { descriptions: [{ level: 'candidate', description: 'Cheer' }] })
    expect((await caller.get(at(id))).body._embedded.statuses[0]).not.toHaveProperty('descriptions')
    const { body } = await caller.get(`${at(id)}?with=descriptions`)
    const shown = body._embedded.statuses.map((status: Body) => status.descriptions.map(({ level }: Body) => level))
    expect(shown).toEqual([['newbie', 'master'], [], [], [], ['candidate'], []])
    expect((await caller.get(`${at(id)}/${first.id}?with=descriptions`)).body.descriptions[0]).toEqual({
      account_id: ws.workspace.id,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      created_by: ws.admin.id,
      description: 'Say hello',
      id: expect.any(Number),
      level: 'newbie',
      pipeline_id: id,
      status_id: first.id,
      updated_at: expect.stringMatching(/^\d{4}-/),
      updated_by: null,
    })
    const tooLong = await caller.patch(`${at(id)}/${first.id}`, {
      descriptions: [{ level: 'newbie', description: 'x'.repeat(1001) }],
    })
    expect(tooLong.status).toBe(400)
    await caller.patch(`${at(id)}/${first.id}`, { descriptions: [] })
    expect((await caller.get(`${at(id)}/${first.id}?with=descriptions`)).body.descriptions).toEqual([])
  })

  test('amocrm 69: deleting one answers 204 and moves its leads to the first', async () => {
    const { id } = await main()
    const [first, second] = await statuses(id)
    const lead = await addLead(caller, { status_id: second.id })
    const { status, text } = await caller.delete(`${at(id)}/${second.id}`)
    expect([status, text]).toEqual([204, ''])
    expect((await leadOf(caller, lead)).status_id).toBe(first.id)
    const other = await addLead(caller)
    expect((await caller.delete(`${at(id)}/${first.id}`)).status).toBe(204)
    const [next] = await statuses(id)
    expect((await leadOf(caller, other)).status_id).toBe(next.id)
  })

  test('amocrm 72: 142, 143 and the last other one stay', async () => {
    const [{ id }] = await add(row('A'))
    const [only] = await statuses(id)
    for (const status of [142, 143, only.id]) {
      const answer = await caller.delete(`${at(id)}/${status}`)
      expect([answer.status, answer.body.title]).toEqual([400, 'Bad Request'])
    }
    expect(await statuses(id)).toHaveLength(3)
  })

  test('a status is found only below its own pipeline', async () => {
    const { id } = await main()
    const [{ id: other }] = await add(row('A'))
    const [foreign] = await statuses(other)
    for (const answer of [
      await caller.get(`${at(id)}/${foreign.id}`),
      await caller.patch(`${at(id)}/${foreign.id}`, { name: 'x' }),
      await caller.delete(`${at(id)}/${foreign.id}`),
      await caller.get(`${at(id)}/1`),
    ])
      expect([answer.status, answer.body.detail]).toEqual([404, 'Status not found'])
  })

  test('amocrm 98: forms are taken here too', async () => {
    const { id } = await main()
    const form = '0[name]=From+a+form&0[sort]=15&0[color]=%23fffeb2'
    const { status, body } = await caller.post(at(id), form, formType)
    expect(status).toBe(200)
    expect(body._embedded.statuses[0]).toMatchObject({ name: 'From a form', sort: 20, color: '#fffeb2' })
    expect((await caller.patch(`${path}/${id}`, 'name=Form&is_unsorted_on=true&is_main=1', formType)).body).toMatchObject({
      name: 'Form',
      is_unsorted_on: true,
    })
  })
})

describe('incoming leads', () => {
  const switchTo = (id: number, is_unsorted_on: boolean) => caller.patch(`${path}/${id}`, { is_unsorted_on })

  test('amocrm 58: with the switch on a special status comes first', async () => {
    const { id } = await main()
    await switchTo(id, true)
    const [first, second] = await statuses(id)
    expect(first).toMatchObject({ name: 'Incoming leads', sort: 10, color: '#c1c1c1', type: 1, is_editable: false })
    expect(second).toMatchObject({ name: 'Initial contact', sort: 20, type: 0, is_editable: true })
    const [made] = await add(row('B', { is_unsorted_on: true }))
    expect(made.is_unsorted_on).toBe(true)
    expect(made._embedded.statuses.map(({ sort, type }: Body) => [sort, type])).toEqual([
      [10, 1],
      [20, 0],
      [10000, 0],
      [11000, 0],
    ])
  })

  test('amocrm 59: with the switch off it is missing, and its leads have gone on', async () => {
    const { id } = await main()
    await switchTo(id, true)
    const [incoming, first] = await statuses(id)
    const lead = await addLead(caller, { status_id: incoming.id })
    const { body } = await switchTo(id, false)
    expect(body.is_unsorted_on).toBe(false)
    expect(body._embedded.statuses.every(({ type }: Body) => type === 0)).toBe(true)
    expect((await leadOf(caller, lead)).status_id).toBe(first.id)
  })

  test('the older generations do not show it and count from 10', async () => {
    const { id } = await main()
    await switchTo(id, true)
    const { body } = await caller.get(listPath)
    const stages = Object.values<Body>(body.response.pipelines[id].statuses)
    expect(stages).toHaveLength(6)
    expect(Math.min(...stages.map(({ sort }) => sort))).toBe(10)
    const v2 = await caller.get('/api/v2/pipelines')
    expect(Object.keys(v2.body._embedded.items[id].statuses)).toHaveLength(6)
  })

  test('it cannot be deleted, and new leads do not begin in it', async () => {
    const { id } = await main()
    await switchTo(id, true)
    const [incoming, first] = await statuses(id)
    expect((await caller.delete(`${path}/${id}/statuses/${incoming.id}`)).status).toBe(400)
    expect((await leadOf(caller, await addLead(caller))).status_id).toBe(first.id)
    expect((await leadOf(caller, await addLead(caller, { pipeline_id: id }))).status_id).toBe(first.id)
  })
})
