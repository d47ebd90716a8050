import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { type Body, clientOf } from './client.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

async function open() {
  const ws = await app.workspace()
  const api = clientOf({ origin: app.origin, token: ws.token })
  const stages: Body[] = (await api.get('/stages')).body.data
  return { ws, api, stages }
}

describe('native: bulk', () => {
  test('creates a thousand deals and moves them, with a result for every row', async () => {
    const { ws, api, stages } = await open()
    const rows = Array.from({ length: 1000 }, (_, i) => ({ title: `Deal ${i}`, amount: i, stageId: stages[0].id }))
    const made = await api.post('/deals/bulk', { deals: rows })
    expect(made.status).toBe(200)
    expect(made.body.data).toHaveLength(1000)
    expect(made.body.data.map(({ index, status, data }: Body) => [index, status, data.title, data.amount])).toEqual(
      rows.map((row, index) => [index, 201, row.title, row.amount]),
    )
    const moves = made.body.data.map(({ data }: Body) => ({ id: data.id, stageId: stages[1].id, version: 1 }))
    const moved = await api.post('/deals/bulk-move', { moves })
    expect(new Set(moved.body.data.map(({ status, data }: Body) => `${status} ${data.stageId} ${data.version}`))).toEqual(
      new Set([`200 ${stages[1].id} 2`]),
    )
    const totals = (await api.get(`/pipelines/${stages[0].pipelineId}/totals`)).body.data.stages
    expect(totals[0].totals).toEqual([])
    expect(totals[1].totals).toEqual([expect.objectContaining({ count: 1000, amount: 499_500 })])
    expect((await ws.scope.store.events.list({ subject: 'deal', limit: 3000 })).items).toHaveLength(2000)
  })

  test('a refused row leaves no trace and does not hold back the others', async () => {
    const { api, stages } = await open()
    const { body } = await api.post('/deals/bulk', {
      deals: [
        { title: 'Good', externalId: 'same' },
        { title: 'No such stage', stageId: 999_999 },
        { title: 'Twice', externalId: 'same' },
        { title: 7 },
        null,
        { title: 'Unknown', colour: 'red' },
        { title: 'Also good', value: '1.50' },
      ],
    })
    expect(body.data.map(({ status }: Body) => status)).toEqual([201, 422, 422, 422, 422, 422, 201])
    const problems = body.data.map(({ problem }: Body) =>
      problem?.errors.map(({ field, rule }: Body) => `${field} ${rule}`).join(),
    )
    expect(problems).toEqual([
      undefined,
      'stageId not_found',
      'externalId duplicate',
      'title type',
      ' type',
      'colour unknown',
      undefined,
    ])
    expect((await api.get('/deals')).body.data.map(({ title }: Body) => title)).toEqual(['Good', 'Also good'])

    const [good, also] = body.data.filter(({ data }: Body) => data).map(({ data }: Body) => data.id)
    const moved = await api.post('/deals/bulk-move', {
      moves: [
        { id: good, stageId: stages[1].id },
        { id: 999_999, stageId: stages[1].id },
        { id: good, version: 1, stageId: stages[0].id },
        { id: also },
        { id: also, stageId: stages[1].id, before: good, after: good },
        { id: also, stageId: stages[1].id, after: good },
      ],
    })
    expect(moved.body.data.map(({ status }: Body) => status)).toEqual([200, 404, 412, 422, 422, 200])
    expect(moved.body.data[2].problem).toMatchObject({ type: 'urn:crmux:problem:stale', version: 2 })
    const column = (await api.get(`/deals?stageId=${stages[1].id}&sort=rank`)).body.data
    expect(column.map(({ id }: Body) => id)).toEqual([good, also])
  })

  test.each([
    ['/deals/bulk', {}, 'deals', 'required'],
    ['/deals/bulk', { deals: [] }, 'deals', 'range'],
    ['/deals/bulk', { deals: Array.from({ length: 1001 }, () => ({ title: 'x' })) }, 'deals', 'too_long'],
    ['/deals/bulk', { deals: 'all' }, 'deals', 'type'],
    ['/deals/bulk', { deals: [{ title: 'x' }], dry: true }, 'dry', 'unknown'],
    ['/deals/bulk-move', { deals: [] }, 'moves', 'required'],
  ])('%s refuses an envelope that is not right: %#', async (path, body, field, rule) => {
    const { api } = await open()
    const answer = await api.post(path, body)
    expect(answer.status).toBe(422)
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ field, rule }))
    expect((await api.get('/deals')).body.data).toEqual([])
  })
})

describe('native: idempotency keys', () => {
  test('the same request is done once and answered twice, tag and place included', async () => {
    const { api } = await open()
    const headers = { 'idempotency-key': '"8e03978e-40d5-43dd-bc93-6894a57f9324"' }
    const first = await api.post('/deals', { title: 'Once' }, headers)
    const second = await api.post('/deals', { title: 'Once' }, headers)
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.text).toBe(first.text)
    for (const name of ['etag', 'location', 'content-type']) expect(second.headers.get(name), name).toBe(first.headers.get(name))
    expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([null, 'true'])
    expect((await api.get('/deals')).body.data).toHaveLength(1)
    const bare = await api.post('/deals', { title: 'Once' }, { 'idempotency-key': '8e03978e-40d5-43dd-bc93-6894a57f9324' })
    expect(bare.text).toBe(first.text)
  })

  test('requests at the same time are one write', async () => {
    const { api } = await open()
    const headers = { 'idempotency-key': 'race' }
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post('/deals', { title: 'Once' }, headers)))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1)
    expect((await api.get('/deals')).body.data).toHaveLength(1)
  })

  test('the same key with another request is refused, and changes nothing', async () => {
    const { api } = await open()
    const headers = { 'idempotency-key': 'k' }
    const { id } = (await api.post('/deals', { title: 'First' }, headers)).body.data
    for (const [path, body] of [
      ['/deals', { title: 'Second' }],
      ['/companies', { name: 'First' }],
      [`/deals/${id}/win`, undefined],
    ] as const) {
      const refused = await api.post(path, body, headers)
      expect(refused.status).toBe(422)
      expect(refused.body.type).toBe('urn:crmux:problem:idempotency-key-reused')
    }
    expect((await api.get('/deals')).body.data).toEqual([expect.objectContaining({ title: 'First', outcome: 'open' })])
    expect((await api.get('/companies')).body.data).toEqual([])
  })

  test('what was refused can be tried again with the same key', async () => {
    const { api } = await open()
    const headers = { 'idempotency-key': 'again' }
    expect((await api.post('/deals', { title: 'Deal', tags: [''] }, headers)).status).toBe(422)
    expect((await api.post('/deals', { title: 'Deal' }, headers)).status).toBe(201)
  })

  test('belong to one user of one workspace', async () => {
    const { ws, api } = await open()
    const other = await open()
    const colleague = clientOf({ origin: app.origin, token: (await ws.member('member')).token })
    const headers = { 'idempotency-key': 'shared' }
    const answers = [api, colleague, other.api].map((client) => client.post('/deals', { title: 'Mine' }, headers))
    const ids = (await Promise.all(answers)).map(({ body }) => body.data.id)
    expect(new Set(ids).size).toBe(3)
  })

  test('cover every sort of POST, those without a body and those in bulk too', async () => {
    const { api } = await open()
    const { id } = (await api.post('/deals', { title: 'Deal' })).body.data
    const twice = async (path: string, body?: unknown) => {
      const headers = { 'idempotency-key': path }
      const [first, second] = [await api.post(path, body, headers), await api.post(path, body, headers)]
      expect([second.status, second.text], path).toEqual([first.status, first.text])
      expect(second.headers.get('idempotency-replayed'), path).toBe('true')
      return first
    }
    await twice(`/deals/${id}/win`)
    const lost = await twice(`/deals/${id}/lose`, { comment: 'no' })
    expect(lost.body.data.version).toBe(3)
    await twice('/deals/bulk', { deals: [{ title: 'a' }, { title: '' }] })
    expect((await api.get('/deals')).body.data).toHaveLength(2)
  })

  test.each(['', 'x'.repeat(256), 'tab\there', '"unfinished'])('a key that is no key (%j) is refused', async (key) => {
    const { api } = await open()
    const answer = await api.post('/deals', { title: 'Deal' }, { 'idempotency-key': key })
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ type: 'urn:crmux:problem:bad-header' })
    expect((await api.get('/deals')).body.data).toEqual([])
  })
})
