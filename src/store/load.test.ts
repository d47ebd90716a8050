import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestEngine, type TestEngine, testEngine } from '../../test/support/engine.ts'
import { openWorld } from '../../test/support/world.ts'
import { createDeal } from '../domain/edit-deals.ts'
import type { Engine } from './engine.ts'
import { finishLoad, load } from './load.ts'

let store: TestEngine
beforeAll(async () => {
  store = await openTestEngine()
})
afterAll(() => store.close())

const indexes = ({ rows }: Pick<TestEngine, 'rows'>): Promise<{ name: string; made: string }[]> =>
  rows(
    testEngine === 'sqlite'
      ? "select name, sql as made from sqlite_schema where type = 'index' order by name"
      : 'select indexname as name, indexdef as made from pg_indexes where schemaname = current_schema() order by indexname',
  )

test('a load into a new store does without some indexes, and all of them are there afterwards', async () => {
  const before = await indexes(store)
  const during = await load(store.engine, () => indexes(store))
  expect(during.length).toBeLessThan(before.length - 20)
  for (const kept of ['deal_external_id', 'event_of_subject'])
    expect(during).toContainEqual(expect.objectContaining({ name: kept }))
  expect(await indexes(store)).toEqual(before)
})

test('work that fails leaves all of them as well', async () => {
  const before = await indexes(store)
  await expect(load(store.engine, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await indexes(store)).toEqual(before)
})

test('those that a killed load has dropped are made by whoever opens the store next, while others have it open', async () => {
  const before = await indexes(store)
  let left = before
  // What is killed does not come to its end; neither does this, until the others have gone on without it.
  const killed = Promise.withResolvers<void>()
  const loading = load(store.engine, async () => {
    left = await indexes(store)
    const next: Engine = await store.again()
    await finishLoad(next)
    expect(await indexes(store)).toEqual(before)
    await next.close()
    killed.resolve()
  })
  await killed.promise
  expect(left.length).toBeLessThan(before.length)
  await loading
  expect(await indexes(store)).toEqual(before)
})

test('a store that has deals keeps its indexes', async () => {
  const world = await openWorld()
  const { scope } = await world.workspace()
  await createDeal(scope, { title: 'here' })
  const before = await indexes(world)
  expect(await load(world.engine, () => indexes(world))).toEqual(before)
  await world.close()
})
