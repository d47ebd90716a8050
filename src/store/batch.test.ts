import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestStore, type TestStore } from '../../test/support/app.ts'
import { eachRow } from '../domain/bulk.ts'
import { changeDeal, createDeal } from '../domain/edit-deals.ts'
import { DomainError } from '../domain/errors.ts'
import { batchOf, listEvents } from '../domain/events.ts'
import { newBatch, type Scope } from '../domain/scope.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

const eventsOf = async (scope: Scope) =>
  (await listEvents(scope, { limit: 200 })).items.filter(({ type }) => type.startsWith('deal.'))

/** As every request and every import begins. */
const request = async () => {
  const { scope } = await store.workspace()
  return { ...scope, batch: newBatch() }
}

test('an event that is alone has no batch; those that follow it in the same request point at it', async () => {
  const scope = await request()
  const deal = await createDeal(scope, { title: 'a' })
  await changeDeal({ ...scope, batch: newBatch() }, deal.id, { title: 'b' })
  await changeDeal(scope, deal.id, { title: 'c' })
  const [first, alone, last] = await eventsOf(scope)
  expect([first?.batch, alone?.batch, last?.batch]).toEqual([null, null, first?.id])
  expect(scope.batch.first).toBe(first?.id)
})

test('events of several transactions are one batch, whatever happens between them', async () => {
  const scope = await request()
  for (const title of ['a', 'b', 'c']) {
    await createDeal(scope, { title })
    await createDeal({ ...scope, batch: newBatch() }, { title: 'of somebody else' })
  }
  const events = await eventsOf(scope)
  const first = scope.batch.first ?? 0
  expect(events.filter((event) => batchOf(event) === first)).toHaveLength(3)
  expect(await scope.store.events.countBatch(first)).toBe(2)
  expect((await scope.store.events.ofBatch(first, Number.MAX_SAFE_INTEGER, 1)).map(({ after }) => after?.title)).toEqual(['c'])
})

test('a first event that is undone with its row begins no batch', async () => {
  const scope = await request()
  await eachRow(scope, ['refused', 'a', 'b'], async (scope, title) => {
    await createDeal(scope, { title })
    if (title === 'refused') throw new DomainError({ kind: 'forbidden' })
  })
  const [a, b] = await eventsOf(scope)
  expect([a?.batch, b?.batch]).toEqual([null, a?.id])
})

test('a first event that is undone with its transaction begins no batch', async () => {
  const scope = await request()
  await expect(
    eachRow(scope, ['x'], async (scope, title) => {
      await createDeal(scope, { title })
      throw new Error('a bug undoes all')
    }),
  ).rejects.toThrow('a bug')
  expect(scope.batch.first).toBeNull()
})
