import type { Stage } from '../stage.ts'
import type { Standings, Weight } from './ledger.ts'

/** What deals in one currency add up to. Never a sum over several. */
export interface Total {
  readonly currency: string
  readonly count: number
  /** Minor units. */
  readonly amount: bigint
  /** Minor units, rounded half away from zero once they are summed up. */
  readonly weighted: bigint
}

/** Amount × probability in hundredths of a minor unit: of deals with a probability of their own by that, of the others by their stage's. */
export function hundredthsOf(weight: Weight, { kind, probability }: Pick<Stage, 'kind' | 'probability'>): bigint {
  if (kind === 'won') return weight.amount * 100n
  if (kind !== 'open') return 0n
  return weight.ownWeighted + (weight.amount - weight.ownAmount) * BigInt(probability ?? 100)
}

export const rounded = (hundredths: bigint): bigint => (hundredths + (hundredths < 0n ? -50n : 50n)) / 100n

/** Balances summed up currency by currency, in alphabetical order. A stage that is not known weighs nothing. */
export function totalsOf(balances: readonly Standings[], stages: ReadonlyMap<number, Stage>): Total[] {
  const sums = new Map<string, { count: number; amount: bigint; hundredths: bigint }>()
  for (const balance of balances) {
    const { count, amount, hundredths } = sums.get(balance.currency) ?? { count: 0, amount: 0n, hundredths: 0n }
    const stage = stages.get(balance.stageId)
    sums.set(balance.currency, {
      count: count + balance.count,
      amount: amount + balance.amount,
      hundredths: hundredths + (stage ? hundredthsOf(balance, stage) : 0n),
    })
  }
  return [...sums]
    .map(([currency, { count, amount, hundredths }]) => ({ currency, count, amount, weighted: rounded(hundredths) }))
    .filter(({ count, amount }) => count !== 0 || amount !== 0n)
    .sort((a, b) => (a.currency < b.currency ? -1 : 1))
}
