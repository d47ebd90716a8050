import type { Deal, DealPatch } from '../../domain/deal.ts'
import { invalid } from '../../domain/errors.ts'
import { roundTo, toMajor } from '../../domain/money.ts'
import { defaultPipeline } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'
import { isLost, isOpen, listStages, type StageKind } from '../../domain/stage.ts'
import { firstNormal, isSystemId, wonId } from './statuses.ts'
import { seconds } from './time.ts'

/** What all generations say of leads. */

/** Whole units of the currency, whatever cents there are. */
export const priceOf = ({ amount, currency }: Pick<Deal, 'amount' | 'currency'>): number =>
  toMajor(roundTo(amount, currency, 0), currency)

/** A lead without a name gets this one. */
export const unnamed = 'New lead'

/** Where a lead is to stand, as callers say it. */
export interface Standing {
  statusId?: number | undefined
  pipelineId?: number | undefined
}

type Move = Pick<DealPatch, 'stageId' | 'pipelineId' | 'outcome'>

/**
 * Turns status and pipeline into a change of ours. 142 and 143 exist in every pipeline: without one, that of the lead is meant, or
 * the main one. Without a status a lead goes to the first of the pipeline; without either a new one goes to the main pipeline.
 */
export async function moveTo(scope: Scope, { statusId, pipelineId }: Standing, lead?: Deal): Promise<Move> {
  if (statusId === undefined && pipelineId === undefined && lead) return {}
  const home = pipelineId ?? lead?.pipelineId ?? (await defaultPipeline(scope)).id
  if (statusId !== undefined && isSystemId(statusId)) return { pipelineId: home, outcome: statusId === wonId ? 'won' : 'lost' }
  if (statusId !== undefined) {
    const stage = await scope.store.stages.get(statusId)
    const fits = stage && stage.deletedAt === null && isOpen(stage) && (pipelineId ?? stage.pipelineId) === stage.pipelineId
    return fits ? { stageId: stage.id } : invalid('stageId', 'not_found')
  }
  if (lead?.pipelineId === home) return {}
  // A closed lead keeps its status, which the other pipeline has too.
  if (lead && lead.outcome !== 'open') return { pipelineId: home }
  const first = firstNormal(await listStages(scope, home))
  return first ? { stageId: first.id } : invalid('pipelineId', 'not_found')
}

/** How the lead will stand after the move. */
const outcomeAfter = (move: Move, lead?: Deal): StageKind =>
  move.outcome ?? (move.stageId === undefined ? (lead?.outcome ?? 'open') : 'open')

/** What means something only on a closed lead, or only on a lost one; elsewhere the vendor passes over it. */
export async function closingOf(
  scope: Scope,
  move: Move,
  said: { lossReasonId?: number | null | undefined; closedAt?: number | undefined },
  lead?: Deal,
): Promise<Pick<DealPatch, 'lossReasonId' | 'closedAt'>> {
  const outcome = outcomeAfter(move, lead)
  const { lossReasonId, closedAt } = said
  const isNewTime = closedAt !== undefined && (lead?.closedAt == null || seconds(lead.closedAt) !== seconds(closedAt))
  const loss = isLost({ kind: outcome }) && lossReasonId !== undefined && lossReasonId !== (lead?.lossReasonId ?? null)
  if (loss && lossReasonId !== null && (await scope.store.lossReasons.get(lossReasonId))?.kind !== 'lost')
    invalid('lossReasonId', 'not_found')
  return {
    ...(loss ? { lossReasonId } : {}),
    // Times are whole seconds here: the one that was shown keeps its milliseconds.
    ...(isNewTime && outcome !== 'open' ? { closedAt } : {}),
  }
}
