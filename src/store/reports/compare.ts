import type { Compared } from '../../domain/reports/changes.ts'
import type { Stretch } from '../../domain/reports/life.ts'
import type { Instant } from '../../domain/time.ts'
import { type EngineKind, inList, param, statement, unindexed } from '../engine.ts'
import type { Db } from '../rows.ts'
import type { StretchRow } from '../schema.ts'
import { type Sql, sql } from '../sql.ts'
import { toStretch } from './lives.ts'

/** Whoever came to a stage or went from one, or was changed there. */
const touching = (engine: EngineKind, column: 'stage_id' | 'from_stage_id'): Sql => sql`
  select deal_id from stretch where workspace_id = ${param('workspace')} and ${inList(engine, sql.ref(column), 'stages')}
    and since > ${param('since')} and since <= ${param('until')}`

/** The stretches that the deals stood in at either of two moments to which anything happened between them. */
const standing = statement<StretchRow>(
  // The few that were touched lead, in this order: SQLite would look through the whole pipeline for each of them.
  (engine) => sql`select one.* from (
      select distinct deal_id from (${touching(engine, 'stage_id')} union all ${touching(engine, 'from_stage_id')}) as steps
    ) as touched cross join stretch as one where one.workspace_id = ${param('workspace')} and one.deal_id = touched.deal_id
      and (${sql.join(
        ['since', 'until'].map(
          (at) =>
            sql`${unindexed(engine)}one.since <= ${param(at)} and (one.until is null or ${unindexed(engine)}one.until > ${param(at)})`,
        ),
        ' or ',
      )})
      and ${unindexed(engine)}one.pipeline_id = ${param('pipeline')}`,
)

/** Where deals stood in a pipeline, which has or had these stages, at two moments, of those that anything happened to in between. */
export async function compare(
  { session, workspaceId: workspace }: Db,
  pipeline: number,
  stageIds: readonly number[],
  since: Instant,
  until: Instant,
): Promise<Compared[]> {
  const both = new Map<number, { dealId: number; before: Stretch | undefined; after: Stretch | undefined }>()
  for (const row of await session.all(standing, { workspace, pipeline, stages: JSON.stringify(stageIds), since, until })) {
    let one = both.get(row.deal_id)
    if (!one) both.set(row.deal_id, (one = { dealId: row.deal_id, before: undefined, after: undefined }))
    const stretch = toStretch(row)
    if (row.since <= since) one.before = stretch
    if (row.until === null || row.until > until) one.after = stretch
  }
  return [...both.values()]
}
