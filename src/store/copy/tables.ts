import { type Engine, type EngineKind, param, type Session, type Statement, statement, type Value } from '../engine.ts'
import { type Sql, sql } from '../sql.ts'

/** Which tables and columns two databases have in common, and how their rows are read and written. */

export interface CopiedTable {
  name: string
  columns: readonly string[]
  /** Columns of the primary key. */
  key: readonly string[]
  /** A total that is kept in several rows in one of the two; it is copied as their sum. */
  isStriped: boolean
}

interface ColumnRow {
  table_name: string
  name: string
  in_key: number
}

/** Of the engine's own, or made anew. */
const left: ReadonlySet<string> = new Set(['sequence', 'schema_version', 'deal_text', 'party_text'])

const columnsOf = statement<ColumnRow>((engine) =>
  engine === 'sqlite'
    ? sql`select m.name as table_name, c.name as name, min(c.pk, 1) as in_key from sqlite_schema as m, pragma_table_info(m.name) as c
        where m.type = 'table' order by m.name, c.cid`
    : sql`select c.table_name::text as table_name, c.column_name::text as name, case when k.column_name is null then 0 else 1 end as in_key
        from information_schema.columns as c join information_schema.tables as t using (table_schema, table_name)
        left join information_schema.table_constraints as p
          on p.table_schema = c.table_schema and p.table_name = c.table_name and p.constraint_type = 'PRIMARY KEY'
        left join information_schema.key_column_usage as k
          on k.constraint_schema = p.constraint_schema and k.constraint_name = p.constraint_name and k.column_name = c.column_name
        where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' order by c.table_name, c.ordinal_position`,
)

const byTable = async (session: Session) => Map.groupBy(await session.all(columnsOf, {}), (row) => row.table_name)

/** The tables of both databases; what only one engine needs is left out. */
export async function copiedTables(source: Session, to: Engine): Promise<CopiedTable[]> {
  const [ours, theirs] = [await byTable(source), await byTable(to.reader)]
  return [...ours].flatMap(([name, columns]) => {
    const others = theirs.get(name)
    if (!others || left.has(name)) return []
    const both = columns.filter((column) => others.some((other) => other.name === column.name)).map((column) => column.name)
    const isStriped = [...columns, ...others].some((column) => column.name === 'stripe')
    // SQLite calls the id alone the key where PostgreSQL has the workspace before it; either tells one row from another.
    const key = columns.filter((column) => column.in_key === 1 && column.name !== 'stripe').map((column) => column.name)
    const all = isStriped ? [...both.filter((column) => column !== 'stripe'), ...stripeIn(others)] : both
    return [{ name, columns: all, key, isStriped }]
  })
}

const stripeIn = (columns: readonly ColumnRow[]): string[] => (columns.some(({ name }) => name === 'stripe') ? ['stripe'] : [])

type Row = Readonly<Record<string, Value>>

/** All rows in the order of their key. A sum may be larger than a number can count, so it leaves the database as text. */
export function readingOf({ name, columns, key, isStriped }: CopiedTable, engine: EngineKind): Statement<Row> {
  const keys = sql.join(key.map(sql.ref))
  const order = sql`order by ${engine === 'sqlite' || !columns.includes('workspace_id') || key.includes('workspace_id') ? keys : sql`workspace_id, ${keys}`}`
  const column = (of: string): Sql => {
    if (!isStriped || key.includes(of)) return sql.ref(of)
    return of === 'stripe' ? sql`0 as stripe` : sql`cast(sum(${sql.ref(of)}) as text) as ${sql.ref(of)}`
  }
  return statement(
    () =>
      sql`select ${sql.join(columns.map(column))} from ${sql.ref(name)} ${isStriped ? sql`group by ${keys}` : sql``} ${order}`,
  )
}

/** Writes one row where rows are written one by one, or a JSON array of them. */
export function writingOf({ name, columns }: CopiedTable, engine: EngineKind): Statement<unknown> {
  const names = sql.join(columns.map(sql.ref))
  return statement(() =>
    engine === 'sqlite'
      ? sql`insert into ${sql.ref(name)} (${names}) values (${sql.join(columns.map(param))})`
      : sql`insert into ${sql.ref(name)} (${names})
          select ${names} from json_populate_recordset(cast(null as ${sql.ref(name)}), cast(${param('rows')} as json))`,
  )
}
