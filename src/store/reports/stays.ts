import type { Period } from '../../domain/reports/period.ts'
import { type StayTimes, spreadOf } from '../../domain/reports/quantile.ts'
import type { Ages } from '../../domain/reports/times.ts'
import type { Instant } from '../../domain/time.ts'
import { param } from '../engine.ts'
import { type Db, shaped } from '../rows.ts'
import { type Sql, sql } from '../sql.ts'

interface Filter {
  ownerId?: number | undefined
}

const ofOwner = ({ ownerId }: Filter): Sql => (ownerId === undefined ? sql`` : sql`and owner_id = ${param('owner')}`)
const named = ({ ownerId }: Filter) => (ownerId === undefined ? {} : { owner: ownerId })

/** One text with all the numbers is ten times as fast as a row for each, and both engines then find the same quantiles. */
const listed = (value: Sql): Sql => sql`string_agg(cast(${value} as text), ',')`
const numbersIn = (text: string | null | undefined): Float64Array => Float64Array.from(JSON.parse(`[${text ?? ''}]`) as number[])

/** How long those stayed in each stage who left it in the period: exact, so all of them are looked at, but nothing else is. */
export async function staysIn(
  { session, workspaceId }: Db,
  stageIds: readonly number[],
  { from, until }: Period,
  filter: Filter = {},
): Promise<StayTimes[]> {
  const query = shaped<{ stays: string | null }>(
    `stays ${filter.ownerId !== undefined}`,
    () => sql`select ${listed(sql`stayed`)} as stays from stretch
      where workspace_id = ${param('workspace')} and from_stage_id = ${param('stage')}
        and since >= ${param('from')} and since < ${param('until')} and is_gone = 0 and stayed is not null ${ofOwner(filter)}`,
  )
  const times: StayTimes[] = []
  for (const stage of stageIds) {
    const row = await session.one(query, { workspace: workspaceId, stage, from, until, ...named(filter) })
    times.push({ stageId: stage, ...spreadOf(numbersIn(row?.stays).sort()) })
  }
  return times
}

/** How old the deals of each stage are, and how long they have been there, of those that stand there now. */
export async function agesIn(
  { session, workspaceId }: Db,
  stageIds: readonly number[],
  now: Instant,
  filter: Filter = {},
): Promise<Ages[]> {
  const query = shaped<{ born: string | null; entered: string | null }>(
    `ages ${filter.ownerId !== undefined}`,
    () => sql`select ${listed(sql`created_at`)} as born, ${listed(sql`coalesce(stage_changed_at, created_at)`)} as entered from deal
      where workspace_id = ${param('workspace')} and stage_id = ${param('stage')} and deleted_at is null and archived_at is null ${ofOwner(filter)}`,
  )
  const since = (text: string | null | undefined) =>
    spreadOf(
      numbersIn(text)
        .map((at) => Math.max(0, now - at))
        .sort(),
    )
  const ages: Ages[] = []
  for (const stage of stageIds) {
    const row = await session.one(query, { workspace: workspaceId, stage, ...named(filter) })
    ages.push({ stageId: stage, age: since(row?.born), inStage: since(row?.entered) })
  }
  return ages
}
