import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestStore, type TestStore, type TestWorkspace } from '../../test/support/app.ts'
import { listClosedTotals, sumDeals, sumDealsWithin } from '../domain/board.ts'
import { eachRow } from '../domain/bulk.ts'
import { countDeals, countDealsWithin, type Deal, type DealFilter, listDeals, placesOf } from '../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal } from '../domain/edit-deals.ts'
import { addParty, countParties, listParties } from '../domain/party.ts'
import { listStages, type Stage } from '../domain/stage.ts'
import * as first from './migrations/0001-pipelines.ts'
import { migrate } from './migrations/index.ts'

let store: TestStore
let ws: TestWorkspace
let stages: readonly Stage[]
let deals: readonly Deal[]

beforeAll(async () => {
  let now = Date.UTC(2026, 0, 1)
  store = await openTestStore({ now: () => (now += 1000) })
  ws = await store.workspace()
  const { scope } = ws
  stages = await listStages(scope)
  for (let index = 0; index < 60; index++) {
    const { id } = await createDeal(scope, {
      title: ['Ant', 'Bee'][index % 2] ?? '',
      amount: index,
      stageId: stages[index % 3]?.id,
      isArchived: index % 13 === 0,
    })
    if (index % 4 === 1) await changeDeal(scope, id, { outcome: index % 8 === 1 ? 'won' : 'lost' })
    if (index % 10 === 9) await deleteDeal(scope, id)
  }
  deals = (await listDeals(scope, { limit: 1000 })).items
  for (const kind of ['person', 'person', 'company'] as const) await addParty(scope, { kind, name: `A ${kind}` })
})
afterAll(() => store.close())

test('deals are counted as they are listed, by the kept totals or over an index', async () => {
  const [stage, other] = stages
  const filters: DealFilter[] = [
    {},
    { isArchived: true },
    { title: 'Ant' },
    { text: 'bee' },
    { ownerId: ws.admin.id, minAmount: 30 },
    { deleted: 'only' },
    ...[{}, { pipelineId: stage?.pipelineId }, { pipelineId: 1 }].flatMap((filter) => [
      { ...filter, isArchived: false },
      { ...filter, isArchived: false, outcomes: ['won', 'lost'] as const },
      { ...filter, isArchived: false, stageId: stage?.id },
      { ...filter, isArchived: false, openStageId: stage?.id },
      { ...filter, isArchived: false, openStageId: stage?.id, outcomes: ['won'] as const },
      { ...filter, isArchived: false, openStageId: stage?.id, outcomes: ['open'] as const },
      { ...filter, isArchived: false, openStageId: stage?.id, stageId: other?.id },
    ]),
  ]
  for (const filter of filters) {
    const { items } = await listDeals(ws.scope, { filter, limit: 1000 })
    expect([filter, await countDeals(ws.scope, filter)]).toEqual([filter, items.length])
    const sums = await sumDeals(ws.scope, filter)
    const bySum = ({ stageId, currency }: { stageId: number; currency: string }) => `${stageId} ${currency}`
    const expected = [...Map.groupBy(items, bySum)].map(([key, group]) => [
      key,
      group.length,
      group.reduce((sum, { amount }) => sum + BigInt(amount), 0n),
    ])
    expect(sums.map((sum) => [bySum(sum), sum.count, sum.amount]).sort()).toEqual(expected.sort())
    // What must not look at more deals than there are looks at none where no index leads to those that are meant.
    expect([items.length, null]).toContain(await countDealsWithin(ws.scope, filter, 60))
    const within = await sumDealsWithin(ws.scope, filter, 60)
    if (within !== null || filter.pipelineId !== undefined) expect(new Set(within)).toEqual(new Set(sums))
  }
})

test('sums that may look at so many deals are whole or nothing', async () => {
  const { scope } = ws
  const rare = await createDeal(scope, { title: 'Rare', amount: 7, tags: ['rare'], stageId: stages[0]?.id })
  const filter: DealFilter = { ownerId: ws.admin.id, tag: 'rare', isArchived: false }
  const sums = await sumDeals(scope, filter)
  expect(sums).toMatchObject([{ count: 1, amount: 7n, stageId: rare.stageId }])
  expect(await countDealsWithin(scope, filter, 1)).toBe(1)
  expect(await countDealsWithin(scope, { ownerId: ws.admin.id, isArchived: false }, 50)).toBeNull()
  // The narrowest condition counts: everybody’s deals are many, those with the tag are not.
  expect(await sumDealsWithin(scope, filter, 1)).toEqual(sums)
  expect(await sumDealsWithin(scope, { ownerId: ws.admin.id, isArchived: false }, 50)).toBeNull()
  expect(await sumDealsWithin(scope, { ownerId: ws.admin.id, isArchived: false }, 61)).toEqual(
    await sumDeals(scope, { ownerId: ws.admin.id, isArchived: false }),
  )
  expect(await sumDealsWithin(scope, { ...filter, tag: 'nobody’s' }, 1)).toEqual([])
  // No index leads to deals that are not archived.
  expect(await sumDealsWithin(scope, { isArchived: false }, 1000)).toBeNull()
  await deleteDeal(scope, rare.id)
})

test('people and companies are counted as they are listed', async () => {
  for (const query of [{}, { kind: 'person' }, { text: 'company' }, { text: '+' }, { name: 'nobody' }] as const) {
    const { items } = await listParties(ws.scope, { ...query, limit: 100 })
    expect([query, await countParties(ws.scope, query)]).toEqual([query, items.length])
  }
})

test('places count the cards of a stage in their order, whichever are asked for', async () => {
  const places = await placesOf(ws.scope, deals)
  const stageId = stages[0]?.id
  const filter = { stageId, deleted: 'both' } as const
  const { items } = await listDeals(ws.scope, { filter, sort: [{ by: 'rank', direction: 'asc' }], limit: 1000 })
  expect(items.length).toBeGreaterThan(10)
  for (const [index, { id, deletedAt }] of items.entries()) if (deletedAt === null) expect(places.get(id)).toBe(index + 1)
  for (const deal of deals.slice(0, 5)) expect((await placesOf(ws.scope, [deal])).get(deal.id)).toBe(places.get(deal.id))
  expect((await placesOf(ws.scope, [])).size).toBe(0)
})

test('a store that was made before has its closed deals totalled when it is opened', async () => {
  const old = new DatabaseSync(':memory:')
  old.exec(`${first.sqlite}; pragma user_version = 1`)
  const row = (id: number, outcome: string, amount: number, more: Record<string, number> = {}) => {
    const columns: Record<string, string | number> = {
      id,
      workspace_id: 1,
      uuid: `u${id}`,
      title: 'x',
      amount,
      currency: 'USD',
      pipeline_id: 1,
      stage_id: 9,
      outcome,
      open_stage_id: 2,
      owner_id: 1,
      creator_id: 1,
      rank: 'a',
      version: 1,
      created_at: 0,
      updated_at: 0,
      ...more,
    }
    const names = Object.keys(columns)
    old.prepare(`insert into deal (${names}) values (${names.map(() => '?')})`).run(...Object.values(columns))
  }
  row(1, 'won', 100, { probability: 50 })
  row(2, 'lost', 30)
  row(3, 'open', 7)
  row(4, 'won', 1000, { archived_at: 1 })
  row(5, 'won', 1000, { deleted_at: 1 })
  migrate(old)
  expect({ ...old.prepare('select * from closed_from_stage_total').get() }).toEqual({
    workspace_id: 1,
    stage_id: 2,
    currency: 'USD',
    deal_count: 2,
    amount: 130,
    own_amount: 100,
    own_weighted: 5000,
  })
  old.close()
  expect((await listClosedTotals(ws.scope)).reduce((sum, { count }) => sum + count, 0)).toBe(
    deals.filter(({ outcome, archivedAt }) => outcome !== 'open' && archivedAt === null).length,
  )
})

test('of a long column the first thousand are counted, and the others still have places in their order', async () => {
  const own = await store.workspace()
  const [stage] = await listStages(own.scope)
  const rows = Array.from({ length: 1060 }, (_, index) => ({ title: `Deal ${index}`, stageId: stage?.id }))
  const made = await eachRow(own.scope, rows, createDeal)
  const ids = made.flatMap((row) => (row.ok ? [row.value.id] : []))
  expect(ids).toHaveLength(1060)
  // The oldest are the last ones: one goes between two of them, another to the end.
  await changeDeal(own.scope, Number(ids[900]), { place: { before: Number(ids[10]) } })
  await changeDeal(own.scope, Number(ids[901]), { place: 'last' })
  const column: Deal[] = []
  for (const direction of ['asc', 'desc'] as const) {
    const sort = [{ by: 'rank', direction }] as const
    const { items } = await listDeals(own.scope, { filter: { stageId: stage?.id }, sort, limit: direction === 'asc' ? 1000 : 60 })
    column.push(...(direction === 'asc' ? items : items.toReversed()))
  }
  const places = await placesOf(own.scope, column)
  const found = column.map(({ id }) => Number(places.get(id)))
  expect(found.slice(0, 1000)).toEqual(column.slice(0, 1000).map((_, index) => index + 1))
  const rest = found.slice(1000)
  expect(rest.every((place) => Number.isSafeInteger(place) && place > 1000)).toBe(true)
  expect(rest).toEqual(rest.toSorted((a, b) => a - b))
  // Each arrived in a second of its own, but for the two that were put somewhere.
  expect(new Set(rest).size).toBeGreaterThan(55)
  expect(column.findIndex(({ id }) => id === ids[900])).toBe(column.findIndex(({ id }) => id === ids[10]) - 1)
})
