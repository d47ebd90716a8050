import { z } from 'zod'
import { type CustomField, listCustomFields } from '../../../domain/custom-field.ts'
import type { Deal, DealDraft, DealPatch } from '../../../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal, restoreDeal } from '../../../domain/edit-deals.ts'
import { atomically, type Scope } from '../../../domain/scope.ts'
import { given } from '../../../domain/text.ts'
import { fail } from '../../../http/fault.ts'
import { findVisibleDeal, readExtras } from '../deals.ts'
import { readFieldValues } from './custom-values.ts'
import { asBody, clearable, day, decimal, flag, labels, maybe, moment, text, whole } from './input.ts'

/** What v1 can be told about a deal. Custom fields stand among these under keys of their own. */
const shape = {
  title: maybe(text),
  value: maybe(decimal),
  currency: maybe(text),
  user_id: maybe(whole),
  person_id: clearable(whole),
  org_id: clearable(whole),
  pipeline_id: maybe(whole),
  stage_id: maybe(whole),
  status: maybe(z.enum(['open', 'won', 'lost', 'deleted'])),
  probability: clearable(whole),
  lost_reason: clearable(text),
  visible_to: maybe(whole.pipe(z.literal([1, 3, 5, 7]))),
  expected_close_date: clearable(day),
  // Null is what these show where there is no such time, and clients write back what they have read.
  won_time: clearable(moment),
  lost_time: clearable(moment),
  close_time: clearable(moment),
  archive_time: clearable(moment),
  is_archived: maybe(flag),
  label: clearable(labels),
  channel: clearable(whole),
  channel_id: clearable(text),
}

export const DealChange = z.preprocess(asBody, z.looseObject(shape))
export const DealDraftBody = z.preprocess(
  asBody,
  z.looseObject({ ...shape, title: text, origin_id: clearable(text), add_time: clearable(moment) }),
)

type Said = z.output<typeof DealChange>

/** Which two times contradict each other. */
function requireOneFate({ won_time, lost_time }: Said): void {
  if (!won_time || !lost_time) return
  const message = 'cannot be used together with lost_time'
  fail({ kind: 'bad_input', where: 'body', issues: [{ path: ['won_time'], rule: 'not_allowed', message }] })
}

/** What a body says of a deal, in our words. A stage that is named decides over the pipeline. */
function readDeal(body: Said, fields: readonly CustomField[]): DealPatch {
  requireOneFate(body)
  return {
    title: body.title,
    value: body.value === undefined ? undefined : { decimal: body.value },
    currency: body.currency?.toUpperCase(),
    ownerId: body.user_id,
    contactId: body.person_id,
    companyId: body.org_id,
    pipelineId: body.stage_id === undefined ? body.pipeline_id : undefined,
    openStageId: body.stage_id,
    outcome: body.status === 'deleted' ? undefined : body.status,
    probability: body.probability,
    lossText: body.lost_reason,
    expectedCloseDate: body.expected_close_date,
    wonAt: body.won_time ?? undefined,
    lostAt: body.lost_time ?? undefined,
    closedAt: body.close_time ?? undefined,
    isArchived: body.is_archived,
    archivedAt: body.is_archived === false ? undefined : (body.archive_time ?? undefined),
    customFields: readFieldValues(fields, body),
    extras: readExtras(
      given({
        visible_to: body.visible_to,
        label_ids: body.label === null ? [] : body.label,
        channel: body.channel,
        channel_id: body.channel_id,
      }),
    ),
  }
}

/** Adds a deal. Its origin says that it came through the API. */
export async function postDeal(scope: Scope, body: z.output<typeof DealDraftBody>): Promise<Deal> {
  if (body.status === 'deleted') {
    const message = 'a deal cannot be added deleted'
    fail({ kind: 'bad_input', where: 'body', issues: [{ path: ['status'], rule: 'not_allowed', message }] })
  }
  const patch = readDeal(body, await listCustomFields(scope, 'deal'))
  const draft: DealDraft = { ...patch, title: body.title, createdAt: body.add_time ?? undefined }
  const extras = { ...patch.extras, ...readExtras(given({ origin: 'API', origin_id: body.origin_id })) }
  return createDeal(scope, { ...draft, extras })
}

/** Changes a deal; its status also deletes it, and brings it back. */
export const putDeal = (scope: Scope, id: number, body: Said): Promise<Deal> =>
  atomically(scope, async (scope) => {
    const before = await findVisibleDeal(scope, id)
    if (before.deletedAt !== null && body.status !== undefined && body.status !== 'deleted') await restoreDeal(scope, id)
    const deal = await changeDeal(scope, id, readDeal(body, await listCustomFields(scope, 'deal')))
    return body.status === 'deleted' ? deleteDeal(scope, deal.id) : deal
  })
