import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eachRow } from '../../src/domain/bulk.ts'
import { createDeal, deleteDeal } from '../../src/domain/edit-deals.ts'
import { mergeStages } from '../../src/domain/edit-stages.ts'
import { DomainError, invalid } from '../../src/domain/errors.ts'
import { atomically, type Scope } from '../../src/domain/scope.ts'
import { listStages } from '../../src/domain/stage.ts'
import { statement } from '../../src/store/engine.ts'
import { openRegistry } from '../../src/store/registry.ts'
import { sql } from '../../src/store/sql.ts'
import { openWorld, type World } from '../support/world.ts'

/** What sharing a commit, waiting for a lock and undoing a part must never do to anybody else. */

let world: World
let scope: Scope
beforeAll(async () => {
  world = await openWorld()
  ;({ scope } = await world.workspace())
})
afterAll(() => world.close())

const titles = async () => (await scope.store.deals.list({ limit: 1000 })).items.map(({ title }) => title)

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof DomainError ? error.refusal.kind : String(error)),
  )

const making = (title: string, then?: () => void) =>
  atomically(scope, async (inner) => {
    await createDeal(inner, { title })
    then?.()
  })

describe('writers that share a commit', () => {
  test('are answered each for itself: refusals, bugs and successes side by side', async () => {
    const before = await titles()
    const answers = await Promise.all(
      [
        making('group 1'),
        making('group 2', () => invalid('title', 'blank')),
        making('group 3'),
        making('group 4', () => {
          throw new TypeError('a bug')
        }),
        making('group 5'),
      ].map(outcome),
    )
    expect(answers).toEqual(['done', 'invalid', 'done', 'TypeError: a bug', 'done'])
    expect(new Set(await titles())).toEqual(new Set([...before, 'group 1', 'group 3', 'group 5']))
  })

  test('leave no trace of one that was alone and failed', async () => {
    for (const fail of [
      () => invalid('title', 'blank'),
      () => {
        throw new TypeError('a bug')
      },
    ]) {
      const before = await world.dump()
      expect(await outcome(making('alone', fail))).not.toBe('done')
      expect(await world.dump()).toEqual(before)
    }
  })

  test('are told only after the commit: whoever is answered can read it', async () => {
    await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        const { id } = await createDeal(scope, { title: `read back ${index}` })
        expect((await scope.store.deals.get(id))?.title).toBe(`read back ${index}`)
      }),
    )
  })

  test('are not seen before it', async () => {
    let inside: readonly string[] = []
    await atomically(scope, async (inner) => {
      await createDeal(inner, { title: 'not yet' })
      inside = await titles()
      expect((await inner.store.deals.list({ limit: 1000 })).items.at(-1)?.title).toBe('not yet')
    })
    expect(inside).not.toContain('not yet')
    expect(await titles()).toContain('not yet')
  })
})

test('parts within parts can be undone alone', async () => {
  const before = await titles()
  const part = (inner: Scope, title: string, fails: boolean) =>
    atomically(inner, async (deeper) => {
      await createDeal(deeper, { title })
      const row = await outcome(
        atomically(deeper, async (deepest) => {
          await createDeal(deepest, { title: `${title}, deepest` })
          if (!fails) invalid('title', 'blank')
        }),
      )
      expect(row).toBe(fails ? 'done' : 'invalid')
      if (fails) invalid('title', 'blank')
    })
  await atomically(scope, async (inner) => {
    expect(await outcome(part(inner, 'kept', false))).toBe('done')
    expect(await outcome(part(inner, 'undone', true))).toBe('invalid')
    await createDeal(inner, { title: 'last' })
  })
  expect(await titles()).toEqual([...before, 'kept', 'last'])
})

describe('a lock that another process holds', () => {
  /** Runs the work while a second engine, as a second process would have it, holds what a writer needs. */
  async function whileLocked(at: World, workspaceId: number, work: () => Promise<void>): Promise<void> {
    const other = await at.again()
    await other.transaction(async (session) => {
      await session.hold(workspaceId, 'alone')
      await session.one(
        statement(() => sql`select 1`),
        {},
      )
      await work()
    })
    await other.close()
  }

  test('is waited for, while everything else goes on', async () => {
    let isPending = true
    let written: Promise<unknown> | undefined
    await whileLocked(world, scope.workspace.id, async () => {
      written = outcome(createDeal(scope, { title: 'patient' })).finally(() => {
        isPending = false
      })
      for (let turn = 0; turn < 20; turn++) {
        await delay(2)
        expect(await titles()).not.toContain('patient')
      }
      // If the process itself had waited for the lock, the patience of the writer would be at an end by now.
      expect(isPending).toBe(true)
    })
    expect(await written).toBe('done')
    expect(await titles()).toContain('patient')
  })

  test('is not waited for without end: all who wait are refused, and nothing of theirs is written', async () => {
    const hasty = await openWorld({ busyLimitMs: 150 })
    const place = await hasty.workspace()
    const attempts = () => Promise.all(['a', 'b', 'c'].map((title) => outcome(createDeal(place.scope, { title }))))
    await whileLocked(hasty, place.scope.workspace.id, async () => {
      const before = await hasty.dump()
      const began = performance.now()
      expect(await attempts()).toEqual(['unavailable', 'unavailable', 'unavailable'])
      expect(performance.now() - began).toBeGreaterThan(149)
      expect(await hasty.dump()).toEqual(before)
    })
    // The store has not given up: the next ones are served.
    expect(await attempts()).toEqual(['done', 'done', 'done'])
    await hasty.close()
  })
})

test('a long transaction lets readers in between', async () => {
  const place = await world.workspace()
  const [from, into] = (await listStages(place.scope)).map(({ id }) => id)
  const rows = Array.from({ length: 1500 }, (_, index) => index)
  await eachRow(place.scope, rows, (inner, index) => createDeal(inner, { title: `Deal ${index}`, stageId: from }))

  let turns = 0
  const watch = setInterval(() => turns++, 1)
  await mergeStages(place.scope, from ?? 0, into ?? 0)
  clearInterval(watch)
  // Without letting anybody in between there would be none.
  expect(turns).toBeGreaterThan(3)
  expect((await place.scope.store.deals.list({ filter: { stageId: into }, limit: 2000 })).items).toHaveLength(1500)
})

test('whoever has begun is finished before the store closes, and whoever comes later is refused', async () => {
  const own = await openWorld()
  const place = await own.workspace()
  const begun = Array.from({ length: 20 }, (_, index) => createDeal(place.scope, { title: `Deal ${index}` }))
  const closing = own.engine.close()
  expect(await outcome(createDeal(place.scope, { title: 'Too late' }))).toBe('unavailable')
  await Promise.all(begun)
  await closing
  const after = await own.again()
  expect(await openRegistry(after).of(place.scope.workspace.id).deals.count({})).toBe(20)
  await after.close()
  await own.close()
})

test('a write outside of a transaction is a bug that shows', async () => {
  const deal = await createDeal(scope, { title: 'Guarded' })
  await expect(scope.store.deals.save(deal, { ...deal, title: 'Slipped through' })).rejects.toThrow(
    /readonly|read-only|takes a transaction/i,
  )
  expect((await scope.store.deals.get(deal.id))?.title).toBe('Guarded')
  await deleteDeal(scope, deal.id)
})
