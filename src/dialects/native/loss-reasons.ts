import { z } from 'zod'
import {
  addLossReason,
  changeLossReason,
  deleteLossReason,
  findLossReason,
  type LossReason,
  listLossReasons,
} from '../../domain/loss-reason.ts'
import { ById, id, recordId, text, timeText, uuid, words } from './fields.ts'
import type { NativeSpeaker } from './speaker.ts'
import { created, gone, ok, time, whole } from './wire.ts'

const Kind = z.enum(['lost', 'unqualified']).meta({ description: 'Whether deals are lost for it, or found not to qualify.' })

export type LossReasonJson = z.output<typeof LossReasonJson>
export const LossReasonJson = z
  .object({
    id: recordId,
    uuid,
    name: words('What it is called.'),
    kind: Kind,
    isArchived: z.boolean().meta({ description: 'No longer offered.' }),
    creatorId: id('The member who added it.'),
    createdAt: timeText('When it was added.'),
    updatedAt: timeText('When it last changed.'),
  })
  .meta({ id: 'LossReason', description: 'Why deals are lost. Names are unique among the reasons of a kind.' })

const name = text('1 to 255 characters, unique among the reasons of its kind.', 255)
const LossReasonBody = z.strictObject({ name, kind: Kind.optional() })
const LossReasonPatchBody = z.strictObject({
  name: name.optional(),
  isArchived: z.boolean().optional().meta({ description: 'No longer offered.' }),
})

const writeLossReason = (reason: LossReason): LossReasonJson => ({
  id: reason.id,
  uuid: reason.uuid,
  name: reason.name,
  kind: reason.kind,
  isArchived: reason.isArchived,
  creatorId: reason.creatorId,
  createdAt: time(reason.createdAt),
  updatedAt: time(reason.updatedAt),
})

/** Why deals are lost. */
export function lossReasonRoutes(api: NativeSpeaker): void {
  api.get(
    '/loss-reasons',
    {
      query: z.strictObject({ kind: Kind.optional().meta({ description: 'Only those of this kind.' }) }),
      about: { tag: 'Loss reasons', id: 'listLossReasons', summary: 'List loss reasons', list: LossReasonJson },
    },
    async ({ scope, query }) => whole((await listLossReasons(scope, query.kind)).map(writeLossReason)),
  )

  api.post(
    '/loss-reasons',
    {
      body: LossReasonBody,
      about: {
        tag: 'Loss reasons',
        id: 'addLossReason',
        summary: 'Add a loss reason',
        made: LossReasonJson,
        role: 'manager',
        problems: [409],
      },
    },
    async ({ scope, body }) => created(writeLossReason(await addLossReason(scope, body))),
  )

  api.get(
    '/loss-reasons/:id',
    { params: ById, about: { tag: 'Loss reasons', id: 'getLossReason', summary: 'One loss reason', one: LossReasonJson } },
    async ({ scope, params }) => ok(writeLossReason(await findLossReason(scope, params.id))),
  )

  api.patch(
    '/loss-reasons/:id',
    {
      params: ById,
      body: LossReasonPatchBody,
      about: {
        tag: 'Loss reasons',
        id: 'changeLossReason',
        summary: 'Rename or archive a loss reason',
        one: LossReasonJson,
        role: 'manager',
      },
    },
    async ({ scope, params, body }) => ok(writeLossReason(await changeLossReason(scope, params.id, body))),
  )

  api.delete(
    '/loss-reasons/:id',
    {
      params: ById,
      about: {
        tag: 'Loss reasons',
        id: 'deleteLossReason',
        summary: 'Delete a loss reason',
        description: 'Deals lost for it keep it, so that their history stays readable.',
        role: 'manager',
      },
    },
    async ({ scope, params }) => {
      await deleteLossReason(scope, params.id)
      return gone
    },
  )
}
