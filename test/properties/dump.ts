import type { DatabaseSync, StatementSync } from 'node:sqlite'

const own = 'membership token pipeline stage stage_total deal deal_facet party loss_reason custom_field event record answer'

const prepared = new WeakMap<DatabaseSync, StatementSync[]>()

function statementsOf(db: DatabaseSync): StatementSync[] {
  const kept = prepared.get(db) ?? own.split(' ').map((table) => exact(db, `select * from ${table} where workspace_id = ?`))
  prepared.set(db, kept)
  return kept
}

function exact(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql)
  statement.setReadBigInts(true)
  return statement
}

const asText = (rows: unknown): string =>
  JSON.stringify(rows, (_, value) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  )

/** Every row of one workspace. */
export const dumpOf = (db: DatabaseSync, workspaceId: number): string =>
  asText(statementsOf(db).map((table) => table.all(workspaceId)))

/** Every row of every table there is, those that the full-text indexes are made of included. */
export function dumpAll(db: DatabaseSync): Record<string, string> {
  const tables = db
    .prepare(`select name from sqlite_master where type = 'table' and sql not like 'create virtual%' order by name`)
    .all()
  return Object.fromEntries(tables.map(({ name }) => [name, asText(exact(db, `select * from "${name}"`).all())]))
}
