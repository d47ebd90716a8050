import { z } from 'zod'
import { type CustomField, readCustomFields } from '../../../domain/custom-field.ts'
import type { DealPatch } from '../../../domain/deal.ts'
import { invalid } from '../../../domain/errors.ts'
import type { Json, JsonObject } from '../../../domain/text.ts'
import { fieldKey, optionId } from '../custom-fields.ts'
import { readExtras } from '../deals.ts'
import { anyMoment, day, flag, int, labelIds, visibility } from './input.ts'

const fields = {
  title: z.string().optional(),
  owner_id: int.optional(),
  person_id: int.nullable().optional(),
  org_id: int.nullable().optional(),
  pipeline_id: int.optional(),
  stage_id: int.optional(),
  value: z.number().optional(),
  currency: z.string().optional(),
  /** Deals are deleted by DELETE; this can only bring one back. */
  is_deleted: z.literal(false).optional(),
  is_archived: flag.optional(),
  archive_time: anyMoment.nullable().optional(),
  status: z.enum(['open', 'won', 'lost']).optional(),
  probability: int.min(0).max(100).nullable().optional(),
  lost_reason: z.string().nullable().optional(),
  visible_to: visibility.optional(),
  close_time: anyMoment.optional(),
  won_time: anyMoment.optional(),
  lost_time: anyMoment.optional(),
  expected_close_date: day.nullable().optional(),
  label_ids: labelIds.optional(),
  custom_fields: z.record(z.string(), z.json()).optional(),
}

export const DealPatchBody = z.strictObject(fields)
export const DealBody = z.strictObject({ ...fields, title: z.string() })

/** `stage_id` decides where both it and `pipeline_id` are given; that is how the model reads the two as well. */
export function readDeal(body: z.infer<typeof DealPatchBody>, customFields: readonly CustomField[]): DealPatch {
  if (body.archive_time != null && body.is_archived !== true) invalid('archivedAt', 'not_allowed')
  return {
    title: body.title,
    ownerId: body.owner_id,
    contactId: body.person_id,
    companyId: body.org_id,
    pipelineId: body.pipeline_id,
    openStageId: body.stage_id,
    value: body.value === undefined ? undefined : { decimal: body.value },
    currency: body.currency,
    isArchived: body.is_archived,
    archivedAt: body.archive_time ?? undefined,
    outcome: body.status,
    probability: body.probability,
    lossText: body.lost_reason,
    closedAt: body.close_time,
    wonAt: body.won_time,
    lostAt: body.lost_time,
    expectedCloseDate: body.expected_close_date,
    customFields: body.custom_fields && readCustomValues(customFields, body.custom_fields),
    extras: readExtras({ visible_to: body.visible_to, label_ids: body.label_ids }),
  }
}

/** Values by key as values by field. A choice is told by its number, never by its text. */
export function readCustomValues(fields: readonly CustomField[], values: JsonObject): JsonObject {
  const choices = new Map(fields.filter((field) => field.type === 'choice').map((field) => [fieldKey(field), field]))
  const told = Object.entries(values).map(([key, value]): [string, Json] => {
    const field = choices.get(key)
    if (!field || value === null) return [key, value]
    const label = field.options.find((option) => optionId(field, option) === value)
    return [key, label ?? invalid(`customFields.${key}`, 'type')]
  })
  return readCustomFields(fields, Object.fromEntries(told), fieldKey)
}
