import { param, type Statement, statement } from './engine.ts'
import { rowsOf } from './rows.ts'
import type { Schema } from './schema.ts'
import { sql } from './sql.ts'

/**
 * The statement that adds amounts to the rows of a table of sums, for `Session.tally`. PostgreSQL, where many write at once, keeps each sum
 * in several rows, the stripes, one for each of its writing connections; there it takes as many rows as there are. Where SQLite has the
 * column as well, it is 0.
 */
export const adding = (
  table: keyof Schema,
  keys: readonly string[],
  sums: readonly string[],
  { isStripedAnyway }: { isStripedAnyway: boolean },
): Statement<unknown> =>
  statement((engine) => {
    const all = engine === 'sqlite' && !isStripedAnyway ? keys : [...keys, 'stripe']
    const columns = [...all, ...sums]
    const given = sql.join(columns.map((column) => (column === 'stripe' ? sql.lit(0) : param(column))))
    return sql`insert into ${sql.ref(table)} (${sql.join(columns.map(sql.ref))})
      ${engine === 'sqlite' ? sql`values (${given})` : rowsOf(table, columns)}
      on conflict (${sql.join(all.map(sql.ref))}) do update set ${sql.join(
        sums.map((column) => sql`${sql.ref(column)} = ${sql.ref(`${table}.${column}`)} + ${sql.ref(`excluded.${column}`)}`),
      )}`
  })
