import { z } from 'zod'
import { maxEvents, undo } from '../../domain/undo.ts'
import type { Left, LeftReason } from '../../domain/undo-fields.ts'
import { id } from './fields.ts'
import type { NativeSpeaker } from './speaker.ts'

const reasons: Readonly<Record<LeftReason, string>> = {
  changed_since: 'It was changed since.',
  gone: 'It was deleted since.',
  target_gone: 'What it would go back to is gone, or takes nothing new.',
  taken: 'Another deal has this external id by now.',
  in_use: 'It is in use by now, or cannot be done without.',
  not_possible: 'A stage that went to another pipeline with its deals does not come back.',
}

const LeftJson = z
  .object({
    subject: z.enum(['deal', 'stage', 'pipeline']).meta({ description: 'What sort of record.' }),
    id: id('Its id.'),
    field: z.string().nullable().meta({
      description: 'The field that stays as it is; `stageId` for all that says where a deal stands. Null: the record as a whole.',
    }),
    reason: z.enum(Object.keys(reasons) as [LeftReason, ...LeftReason[]]).meta({ description: 'Why, for programs.' }),
    message: z.string().meta({ description: 'Why, for people.' }),
  })
  .meta({ id: 'Left', description: 'Something that was not taken back.' })

export type UndoneJson = z.output<typeof UndoneJson>
export const UndoneJson = z
  .object({
    events: z.int().meta({ description: 'How many changes were looked at.' }),
    undone: z.int().meta({ description: 'How many of them were taken back, in part at least.' }),
    left: z.array(LeftJson).meta({ description: 'What stays as it is, and why.' }),
    undoToken: z.string().nullable().meta({ description: 'Takes the taking back back. Null: nothing was done.' }),
    next: z
      .string()
      .nullable()
      .meta({ description: 'The token to go on with where there is more than one call takes; null at the end.' }),
    remaining: z.int().meta({ description: 'How many changes are still to come.' }),
  })
  .meta({ id: 'Undone', description: 'What was taken back.' })

const writeLeft = ({ subject, id, field, reason }: Left) => ({ subject, id, field, reason, message: reasons[reason] })

/** Taking back what a request or an import did. */
export function undoRoutes(api: NativeSpeaker): void {
  api.post(
    '/undo/:token',
    {
      params: z.object({
        token: z.string().meta({ description: 'The `undo-token` of an answer, or the one that an import has printed.' }),
      }),
      about: {
        tag: 'Undo',
        id: 'undo',
        summary: 'Take back what was done',
        description: `Every write that changed a deal, stage or pipeline answers with a header \`undo-token\`. Undoing makes new changes that put back what was there before: only fields that are still as they were left, so nothing of others is lost. What was made is deleted, what was deleted comes back. A deal comes back to its place, and its time in stage goes on. All in one transaction; of more than ${maxEvents} changes the last ones first, and \`next\` goes on. For whoever did it, and for managers.`,
        one: UndoneJson,
        role: 'member',
      },
    },
    async ({ scope, params }) => {
      const { events, undone, left, token, next, remaining } = await undo(scope, params.token)
      const data: UndoneJson = { events, undone, left: left.map(writeLeft), undoToken: token, next, remaining }
      return { status: 200, body: { data } }
    },
  )
}
