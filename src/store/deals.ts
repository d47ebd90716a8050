import { type Deal, facetsOf } from '../domain/deal.ts'
import type { Store } from '../domain/store.ts'
import { countDeals, countDealsWithin, listDeals, sumDeals, sumDealsByDay, sumDealsWithin } from './deal-list.ts'
import { freeRank, placesOf, rank } from './deal-ranks.ts'
import { fromDeal, toDeal } from './deal-row.ts'
import { readClosedTotals, readTotals, writeTotals } from './deal-totals.ts'
import { inTexts, param, statement } from './engine.ts'
import { all, type Columns, type Db, getRow, getRowByUuid, identify, insertRows, one, updateRow } from './rows.ts'
import type { DealRow } from './schema.ts'
import { indexing } from './search.ts'
import { sql } from './sql.ts'

export const dealTable = (db: Db): Store['deals'] => ({
  ...lockable(db),
  identify: () => identify(db, 'deal'),
  byUuid: async (uuid) => {
    const row = await getRowByUuid<DealRow>(db, 'deal', uuid)
    return row && toDeal(row)
  },
  byExternalId: (externalId) => one(db, byExternalId, toDeal, { externalId }),
  expect: async () => {},
  list: (query) => listDeals(db, query),
  count: (filter) => countDeals(db, filter),
  countWithin: (filter, most) => countDealsWithin(db, filter, most),
  sums: (filter) => sumDeals(db, filter),
  sumsWithin: (filter, most) => sumDealsWithin(db, filter, most),
  sumsByDay: (filter, by) => sumDealsByDay(db, filter, by),
  insert: (deal) => insertDeals(db, [deal]),
  save: async (before, after) => {
    await updateRow(
      db,
      'deal',
      fromDeal(before, db.workspaceId) as unknown as Columns,
      fromDeal(after, db.workspaceId) as unknown as Columns,
    )
    if (before.title !== after.title || before.customFields !== after.customFields) await writeTexts(db, [after])
    await writeFacets(db, before, after)
    await writeTotals(db, [before], [after])
  },
  rank: (stageId, place, at, dealId) => rank(db, stageId, place, at, dealId),
  freeRank: (stageId, rank, dealId) => freeRank(db, stageId, rank, dealId),
  anyIn: async (stageId, which) => {
    const query = which === 'live' ? anyLive : anyAtAll
    return (await db.session.one(query, { workspace: db.workspaceId, stage: stageId })) !== undefined
  },
  totals: (pipelineId) => readTotals(db, pipelineId),
  closedTotals: () => readClosedTotals(db),
  places: (deals) => placesOf(db, deals),
})

/** Where many write, locking a deal reads it as well: whoever locks it is about to look at it. */
function lockable(db: Db): Pick<Store['deals'], 'lock' | 'get'> {
  let locked: { id: number; row: DealRow | undefined } | undefined
  return {
    lock: async (id) => {
      // SQLite has one writer anyway.
      if (db.engine.kind === 'sqlite' || !Number.isSafeInteger(id)) return
      locked = { id, row: await db.session.one(lockDeal, { workspace: db.workspaceId, id }) }
    },
    get: async (id) => {
      const row = locked?.id === id ? locked.row : await getRow<DealRow>(db, 'deal', id)
      locked = undefined
      return row && toDeal(row)
    },
  }
}

const byExternalId = statement<DealRow>(
  () => sql`select * from deal where workspace_id = ${param('workspace')} and external_id = ${param('externalId')}`,
)

const amongExternalIds = statement<DealRow>(
  (engine) => sql`select * from deal where workspace_id = ${param('workspace')} and ${inTexts(engine, sql`external_id`, 'ids')}
    ${engine === 'sqlite' ? sql`` : sql`order by id for update`}`,
)

/** Deals by the ids that another system knows them by, inside a transaction. Nobody else changes them until it ends. */
export const byExternalIds = (db: Db, externalIds: readonly string[]): Promise<readonly Deal[]> =>
  externalIds.length === 0 ? Promise.resolve([]) : all(db, amongExternalIds, toDeal, { ids: JSON.stringify(externalIds) })

/** Writes new deals, their search texts and facets, and what they add to the totals. */
export async function insertDeals(db: Db, deals: readonly Deal[]): Promise<void> {
  const rows = deals.map((deal) => fromDeal(deal, db.workspaceId))
  await insertRows(db, 'deal', rows as unknown as Columns[])
  await writeTexts(db, deals)
  const facets = deals.flatMap((deal) =>
    facetsOf(deal).map(({ name, value }) => ({ workspace_id: db.workspaceId, name, value, deal_id: deal.id })),
  )
  await insertRows(db, 'deal_facet', facets, 'ignored')
  await writeTotals(db, [], deals)
}

const lockDeal = statement<DealRow>(
  () => sql`select * from deal where workspace_id = ${param('workspace')} and id = ${param('id')} for update`,
)

const anyAtAll = statement(
  () =>
    sql`select 1 from deal where workspace_id = ${param('workspace')} and stage_id = ${param('stage')}
      union all select 1 from deal where workspace_id = ${param('workspace')} and open_stage_id = ${param('stage')} limit 1`,
)

const anyLive = statement(
  () =>
    sql`select 1 from deal where workspace_id = ${param('workspace')} and stage_id = ${param('stage')} and deleted_at is null
      union all
      select 1 from deal where workspace_id = ${param('workspace')} and open_stage_id = ${param('stage')} and deleted_at is null limit 1`,
)

// —— search text ——

const index = indexing('deal')

/** What of a deal is searched beside its title: the texts among its custom fields. */
export const customText = (deal: Deal): string =>
  Object.values(deal.customFields)
    .filter((value) => typeof value === 'string')
    .join('\n')

const writeTexts = (db: Db, deals: readonly Deal[]) =>
  index(
    db,
    deals.map((deal) => ({ id: deal.id, texts: { title: deal.title, custom: customText(deal) } })),
  )

// —— facets ——

const dropFacet = statement(
  () =>
    sql`delete from deal_facet where workspace_id = ${param('workspace')} and name = ${param('name')}
      and value = ${param('value')} and deal_id = ${param('id')}`,
)

async function writeFacets(db: Db, before: Deal, after: Deal): Promise<void> {
  if (before.tags === after.tags && before.customFields === after.customFields && before.extras === after.extras) return
  const { session, workspaceId } = db
  const [old, now] = [facetsOf(before), facetsOf(after)]
  const has = (list: typeof now, { name, value }: (typeof now)[number]) =>
    list.some((other) => other.name === name && other.value === value)
  for (const facet of old) if (!has(now, facet)) await session.run(dropFacet, { workspace: workspaceId, ...facet, id: after.id })
  const added = now.filter((facet) => !has(old, facet))
  await insertRows(
    db,
    'deal_facet',
    added.map((facet) => ({ workspace_id: workspaceId, ...facet, deal_id: after.id })),
    'ignored',
  )
}
