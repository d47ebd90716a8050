import tag, { join, raw, type Sql } from 'sql-template-tag'

export type { Sql }

/** SQL with values, other pieces and names of values in it: `sql\`select * from deal where id = ${param('id')}\``. */
export function sql(texts: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  return tag(texts, ...values)
}

/** Text that is SQL itself. Never anything that came from outside. */
sql.raw = (text: string): Sql => raw(text)

/** Pieces with commas, or something else, between them. */
sql.join = (pieces: readonly unknown[], between = ', '): Sql => join(pieces, between)

/** The name of a column or table, dotted where it belongs to one: `deal.id`. */
sql.ref = (name: string): Sql =>
  raw(
    name
      .split('.')
      .map((part) => `"${part.replaceAll('"', '""')}"`)
      .join('.'),
  )

/** A text in the statement itself, where an index only serves the statement that has it. */
sql.lit = (value: string | number): Sql => raw(typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`)
