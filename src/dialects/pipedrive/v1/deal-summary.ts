import { z } from 'zod'
import { listTotals, type StageTotal, sumDeals } from '../../../domain/board.ts'
import type { DealFilter } from '../../../domain/deal.ts'
import { toMajor } from '../../../domain/money.ts'
import type { Scope } from '../../../domain/scope.ts'
import { listStages } from '../../../domain/stage.ts'
import type { Workspace } from '../../../domain/workspace.ts'
import type { Answer, Speaker } from '../../../http/speak.ts'
import { outcomesOf } from '../deals.ts'
import { dealFilterOf } from '../filters.ts'
import { one } from '../wire.ts'
import { formatMoney } from './format.ts'
import { maybe, whole } from './input.ts'
import { addUp, converted, type Sum, weighing } from './sums.ts'

const SummaryQuery = z.object({
  status: maybe(z.enum(['open', 'won', 'lost'])),
  filter_id: maybe(whole),
  user_id: maybe(whole),
  pipeline_id: maybe(whole),
  stage_id: maybe(whole),
})
type SummaryQuery = z.output<typeof SummaryQuery>

/** A saved filter decides in the place of a user; status, pipeline and stage hold beside either. */
async function filterOf(scope: Scope, query: SummaryQuery, isArchived: boolean): Promise<DealFilter> {
  const { status, filter_id, user_id, pipeline_id, stage_id } = query
  const beside: DealFilter = {
    pipelineId: pipeline_id,
    openStageId: stage_id,
    outcomes: status && outcomesOf[status],
    isArchived,
  }
  return filter_id === undefined ? { ...beside, ownerId: user_id } : { ...beside, all: [await dealFilterOf(scope, filter_id)] }
}

/** Everybody's deals are in the kept totals; a part of them is counted. */
async function totalsOf(scope: Scope, query: SummaryQuery, isArchived: boolean): Promise<readonly StageTotal[]> {
  const { status, filter_id, user_id, pipeline_id, stage_id } = query
  const isKept = !isArchived && filter_id === undefined && user_id === undefined && stage_id === undefined
  if (!isKept) return sumDeals(scope, await filterOf(scope, query, isArchived))
  const stages = (await listStages(scope, pipeline_id)).filter(({ kind }) => !status || outcomesOf[status].includes(kind))
  const wanted = new Set(stages.map(({ id }) => id))
  return (await listTotals(scope)).filter(({ stageId }) => wanted.has(stageId))
}

function writeSummary(sums: readonly Sum[], workspace: Workspace) {
  const { locale, currency } = workspace
  const format = (amount: bigint, code: string) => formatMoney(locale, amount, code)
  const { sum: total, missing } = converted(sums, workspace)
  const known = sums.map((sum) => ({ ...sum, own: converted([sum], workspace) }))
  return {
    values_total: Object.fromEntries(
      known.map(({ currency: code, amount, count, own }) => {
        const isKnown = own.missing.length === 0
        const value = {
          value: toMajor(amount, code),
          count,
          value_converted: isKnown ? toMajor(own.sum.amount, currency) : null,
          value_formatted: format(amount, code),
          value_converted_formatted: isKnown ? format(own.sum.amount, currency) : null,
        }
        return [code, value]
      }),
    ),
    weighted_values_total: Object.fromEntries(
      sums.map(({ currency: code, weighted, count }) => [
        code,
        { value: toMajor(weighted, code), count, value_formatted: format(weighted, code) },
      ]),
    ),
    total_count: sums.reduce((count, sum) => count + sum.count, 0),
    total_currency_converted_value: toMajor(total.amount, currency),
    total_weighted_currency_converted_value: toMajor(total.weighted, currency),
    total_currency_converted_value_formatted: format(total.amount, currency),
    total_weighted_currency_converted_value_formatted: format(total.weighted, currency),
    // Not the vendor's: what has no rate is not in the total, and a client should be able to see it.
    ...(missing.length === 0 ? {} : { currencies_without_rate: missing }),
  }
}

async function summary(scope: Scope, query: SummaryQuery, isArchived: boolean): Promise<Answer> {
  const weigh = await weighing(scope)
  const totals = (await totalsOf(scope, query, isArchived)).filter(({ count }) => count !== 0)
  return one(writeSummary([...addUp(totals.map(weigh)).values()], scope.workspace))
}

/** What deals add up to, currency by currency and in the team's own. */
export function openDealSummary(v1: Speaker): void {
  v1.get('/deals/summary', { query: SummaryQuery, cost: 40 }, ({ scope, query }) => summary(scope, query, false))
  v1.get('/deals/summary/archived', { query: SummaryQuery, cost: 80 }, ({ scope, query }) => summary(scope, query, true))
}
