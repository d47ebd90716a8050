import type { Deal } from '../../src/domain/deal.ts'
import type { Event } from '../../src/domain/events.ts'
import type { Stretch } from '../../src/domain/reports/life.ts'
import { insertDeals } from '../../src/store/deals.ts'
import { type Engine, type Session, statement } from '../../src/store/engine.ts'
import { appendEvents } from '../../src/store/history.ts'
import { fromStretch } from '../../src/store/reports/lives.ts'
import { balances, passages, summed } from '../../src/store/reports/recompute.ts'
import { type Columns, type Db, insertRows } from '../../src/store/rows.ts'
import { sql } from '../../src/store/sql.ts'

/**
 * Deals with their histories, written as fast as a database takes rows: many at a time, into tables that have no index meanwhile but
 * their keys, and the ledgers summed up once at the end. What is there afterwards is what an import leaves.
 */

export interface Lived {
  deal: Deal
  events: readonly Omit<Event, 'id'>[]
  life: readonly Stretch[]
}

const tables = ['deal', 'deal_text', 'event', 'stretch']

/** Makes room for the load, and tells how to end it. */
export async function beginLoad(engine: Engine): Promise<() => Promise<void>> {
  const indexes = await engine.reader.all(secondary, {})
  await engine.transaction(async (session) => {
    for (const { name } of indexes) await session.run(raw(`drop index ${name}`), {})
  })
  return async () => {
    for (const { definition } of indexes) await atLength(engine, (session) => session.run(raw(definition), {}))
    for (const { table, keys, sums, postings } of [balances, passages]) {
      const columns = sql.join([...keys, ...sums].map((name) => sql.ref(name)))
      const fill = statement(
        () =>
          sql`insert into ${sql.ref(table)} (${columns}, stripe) select ${columns}, 0 from (${summed({ table, keys, sums, postings }, postings)}) as kept`,
      )
      await atLength(engine, (session) => session.run(fill, {}))
    }
  }
}

const raw = (text: string) => statement(() => sql.raw(text))

const secondary = statement<{ name: string; definition: string }>((engine) => {
  const ours = sql.join(tables.map((name) => sql.lit(name)))
  return engine === 'sqlite'
    ? sql`select name, sql as definition from sqlite_schema where type = 'index' and sql is not null and tbl_name in (${ours})`
    : sql`select indexname::text as name, indexdef as definition from pg_indexes where schemaname = current_schema()
        and tablename in (${ours}) and indexname not in (select conname from pg_constraint)`
})

/** One that may run for minutes. */
const atLength = (engine: Engine, work: (session: Session) => void | Promise<void>): Promise<void> =>
  engine.transaction(async (session) => {
    if (engine.kind === 'postgres') await session.run(raw('set local statement_timeout = 0'), {})
    await work(session)
  })

export const load = (engine: Engine, workspaceId: number, lived: readonly Lived[]): Promise<void> =>
  engine.transaction(async (session) => {
    const db: Db = { session, engine, workspaceId }
    await insertDeals(
      db,
      lived.map(({ deal }) => deal),
    )
    await appendEvents(
      db,
      lived.flatMap(({ events }) => events),
    )
    const stretches = lived.flatMap(({ deal, life }) => life.map((stretch) => fromStretch(stretch, workspaceId, deal.id)))
    await insertRows(db, 'stretch', stretches as unknown as Columns[])
  })
