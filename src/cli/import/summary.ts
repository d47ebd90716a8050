import type { Deal } from '../../domain/deal.ts'
import { toDecimal } from '../../domain/money.ts'
import { stageKinds } from '../../domain/stage.ts'
import type { Kept } from './kept.ts'

/** What an import came to, in lines for people. */

export const number = (count: number): string => count.toLocaleString('en')

/** `1,054.00` */
const money = (minor: bigint, currency: string): string =>
  toDecimal(minor, currency).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',')

interface Sum {
  readonly kind: Deal['outcome']
  readonly currency: string
  count: number
  amount: bigint
}

/** How many deals of the file are open, won and lost, and what they add up to by currency. */
export class DealTally {
  readonly #sums = new Map<string, Sum>()

  add({ outcome: kind, currency, amount }: Deal): void {
    const key = `${kind} ${currency}`
    let sum = this.#sums.get(key)
    if (!sum) this.#sums.set(key, (sum = { count: 0, amount: 0n, kind, currency }))
    sum.count++
    sum.amount += BigInt(amount)
  }

  lines(): string[] {
    const sums = [...this.#sums.values()]
    return stageKinds.flatMap((kind) =>
      sums
        .filter((sum) => sum.kind === kind)
        .map(
          ({ count, amount, currency }) =>
            `${kind.padEnd(11)} ${number(count).padStart(9)}  ${money(amount, currency)} ${currency}`,
        ),
    )
  }
}

/** `2 stages, 30 owners`; nothing where nothing was made. */
export const madeWords = (kept: Kept): string =>
  kept
    .made()
    .map(([thing, count]) => `${number(count)} ${count === 1 ? thing.replace(/ies$/, 'y').replace(/s$/, '') : thing}`)
    .join(', ')
