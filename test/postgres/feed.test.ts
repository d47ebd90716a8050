import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDeal } from '../../src/domain/edit-deals.ts'
import { atomically, type Scope } from '../../src/domain/scope.ts'
import { openRegistry } from '../../src/store/registry.ts'
import { openWorld, type World } from '../support/world.ts'

/** Ids of events are handed out before a commit; whoever reads on from the last one must pass none. */

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const newest = async (scope: Scope) => (await scope.store.events.list({ direction: 'desc', limit: 1 })).items[0]?.id ?? 0

test('a reader waits for an event that is committed late, and for none of another workspace', async () => {
  const [{ scope }, { scope: stranger }] = [await world.workspace(), await world.workspace()]
  const start = await newest(scope)
  const after = async (of: Scope, id: number) =>
    (await of.store.events.list({ after: { value: id, id }, limit: 100 })).items.map((event) => event.after?.title)
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const late = atomically(scope, async (inner) => {
    await createDeal(inner, { title: 'late' })
    begun.resolve()
    await goOn.promise
  })
  await begun.promise
  const strangers = await newest(stranger)
  await createDeal(scope, { title: 'early' })
  await createDeal(stranger, { title: 'theirs' })
  expect(await after(scope, start)).toEqual([])
  expect(await newest(scope)).toBe(start)
  expect(await after(stranger, strangers)).toEqual(['theirs'])
  goOn.resolve()
  await late
  expect(await after(scope, start)).toEqual(['late', 'early'])
})

test('64 writers, and a reader that never passes an event', async () => {
  const { scope } = await world.workspace()
  let cursor = await newest(scope)
  const seen: number[] = []
  const read = async () => {
    const { items } = await scope.store.events.list({ after: { value: cursor, id: cursor }, limit: 1000 })
    seen.push(...items.map(({ id }) => id))
    cursor = items.at(-1)?.id ?? cursor
  }
  let isOver = false
  const reading = (async () => {
    while (!isOver) await read()
  })()
  await Promise.all(
    Array.from({ length: 64 }, async (_, writer) => {
      for (let n = 0; n < 5; n++) await createDeal(scope, { title: `${writer}/${n}` })
    }),
  )
  isOver = true
  await reading
  await read()
  expect(new Set(seen).size).toBe(seen.length)
  const { items } = await scope.store.events.list({ subject: 'deal', limit: 1000 })
  expect(seen.filter((id) => items.some((event) => event.id === id))).toHaveLength(320)
})

test('a commit of one process is told to those who watch in another', async () => {
  const { scope } = await world.workspace()
  const other = await world.again()
  const told = Promise.withResolvers<number>()
  const end = openRegistry(other).watch((workspaceId) => {
    if (workspaceId === scope.workspace.id) told.resolve(workspaceId)
  })
  // Listening begins with a connection; until it is there a commit is told to nobody.
  const writing = setInterval(() => void createDeal(scope, { title: 'News' }), 100)
  expect(await told.promise).toBe(scope.workspace.id)
  clearInterval(writing)
  end()
  await other.close()
})
