import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { type Client, clientOf } from './client.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

interface Stages {
  first: number
  second: number
  won: number
  lost: number
  unqualified: number
}

async function open(): Promise<{ api: Client; stages: Stages; pipelineId: number }> {
  const ws = await app.workspace()
  const api = clientOf({ origin: app.origin, token: ws.token })
  const { body } = await api.post('/pipelines', {
    name: 'Selling',
    isDefault: true,
    stages: [{ name: 'Lead' }, { name: 'Offer' }, { name: 'No fit', kind: 'unqualified' }],
  })
  const rows: { id: number; kind: string }[] = (await api.get(`/pipelines/${body.data.id}/stages`)).body.data
  const [first = 0, second = 0] = rows.filter(({ kind }) => kind === 'open').map(({ id }) => id)
  const ofKind = (kind: string) => rows.find((row) => row.kind === kind)?.id ?? 0
  return {
    api,
    pipelineId: body.data.id,
    stages: { first, second, won: ofKind('won'), lost: ofKind('lost'), unqualified: ofKind('unqualified') },
  }
}

const make = async (api: Client, deal: object = {}) => (await api.post('/deals', { title: 'Deal', ...deal })).body.data

describe('native: a deal', () => {
  test('is created with everything that can be said of it, and read back so', async () => {
    const { api, stages, pipelineId } = await open()
    const company = (await api.post('/companies', { name: 'Acme' })).body.data
    const contact = (await api.post('/contacts', { name: 'Bo Berg', companyId: company.id })).body.data
    const field = (await api.post('/custom-fields', { subject: 'deal', name: 'Tier', type: 'choice', options: ['Gold'] })).body
      .data
    const made = await api.post('/deals', {
      title: 'Big one',
      externalId: 'erp-7',
      amount: 125050,
      currency: 'EUR',
      stageId: stages.second,
      contactId: contact.id,
      companyId: company.id,
      probability: 40,
      expectedCloseDate: '2026-12-31',
      tags: ['a', ' b ', 'a'],
      customFields: { [field.id]: 'Gold' },
      createdAt: '2026-01-02T03:04:05.678+01:00',
    })
    expect(made.status).toBe(201)
    expect(made.headers.get('etag')).toBe('"1"')
    expect(made.headers.get('location')).toBe(`${app.origin}/api/v1/deals/${made.body.data.id}`)
    expect(made.body.data).toMatchObject({
      title: 'Big one',
      externalId: 'erp-7',
      amount: 125050,
      value: '1250.50',
      currency: 'EUR',
      pipelineId,
      stageId: stages.second,
      openStageId: stages.second,
      outcome: 'open',
      contactId: contact.id,
      companyId: company.id,
      probability: 40,
      expectedCloseDate: '2026-12-31',
      tags: ['a', 'b'],
      customFields: { [field.id]: 'Gold' },
      version: 1,
      createdAt: '2026-01-02T02:04:05.678Z',
      closedAt: null,
      deletedAt: null,
    })
    const read = await api.get(`/deals/${made.body.data.id}`)
    expect(read.body).toEqual(made.body)
    expect(read.headers.get('etag')).toBe('"1"')
  })

  test.each([
    [{ value: '12.345', currency: 'KWD' }, 12345, '12.345'],
    [{ value: 1.005, currency: 'USD' }, 101, '1.01'],
    [{ value: 9999999999999.99, currency: 'USD' }, 999999999999999, '9999999999999.99'],
    [{ value: '-0.01' }, -1, '-0.01'],
    [{ value: 1500, currency: 'JPY' }, 1500, '1500'],
    [{ amount: 7 }, 7, '0.07'],
  ])('takes money as %j', async (money, amount, value) => {
    const { api } = await open()
    expect(await make(api, money)).toMatchObject({ amount, value })
  })

  test('changes what is named and nothing else', async () => {
    const { api } = await open()
    const deal = await make(api, { amount: 100, tags: ['x'], probability: 5 })
    const changed = await api.patch(`/deals/${deal.id}`, { currency: 'JPY', probability: null })
    expect(changed.body.data).toMatchObject({
      amount: 1,
      value: '1',
      currency: 'JPY',
      probability: null,
      tags: ['x'],
      version: 2,
    })
    expect((await api.patch(`/deals/${deal.id}`, { tags: ['x'] })).body.data).toEqual(changed.body.data)
  })

  test('is moved, placed beside others, won, lost and reopened', async () => {
    const { api, stages } = await open()
    const [a, b, c] = [await make(api, { title: 'a' }), await make(api, { title: 'b' }), await make(api, { title: 'c' })]
    const order = async (stageId: number) =>
      (await api.get(`/deals?stageId=${stageId}&sort=rank`)).body.data.map(({ title }: { title: string }) => title).join('')
    expect(await order(stages.first)).toBe('cba')
    expect((await api.post(`/deals/${c.id}/move`, { after: a.id })).body.data.stageChangedAt).toBeNull()
    expect(await order(stages.first)).toBe('bac')
    await api.post(`/deals/${c.id}/move`, { before: b.id })
    expect(await order(stages.first)).toBe('cba')
    await api.post(`/deals/${c.id}/move`, { place: 'last' })
    expect(await order(stages.first)).toBe('bac')
    await api.post(`/deals/${a.id}/move`, { stageId: stages.second })
    const moved = await api.post(`/deals/${b.id}/move`, { stageId: stages.second, after: a.id })
    expect(moved.body.data).toMatchObject({ stageId: stages.second, outcome: 'open' })
    expect(await order(stages.second)).toBe('ab')

    const won = (await api.post(`/deals/${b.id}/win`, { closedAt: '2026-03-01T00:00:00Z' })).body.data
    expect(won).toMatchObject({
      stageId: stages.won,
      openStageId: stages.second,
      outcome: 'won',
      closedAt: '2026-03-01T00:00:00.000Z',
    })
    const reopened = (await api.post(`/deals/${b.id}/reopen`)).body.data
    expect(reopened).toMatchObject({ stageId: stages.second, outcome: 'open', closedAt: null })
    expect((await api.post(`/deals/${b.id}/lose`, {})).body.data).toMatchObject({ stageId: stages.lost, outcome: 'lost' })
    expect((await api.post(`/deals/${b.id}/reopen`, { stageId: stages.first })).body.data.stageId).toBe(stages.first)
    expect((await api.post(`/deals/${b.id}/lose`, { unqualified: true })).body.data.stageId).toBe(stages.unqualified)
  })

  test('is lost for a reason by id, by name, or in one’s own words', async () => {
    const { api } = await open()
    await api.post('/loss-reasons', { name: 'Too dear', kind: 'unqualified' })
    const reason = (await api.post('/loss-reasons', { name: 'Too dear' })).body.data
    const deal = await make(api)
    const lost = { outcome: 'lost', lossReasonId: reason.id }
    expect((await api.post(`/deals/${deal.id}/lose`, { reason: 'Too dear', comment: 'by far' })).body.data).toMatchObject({
      ...lost,
      lossComment: 'by far',
    })
    await api.post(`/deals/${deal.id}/reopen`)
    expect((await api.get(`/deals/${deal.id}`)).body.data).toMatchObject({ lossReasonId: null, lossComment: null })
    expect((await api.post(`/deals/${deal.id}/lose`, { reason: reason.id })).body.data).toMatchObject(lost)
    for (const unknown of ['Nobody said so', 999_999]) {
      const refused = await api.post(`/deals/${deal.id}/lose`, { reason: unknown })
      expect(refused.status).toBe(422)
      expect(refused.body.errors).toEqual([{ field: 'reason', rule: 'not_found', message: 'does not exist' }])
    }
  })

  test('is archived and taken out again, deleted and restored', async () => {
    const { api } = await open()
    const deal = await make(api)
    expect((await api.patch(`/deals/${deal.id}`, { isArchived: true })).body.data.archivedAt).not.toBeNull()
    expect((await api.get('/deals?isArchived=false')).body.data).toEqual([])
    expect((await api.patch(`/deals/${deal.id}`, { isArchived: false })).body.data.archivedAt).toBeNull()
    expect((await api.delete(`/deals/${deal.id}`)).status).toBe(204)
    expect((await api.get(`/deals/${deal.id}`)).status).toBe(404)
    expect((await api.delete(`/deals/${deal.id}`)).status).toBe(404)
    expect((await api.get('/deals')).body.data).toEqual([])
    expect((await api.get('/deals?deleted=only')).body.data[0].id).toBe(deal.id)
    const back = await api.post(`/deals/${deal.id}/restore`)
    expect(back.body.data).toMatchObject({ id: deal.id, deletedAt: null })
    expect((await api.get('/deals')).body.data).toHaveLength(1)
  })
})

describe('native: entity tags', () => {
  test('a read that is known already is answered 304', async () => {
    const { api } = await open()
    const deal = await make(api)
    const known = await api.get(`/deals/${deal.id}`, { 'if-none-match': 'W/"1"' })
    expect(known.status).toBe(304)
    expect(known.text).toBe('')
    expect(known.headers.get('etag')).toBe('"1"')
    expect((await api.get(`/deals/${deal.id}`, { 'if-none-match': '"0", "2"' })).status).toBe(200)
    expect((await api.get(`/deals/${deal.id}`, { 'if-none-match': '*' })).status).toBe(304)
  })

  test.each([
    ['PATCH', '', { title: 'New' }],
    ['POST', '/move', { place: 'last' }],
    ['POST', '/win', undefined],
    ['POST', '/lose', undefined],
    ['POST', '/reopen', undefined],
    ['POST', '/restore', undefined],
    ['DELETE', '', undefined],
  ])('%s /deals/{id}%s is refused when the deal has changed in the meantime', async (method, path, body) => {
    const { api } = await open()
    const deal = await make(api)
    await api.patch(`/deals/${deal.id}`, { title: 'Second version' })
    for (const stale of ['"1"', 'W/"2"', 'nonsense', '']) {
      const refused = await api.send(method, `/deals/${deal.id}${path}`, body, { 'if-match': stale })
      expect(refused.status, stale).toBe(412)
      expect(refused.body).toMatchObject({ type: 'urn:crmux:problem:stale', version: 2 })
    }
    expect((await api.get(`/deals/${deal.id}`)).body.data).toMatchObject({ title: 'Second version', version: 2 })
    for (const fresh of ['"1", "2"']) {
      const done = await api.send(method, `/deals/${deal.id}${path}`, body, { 'if-match': fresh })
      expect([200, 204]).toContain(done.status)
    }
  })

  test('of two writers with the same tag one wins', async () => {
    const { api } = await open()
    const deal = await make(api)
    const writes = Array.from({ length: 8 }, (_, i) =>
      api.patch(`/deals/${deal.id}`, { title: `Writer ${i}` }, { 'if-match': '"1"' }),
    )
    const statuses = (await Promise.all(writes)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 412)).toHaveLength(7)
    expect((await api.get(`/deals/${deal.id}`)).body.data.version).toBe(2)
  })

  test('any version will do for *, unless there is no deal', async () => {
    const { api } = await open()
    const deal = await make(api)
    expect((await api.patch(`/deals/${deal.id}`, { title: 'New' }, { 'if-match': '*' })).status).toBe(200)
    expect((await api.patch('/deals/999999', { title: 'New' }, { 'if-match': '"1"' })).status).toBe(404)
  })
})
