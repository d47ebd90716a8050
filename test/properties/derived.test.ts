import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listTotals, probabilityOf, rotsAt } from '../../src/domain/board.ts'
import { eachRow } from '../../src/domain/bulk.ts'
import type { Deal, DealDraft, DealPatch } from '../../src/domain/deal.ts'
import { changeDeal, createDeal } from '../../src/domain/edit-deals.ts'
import type { Scope } from '../../src/domain/scope.ts'
import { findStage, listStages, type StageKind } from '../../src/domain/stage.ts'
import { runs } from '../support/engine.ts'
import { openWorld, type Place, type World } from '../support/world.ts'

/** What follows from where a deal stands is the same whichever way it got there. */

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** A life as a vendor's export tells it: made, perhaps moved on once while open, perhaps closed. */
const life = fc
  .record({
    made: fc.integer({ min: 1, max: 5 }),
    from: fc.nat(2),
    to: fc.option(fc.nat(2)),
    moved: fc.integer({ min: 6, max: 9 }),
    end: fc.option(fc.constantFrom<StageKind>('won', 'lost', 'unqualified')),
    closed: fc.integer({ min: 10, max: 15 }),
    amount: fc.integer({ min: -1000, max: 100_000 }),
    probability: fc.option(fc.constantFrom(0, 33, 100)),
  })
  .map((life) => ({ ...life, to: life.to === life.from ? null : life.to }))
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never

const day = 86_400_000

interface Told {
  scope: Scope
  clock: { at: number }
  open: readonly number[]
  closed: Readonly<Record<string, number>>
}

/** Every way that ends in the same state. An import cannot tell of a move and a closing at once, so it has only one of them. */
const ways: Record<string, (told: Told, life: Life) => Promise<Deal>> = {
  'one write after the other': async ({ scope, clock, open, closed }, life) => {
    clock.at = life.made * day
    const { id } = await createDeal(scope, {
      title: 'Deal',
      stageId: open[life.from],
      amount: life.amount,
      probability: life.probability,
    })
    clock.at = life.moved * day
    let deal = life.to === null ? undefined : await changeDeal(scope, id, { stageId: open[life.to] })
    clock.at = life.closed * day
    if (life.end) deal = await changeDeal(scope, id, { stageId: closed[life.end] })
    return deal ?? scope.store.deals.get(id).then((found) => found as Deal)
  },
  'status and open stage apart': async ({ scope, clock, open }, life) => {
    clock.at = life.made * day
    const { id } = await createDeal(scope, {
      title: 'Deal',
      openStageId: open[life.from],
      amount: life.amount,
      probability: life.probability,
    })
    clock.at = life.moved * day
    if (life.to !== null) await changeDeal(scope, id, { openStageId: open[life.to], outcome: 'open' })
    clock.at = life.closed * day
    return changeDeal(scope, id, { outcome: life.end ?? 'open' })
  },
  'many at once': async ({ scope, clock, open }, life) => {
    const one = async (draft: DealDraft | undefined, patch: DealPatch, id = 0) => {
      const [result] = await eachRow(scope, [1], (inner) => (draft ? createDeal(inner, draft) : changeDeal(inner, id, patch)))
      if (!result?.ok) throw new Error('refused')
      return result.value
    }
    clock.at = life.made * day
    const { id } = await one({ title: 'Deal', stageId: open[life.from], amount: life.amount, probability: life.probability }, {})
    clock.at = life.moved * day
    if (life.to !== null) await one(undefined, { stageId: open[life.to] }, id)
    clock.at = life.closed * day
    return one(undefined, { outcome: life.end ?? 'open' }, id)
  },
  'told afterwards': async ({ scope, clock, open, closed }, life) => {
    clock.at = 20 * day
    const { id } = await createDeal(scope, { title: 'Deal', createdAt: life.made * day, stageId: open[life.from], amount: 5 })
    await changeDeal(scope, id, { amount: life.amount, probability: life.probability })
    if (life.to !== null) await changeDeal(scope, id, { stageId: open[life.to], stageChangedAt: life.moved * day })
    if (life.end)
      await changeDeal(scope, id, { stageId: closed[life.end], [life.end === 'won' ? 'wonAt' : 'lostAt']: life.closed * day })
    return (await scope.store.deals.get(id)) as Deal
  },
  'made at once': async ({ scope, clock, open, closed }, life) => {
    clock.at = 20 * day
    const { made, from, to, moved, end, amount, probability } = life
    const draft = { title: 'Deal', createdAt: made * day, amount, probability }
    if (!end)
      return createDeal(scope, {
        ...draft,
        stageId: open[to ?? from],
        ...(to === null ? {} : { stageChangedAt: moved * day }),
      })
    const deal = await createDeal(scope, {
      ...draft,
      stageId: closed[end],
      openStageId: open[to ?? from],
      closedAt: life.closed * day,
    })
    // The one thing that a single row does not say.
    return to === null ? deal : { ...deal, openStageChangedAt: moved * day }
  },
}

async function factsOf({ scope }: Told, deal: Deal) {
  const stage = await findStage(scope, deal.stageId)
  const { outcome, pipelineId, stageId, openStageId, stageChangedAt, stageChangedById, openStageChangedAt } = deal
  const { closedAt, firstWonAt, createdAt, lossReasonId, lossComment } = deal
  const probability = probabilityOf(deal, stage)
  const rots = rotsAt(deal, stage) === null
  const standing = { outcome, pipelineId, stageId, openStageId, stageChangedAt, stageChangedById, openStageChangedAt }
  return {
    ...standing,
    closedAt,
    firstWonAt,
    createdAt,
    lossReasonId,
    lossComment,
    probability,
    rots,
    totals: await listTotals(scope),
  }
}

test('stage, outcome, dates, probability and totals come out the same by every way', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(life, async (life) => {
      const facts = []
      for (const way of Object.values(ways)) {
        const place: Place = await world.workspace()
        const stages = await listStages(place.scope)
        // Ids differ between workspaces; what is compared is the place in the row.
        const row = stages.map(({ id }) => id)
        const told: Told = {
          ...place,
          open: stages.filter(({ kind }) => kind === 'open').map(({ id }) => id),
          closed: Object.fromEntries(stages.filter(({ kind }) => kind !== 'open').map(({ kind, id }) => [kind, id])),
        }
        const { totals, ...found } = await factsOf(told, await way(told, life))
        facts.push({
          ...found,
          pipelineId: found.pipelineId === stages[0]?.pipelineId,
          stageId: row.indexOf(found.stageId),
          openStageId: row.indexOf(found.openStageId ?? 0),
          stageChangedById: found.stageChangedById && found.stageChangedById === place.scope.user.id,
          totals: totals
            .filter(({ count }) => count !== 0)
            .map(({ stageId, ...total }) => ({ ...total, stage: row.indexOf(stageId) })),
        })
      }
      const [first] = facts
      for (const [index, name] of Object.keys(ways).entries()) expect({ name, ...facts[index] }).toEqual({ name, ...first })
    }),
    { numRuns: runs(60) },
  )
})
