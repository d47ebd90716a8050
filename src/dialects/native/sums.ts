import { z } from 'zod'
import { convert, listTotals, type StageTotal, sumDeals, sumDealsWithin, weightedTotal } from '../../domain/board.ts'
import type { DealFilter } from '../../domain/deal.ts'
import type { Pipeline } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'
import { listStages, type Stage } from '../../domain/stage.ts'
import { exact, money } from './wire.ts'

/** What deals add up to: per currency, and all together at the workspace's own rates. */

const sums = {
  amount: z.int().meta({ description: 'In minor units, exact however large.', format: 'int64' }),
  value: z.string().meta({ description: 'The same in major units, as decimal text.' }),
  weightedAmount: z.int().nullable().meta({
    description: 'Each amount times the deal’s probability, in minor units. Null where probabilities do not count.',
    format: 'int64',
  }),
}
export type TotalJson = z.output<typeof TotalJson>
export const TotalJson = z
  .object({
    currency: z.string().meta({ description: 'ISO 4217.' }),
    count: z.int().meta({ description: 'How many deals.' }),
    ...sums,
  })
  .meta({ id: 'Total', description: 'What deals in one currency add up to. Archived and deleted deals are not in it.' })

const ConvertedJson = z
  .object({
    currency: z.string().meta({ description: 'The workspace’s.' }),
    ...sums,
    missing: z.array(z.string()).meta({ description: 'Currencies without a rate: what is in them is not in the sum.' }),
  })
  .meta({ id: 'ConvertedTotal', description: 'All currencies together, at the workspace’s own rates.' })

export const both = {
  totals: z.array(TotalJson).meta({ description: 'One for each currency that there are deals in.' }),
  converted: ConvertedJson,
}

export interface SumsJson {
  totals: TotalJson[]
  converted: z.output<typeof ConvertedJson>
}

/** One sum per currency, with what it is worth weighted. */
export interface Sum {
  currency: string
  count: number
  amount: bigint
  weighted: bigint
}

const sumOf = (total: StageTotal, stage: Stage): Sum => ({
  currency: total.currency,
  count: total.count,
  amount: total.amount,
  weighted: weightedTotal(total, stage),
})

/** The sums of several stages, currency by currency. */
export function together(sums: readonly Sum[]): Sum[] {
  const byCurrency = new Map<string, Sum>()
  for (const sum of sums) {
    const { count = 0, amount = 0n, weighted = 0n } = byCurrency.get(sum.currency) ?? {}
    byCurrency.set(sum.currency, {
      currency: sum.currency,
      count: count + sum.count,
      amount: amount + sum.amount,
      weighted: weighted + sum.weighted,
    })
  }
  return [...byCurrency.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1))
}

/** Sums per currency and converted, as the wire tells them. */
export function writeSums(scope: Scope, sums: readonly Sum[], weighs: boolean): SumsJson {
  const { currency, amount, missing } = convert(sums, scope.workspace)
  const weighted = convert(
    sums.map((sum) => ({ currency: sum.currency, amount: sum.weighted })),
    scope.workspace,
  )
  return {
    totals: sums.map((sum) => ({
      currency: sum.currency,
      count: sum.count,
      ...money(sum.amount, sum.currency),
      weightedAmount: weighs ? exact(sum.weighted) : null,
    })),
    converted: {
      currency,
      ...money(amount, currency),
      weightedAmount: weighs ? exact(weighted.amount) : null,
      missing: [...missing],
    },
  }
}

interface StageSums {
  stage: Stage
  sums: Sum[]
}

/** What every stage of a pipeline adds up to. */
export const sumsOf = async (scope: Scope, pipeline: Pipeline): Promise<StageSums[]> =>
  byStage(await listStages(scope, pipeline.id), await listTotals(scope, pipeline.id))

/** What those deals of a pipeline add up to that a filter finds; null where more than `most` would have to be looked at. */
export async function sumsFound(
  scope: Scope,
  pipeline: Pipeline,
  filter: DealFilter,
  most: number | undefined,
): Promise<StageSums[] | null> {
  const here: DealFilter = { ...filter, pipelineId: pipeline.id, isArchived: false }
  const totals = most === undefined ? await sumDeals(scope, here) : await sumDealsWithin(scope, here, most)
  return totals && byStage(await listStages(scope, pipeline.id), totals)
}

const byStage = (stages: readonly Stage[], totals: readonly StageTotal[]): StageSums[] =>
  stages.map((stage) => ({
    stage,
    sums: together(totals.filter((total) => total.stageId === stage.id).map((total) => sumOf(total, stage))),
  }))
