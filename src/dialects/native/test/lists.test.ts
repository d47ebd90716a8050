import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { type Body, type Client, clientOf } from './client.ts'

let app: TestApp
let api: Client
let known: Record<string, number>

beforeAll(async () => {
  let now = Date.parse('2026-05-01T00:00:00Z')
  app = await openTestApp({ now: () => now })
  const ws = await app.workspace()
  api = clientOf({ origin: app.origin, token: ws.token })
  const [pipeline] = (await api.get('/pipelines')).body.data
  const [first, second] = (await api.get(`/pipelines/${pipeline.id}/stages`)).body.data
  const other = (await api.post('/pipelines', { name: 'Other', stages: [{ name: 'Only' }] })).body.data
  const member = await ws.member('member')
  const company = (await api.post('/companies', { name: 'Acme' })).body.data
  const contact = (await api.post('/contacts', { name: 'Bo' })).body.data
  const reason = (await api.post('/loss-reasons', { name: 'Just because' })).body.data
  known = {
    pipeline: pipeline.id,
    other: other.id,
    first: first.id,
    second: second.id,
    member: member.user.id,
    company: company.id,
    contact: contact.id,
    reason: reason.id,
  }
  const add = async (deal: object) => {
    now += 60_000
    return (await api.post('/deals', deal)).body.data
  }
  known.alpha = (await add({ title: 'Alpha house', amount: 100, stageId: first.id, tags: ['red'], externalId: 'x-1' })).id
  known.beta = (
    await add({ title: 'Beta house', amount: 300, stageId: second.id, ownerId: member.user.id, expectedCloseDate: '2026-06-01' })
  ).id
  known.gamma = (
    await add({ title: 'Gämma', amount: 200, currency: 'EUR', contactId: contact.id, companyId: company.id, outcome: 'won' })
  ).id
  known.delta = (await add({ title: 'Delta', amount: 200, pipelineId: other.id, expectedCloseDate: '2026-07-01' })).id
  known.lost = (await add({ title: 'Echo', outcome: 'lost', lossReasonId: reason.id })).id
  known.gone = (await add({ title: 'Gone' })).id
  now += 60_000
  await api.delete(`/deals/${known.gone}`)
  await api.patch(`/deals/${known.delta}`, { isArchived: true })
})
afterAll(() => app.close())

const found = async (query: string) => {
  const answer = await api.get(`/deals?${query}`)
  expect(answer.status, answer.text).toBe(200)
  return answer.body.data.map(({ id }: Body) => Object.keys(known).find((name) => known[name] === id)).join(' ')
}

test.each([
  ['', 'alpha beta gamma delta lost'],
  ['pipelineId={other}', 'delta'],
  ['stageId={second}', 'beta'],
  ['openStageId={first}', 'alpha gamma lost'],
  ['outcome=won', 'gamma'],
  ['outcome=won,lost', 'gamma lost'],
  ['outcome=open&isArchived=false', 'alpha beta'],
  ['ownerId={member}', 'beta'],
  ['creatorId={member}', ''],
  ['contactId={contact}', 'gamma'],
  ['companyId={company}', 'gamma'],
  ['lossReasonId={reason}', 'lost'],
  ['title=Delta', 'delta'],
  ['text=hou', 'alpha beta'],
  ['text=gamma', 'gamma'],
  ['text=house+alp', 'alpha'],
  ['tag=red', 'alpha'],
  ['minAmount=200', 'beta gamma delta'],
  ['maxAmount=100', 'alpha lost'],
  ['minAmount=200&maxAmount=200&currency=EUR', 'gamma'],
  ['expectedCloseDate=2026-06-01', 'beta'],
  ['expectedCloseDate=none', 'alpha gamma lost'],
  ['expectedCloseSince=2026-06-01&expectedCloseUntil=2026-07-01', 'beta'],
  ['createdSince=2026-05-01T00:03:00Z&createdUntil=2026-05-01T00:04:00Z', 'gamma'],
  ['updatedSince=2026-05-01T02:07:00%2B02:00', 'delta'],
  ['updatedUntil=2026-05-01T00:02:00.000Z', 'alpha'],
  ['isArchived=true', 'delta'],
  ['deleted=only', 'gone'],
  ['deleted=both', 'alpha beta gamma delta lost gone'],
  ['externalId=x-1', 'alpha'],
  ['ids={beta},{lost},9223372036854775808', 'beta lost'],
  ['ownerId=9223372036854775808', ''],
  ['sort=-amount', 'beta delta gamma alpha lost'],
  ['sort=title', 'alpha beta delta lost gamma'],
  ['sort=-updatedAt', 'delta lost gamma beta alpha'],
])('native: deals are narrowed by %s', async (query, names) => {
  const asked = query.replace(/\{(\w+)\}/g, (_, name: string) => String(known[name]))
  expect(await found(asked)).toBe(names)
  const counted = (await api.get(`/deals/count?${asked.replace(/sort=.*/, '')}`)).body
  expect(counted).toEqual({ data: { count: names === '' ? 0 : names.split(' ').length } })
})

test('native: a count that would take looking at more deals than one wants is told to be unknown', async () => {
  const count = async (query: string) => (await api.get(`/deals/count?${query}`)).body.data.count
  expect(await count('minAmount=200&most=3')).toBe(3)
  expect(await count('minAmount=200&most=2')).toBeNull()
  expect(await count('isArchived=false&most=1')).toBe(4)
  expect((await api.get('/deals/count?sort=id')).body.errors).toMatchObject([{ field: 'sort', rule: 'unknown' }])
})

describe('native: pages', () => {
  const sorts = ['id', 'title', 'amount', 'createdAt', 'updatedAt', 'expectedCloseDate', 'stageChangedAt', 'closedAt']

  test('under sort=rank are those of one stage', async () => {
    expect(await found(`sort=rank&stageId=${known.second}`)).toBe('beta')
    const { status, body } = await api.get('/deals?sort=rank')
    expect([status, body.errors]).toMatchObject([422, [{ field: 'stageId', rule: 'required' }]])
  })

  test.each(sorts.flatMap((sort) => [sort, `-${sort}`]))(
    'under sort=%s follow one another without gap or double',
    async (sort) => {
      const whole = (await api.get(`/deals?sort=${sort}`)).body
      expect(whole.next).toBeNull()
      expect(whole.data).toHaveLength(5)
      for (const limit of [1, 2, 5]) expect(await api.all(`/deals?sort=${sort}&limit=${limit}`)).toEqual(whole.data)
    },
  )

  test('begin anywhere, and go on from there', async () => {
    const whole = (await api.get('/deals?sort=-id')).body.data.map(({ id }: Body) => id)
    const page = (await api.get('/deals?sort=-id&skip=2&limit=2')).body
    expect(page.data.map(({ id }: Body) => id)).toEqual(whole.slice(2, 4))
    const rest = (await api.get(`/deals?sort=-id&cursor=${page.next}`)).body.data
    expect(rest.map(({ id }: Body) => id)).toEqual(whole.slice(4))
    expect((await api.get('/deals?skip=99')).body).toEqual({ data: [], next: null })
    expect((await api.get('/deals?skip=-1')).body.errors).toMatchObject([{ field: 'skip', rule: 'format' }])
  })

  test('stay where they are when rows come in front of them', async () => {
    const first = (await api.get('/deals?sort=title&limit=2')).body
    const added = (await api.post('/deals', { title: 'Aaa' })).body.data
    const second = (await api.get(`/deals?sort=title&limit=2&cursor=${first.next}`)).body
    expect(second.data.map(({ title }: Body) => title)).toEqual(['Delta', 'Echo'])
    await api.delete(`/deals/${added.id}`)
  })

  test('take no cursor that is garbage, of another sort or forged', async () => {
    const { next } = (await api.get('/deals?sort=title&limit=1')).body
    const forge = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url')
    const bad = [
      ['cursor=garbage', ''],
      ['cursor=', ''],
      ['cursor=%00%ff', ''],
      [`cursor=${'A'.repeat(5000)}`, ''],
      [`cursor=${next}`, ''],
      [`cursor=${next}`, '&sort=-title'],
      [`cursor=${forge(['id', 'text', 1])}`, ''],
      [`cursor=${forge(['id', 1, '1'])}`, ''],
      [`cursor=${forge(['id', 1, 1, 1])}`, ''],
      [`cursor=${forge(['id', 1.5, 1])}`, ''],
      [`cursor=${forge(['id', 1, 2 ** 60])}`, ''],
      [`cursor=${forge({ id: 1 })}`, ''],
      [`cursor=${forge(['title', { a: 1 }, 1])}`, '&sort=title'],
    ]
    for (const [query, sort] of bad) {
      const { status, body } = await api.get(`/deals?${query}${sort}`)
      expect(status, query).toBe(400)
      expect(body.errors).toEqual([expect.objectContaining({ field: 'cursor', rule: 'format' })])
    }
  })
})
