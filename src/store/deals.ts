import { generateKeyBetween } from 'fractional-indexing'
import { closedContribution, contribution, type StageTotal } from '../domain/board.ts'
import { type Deal, type DealPlace, facetsOf } from '../domain/deal.ts'
import { conflict, invalid } from '../domain/errors.ts'
import type { Store } from '../domain/store.ts'
import type { Instant } from '../domain/time.ts'
import { countDeals, listDeals, sumDeals } from './deal-list.ts'
import { fromDeal, toDeal } from './deal-row.ts'
import { inTexts, param, statement } from './engine.ts'
import { all, type Columns, type Db, getRow, getRowByUuid, identify, insertRow, one, updateRow } from './rows.ts'
import type { DealRow } from './schema.ts'
import { indexed } from './search.ts'
import { sql } from './sql.ts'

export const dealTable = (db: Db): Store['deals'] => ({
  identify: () => identify(db, 'deal'),
  get: async (id) => {
    const row = await getRow<DealRow>(db, 'deal', id)
    return row && toDeal(row)
  },
  byUuid: async (uuid) => {
    const row = await getRowByUuid<DealRow>(db, 'deal', uuid)
    return row && toDeal(row)
  },
  byExternalId: (externalId) => one(db, byExternalId, toDeal, { externalId }),
  expect: async () => {},
  list: (query) => listDeals(db, query),
  count: (filter) => countDeals(db, filter),
  sums: (filter) => sumDeals(db, filter),
  lock: async (id) => {
    if (db.engine.kind !== 'sqlite') await db.session.one(lockDeal, { workspace: db.workspaceId, id })
  },
  insert: (deal) => insertDeals(db, [deal]),
  save: async (before, after) => {
    await updateRow(
      db,
      'deal',
      fromDeal(before, db.workspaceId) as unknown as Columns,
      fromDeal(after, db.workspaceId) as unknown as Columns,
    )
    await writeText(db, before, after)
    await writeFacets(db, before, after)
    await writeTotals(db, [before], [after])
  },
  rank: (stageId, place, at, dealId) => rank(db, stageId, place, at, dealId),
  freeRank: async (stageId, rank, dealId) => {
    const values = { workspace: db.workspaceId, stage: stageId, self: dealId, rank }
    const isTaken = (await db.session.one(sameRank, values)) !== undefined
    return isTaken ? generateKeyBetween(rank, (await db.session.one(rankAfter, values))?.rank ?? null) : rank
  },
  anyIn: async (stageId, which) => {
    const query = which === 'live' ? anyLive : anyAtAll
    return (await db.session.one(query, { workspace: db.workspaceId, stage: stageId })) !== undefined
  },
  totals: (pipelineId) =>
    pipelineId === undefined ? all(db, allTotals, toTotal) : all(db, totalsOfPipeline, toTotal, { pipeline: pipelineId }),
  closedTotals: () => all(db, allClosedTotals, toTotal),
  places: (deals) => placesOf(db, deals),
})

const byExternalId = statement<DealRow>(
  () => sql`select * from deal where workspace_id = ${param('workspace')} and external_id = ${param('externalId')}`,
)

const amongExternalIds = statement<DealRow>(
  (engine) => sql`select * from deal where workspace_id = ${param('workspace')} and ${inTexts(engine, sql`external_id`, 'ids')}`,
)

/** Deals by the ids that another system knows them by. */
export const byExternalIds = (db: Db, externalIds: readonly string[]): Promise<readonly Deal[]> =>
  externalIds.length === 0 ? Promise.resolve([]) : all(db, amongExternalIds, toDeal, { ids: JSON.stringify(externalIds) })

/** Writes new deals, their search texts and facets, and what they add to the totals. */
export async function insertDeals(db: Db, deals: readonly Deal[]): Promise<void> {
  for (const deal of deals) {
    await insertRow(db, 'deal', fromDeal(deal, db.workspaceId) as unknown as Columns)
    await writeText(db, null, deal)
    await writeFacets(db, null, deal)
  }
  await writeTotals(db, [], deals)
}

const lockDeal = statement(
  () => sql`select id from deal where workspace_id = ${param('workspace')} and id = ${param('id')} for update`,
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

const addText = statement(
  () =>
    sql`insert or replace into deal_text (rowid, title, custom) values (${param('id')}, ${param('title')}, ${param('custom')})`,
)

/** What of a deal is searched beside its title: the texts among its custom fields. */
export const customText = (deal: Deal): string =>
  Object.values(deal.customFields)
    .filter((value) => typeof value === 'string')
    .join('\n')

async function writeText({ session, workspaceId }: Db, before: Deal | null, after: Deal): Promise<void> {
  if (before && before.title === after.title && before.customFields === after.customFields) return
  await session.later(addText, {
    id: after.id,
    title: indexed(workspaceId, after.title),
    custom: indexed(workspaceId, customText(after)),
  })
}

// —— facets ——

const addFacet = statement(
  () =>
    sql`insert into deal_facet (workspace_id, name, value, deal_id)
      values (${param('workspace')}, ${param('name')}, ${param('value')}, ${param('id')}) on conflict do nothing`,
)

const dropFacet = statement(
  () =>
    sql`delete from deal_facet where workspace_id = ${param('workspace')} and name = ${param('name')}
      and value = ${param('value')} and deal_id = ${param('id')}`,
)

async function writeFacets({ session, workspaceId }: Db, before: Deal | null, after: Deal): Promise<void> {
  if (before && before.tags === after.tags && before.customFields === after.customFields && before.extras === after.extras) return
  const old = before ? facetsOf(before) : []
  const now = facetsOf(after)
  const has = (list: typeof now, { name, value }: (typeof now)[number]) =>
    list.some((other) => other.name === name && other.value === value)
  for (const facet of old) if (!has(now, facet)) await session.run(dropFacet, { workspace: workspaceId, ...facet, id: after.id })
  for (const facet of now) if (!has(old, facet)) await session.run(addFacet, { workspace: workspaceId, ...facet, id: after.id })
}

// —— totals ——

/** Where totals are kept, and what one deal adds to them. An overflow of either is told by the end of the name. */
const ledgers = [
  { contribution, add: adding('stage_total') },
  { contribution: closedContribution, add: adding('closed_from_stage_total') },
]

function adding(table: 'stage_total' | 'closed_from_stage_total') {
  const kept = (column: string) => sql.ref(`${table}.${column}`)
  return statement(
    () =>
      sql`insert into ${sql.ref(table)} (workspace_id, stage_id, currency, deal_count, amount, own_amount, own_weighted)
      values (${param('workspace')}, ${param('stage')}, ${param('currency')}, ${param('count')}, ${param('amount')}, ${param('own_amount')}, ${param('own_weighted')})
      on conflict (workspace_id, stage_id, currency) do update set
        deal_count = ${kept('deal_count')} + excluded.deal_count,
        amount = ${kept('amount')} + excluded.amount,
        own_amount = ${kept('own_amount')} + excluded.own_amount,
        own_weighted = ${kept('own_weighted')} + excluded.own_weighted`,
  )
}

/** Adds what some deals have come to, and takes away what they were; stages and currencies that stay the same are not touched. */
async function writeTotals({ session, workspaceId }: Db, before: readonly Deal[], after: readonly Deal[]): Promise<void> {
  for (const { contribution, add } of ledgers) {
    for (const total of changes(before.map(contribution), after.map(contribution))) {
      if ([total.amount, total.ownAmount, total.ownWeighted].some((sum) => BigInt.asIntN(64, sum) !== sum))
        conflict('total_overflow')
      await session.run(add, {
        workspace: workspaceId,
        stage: total.stageId,
        currency: total.currency,
        count: total.count,
        amount: total.amount,
        own_amount: total.ownAmount,
        own_weighted: total.ownWeighted,
      })
    }
  }
}

function changes(before: readonly (StageTotal | null)[], after: readonly (StageTotal | null)[]): readonly StageTotal[] {
  const sums = new Map<string, StageTotal>()
  const put = (total: StageTotal | null, sign: 1 | -1) => {
    if (!total) return
    const key = `${total.stageId} ${total.currency}`
    const { count = 0, amount = 0n, ownAmount = 0n, ownWeighted = 0n } = sums.get(key) ?? {}
    sums.set(key, {
      stageId: total.stageId,
      currency: total.currency,
      count: count + sign * total.count,
      amount: amount + BigInt(sign) * total.amount,
      ownAmount: ownAmount + BigInt(sign) * total.ownAmount,
      ownWeighted: ownWeighted + BigInt(sign) * total.ownWeighted,
    })
  }
  for (const total of before) put(total, -1)
  for (const total of after) put(total, 1)
  return [...sums.values()].filter(({ count, amount, ownAmount, ownWeighted }) => count || amount || ownAmount || ownWeighted)
}

interface TotalText {
  stage_id: number
  currency: string
  deal_count: number
  amount: string
  own_amount: string
  own_weighted: string
}

/** Sums may be larger than a JavaScript number can count, so they leave the database as text. */
const totalColumns = sql`stage_total.stage_id, stage_total.currency, stage_total.deal_count, cast(stage_total.amount as text) as amount,
  cast(stage_total.own_amount as text) as own_amount, cast(stage_total.own_weighted as text) as own_weighted`

const allTotals = statement<TotalText>(
  () => sql`select ${totalColumns} from stage_total where workspace_id = ${param('workspace')} and deal_count <> 0`,
)

const totalsOfPipeline = statement<TotalText>(
  () =>
    sql`select ${totalColumns} from stage join stage_total on stage_total.workspace_id = stage.workspace_id and stage_total.stage_id = stage.id
      where stage.workspace_id = ${param('workspace')} and stage.pipeline_id = ${param('pipeline')} and stage.deleted_at is null and deal_count <> 0`,
)

const allClosedTotals = statement<TotalText>(
  () =>
    sql`select stage_id, currency, deal_count, cast(amount as text) as amount, cast(own_amount as text) as own_amount,
      cast(own_weighted as text) as own_weighted from closed_from_stage_total where workspace_id = ${param('workspace')} and deal_count <> 0`,
)

const toTotal = (row: TotalText): StageTotal => ({
  stageId: row.stage_id,
  currency: row.currency,
  count: row.deal_count,
  amount: BigInt(row.amount),
  ownAmount: BigInt(row.own_amount),
  ownWeighted: BigInt(row.own_weighted),
})

// —— ranks ——

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function base62(value: number, width: number): string {
  let text = ''
  for (let rest = value; rest > 0 || text.length < width; rest = Math.floor(rest / 62)) text = (digits[rest % 62] ?? '0') + text
  return text
}

/** With its length first, so that more digits sort as the larger number they are. */
const ordered = (value: number): string => {
  const text = base62(value, 1)
  return `${text.length}${text}`
}

const lastMoment = 62 ** 8 - 1

/**
 * The rank of a deal that arrives on top of a column: the later, the smaller. It needs no look at the column, so deals that arrive
 * at the same moment do not wait for each other; the id keeps them apart and in the order they were made. `h` and eight digits are an integer to fractional-indexing.
 */
const arrivalRank = (at: Instant, id: number): string =>
  `h${base62(lastMoment - Math.min(Math.max(at, 0), lastMoment), 8)}${ordered(id)}V`

const rankOf = statement<{ rank: string }>(
  () =>
    sql`select rank from deal where workspace_id = ${param('workspace')} and stage_id = ${param('stage')}
      and id = ${param('id')} and deleted_at is null`,
)

// Deleted deals keep their place: one that is restored must not share its rank with another.
const rankBefore = statement<{ rank: string }>(
  () =>
    sql`select rank from deal where workspace_id = ${param('workspace')} and stage_id = ${param('stage')}
      and rank < ${param('rank')} and id <> ${param('self')} order by rank desc limit 1`,
)

const rankAfter = statement<{ rank: string }>(
  () =>
    sql`select rank from deal where workspace_id = ${param('workspace')} and stage_id = ${param('stage')}
      and rank > ${param('rank')} and id <> ${param('self')} order by rank limit 1`,
)

const sameRank = statement(
  () =>
    sql`select 1 from deal where workspace_id = ${param('workspace')} and stage_id = ${param('stage')}
      and rank = ${param('rank')} and id <> ${param('self')} limit 1`,
)

/** Sorts after every rank. */
const end = '~'

async function rank(
  { session, workspaceId }: Db,
  stage: number,
  place: DealPlace | undefined,
  at: Instant,
  self: number,
): Promise<string> {
  if (place === undefined) return arrivalRank(at, self)
  const args = { workspace: workspaceId, stage, self }
  const previous = async (rank: string) => (await session.one(rankBefore, { ...args, rank }))?.rank ?? null
  const next = async (rank: string) => (await session.one(rankAfter, { ...args, rank }))?.rank ?? null
  const between = async (above: string | null, below: string | null) => {
    const own = (await session.one(rankOf, { workspace: workspaceId, stage, id: self }))?.rank
    const isThere = own !== undefined && (above === null || above < own) && (below === null || own < below)
    if (isThere) return own
    // In an empty column it arrives, so that those who arrive later stand above it.
    return above === null && below === null ? arrivalRank(at, self) : generateKeyBetween(above, below)
  }
  if (place === 'first') return between(null, await next(''))
  if (place === 'last') return between(await previous(end), null)
  const [id, field] = 'before' in place ? [place.before, 'place.before'] : [place.after, 'place.after']
  const beside = await session.one(rankOf, { workspace: workspaceId, stage, id })
  if (!beside || id === self) return invalid(field, 'not_found')
  return 'before' in place ? between(await previous(beside.rank), beside.rank) : between(beside.rank, await next(beside.rank))
}

const countRanks = statement<{ n: number }>(
  () =>
    sql`select count(*) as n from deal where workspace_id = ${param('workspace')} and stage_id = ${param('stage')}
      and rank > ${param('after')} and rank <= ${param('until')}`,
)

/** Counts from one deal of a stage to the next, so that however many are asked for an index is walked once. */
async function placesOf(
  { session, workspaceId }: Db,
  deals: readonly Pick<Deal, 'id' | 'stageId' | 'rank'>[],
): Promise<ReadonlyMap<number, number>> {
  const places = new Map<number, number>()
  for (const [stage, row] of Map.groupBy(deals, (deal) => deal.stageId)) {
    let [after, place] = ['', 0]
    for (const { id, rank } of row.toSorted((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))) {
      place += Number((await session.one(countRanks, { workspace: workspaceId, stage, after, until: rank }))?.n ?? 0)
      places.set(id, place)
      after = rank
    }
  }
  return places
}
