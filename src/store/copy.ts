import { carryCounters } from './copy/counters.ts'
import { type CopiedTable, copiedTables, readingOf, writingOf } from './copy/tables.ts'
import { toDeal } from './deal-row.ts'
import { customText } from './deals.ts'
import * as read from './doctor/statements.ts'
import { type Engine, type Session, statement, type Value } from './engine.ts'
import type { Db } from './rows.ts'
import type { DealRow } from './schema.ts'
import { indexing } from './search.ts'
import { sql } from './sql.ts'

/** The store that was to be copied into has something in it. */
export class StoreNotEmpty extends Error {
  override readonly name = 'StoreNotEmpty'
}

/** So many rows are on their way at once. */
const batch = 1000

const anyWorkspace = statement(() => sql`select 1 from workspace limit 1`)

/**
 * Copies everything, as it is at one moment, into an empty store on whichever engine, in one transaction: it is there whole or not at all.
 * Tables and columns are those that both databases have, so that a later one comes along by itself. Returns the number of rows.
 */
export const copyStore = (
  from: Engine,
  to: Engine,
  onProgress: (done: number, total: number, table: string) => void,
): Promise<number> =>
  from.snapshot(async (source) => {
    const tables = await copiedTables(source, to)
    const counts = new Map<string, number>()
    for (const table of tables) counts.set(table.name, await countOf(source, table.name))
    const texts = (counts.get('deal') ?? 0) + (counts.get('party') ?? 0)
    const total = [...counts.values()].reduce((sum, count) => sum + count, texts)
    return to.transaction(async (target) => {
      if ((await target.one(anyWorkspace, {})) !== undefined)
        throw new StoreNotEmpty('The store to copy into has something in it already. Name an empty one.')
      let done = 0
      const tell = (count: number, table: string) => {
        done += count
        onProgress(done, total, table)
      }
      for (const table of tables) await copyTable(source, from, target, to, table, (count) => tell(count, table.name))
      await writeTexts(source, { session: target, engine: to }, (count) => tell(count, 'search'))
      await carryCounters(source, target, to.kind)
      return done - texts
    })
  })

const countOf = async (session: Session, table: string): Promise<number> =>
  (
    await session.one(
      statement<{ n: number }>(() => sql`select count(*) as n from ${sql.ref(table)}`),
      {},
    )
  )?.n ?? 0

type Row = Readonly<Record<string, Value>>

async function copyTable(
  source: Session,
  from: Engine,
  target: Session,
  to: Engine,
  table: CopiedTable,
  tell: (count: number) => void,
): Promise<void> {
  const write = writingOf(table, to.kind)
  const put = async (rows: readonly Row[]) => {
    // A text with half a surrogate pair is none for PostgreSQL; SQLite keeps it as the sign for what cannot be read.
    if (to.kind === 'postgres') await target.all(write, { rows: JSON.stringify(rows, wellFormed) })
    else for (const row of rows) await target.run(write, row)
    tell(rows.length)
  }
  for await (const rows of inBatches(source.each<Row>(readingOf(table, from.kind), {}))) await put(rows)
}

async function* inBatches<T>(all: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T[]> {
  let rows: T[] = []
  for await (const row of all) {
    if (rows.push(row) < batch) continue
    yield rows
    rows = []
  }
  if (rows.length > 0) yield rows
}

const wellFormed = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : typeof value === 'bigint' ? String(value) : value

/** The search indexes are each engine's own; they are made anew from the texts. */
async function writeTexts(
  source: Session,
  to: { session: Session; engine: Engine },
  tell: (count: number) => void,
): Promise<void> {
  const write = async <R extends { id: number; workspace_id: number }, T>(
    rows: readonly R[],
    index: (db: Db, texts: readonly { id: number; texts: T }[]) => Promise<void>,
    textsOf: (row: R) => T,
  ) => {
    for (const [workspaceId, own] of Map.groupBy(rows, (row) => row.workspace_id))
      await index(
        { ...to, workspaceId },
        own.map((row) => ({ id: row.id, texts: textsOf(row) })),
      )
    await to.session.settle()
    tell(rows.length)
  }
  const [dealText, partyText] = [indexing('deal'), indexing('party')]
  const dealTexts = (row: DealRow) => ({ title: row.title, custom: customText(toDeal(row)) })
  for await (const rows of inBatches(source.each(read.deals, {}))) await write(rows, dealText, dealTexts)
  for await (const rows of inBatches(source.each(read.parties, {}))) await write(rows, partyText, ({ name }) => ({ name }))
}
