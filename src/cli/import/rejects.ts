import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { stringify } from 'csv-stringify/sync'
import type { Row } from '../rows/row.ts'
import { textOf } from '../rows/values.ts'

/** Where refused rows go: a CSV with their line, the reason and their cells, to be put right and imported again. */
export interface Rejects {
  write(row: Row, reason: string): void
  close(): Promise<void>
}

/** The columns before the file's own; no import takes them for anything. */
const own = ['rejected_line', 'rejected_because']

/** Opens the reject file, or fails before anything is imported. */
export async function openRejects(file: string, columns: readonly string[]): Promise<Rejects> {
  const out = createWriteStream(file)
  await once(out, 'open')
  const done = finished(out)
  // Whoever closes it is told; until then nobody else must be.
  done.catch(() => {})
  out.write(stringify([[...own, ...columns]]))
  return {
    write: (row, reason) => {
      out.write(
        stringify([
          [
            row.line,
            reason,
            ...columns.map((_, index) => textOf(row.cells[index])),
            ...row.cells.slice(columns.length).map(textOf),
          ],
        ]),
      )
    },
    close: async () => {
      out.end()
      await done
    },
  }
}
