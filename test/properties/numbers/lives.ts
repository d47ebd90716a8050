import fc from 'fast-check'
import type { Deal, DealPatch } from '../../../src/domain/deal.ts'
import { changeDeal, createDeal, deleteDeal, restoreDeal } from '../../../src/domain/edit-deals.ts'
import { changeStage, mergeStages } from '../../../src/domain/edit-stages.ts'
import { DomainError } from '../../../src/domain/errors.ts'
import type { Scope } from '../../../src/domain/scope.ts'

/** Histories with everything that makes numbers hard: things told late, corrected, taken back, moved elsewhere. */

const hour = 3_600_000
const day = 24 * hour

const pause = fc.constantFrom(0, 0, 1, 5 * hour, day, 3 * day, 11 * day, 45 * day)
/** How long ago it is said to have happened; null: nothing is said. */
const ago = fc.option(fc.constantFrom(0, 1, 7 * hour, 2 * day, 30 * day, -day), { freq: 3 })
const money = { amount: fc.integer({ min: -500, max: 100_000 }), currency: fc.constantFrom('USD', 'EUR', 'JPY') }
const expected = fc.option(fc.constantFrom('2026-01-31', '2026-02-01', '2026-06-15', '2027-01-01'))

const command = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      pause,
      stage: fc.nat(20),
      owner: fc.nat(1),
      expected,
      probability: fc.option(fc.constantFrom(0, 33, 100)),
      born: ago,
      closed: ago,
      changed: ago,
      ...money,
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      pause,
      deal: fc.nat(30),
      stage: fc.nat(20),
      ago,
      amount: fc.option(money.amount, { freq: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('change' as const), pause, deal: fc.nat(30), owner: fc.nat(1), expected, ...money }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('weigh' as const),
      pause,
      deal: fc.nat(30),
      probability: fc.option(fc.constantFrom(0, 50, 100)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('correct' as const),
      pause,
      deal: fc.nat(30),
      what: fc.constantFrom('closedAt' as const, 'stageChangedAt' as const),
      ago: fc.constantFrom(0, 1, hour, 4 * day, 60 * day),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('archive' as const), pause, deal: fc.nat(30), ago, isArchived: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('delete' as const, 'restore' as const), pause, deal: fc.nat(30) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('merge' as const, 'transfer' as const, 'rate' as const),
      pause,
      stage: fc.nat(20),
      other: fc.nat(20),
    }),
  },
)
export type Command = typeof command extends fc.Arbitrary<infer T> ? T : never
export const history = fc.array(command, { minLength: 12, maxLength: 40 })

export interface Stand {
  scope: Scope
  clock: { at: number }
  owners: readonly number[]
  deals: number[]
}

const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T
const back = (now: number, ago: number | null) => (ago === null ? undefined : now - ago)

/** Does one thing, or is refused it. */
export async function perform(command: Command, stand: Stand): Promise<void> {
  stand.clock.at += command.pause
  try {
    await act(command, stand)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
  }
}

async function act(command: Command, { scope, clock, owners, deals }: Stand): Promise<void> {
  const now = clock.at
  const stages = await scope.store.stages.live()
  const change = (index: number, patch: DealPatch): Promise<Deal> | undefined =>
    deals.length === 0 ? undefined : changeDeal(scope, pick(deals, index), patch)
  switch (command.do) {
    case 'create': {
      const { stage, owner, expected, probability, born, closed, changed, amount, currency } = command
      const to = pick(stages, stage)
      const dates = to.kind === 'open' ? { stageChangedAt: back(now, changed) } : { closedAt: back(now, closed) }
      const draft = {
        title: 'Deal',
        stageId: to.id,
        amount,
        currency,
        ownerId: pick(owners, owner),
        expectedCloseDate: expected,
        probability,
      }
      deals.push((await createDeal(scope, { ...draft, createdAt: back(now, born), ...dates })).id)
      return
    }
    case 'move': {
      const to = pick(stages, command.stage)
      const moment = back(now, command.ago)
      const patch = to.kind === 'open' ? { stageChangedAt: moment } : { closedAt: moment }
      await change(command.deal, { stageId: to.id, amount: command.amount ?? undefined, ...patch })
      return
    }
    case 'change': {
      const { owner, expected, amount, currency } = command
      await change(command.deal, { ownerId: pick(owners, owner), expectedCloseDate: expected, amount, currency })
      return
    }
    case 'weigh':
      await change(command.deal, { probability: command.probability })
      return
    case 'correct':
      await change(command.deal, { [command.what]: now - command.ago })
      return
    case 'archive':
      await change(
        command.deal,
        command.isArchived && command.ago !== null ? { archivedAt: now - command.ago } : { isArchived: command.isArchived },
      )
      return
    case 'delete':
      if (deals.length > 0) await deleteDeal(scope, pick(deals, command.deal))
      return
    case 'restore':
      if (deals.length > 0) await restoreDeal(scope, pick(deals, command.deal))
      return
    case 'merge':
      await mergeStages(scope, pick(stages, command.stage).id, pick(stages, command.other).id)
      return
    case 'transfer':
      await changeStage(scope, pick(stages, command.stage).id, { pipelineId: pick(stages, command.other).pipelineId })
      return
    case 'rate':
      await changeStage(scope, pick(stages, command.stage).id, { probability: (command.other * 7) % 101 })
  }
}
