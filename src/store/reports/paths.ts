import type { Path } from '../../domain/reports/cohorts.ts'
import type { Period } from '../../domain/reports/period.ts'
import { param } from '../engine.ts'
import { type Db, shaped } from '../rows.ts'
import { sql } from '../sql.ts'

interface PathRow {
  path: string
  outcome: string
  n: number
}

/** The ways that deals created in a period have taken. Their index has them deal by deal, so that nothing is sorted but few ways are left. */
export async function pathsOf(
  { session, workspaceId }: Db,
  pipelineId: number,
  { from, until }: Period,
  { ownerId }: { ownerId?: number | undefined } = {},
): Promise<Path[]> {
  const query = shaped<PathRow>(
    `paths ${ownerId !== undefined}`,
    () => sql`select path, deal.outcome, count(*) as n from (
        select deal_id, string_agg(cast(stage_id as text), ',' order by nth) as path from stretch
        where workspace_id = ${param('workspace')} and pipeline_id = ${param('pipeline')} and is_first = 1
          and born_at >= ${param('from')} and born_at < ${param('until')} and is_gone = 0
        group by born_at, deal_id
      ) as way join deal on deal.id = way.deal_id
      ${ownerId === undefined ? sql`` : sql`where deal.owner_id = ${param('owner')}`}
      group by path, deal.outcome`,
  )
  const values = {
    workspace: workspaceId,
    pipeline: pipelineId,
    from,
    until,
    ...(ownerId === undefined ? {} : { owner: ownerId }),
  }
  return (await session.all(query, values)).map(({ path, outcome, n }) => ({
    stageIds: path.split(',').map(Number),
    kind: outcome as Path['kind'],
    count: Number(n),
  }))
}
