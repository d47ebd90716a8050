import type { Json } from '../../domain/text.ts'

/** A file of rows: a CSV with a header, or a JSON object a line. */
export interface Source {
  file: string
  format: Format
  encoding: string
  /** Of a CSV. */
  delimiter: string
}

export type Format = 'csv' | 'ndjson'

/** One row as it stands in the file. */
export interface Row {
  /** The line it begins on, counted from 1. */
  line: number
  cells: readonly Json[]
  /** Why it cannot be taken as a row. */
  problem?: string
}

/** The longest row that is read. A quote that is never closed would otherwise take in the rest of the file. */
export const maxRow = 1024 * 1024
