import { convert, listClosedTotals, listTotals, type StageTotal } from '../../domain/board.ts'
import type { Scope } from '../../domain/scope.ts'
import type { Workspace } from '../../domain/workspace.ts'
import { formatted } from './money.ts'

/** What the deals of some stages add up to, as both stages and pipelines tell it. */
export interface Metrics {
  total_deals: number
  total_deals_amount: number
  total_deals_amount_formatted: string
}

/**
 * Kept totals by the stage that deals are shown in: open ones where they stand, won and lost ones where they were closed from, because
 * there they stay in it. Archived and deleted deals are not in them.
 */
export async function totalsByStage(scope: Scope): Promise<ReadonlyMap<number, readonly StageTotal[]>> {
  return Map.groupBy([...(await listTotals(scope)), ...(await listClosedTotals(scope))], (total) => total.stageId)
}

/**
 * Cents of the workspace's currency. Others are converted by the workspace's own rates; one without a rate is counted among the deals
 * and not in the amount, because a sum of dollars and yen is no amount of anything.
 */
export function metricsOf(totals: readonly StageTotal[], workspace: Workspace): Metrics {
  const { amount } = convert(totals, workspace)
  return {
    total_deals: totals.reduce((sum, { count }) => sum + count, 0),
    total_deals_amount: Number(amount),
    total_deals_amount_formatted: formatted(amount, workspace.currency),
  }
}
