import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openTestStore, type TestStore } from '../../../test/support/app.ts'
import { createDeal } from '../../domain/edit-deals.ts'
import { addLossReason } from '../../domain/loss-reason.ts'
import { atomically, type Scope } from '../../domain/scope.ts'
import { createToken, listMembers } from '../../domain/user.ts'
import { openRegistry } from '../registry.ts'
import { SqliteEngine } from './sqlite.ts'

let store: TestStore
/** Another process, as far as the file is concerned. */
let other: SqliteEngine
beforeAll(async () => {
  store = await openTestStore()
  other = new SqliteEngine(`${store.directory}/crmux.db`)
})
afterAll(async () => {
  await other.close()
  await store.close()
})

const watching = (engine = store.engine) => {
  const told: number[] = []
  const end = openRegistry(engine).watch((workspaceId) => told.push(workspaceId))
  return { told, end }
}

const turn = () => new Promise(setImmediate)
const throughOther = (scope: Scope): Scope => ({ ...scope, store: openRegistry(other).of(scope.workspace.id) })

test('a commit of this process is told at once, and once for all who shared it', async () => {
  const [{ scope }, { scope: second }] = [await store.workspace(), await store.workspace()]
  const { told, end } = watching()
  await Promise.all([createDeal(scope, { title: 'a' }), createDeal(scope, { title: 'b' }), createDeal(second, { title: 'c' })])
  await turn()
  expect(told.toSorted()).toEqual([scope.workspace.id, second.workspace.id])
  end()
  await createDeal(scope, { title: 'd' })
  await turn()
  expect(told).toHaveLength(2)
})

test('a commit of another process is told within a second', async () => {
  const { scope } = await store.workspace()
  const { told, end } = watching()
  await createDeal(throughOther(scope), { title: 'from elsewhere' })
  await vi.waitFor(() => expect(told).toEqual([scope.workspace.id]), { timeout: 1000, interval: 20 })
  end()
})

test('what has no history is told as well, what nobody shows is not', async () => {
  const { scope } = await store.workspace()
  const { told, end } = watching()
  await createToken(scope, {})
  await turn()
  expect(told).toEqual([])
  const before = await scope.store.revisions()
  await addLossReason(scope, { name: 'Price' })
  await turn()
  expect(told).toEqual([scope.workspace.id])
  const after = await scope.store.revisions()
  expect(after.get('loss-reasons')).toBeGreaterThan(before.get('loss-reasons') ?? 0)
  expect(after.get('users')).toBe(before.get('users'))
  end()
})

test('what was undone is not told', async () => {
  const { scope } = await store.workspace()
  const { told, end } = watching()
  const undone = atomically(scope, async (scope) => {
    await createDeal(scope, { title: 'never was' })
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  await listMembers(scope, { limit: 1 })
  await turn()
  expect(told).toEqual([])
  end()
})

test('a listener may end the watch while it is told', async () => {
  const { scope } = await store.workspace()
  const told: number[] = []
  const end = openRegistry(store.engine).watch((workspaceId) => {
    told.push(workspaceId)
    end()
  })
  for (const title of ['one', 'two']) {
    await createDeal(scope, { title })
    await turn()
  }
  expect(told).toEqual([scope.workspace.id])
})
