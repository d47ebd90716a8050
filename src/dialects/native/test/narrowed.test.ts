import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { type Body, type Client, clientOf } from './client.ts'

/** What the board and the list are narrowed to: who, what, and what is pressing. */

let app: TestApp
let api: Client
let now = Date.UTC(2026, 4, 1, 12)
const known: Record<string, number> = {}
const days = (n: number) => {
  now += n * 86_400_000
}

beforeAll(async () => {
  app = await openTestApp({ now: () => now })
  const ws = await app.workspace()
  api = clientOf({ origin: app.origin, token: ws.token })
  const member = await ws.member('member')
  const { body } = await api.post('/pipelines', {
    name: 'P',
    hasProbability: true,
    isDefault: true,
    stages: [
      { name: 'Quick', rotAfterDays: 3, probability: 50 },
      { name: 'Slow', rotAfterDays: 30, probability: 80 },
      { name: 'Patient', probability: 100 },
    ],
  })
  known.pipeline = body.data.id
  const stages: Body[] = (await api.get(`/pipelines/${known.pipeline}/stages`)).body.data
  const [quick, slow, patient] = stages.map(({ id }) => id)
  Object.assign(known, { quick, slow, patient, me: ws.admin.id, member: member.user.id })
  const add = async (title: string, more: object) => (await api.post('/deals', { title, ...more })).body.data.id
  known.old = await add('old', {
    stageId: quick,
    amount: 100,
    tags: ['red', 'big'],
    ownerId: known.member,
    expectedCloseDate: '2026-04-30',
  })
  await add('oldslow', { stageId: slow, amount: 200, currency: 'EUR', tags: ['red'] })
  await add('oldpatient', { stageId: patient, amount: 300, expectedCloseDate: '2026-05-01' })
  days(5)
  await add('won', { stageId: stages.find(({ kind }) => kind === 'won').id, amount: 500, expectedCloseDate: '2026-01-01' })
  await add('new', { stageId: quick, amount: 400, tags: ['big'], expectedCloseDate: '2026-05-06' })
})
afterAll(() => app.close())

const titles = (deals: Body[]) => deals.map(({ title }) => title).join(' ')
const filled = (query: string) => query.replace(/\{(\w+)\}/g, (_, name: string) => String(known[name]))

const queries: [string, string][] = [
  ['ownerId={me},{member}', 'old oldslow oldpatient won new'],
  ['ownerId={member}', 'old'],
  ['tag=big', 'old new'],
  ['tag=red&tag=big', 'old'],
  ['rotting=true', 'old'],
  ['rotting=false', 'oldslow oldpatient won new'],
  ['rotting=true&tag=red', 'old'],
  ['rotting=true&ownerId={me}', ''],
  ['overdue=true', 'old oldpatient'],
  ['overdue=false', 'oldslow won new'],
  ['overdue=true&rotting=true', 'old'],
  ['overdue=true&minAmount=200', 'oldpatient'],
  ['closedSince=2026-05-06T00:00:00Z', 'won'],
  ['closedUntil=2026-05-06T00:00:00Z', ''],
  ['stageChangedSince=2026-05-06T00:00:00Z', 'won'],
  ['stageChangedUntil=2026-05-06T00:00:00Z', ''],
]

describe('native: narrowed', () => {
  test.each(queries)('the list by %s', async (query, wanted) => {
    expect(titles((await api.get(`/deals?pipelineId=${known.pipeline}&${filled(query)}`)).body.data)).toBe(wanted)
    // Page by page it is the same.
    expect(titles(await api.all(`/deals?pipelineId=${known.pipeline}&limit=1&${filled(query)}`))).toBe(wanted)
  })

  test.each(queries)('the cards and the totals by %s', async (query, wanted) => {
    const board = (await api.get(`/pipelines/${known.pipeline}/board?${filled(query)}`)).body.data
    const cards: Body[] = board.columns.flatMap(({ cards }: Body) => cards)
    const order = ['old', 'oldslow', 'oldpatient', 'won', 'new']
    expect(titles(cards.toSorted((a, b) => order.indexOf(a.title) - order.indexOf(b.title)))).toBe(wanted)
    const totals = (await api.get(`/pipelines/${known.pipeline}/totals?${filled(query)}`)).body.data
    const expected = (stageId: number) => {
      const own = cards.filter((card) => card.stageId === stageId)
      const currencies = [...new Set(own.map(({ currency }) => currency))].sort()
      return currencies.map((currency) => {
        const same = own.filter((card) => card.currency === currency)
        return [currency, same.length, same.reduce((sum, { amount }) => sum + amount, 0)]
      })
    }
    for (const { stageId, totals: sums } of totals.stages)
      expect(sums.map(({ currency, count, amount }: Body) => [currency, count, amount])).toEqual(expected(stageId))
  })

  test('totals are weighted as the kept ones are, and without filters they are those', async () => {
    const kept = (await api.get(`/pipelines/${known.pipeline}/totals`)).body.data
    const counted = (await api.get(`/pipelines/${known.pipeline}/totals?minAmount=-1`)).body.data
    expect(counted).toEqual(kept)
    expect(counted.stages[0].totals).toMatchObject([{ currency: 'USD', count: 2, amount: 500, weightedAmount: 250 }])
  })

  test('totals that would take looking at more deals than one wants are told to be unknown, and never in part', async () => {
    const at = async (query: string) => (await api.get(`/pipelines/${known.pipeline}/totals?${filled(query)}`)).body.data
    const whole = await at('tag=red')
    expect(await at('tag=red&most=2')).toEqual(whole)
    expect(await at('tag=red&most=1')).toEqual({ ...whole, stages: null, outcomes: null })
    // The kept ones cost nothing.
    expect(await at('most=1')).toEqual(await at(''))
  })

  test('days begin where the workspace is', async () => {
    const overdue = async () => titles((await api.get(`/deals?pipelineId=${known.pipeline}&overdue=true`)).body.data)
    await api.patch('/workspace', { timeZone: 'Pacific/Kiritimati' })
    // There it is tomorrow already.
    expect(await overdue()).toBe('old oldpatient new')
    await api.patch('/workspace', { timeZone: 'UTC' })
    expect(await overdue()).toBe('old oldpatient')
  })

  test.each([
    ['/deals?rotting=maybe', 'rotting choice'],
    ['/deals?overdue=1', 'overdue choice'],
    ['/deals?ownerId=1,x', 'ownerId format'],
    ['/deals?closedSince=yesterday', 'closedSince format'],
    ['/pipelines/{pipeline}/totals?sort=rank', 'sort unknown'],
    ['/pipelines/{pipeline}/totals?rotting=true&rotting=false', 'rotting choice'],
    ['/pipelines/{pipeline}/totals?most=0', 'most range'],
  ])('%s is refused', async (path, wanted) => {
    const { status, body } = await api.get(filled(path))
    expect([status, body.errors.map(({ field, rule }: Body) => `${field} ${rule}`).join()]).toEqual([400, wanted])
  })
})
