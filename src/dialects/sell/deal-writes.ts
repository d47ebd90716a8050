import { listCustomFields } from '../../domain/custom-field.ts'
import { type Deal, type DealPatch, findDeal } from '../../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal } from '../../domain/edit-deals.ts'
import { invalid } from '../../domain/errors.ts'
import { atomically, requireRole, type Scope } from '../../domain/scope.ts'
import type { JsonObject } from '../../domain/text.ts'
import type { Instant } from '../../domain/time.ts'
import { dropAssociations } from './associated-contacts.ts'
import { kindsOf, readReasons, reasonsOf } from './deal-reasons.ts'
import { addedAtOf, type DealData, ownOf, readDeal, stageChangeOf } from './deals.ts'
import { hasSource, noteTags } from './records.ts'

/** A new deal. `name` and `contact_id` are in the payload of a create, and an upsert that finds nothing asks for them. */
export function addDeal(scope: Scope, data: DealData): Promise<Deal> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    const { name: title, contact_id } = data
    if (title === undefined) return invalid('title', 'required')
    if (contact_id === undefined || contact_id === null) return invalid('partyId', 'required')
    const patch = readDeal(data, await listCustomFields(scope, 'deal'))
    await requireSource(scope, data, null)
    const to = { outcome: await outcomeIn(scope, data, 'open') }
    const reasons = await readReasons(scope, data, { lost: null, unqualified: null }, { from: to, to })
    const addedAt = data.added_at ?? data.added_on
    const deal = await createDeal(scope, {
      ...patch,
      title,
      lossReasonId: reasons.lossReasonId,
      stageChangedAt: data.last_stage_change_at,
      extras: { ...patch.extras, ...reasons.extras, ...(addedAt === undefined ? {} : { addedAt }) },
    })
    await noteTags(scope, 'deal', deal.tags)
    return deal
  })
}

/**
 * Changes what the payload says. Clients send back what they read, and what was read is coarser than what is kept (moments in whole
 * seconds), so that a moment that says what was shown says nothing.
 */
export function editDeal(scope: Scope, id: number, data: DealData): Promise<Deal> {
  requireRole(scope, 'member')
  return atomically(scope, async (scope) => {
    await scope.store.deals.lock(id)
    const before = await findDeal(scope, id)
    const patch = readDeal(data, await listCustomFields(scope, 'deal'))
    if (data.contact_id === null && (before.contactId ?? before.companyId) !== null) invalid('partyId', 'required')
    await requireSource(scope, data, ownOf(before).sourceId ?? null)
    const to = { outcome: await outcomeIn(scope, data, before.outcome) }
    const shown = reasonsOf(before, await kindsOf(scope, [before]))
    const reasons = await readReasons(scope, data, shown, { from: before, to })
    const changes: DealPatch = {
      ...patch,
      stageChangedAt: unlessShown(data.last_stage_change_at, stageChangeOf(before)),
      extras: { ...patch.extras, ...reasons.extras, ...addition(data, before) },
    }
    if (reasons.lossReasonId !== undefined) changes.lossReasonId = reasons.lossReasonId
    const deal = await changeDeal(scope, id, changes)
    const fresh = deal.tags.filter((tag) => !before.tags.includes(tag))
    await noteTags(scope, 'deal', fresh)
    return deal
  })
}

/** Deletes a deal with its associated contacts. */
export function removeDeal(scope: Scope, id: number): Promise<Deal> {
  return atomically(scope, async (scope) => {
    const deal = await deleteDeal(scope, id)
    await dropAssociations(scope, id)
    return deal
  })
}

const unlessShown = (at: Instant | undefined, shown: Instant): Instant | undefined =>
  at !== undefined && Math.floor(at / 1000) === Math.floor(shown / 1000) ? undefined : at

function addition({ added_at, added_on }: DealData, before: Deal): JsonObject {
  const addedAt = unlessShown(added_at ?? added_on, addedAtOf(before))
  return addedAt === undefined ? {} : { addedAt }
}

/** How the deal will stand, as far as the payload moves it. An unknown stage is the model's to refuse. */
async function outcomeIn({ store }: Scope, { stage_id }: DealData, current: Deal['outcome']): Promise<Deal['outcome']> {
  return (stage_id === undefined ? undefined : await store.stages.get(stage_id))?.kind ?? current
}

async function requireSource(scope: Scope, { source_id }: DealData, current: number | null): Promise<void> {
  if (source_id === undefined || source_id === null || source_id === current) return
  if (!(await hasSource(scope, source_id))) invalid('sourceId', 'not_found')
}
