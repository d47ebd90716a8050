import { updatedWhereRotten } from './board.ts'
import type { DealFilter } from './deal.ts'
import type { Scope } from './scope.ts'
import { listStages } from './stage.ts'
import { dayIn } from './time.ts'

/** Filters that depend on what time it is. */

/** Open deals that nobody has touched for longer than their stage allows; or, not rotting, all others. */
export async function rottingFilter(scope: Scope, isRotting: boolean): Promise<DealFilter> {
  const now = scope.now()
  const stages = (await listStages(scope)).flatMap((stage) => {
    const updatedUntil = updatedWhereRotten(stage, now)
    return updatedUntil === null ? [] : [{ stageId: stage.id, updatedUntil }]
  })
  if (!isRotting) return { none: stages }
  // What rots anywhere was not touched for at least as long as the most impatient stage allows: an index leads there.
  const updatedUntil = Math.max(0, ...stages.map((stage) => stage.updatedUntil))
  return { any: stages, updatedUntil }
}

/** Open deals that were expected to close before today, as the workspace's clock has it; or, not overdue, all others. */
export function overdueFilter({ workspace, now }: Scope, isOverdue: boolean): DealFilter {
  const overdue: DealFilter = { expectedCloseUntil: dayIn(workspace.timeZone, now()), outcomes: ['open'] }
  return isOverdue ? overdue : { none: [overdue] }
}
