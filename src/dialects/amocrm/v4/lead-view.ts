import { type CustomField, fieldsOf } from '../../../domain/custom-field.ts'
import type { Deal } from '../../../domain/deal.ts'
import { lastChangers } from '../../../domain/events.ts'
import type { LossReason } from '../../../domain/loss-reason.ts'
import type { Scope } from '../../../domain/scope.ts'
import { contactIdsOf } from '../contacts.ts'
import { writeValues } from '../custom-fields.ts'
import { priceOf } from '../leads.ts'
import { statusIdOf } from '../statuses.ts'
import { writeTags } from '../tags.ts'
import { seconds, secondsOr } from '../time.ts'
import { self } from './links.ts'
import { writeLossReason } from './loss-reasons.ts'

/** What can be asked for beside the lead itself. Names that we do not know are passed over. */
export type With = ReadonlySet<string>

/** Everything that a page of leads needs beside the leads. */
export interface LeadContext {
  base: string
  accountId: number
  timeZone: string
  fields: readonly CustomField[]
  reasons: ReadonlyMap<number, LossReason>
  changers: ReadonlyMap<number, number>
  with: With
}

export async function leadContext(scope: Scope, base: string, leads: readonly Deal[], beside: With): Promise<LeadContext> {
  const ids = beside.has('loss_reason') ? [...new Set(leads.flatMap((lead) => lead.lossReasonId ?? []))] : []
  const reasons = await Promise.all(ids.map((id) => scope.store.lossReasons.get(id)))
  return {
    base,
    accountId: scope.workspace.id,
    timeZone: scope.workspace.timeZone,
    fields: await fieldsOf(scope, 'deal', leads),
    reasons: new Map(reasons.flatMap((reason) => (reason ? [[reason.id, reason]] : []))),
    changers: await lastChangers(
      scope,
      'deal',
      leads.map(({ id }) => id),
    ),
    with: beside,
  }
}

/** The whole lead. Groups, tasks, scores and labour costs are not kept here and show as a new account's. */
export const writeLead = (lead: Deal, context: LeadContext): object => ({
  id: lead.id,
  name: lead.title,
  price: priceOf(lead),
  responsible_user_id: lead.ownerId,
  group_id: 0,
  status_id: statusIdOf(lead),
  pipeline_id: lead.pipelineId,
  loss_reason_id: lead.outcome === 'open' || lead.outcome === 'won' ? null : lead.lossReasonId,
  ...(context.with.has('source_id') ? { source_id: null } : {}),
  created_by: lead.creatorId,
  updated_by: context.changers.get(lead.id) ?? lead.creatorId,
  created_at: seconds(lead.createdAt),
  updated_at: seconds(lead.updatedAt),
  closed_at: secondsOr(lead.closedAt, null),
  closest_task_at: null,
  is_deleted: lead.deletedAt !== null,
  custom_fields_values: writeValues(context.fields, lead.customFields, context.timeZone),
  score: null,
  account_id: context.accountId,
  labor_cost: null,
  is_price_computed: false,
  ...(context.with.has('is_price_modified_by_robot') ? { is_price_modified_by_robot: false } : {}),
  ...self(`${context.base}/leads/${lead.id}`),
  _embedded: embedded(lead, context),
})

/** Tags and companies always, the rest only where it was asked for. */
function embedded(lead: Deal, { base, reasons, with: beside }: LeadContext): object {
  const reason = lead.lossReasonId === null ? undefined : reasons.get(lead.lossReasonId)
  return {
    tags: writeTags(lead.tags),
    companies: lead.companyId === null ? [] : [{ id: lead.companyId, ...self(`${base}/companies/${lead.companyId}`) }],
    ...(beside.has('loss_reason') ? { loss_reason: reason ? [writeLossReason(reason, base)] : [] } : {}),
    ...(beside.has('catalog_elements') ? { catalog_elements: [] } : {}),
    ...(beside.has('source') ? { source: null } : {}),
    ...(beside.has('contacts') ? { contacts: writeContacts(contactIdsOf(lead), base) } : {}),
  }
}

export const writeContacts = (ids: readonly number[], base: string): object[] =>
  ids.map((id, index) => ({ id, is_main: index === 0, ...self(`${base}/contacts/${id}`) }))
