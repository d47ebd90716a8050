import { z } from 'zod'
import { convert } from '../../../domain/board.ts'
import { toDecimal } from '../../../domain/money.ts'
import type { Total } from '../../../domain/reports/totals.ts'
import type { Scope } from '../../../domain/scope.ts'
import { Outcome } from '../deals.ts'
import { dayParam, id, words } from '../fields.ts'
import { money } from '../wire.ts'
import type { Asked } from './open.ts'

/** The pieces that reports on a period are made of. */

const sum = {
  amount: z.int().meta({ description: 'In minor units, exact however large.', format: 'int64' }),
  value: z.string().meta({ description: 'The same in major units, as decimal text.' }),
}

export type CountsJson = z.output<typeof CountsJson>
export const CountsJson = z
  .object({
    count: z.int().meta({ description: 'How many deals, in whatever currency.' }),
    totals: z
      .array(
        z.object({
          currency: z.string().meta({ description: 'ISO 4217.' }),
          count: z.int().meta({ description: 'How many deals.' }),
          ...sum,
        }),
      )
      .meta({ description: 'One for each currency.' }),
    converted: z
      .object({
        currency: z.string().meta({ description: 'The workspace’s.' }),
        ...sum,
        missing: z.array(z.string()).meta({ description: 'Currencies without a rate: what is in them is not in the sum.' }),
      })
      .meta({ description: 'All currencies together, at the workspace’s own rates of today.' }),
  })
  .meta({ id: 'Counts', description: 'How many deals, and what they are worth.' })

export function writeCounts({ workspace }: Scope, totals: readonly Total[]): CountsJson {
  const { currency, amount, missing } = convert(totals, workspace)
  return {
    count: totals.reduce((all, { count }) => all + count, 0),
    totals: totals.map((total) => ({ currency: total.currency, count: total.count, ...money(total.amount, total.currency) })),
    converted: { currency, ...money(amount, currency), missing: [...missing] },
  }
}

export const countColumns = ['currency', 'count', 'value'] as const
export const countRows = ({ totals }: CountsJson, before: readonly (string | number | null)[]) =>
  totals.map(({ currency, count, value }) => [...before, currency, count, value])

export const rate = (description: string) =>
  z
    .number()
    .nullable()
    .meta({ description: `${description} From 0 to 1; null where there is nothing to divide by.` })

/** What every report on a period begins with. */
export const periodHead = {
  pipelineId: id('The pipeline.'),
  from: dayParam('').unwrap().meta({ description: 'The first day.' }),
  to: dayParam('').unwrap().meta({ description: 'The last day.' }),
}
export const writeHead = ({ pipelineId, days }: Asked) => ({ pipelineId, from: days.from, to: days.to })

export const stageHead = { stageId: id('The stage.'), name: words('Its name.'), kind: Outcome }
export const writeStageHead = ({ id, name, kind }: { id: number; name: string; kind: z.output<typeof Outcome> }) => ({
  stageId: id,
  name,
  kind,
})

/** Minor units that are an average, as decimal text with two places more than the currency has. */
export const averageText = (amount: number | null, currency: string): string | null =>
  amount === null ? null : toDecimal(Math.round(amount), currency)
