import { randomFillSync } from 'node:crypto'
import { v7 as uuid } from 'uuid'
import type { Identity } from '../domain/store.ts'
import { type Engine, param, returning, type Session, type Statement, statement, type Value, type Values } from './engine.ts'
import type { Schema } from './schema.ts'
import { type Sql, sql } from './sql.ts'

/** What every table needs: a session to run on and the workspace whose rows it may touch. */
export interface Db {
  readonly session: Session
  readonly engine: Engine
  readonly workspaceId: number
}

type TableName = keyof Schema

/** SQLite counts in a table; in PostgreSQL that would be a row that all writers wait for, so there it is a sequence: `deal_ids`. */
const nextId = returning<{ value: number }>((engine) =>
  engine === 'sqlite'
    ? sql`insert into sequence (name, value) values (${param('name')}, 1)
        on conflict (name) do update set value = sequence.value + 1 returning value`
    : sql`select nextval(cast(${param('name')} || '_ids' as regclass)) as value`,
)

/** amoCRM's two system statuses are the same number in every account; no stage is ever called so. */
const reserved: ReadonlySet<number> = new Set([142, 143])

const randomness = new Uint8Array(16 * 256)
let used = randomness.length
let last = { ms: 0, count: 0 }

/** A uuid that sorts by time, those of one millisecond in the order they were made. Randomness is taken in blocks: a call for each costs more than a row. */
export function newUuid(): string {
  if (used === randomness.length) {
    randomFillSync(randomness)
    used = 0
  }
  const random = randomness.subarray(used, (used += 16))
  const now = Date.now()
  const start = ((random[6] ?? 0) << 16) | ((random[7] ?? 0) << 8) | (random[8] ?? 0)
  last = now > last.ms ? { ms: now, count: start } : { ms: last.ms, count: last.count + 1 }
  return uuid({ random, msecs: last.ms, seq: last.count })
}

/** The next id of a table (contacts and companies share theirs) and a uuid that sorts by time. */
export async function identify({ session }: Pick<Db, 'session'>, name: string): Promise<Identity> {
  for (;;) {
    const row = await session.one(nextId, { name })
    const id = row?.value ?? 0
    if (name !== 'stage' || !reserved.has(id)) return { id, uuid: newUuid() }
  }
}

const nextIds = returning<{ value: number }>((engine) =>
  engine === 'sqlite'
    ? sql`insert into sequence (name, value) values (${param('name')}, ${param('count')})
        on conflict (name) do update set value = sequence.value + ${param('count')} returning value`
    : sql`select nextval(cast(${param('name')} || '_ids' as regclass)) as value from generate_series(1, cast(${param('count')} as integer))`,
)

const putBack = statement(
  () => sql`update sequence set value = ${param('last')} where name = ${param('name')} and value = ${param('taken')}`,
)

/** Ids that are nobody's yet, `end` excluded. */
export interface IdRange {
  next: number
  end: number
}

/** Takes so many ids at once, or fewer where others take some meanwhile. */
export async function takeIds({ session, engine }: Db, name: string, count: number): Promise<IdRange> {
  const values = (await session.all(nextIds, { name, count })).map(({ value }) => value)
  if (engine.kind === 'sqlite') {
    const end = (values[0] ?? 0) + 1
    return { next: end - count, end }
  }
  const [next = 0] = values
  const unbroken = values.findIndex((value, index) => value !== next + index)
  return { next, end: next + (unbroken < 0 ? values.length : unbroken) }
}

/** Gives back those that were not used, in the transaction that took them. A sequence of PostgreSQL takes none back. */
export async function returnIds({ session, engine }: Db, name: string, { next, end }: IdRange): Promise<void> {
  if (engine.kind === 'sqlite') await session.run(putBack, { name, last: next - 1, taken: end - 1 })
}

/** A row as it is kept: a value for each column of its table. */
export type Columns = Readonly<Record<string, Value>>

const kept = new Map<string, Statement<unknown>>()

/** Far more than real clients need; whoever combines filters at random shall not fill the memory with statements. */
const maxShapes = 2000

/** A statement for every shape of query that occurs, built when it is first needed. */
export function shaped<Row>(shape: string, build: Statement<Row>['build']): Statement<Row> {
  let known = kept.get(shape)
  if (!known) {
    if (kept.size >= maxShapes) kept.clear()
    known = statement(build)
    kept.set(shape, known)
  }
  return known as Statement<Row>
}

const names = (columns: readonly string[]) => sql.join(columns.map((column) => sql.ref(column)))
const values = (columns: readonly string[]) => sql.join(columns.map((column) => param(column)))

/** `insert into table`, every column given. */
export function insertRow({ session }: Pick<Db, 'session'>, table: TableName, row: Columns): void | Promise<void> {
  const columns = Object.keys(row)
  const insert = shaped(
    `insert ${table} ${columns.length}`,
    () => sql`insert into ${sql.ref(table)} (${names(columns)}) values (${values(columns)})`,
  )
  return session.run(insert, row)
}

/** Rows of a table that come as a JSON array, see {@link asRows}. PostgreSQL takes any number of them in one statement. */
export const rowsOf = (table: string, columns: readonly string[]): Sql =>
  sql`select ${names(columns)} from json_populate_recordset(cast(null as ${sql.ref(table)}), cast(${param('rows')} as json))`

/** What a JSON text may say and a text of PostgreSQL cannot: NUL, and half a surrogate pair. */
const unclean = /\\u(?:0000|d[89a-f])/

export function asRows(rows: readonly Columns[]): { rows: string } {
  const text = JSON.stringify(rows)
  return { rows: unclean.test(text) ? JSON.stringify(rows, clean) : text }
}

const clean = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value

/**
 * `insert into table` for any number of rows that name the same columns; `isThere`: what is done about those whose key is there already.
 * SQLite writes them one by one, because one statement for many gains it nothing; PostgreSQL as JSON, unless there is only one.
 */
export async function insertRows(
  { session, engine }: Pick<Db, 'session' | 'engine'>,
  table: TableName,
  rows: readonly Columns[],
  isThere: 'refused' | 'ignored' = 'refused',
): Promise<void> {
  const [first] = rows
  if (!first) return
  const columns = Object.keys(first)
  const isOne = rows.length === 1
  const insert = shaped(`insert ${isOne ? 'one' : 'many'} ${table} ${columns.length} ${isThere}`, (engine) => {
    const given = isOne || engine === 'sqlite' ? sql`values (${values(columns)})` : rowsOf(table, columns)
    return sql`insert into ${sql.ref(table)} (${names(columns)}) ${given} ${isThere === 'ignored' ? sql`on conflict do nothing` : sql``}`
  })
  if (engine.kind === 'postgres') await session.run(insert, isOne ? first : asRows(rows))
  else
    for (const row of rows) {
      const turn = session.run(insert, row)
      if (turn) await turn
    }
}

/** Writes the columns that differ, and only those: a column that stays costs no index a write. */
export function updateRow(
  { session }: Pick<Db, 'session'>,
  table: TableName,
  before: Columns | null,
  after: Columns,
): void | Promise<void> {
  const columns = Object.keys(after).filter((column) => column !== 'id' && after[column] !== before?.[column])
  if (columns.length === 0) return
  const update = shaped(`update ${table} ${columns.join()}`, () => {
    const set = sql.join(columns.map((column) => sql`${sql.ref(column)} = ${param(column)}`))
    return sql`update ${sql.ref(table)} set ${set} where id = ${param('id')} and workspace_id = ${param('workspace_id')}`
  })
  return session.run(update, after)
}

/** A row of this workspace by its id. */
export function getRow<Row>({ session, workspaceId }: Db, table: TableName, id: number): Promise<Row | undefined> {
  if (!Number.isSafeInteger(id)) return Promise.resolve(undefined)
  const get = shaped<Row>(
    `get ${table}`,
    () => sql`select * from ${sql.ref(table)} where id = ${param('id')} and workspace_id = ${param('workspace')}`,
  )
  return Promise.resolve(session.one(get, { id, workspace: workspaceId }))
}

/** A row of this workspace by its uuid. */
export function getRowByUuid<Row>({ session, workspaceId }: Db, table: TableName, uuid: string): Promise<Row | undefined> {
  const get = shaped<Row>(
    `get ${table} by uuid`,
    () => sql`select * from ${sql.ref(table)} where uuid = ${param('uuid')} and workspace_id = ${param('workspace')}`,
  )
  return Promise.resolve(session.one(get, { uuid, workspace: workspaceId }))
}

export async function all<Row, T>(
  { session, workspaceId }: Db,
  query: Statement<Row>,
  to: (row: Row) => T,
  args: Values = {},
): Promise<T[]> {
  return (await session.all(query, { workspace: workspaceId, ...args })).map(to)
}

export async function one<Row, T>(
  { session, workspaceId }: Db,
  query: Statement<Row>,
  to: (row: Row) => T,
  args: Values = {},
): Promise<T | undefined> {
  const row = await session.one(query, { workspace: workspaceId, ...args })
  return row === undefined ? undefined : to(row)
}

/** The five things that every noun with few rows can do. */
export const nounTable = <Row extends object, T>(
  db: Db,
  table: TableName,
  to: (row: Row) => T,
  toRow: (record: T, workspaceId: number) => Row,
) => ({
  identify: () => identify(db, table),
  get: async (id: number) => {
    const row = await getRow<Row>(db, table, id)
    return row && to(row)
  },
  byUuid: async (uuid: string) => {
    const row = await getRowByUuid<Row>(db, table, uuid)
    return row && to(row)
  },
  insert: async (record: T) => insertRow(db, table, toRow(record, db.workspaceId) as Columns),
  save: async (record: T) => updateRow(db, table, null, toRow(record, db.workspaceId) as Columns),
})

export const parse = <T>(text: string | null, empty: T): T => (text === null ? empty : (JSON.parse(text) as T))
