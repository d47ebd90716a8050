import { toDecimal } from '../../../domain/money.ts'
import type { TotalJson } from '../sums.ts'

/** The columns that a total has in a table, after what it is of. */
export const totalColumns = ['currency', 'count', 'value', 'weighted_value'] as const

export const totalCells = ({ currency, count, value, weightedAmount }: TotalJson): (string | number | null)[] => [
  currency,
  count,
  value,
  // A sum that no number can hold is its own text.
  weightedAmount === null ? null : toDecimal(BigInt(JSON.stringify(weightedAmount)), currency),
]
