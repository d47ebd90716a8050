import { convert, isWeighted, type StageTotal, weightedTotal } from '../../../domain/board.ts'
import { requireCurrency } from '../../../domain/money.ts'
import { listPipelines } from '../../../domain/pipeline.ts'
import type { Scope } from '../../../domain/scope.ts'
import { listStages } from '../../../domain/stage.ts'
import type { Workspace } from '../../../domain/workspace.ts'

/** What deals of one currency add up to. */
export interface Sum {
  currency: string
  count: number
  amount: bigint
  weighted: bigint
}

/** The sums of each currency, those of the same one added up. */
export function addUp(sums: readonly Sum[]): ReadonlyMap<string, Sum> {
  const byCurrency = new Map<string, Sum>()
  for (const sum of sums) {
    const { count, amount, weighted } = byCurrency.get(sum.currency) ?? { count: 0, amount: 0n, weighted: 0n }
    byCurrency.set(sum.currency, {
      currency: sum.currency,
      count: count + sum.count,
      amount: amount + sum.amount,
      weighted: weighted + sum.weighted,
    })
  }
  return byCurrency
}

/** What makes a sum of a stage's total: weighted where its pipeline weighs deals. */
export async function weighing(scope: Scope): Promise<(total: StageTotal) => Sum> {
  const stages = new Map((await listStages(scope)).map((stage) => [stage.id, stage]))
  const weighs = new Map((await listPipelines(scope)).map((pipeline) => [pipeline.id, isWeighted(pipeline, scope.workspace)]))
  return (total) => {
    const stage = stages.get(total.stageId)
    const isWeighing = stage !== undefined && weighs.get(stage.pipelineId) === true
    return { ...total, weighted: isWeighing ? weightedTotal(total, stage) : total.amount }
  }
}

export type Target = Pick<Workspace, 'currency' | 'rates'>

/** The workspace as if it counted in another currency: its rates say what others are worth in its own. */
export function countingIn(currency: string, workspace: Workspace): Target {
  const rates: Record<string, number> = { ...workspace.rates, [workspace.currency]: 1 }
  const own = rates[currency]
  // Without a rate of its own nothing can be converted into it but itself.
  const others = own === undefined ? [] : Object.entries(rates).map(([code, rate]) => [code, rate / own] as const)
  return { currency, rates: Object.fromEntries(others) }
}

/** What `totals_convert_currency` asks for: a code, or the team's own. */
export const targetOf = (into: string, workspace: Workspace): Target =>
  countingIn(
    into === 'default_currency' ? workspace.currency : requireCurrency(into.toUpperCase(), 'totals_convert_currency'),
    workspace,
  )

/** All of them in one currency; those without a rate are named and not in it. */
export function converted(sums: readonly Sum[], into: Target): { sum: Sum; missing: readonly string[] } {
  const amounts = convert(sums, into)
  const weighted = convert(
    sums.map(({ currency, weighted }) => ({ currency, amount: weighted })),
    into,
  )
  const count = sums.filter(({ currency }) => !amounts.missing.includes(currency)).reduce((all, sum) => all + sum.count, 0)
  return { sum: { currency: into.currency, count, amount: amounts.amount, weighted: weighted.amount }, missing: amounts.missing }
}
