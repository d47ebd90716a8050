import { findAnyDeal } from '../../domain/deal.ts'
import { refuse } from '../../domain/errors.ts'
import type { Call } from '../../http/speak.ts'
import { tagOf, tagsIn } from './wire.ts'

/**
 * The version that a write insists on with `If-Match`; undefined where it does not. It may name several; the one that the deal has now
 * is passed on, and the domain compares once more inside the write's own transaction.
 */
export async function insisted({ scope, req }: Pick<Call, 'scope' | 'req'>, dealId: number): Promise<number | undefined> {
  const wanted = tagsIn(req, 'if-match')
  if (wanted === undefined || wanted === '*') return undefined
  const { version } = await findAnyDeal(scope, dealId)
  return wanted.includes(tagOf(version)) ? version : refuse({ kind: 'stale', version })
}
