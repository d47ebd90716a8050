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
  const deal = async (title: string) => (await api.post('/deals', { title })).body.data
  return { ws, api, stages, deal }
}

describe('native: undo', () => {
  test('every write that changed something has a token, and nothing else has', async () => {
    const { api, stages, deal } = await open()
    const { id } = await deal('a')
    const { id: other } = await deal('b')
    const writes: [string, string, object?][] = [
      ['PATCH', `/deals/${id}`, { title: 'c' }],
      ['POST', `/deals/${id}/move`, { stageId: stages[1].id }],
      ['POST', `/deals/${id}/win`],
      ['POST', `/deals/${id}/reopen`],
      ['POST', `/deals/${id}/lose`],
      ['DELETE', `/deals/${id}`],
      ['POST', `/deals/${id}/restore`],
      ['POST', '/deals/bulk', { deals: [{ title: 'x' }] }],
      ['POST', '/deals/bulk-move', { moves: [{ id: other, stageId: stages[2].id }] }],
      ['POST', '/deals/bulk-change', { ids: [other], change: { stageId: stages[1].id } }],
      ['PATCH', `/stages/${stages[1].id}`, { name: 'New' }],
      ['POST', `/stages/${stages[1].id}/merge`, { into: stages[2].id }],
      ['DELETE', `/stages/${stages[0].id}?target=neighbour`],
      ['POST', '/pipelines', { name: 'P' }],
    ]
    for (const [method, path, body] of writes) {
      const { headers, status, text } = await api.send(method, path, body)
      expect([path, status < 300, headers.get('undo-token')], text).toEqual([path, true, expect.stringMatching(/^[\w-]{2,}$/)])
    }
    const silent: [string, string, object?][] = [
      ['GET', `/deals/${id}`],
      ['PATCH', `/deals/${id}`, { title: 'c' }],
      ['PATCH', `/deals/${id}`, { title: '' }],
      ['POST', '/contacts', { name: 'Bo' }],
      ['POST', '/deals/bulk-change', { ids: [other, 404], change: { addTags: [] } }],
    ]
    for (const [method, path, body] of silent) {
      expect([path, (await api.send(method, path, body)).headers.get('undo-token')]).toEqual([path, null])
    }
  })

  test('a move is taken back, and that as well', async () => {
    const { api, stages, deal } = await open()
    const { id } = await deal('a')
    const moved = await api.post(`/deals/${id}/move`, { stageId: stages[2].id })
    const undone = await api.post(`/undo/${moved.headers.get('undo-token')}`)
    expect([undone.status, undone.body.data]).toEqual([
      200,
      { events: 1, undone: 1, left: [], undoToken: undone.headers.get('undo-token'), next: null, remaining: 0 },
    ])
    expect((await api.get(`/deals/${id}`)).body.data).toMatchObject({ stageId: stages[0].id, stageChangedAt: null })
    await api.post(`/undo/${undone.body.data.undoToken}`)
    const { data } = (await api.get(`/deals/${id}`)).body
    expect(data).toMatchObject({ stageId: stages[2].id, stageChangedAt: moved.body.data.stageChangedAt })
    const types = (await api.get(`/deals/${id}/events`)).body.data.map(({ type }: Body) => type)
    expect(types).toEqual(['deal.created', 'deal.moved', 'deal.moved', 'deal.moved'])
  })

  test('what stays is told with its field and why', async () => {
    const { api, deal } = await open()
    const { id } = await deal('a')
    const { headers } = await api.patch(`/deals/${id}`, { title: 'b', value: '5' })
    await api.patch(`/deals/${id}`, { title: 'c' })
    const { body } = await api.post(`/undo/${headers.get('undo-token')}`)
    expect(body.data.left).toEqual([
      { subject: 'deal', id, field: 'title', reason: 'changed_since', message: 'It was changed since.' },
    ])
    expect((await api.get(`/deals/${id}`)).body.data).toMatchObject({ title: 'c', value: '0.00' })
  })

  test('a change in bulk is one undo, also when its answer was lost and it was sent again', async () => {
    const { api, stages, deal } = await open()
    const [a, b] = [await deal('a'), await deal('b')]
    const body = { ids: [a.id, b.id, 404], change: { stageId: stages[1].id, ownerId: a.ownerId, addTags: ['hot'] } }
    const first = await api.post('/deals/bulk-change', body, { 'idempotency-key': 'k' })
    const again = await api.post('/deals/bulk-change', body, { 'idempotency-key': 'k' })
    expect(first.body.data.map(({ index, status }: Body) => [index, status])).toEqual([
      [0, 200],
      [1, 200],
      [2, 404],
    ])
    expect(again.text).toBe(first.text)
    expect(first.body.undoToken).toBe(first.headers.get('undo-token'))
    expect(again.headers.get('undo-token')).toBe(first.headers.get('undo-token'))
    expect((await api.post(`/undo/${again.headers.get('undo-token')}`)).body.data).toMatchObject({ events: 2, undone: 2 })
    expect((await api.get(`/deals/${b.id}`)).body.data).toMatchObject({ stageId: stages[0].id, tags: [] })
  })

  test('a deal that was changed through another API is put back by the one who did it', async () => {
    const { ws, api, deal } = await open()
    const { id } = await deal('a')
    await fetch(`${app.origin}/pipedrive/api/v2/deals/${id}`, {
      method: 'PATCH',
      headers: { 'x-api-token': ws.token, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'through Pipedrive' }),
    })
    const [last] = (await api.get('/events?sort=-id&limit=1')).body.data
    expect(last).toMatchObject({ dialect: 'pipedrive', batch: null })
    expect((await api.post(`/undo/${btoa(String(last.id)).replace(/=+$/, '')}`)).status).toBe(200)
    expect((await api.get(`/deals/${id}`)).body.data.title).toBe('a')
  })

  test('unknown tokens and those of other workspaces are answered alike, those of others are forbidden', async () => {
    const { ws, api, deal } = await open()
    const { id } = await deal('a')
    const { headers } = await api.patch(`/deals/${id}`, { title: 'b' })
    const token = headers.get('undo-token')
    const { api: elsewhere } = await open()
    const answers = await Promise.all([token, 'MTIz', 'x', '%00'].map((one) => elsewhere.post(`/undo/${one}`)))
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.type} ${body.detail}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(404)
    const { token: colleague } = await ws.member('member')
    expect((await clientOf({ origin: app.origin, token: colleague }).post(`/undo/${token}`)).status).toBe(403)
    expect((await api.get(`/deals/${id}`)).body.data.title).toBe('b')
  })
})

describe('native: bulk change', () => {
  test('does one thing to many deals, in every way', async () => {
    const { ws, api, stages, deal } = await open()
    const { user } = await ws.member('member')
    const reason = (await api.post('/loss-reasons', { name: 'Price' })).body.data.id
    const ids: number[] = []
    for (const title of ['a', 'b', 'c']) ids.push((await deal(title)).id)
    await api.patch(`/deals/${ids[0]}`, { tags: ['old', 'kept'] })
    const change = async (change: object) => {
      const { status, body, text } = await api.post('/deals/bulk-change', { ids, change })
      expect([status, new Set(body.data?.map(({ status }: Body) => status))], text).toEqual([200, new Set([200])])
      return body.data.map(({ data }: Body) => data)
    }
    for (const one of await change({ ownerId: user.id, expectedCloseDate: '2027-01-31' }))
      expect(one).toMatchObject({ ownerId: user.id, expectedCloseDate: '2027-01-31' })
    expect((await change({ removeTags: ['old'], addTags: ['new', 'kept'] })).map(({ tags }: Body) => tags)).toEqual([
      ['kept', 'new'],
      ['new', 'kept'],
      ['new', 'kept'],
    ])
    for (const one of await change({ outcome: 'lost', lossReasonId: reason, lossComment: 'dear' }))
      expect(one).toMatchObject({ outcome: 'lost', lossReasonId: reason, lossComment: 'dear' })
    for (const one of await change({ outcome: 'won' })) expect(one).toMatchObject({ outcome: 'won', lossReasonId: null })
    for (const one of await change({ stageId: stages[1].id }))
      expect(one).toMatchObject({ stageId: stages[1].id, outcome: 'open' })
    for (const one of await change({ isArchived: true })) expect(one.archivedAt).not.toBeNull()
    await change({ isDeleted: true })
    expect((await api.get('/deals')).body.data).toEqual([])
    for (const one of await change({ isDeleted: false })) expect(one.deletedAt).toBeNull()
  })

  test('cards that go to another stage keep the order in which they were named', async () => {
    const { api, stages, deal } = await open()
    const ids: number[] = []
    for (const title of ['a', 'b', 'c']) ids.push((await deal(title)).id)
    await api.post('/deals/bulk-change', { ids, change: { stageId: stages[1].id } })
    const { data } = (await api.get(`/deals?stageId=${stages[1].id}&sort=rank`)).body
    expect(data.map(({ id }: Body) => id)).toEqual(ids)
  })

  test('a change that cannot be is refused as a whole, one that a deal cannot take only there', async () => {
    const { api, deal } = await open()
    const { id } = await deal('a')
    const bodies: [object, string][] = [
      [{ ids: [id] }, 'change required'],
      [{ ids: [id], change: {} }, 'change required'],
      [{ ids: [], change: { outcome: 'won' } }, 'ids too_long'],
      [{ ids: Array(1001).fill(id), change: { outcome: 'won' } }, 'ids too_long'],
      [{ ids: ['x'], change: { outcome: 'won' } }, 'ids.0 type'],
      [{ ids: [id], change: { outcome: 'maybe' } }, 'change.outcome choice'],
      [{ ids: [id], change: { isDeleted: true, outcome: 'won' } }, 'change.isDeleted not_allowed'],
      [{ ids: [id], change: { outcome: 'won', colour: 'red' } }, 'change.colour unknown'],
    ]
    for (const [body, wanted] of bodies) {
      const { status, body: problem } = await api.post('/deals/bulk-change', body)
      const told = problem.errors?.map(({ field, rule }: Body) => `${field} ${rule}`).join()
      expect([status, wanted.startsWith('ids too_long') ? told.split(' ')[0] : told]).toEqual([
        422,
        wanted.startsWith('ids too_long') ? 'ids' : wanted,
      ])
    }
    const { body } = await api.post('/deals/bulk-change', { ids: [id], change: { ownerId: 404 } })
    expect(body).toMatchObject({
      data: [{ index: 0, status: 422, problem: { errors: [{ field: 'ownerId' }] } }],
      undoToken: null,
    })
  })
})
