import type { Json, JsonObject } from '../../domain/text.ts'
import { Failure } from '../failure.ts'
import { decode } from './decode.ts'
import { maxRow, type Row, type Source } from './row.ts'

/** The objects of a file with one JSON object a line, with their lines. What is no object is told as a row that cannot be taken. */
export async function* ndjsonObjects({
  file,
  encoding,
}: Source): AsyncGenerator<{ line: number; object: JsonObject | undefined }> {
  let rest = ''
  let line = 0
  for await (const text of decode(file, encoding)) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > maxRow)
      throw new Failure(`${file}: line ${line + lines.length + 1} is longer than 1 MB. Is this one JSON object a line?`)
    for (const one of lines) {
      line++
      if (one.trim() !== '') yield { line, object: objectIn(one) }
    }
  }
  if (rest.trim() !== '') yield { line: line + 1, object: objectIn(rest) }
}

/** The rows of such a file under the given columns. */
export async function* ndjsonRows(source: Source, columns: readonly string[]): AsyncGenerator<Row> {
  for await (const { line, object } of ndjsonObjects(source)) {
    yield object
      ? { line, cells: columns.map((column) => object[column] ?? null) }
      : { line, cells: [], problem: 'is not a JSON object; the file may be cut off here' }
  }
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}
