import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Engine, param, type Statement, statement } from '../../src/store/engine.ts'
import { type Sql, sql } from '../../src/store/sql.ts'

const prepared = new WeakMap<DatabaseSync, StatementSync[]>()

/** One statement for every table whose rows belong to a workspace. Sums may be larger than a number can count, so all is read as text. */
function statementsOf(db: DatabaseSync): StatementSync[] {
  let kept = prepared.get(db)
  if (!kept) {
    const tables = db
      .prepare(`select m.name as name, group_concat('cast("' || c.name || '" as text)') as columns from sqlite_master as m, pragma_table_info(m.name) as c
        where m.type = 'table' group by m.name having sum(c.name = 'workspace_id') > 0`)
      .all()
    // The store itself never lists deleted rows together with the others.
    for (const { name } of tables) db.exec(`create index if not exists dump_${name} on "${name}" (workspace_id)`)
    kept = tables.map(({ name, columns }) => db.prepare(`select ${columns} from "${name}" where workspace_id = ?`))
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

const dumps = new WeakMap<Engine, { all: Statement<{ dump: string }>; ofOne: Statement<{ dump: string }> }>()

/** As {@link dumpOf} or {@link dumpAll}, in PostgreSQL; all tables at one moment. */
export async function dumpPostgres(engine: Engine, workspaceId: number | undefined): Promise<string> {
  const { all, ofOne } = dumps.get(engine) ?? (await statementsFor(engine))
  const row = await (workspaceId === undefined
    ? engine.reader.one(all, {})
    : engine.reader.one(ofOne, { workspace: workspaceId }))
  return row?.dump ?? ''
}

async function statementsFor(engine: Engine) {
  const tables = await engine.reader.all(tablesOf, {})
  const dump = (names: readonly string[], where: Sql) =>
    sql`select string_agg(name || rows, '\n' order by name) as dump from (${sql.join(
      names.map(
        (name) =>
          sql`select ${sql.lit(name)} as name, coalesce(string_agg(t::text, '\n' order by t::text collate "C"), '') as rows from ${sql.ref(name)} as t ${where}`,
      ),
      ' union all ',
    )}) as dumped`
  const owned = tables.filter(({ owned }) => owned).map(({ name }) => name)
  const made = {
    all: statement<{ dump: string }>(() =>
      dump(
        tables.map(({ name }) => name),
        sql``,
      ),
    ),
    ofOne: statement<{ dump: string }>(() => dump(owned, sql`where workspace_id = ${param('workspace')}`)),
  }
  dumps.set(engine, made)
  return made
}

const tablesOf = statement<{ name: string; owned: boolean }>(
  () =>
    sql`select table_name::text as name, bool_or(column_name = 'workspace_id') as owned from information_schema.columns
      where table_schema = current_schema() group by table_name`,
)
