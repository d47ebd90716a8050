import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeDeal, createDeal, deleteDeal, restoreDeal } from '../../src/domain/edit-deals.ts'
import { addPipeline, changePipeline, deletePipeline } from '../../src/domain/edit-pipelines.ts'
import { addStage, changeStage, deleteStage } from '../../src/domain/edit-stages.ts'
import { DomainError } from '../../src/domain/errors.ts'
import { listPipelines } from '../../src/domain/pipeline.ts'
import type { Scope } from '../../src/domain/scope.ts'
import { listStages } from '../../src/domain/stage.ts'
import { examine } from '../../src/store/doctor.ts'
import { openRegistry } from '../../src/store/registry.ts'
import { allEvents, expectTotals, look, problemsIn, replay } from '../properties/check.ts'
import { openWorld, type World } from '../support/world.ts'

/** Many writers at once: nothing is lost, counted twice or left hanging. */

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** The same numbers for the same seed, so that a failure can be met again. */
function random(seed: number) {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

interface Count {
  done: number
  refused: number
}

async function counting(count: Count, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
    count.done++
  } catch (error) {
    // Refused is an answer; anything else is a bug.
    if (!(error instanceof DomainError) || error.refusal.kind === 'unavailable') throw error
    count.refused++
  }
}

/** One writer among many: moves what others move, and changes the stages under their feet. */
async function wreak(scope: Scope, deals: readonly number[], seed: number, rounds: number, count: Count): Promise<void> {
  const below = random(seed)
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T
  for (let round = 0; round < rounds; round++) {
    const stages = await listStages(scope)
    const deal = one(deals)
    const stage = one(stages)
    const acts: (() => Promise<unknown>)[] = [
      () => changeDeal(scope, deal, { stageId: stage.id }),
      () => changeDeal(scope, deal, { stageId: stage.id, place: 'last' }),
      () => changeDeal(scope, deal, { outcome: one(['open', 'won', 'lost'] as const) }),
      () => changeDeal(scope, deal, { amount: below(1000), currency: one(['USD', 'EUR']) }),
      () => changeDeal(scope, deal, { place: { before: one(deals) } }),
      () => deleteDeal(scope, deal),
      () => restoreDeal(scope, deal),
      () => createDeal(scope, { title: `By ${seed}`, stageId: stage.id, amount: below(100) }),
    ]
    const rare: (() => Promise<unknown>)[] = [
      () =>
        addStage(scope, {
          pipelineId: stage.pipelineId,
          name: `Stage ${seed}.${round}`,
          kind: one(['open', 'open', 'won'] as const),
        }),
      () => changeStage(scope, stage.id, { place: { nth: below(8) } }),
      () => deleteStage(scope, stage.id, { target: 'neighbour' }),
      () => changeStage(scope, stage.id, { pipelineId: one(stages).pipelineId }),
      () => changePipeline(scope, stage.pipelineId, { isDefault: true }),
    ]
    await counting(count, below(8) === 0 ? one(rare) : one(acts))
  }
}

async function expectExact(scope: Scope): Promise<void> {
  const seen = await look(scope)
  expect(problemsIn(seen)).toEqual([])
  await expectTotals(scope, seen.deals)
  const events = await allEvents(scope)
  const records = replay(events)
  for (const deal of seen.deals) {
    const record = records.get(`deal ${deal.id}`)
    expect([record?.stageId, record?.amount, record?.currency, record?.rank]).toEqual([
      deal.stageId,
      deal.amount,
      deal.currency,
      deal.rank,
    ])
    expect(events.filter(({ type, subjectId }) => type.startsWith('deal.') && subjectId === deal.id)).toHaveLength(deal.version)
  }
  const positions = (await listPipelines(scope)).map(({ position }) => position)
  expect(new Set(positions).size).toBe(positions.length)
}

async function furnish() {
  const { scope } = await world.workspace()
  await addPipeline(scope, { name: 'Second', stages: [{ name: 'Only' }, { name: 'Other' }] })
  const deals = []
  for (let index = 0; index < 10; index++) deals.push((await createDeal(scope, { title: `Deal ${index}`, amount: index })).id)
  return { scope: { ...scope, now: Date.now }, deals }
}

test('64 writers on the same deals and stages leave totals, history and invariants exact', { timeout: 60_000 }, async () => {
  const { scope, deals } = await furnish()
  const count: Count = { done: 0, refused: 0 }
  await Promise.all(Array.from({ length: 64 }, (_, seed) => wreak(scope, deals, seed + 1, 25, count)))
  expect(count.done + count.refused).toBe(64 * 25)
  expect(count.done).toBeGreaterThan(count.refused)
  await expectExact(scope)
})

test('two processes’ engines on one store take turns, and neither loses anything', { timeout: 60_000 }, async () => {
  const { scope, deals } = await furnish()
  const second = await world.again()
  const other: Scope = { ...scope, store: openRegistry(second).of(scope.workspace.id) }
  const count: Count = { done: 0, refused: 0 }
  await Promise.all(Array.from({ length: 16 }, (_, seed) => wreak(seed % 2 === 0 ? scope : other, deals, seed + 100, 25, count)))
  await second.close()
  expect(count.done + count.refused).toBe(16 * 25)
  await expectExact(scope)
})

test('of 64 that change one version of a deal exactly one succeeds', async () => {
  const { scope, deals } = await furnish()
  const [id] = deals
  const tries = Array.from({ length: 64 }, (_, index) => changeDeal(scope, id ?? 0, { title: `Title ${index}` }, 1))
  const answers = await Promise.allSettled(tries)
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const refusals = answers.flatMap((answer) => (answer.status === 'rejected' ? [(answer.reason as DomainError).refusal] : []))
  expect(refusals).toEqual(Array.from({ length: 63 }, () => ({ kind: 'stale', version: 2 })))
})

test('of 64 that give one external id exactly one succeeds', async () => {
  const { scope } = await furnish()
  const answers = await Promise.allSettled(
    Array.from({ length: 64 }, () => createDeal(scope, { title: 'Twin', externalId: 'one' })),
  )
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  await expectExact(scope)
})

test('of 8 that delete a pipeline one pipeline is left, and it is the default', async () => {
  const { scope } = await world.workspace()
  for (let index = 0; index < 7; index++) await addPipeline(scope, { name: `Pipeline ${index}` })
  const pipelines = await listPipelines(scope)
  const answers = await Promise.allSettled(pipelines.map(({ id }) => deletePipeline(scope, id)))
  expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  expect(await listPipelines(scope)).toMatchObject([{ isDefault: true }])
  await expectExact(scope)
})

test('after all of this the doctor finds nothing wrong with the store', async () => {
  const findings: unknown[] = []
  await examine(world.engine, { onFinding: (finding) => findings.push(finding) })
  expect(findings).toEqual([])
})
