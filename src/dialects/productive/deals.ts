import { z } from 'zod'
import { type CustomField, fieldsOf, readCustomFields, writeCustomFields } from '../../domain/custom-field.ts'
import type { Deal, DealPatch } from '../../domain/deal.ts'
import { isCurrency, maxAmount } from '../../domain/money.ts'
import type { Scope } from '../../domain/scope.ts'
import type { JsonObject } from '../../domain/text.ts'
import { dayIn } from '../../domain/time.ts'
import type { Workspace } from '../../domain/workspace.ts'
import { day, link, name, required, text, whole } from './body.ts'
import { ownAttributes, readOwn } from './deal-attributes.ts'
import { attributesOf } from './deal-layout.ts'
import { identifier, type Load, type Resource } from './document.ts'
import { contactOfPerson, personOfContact, userOfPerson } from './ids.ts'
import { startOfDay } from './time.ts'

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

const customOf = (deal: Deal, fields: readonly CustomField[]): JsonObject | null => {
  const custom = writeCustomFields(fields, deal.customFields, fieldKey)
  return Object.keys(custom).length === 0 ? null : custom
}

const linksOf = (deal: Deal) => ({
  creator: identifier('people', deal.creatorId),
  company: identifier('companies', deal.companyId),
  responsible: identifier('people', deal.ownerId),
  deal_status: identifier('deal_statuses', deal.stageId),
  lost_reason: identifier('lost_reasons', deal.lossReasonId),
  contact: identifier('people', deal.contactId === null ? null : personOfContact(deal.contactId)),
})

/** These deals as resources, in their order. */
export async function writeDeals(scope: Scope, deals: readonly Deal[]): Promise<Resource[]> {
  const ids = new Set(deals.flatMap(({ stageId, openStageId }) => [stageId, openStageId ?? stageId]))
  const stages = new Map((await Promise.all([...ids].map((id) => scope.store.stages.get(id)))).map((stage) => [stage?.id, stage]))
  const fields = await fieldsOf(scope, 'deal', deals)
  const now = scope.now()
  return deals.flatMap((deal) => {
    const stage = stages.get(deal.stageId)
    if (!stage) return []
    const facts = { deal, stage, openStage: stages.get(deal.openStageId ?? stage.id), custom: customOf(deal, fields) }
    const attributes = attributesOf(facts, scope.workspace, now)
    return [{ type: 'deals' as const, id: String(deal.id), attributes, links: linksOf(deal) }]
  })
}

export const loadDeals: Load = async (scope, ids) => {
  const deals = await Promise.all(ids.map((id) => scope.store.deals.get(id)))
  return writeDeals(
    scope,
    deals.filter((deal) => deal !== undefined),
  )
}
