import { DomainError, type Refusal } from '../../src/domain/errors.ts'
import { Refused } from './model.ts'

/** Refusals of the domain and of the model in the same words, so that they can be compared. */

/** What the work was refused for. */
export function refusalOf(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.reason
    throw error
  }
}

/** A refusal of the domain in the words of the model. */
export function reasonOf(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'conflict':
      return `conflict:${refusal.rule}`
    case 'not_found':
      return `not_found:${refusal.what}`
    case 'invalid':
      return refusal.issues.map(({ field, rule }) => `invalid:${field}:${rule}`).join()
    default:
      return refusal.kind
  }
}

/** What the domain answers: a value, or why not. */
export async function attempt(work: () => Promise<unknown>): Promise<{ value?: unknown; reason?: string }> {
  try {
    return { value: await work() }
  } catch (error) {
    if (error instanceof DomainError) return { reason: reasonOf(error.refusal) }
    throw error
  }
}
