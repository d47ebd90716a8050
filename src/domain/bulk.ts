import { DomainError, type Refusal } from './errors.ts'
import { atomically, type Scope } from './scope.ts'

/** What became of one row of many. */
export type RowResult<T> = { ok: true; value: T } | { ok: false; refusal: Refusal }

/**
 * Does the same to many rows in one transaction. A refused row leaves no trace and does not hold back the others; anything that
 * is not a refusal undoes them all.
 */
export const eachRow = <Row, T>(
  scope: Scope,
  rows: readonly Row[],
  work: (scope: Scope, row: Row) => Promise<T>,
): Promise<RowResult<T>[]> =>
  atomically(scope, async (scope) => {
    const results: RowResult<T>[] = []
    for (const row of rows) results.push(await attempt(() => atomically(scope, (inner) => work(inner, row))))
    return results
  })

async function attempt<T>(work: () => Promise<T>): Promise<RowResult<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    if (error instanceof DomainError && error.refusal.kind !== 'unavailable') return { ok: false, refusal: error.refusal }
    throw error
  }
}
