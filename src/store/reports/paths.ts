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
  // Asked deal by deal: joined, PostgreSQL would read all deals to find these.
  const isOwned = ownerId === undefined ? sql`` : sql`and deal.owner_id = ${param('owner')}`
  const query = shaped<PathRow>(
    `paths ${ownerId !== undefined}`,
    () => sql`with ended as materialized (
        select path, (select outcome from deal where deal.id = way.deal_id ${isOwned}) as outcome from (
          select deal_id, string_agg(cast(stage_id as text), ',' order by nth) as path from stretch
          where workspace_id = ${param('workspace')} and pipeline_id = ${param('pipeline')} and is_first = 1
            and born_at >= ${param('from')} and born_at < ${param('until')} and is_gone = 0
          group by born_at, deal_id
        ) as way
      ) select path, outcome, count(*) as n from ended where outcome is not null group by path, outcome`,
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
