import { type Progress, progressBar } from '../progress.ts'
import type { Row } from '../rows/row.ts'
import type { Kept } from './kept.ts'
import type { Rejects } from './rejects.ts'
import { madeWords, number } from './summary.ts'
import type { Taken } from './take-deal.ts'

/** So many refused rows are told at once; all of them are in the reject file. */
const refusalsShown = 10

export const note = (text: string): boolean => process.stderr.write(`${text}\n`)

/** Counts what becomes of the rows, tells it while it happens, and sums it up. */
export class Report {
  readonly #began = performance.now()
  readonly #bar: Progress
  readonly #counts: Record<Taken<unknown>['became'] | 'refused', number> = {
    created: 0,
    updated: 0,
    unchanged: 0,
    skipped: 0,
    refused: 0,
  }
  readonly #rows: number
  readonly #isRehearsal: boolean
  readonly #rejects: Rejects | undefined
  #done = 0

  constructor({ rows, isRehearsal, rejects }: { rows: number; isRehearsal: boolean; rejects: Rejects | undefined }) {
    this.#rows = rows
    this.#isRehearsal = isRehearsal
    this.#rejects = rejects
    this.#bar = progressBar(isRehearsal ? 'Rehearsing' : 'Importing', rows)
  }

  taken(became: Taken<unknown>['became']): void {
    this.#counts[became]++
  }

  refused(row: Row, reason: string): void {
    this.#rejects?.write(row, reason)
    if (this.#counts.refused++ < refusalsShown) note(`line ${row.line}: ${reason}`)
  }

  batch(rows: number): void {
    this.#done += rows
    this.#bar.update(this.#done, `${this.#rate()} rows/s`)
  }

  async end(): Promise<void> {
    this.#bar.stop()
    await this.#rejects?.close()
    const more = this.#counts.refused - refusalsShown
    if (more > 0) note(`… and ${number(more)} more${this.#rejects ? '' : '; --rejects FILE writes all of them'}`)
    if (this.#done < this.#rows)
      note(`Stopped after ${number(this.#done)} of ${number(this.#rows)} rows. What was taken in stays; run it again to go on.`)
  }

  /** Whether every row of the file was taken in. */
  isComplete(): boolean {
    return this.#counts.refused === 0 && this.#done === this.#rows
  }

  lines(kept: Kept, sums: readonly string[]): string[] {
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(1)
    const counts = Object.entries(this.#counts).filter(([name, count]) => count > 0 || name === 'created' || name === 'refused')
    const made = madeWords(kept)
    return [
      `${number(this.#done)} rows in ${seconds} s (${this.#rate()} rows/s)${this.#isRehearsal ? ', all of it undone: this was a dry run' : ''}`,
      counts.map(([name, count]) => `${number(count)} ${name}`).join(', '),
      ...(made === '' ? [] : [`made on the way: ${made}`]),
      ...sums,
    ]
  }

  #rate(): string {
    return number(Math.round((this.#done / Math.max(1, performance.now() - this.#began)) * 1000))
  }
}
