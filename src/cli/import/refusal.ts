import { type Refusal, refuse } from '../../domain/errors.ts'
import { wordsOf } from '../words.ts'

const said = new WeakMap<Refusal, string>()

/** Refuses one row, with a reason that says what in the file is wrong. The row's own writes are undone, the others stay. */
export function refuseRow(reason: string): never {
  const refusal: Refusal = { kind: 'invalid', issues: [] }
  said.set(refusal, reason)
  return refuse(refusal)
}

export const reasonOf = (refusal: Refusal): string => said.get(refusal) ?? wordsOf(refusal)
