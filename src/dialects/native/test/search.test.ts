import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { type Body, clientOf } from './client.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

const open = async () => {
  const ws = await app.workspace()
  return clientOf({ origin: app.origin, token: ws.token })
}

test('native: one search finds deals, people, companies and pipelines by the beginnings of their words', async () => {
  const [api, other] = [await open(), await open()]
  const companyId = (await api.post('/companies', { name: 'Nordlicht GmbH' })).body.data.id
  const contactId = (await api.post('/contacts', { name: 'Änne Norden' })).body.data.id
  const pipeline = (await api.post('/pipelines', { name: 'Der Norden' })).body.data
  const deal = (await api.post('/deals', { title: 'Roof in Nordheim', companyId, value: '10' })).body.data
  await api.post('/deals', { title: 'North no more', isArchived: true })
  const deleted = (await api.post('/deals', { title: 'Nord gone' })).body.data.id
  await api.delete(`/deals/${deleted}`)
  await other.post('/deals', { title: 'Nord of others' })
  const { status, body } = await api.get('/search?text=NORD')
  expect(status).toBe(200)
  expect(body.data).toEqual({
    deals: [
      {
        id: deal.id,
        title: 'Roof in Nordheim',
        amount: 1000,
        currency: 'USD',
        pipelineId: deal.pipelineId,
        stageId: deal.stageId,
        outcome: 'open',
        companyName: 'Nordlicht GmbH',
        contactName: null,
      },
    ],
    contacts: [{ id: contactId, name: 'Änne Norden' }],
    companies: [{ id: companyId, name: 'Nordlicht GmbH' }],
    pipelines: [{ id: pipeline.id, name: 'Der Norden' }],
  })
  expect((await api.get('/search?text=anne')).body.data.contacts).toMatchObject([{ id: contactId }])
  expect(Object.values<Body>((await api.get('/search?text=%21%21')).body.data).flat()).toEqual([])
})

test('native: a search tells the newest deals first, no more than was asked for, and needs a text', async () => {
  const api = await open()
  await api.post('/deals/bulk', { deals: Array.from({ length: 12 }, (_, n) => ({ title: `Roof ${n}` })) })
  const titles = async (query: string) => (await api.get(`/search?${query}`)).body.data.deals.map(({ title }: Body) => title)
  expect(await titles('text=roof')).toEqual(['Roof 11', 'Roof 10', 'Roof 9', 'Roof 8', 'Roof 7'])
  expect(await titles('text=roof&limit=2')).toEqual(['Roof 11', 'Roof 10'])
  for (const [query, wanted] of [
    ['', 'text required'],
    ['text=', 'text blank'],
    ['text=a&limit=11', 'limit range'],
    ['text=a&sort=id', 'sort unknown'],
  ]) {
    const { status, body } = await api.get(`/search?${query}`)
    expect([status, body.errors.map(({ field, rule }: Body) => `${field} ${rule}`).join()]).toEqual([400, wanted])
  }
})
