import { Failure } from '../failure.ts'
import { decode } from './decode.ts'
import { maxRow, type Row, type Source } from './row.ts'

/**
 * Rows of a CSV, its header first. One with too few or too many columns, or with a quote where none may be, is told as one that cannot
 * be taken. Where quoting is broken so that nothing behind it can be trusted, reading fails.
 */
export async function* csvRows({ file, encoding, delimiter }: Source): AsyncGenerator<Row> {
  const reader = new Reader(file, delimiter)
  for await (const text of decode(file, encoding)) yield* reader.read(text)
  yield* reader.read('', true)
}

/** What was found from a place in the text on: a record and where it ends, or nothing while its end has not come. */
type Found = { cells: string[]; end: number } | { problem: string; end: number } | undefined

export class Reader {
  readonly #file: string
  readonly #delimiter: string
  /** What has come of the record that has not ended, and the line that it begins on. */
  #rest = ''
  #line = 1
  #width: number | undefined
  /** Before the header nothing can be told. */
  readonly #early: Row[] = []
  /** Lines may end as those of old Macs did. */
  #isMac: boolean | undefined

  constructor(file: string, delimiter: string) {
    this.#file = file
    this.#delimiter = delimiter
  }

  /** The rows that have ended with this piece of the text. */
  read(piece: string, isLast = false): Row[] {
    this.#isMac ??= /\r[^\n]/.test(piece) && !piece.includes('\n')
    const text = this.#rest + (this.#isMac ? piece.replaceAll('\r', '\n') : piece)
    const rows: Row[] = []
    let [at, quote] = [0, text.indexOf('"')]
    while (at < text.length) {
      const lineEnd = endOfLine(text, at)
      if (lineEnd === text.length && !isLast) break
      if (quote >= 0 && quote < at) quote = text.indexOf('"', at)
      const isPlain = quote < 0 || quote > lineEnd
      const line = isPlain ? cut(text, at, lineEnd) : undefined
      const found: Found =
        line === undefined ? this.#quoted(text, at, isLast) : { cells: line.split(this.#delimiter), end: lineEnd }
      if (!found) break
      // A line with nothing in it is no record.
      if (line !== '') this.#take(found, rows)
      this.#line += isPlain ? 1 : linesIn(text, at, found.end) + 1
      at = found.end + 1
    }
    this.#rest = text.slice(at)
    if (this.#rest.length > maxRow)
      throw this.#broken(`the row that begins on line ${this.#line} is longer than 1 MB; is one of its quotes never closed?`)
    return rows
  }

  #take(found: NonNullable<Found>, rows: Row[]): void {
    const line = this.#line
    if ('problem' in found) {
      const row = { line, cells: [], problem: found.problem }
      if (this.#width === undefined) this.#early.push(row)
      else rows.push(row)
      return
    }
    const { cells } = found
    const isHeader = this.#width === undefined
    this.#width ??= cells.length
    rows.push({ line, cells, ...problemOf(cells.length, this.#width) })
    if (isHeader) rows.push(...this.#early)
  }

  /** A record with quotes in it, field by field. */
  #quoted(text: string, start: number, isLast: boolean): Found {
    const cells: string[] = []
    for (let at = start; ; at += this.#delimiter.length) {
      if (text[at] === '"') {
        const closing = closingQuote(text, at + 1)
        // One at the very end may be the first half of one that is written twice.
        if (!isLast && (closing < 0 || closing + 2 > text.length - 1)) return undefined
        if (closing < 0) throw this.#broken(`the row that begins on line ${this.#line} has a quote that is never closed.`)
        cells.push(text.slice(at + 1, closing).replaceAll('""', '"'))
        at = closing + 1
        const end = text[at] === '\r' && text[at + 1] === '\n' ? at + 1 : at
        if (end >= text.length || text[end] === '\n') return { cells, end }
        if (!text.startsWith(this.#delimiter, at))
          throw this.#broken(
            `the row on line ${this.#line + linesIn(text, start, at)} has text behind a closing quote; a quote within a quoted field is written twice.`,
          )
        continue
      }
      const lineEnd = endOfLine(text, at)
      if (lineEnd === text.length && !isLast) return undefined
      const next = text.indexOf(this.#delimiter, at)
      const isLastField = next < 0 || next > lineEnd
      const cell = isLastField ? cut(text, at, lineEnd) : text.slice(at, next)
      if (cell.includes('"')) return { problem: 'a quote stands in the middle of a field that is not quoted', end: lineEnd }
      cells.push(cell)
      if (isLastField) return { cells, end: lineEnd }
      at = next
    }
  }

  #broken(words: string): Failure {
    return new Failure(`${this.#file}: ${words} Nothing after it can be trusted, so nothing was imported.`)
  }
}

/** Where the line ends: at its line feed, or with the text. */
function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from)
  return at < 0 ? text.length : at
}

/** The text without the carriage return before its line feed. */
const cut = (text: string, from: number, to: number): string => text.slice(from, text[to - 1] === '\r' && to > from ? to - 1 : to)

/** The quote that ends a field, past those that are written twice; -1 where it has not come. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  return at
}

function linesIn(text: string, from: number, to: number): number {
  let lines = 0
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

function problemOf(count: number, width: number): { problem: string } | undefined {
  if (count === width) return undefined
  const hint = count < width ? 'the file may be cut off here' : 'a field with the delimiter in it needs quotes'
  return { problem: `has ${count} columns where the header has ${width}; ${hint}` }
}
