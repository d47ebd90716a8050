import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contribution, convert, probabilityOf, rotsAt, type StageTotal, weightedTotal } from './board.ts'
import type { Deal } from './deal.ts'
import type { StageKind } from './stage.ts'

const total = (amount: bigint, ownAmount = 0n, ownWeighted = 0n): StageTotal => ({
  stageId: 1,
  currency: 'USD',
  count: 1,
  amount,
  ownAmount,
  ownWeighted,
})

describe('probability', () => {
  test.each<[StageKind, number | null, number | null, number]>([
    ['won', 10, null, 100],
    ['lost', 90, null, 0],
    ['unqualified', 90, null, 0],
    ['open', 0, 50, 0],
    ['open', null, 50, 50],
    ['open', null, 0, 0],
    ['open', null, null, 100],
  ])('of a deal that is %s, has %s itself and %s by its stage is %s', (outcome, own, stage, percent) => {
    expect(probabilityOf({ outcome, probability: own }, { probability: stage })).toBe(percent)
  })
})

describe('a weighted total', () => {
  test('is what weighting every deal by itself gives, rounded once', () => {
    const deal = fc.record({
      amount: fc.integer({ min: -1e12, max: 1e12 }),
      probability: fc.option(fc.integer({ min: 0, max: 100 })),
    })
    fc.assert(
      fc.property(fc.array(deal), fc.option(fc.integer({ min: 0, max: 100 })), (deals, stage) => {
        const parts = deals.map(({ amount, probability }) =>
          contribution({ stageId: 1, currency: 'USD', archivedAt: null, deletedAt: null, amount, probability } as Deal),
        )
        const add = (pick: (part: StageTotal) => bigint) => parts.reduce((sum, part) => sum + (part ? pick(part) : 0n), 0n)
        const sum = total(
          add((part) => part.amount),
          add((part) => part.ownAmount),
          add((part) => part.ownWeighted),
        )
        const hundredths = deals.reduce(
          (sum, { amount, probability }) => sum + BigInt(amount) * BigInt(probability ?? stage ?? 100),
          0n,
        )
        const weighted = weightedTotal(sum, { kind: 'open', probability: stage })
        // Nearest whole unit: never more than half of one away.
        const off = weighted * 100n - hundredths
        expect(off <= 50n && off >= -50n).toBe(true)
        expect(
          weightedTotal(
            { ...sum, amount: -sum.amount, ownAmount: -sum.ownAmount, ownWeighted: -sum.ownWeighted },
            { kind: 'open', probability: stage },
          ),
        ).toBe(-weighted)
        expect(weightedTotal(sum, { kind: 'won', probability: null })).toBe(sum.amount)
        expect(weightedTotal(sum, { kind: 'lost', probability: null })).toBe(0n)
        expect(weightedTotal(sum, { kind: 'unqualified', probability: null })).toBe(0n)
      }),
    )
  })

  test('rounds half away from zero', () => {
    expect(weightedTotal(total(1n), { kind: 'open', probability: 50 })).toBe(1n)
    expect(weightedTotal(total(-1n), { kind: 'open', probability: 50 })).toBe(-1n)
    expect(weightedTotal(total(1n), { kind: 'open', probability: 49 })).toBe(0n)
  })
})

test('archived and deleted deals count nowhere', () => {
  const deal = { stageId: 1, currency: 'USD', amount: 1, probability: null, archivedAt: null, deletedAt: null } as Deal
  expect(contribution(deal)).toEqual({ ...total(1n) })
  expect(contribution({ ...deal, archivedAt: 5 })).toBe(null)
  expect(contribution({ ...deal, deletedAt: 0 })).toBe(null)
})

test('only open deals rot, so many days after their last change', () => {
  expect(rotsAt({ outcome: 'open', updatedAt: 1000 }, { rotAfterDays: 2 })).toBe(1000 + 2 * 86_400_000)
  expect(rotsAt({ outcome: 'open', updatedAt: 1000 }, { rotAfterDays: 0 })).toBe(1000)
  expect(rotsAt({ outcome: 'open', updatedAt: 1000 }, { rotAfterDays: null })).toBe(null)
  expect(rotsAt({ outcome: 'won', updatedAt: 1000 }, { rotAfterDays: 2 })).toBe(null)
})

describe('a converted sum', () => {
  const workspace = { currency: 'USD', rates: { EUR: 1.1, JPY: 0.0067, KWD: 3.25 } }

  test('goes through the workspace’s own rates and each currency’s own minor unit', () => {
    const amounts = [
      { currency: 'USD', amount: 100n },
      { currency: 'EUR', amount: 100n },
      { currency: 'JPY', amount: 1000n },
      { currency: 'KWD', amount: 1000n },
    ]
    expect(convert(amounts, workspace)).toEqual({ currency: 'USD', amount: 100n + 110n + 670n + 325n, missing: [] })
  })

  test('names the currencies without a rate and leaves them out', () => {
    const amounts = [
      { currency: 'GBP', amount: 100n },
      { currency: 'USD', amount: 7n },
      { currency: 'CHF', amount: 1n },
    ]
    expect(convert(amounts, workspace)).toEqual({ currency: 'USD', amount: 7n, missing: ['GBP', 'CHF'] })
  })

  test('stays a number at both ends of what is allowed', () => {
    const huge = [{ currency: 'EUR', amount: 9_223_372_036_854_775_807n }]
    expect(convert(huge, { currency: 'JPY', rates: { EUR: 1e9 } }).amount).toBeGreaterThan(9n * 10n ** 25n)
    expect(convert(huge, { currency: 'KWD', rates: { EUR: 1e-9 } }).amount).toBeGreaterThan(9n * 10n ** 10n)
  })
})
