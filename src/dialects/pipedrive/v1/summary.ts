import { isWeighted, listTotals, type StageTotal, weightedTotal } from '../../../domain/board.ts'
import { toMajor } from '../../../domain/money.ts'
import { findPipeline } from '../../../domain/pipeline.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Stage } from '../../../domain/stage.ts'
import type { Workspace } from '../../../domain/workspace.ts'
import { visibleStages } from '../stages.ts'
import { formatMoney } from './format.ts'
import { addUp, converted, type Sum, targetOf } from './sums.ts'

const writeSum = ({ count, amount, weighted, currency }: Sum, { locale }: Workspace) => ({
  count,
  value: toMajor(amount, currency),
  value_formatted: formatMoney(locale, amount, currency),
  weighted_value: toMajor(weighted, currency),
  weighted_value_formatted: formatMoney(locale, weighted, currency),
})

/** The sums of each stage that has deals. */
function sumsOf(
  stages: readonly Stage[],
  totals: readonly StageTotal[],
  isWeighing: boolean,
): ReadonlyMap<number, readonly Sum[]> {
  return new Map(
    stages.flatMap((stage): [number, Sum[]][] => {
      const own = totals.filter(({ stageId, count }) => stageId === stage.id && count !== 0)
      const sums = own.map((total) => ({ ...total, weighted: isWeighing ? weightedTotal(total, stage) : total.amount }))
      return sums.length === 0 ? [] : [[stage.id, sums]]
    }),
  )
}

/**
 * What the open deals of a pipeline add up to, everybody's, whatever part of them is listed: the totals that are kept for the board,
 * so that no deal need be looked at. `into` adds what each stage comes to in one currency, `default_currency` being the team's;
 * currencies without a rate are named and not guessed.
 */
export async function dealsSummary(scope: Scope, pipelineId: number, into?: string) {
  const { workspace } = scope
  const isWeighing = isWeighted(await findPipeline(scope, pipelineId), workspace)
  const sums = sumsOf(await visibleStages(scope, pipelineId), await listTotals(scope, pipelineId), isWeighing)
  const all = [...addUp([...sums.values()].flat()).values()]
  const perStage = (write: (sums: readonly Sum[]) => readonly Sum[]) =>
    Object.fromEntries(
      [...sums].map(([id, own]) => [id, Object.fromEntries(write(own).map((sum) => [sum.currency, writeSum(sum, workspace)]))]),
    )
  const summary = {
    per_stages: perStage((own) => own),
    per_currency: Object.fromEntries(all.map(({ currency, count }) => [currency, count])),
    total_count: all.reduce((count, sum) => count + sum.count, 0),
    per_currency_full: Object.fromEntries(
      all.map(({ currency, count, amount }) => [currency, { count, value: toMajor(amount, currency) }]),
    ),
  }
  if (into === undefined) return summary
  const target = targetOf(into, workspace)
  const { missing } = converted(all, target)
  return {
    ...summary,
    per_stages_converted: perStage((own) => [converted(own, target).sum]),
    ...(missing.length === 0 ? {} : { currencies_without_rate: missing }),
  }
}
