import { z } from 'zod'
import { convert } from '../../../domain/board.ts'
import { toDecimal } from '../../../domain/money.ts'
import type { Total } from '../../../domain/reports/totals.ts'
import type { Scope } from '../../../domain/scope.ts'
import { ConvertedJson, TotalJson } from '../board.ts'
import { exact, money } from '../wire.ts'

/** What deals add up to: currency by currency, and all of them at the workspace's own rates. */
export const bothTotals = {
  totals: z.array(TotalJson).meta({ description: 'One for each currency that there are deals in.' }),
  converted: ConvertedJson,
}
export const BothTotals = z.object(bothTotals)
export type BothTotals = z.output<typeof BothTotals>

export function writeTotals(scope: Scope, totals: readonly Total[], weighs: boolean): BothTotals {
  const { workspace } = scope
  const { currency, amount, missing } = convert(totals, workspace)
  const weighted = convert(
    totals.map((total) => ({ currency: total.currency, amount: total.weighted })),
    workspace,
  )
  return {
    totals: totals.map((total) => ({
      currency: total.currency,
      count: total.count,
      ...money(total.amount, total.currency),
      weightedAmount: weighs ? exact(total.weighted) : null,
    })),
    converted: {
      currency,
      ...money(amount, currency),
      weightedAmount: weighs ? exact(weighted.amount) : null,
      missing: [...missing],
    },
  }
}

/** The columns that a total has in a table, after what it is of. */
export const totalColumns = ['currency', 'count', 'value', 'weighted_value'] as const

type TotalRow = BothTotals['totals'][number]

export const totalCells = ({ currency, count, value, weightedAmount }: TotalRow): (string | number | null)[] => [
  currency,
  count,
  value,
  // A sum that no number can hold is its own text.
  weightedAmount === null ? null : toDecimal(BigInt(JSON.stringify(weightedAmount)), currency),
]
