import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Deal, DealFilter, DealQuery, DealSort } from '../domain/deal.ts'
import type { Direction, Page } from '../domain/page.ts'
import { type Condition, conditionsOf, whereOf } from './deal-filter.ts'
import { toDeal } from './deal-row.ts'
import { type EngineKind, param, type Value } from './engine.ts'
import { type Db, raw, shaped } from './rows.ts'
import type { DealRow, Schema } from './schema.ts'

/** What each sort orders by; where it can be empty, the expression that its index has. */
const sortColumns: Readonly<Record<DealSort, RawBuilder<unknown>>> = {
  id: sql`deal.id`,
  title: sql`deal.title`,
  amount: sql`deal.amount`,
  createdAt: sql`deal.created_at`,
  updatedAt: sql`deal.updated_at`,
  expectedCloseDate: sql`coalesce(deal.expected_close_date, '')`,
  stageChangedAt: sql`coalesce(deal.stage_changed_at, 0)`,
  closedAt: sql`coalesce(deal.closed_at, 0)`,
  rank: sql`deal.rank`,
}

/** The value that a deal has in the sort's column, to continue after it. */
const sortValue = (deal: Deal, by: DealSort): string | number => deal[by] ?? (by === 'expectedCloseDate' ? '' : 0)

const rowById = [{ by: 'id', direction: 'asc' }] as const

/** One page of deals, by one statement that is prepared once per shape of query. */
export async function listDeals(db: Db, { filter = {}, sort = rowById, limit, after, offset }: DealQuery): Promise<Page<Deal>> {
  const conditions = conditionsOf(filter, db.workspaceId)
  const order: { by: DealSort; direction: Direction }[] = [...sort]
  const [first = rowById[0]] = order
  if (order.at(-1)?.by !== 'id') order.push({ by: 'id', direction: first.direction })
  if (after && sort.length > 1) throw new Error('a key continues one sort only')
  const shape = [
    'deals',
    ...conditions.map(({ name }) => name),
    ...order.map(({ by, direction }) => `${by} ${direction}`),
    after ? 'after' : '',
    offset ? 'offset' : '',
  ].join('|')
  const query = shaped<DealRow>(shape, (kysely, engine) =>
    build(kysely, engine, conditions, order, after !== undefined, !!offset),
  )
  const values: Record<string, Value> = Object.assign(
    { workspace: db.workspaceId, limit: limit + 1 },
    ...conditions.map((condition) => condition.values),
  )
  if (after) Object.assign(values, { afterValue: after.value, afterId: after.id })
  if (offset) values.offset = offset
  if (conditions.some(({ readsText }) => readsText)) await db.session.settle()
  const rows = await db.session.all(query, values)
  const items = rows.slice(0, limit).map(toDeal)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? { value: sortValue(last, first.by), id: last.id } : null }
}

/** How many deals a filter finds. */
export async function countDeals(db: Db, filter: DealFilter): Promise<number> {
  const conditions = conditionsOf(filter, db.workspaceId)
  const count = shaped<{ n: number }>(`count deals|${conditions.map(({ name }) => name).join('|')}`, (kysely, engine) =>
    raw(kysely, sql<{ n: number }>`select count(*) as n from deal where ${whereOf(engine, conditions)}`),
  )
  const values = Object.assign({ workspace: db.workspaceId }, ...conditions.map((condition) => condition.values))
  if (conditions.some(({ readsText }) => readsText)) await db.session.settle()
  return Number((await db.session.one(count, values))?.n ?? 0)
}

function build(
  db: Kysely<Schema>,
  engine: EngineKind,
  conditions: readonly Condition[],
  order: readonly { by: DealSort; direction: Direction }[],
  hasKey: boolean,
  hasOffset: boolean,
) {
  const where = [whereOf(engine, conditions)]
  const first = order[0] ?? rowById[0]
  if (hasKey) {
    const sign = sql.raw(first.direction === 'asc' ? '>' : '<')
    const key =
      first.by === 'id'
        ? sql`deal.id ${sign} ${param('afterId')}`
        : sql`(${sortColumns[first.by]}, deal.id) ${sign} (${param('afterValue')}, ${param('afterId')})`
    where.push(key)
  }
  const by = sql.join(order.map(({ by, direction }) => sql`${sortColumns[by]} ${sql.raw(direction)}`))
  const list = sql`from deal where ${sql.join(where, sql` and `)} order by ${by} limit ${param('limit')}`
  if (!hasOffset) return raw(db, sql<DealRow>`select deal.* ${list}`)
  // Skipping runs over the index alone; only the rows of the page itself are fetched.
  return raw(
    db,
    sql<DealRow>`select deal.* from deal where deal.id in (select deal.id ${list} offset ${param('offset')}) order by ${by}`,
  )
}
