import { z } from 'zod'
import type { DealFilter, DealSort } from '../../domain/deal.ts'
import { stageKinds } from '../../domain/stage.ts'
import { isDay } from '../../domain/time.ts'
import {
  amountParam,
  choicesParam,
  cursorParam,
  dayParam,
  deletedParam,
  flagParam,
  idParam,
  idsParam,
  limitParam,
  sortParam,
  textParam,
  timeParam,
  told,
} from './fields.ts'

/** What a list of deals can be narrowed to and sorted by. */

export const dealSorts = [
  'id',
  'title',
  'amount',
  'createdAt',
  'updatedAt',
  'expectedCloseDate',
  'stageChangedAt',
  'closedAt',
  'rank',
] as const satisfies readonly DealSort[]

const CustomFieldParam = z
  .string()
  .regex(/^\d{1,19}:.{1,255}$/su, 'must be ID:VALUE, the id of a custom field and its value')
  .transform((text) => ({ id: text.slice(0, text.indexOf(':')), value: text.slice(text.indexOf(':') + 1) }))
  .optional()
  .meta({
    description: 'A custom field with exactly this value, as `ID:VALUE`.',
    example: '901:Gold',
    ...told({ type: 'string' }),
  })

export const DealsQuery = z.strictObject({
  ids: idsParam,
  externalId: textParam('What another system calls it.'),
  pipelineId: idParam('In this pipeline.'),
  stageId: idParam('In this stage.'),
  openStageId: idParam('In this open stage, or closed from it.'),
  outcome: choicesParam(stageKinds as ['open', 'won', 'lost', 'unqualified'], 'One or more of these, separated by commas.'),
  ownerId: idParam('Looked after by this member.'),
  creatorId: idParam('Brought in by this member.'),
  contactId: idParam('With this contact.'),
  companyId: idParam('With this company.'),
  lossReasonId: idParam('Lost for this reason.'),
  title: textParam('Exactly this title.'),
  text: textParam('Words, each the beginning of a word of the title or of a custom text, in any case and without accents.'),
  tag: textParam('With this tag.'),
  customField: CustomFieldParam,
  minAmount: amountParam('At least so many minor units.'),
  maxAmount: amountParam('At most so many minor units.'),
  currency: textParam('In this currency.'),
  expectedCloseDate: z
    .string()
    .refine((text) => text === 'none' || isDay(text), 'must be a day, YYYY-MM-DD, or none')
    .transform((text) => (text === 'none' ? '' : text))
    .optional()
    .meta({ description: 'Expected to close on this day, YYYY-MM-DD, or `none`: on no day yet.', ...told({ type: 'string' }) }),
  expectedCloseSince: dayParam('Expected to close on this day or later.'),
  expectedCloseUntil: dayParam('Expected to close before this day.'),
  updatedSince: timeParam('Changed at this time or later.'),
  updatedUntil: timeParam('Changed before this time.'),
  createdSince: timeParam('Begun at this time or later.'),
  createdUntil: timeParam('Begun before this time.'),
  isArchived: flagParam('Only those that are, or are not, archived. Not said: both.'),
  deleted: deletedParam,
  sort: sortParam(dealSorts).meta({
    description:
      'What to sort by, with a minus in front from high to low. Ties go by id. `rank` is the order of the cards of a stage and needs `stageId`. Not said: `id`.',
  }),
  limit: limitParam,
  cursor: cursorParam,
})

export function readFilter({ outcome, ...filter }: Omit<z.output<typeof DealsQuery>, 'sort' | 'limit' | 'cursor'>): DealFilter {
  return { ...filter, outcomes: outcome && [...new Set(outcome)] }
}
