import type { Period } from '../../domain/reports/period.ts'
import { meanOf, type StayTimes, spreadOf } from '../../domain/reports/quantile.ts'
import { param, type Statement } from '../engine.ts'
import { type Db, shaped } from '../rows.ts'
import { sql } from '../sql.ts'

interface Filter {
  ownerId?: number | undefined
}

/** Who left a stage in the period; an index of its own, in the order of time. */
const leaving = (
  filter: Filter,
) => sql`from stretch where workspace_id = ${param('workspace')} and from_stage_id = ${param('stage')}
  and since >= ${param('from')} and since < ${param('until')} and is_gone = 0 and stayed is not null
  ${filter.ownerId === undefined ? sql`` : sql`and owner_id = ${param('owner')}`}`

/** How long those stayed in each stage who left it in the period: exact, so all of them are looked at, but nothing else is. */
export async function staysIn(
  db: Db,
  stageIds: readonly number[],
  { from, until }: Period,
  filter: Filter = {},
): Promise<StayTimes[]> {
  const owner = filter.ownerId === undefined ? {} : { owner: filter.ownerId }
  const times: StayTimes[] = []
  for (const stage of stageIds) {
    const values = { workspace: db.workspaceId, stage, from, until, ...owner }
    times.push({ stageId: stage, ...(await (db.engine.kind === 'sqlite' ? sorting : asking)(db, filter, values)) })
  }
  return times
}

type Values = Parameters<Db['session']['one']>[1]

/** SQLite has no quantiles. One text with all the numbers is ten times as fast as a row for each. */
async function sorting(db: Db, filter: Filter, values: Values) {
  const all: Statement<{ stays: string }> = shaped(
    `stays ${'owner' in values}`,
    () => sql`select json_group_array(stayed) as stays ${leaving(filter)}`,
  )
  const row = await db.session.one(all, values)
  return spreadOf(Float64Array.from(JSON.parse(row?.stays ?? '[]') as number[]).sort())
}

async function asking(db: Db, filter: Filter, values: Values) {
  const query: Statement<{ n: number; sum: string | null; median: number | null; p90: number | null }> = shaped(
    `quantiles ${'owner' in values}`,
    () => sql`select count(*) as n, cast(sum(stayed) as text) as sum, percentile_disc(0.5) within group (order by stayed) as median,
      percentile_disc(0.9) within group (order by stayed) as p90 ${leaving(filter)}`,
  )
  const row = await db.session.one(query, values)
  const count = row?.n ?? 0
  return { count, mean: meanOf(BigInt(row?.sum ?? 0), count), median: row?.median ?? null, p90: row?.p90 ?? null }
}
