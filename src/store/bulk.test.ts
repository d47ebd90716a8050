import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { testEngine } from '../../test/support/engine.ts'
import { openWorld, type World } from '../../test/support/world.ts'
import { listTotals } from '../domain/board.ts'
import { eachRow } from '../domain/bulk.ts'
import { createDeal } from '../domain/edit-deals.ts'
import { addStage } from '../domain/edit-stages.ts'
import { DomainError } from '../domain/errors.ts'
import { listEvents } from '../domain/events.ts'
import { addLossReason } from '../domain/loss-reason.ts'
import { addParty } from '../domain/party.ts'
import { atomically, newBatch, type Scope } from '../domain/scope.ts'
import { listStages } from '../domain/stage.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const request = async (): Promise<Scope> => {
  const { scope } = await world.workspace()
  return { ...scope, batch: newBatch() }
}

/** Work that is undone alone. */
const undone = (scope: Scope, work: (scope: Scope) => Promise<unknown>) =>
  atomically(scope, async (scope) => {
    await work(scope)
    throw new DomainError({ kind: 'forbidden' })
  }).catch(() => {})

const titles = async ({ store }: Scope) => (await store.deals.list({ limit: 100 })).items.map(({ title }) => title)

test('what is gathered is found by whoever looks, and written once', async () => {
  const scope = await request()
  await atomically(
    scope,
    async (scope) => {
      const first = await createDeal(scope, { title: 'first', externalId: 'x1', amount: 5 })
      expect(await scope.store.deals.byExternalId('x1')).toEqual(first)
      expect(await scope.store.deals.get(first.id)).toEqual(first)
      expect(await titles(scope)).toEqual(['first'])
      await createDeal(scope, { title: 'second', amount: 6, tags: ['t'] })
      expect(await scope.store.deals.count({ tag: 't' })).toBe(1)
      expect((await listTotals(scope))[0]).toMatchObject({ count: 2, amount: 11n })
      await createDeal(scope, { title: 'third', amount: 7 })
    },
    'bulk',
  )
  expect(await titles(scope)).toEqual(['first', 'second', 'third'])
  expect((await listTotals(scope))[0]).toMatchObject({ count: 3, amount: 18n })
  const events = (await listEvents(scope, { subject: 'deal', limit: 10 })).items
  expect(events.map(({ after, batch }) => [after?.title, batch])).toEqual([
    ['first', null],
    ['second', events[0]?.id],
    ['third', events[0]?.id],
  ])
})

test('what came before an undone part stays, even if it was written within that part; no id is lost', async () => {
  const scope = await request()
  await atomically(
    scope,
    async (scope) => {
      const before = await createDeal(scope, { title: 'before' })
      await undone(scope, async (scope) => {
        await createDeal(scope, { title: 'gone', externalId: 'again' })
        expect(await titles(scope)).toEqual(['before', 'gone'])
        await undone(scope, (scope) => createDeal(scope, { title: 'gone as well' }))
        await createDeal(scope, { title: 'gone too' })
      })
      expect(await scope.store.deals.byExternalId('again')).toBeUndefined()
      const after = await createDeal(scope, { title: 'after', externalId: 'again' })
      expect(after.id).toBe(before.id + 1)
    },
    'bulk',
  )
  expect(await titles(scope)).toEqual(['before', 'after'])
  const next = await createDeal(scope, { title: 'next' })
  const [, last] = (await scope.store.deals.list({ limit: 2 })).items
  // A sequence of PostgreSQL takes nothing back.
  if (testEngine === 'sqlite') expect(next.id).toBe((last?.id ?? 0) + 1)
  else expect(next.id).toBeGreaterThan(last?.id ?? 0)
})

test('the shape of the workspace is remembered no longer than it is so', async () => {
  const scope = await request()
  await atomically(
    scope,
    async (scope) => {
      const [lead] = await listStages(scope)
      if (!lead) throw new Error('a stage')
      const count = async () => (await listStages(scope, lead.pipelineId)).length
      const before = await count()
      const { id } = await addStage(scope, { pipelineId: lead.pipelineId, name: 'Made' })
      expect((await createDeal(scope, { title: 'there', stageId: id })).stageId).toBe(id)
      await undone(scope, (scope) => addStage(scope, { pipelineId: lead.pipelineId, name: 'Gone' }))
      expect(await count()).toBe(before + 1)
    },
    'bulk',
  )
  expect(await titles(scope)).toEqual(['there'])
})

test.runIf(testEngine === 'sqlite')(
  'an id is taken back with the undone part that took it, even if that was the first thing it wrote',
  async () => {
    const scope = await request()
    const pipelineId = Number((await listStages(scope))[0]?.pipelineId)
    const makers = [
      (scope: Scope) => addStage(scope, { pipelineId, name: 'Passing', kind: 'won' }),
      (scope: Scope) => addLossReason(scope, { name: 'Passing' }),
    ]
    for (const make of makers) {
      const ids: number[] = []
      const noted = async (scope: Scope) => ids.push((await make(scope)).id)
      await atomically(
        scope,
        async (scope) => {
          await undone(scope, noted)
          await noted(scope)
        },
        'bulk',
      )
      expect(ids[1]).toBe(ids[0])
    }
  },
)

test('all of it is undone together, and a sum that gets too large refuses it whole', async () => {
  const scope = await request()
  const tooMuch = atomically(
    scope,
    async (scope) => {
      for (let n = 0; n < 100; n++) await createDeal(scope, { title: `${n}`, amount: 1e15, probability: 100 })
    },
    'bulk',
  )
  await expect(tooMuch).rejects.toMatchObject({ refusal: { kind: 'conflict', rule: 'total_overflow' } })
  expect(await titles(scope)).toEqual([])
  expect(await listTotals(scope)).toEqual([])
})

test.runIf(testEngine === 'postgres')('ten times as many rows are hardly more statements', async () => {
  const { scope } = await world.workspace()
  const query = vi.spyOn((await import('pg')).default.Client.prototype, 'query')
  const statementsFor = async (count: number): Promise<number> => {
    query.mockClear()
    const rows = Array.from({ length: count }, (_, n) => `${count} ${n}`)
    const request = { ...scope, batch: newBatch() }
    const make = async (scope: Scope, externalId: string) => {
      const company = await addParty(scope, { kind: 'company', name: externalId })
      const closed = { outcome: 'won', createdAt: 86_400_000 * rows.indexOf(externalId) } as const
      return createDeal(scope, { title: externalId, externalId, amount: 5, companyId: company.id, tags: ['t'], ...closed })
    }
    const made = await eachRow(request, rows, make, { before: ({ store }) => store.deals.expect(rows) })
    expect(made.every(({ ok }) => ok)).toBe(true)
    const statements = query.mock.calls.length
    expect(await scope.store.deals.count({ text: `${count}` })).toBe(count)
    return statements
  }
  const few = await statementsFor(40)
  expect((await statementsFor(400)) - few).toBeLessThan(20)
  query.mockRestore()
})
