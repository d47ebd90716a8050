import { z } from 'zod'
import type { DealPatch, DealPlace } from '../../domain/deal.ts'
import { invalid } from '../../domain/errors.ts'
import { listLossReasons } from '../../domain/loss-reason.ts'
import type { Scope } from '../../domain/scope.ts'
import { id, instant, text } from './fields.ts'

/** What can happen to a deal, as bodies say it. */

export const moveFields = {
  stageId: id('Where it goes: any stage; a won or lost one closes the deal. Not given: it stays in its stage.').optional(),
  before: id('Put it before this deal of the stage.').optional(),
  after: id('Put it after this deal of the stage.').optional(),
  place: z.enum(['first', 'last']).optional().meta({ description: 'Or put it at an end of the stage.' }),
}

interface Move {
  stageId?: number | undefined
  before?: number | undefined
  after?: number | undefined
  place?: 'first' | 'last' | undefined
}

/** Asks for some goal and for one place at most. */
export const requireMove = ({ value, issues }: z.core.ParsePayload<Move>): void => {
  const { stageId, before, after, place } = value
  const places = [before, after, place].filter((said) => said !== undefined).length
  const complain = (field: string, rule: string, message: string) =>
    issues.push({ code: 'custom', input: value, path: [field], params: { rule }, message })
  if (places === 0 && stageId === undefined) complain('stageId', 'required', 'must be there, or else a place')
  if (places > 1) complain(before === undefined ? 'after' : 'before', 'not_allowed', 'must be the only place that is named')
}

export const MoveBody = z.strictObject(moveFields).check(requireMove)

export function readMove({ stageId, before, after, place }: Move): DealPatch {
  const beside: DealPlace | undefined = before !== undefined ? { before } : after !== undefined ? { after } : place
  return { stageId, place: beside }
}

export const LoseBody = z.strictObject({
  reason: z.union([z.int(), z.string()]).optional().meta({ description: 'Why: the id of a loss reason, or its name.' }),
  comment: text('In your own words, up to 10,000 characters.', 10_000).optional(),
  unqualified: z.boolean().optional().meta({ description: 'It should never have been a deal.' }),
  closedAt: instant('When it was lost, if not now.').optional(),
})

export async function readLoss(
  scope: Scope,
  { reason, comment, unqualified, closedAt }: z.output<typeof LoseBody>,
): Promise<DealPatch> {
  const lossReasonId = reason === undefined ? undefined : await reasonId(scope, reason)
  return { outcome: unqualified ? 'unqualified' : 'lost', lossReasonId, lossComment: comment, closedAt }
}

/** A reason by id or by name; names that differ only in kind mean the one for losing. */
async function reasonId(scope: Scope, reason: number | string): Promise<number> {
  const reasons = await listLossReasons(scope)
  const named = reasons.filter(({ id, name }) => reason === id || reason === name)
  return (named.find(({ kind }) => kind === 'lost') ?? named[0])?.id ?? invalid('reason', 'not_found')
}
