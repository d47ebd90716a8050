import { z } from 'zod'
import { probabilityOf } from '../../domain/board.ts'
import { type CustomField, listCustomFields, readCustomFields, writeCustomFields } from '../../domain/custom-field.ts'
import type { Deal, DealPatch } from '../../domain/deal.ts'
import { exponentOf, isCurrency, maxAmount } from '../../domain/money.ts'
import type { Scope } from '../../domain/scope.ts'
import { isOpen, type Stage } from '../../domain/stage.ts'
import type { JsonObject } from '../../domain/text.ts'
import { dayIn, type Instant } from '../../domain/time.ts'
import type { Workspace } from '../../domain/workspace.ts'
import { day, link, name, required, text, whole } from './body.ts'
import { ownAttributes, ownOf, readOwn } from './deal-attributes.ts'
import { identifier, type Load, type Resource } from './document.ts'
import { contactOfPerson, personOfContact, userOfPerson } from './ids.ts'
import { daysBetween, startOfDay, timeIn } from './time.ts'

const attributes = {
  name,
  ...ownAttributes,
  budget: z
    .boolean()
    .refine((budget) => !budget, { params: { rule: 'not_allowed' } })
    .optional(),
  tag_list: z.array(z.string()).nullish(),
  custom_fields: z.record(z.string(), z.json()).nullish(),
  deal_value: whole(-maxAmount, maxAmount).optional(),
  currency: z
    .string()
    .refine(isCurrency, { params: { rule: 'choice' } })
    .optional(),
  probability: whole(0, 100).nullish(),
  lost_comment: text(10_000).nullish(),
  sales_closed_on: day.nullish(),
  company: required(link('companies')),
  responsible: required(link('people')),
  deal_status: required(link('deal_statuses')).optional(),
  contact: link('people').nullish(),
  lost_reason: link('lost_reasons').nullish(),
}

export const NewDeal = z.object(attributes)
export const DealChange = z.object({
  ...attributes,
  name: name.optional(),
  company: attributes.company.optional(),
  responsible: attributes.responsible.optional(),
})
export type DealChange = z.output<typeof DealChange>

/** What a document says of a deal. Its value is counted in cents, its company, people, stage and reason are relations. */
export function readDeal(input: DealChange, fields: readonly CustomField[], { timeZone }: Workspace, before?: Deal): DealPatch {
  const { sales_closed_on: closedOn } = input
  const keepsTime = before?.closedAt != null && closedOn === dayIn(timeZone, before.closedAt)
  return {
    title: input.name,
    amount: input.deal_value,
    currency: input.currency,
    stageId: input.deal_status,
    ownerId: input.responsible === undefined ? undefined : userOfPerson(input.responsible),
    companyId: input.company,
    contactId: input.contact == null ? input.contact : contactOfPerson(input.contact),
    probability: input.probability,
    lossReasonId: input.lost_reason,
    lossComment: input.lost_comment,
    closedAt: closedOn == null || keepsTime ? undefined : startOfDay(timeZone, closedOn),
    tags: input.tag_list === null ? [] : input.tag_list,
    customFields: input.custom_fields === undefined ? undefined : readFields(input.custom_fields, fields),
    extras: readOwn(input),
  }
}

const fieldKey = ({ id }: CustomField): string => String(id)

/** Null empties them all. */
const readFields = (values: JsonObject | null, fields: readonly CustomField[]): JsonObject =>
  readCustomFields(fields, values ?? Object.fromEntries(fields.map((field) => [fieldKey(field), null])), fieldKey)

/** What a deal's resource is made of. */
export interface DealFacts {
  deal: Deal
  stage: Stage
  /** The open stage that it stands in or was closed from. */
  openStage: Stage | undefined
}

export interface DealContext {
  workspace: Workspace
  fields: readonly CustomField[]
  now: Instant
}

/** The whole resource, in the order in which it was recorded. What crmux keeps no books about (services, invoices, time) is nothing. */
export function writeDeal({ deal, stage, openStage }: DealFacts, { workspace, fields, now }: DealContext): Resource {
  const { timeZone } = workspace
  const at = (time: Instant | null) => (time === null ? null : timeIn(timeZone, time))
  const own = ownOf(deal)
  const custom = writeCustomFields(fields, deal.customFields, fieldKey)
  const money = moneyOf(deal, workspace)
  const probability = shownProbability(deal, stage, workspace)
  const margin = deal.amount === 0 ? '0.0' : '100.0'
  const number = String(deal.id)
  return {
    type: 'deals',
    id: number,
    attributes: {
      name: deal.title,
      date: own.date ?? dayIn(timeZone, deal.createdAt),
      end_date: own.end_date,
      number,
      deal_number: number,
      suffix: null,
      time_approval: own.time_approval,
      expense_approval: own.expense_approval,
      client_access: own.client_access,
      deal_type_id: own.deal_type_id,
      budget: false,
      sales_status_updated_at: at(deal.stageChangedAt ?? deal.createdAt),
      tag_list: deal.tags,
      origin_deal_id: null,
      profit_margin: margin,
      profit_margin_normalized: margin,
      profit_margin_default: margin,
      email_key: deal.uuid.replaceAll('-', ''),
      purchase_order_number: own.purchase_order_number,
      custom_fields: Object.keys(custom).length === 0 ? null : custom,
      position: own.position,
      service_type_restricted_tracking: own.service_type_restricted_tracking,
      tracking_type_id: own.tracking_type_id,
      editor_config: own.editor_config,
      discount: null,
      man_day_minutes: own.man_day_minutes,
      rounding_interval_id: own.rounding_interval_id,
      rounding_method_id: own.rounding_method_id,
      validate_expense_when_closing: own.validate_expense_when_closing,
      revenue_distribution_type: own.revenue_distribution_type,
      color_id: own.color_id,
      connection_status: 'none',
      revenue_distribution_method: null,
      billable_time: 0,
      budget_warning: own.budget_warning,
      estimated_time: 0,
      budgeted_time: 0,
      worked_time: 0,
      time_to_close: deal.closedAt === null ? null : daysBetween(deal.createdAt, deal.closedAt),
      // Of a closed deal the days until it was closed.
      days_since_created: daysBetween(deal.createdAt, deal.closedAt ?? now),
      days_since_last_activity: daysBetween(deal.updatedAt, now),
      days_in_current_stage: daysBetween(deal.stageChangedAt ?? deal.createdAt, now),
      probability,
      previous_probability:
        isOpen(stage) || !openStage ? null : shownProbability({ ...deal, outcome: 'open' }, openStage, workspace),
      note_interpolated: own.note,
      proposal_note_interpolated: null,
      footer_interpolated: null,
      proposal_footer_interpolated: null,
      todo_count: 0,
      todo_due_date: null,
      note: own.note,
      proposal_note: null,
      lost_comment: deal.lossComment,
      // When a budget was closed; a deal closes as sales do.
      closed_at: null,
      delivered_on: own.delivered_on,
      last_activity_at: at(deal.updatedAt),
      deleted_at: at(deal.deletedAt),
      created_at: at(deal.createdAt),
      sales_closed_at: at(deal.closedAt),
      exchange_rate: money.rate,
      exchange_date: dayIn(timeZone, deal.createdAt),
      sales_closed_on: deal.closedAt === null ? null : dayIn(timeZone, deal.closedAt),
      sample_data: false,
      external_id: deal.externalId,
      external_sync: false,
      manual_invoicing_status_id: own.manual_invoicing_status_id,
      footer: null,
      proposal_footer: null,
      access_to_deal: true,
      currency: deal.currency,
      currency_default: workspace.currency,
      currency_normalized: deal.currency,
      ...money.triple('revenue', deal.amount),
      ...money.triple('services_revenue', 0),
      ...money.triple('budget_total', deal.amount),
      ...money.triple('budget_used', 0),
      ...money.triple('projected_revenue', Math.round((deal.amount * (probability ?? 100)) / 100)),
      ...money.triple('cost', 0),
      ...money.triple('profit', deal.amount),
      ...money.triple('invoiced', 0),
      ...money.triple('pending_invoicing', deal.amount),
      ...money.triple('manually_invoiced', 0),
      ...money.triple('draft_invoiced', 0),
      ...money.triple('amount_credited', 0),
      ...money.triple('expense', 0),
    },
    links: {
      creator: identifier('people', deal.creatorId),
      company: identifier('companies', deal.companyId),
      responsible: identifier('people', deal.ownerId),
      deal_status: identifier('deal_statuses', deal.stageId),
      lost_reason: identifier('lost_reasons', deal.lossReasonId),
      contact: identifier('people', deal.contactId === null ? null : personOfContact(deal.contactId)),
    },
  }
}

/** Won is certain and lost is not to be; an open deal has its own, or else its stage's where the organization has that feature. */
function shownProbability(deal: Pick<Deal, 'outcome' | 'probability'>, stage: Stage, { features }: Workspace): number | null {
  if (deal.outcome !== 'open') return probabilityOf(deal, stage)
  return deal.probability ?? (features.probability ? stage.probability : null)
}

/** Every amount three times: in the deal's currency, in the organization's, and in the deal's again. Without a rate the second is unknown. */
function moneyOf({ currency }: Deal, workspace: Workspace) {
  const rate = currency === workspace.currency ? 1 : workspace.rates[currency]
  const scale = 10 ** (exponentOf(workspace.currency) - exponentOf(currency))
  return {
    rate: rate === undefined ? null : Number.isInteger(rate) ? `${rate}.0` : String(rate),
    triple: (name: string, amount: number) => ({
      [name]: amount,
      [`${name}_default`]: rate === undefined ? null : rate === 1 && scale === 1 ? amount : Math.round(amount * rate * scale),
      [`${name}_normalized`]: amount,
    }),
  }
}

/** These deals as resources, in their order. */
export async function writeDeals(scope: Scope, deals: readonly Deal[]): Promise<Resource[]> {
  const ids = new Set(deals.flatMap(({ stageId, openStageId }) => [stageId, openStageId ?? stageId]))
  const stages = new Map((await Promise.all([...ids].map((id) => scope.store.stages.get(id)))).map((stage) => [stage?.id, stage]))
  const context = { workspace: scope.workspace, fields: await listCustomFields(scope, 'deal'), now: scope.now() }
  return deals.flatMap((deal) => {
    const stage = stages.get(deal.stageId)
    return stage ? [writeDeal({ deal, stage, openStage: stages.get(deal.openStageId ?? stage.id) }, context)] : []
  })
}

export const loadDeals: Load = async (scope, ids) => {
  const deals = await Promise.all(ids.map((id) => scope.store.deals.get(id)))
  return writeDeals(
    scope,
    deals.filter((deal) => deal !== undefined),
  )
}
