import type { z } from 'zod'
import { DomainError, type Issue, refuse } from '../../domain/errors.ts'
import { atomically, type Scope } from '../../domain/scope.ts'
import { FaultError, fail, type InputIssue, read } from '../../http/fault.ts'

/** Reads one row of several. What is wrong with it is a refusal of this row alone. */
export function readRow<T extends z.ZodType>(schema: T, row: unknown): z.output<T> {
  try {
    return read(schema, row, 'body')
  } catch (error) {
    if (!(error instanceof FaultError) || error.fault.kind !== 'bad_input') throw error
    const issues = error.fault.issues.map(
      ({ path, rule }): Issue => ({ field: path.join('.'), rule: rule === 'choice' ? 'unknown' : rule }),
    )
    return refuse({ kind: 'invalid', issues })
  }
}

/** Does the same to all rows or to none, and tells everything that is wrong with each. */
export const allRows = <Row, T>(
  scope: Scope,
  rows: readonly Row[],
  work: (scope: Scope, row: Row, index: number) => Promise<T>,
): Promise<T[]> =>
  atomically(scope, async (scope) => {
    const done: T[] = []
    const issues: InputIssue[] = []
    for (const [index, row] of rows.entries()) {
      try {
        done.push(await atomically(scope, (inner) => work(inner, row, index)))
      } catch (error) {
        issues.push(...issuesOf(error).map((issue) => ({ ...issue, path: [index, ...issue.path] })))
      }
    }
    return issues.length === 0 ? done : fail({ kind: 'bad_input', where: 'body', issues })
  })

/** What is wrong with a row; anything else that was thrown goes on. */
function issuesOf(error: unknown): readonly InputIssue[] {
  if (error instanceof FaultError && error.fault.kind === 'bad_input') return error.fault.issues
  if (error instanceof DomainError && error.refusal.kind === 'invalid')
    return error.refusal.issues.map(({ field, ...issue }) => ({ ...issue, path: field.split('.'), message: '' }))
  if (error instanceof DomainError && error.refusal.kind === 'not_found')
    return [{ path: ['id'], rule: 'not_found', message: '' }]
  throw error
}
