import type { Deal } from '../../domain/deal.ts'
import { found } from '../../domain/errors.ts'
import type { Scope } from '../../domain/scope.ts'
import { isLost, type StageKind } from '../../domain/stage.ts'
import type { JsonObject } from '../../domain/text.ts'
import { dayInMs, type Instant } from '../../domain/time.ts'

/** What both versions show of a deal where the vendor's model differs from ours. */

export type Status = 'open' | 'won' | 'lost' | 'deleted'

/** A deal that did not qualify is lost: the vendor has no word for it. */
export function statusOf(deal: Pick<Deal, 'outcome' | 'deletedAt'>): Status {
  if (deal.deletedAt !== null) return 'deleted'
  return isLost({ kind: deal.outcome }) ? 'lost' : deal.outcome === 'won' ? 'won' : 'open'
}

/** The outcomes that the vendor shows as one status. */
export const outcomesOf: Readonly<Record<Exclude<Status, 'deleted'>, readonly StageKind[]>> = {
  open: ['open'],
  won: ['won'],
  lost: ['lost', 'unqualified'],
}

/** Deleted deals can be seen, and brought back, for 30 days. */
const keptFor = 30 * dayInMs

/** Deals that were deleted before this moment are gone. */
export const purgedBefore = (now: Instant): Instant => now - keptFor

/** A deal, or one that was deleted not long ago. */
export async function findVisibleDeal(scope: Scope, id: number): Promise<Deal> {
  const deal = await scope.store.deals.get(id)
  const gone = deal !== undefined && deal.deletedAt !== null && deal.deletedAt < purgedBefore(scope.now())
  return found(gone ? undefined : deal, 'deal')
}

/** The names of the reasons that these deals were lost for, also of reasons that have been deleted since. */
export async function lossNames({ store }: Scope, deals: readonly Deal[]): Promise<ReadonlyMap<number, string>> {
  const ids = [...new Set(deals.flatMap((deal) => deal.lossReasonId ?? []))]
  const reasons = await Promise.all(ids.map((id) => store.lossReasons.get(id)))
  return new Map(reasons.flatMap((reason) => (reason ? [[reason.id, reason.name]] : [])))
}

/** Why it was lost, in the one text that the vendor has for it. */
export const lossText = (deal: Deal, names: ReadonlyMap<number, string>): string | null =>
  (deal.lossReasonId === null ? undefined : names.get(deal.lossReasonId)) ?? deal.lossComment

/** When it was won and when lost; the moment it was closed is either of them. */
export const wonTime = (deal: Deal): Instant | null => (deal.outcome === 'won' ? deal.closedAt : null)
export const lostTime = (deal: Deal): Instant | null => (isLost({ kind: deal.outcome }) ? deal.closedAt : null)

/** What the vendor alone knows of a deal, with what it shows where nothing is kept. */
export interface DealExtras {
  origin: string
  origin_id: string | null
  channel: number | null
  channel_id: string | null
  /** 1, 3, 5 or 7: the owner, the owner's group, and wider; 3 is what a new company begins with. */
  visible_to: number
  label_ids: readonly number[]
}

export function extrasOf(record: { extras: { readonly [dialect: string]: JsonObject } }): DealExtras {
  const kept = record.extras.pipedrive ?? {}
  const text = (key: string) => (typeof kept[key] === 'string' ? kept[key] : null)
  const number = (key: string) => (typeof kept[key] === 'number' ? kept[key] : null)
  return {
    origin: text('origin') ?? 'ManuallyCreated',
    origin_id: text('origin_id'),
    channel: number('channel'),
    channel_id: text('channel_id'),
    visible_to: number('visible_to') ?? 3,
    label_ids: Array.isArray(kept.label_ids) ? kept.label_ids.filter((id) => typeof id === 'number') : [],
  }
}

/** What is kept of it: only what differs from what would be shown anyway. Undefined: not said. */
export function readExtras(said: { readonly [Key in keyof DealExtras]?: DealExtras[Key] | undefined }): JsonObject {
  const defaults = extrasOf({ extras: {} })
  return Object.fromEntries(
    Object.entries(said).flatMap(([key, value]) => {
      if (value === undefined) return []
      const usual = defaults[key as keyof DealExtras]
      return [[key, JSON.stringify(value) === JSON.stringify(usual) ? null : value]]
    }),
  )
}
