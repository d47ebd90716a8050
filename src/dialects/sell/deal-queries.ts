import { z } from 'zod'
import type { CustomField } from '../../domain/custom-field.ts'
import type { DealFilter, DealSort, FieldMatch } from '../../domain/deal.ts'
import { fail } from '../../http/fault.ts'
import { nameOf } from './deals.ts'
import { customFilter, day, gathered } from './fields.ts'
import { idList, number, paging, sortBy, yesOrNo } from './paging.ts'

const sorts: Readonly<Record<string, DealSort>> = {
  id: 'id',
  name: 'title',
  value: 'amount',
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  estimated_close_date: 'expectedCloseDate',
  last_stage_change_at: 'stageChangedAt',
}

/** There is no filter by pipeline, status or time of change: clients join through the stage and sort by `updated_at`. */
const filters = {
  ids: idList.optional(),
  creator_id: number.optional(),
  owner_id: number.optional(),
  contact_id: number.optional(),
  organization_id: number.optional(),
  hot: yesOrNo.optional(),
  source_id: number.optional(),
  stage_id: number.optional(),
  name: z.string().optional(),
  value: z
    .string()
    .regex(/^-?\d{1,13}(\.\d{1,4})?$/)
    .optional(),
  estimated_close_date: day.optional(),
  custom_fields: customFilter.optional(),
}

export const includes = z.enum(['associated_contacts']).optional()

export const DealQuery = z.preprocess(
  gathered,
  z.strictObject({ ...paging, sort_by: sortBy(sorts).optional(), includes, ...filters }),
)

/** What an upsert looks for; at least one thing. */
export const DealMatch = z.preprocess(
  gathered,
  z.strictObject(filters).refine((given) => Object.keys(given).length > 0, 'at least one filter is needed'),
)

export function readFilter(query: z.output<typeof DealMatch>, fields: readonly CustomField[]): DealFilter {
  const { hot, source_id } = query
  return {
    ids: query.ids,
    creatorId: query.creator_id,
    ownerId: query.owner_id,
    partyId: query.contact_id,
    companyId: query.organization_id,
    stageId: query.stage_id,
    title: query.name,
    value: query.value,
    expectedCloseDate: query.estimated_close_date,
    extra: [
      // Only hot deals say so.
      ...(hot === undefined ? [] : [{ dialect: 'sell', key: 'hot', value: true, not: !hot }]),
      ...(source_id === undefined ? [] : [{ dialect: 'sell', key: 'sourceId', value: source_id }]),
    ],
    customField: readMatches(query.custom_fields, fields),
  }
}

/** `custom_fields[Field Name]=x`, as the fields keep it. A field that does not exist is refused like any unknown parameter. */
export function readMatches(pairs: z.output<typeof customFilter> = [], fields: readonly CustomField[]): FieldMatch[] {
  return pairs.map(([name, text]) => {
    const field = fields.find((field) => nameOf(field) === name)
    const value = field && valueIn(field, text)
    if (field && value !== undefined) return { id: String(field.id), value }
    const rule = field ? 'type' : 'unknown'
    const message = field ? `takes a ${field.type}` : 'is no custom field'
    return fail({ kind: 'bad_input', where: 'query', issues: [{ path: [`custom_fields[${name}]`], rule, message }] })
  })
}

function valueIn(field: CustomField, text: string): FieldMatch['value'] | undefined {
  switch (field.type) {
    case 'number':
      return text.trim() === '' || !Number.isFinite(Number(text)) ? undefined : Number(text)
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'text':
    case 'date':
    case 'choice':
      return text
  }
}

/** The filters of an upsert must leave no choice. */
export const ambiguous = (): never =>
  fail({
    kind: 'bad_input',
    where: 'query',
    issues: [{ path: [], rule: 'duplicate', message: 'More than one resource matches the filters.' }],
  })
