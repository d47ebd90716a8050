import { Failure } from '../failure.ts'
import { DateGuess, type DateReader, dateReader } from '../rows/dates.ts'
import type { Source } from '../rows/row.ts'
import { rowsOf } from '../rows/source.ts'
import { textOf } from '../rows/values.ts'

/** What a file is like as a whole. */
export interface Survey {
  rows: number
  dates: { date: DateReader; dateFormat: string }
}

/** Reads the whole file once: how many rows it has, how its dates are written, and whether it can be read to its end at all. */
export async function surveyOf(
  source: Source,
  columns: readonly string[],
  dates: readonly number[],
  said: string | undefined,
): Promise<Survey> {
  const guess = new DateGuess()
  let rows = 0
  for await (const { cells, problem } of rowsOf(source, columns)) {
    rows++
    if (problem !== undefined || said !== undefined) continue
    for (const index of dates) {
      const text = textOf(cells[index])
      if (text !== '') guess.look(text)
    }
  }
  try {
    const format = said ?? guess.format()
    return { rows, dates: { date: dateReader(format), dateFormat: format ?? 'yyyy-mm-dd' } }
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error), { usage: true })
  }
}
