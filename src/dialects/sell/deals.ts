import { z } from 'zod'
import { type CustomField, readCustomFields, writeCustomFields } from '../../domain/custom-field.ts'
import type { Deal, DealPatch } from '../../domain/deal.ts'
import { roundTo, toDecimal } from '../../domain/money.ts'
import type { JsonObject } from '../../domain/text.ts'
import type { Instant } from '../../domain/time.ts'
import { type Reasons, reasonsOf } from './deal-reasons.ts'
import { customValues, day, instant, payload } from './fields.ts'
import { moment } from './wire.ts'

const id = z.int()

/** Vendor clients send values as numbers and as texts: `1000.5`, `"10"`, `"1000.25"`. */
const decimal = z.union([z.number(), z.string().regex(/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i)])

/**
 * Everything that can be said of a deal. What can be null here is what the answers show as null: the Ruby client sends a deal back as
 * it came. `added_on` is what the vendor's clients call `added_at`.
 */
const writable = {
  name: z.string(),
  contact_id: id,
  owner_id: id.optional(),
  value: decimal.nullish(),
  currency: z.string().optional(),
  hot: z.boolean().optional(),
  stage_id: id.optional(),
  last_stage_change_at: instant.optional(),
  source_id: id.nullish(),
  loss_reason_id: id.nullish(),
  unqualified_reason_id: id.nullish(),
  estimated_close_date: day.nullish(),
  customized_win_likelihood: z.int().nullish(),
  tags: z.array(z.string()).optional(),
  custom_fields: customValues.optional(),
  added_at: instant.optional(),
  added_on: instant.optional(),
}

export const NewDeal = payload(z.strictObject(writable))
export const DealChange = payload(z.strictObject({ ...writable, contact_id: id.nullable() }).partial())

export type DealData = z.output<typeof DealChange>['data']

/** What Sell alone knows of a deal. Only what differs from the usual is kept. */
interface OwnDeal {
  hot?: true
  sourceId?: number
  addedAt?: Instant
}

export const ownOf = (deal: Deal): OwnDeal => (deal.extras.sell ?? {}) as OwnDeal // written by readDeal alone

/** The part of a payload that needs no look at the deal as it is. */
export function readDeal(data: DealData, fields: readonly CustomField[]): DealPatch {
  const extras: Record<string, JsonObject[string]> = {}
  if (data.hot !== undefined) extras.hot = data.hot || null
  if (data.source_id !== undefined) extras.sourceId = data.source_id
  return {
    title: data.name,
    partyId: data.contact_id,
    ownerId: data.owner_id,
    // The Ruby suite creates deals with a value of null, and the Python client breaks on reading one.
    value: data.value === undefined ? undefined : { decimal: data.value ?? 0, places: 2 },
    currency: data.currency,
    stageId: data.stage_id,
    expectedCloseDate: data.estimated_close_date,
    probability: data.customized_win_likelihood,
    tags: data.tags,
    customFields: data.custom_fields && readCustomFields(fields, data.custom_fields as JsonObject, nameOf),
    extras,
  }
}

export const nameOf = (field: CustomField): string => field.name

/** A deal as the vendor shows it, in the order of its reference. */
export function writeDeal(deal: Deal, fields: readonly CustomField[], kinds: Reasons['kinds']) {
  const own = ownOf(deal)
  const { lost, unqualified } = reasonsOf(deal, kinds)
  return {
    id: deal.id,
    creator_id: deal.creatorId,
    owner_id: deal.ownerId,
    name: deal.title,
    value: writeValue(deal),
    currency: deal.currency,
    hot: own.hot ?? false,
    stage_id: deal.stageId,
    last_stage_change_at: moment(stageChangeOf(deal)),
    last_stage_change_by_id: deal.stageChangedById ?? deal.creatorId,
    // Calls, notes and tasks are not kept here, so the last thing that happened to a deal is its last change.
    last_activity_at: moment(deal.updatedAt),
    source_id: own.sourceId ?? null,
    loss_reason_id: lost,
    unqualified_reason_id: unqualified,
    dropbox_email: dropboxOf(deal),
    contact_id: deal.contactId ?? deal.companyId,
    // The company of the person that the deal is with; a deal with a company has that one as its contact.
    organization_id: deal.contactId === null ? null : deal.companyId,
    estimated_close_date: deal.expectedCloseDate,
    customized_win_likelihood: deal.probability,
    tags: deal.tags,
    custom_fields: writeCustomFields(fields, deal.customFields, nameOf),
    created_at: moment(deal.createdAt),
    updated_at: moment(deal.updatedAt),
    added_at: moment(addedAtOf(deal)),
  }
}

/** Typed clients have no null here: a deal came to its first stage when it was made. */
export const stageChangeOf = (deal: Deal): Instant => deal.stageChangedAt ?? deal.createdAt

export const addedAtOf = (deal: Deal): Instant => ownOf(deal).addedAt ?? deal.createdAt

/** `1000`, or with a fraction the text `"1000.50"` (reference: Deals, the note on decimal values). */
function writeValue({ amount, currency }: Deal): number | string {
  const decimal = Number(toDecimal(roundTo(amount, currency, 2), currency))
  return Number.isInteger(decimal) ? decimal : decimal.toFixed(2)
}

/**
 * The address whose mails the vendor files under the deal. No mail arrives here, so it is one of a domain that never exists rather
 * than one of the vendor's, to which somebody's letter might go.
 */
const dropboxOf = ({ uuid }: Deal): string => `dropbox@${uuid.slice(-8)}.deals.invalid`
