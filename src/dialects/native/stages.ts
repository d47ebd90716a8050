import { z } from 'zod'
import { addStage, changeStage, deleteStage, mergeStages } from '../../domain/edit-stages.ts'
import { findStage, listStages, type Stage, type StageDraft, type StagePlace, stageKinds } from '../../domain/stage.ts'
import { ById, id, idParam, recordId, text, timeText, told, uuid, words } from './fields.ts'
import type { NativeSpeaker } from './speaker.ts'
import { created, gone, ok, time, timeOrNull, whole } from './wire.ts'

export const Kind = z.enum(stageKinds as ['open', 'won', 'lost', 'unqualified']).meta({
  description: 'What standing here says about a deal. `unqualified` is a way of losing.',
})

export type StageJson = z.output<typeof StageJson>
export const StageJson = z
  .object({
    id: recordId,
    uuid,
    pipelineId: id('The pipeline that it belongs to.'),
    name: words('What it is called.'),
    position: z.int().meta({ description: 'Order within the pipeline, ascending; gaps may be left.' }),
    kind: Kind,
    probability: z
      .int()
      .nullable()
      .meta({ description: 'Percent of deals here that are expected to be won. Null on closed stages.' }),
    rotAfterDays: z
      .int()
      .nullable()
      .meta({ description: 'Days without a change after which a deal here is rotting; null: never.' }),
    color: z.string().nullable().meta({ description: '`#rrggbb`, or another API’s name for a colour.' }),
    isArchived: z.boolean().meta({ description: 'An archived stage keeps its deals and takes no new ones.' }),
    createdAt: timeText('When it was added.'),
    updatedAt: timeText('When it last changed; null: never.').nullable(),
  })
  .meta({ id: 'Stage', description: 'One step of a pipeline.' })

const own = {
  name: text('1 to 255 characters.', 255),
  kind: Kind.optional(),
  probability: z
    .int()
    .nullable()
    .optional()
    .meta({ description: 'Percent, 0 to 100. Open stages only.', minimum: 0, maximum: 100 }),
  rotAfterDays: z.int().nullable().optional().meta({ description: 'Days, 0 to 36,500; null: deals here never rot.' }),
  color: text('`#rrggbb` or a name.', 64).nullable().optional(),
}
const place = {
  before: id('Put it before this stage of the pipeline.').optional(),
  after: id('Put it after this stage of the pipeline.').optional(),
  nth: z.int().optional().meta({ description: 'Make it the n-th stage of the pipeline, counted from 1.', minimum: 1 }),
}

/** A stage as it is laid out with its pipeline. */
export const StageOfPipeline = z.strictObject(own)

const onePlace = { params: { rule: 'not_allowed' }, message: 'must be the only one of before, after and nth', path: ['before'] }
const atOnePlace = (body: Place) => [body.before, body.after, body.nth].filter((said) => said !== undefined).length <= 1

const StageBody = z
  .strictObject({ pipelineId: id('The pipeline that it belongs to.'), ...own, ...place })
  .refine(atOnePlace, onePlace)
const StagePatchBody = z
  .strictObject({
    ...own,
    name: own.name.optional(),
    isArchived: z.boolean().optional().meta({ description: 'An archived stage keeps its deals and takes no new ones.' }),
    pipelineId: id('Takes the stage with its deals to the end of another pipeline.').optional(),
    ...place,
  })
  .refine(atOnePlace, onePlace)

const StagesQuery = z.strictObject({ pipelineId: idParam('Only the stages of this pipeline.') })

const DeleteQuery = z.strictObject({
  target: z
    .string()
    .regex(/^(?:\d{1,19}|neighbour)$/, 'must be the id of a stage, or neighbour')
    .transform((said) => (said === 'neighbour' ? said : Number(said)))
    .optional()
    .meta({
      description:
        'Where its deals go: the id of a stage, or `neighbour` for the nearest earlier stage of its kind, else the next one.',
      ...told({ type: 'string' }),
    }),
})

interface Place {
  before?: number | undefined
  after?: number | undefined
  nth?: number | undefined
}

/** The place that a body names, taken out of it. */
function readPlace<B extends Place>({ before, after, nth, ...rest }: B): Omit<B, keyof Place> & { place?: StagePlace } {
  const place = before !== undefined ? { before } : after !== undefined ? { after } : nth !== undefined ? { nth } : undefined
  return place ? { ...rest, place } : rest
}

export const readStageOfPipeline = (body: z.output<typeof StageOfPipeline>): Omit<StageDraft, 'pipelineId'> => body

export const writeStage = (stage: Stage): StageJson => ({
  id: stage.id,
  uuid: stage.uuid,
  pipelineId: stage.pipelineId,
  name: stage.name,
  position: stage.position,
  kind: stage.kind,
  probability: stage.probability,
  rotAfterDays: stage.rotAfterDays,
  color: stage.color,
  isArchived: stage.isArchived,
  createdAt: time(stage.createdAt),
  updatedAt: timeOrNull(stage.updatedAt),
})

/** Add, change, reorder, merge, archive and delete. */
export function stageRoutes(api: NativeSpeaker): void {
  api.get(
    '/stages',
    {
      query: StagesQuery,
      about: {
        tag: 'Stages',
        id: 'listStages',
        summary: 'List stages',
        description: 'All of them, pipeline by pipeline in their order.',
        list: StageJson,
      },
    },
    async ({ scope, query }) => whole((await listStages(scope, query.pipelineId)).map(writeStage)),
  )

  api.post(
    '/stages',
    {
      body: StageBody,
      about: {
        tag: 'Stages',
        id: 'addStage',
        summary: 'Add a stage',
        description: 'Where no place is named it comes after the last stage of its sort, open or closed.',
        made: StageJson,
        role: 'manager',
        problems: [409],
      },
    },
    async ({ scope, body }) => created(writeStage(await addStage(scope, readPlace(body)))),
  )

  api.get(
    '/stages/:id',
    { params: ById, about: { tag: 'Stages', id: 'getStage', summary: 'One stage', one: StageJson } },
    async ({ scope, params }) => ok(writeStage(await findStage(scope, params.id))),
  )

  api.patch(
    '/stages/:id',
    {
      params: ById,
      body: StagePatchBody,
      about: {
        tag: 'Stages',
        id: 'changeStage',
        summary: 'Change, move, archive a stage',
        description: 'Its kind can change while no deal has been in it. Open stages stay before closed ones.',
        one: StageJson,
        role: 'manager',
        problems: [409],
      },
    },
    async ({ scope, params, body }) => ok(writeStage(await changeStage(scope, params.id, readPlace(body)))),
  )

  api.post(
    '/stages/:id/merge',
    {
      params: ById,
      body: z.strictObject({ into: id('The stage that stays. Of the same kind.') }),
      about: {
        tag: 'Stages',
        id: 'mergeStages',
        summary: 'Merge a stage into another',
        description:
          'Every deal moves to the stage that stays, with an event each; the other is deleted. Answers the stage that stays.',
        one: StageJson,
        role: 'manager',
        problems: [409],
      },
    },
    async ({ scope, params, body }) => ok(writeStage(await mergeStages(scope, params.id, body.into))),
  )

  api.delete(
    '/stages/:id',
    {
      params: ById,
      query: DeleteQuery,
      about: {
        tag: 'Stages',
        id: 'deleteStage',
        summary: 'Delete a stage',
        description: 'Its deals move to `target`, with an event each. Without a target a stage with deals is refused.',
        role: 'manager',
        problems: [409],
      },
    },
    async ({ scope, params, query }) => {
      await deleteStage(scope, params.id, query)
      return gone
    },
  )
}
