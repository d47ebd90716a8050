import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eachRow } from '../../src/domain/bulk.ts'
import { createDeal } from '../../src/domain/edit-deals.ts'
import { addPipeline } from '../../src/domain/edit-pipelines.ts'
import { DomainError } from '../../src/domain/errors.ts'
import { addLossReason } from '../../src/domain/loss-reason.ts'
import { listPipelines } from '../../src/domain/pipeline.ts'
import { atomically } from '../../src/domain/scope.ts'
import { listStages } from '../../src/domain/stage.ts'
import { runs } from '../support/engine.ts'
import { openWorld } from '../support/world.ts'
import { attempt } from './answers.ts'
import { type Command, command } from './commands.ts'
import { Model } from './model.ts'
import { type Foreign, plan } from './plan.ts'

/** Law 7, byte for byte: what is refused leaves no table different, neither ours nor those that the full-text index is made of. */

const foreign: Foreign = { deal: 1, stage: 1, pipeline: 1, reason: 1 }

/** A small store, and a model that knows just enough of it to aim commands. */
async function begin() {
  const world = await openWorld()
  const { scope, clock } = await world.workspace()
  await addPipeline(scope, { name: 'Renewals', stages: [{ name: 'Only' }, { name: 'Other' }] })
  await addLossReason(scope, { name: 'Price' })
  const stages = await listStages(scope)
  const model = new Model()
  for (const { id, name, isDisabled } of await listPipelines(scope)) {
    const own = stages.filter(({ pipelineId }) => pipelineId === id).map((stage) => stage.id)
    model.pipelines.push({ id, name, isDisabled, stages: own })
  }
  for (const stage of stages) model.stages.set(stage.id, { ...stage, isDeleted: false })
  for (const [index, stage] of stages.entries()) {
    const deal = await createDeal(scope, { title: `Deal ${index}`, stageId: stage.id, tags: ['hot'] })
    model.deals.set(deal.id, { id: deal.id, stageId: deal.stageId, deletedAt: null } as never)
    model.column(stage.id).push(deal.id)
  }
  return { world, scope, clock, model }
}

class Undone extends Error {}

test('a refused command leaves every table as it was, alone and as a row of many', { timeout: 60_000 }, async () => {
  const { world, scope, clock, model } = await begin()
  const start = await world.dump()
  expect(start.length).toBeGreaterThan(2000)
  let refused = 0

  const tried = async (one: Command) => {
    const step = plan(one, model, foreign, clock)
    // Whatever is accepted is taken back, so that every command meets the same small store.
    const alone = await atomically(scope, async (inner) => {
      const { reason } = await attempt(() => step.act(inner))
      if (reason === undefined) throw new Undone()
      refused++
    }).catch((error: unknown) => error)
    if (!(alone instanceof Undone) && alone !== undefined) throw alone
    expect(await world.dump()).toEqual(start)

    const many = await eachRow(scope, [0, 1], async (inner, row) => {
      if (row === 0) await step.act(inner)
      throw new DomainError({ kind: 'forbidden' })
    })
    expect(many.map(({ ok }) => ok)).toEqual([false, false])
    expect(await world.dump()).toEqual(start)
  }
  await fc.assert(fc.asyncProperty(command, tried), { numRuns: runs(400) })
  expect(refused).toBeGreaterThan(runs(40))
  await world.close()
})

test('what throws something else than a refusal undoes the whole bulk', async () => {
  const { world, scope } = await begin()
  const before = await world.dump()
  const bulk = eachRow(scope, ['first', 'second', 'third'], async (inner, title) => {
    const deal = await createDeal(inner, { title })
    if (title === 'third') throw new TypeError('a bug')
    return deal
  })
  await expect(bulk).rejects.toThrow('a bug')
  expect(await world.dump()).toEqual(before)
  await world.close()
})
