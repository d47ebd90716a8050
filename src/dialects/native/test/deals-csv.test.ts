import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { createDeal } from '../../../domain/edit-deals.ts'
import { atomically } from '../../../domain/scope.ts'
import { type Body, clientOf } from './client.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp({ now: () => Date.UTC(2026, 4, 1) })
})
afterAll(() => app.close())

const open = async () => {
  const ws = await app.workspace()
  return { ws, api: clientOf({ origin: app.origin, token: ws.token }) }
}
const one = async (answer: Promise<Body>) => (await answer).body.data.id as number

describe('native: deals as CSV', () => {
  test('tell names where the API has ids, in the columns that were asked for', async () => {
    const { api } = await open()
    const field = await one(api.post('/custom-fields', { subject: 'deal', name: 'Size' }))
    const companyId = await one(api.post('/companies', { name: 'Müller & Söhne, "Bau"' }))
    const contactId = await one(api.post('/contacts', { name: 'Bo' }))
    await api.post('/deals', {
      title: 'Roof',
      value: '-1250.50',
      currency: 'EUR',
      companyId,
      contactId,
      tags: ['a', 'b'],
      customFields: { [field]: 'XL' },
      expectedCloseDate: '2026-06-01',
    })
    const usual = await api.get('/deals.csv')
    expect([usual.status, usual.headers.get('content-type'), usual.headers.get('content-disposition')]).toEqual([
      200,
      'text/csv; charset=utf-8',
      'attachment; filename="deals.csv"',
    ])
    const [stage] = (await api.get('/stages')).body.data
    expect(parse(usual.text)).toEqual([
      ['Title', 'Value', 'Currency', 'Stage', 'Outcome', 'Owner', 'Company', 'Contact', 'Expected close date', 'Created at'],
      [
        'Roof',
        '-1250.50',
        'EUR',
        stage.name,
        'open',
        'Ada Admin',
        'Müller & Söhne, "Bau"',
        'Bo',
        '2026-06-01',
        '2026-05-01T00:00:00.000Z',
      ],
    ])
    const { text } = await api.get(`/deals.csv?columns=field:${field},value,tags,lossReason`)
    expect(text).toBe('Size,Value,Currency,Tags,Loss reason\r\nXL,-1250.50,EUR,"a, b",\r\n')
  })

  test('are those that the list finds, in its order, however many', async () => {
    const { ws, api } = await open()
    await atomically(ws.scope, async (scope) => {
      for (let n = 0; n < 1203; n++) await createDeal(scope, { title: `deal ${n}`, amount: n % 7, tags: n % 2 ? ['odd'] : [] })
    })
    const query = 'tag=odd&sort=-amount'
    const listed = await api.all(`/deals?limit=200&${query}`)
    const { text } = await api.get(`/deals.csv?columns=id&${query}`)
    expect(listed).toHaveLength(601)
    expect(parse(text).flat()).toEqual(['Id', ...listed.map(({ id }) => String(id))])
  })

  test('hold no formulas, and numbers stay numbers', async () => {
    const { api } = await open()
    const evil = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', 'fine = 1']
    for (const title of evil) await api.post('/deals', { title, value: '-3' })
    const rows = parse((await api.get('/deals.csv?columns=title,value')).text).slice(1) as string[][]
    expect(rows.map(([title]) => title)).toEqual(evil.map((title) => (title.startsWith('fine') ? title : `'${title}`)))
    expect(new Set(rows.map(([, value]) => value))).toEqual(new Set(['-3.00']))
  })

  test('are of one’s own workspace, and refused for what is not known', async () => {
    const [{ api }, { api: other }] = [await open(), await open()]
    await other.post('/deals', { title: 'theirs' })
    expect((await api.get('/deals.csv?columns=title')).text).toBe('Title\r\n')
    expect((await clientOf({ origin: app.origin, token: undefined }).get('/deals.csv')).status).toBe(401)
    for (const [query, field, status] of [
      ['columns=title,nonsense', 'columns', 400],
      ['columns=constructor', 'columns', 400],
      ['columns=field:404', 'columns', 400],
      ['limit=5', 'limit', 400],
      ['sort=rank', 'stageId', 422],
    ] as const) {
      const { status: is, body } = await api.get(`/deals.csv?${query}`)
      expect([query, is, body.errors[0].field]).toEqual([query, status, field])
    }
    expect((await api.send('HEAD', '/deals.csv')).status).toBe(200)
  })
})
