import { type CustomField, listCustomFields } from '../../../domain/custom-field.ts'
import type { Deal } from '../../../domain/deal.ts'
import { toMajor } from '../../../domain/money.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { JsonObject } from '../../../domain/text.ts'
import type { Workspace } from '../../../domain/workspace.ts'
import { fieldKey, optionId } from '../custom-fields.ts'
import { extrasOf, lossNames, lossText, lostTime, statusOf, wonTime } from '../deals.ts'
import { countFollowers } from '../followers.ts'
import { localDay, orNull, zulu } from '../wire.ts'
import { fieldKeys, flagText, listOf } from './input.ts'

/** How much of a deal is asked for, and how. */
export const View = {
  include_fields: listOf(
    'next_activity_id',
    'last_activity_id',
    'first_won_time',
    'products_count',
    'files_count',
    'notes_count',
    'followers_count',
    'email_messages_count',
    'activities_count',
    'done_activities_count',
    'undone_activities_count',
    'participants_count',
    'last_incoming_mail_time',
    'last_outgoing_mail_time',
    'smart_bcc_email',
    'source_lead_id',
  ).optional(),
  custom_fields: fieldKeys.optional(),
  include_option_labels: flagText.optional(),
  include_labels: flagText.optional(),
}

export interface CustomView {
  custom_fields?: readonly string[] | undefined
  include_option_labels?: boolean | undefined
  include_labels?: boolean | undefined
}

export interface DealView extends CustomView {
  include_fields?: readonly string[] | undefined
}

interface Surroundings {
  workspace: Workspace
  fields: readonly CustomField[]
  lossNames: ReadonlyMap<number, string>
  followers: ReadonlyMap<number, number>
}

/** Deals with all that is shown of them. */
export async function writeDeals(scope: Scope, deals: readonly Deal[], view: DealView = {}): Promise<object[]> {
  const counted = view.include_fields?.includes('followers_count') ? deals : []
  const surroundings: Surroundings = {
    workspace: scope.workspace,
    fields: await listCustomFields(scope, 'deal'),
    lossNames: await lossNames(scope, deals),
    followers: await countFollowers(scope, counted),
  }
  return deals.map((deal) => writeDeal(deal, surroundings, view))
}

/** One deal, in the order of keys in which the vendor was seen to send them. `acv`, `arr` and `mrr` are of accounts with products only. */
function writeDeal(deal: Deal, around: Surroundings, view: DealView): object {
  const { timeZone } = around.workspace
  const { origin, origin_id, channel, channel_id, visible_to, label_ids } = extrasOf(deal)
  return {
    id: deal.id,
    title: deal.title,
    creator_user_id: deal.creatorId,
    value: toMajor(deal.amount, deal.currency),
    person_id: deal.contactId,
    org_id: deal.companyId,
    stage_id: deal.openStageId,
    currency: deal.currency,
    add_time: zulu(deal.createdAt),
    update_time: zulu(deal.updatedAt),
    status: statusOf(deal),
    probability: deal.probability,
    lost_reason: lossText(deal, around.lossNames),
    visible_to,
    close_time: orNull(deal.closedAt, zulu),
    pipeline_id: deal.pipelineId,
    won_time: orNull(wonTime(deal), zulu),
    lost_time: orNull(lostTime(deal), zulu),
    stage_change_time: orNull(deal.openStageChangedAt, zulu),
    local_won_date: localDay(timeZone, wonTime(deal)),
    local_lost_date: localDay(timeZone, lostTime(deal)),
    local_close_date: localDay(timeZone, deal.closedAt),
    expected_close_date: deal.expectedCloseDate,
    custom_fields: writeCustomValues(around.fields, deal.customFields, view),
    owner_id: deal.ownerId,
    label_ids,
    is_deleted: deal.deletedAt !== null,
    origin,
    origin_id,
    channel,
    channel_id,
    is_archived: deal.archivedAt !== null,
    archive_time: orNull(deal.archivedAt, zulu),
    ...(view.include_labels ? { labels: writeLabels(label_ids) } : {}),
    ...included(deal, around, view.include_fields ?? []),
  }
}

/** What is only shown when asked for. There are no activities, mails, products, files, notes or leads here, so none is ever there. */
function included(deal: Deal, around: Surroundings, names: readonly string[]): object {
  const known: Readonly<Record<string, unknown>> = {
    first_won_time: orNull(deal.firstWonAt, zulu),
    followers_count: around.followers.get(deal.id) ?? 0,
  }
  return Object.fromEntries(names.map((name) => [name, known[name] ?? (name.endsWith('_count') ? 0 : null)]))
}

/** Labels are only known by number here, because nothing names them. */
export const writeLabels = (ids: readonly number[]) => ids.map((id) => ({ id, label: String(id) }))

/** Null where the company has no fields of its own; otherwise every field, or those asked for. */
export function writeCustomValues(fields: readonly CustomField[], values: JsonObject, view: CustomView): object | null {
  if (fields.length === 0) return null
  const { custom_fields: keys, include_option_labels: withLabels } = view
  return Object.fromEntries(
    fields.flatMap((field) => {
      const key = fieldKey(field)
      if (keys && !keys.includes(key)) return []
      const value = values[String(field.id)] ?? null
      if (field.type !== 'choice' || typeof value !== 'string') return [[key, value]]
      const id = optionId(field, value)
      return [[key, withLabels ? { id, label: value } : id]]
    }),
  )
}
