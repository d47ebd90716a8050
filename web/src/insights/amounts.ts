import type { CountsJson } from '../../../src/dialects/native/reports/plain.ts'
import { money, shortMoney } from '../format.ts'

type Sums = Pick<CountsJson, 'totals' | 'converted'>

/** One currency alone, or all converted; each by itself where one has no rate. Never a sum over several that is guessed. */
export function amountText({ totals, converted }: Sums): string {
  const [only] = totals
  if (!only) return '–'
  if (totals.length === 1) return shortMoney(only.value, only.currency)
  return converted.missing.length === 0
    ? `≈ ${shortMoney(converted.value, converted.currency)}`
    : totals.map(({ value, currency }) => shortMoney(value, currency)).join(' · ')
}

/** Every currency in full, for a tooltip and for tables. */
export const amountsInFull = ({ totals }: Sums): string =>
  totals.length === 0 ? '–' : totals.map(({ value, currency }) => money(value, currency)).join(' · ')

/** How long a bar is: the converted sum, which leaves out what has no rate. */
export const lengthOf = ({ converted }: Sums): number => Math.max(0, Number(converted.value))

/** How much of the longest. */
export const shareOf = (value: number, values: readonly number[]): number => {
  const most = Math.max(0, ...values)
  return most === 0 ? 0 : value / most
}
