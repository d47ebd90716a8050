/**
 * Quantiles are by nearest rank: the smallest value that at least this share of the values do not exceed. It always is one of the values,
 * so a median of milliseconds is a stay that really was, and both engines find the same one.
 */
export const rankOf = (share: number, count: number): number => Math.max(1, Math.ceil(share * count))

export interface Spread {
  readonly count: number
  /** Rounded half up to a whole unit; null where there is nothing. */
  readonly mean: number | null
  readonly median: number | null
  readonly p90: number | null
}

/** Of how long deals stayed in a stage, in milliseconds. */
export interface StayTimes extends Spread {
  readonly stageId: number
}

/** The spread of values in ascending order. */
export function spreadOf(sorted: ArrayLike<number>): Spread {
  const count = sorted.length
  if (count === 0) return { count, mean: null, median: null, p90: null }
  const at = (share: number) => sorted[rankOf(share, count) - 1] ?? null
  return { count, mean: meanOf(sumOf(sorted), count), median: at(0.5), p90: at(0.9) }
}

export const meanOf = (sum: bigint, count: number): number | null => (count === 0 ? null : Math.floor(Number(sum) / count + 0.5))

/** A hundred stays of thousands of years are still counted exactly by a number; more of them together may not be. */
function sumOf(values: ArrayLike<number>): bigint {
  let [sum, part] = [0n, 0]
  for (let index = 0; index < values.length; index++) {
    part += values[index] ?? 0
    if (index % 100 !== 99) continue
    sum += BigInt(part)
    part = 0
  }
  return sum + BigInt(part)
}
