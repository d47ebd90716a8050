import type { Compared } from '../../domain/reports/changes.ts'
import type { Stretch } from '../../domain/reports/life.ts'
import type { Instant } from '../../domain/time.ts'
import { param, statement, unindexed } from '../engine.ts'
import type { Db } from '../rows.ts'
import type { StretchRow } from '../schema.ts'
import { sql } from '../sql.ts'
import { toStretch } from './lives.ts'

/** The stretches that the deals stood in at a moment to which anything happened between two moments. */
const standingAt = statement<StretchRow>((engine) => {
  // Only the key of the deal leads: an index by time would be walked for every moment before.
  const bare = unindexed(engine)
  return sql`select * from stretch where workspace_id = ${param('workspace')}
    and deal_id in (
      select deal_id from stretch
      where workspace_id = ${param('workspace')} and since > ${param('since')} and since <= ${param('until')}
    )
    and ${bare}since <= ${param('at')} and (until is null or until > ${param('at')}) and ${bare}pipeline_id = ${param('pipeline')}`
})

/** Where deals stood in a pipeline at two moments, of those that anything happened to in between. */
export async function compare(
  { session, workspaceId: workspace }: Db,
  pipeline: number,
  since: Instant,
  until: Instant,
): Promise<Compared[]> {
  const both = new Map<number, { dealId: number; before: Stretch | undefined; after: Stretch | undefined }>()
  for (const [when, at] of [
    ['before', since],
    ['after', until],
  ] as const) {
    for (const row of await session.all(standingAt, { workspace, pipeline, since, until, at })) {
      const one = both.get(row.deal_id) ?? { dealId: row.deal_id, before: undefined, after: undefined }
      both.set(row.deal_id, { ...one, [when]: toStretch(row) })
    }
  }
  return [...both.values()]
}
