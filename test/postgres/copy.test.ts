import { existsSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { fillDemo } from '../../src/demo/fill.ts'
import { listDeals } from '../../src/domain/deal.ts'
import { createDeal } from '../../src/domain/edit-deals.ts'
import type { Registry } from '../../src/domain/store.ts'
import { openStore, prepare } from '../../src/serve.ts'
import { scratch, within } from '../support/cli.ts'
import { openTestEngine, type TestEngine } from '../support/engine.ts'

/** A whole store from one engine to the other and back. */

vi.setConfig({ testTimeout: 120_000 })

const files = scratch()
let there: TestEngine
beforeAll(async () => {
  there = await openTestEngine()
})
afterAll(async () => {
  await there.close()
  files.remove()
})

const url = () => there.at.databaseUrl ?? ''

async function at<T>(data: string, work: (registry: Registry) => Promise<T>): Promise<T> {
  const { engine, registry } = await openStore({ data, databaseUrl: undefined })
  try {
    return await work(registry)
  } finally {
    await engine.close()
  }
}

/** Everything that can be told of the one workspace without looking at tables. */
async function toldOf(registry: Registry) {
  const [workspace] = await registry.workspaces()
  const store = registry.of(workspace?.id ?? 0)
  const scope = { store } as never
  const { items: deals } = await listDeals(scope, { limit: 10_000, filter: { deleted: 'both' } })
  const { items: found } = await listDeals(scope, { limit: 10_000, filter: { text: 'a' } })
  const totals = [...(await store.deals.totals())].sort((a, b) => a.stageId - b.stageId || (a.currency < b.currency ? -1 : 1))
  const { items: events } = await store.events.list({ limit: 100_000 })
  return { workspace, deals, found: found.map(({ id }) => id), totals, events }
}

test('from SQLite to PostgreSQL and back everything is what it was, and ids go on', async () => {
  const [from, back] = [files.path('from'), files.path('back')]
  const before = await at(from, async (registry) => {
    await prepare(registry, { template: undefined, token: undefined })
    await fillDemo(registry, Date.UTC(2026, 5, 1))
    return toldOf(registry)
  })
  expect(before.deals.length).toBeGreaterThan(50)

  const forth = await within(['copy', '--from', from, '--to', url()])
  expect(forth).toMatchObject({ code: 0, stdout: expect.stringContaining('everything is as it should be') })
  const { engine, registry } = await openStore({ data: '', databaseUrl: url() })
  expect(await toldOf(registry)).toEqual(before)

  // The next deal gets an id that nobody has.
  const store = registry.of(before.workspace?.id ?? 0)
  const [user] = (await store.members.list({ limit: 1 })).items
  if (!user || !before.workspace) throw new Error('a member')
  const scope = { workspace: before.workspace, user, via: 'native', store, now: Date.now }
  const { id } = await createDeal(scope, { title: 'Next' })
  expect(id).toBeGreaterThan(Math.max(...before.deals.map((deal) => deal.id)))
  const after = await toldOf(registry)
  await engine.close()

  const home = await within(['copy', '--from', url(), '--to', back])
  expect(home).toMatchObject({ code: 0, stdout: expect.stringContaining('everything is as it should be') })
  expect(await at(back, toldOf)).toEqual(after)
})

test('a store with something in it is left alone', async () => {
  const data = files.path('full')
  await at(data, (registry) => prepare(registry, { template: undefined, token: undefined }))
  expect(await within(['copy', '--from', data, '--to', url()])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has something in it already'),
  })
  expect(await within(['copy', '--from', files.path('nowhere'), '--to', url()])).toMatchObject({ code: 1 })
  expect(existsSync(files.path('nowhere'))).toBe(false)
})
