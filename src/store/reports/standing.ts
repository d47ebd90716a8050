import type { Page, Window } from '../../domain/page.ts'
import type { Stretch } from '../../domain/reports/life.ts'
import type { Instant } from '../../domain/time.ts'
import { param, type Value } from '../engine.ts'
import { type Db, shaped } from '../rows.ts'
import type { StretchRow } from '../schema.ts'
import { sql } from '../sql.ts'
import { toStretch } from './lives.ts'

/**
 * Who stood in a stage at a moment. The index of the stage is walked back from the moment: most of those who came last are still there, so
 * a first page is found at once, however many have passed through since the beginning.
 */
export async function standingAt(
  { session, workspaceId }: Db,
  stage: number,
  at: Instant,
  { ownerId }: { ownerId?: number | undefined },
  { limit, after, offset = 0 }: Window,
): Promise<Page<{ dealId: number; stretch: Stretch }>> {
  const values: Record<string, Value> = { workspace: workspaceId, stage, at, limit: limit + 1, offset }
  if (ownerId !== undefined) values.owner = ownerId
  if (after) Object.assign(values, { value: after.value, id: after.id })
  const query = shaped<StretchRow>(
    `standing ${ownerId !== undefined} ${after !== undefined}`,
    () => sql`select * from stretch where workspace_id = ${param('workspace')} and stage_id = ${param('stage')}
      and since <= ${param('at')} and (until is null or until > ${param('at')}) and is_counted = 1
      ${ownerId === undefined ? sql`` : sql`and owner_id = ${param('owner')}`}
      ${after ? sql`and (since, deal_id) < (${param('value')}, ${param('id')})` : sql``}
      order by since desc, deal_id desc limit ${param('limit')} offset ${param('offset')}`,
  )
  const rows = await session.all(query, values)
  const items = rows.slice(0, limit).map((row) => ({ dealId: row.deal_id, stretch: toStretch(row) }))
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? { value: last.stretch.since, id: last.dealId } : null }
}
