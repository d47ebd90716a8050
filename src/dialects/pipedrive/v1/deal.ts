import { isWeighted, probabilityOf, rotsAt } from '../../../domain/board.ts'
import type { Deal } from '../../../domain/deal.ts'
import { toMajor } from '../../../domain/money.ts'
import { extrasOf, lossText, lostTime, statusOf, wonTime } from '../deals.ts'
import { localDay, orNull, plainTime } from '../wire.ts'
import { writeFieldValues } from './custom-values.ts'
import { formatMoney } from './format.ts'
import { bccAddress, writeOrganizationReference, writePersonReference } from './parties.ts'
import type { RelatedToDeals } from './related.ts'
import { writeUserReference } from './user-reference.ts'

/** Minor units: the amount itself while its pipeline does not weigh deals. */
function weightedAmount(deal: Deal, { stages, pipelines, workspace }: RelatedToDeals): number {
  const pipeline = pipelines.get(deal.pipelineId)
  if (!pipeline || !isWeighted(pipeline, workspace)) return deal.amount
  const percent = BigInt(probabilityOf(deal, stages.get(deal.stageId) ?? { probability: null }))
  const hundredths = BigInt(deal.amount) * percent
  return Number((hundredths + (hundredths < 0n ? -50n : 50n)) / 100n)
}

/** When an open deal began to rot; null while it is fresh. */
function rottenSince(deal: Deal, { stages, now }: RelatedToDeals): number | null {
  const stage = stages.get(deal.stageId)
  const at = stage && deal.deletedAt === null ? rotsAt(deal, stage) : null
  return at !== null && at <= now ? at : null
}

/** Several labels are one text. */
const writeLabels = (ids: readonly number[]): string | null => (ids.length === 0 ? null : ids.join())

/** There are no activities here. */
const noNextActivity = {
  next_activity_subject: null,
  next_activity_type: null,
  next_activity_duration: null,
  next_activity_note: null,
}

/** What both shapes say of a deal, in the order of recorded answers. */
function common(deal: Deal, related: RelatedToDeals) {
  const { workspace, stages, parties, users } = related
  const stageId = deal.openStageId ?? deal.stageId
  const status = statusOf(deal)
  const extras = extrasOf(deal)
  const weighted = weightedAmount(deal, related)
  return {
    stage_id: stageId,
    title: deal.title,
    value: toMajor(deal.amount, deal.currency),
    currency: deal.currency,
    add_time: plainTime(deal.createdAt),
    update_time: plainTime(deal.updatedAt),
    stage_change_time: orNull(deal.openStageChangedAt, plainTime),
    active: status === 'open',
    deleted: deal.deletedAt !== null,
    status,
    probability: deal.probability,
    next_activity_date: null,
    next_activity_time: null,
    next_activity_id: null,
    last_activity_id: null,
    last_activity_date: null,
    lost_reason: lossText(deal, related.losses),
    visible_to: String(extras.visible_to),
    close_time: orNull(deal.closedAt, plainTime),
    pipeline_id: deal.pipelineId,
    won_time: orNull(wonTime(deal), plainTime),
    first_won_time: orNull(deal.firstWonAt, plainTime),
    lost_time: orNull(lostTime(deal), plainTime),
    products_count: 0,
    files_count: 0,
    notes_count: 0,
    followers_count: related.followers.get(deal.id) ?? 0,
    email_messages_count: 0,
    activities_count: 0,
    done_activities_count: 0,
    undone_activities_count: 0,
    participants_count: deal.contactId === null ? 0 : 1,
    expected_close_date: deal.expectedCloseDate,
    last_incoming_mail_time: null,
    last_outgoing_mail_time: null,
    label: writeLabels(extras.label_ids),
    local_won_date: localDay(workspace.timeZone, wonTime(deal)),
    local_lost_date: localDay(workspace.timeZone, lostTime(deal)),
    local_close_date: localDay(workspace.timeZone, deal.closedAt),
    origin: extras.origin,
    origin_id: extras.origin_id,
    channel: extras.channel,
    channel_id: extras.channel_id,
    is_archived: deal.archivedAt !== null,
    archive_time: orNull(deal.archivedAt, plainTime),
    sequence_enrollment: null,
    source_lead_id: null,
    ...writeFieldValues(related.fields, deal.customFields),
    stage_order_nr: stages.get(stageId)?.position ?? null,
    person_name: (deal.contactId === null ? undefined : parties.get(deal.contactId)?.name) ?? null,
    org_name: (deal.companyId === null ? undefined : parties.get(deal.companyId)?.name) ?? null,
    ...noNextActivity,
    formatted_value: formatMoney(workspace.locale, deal.amount, deal.currency),
    weighted_value: toMajor(weighted, deal.currency),
    formatted_weighted_value: formatMoney(workspace.locale, weighted, deal.currency),
    weighted_value_currency: deal.currency,
    rotten_time: orNull(rottenSince(deal, related), plainTime),
    acv: null,
    acv_currency: null,
    arr: null,
    arr_currency: null,
    mrr: null,
    mrr_currency: null,
    owner_name: users.get(deal.ownerId)?.name ?? null,
    cc_email: bccAddress(workspace, deal.id),
    org_hidden: false,
    person_hidden: false,
  }
}

/** A deal in a pipeline, a stage, a duplicate: what it belongs to as ids. */
export const writeFlatDeal = (deal: Deal, related: RelatedToDeals) => ({
  id: deal.id,
  creator_user_id: deal.creatorId,
  user_id: deal.ownerId,
  person_id: deal.contactId,
  org_id: deal.companyId,
  ...common(deal, related),
})

/** A deal by itself or in the list of all: what it belongs to as objects. */
export const writeFullDeal = (deal: Deal, related: RelatedToDeals) => ({
  id: deal.id,
  creator_user_id: writeUserReference(related.users.get(deal.creatorId)),
  user_id: writeUserReference(related.users.get(deal.ownerId)),
  person_id: writePersonReference(deal.contactId, related),
  org_id: writeOrganizationReference(deal.companyId, related),
  ...common(deal, related),
})

/** What `/deals/collection` shows: the columns, and nothing that had to be looked up beside them. */
export const writeCollectedDeal = (deal: Deal, related: Pick<RelatedToDeals, 'losses' | 'fields'>) => {
  const { visible_to, label_ids } = extrasOf(deal)
  return {
    id: deal.id,
    creator_user_id: deal.creatorId,
    user_id: deal.ownerId,
    person_id: deal.contactId,
    org_id: deal.companyId,
    stage_id: deal.openStageId ?? deal.stageId,
    title: deal.title,
    value: toMajor(deal.amount, deal.currency),
    currency: deal.currency,
    add_time: plainTime(deal.createdAt),
    update_time: plainTime(deal.updatedAt),
    status: statusOf(deal),
    probability: deal.probability,
    lost_reason: lossText(deal, related.losses),
    visible_to: String(visible_to),
    close_time: orNull(deal.closedAt, plainTime),
    pipeline_id: deal.pipelineId,
    won_time: orNull(wonTime(deal), plainTime),
    lost_time: orNull(lostTime(deal), plainTime),
    expected_close_date: deal.expectedCloseDate,
    label: writeLabels(label_ids),
    ...writeFieldValues(related.fields, deal.customFields),
  }
}
