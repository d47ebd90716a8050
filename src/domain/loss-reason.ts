import { conflict, found, invalid } from './errors.ts'
import { difference } from './events.ts'
import { atomically, requireRole, type Scope } from './scope.ts'
import { type Extras, given, type JsonObject, requireName, withExtras } from './text.ts'
import type { Instant } from './time.ts'

/** Why deals are lost, or found not to qualify. Names are unique among the live reasons of a kind. */
export interface LossReason {
  readonly id: number
  readonly uuid: string
  readonly name: string
  readonly kind: LossKind
  readonly isArchived: boolean
  readonly creatorId: number
  readonly extras: Extras
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly deletedAt: Instant | null
}

export type LossKind = 'lost' | 'unqualified'

export interface LossReasonDraft {
  name: string
  kind?: LossKind | undefined
  extras?: JsonObject | undefined
}

export interface LossReasonPatch {
  name?: string | undefined
  isArchived?: boolean | undefined
  extras?: JsonObject | undefined
}

export const maxLossReasons = 500

const nothing: ReadonlySet<string> = new Set()

/** The live reasons by id, of one kind where it is given. There are never more than {@link maxLossReasons} of a kind. */
export const listLossReasons = ({ store }: Scope, kind?: LossKind): Promise<readonly LossReason[]> => store.lossReasons.live(kind)

export async function findLossReason({ store }: Scope, id: number, kind?: LossKind): Promise<LossReason> {
  const reason = await store.lossReasons.get(id)
  const fits = reason && reason.deletedAt === null && (kind === undefined || reason.kind === kind)
  return found(fits ? reason : undefined, 'loss_reason')
}

/** Adds a reason. Managers and above. */
export async function addLossReason(scope: Scope, draft: LossReasonDraft): Promise<LossReason> {
  requireRole(scope, 'manager')
  requireName(draft.name)
  return atomically(scope, async (scope) => {
    const { store, now, user, via } = scope
    await store.lockStructure()
    const kind = draft.kind ?? 'lost'
    const peers = await store.lossReasons.live(kind)
    if (peers.length >= maxLossReasons) conflict('too_many')
    if (peers.some((peer) => peer.name === draft.name)) invalid('name', 'duplicate')
    const at = now()
    const reason: LossReason = {
      ...(await store.lossReasons.identify()),
      name: draft.name,
      kind,
      isArchived: false,
      creatorId: user.id,
      extras: withExtras({}, via, draft.extras ?? {}),
      createdAt: at,
      updatedAt: at,
      deletedAt: null,
    }
    await store.lossReasons.insert(reason)
    return reason
  })
}

/** Renames or archives a reason. Managers and above. */
export async function changeLossReason(scope: Scope, id: number, patch: LossReasonPatch, kind?: LossKind): Promise<LossReason> {
  requireRole(scope, 'manager')
  const { extras, ...fields } = given(patch)
  if (fields.name !== undefined) requireName(fields.name)
  return atomically(scope, async (scope) => {
    const { store, via } = scope
    await store.lockStructure()
    const before = await findLossReason(scope, id, kind)
    const peers = await store.lossReasons.live(before.kind)
    if (peers.some((peer) => peer.id !== id && peer.name === fields.name)) invalid('name', 'duplicate')
    const after = { ...before, ...fields, extras: withExtras(before.extras, via, extras ?? {}) }
    if (!difference(before, after, nothing)) return before
    const saved = { ...after, updatedAt: scope.now() }
    await store.lossReasons.save(saved)
    return saved
  })
}

/** Deletes a reason. Deals lost for it keep it, so that their history stays readable. Managers and above. */
export async function deleteLossReason(scope: Scope, id: number, kind?: LossKind): Promise<LossReason> {
  requireRole(scope, 'manager')
  return atomically(scope, async (scope) => {
    const before = await findLossReason(scope, id, kind)
    const deleted = { ...before, deletedAt: scope.now() }
    await scope.store.lossReasons.save(deleted)
    return deleted
  })
}
