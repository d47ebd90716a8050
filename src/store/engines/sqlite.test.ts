import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestStore, type TestStore } from '../../../test/support/app.ts'
import { eachRow } from '../../domain/bulk.ts'
import { listDeals } from '../../domain/deal.ts'
import { createDeal } from '../../domain/edit-deals.ts'
import { DomainError } from '../../domain/errors.ts'
import { atomically, type Scope } from '../../domain/scope.ts'
import { openRegistry } from '../registry.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

const titles = async (scope: Scope, text: string) =>
  (await listDeals(scope, { filter: { text }, limit: 100 })).items.map(({ title }) => title)

test('a search inside a transaction finds what the transaction has written', async () => {
  const { scope } = await store.workspace()
  await atomically(scope, async (scope) => {
    await createDeal(scope, { title: 'Inside one' })
    expect(await titles(scope, 'inside')).toEqual(['Inside one'])
    await createDeal(scope, { title: 'Inside two' })
    expect(await titles(scope, 'inside')).toEqual(['Inside one', 'Inside two'])
  })
  expect(await titles(scope, 'inside')).toEqual(['Inside one', 'Inside two'])
})

test('what a refused row wrote cannot be searched, what came before and after it can', async () => {
  const { scope } = await store.workspace()
  await eachRow(scope, ['first', 'refused', 'last'], async (scope, row) => {
    await createDeal(scope, { title: `row ${row}` })
    // The search writes the index inside the savepoint that is undone afterwards.
    if (row === 'refused') {
      expect(await titles(scope, 'row')).toEqual(['row first', 'row refused'])
      throw new DomainError({ kind: 'forbidden' })
    }
  })
  expect(await titles(scope, 'row')).toEqual(['row first', 'row last'])
})

test('writers that share a commit are answered each for itself', async () => {
  const { scope } = await store.workspace()
  const answers = await Promise.allSettled(
    ['a', ' ', 'b', ''].map((name) => createDeal(scope, { title: name === 'a' || name === 'b' ? `group ${name}` : name })),
  )
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
  expect(await titles(scope, 'group')).toEqual(['group a', 'group b'])
})

test('a snapshot does not see what is written after its first look', async () => {
  const { scope, workspace } = await store.workspace()
  await createDeal(scope, { title: 'early' })
  await store.engine.snapshot(async (session) => {
    const frozen = openRegistry({ ...store.engine, kind: store.engine.kind, reader: session }).of(workspace.id)
    expect((await frozen.deals.list({ limit: 10 })).items).toHaveLength(1)
    await createDeal(scope, { title: 'late' })
    expect((await frozen.deals.list({ limit: 10 })).items).toHaveLength(1)
  })
  expect((await listDeals(scope, { limit: 10 })).items).toHaveLength(2)
})
