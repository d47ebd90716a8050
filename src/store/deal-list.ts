import type { StageTotal } from '../domain/board.ts'
import type { Deal, DealDate, DealFilter, DealQuery, DealSort } from '../domain/deal.ts'
import type { Direction, Page } from '../domain/page.ts'
import { type Day, dayInMs } from '../domain/time.ts'
import { type Condition, conditionsOf, sortColumns } from './deal-filter.ts'
import { toDeal } from './deal-row.ts'
import { type EngineKind, param, unindexed, type Value } from './engine.ts'
import { bucket } from './reports/recompute.ts'
import { type Db, shaped } from './rows.ts'
import type { DealRow } from './schema.ts'
import { type Sql, sql } from './sql.ts'

/** An open deal that was closed from nowhere stands in its open stage: that index is the narrower one. */
const narrowed = (filter: DealFilter): DealFilter =>
  filter.openStageId !== undefined &&
  filter.stageId === undefined &&
  filter.outcomes?.length === 1 &&
  filter.outcomes[0] === 'open'
    ? { ...filter, stageId: filter.openStageId, openStageId: undefined }
    : filter

interface Order {
  by: DealSort
  direction: Direction
}

/** How a page is read: what is asked, in which order, and which condition leads to the rows. */
interface Plan {
  conditions: readonly Condition[]
  order: readonly Order[]
  first: Order
  lead: Condition | undefined
  after: boolean
  offset: boolean
}

const byId: Order = { by: 'id', direction: 'asc' }

/** The value that a deal has in the sort's column, to continue after it. */
const sortValue = (deal: Deal, by: DealSort): string | number => deal[by] ?? (by === 'expectedCloseDate' ? '' : 0)

/** One page of deals, by one statement that is prepared once per shape of query. */
export async function listDeals(db: Db, { filter = {}, sort = [byId], limit, after, offset }: DealQuery): Promise<Page<Deal>> {
  if (after && sort.length > 1) throw new Error('a key continues one sort only')
  const conditions = conditionsOf(narrowed(filter), db.workspaceId)
  const values: Record<string, Value> = Object.assign({ workspace: db.workspaceId }, ...conditions.map(({ values }) => values))
  const [first = byId] = sort
  const order = sort.at(-1)?.by === 'id' ? sort : [...sort, { by: 'id' as const, direction: first.direction }]
  if (conditions.some(({ readsText }) => readsText)) await db.session.settle()
  const lead = await leader(db, conditions, first.by, values)
  const plan: Plan = { conditions, order, first, lead, after: !!after, offset: !!offset }
  const query = shaped<DealRow>(shapeOf(plan), (engine) => build(engine, plan))
  values.limit = limit + 1
  if (after) Object.assign(values, { afterValue: after.value, afterId: after.id })
  if (offset) values.offset = offset
  const rows = await db.session.all(query, values)
  const items = rows.slice(0, limit).map(toDeal)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? { value: sortValue(last, first.by), id: last.id } : null }
}

interface Gathered {
  name: string
  columns: Sql
  groups?: readonly Sql[]
}

/** What a filter asks, with the values that its conditions and every statement of a workspace need. */
async function askedBy(db: Db, filter: DealFilter): Promise<{ conditions: Condition[]; values: Record<string, Value> }> {
  const conditions = conditionsOf(narrowed(filter), db.workspaceId)
  if (conditions.some(({ readsText }) => readsText)) await db.session.settle()
  return { conditions, values: Object.assign({ workspace: db.workspaceId }, ...conditions.map(({ values }) => values)) }
}

/** Reads all deals of a filter into one row, or one for each group; the narrowest condition leads. */
async function gather<Row>(db: Db, filter: DealFilter, what: Gathered): Promise<Row[]> {
  const { conditions, values } = await askedBy(db, filter)
  // Nothing is in any order here: what leads to many is better than what leads to all.
  const lead = (await leader(db, conditions, 'id', values)) ?? conditions.find(({ count }) => count)
  return gatherBy(db, { conditions, values, lead }, what)
}

/** As `gather`, if there is a condition that no more than so many deals fulfil: no others are looked at. */
async function gatherWithin<Row>(db: Db, filter: DealFilter, most: number, what: Gathered): Promise<Row[] | null> {
  const { conditions, values } = await askedBy(db, filter)
  let lead: Condition | undefined
  for (const condition of conditions.filter(({ count }) => count)) {
    const n = await countUpTo(db, condition, values, most)
    if (n > most) continue
    lead = condition
    if (n === 0) break
    // Another one is of use only if it is narrower.
    most = n - 1
  }
  return lead ? gatherBy<Row>(db, { conditions, values, lead }, what) : null
}

interface Led {
  conditions: readonly Condition[]
  values: Record<string, Value>
  lead: Condition | undefined
}

async function gatherBy<Row>(db: Db, { conditions, values, lead }: Led, what: Gathered): Promise<Row[]> {
  const shape = [what.name, ...conditions.map(({ name }) => name), `by ${lead?.name}`].join('|')
  const query = shaped<Row>(shape, (engine) => {
    const asked = conditions.map((condition) => condition.sql(engine, condition === lead ? 'lead' : 'ask'))
    const where = sql.join([sql`deal.workspace_id = ${param('workspace')}`, ...asked], ' and ')
    // Groups in the order of an index would have SQLite walk all of it.
    const groups = what.groups?.map((group) => sql`${unindexed(engine)}${group}`)
    return sql`select ${what.columns} from deal where ${where} ${groups ? sql`group by ${sql.join(groups)}` : sql``}`
  })
  return db.session.all(query, values)
}

/** How many deals a filter finds. */
export async function countDeals(db: Db, filter: DealFilter): Promise<number> {
  const [row] = await gather<{ n: number }>(db, filter, counted)
  return Number(row?.n ?? 0)
}

export async function countDealsWithin(db: Db, filter: DealFilter, most: number): Promise<number | null> {
  const rows = await gatherWithin<{ n: number }>(db, filter, most, counted)
  return rows && Number(rows[0]?.n ?? 0)
}

const counted: Gathered = { name: 'count deals', columns: sql`count(*) as n` }

interface SumText {
  stage_id: number
  currency: string
  deal_count: number
  amount: string
  own_amount: string
  own_weighted: string
}

/** Sums may be larger than a JavaScript number can count, so they leave the database as text. */
const sums = {
  name: 'sum deals',
  columns: sql`deal.stage_id, deal.currency, count(*) as deal_count, cast(sum(deal.amount) as text) as amount,
    cast(sum(case when deal.probability is null then 0 else deal.amount end) as text) as own_amount,
    cast(sum(coalesce(deal.amount * deal.probability, 0)) as text) as own_weighted`,
  groups: [sql`deal.stage_id`, sql`deal.currency`],
}

const toSum = (row: SumText): StageTotal => ({
  stageId: row.stage_id,
  currency: row.currency,
  count: Number(row.deal_count),
  amount: BigInt(row.amount),
  ownAmount: BigInt(row.own_amount),
  ownWeighted: BigInt(row.own_weighted),
})

/** What the deals of a filter add up to by stage and currency, counted one by one. */
export const sumDeals = async (db: Db, filter: DealFilter): Promise<StageTotal[]> =>
  (await gather<SumText>(db, filter, sums)).map(toSum)

export const sumDealsWithin = async (db: Db, filter: DealFilter, most: number): Promise<StageTotal[] | null> =>
  (await gatherWithin<SumText>(db, filter, most, sums))?.map(toSum) ?? null

/** The same for each UTC day of one of their dates: all days in one go, because the rows are what takes the time. Deals without the date are left out. */
export async function sumDealsByDay(db: Db, filter: DealFilter, by: DealDate): Promise<(StageTotal & { day: Day })[]> {
  const day = by === 'expectedCloseDate' ? sortColumns[by] : bucket(sortColumns[by], dayInMs)
  const columns = sql`${day} as day, ${sums.columns}`
  const rows = await gather<SumText & { day: Day | number }>(db, filter, {
    name: `sum deals by ${by}`,
    columns,
    groups: [day, ...sums.groups],
  })
  return rows
    .filter((row) => row.day !== '')
    .map((row) => ({
      ...toSum(row),
      day: typeof row.day === 'number' ? new Date(row.day * dayInMs).toISOString().slice(0, 10) : row.day,
    }))
}

const shapeOf = ({ conditions, order, lead, after, offset }: Plan): string =>
  [
    'deals',
    ...conditions.map(({ name }) => name),
    ...order.map(({ by, direction }) => `${by} ${direction}`),
    `by ${lead?.name}`,
    after ? 'after' : '',
    offset ? 'offset' : '',
  ].join('|')

/** So many rows are read and sorted in a millisecond. */
const few = 1000

/**
 * The condition whose index leads to the rows of a page. Without statistics SQLite would guess: it walks all deals in the order of the
 * sort to find the three with a certain tag, or sorts a hundred thousand of a stage for a page of them. So a condition that few rows
 * fulfil leads, and its rows are sorted; where none is so narrow the sort's index is walked, on which matches then are not rare.
 */
async function leader(
  db: Db,
  conditions: readonly Condition[],
  by: DealSort,
  values: Record<string, Value>,
): Promise<Condition | undefined> {
  if (db.engine.kind !== 'sqlite') return undefined
  const able = conditions.filter(({ count }) => count)
  const inOrder = able.find(({ orders }) => orders.includes(by))
  if (inOrder && able.length === 1) return inOrder
  for (const condition of able) if ((await countUpTo(db, condition, values, few)) <= few) return condition
  return inOrder
}

/** How many rows fulfil a condition, counted until there are more than so many. */
async function countUpTo(
  { session }: Db,
  { name, count = () => sql`select 1` }: Condition,
  values: Record<string, Value>,
  most: number,
): Promise<number> {
  const counting = shaped<{ n: number }>(
    `count deals by ${name}`,
    (engine) => sql`select count(*) as n from (${count(engine)} limit ${param('most')}) as found`,
  )
  const row = await session.one(counting, { ...values, most: most + 1 })
  return Number(row?.n ?? 0)
}

function build(engine: EngineKind, { conditions, order, first, lead, after, offset }: Plan) {
  // The rows come in order from the sort's index, or from a lead's that has the same order.
  const inOrder = lead === undefined || lead.orders.includes(first.by)
  const mark = inOrder ? sql`` : unindexed(engine)
  const column = (by: DealSort): Sql => sql`${mark}${sortColumns[by]}`
  const isRange = ({ orders }: Condition) => inOrder && orders.length === 1 && orders[0] === first.by && first.by !== 'id'

  const where = [sql`deal.workspace_id = ${param('workspace')}`]
  for (const condition of conditions) {
    where.push(sql`${condition.sql(engine, condition === lead || isRange(condition) ? 'lead' : 'ask')}`)
  }
  if (after) {
    const sign = sql.raw(first.direction === 'asc' ? '>' : '<')
    where.push(
      first.by === 'id'
        ? sql`${column('id')} ${sign} ${param('afterId')}`
        : sql`(${column(first.by)}, ${column('id')}) ${sign} (${param('afterValue')}, ${param('afterId')})`,
    )
  }
  const by = sql.join(order.map(({ by, direction }) => sql`${column(by)} ${sql.raw(direction)}`))
  const list = sql`from deal where ${sql.join(where, ' and ')} order by ${by} limit ${param('limit')}`
  if (!offset) return sql`select deal.* ${list}`
  // Skipping runs over the index alone where it can; only the rows of the page itself are fetched.
  return sql`select deal.* from deal where deal.id in (select deal.id ${list} offset ${param('offset')}) order by ${by}`
}
