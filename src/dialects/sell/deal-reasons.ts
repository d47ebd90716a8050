import type { Deal } from '../../domain/deal.ts'
import { invalid } from '../../domain/errors.ts'
import type { LossKind } from '../../domain/loss-reason.ts'
import type { Scope } from '../../domain/scope.ts'
import { isLost } from '../../domain/stage.ts'
import type { JsonObject } from '../../domain/text.ts'

/**
 * Sell has two fields for why a deal came to nothing, one for losing and one for not qualifying, and both can be set at once. The model
 * has one reason, of one of two kinds. The one that fits where the deal stands is the model's; the other is kept for Sell alone.
 */
export interface Faces {
  lost: number | null
  unqualified: number | null
}

/** Which kind each reason is of that these deals name, deleted ones included. */
export type Reasons = { kinds: ReadonlyMap<number, LossKind> }

export async function kindsOf(scope: Scope, deals: readonly Deal[]): Promise<Reasons['kinds']> {
  const ids = [...new Set(deals.flatMap(({ lossReasonId }) => lossReasonId ?? []))]
  const reasons = await Promise.all(ids.map((id) => scope.store.lossReasons.get(id)))
  return new Map(reasons.flatMap((reason) => (reason ? [[reason.id, reason.kind] as const] : [])))
}

const spareKeys = { lost: 'lossReasonId', unqualified: 'unqualifiedReasonId' } as const

export function reasonsOf(deal: Deal, kinds: Reasons['kinds']): Faces {
  const kind = deal.lossReasonId === null ? undefined : kinds.get(deal.lossReasonId)
  const face = (of: LossKind) =>
    kind === of ? deal.lossReasonId : ((deal.extras.sell?.[spareKeys[of]] as number | undefined) ?? null)
  return { lost: face('lost'), unqualified: face('unqualified') }
}

/** What a payload says about the two. */
export interface SaidReasons {
  loss_reason_id?: number | null | undefined
  unqualified_reason_id?: number | null | undefined
}

/**
 * The reasons after a change, for the model and for Sell's own. `shown` is what Sell showed before; reopening and winning forget it
 * (the model's rule for every dialect, though Sell itself may well keep it), unless the payload names it again.
 */
export async function readReasons(
  scope: Scope,
  said: SaidReasons,
  shown: Faces,
  moves: { from: Pick<Deal, 'outcome'>; to: Pick<Deal, 'outcome'> },
): Promise<{ lossReasonId?: number | null; extras: JsonObject }> {
  const forgets = isLost({ kind: moves.from.outcome }) && !isLost({ kind: moves.to.outcome })
  const says = said.loss_reason_id !== undefined || said.unqualified_reason_id !== undefined
  if (!says) return { extras: forgets ? { [spareKeys.lost]: null, [spareKeys.unqualified]: null } : {} }
  await requireReason(scope, said.loss_reason_id, shown.lost, 'lost')
  await requireReason(scope, said.unqualified_reason_id, shown.unqualified, 'unqualified')
  const kept: Faces = forgets ? { lost: null, unqualified: null } : shown
  const next: Faces = {
    lost: said.loss_reason_id === undefined ? kept.lost : said.loss_reason_id,
    unqualified: said.unqualified_reason_id === undefined ? kept.unqualified : said.unqualified_reason_id,
  }
  const [fits, other] =
    moves.to.outcome === 'unqualified' ? (['unqualified', 'lost'] as const) : (['lost', 'unqualified'] as const)
  const spare = next[fits] === null ? null : next[other]
  return { lossReasonId: next[fits] ?? next[other], extras: { [spareKeys[fits]]: null, [spareKeys[other]]: spare } }
}

/** A reason must be of its list and live, or the one that the deal has. */
async function requireReason(
  { store }: Scope,
  id: number | null | undefined,
  shown: number | null,
  kind: LossKind,
): Promise<void> {
  if (id === undefined || id === null || id === shown) return
  const reason = await store.lossReasons.get(id)
  if (reason?.kind !== kind || reason.deletedAt !== null) invalid(spareKeys[kind], 'not_found')
}
