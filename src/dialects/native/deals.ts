import { z } from 'zod'
import { type CustomField, fieldsOf } from '../../domain/custom-field.ts'
import type { Deal, DealDraft, DealPatch } from '../../domain/deal.ts'
import { currencyCodes, toDecimal } from '../../domain/money.ts'
import type { Scope } from '../../domain/scope.ts'
import { stageKinds } from '../../domain/stage.ts'
import { readValues, writeValues } from './custom-fields.ts'
import { customValues, id, instant, recordId, text, timeText, uuid, words } from './fields.ts'
import { time, timeOrNull } from './wire.ts'

/** A deal on the wire: how it is shown, and what can be said of it. */

export const Outcome = z.enum(stageKinds as ['open', 'won', 'lost', 'unqualified']).meta({
  description: 'The kind of the stage that it stands in. `unqualified` is a way of being lost.',
})

const shape = {
  id: recordId,
  uuid,
  externalId: z.string().nullable().meta({ description: 'What another system calls it. Unique in the workspace.' }),
  title: words('What it is called.'),
  amount: z.int().meta({ description: 'In minor units of `currency`: cents for USD, yen for JPY.', example: 125050 }),
  value: z.string().meta({ description: 'The same in major units, as decimal text.', example: '1250.50' }),
  currency: z.string().meta({ description: 'ISO 4217.', example: 'USD' }),
  pipelineId: id('The pipeline of its stage.'),
  stageId: id('The stage that it stands in.'),
  outcome: Outcome,
  openStageId: z.int().nullable().meta({ description: 'The open stage that it stands in, or was closed from.' }),
  ownerId: id('The member who looks after it.'),
  creatorId: id('The member who brought it in.'),
  contactId: id('The person that it is made with.').nullable(),
  companyId: id('The company that it is made with.').nullable(),
  probability: z.int().nullable().meta({ description: 'Its own, in percent. Null: its stage’s counts.' }),
  expectedCloseDate: z
    .string()
    .nullable()
    .meta({ description: 'The day that it is expected to close, YYYY-MM-DD.', format: 'date' }),
  lossReasonId: id('Why it was lost.').nullable(),
  lossComment: words('Why it was lost, in somebody’s own words.').nullable(),
  stageChangedAt: timeText('When it last changed stage, winning and losing included; null until the first move.').nullable(),
  stageChangedById: id('The member who moved it then.').nullable(),
  openStageChangedAt: timeText('When it last went from one open stage to another; null until then.').nullable(),
  closedAt: timeText('When it was won or lost; null while it is open.').nullable(),
  firstWonAt: timeText('When it was won for the first time.').nullable(),
  tags: z.array(z.string()).meta({ description: 'In the order they were given.' }),
  customFields: customValues,
  version: z.int().meta({ description: 'Counts its changes, from 1. The entity tag of its answers.' }),
  archivedAt: timeText('Since when it is out of sight and out of the totals; null: it is not.').nullable(),
  deletedAt: timeText('When it was deleted; null: it was not.').nullable(),
  createdAt: timeText('When it began. Imports keep the original date.'),
  updatedAt: timeText('When it last changed.'),
}

export type DealJson = z.output<typeof DealJson>
export const DealJson = z.object(shape).meta({ id: 'Deal', description: 'Something that may be sold.' })

export type CardJson = z.output<typeof CardJson>
export const CardJson = z
  .object({
    ...shape,
    rotsAt: timeText('When it begins, or began, to rot; null: never.').nullable(),
    contactName: words('What the contact is called.').nullable(),
    companyName: words('What the company is called.').nullable(),
  })
  .meta({ id: 'Card', description: 'A deal on the board.' })

const fields = {
  title: text('1 to 255 characters.', 255).optional(),
  externalId: text('What another system calls it: 1 to 255 characters, unique in the workspace.', 255).nullable().optional(),
  amount: z.int().optional().meta({ description: 'In minor units of `currency`, up to 10^15 either way.' }),
  value: z.union([z.number(), z.string()]).optional().meta({
    description: 'Instead of `amount`: in major units, rounded to what the currency has. As text nothing is lost.',
    example: '1250.50',
  }),
  currency: z
    .string()
    .optional()
    .meta({
      description: `ISO 4217, ${currencyCodes.length} are known. Where it changes alone, the amount in major units stays.`,
      example: 'USD',
    }),
  stageId: id('Any stage. A won or lost one closes the deal.').optional(),
  openStageId: id('An open stage: the one that it stands in, or while it is closed the one that it was closed from.').optional(),
  pipelineId: id('Its first open stage, unless a stage is named as well.').optional(),
  outcome: Outcome.optional().meta({
    description:
      'Wins, loses or reopens: the first stage of that kind, or back to the last open one. `lost` leaves an unqualified deal as it is.',
  }),
  ownerId: id('The member who looks after it; on a new one you, where not given.').optional(),
  contactId: id('A contact.').nullable().optional(),
  companyId: id('A company.').nullable().optional(),
  probability: z
    .int()
    .nullable()
    .optional()
    .meta({ description: 'Percent, 0 to 100. Null: its stage’s.', minimum: 0, maximum: 100 }),
  expectedCloseDate: z.string().nullable().optional().meta({ description: 'YYYY-MM-DD.', format: 'date' }),
  lossReasonId: id('A loss reason.').nullable().optional(),
  lossComment: text('Up to 10,000 characters.', 10_000).nullable().optional(),
  tags: z.array(z.string()).optional().meta({ description: 'Replaces the tags; at most 100.', maxItems: 100 }),
  customFields: customValues.optional(),
  isArchived: z.boolean().optional().meta({ description: 'Out of sight and out of the totals, or back again.' }),
  archivedAt: instant('Archives it as of this time.').optional(),
  stageChangedAt: instant('When it came to its stage, if not now.').optional(),
  closedAt: instant('When it was won or lost, if not now. Only on a closed deal.').optional(),
}

const oneAmount = (body: { amount?: unknown; value?: unknown }) => body.amount === undefined || body.value === undefined
const notBoth = { path: ['value'], params: { rule: 'not_allowed' }, message: 'must not be there together with amount' }

export const DealPatchBody = z.strictObject(fields).refine(oneAmount, notBoth)

export const DealBody = z
  .strictObject({
    ...fields,
    title: text('1 to 255 characters.', 255),
    createdAt: instant('When it began, if not now.').optional(),
    creatorId: id('The member who brought it in, if not you.').optional(),
  })
  .refine(oneAmount, notBoth)
  .meta({ id: 'NewDeal' })

/** A patch in the domain's words. Custom fields are checked against those that the workspace has. */
export async function readDeal(scope: Scope, body: z.output<typeof DealPatchBody>): Promise<DealPatch> {
  const { value, customFields, ...same } = body
  return {
    ...same,
    value: value === undefined ? undefined : { decimal: value },
    customFields: await readValues(scope, 'deal', customFields),
  }
}

export const readNewDeal = async (scope: Scope, body: z.output<typeof DealBody>): Promise<DealDraft> => ({
  ...(await readDeal(scope, body)),
  title: body.title,
  createdAt: body.createdAt,
  creatorId: body.creatorId,
})

export const writeDeal = (deal: Deal, fields: readonly CustomField[]): DealJson => ({
  id: deal.id,
  uuid: deal.uuid,
  externalId: deal.externalId,
  title: deal.title,
  amount: deal.amount,
  value: toDecimal(deal.amount, deal.currency),
  currency: deal.currency,
  pipelineId: deal.pipelineId,
  stageId: deal.stageId,
  outcome: deal.outcome,
  openStageId: deal.openStageId,
  ownerId: deal.ownerId,
  creatorId: deal.creatorId,
  contactId: deal.contactId,
  companyId: deal.companyId,
  probability: deal.probability,
  expectedCloseDate: deal.expectedCloseDate,
  lossReasonId: deal.lossReasonId,
  lossComment: deal.lossComment,
  stageChangedAt: timeOrNull(deal.stageChangedAt),
  stageChangedById: deal.stageChangedById,
  openStageChangedAt: timeOrNull(deal.openStageChangedAt),
  closedAt: timeOrNull(deal.closedAt),
  firstWonAt: timeOrNull(deal.firstWonAt),
  tags: [...deal.tags],
  customFields: writeValues(fields, deal.customFields),
  version: deal.version,
  archivedAt: timeOrNull(deal.archivedAt),
  deletedAt: timeOrNull(deal.deletedAt),
  createdAt: time(deal.createdAt),
  updatedAt: time(deal.updatedAt),
})

/** One deal as it is shown. */
export const shown = async (scope: Scope, deal: Deal): Promise<DealJson> => writeDeal(deal, await fieldsOf(scope, 'deal', [deal]))
