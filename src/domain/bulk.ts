import { DomainError, type Refusal } from './errors.ts'
import { atomically, type Scope } from './scope.ts'

/** What became of one row of many. */
export type RowResult<T> = { ok: true; value: T } | { ok: false; refusal: Refusal }

interface EachRow {
  /** What is done before the first row. */
  before?(scope: Scope): Promise<void>
  /** Called where all of it is done a second time. */
  anew?(): void
}

/**
 * Does the same to many rows in one transaction. A refused row leaves no trace and does not hold back the others; anything that
 * is not a refusal undoes them all.
 */
export async function eachRow<Row, T>(
  scope: Scope,
  rows: readonly Row[],
  work: (scope: Scope, row: Row) => Promise<T>,
  { before, anew }: EachRow = {},
): Promise<RowResult<T>[]> {
  let begun = false
  const all = async (scope: Scope) => {
    // The store may have begun anew, too.
    if (begun) anew?.()
    begun = true
    await before?.(scope)
    const results: RowResult<T>[] = []
    for (const row of rows) results.push(await attempt(() => atomically(scope, (inner) => work(inner, row))))
    return results
  }
  try {
    return await atomically(scope, all, 'bulk')
  } catch (error) {
    if (!isOverflow(error)) throw error
    // One of them makes a sum too large. Written one by one it shows which.
    return atomically(scope, all)
  }
}

const isOverflow = (error: unknown): boolean =>
  error instanceof DomainError && error.refusal.kind === 'conflict' && error.refusal.rule === 'total_overflow'

async function attempt<T>(work: () => Promise<T>): Promise<RowResult<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    if (error instanceof DomainError && error.refusal.kind !== 'unavailable') return { ok: false, refusal: error.refusal }
    throw error
  }
}
