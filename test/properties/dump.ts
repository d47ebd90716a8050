import type { DatabaseSync, StatementSync } from 'node:sqlite'

const plain = 'membership token pipeline stage deal deal_facet party loss_reason custom_field event record answer'.split(' ')

/** Sums may be larger than a number can count. */
const totalsIn = (table: string) => `select stage_id, currency, deal_count, cast(amount as text), cast(own_amount as text),
  cast(own_weighted as text) from ${table} where workspace_id = ?`

const prepared = new WeakMap<DatabaseSync, StatementSync[]>()

function statementsOf(db: DatabaseSync): StatementSync[] {
  let kept = prepared.get(db)
  if (!kept) {
    // The store itself never lists deleted rows together with the others.
    for (const table of plain.slice(1)) db.exec(`create index dump_${table} on ${table} (workspace_id)`)
    kept = [
      totalsIn('stage_total'),
      totalsIn('closed_from_stage_total'),
      ...plain.map((table) => `select * from ${table} where workspace_id = ?`),
    ].map((sql) => db.prepare(sql))
    for (const statement of kept) statement.setReturnArrays(true)
    prepared.set(db, kept)
  }
  return kept
}

/** Every row of one workspace. */
export const dumpOf = (db: DatabaseSync, workspaceId: number): string =>
  JSON.stringify(statementsOf(db).map((table) => table.all(workspaceId)))

const asText = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value

/** Every row of every table there is, those that the full-text indexes are made of included. */
export function dumpAll(db: DatabaseSync): Record<string, string> {
  const tables = db
    .prepare(`select name from sqlite_master where type = 'table' and sql not like 'create virtual%' order by name`)
    .all()
  const rows = (name: unknown) => {
    const statement = db.prepare(`select * from "${name}"`)
    statement.setReadBigInts(true)
    return JSON.stringify(statement.all(), asText)
  }
  return Object.fromEntries(tables.map(({ name }) => [name, rows(name)]))
}
