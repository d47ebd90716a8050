import { pipeline, Readable } from 'node:stream'
import { type CsvError, parse } from 'csv-parse'
import { Failure } from '../failure.ts'
import { decode } from './decode.ts'
import { maxRow, type Row, type Source } from './row.ts'

interface Parsed {
  record: string[]
  info: { lines: number }
}

/**
 * Rows of a CSV, its header first. One with too few or too many columns, or with a quote where none may be, is told as one that cannot
 * be taken. Where quoting is broken so that nothing behind it can be trusted, reading fails.
 */
export async function* csvRows({ file, encoding, delimiter }: Source): AsyncGenerator<Row> {
  const skipped: Row[] = []
  let broken: CsvError | undefined
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: maxRow,
    on_skip: (error: CsvError | undefined) => {
      if (error?.code !== 'INVALID_OPENING_QUOTE') broken ??= error
      else
        skipped.push({
          line: Number(error.lines),
          cells: [],
          problem: 'a quote stands in the middle of a field that is not quoted',
        })
      return undefined
    },
  })
  // An error of the file itself comes out of the parser.
  pipeline(Readable.from(decode(file, encoding)), parser, () => {})
  let ended = 0
  let width: number | undefined
  const requireSound = () => {
    if (!broken) return
    const began = Math.max(ended, ...skipped.map(({ line }) => line)) + 1
    throw new Failure(`${file}: ${words(broken, began)} Nothing after it can be trusted, so nothing was imported.`)
  }
  for await (const { record, info } of parser as AsyncIterable<Parsed>) {
    requireSound()
    if (width !== undefined) yield* skipped.splice(0)
    width ??= record.length
    yield { line: info.lines - breaksIn(record), cells: record, ...problemOf(record.length, width) }
    ended = info.lines
  }
  requireSound()
  yield* skipped
}

const breaksIn = (record: readonly string[]): number =>
  record.reduce((sum, cell) => (cell.includes('\n') ? sum + cell.split('\n').length - 1 : sum), 0)

function problemOf(count: number, width: number): { problem: string } | undefined {
  if (count === width) return undefined
  const hint = count < width ? 'the file may be cut off here' : 'a field with the delimiter in it needs quotes'
  return { problem: `has ${count} columns where the header has ${width}; ${hint}` }
}

/** `began`: where the row begins in which it went wrong. */
function words(error: CsvError, began: number): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `the row that begins on line ${began} has a quote that is never closed.`
    case 'CSV_MAX_RECORD_SIZE':
      return `the row that begins on line ${began} is longer than 1 MB; is one of its quotes never closed?`
    case 'CSV_INVALID_CLOSING_QUOTE':
      return `the row on line ${error.lines} has text behind a closing quote; a quote within a quoted field is written twice.`
    default:
      return `line ${error.lines} cannot be read: ${error.message}.`
  }
}
