import { setTimeout as pause } from 'node:timers/promises'
import { eachRow, type RowResult } from '../../domain/bulk.ts'
import { DomainError } from '../../domain/errors.ts'
import { atomically, type Scope } from '../../domain/scope.ts'
import type { Row } from '../rows/row.ts'
import type { Directory } from './directory.ts'
import type { Kept } from './kept.ts'
import { reasonOf } from './refusal.ts'
import type { Taken } from './take-deal.ts'

/** So many rows are one transaction: enough to share its commit, few enough that a server's writers get their turn. */
export const batchSize = 5000

/** How long the store is left to others between two batches: longer than they wait before they try again. */
const restMs = 6

/** So often a batch that found the store busy is tried again before the import gives up. */
const attempts = 5

export interface Run<T> {
  scope: Scope
  directory: Directory
  rows: AsyncIterable<Row>
  /** What must be there before the first row. */
  before(scope: Scope): Promise<void>
  take(scope: Scope, row: Row): Promise<Taken<T>>
  /** Told what rows are about to be taken, so that it can look up together what each would look up. */
  expect(scope: Scope, rows: readonly Row[]): Promise<void>
  dryRun: boolean
  onTaken(taken: Taken<T>): void
  onRefused(row: Row, reason: string): void
  onBatch(rows: number): void
  /** Asked between batches. */
  isStopped(): boolean
}

/** Takes all rows in, batch by batch, each batch in one transaction and each row in a savepoint of its own. */
export async function runImport<T>(run: Run<T>): Promise<void> {
  if (!run.dryRun) await persistently(run.directory.kept, () => atomically(run.scope, (scope) => run.before(scope)))
  let batch: Row[] = []
  for await (const row of run.rows) {
    if (row.problem !== undefined) {
      run.onRefused(row, row.problem)
      run.onBatch(1)
      continue
    }
    batch.push(row)
    if (batch.length < batchSize) continue
    await takeBatch(run, batch)
    batch = []
    if (run.isStopped()) return
    await pause(restMs)
  }
  if (batch.length > 0) await takeBatch(run, batch)
}

async function takeBatch<T>(run: Run<T>, batch: readonly Row[]): Promise<void> {
  const results = await persistently(run.directory.kept, () =>
    run.dryRun ? rehearse(run, batch) : takeRows(run, run.scope, batch),
  )
  for (const [index, result] of results.entries()) {
    const row = batch[index]
    if (result.ok) run.onTaken(result.value)
    else if (row) run.onRefused(row, reasonOf(result.refusal))
  }
  run.onBatch(batch.length)
}

const takeRows = <T>(
  { directory: { kept }, take, expect }: Run<T>,
  scope: Scope,
  batch: readonly Row[],
): Promise<RowResult<Taken<T>>[]> => {
  kept.beginBatch()
  const takeOne = async (scope: Scope, row: Row) => {
    kept.beginRow()
    try {
      return await take(scope, row)
    } catch (error) {
      kept.forgetRow()
      throw error
    }
  }
  return eachRow(scope, batch, takeOne, { before: (scope) => expect(scope, batch), anew: () => kept.forgetBatch() })
}

/** Does everything and undoes it. */
async function rehearse<T>(run: Run<T>, batch: readonly Row[]): Promise<RowResult<Taken<T>>[]> {
  let results: RowResult<Taken<T>>[] = []
  const undone = new Error('a rehearsal is always undone')
  try {
    await atomically(run.scope, async (scope) => {
      await run.before(scope)
      results = await takeRows(run, scope, batch)
      throw undone
    })
  } catch (error) {
    if (error !== undone) throw error
  }
  return results
}

/** Another process may hold the store for long; nothing of the batch was written then. */
async function persistently<T>(kept: Kept, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const isBusy = error instanceof DomainError && error.refusal.kind === 'unavailable'
      if (!isBusy || attempt === attempts) throw error
      kept.forgetBatch()
    }
  }
}
