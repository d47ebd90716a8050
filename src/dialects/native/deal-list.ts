import { z } from 'zod'
import type { DealFilter, DealSort } from '../../domain/deal.ts'
import { overdueFilter, rottingFilter } from '../../domain/narrow-deals.ts'
import type { Scope } from '../../domain/scope.ts'
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
  skipParam,
  someIdsParam,
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

const TagParam = z
  .union([z.string().min(1), z.array(z.string().min(1)).max(20)])
  .optional()
  .meta({
    description: 'With this tag. May be there up to 20 times: with all of these.',
    ...told({ type: 'array', items: { type: 'string' }, maxItems: 20 }),
    param: { style: 'form', explode: true },
  })

export const DealsQuery = z.strictObject({
  ids: idsParam,
  externalId: textParam('What another system calls it.'),
  pipelineId: idParam('In this pipeline.'),
  stageId: idParam('In this stage.'),
  openStageId: idParam('In this open stage, or closed from it.'),
  outcome: choicesParam(stageKinds as ['open', 'won', 'lost', 'unqualified'], 'One or more of these, separated by commas.'),
  ownerId: someIdsParam('Looked after by this member, or by one of these, separated by commas.'),
  creatorId: idParam('Brought in by this member.'),
  contactId: idParam('With this contact.'),
  companyId: idParam('With this company.'),
  lossReasonId: idParam('Lost for this reason.'),
  title: textParam('Exactly this title.'),
  text: textParam('Words, each the beginning of a word of the title or of a custom text, in any case and without accents.'),
  tag: TagParam,
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
  closedSince: timeParam('Won or lost at this time or later.'),
  closedUntil: timeParam('Won or lost before this time.'),
  stageChangedSince: timeParam('Came to its stage at this time or later.'),
  stageChangedUntil: timeParam('Came to its stage before this time.'),
  rotting: flagParam('Only those that are, or are not, rotting: open, and untouched for longer than their stage allows.'),
  overdue: flagParam(
    'Only those that are, or are not, overdue: open, and expected to close before today in the workspace’s time zone.',
  ),
  isArchived: flagParam('Only those that are, or are not, archived. Not said: both.'),
  deleted: deletedParam,
  sort: sortParam(dealSorts).meta({
    description:
      'What to sort by, with a minus in front from high to low. Ties go by id. `rank` is the order of the cards of a stage and needs `stageId`. Not said: `id`.',
  }),
  limit: limitParam,
  skip: skipParam(
    'How many deals to leave out from the beginning: for who jumps into the middle of a long list. To go on from there the cursor serves better.',
  ),
  cursor: cursorParam,
})

type Asked = Omit<z.output<typeof DealsQuery>, 'sort' | 'limit' | 'skip' | 'cursor'>

export async function readFilter(
  scope: Scope,
  { outcome, ownerId, tag, rotting, overdue, ...filter }: Asked,
): Promise<DealFilter> {
  const [first, ...others] = tag === undefined ? [] : [tag].flat()
  const all: DealFilter[] = others.map((tag) => ({ tag }))
  const rotten = rotting === undefined ? {} : await rottingFilter(scope, rotting)
  if (overdue !== undefined) all.push(overdueFilter(scope, overdue))
  if (rotting !== undefined) all.push(rotten)
  return {
    ...filter,
    ...(ownerId?.length === 1 ? { ownerId: ownerId[0] } : { ownerIds: ownerId }),
    tag: first,
    outcomes: outcome && [...new Set(outcome)],
    // What an index can lead to is said outside as well.
    updatedUntil: earliest(filter.updatedUntil, rotten.updatedUntil),
    all: all.length === 0 ? undefined : all,
  }
}

const earliest = (...times: (number | undefined)[]): number | undefined => {
  const said = times.filter((time) => time !== undefined)
  return said.length === 0 ? undefined : Math.min(...said)
}
