import { z } from 'zod'
import type { LossReason } from '../../domain/loss-reason.ts'
import type { Workspace } from '../../domain/workspace.ts'
import { name } from './body.ts'
import type { Load, Resource } from './document.ts'
import { timeIn } from './time.ts'

export const NewReason = z.object({ name })
export const ReasonChange = z.object({ name: name.optional() })

/** Reasons for not qualifying are reasons for losing here, where there is no such word. */
export function writeReason(reason: LossReason, { timeZone }: Workspace): Resource {
  const archivedAt = (reason.extras.productive?.archived_at as number | undefined) ?? reason.updatedAt
  return {
    type: 'lost_reasons',
    id: String(reason.id),
    attributes: { name: reason.name, archived_at: reason.isArchived ? timeIn(timeZone, archivedAt) : null },
  }
}

export const loadReasons: Load = async (scope, ids) => {
  const reasons = await Promise.all(ids.map((id) => scope.store.lossReasons.get(id)))
  return reasons.flatMap((reason) => (reason ? [writeReason(reason, scope.workspace)] : []))
}
