import type { Answer } from '../../../http/speak.ts'

/** A report as a table: names of columns and rows. */
export interface Table {
  columns: readonly string[]
  rows: readonly (readonly (string | number | null)[])[]
}

/** RFC 4180. Names that begin like a formula are kept from being one where a spreadsheet opens them. */
export async function csv(name: string, { columns, rows }: Table): Promise<Answer> {
  // Loaded when somebody asks for a table: most servers never do.
  const { stringify } = await import('csv-stringify/sync')
  return {
    status: 200,
    headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}.csv"` },
    body: Buffer.from(stringify([columns, ...rows], { record_delimiter: 'windows', escape_formulas: true })),
  }
}

/** The first of the types that the header names, without weights: nobody asks for a table by weight. */
export const wantsCsv = (accept: string | undefined): boolean => /^\s*text\/csv\b/i.test(accept ?? '')
