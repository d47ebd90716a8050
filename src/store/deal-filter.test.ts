import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestStore, type TestStore, type TestWorkspace } from '../../test/support/app.ts'
import { runs } from '../../test/support/engine.ts'
import { countDeals, type Deal, type DealFilter, listDeals } from '../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal } from '../domain/edit-deals.ts'
import { addLossReason } from '../domain/loss-reason.ts'
import { atomically } from '../domain/scope.ts'
import { listStages, type StageKind } from '../domain/stage.ts'

let store: TestStore
let ws: TestWorkspace
let deals: readonly Deal[]
let owners: readonly number[]
let stageIds: readonly number[]

beforeAll(async () => {
  store = await openTestStore()
  ws = await store.workspace()
  const { scope } = ws
  const stages = await listStages(scope)
  stageIds = stages.map((stage) => stage.id)
  owners = [ws.admin.id, (await ws.member('member')).user.id]
  const reason = await addLossReason(scope, { name: 'Price' })
  for (let index = 0; index < 40; index++) {
    const stage = stages[index % stages.length]
    const deal = await createDeal(scope, {
      title: ['Ant', 'Bee', 'Cat'][index % 3] ?? '',
      amount: (index % 5) * 100,
      stageId: stage?.id,
      ownerId: owners[index % 2],
      tags: index % 4 === 0 ? ['hot'] : [],
      lossReasonId: stage?.kind === 'lost' && index % 2 === 0 ? reason.id : undefined,
      isArchived: index % 11 === 0,
    })
    if (index % 10 === 9) await deleteDeal(scope, deal.id)
    else if (index % 6 === 0) await changeDeal(scope, deal.id, { title: 'Dog' })
  }
  deals = (await listDeals(scope, { limit: 1000 })).items
})
afterAll(() => store.close())

const holds = (filter: DealFilter, deal: Deal): boolean =>
  (filter.stageId === undefined || filter.stageId === deal.stageId) &&
  (filter.stageIds === undefined || filter.stageIds.includes(deal.stageId)) &&
  (filter.ownerIds === undefined || filter.ownerIds.includes(deal.ownerId)) &&
  (filter.outcomes === undefined || filter.outcomes.includes(deal.outcome)) &&
  (filter.title === undefined || filter.title === deal.title) &&
  (filter.minAmount === undefined || deal.amount >= filter.minAmount) &&
  (filter.tag === undefined || deal.tags.includes(filter.tag)) &&
  (filter.isArchived === undefined || filter.isArchived === (deal.archivedAt !== null)) &&
  (filter.closedSince === undefined || (deal.closedAt !== null && deal.closedAt >= filter.closedSince)) &&
  (filter.stageChangedUntil === undefined || (deal.stageChangedAt !== null && deal.stageChangedAt < filter.stageChangedUntil)) &&
  (filter.all === undefined || filter.all.every((inner) => holds(inner, deal))) &&
  (filter.any === undefined || filter.any.some((inner) => holds(inner, deal))) &&
  (filter.none === undefined || !filter.none.some((inner) => holds(inner, deal)))

const one = (values: () => readonly number[]) => fc.nat(20).map((index) => values()[index % values().length] ?? 0)
const several = (values: () => readonly number[]) => fc.array(one(values), { maxLength: 3 })

const leaf = fc.record(
  {
    stageId: one(() => stageIds),
    stageIds: several(() => stageIds),
    ownerIds: several(() => owners),
    outcomes: fc.subarray<StageKind>(['open', 'won', 'lost', 'unqualified']),
    title: fc.constantFrom('Ant', 'Bee', 'Dog'),
    minAmount: fc.constantFrom(0, 200, 400),
    tag: fc.constantFrom('hot', 'cold'),
    isArchived: fc.boolean(),
    closedSince: fc.constant(0),
    stageChangedUntil: fc.constant(Number.MAX_SAFE_INTEGER),
  },
  { requiredKeys: [] },
)

/** Filters over filters, so many levels deep. */
const nested = (depth: number): fc.Arbitrary<DealFilter> =>
  depth === 0
    ? leaf
    : fc
        .tuple(leaf, fc.constantFrom('all', 'any', 'none'), fc.array(nested(depth - 1), { maxLength: 2 }))
        .map(([filter, word, inner]) => ({ ...filter, [word]: inner }))

test('filters combine as sets do, and are counted as they are listed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(leaf, nested(1), nested(2)), async (filter) => {
      const expected = deals.filter((deal) => holds(filter, deal)).map(({ id }) => id)
      const { items } = await listDeals(ws.scope, { filter, limit: 1000 })
      expect(items.map(({ id }) => id)).toEqual(expected)
      expect(await countDeals(ws.scope, filter)).toBe(expected.length)
    }),
    { numRuns: runs(300) },
  )
})

test('what the kept totals can answer is the same as what is counted', async () => {
  for (const filter of [
    {},
    { stageId: stageIds[0] },
    { stageIds: stageIds.slice(0, 3) },
    { outcomes: ['won', 'lost'] as const },
  ]) {
    const { items } = await listDeals(ws.scope, { filter: { ...filter, isArchived: false }, limit: 1000 })
    expect(await countDeals(ws.scope, { ...filter, isArchived: false })).toBe(items.length)
    expect(items.length).toBeGreaterThan(0)
  }
})

test('an id in a list of thousands is found', async () => {
  const many = Array.from({ length: 5000 }, (_, index) => index + 1)
  const { items } = await listDeals(ws.scope, { filter: { any: [{ stageIds: many }] }, limit: 1000 })
  expect(items).toHaveLength(deals.length)
})

test('within a transaction a search finds what the same transaction wrote', async () => {
  await atomically(ws.scope, async (scope) => {
    const { id } = await createDeal(scope, { title: 'Zebra' })
    const filter: DealFilter = { any: [{ text: 'zeb' }] }
    expect((await listDeals(scope, { filter, limit: 10 })).items.map((deal) => deal.id)).toEqual([id])
    expect(await countDeals(scope, filter)).toBe(1)
  })
})
