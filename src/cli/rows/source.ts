import { Failure } from '../failure.ts'
import { csvRows } from './csv.ts'
import { decode, encodingOf, unpackedName } from './decode.ts'
import { ndjsonObjects, ndjsonRows } from './ndjson.ts'
import { type Format, maxRow, type Row, type Source } from './row.ts'

export interface SourceOptions {
  format: Format | undefined
  encoding: string | undefined
  delimiter: string | undefined
}

/** Finds out what is not said about a file: its format by its name, its encoding by its mark, its delimiter by its header. */
export async function openSource(file: string, { format, encoding: said, delimiter }: SourceOptions): Promise<Source> {
  const encoding = await encodingOf(file, said)
  if ((format ?? (/\.(ndjson|jsonl)$/i.test(unpackedName(file)) ? 'ndjson' : 'csv')) === 'ndjson')
    return { file, encoding, format: 'ndjson', delimiter: '' }
  return { file, encoding, format: 'csv', delimiter: delimiter ?? delimiterIn(await firstLine(file, encoding)) }
}

/** The names of the columns. A file of JSON objects is read whole for them, because each line may have others. */
export async function columnsOf(source: Source): Promise<readonly string[]> {
  if (source.format === 'ndjson') {
    const columns = new Set<string>()
    for await (const { object } of ndjsonObjects(source)) for (const key of Object.keys(object ?? {})) columns.add(key)
    if (columns.size > 1000)
      throw new Failure(`${source.file} has more than 1,000 different fields. Is this one JSON object a record?`)
    return [...columns]
  }
  for await (const { cells } of csvRows(source)) return cells.map((name) => String(name).trim())
  throw new Failure(`${source.file} is empty. A CSV begins with a line of column names.`)
}

/** The rows of a file, from its beginning and without its header. */
export async function* rowsOf(source: Source, columns: readonly string[]): AsyncGenerator<Row> {
  if (source.format === 'ndjson') return yield* ndjsonRows(source, columns)
  let isHeader = true
  for await (const row of csvRows(source)) {
    if (!isHeader) yield row
    isHeader = false
  }
}

async function firstLine(file: string, encoding: string): Promise<string> {
  let text = ''
  for await (const piece of decode(file, encoding)) {
    text += piece
    const line = /^\s*([^\r\n]*)[\r\n]/.exec(text)
    if (line) return line[1] ?? ''
    if (text.length > maxRow) break
  }
  return text
}

/** The separator that the header has most of, quoted text aside. */
function delimiterIn(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '')
  const count = (separator: string) => bare.split(separator).length
  return [',', ';', '\t', '|'].reduce((best, other) => (count(other) > count(best) ? other : best))
}
