import { z } from 'zod'
import { addPipeline, changePipeline, deletePipeline } from '../../domain/edit-pipelines.ts'
import { findPipeline, listPipelines, type Pipeline } from '../../domain/pipeline.ts'
import { listStages } from '../../domain/stage.ts'
import { draftOf } from '../../domain/template.ts'
import { given } from '../../domain/text.ts'
import { ById, idParam, recordId, text, timeText, uuid, words } from './fields.ts'
import type { NativeSpeaker } from './speaker.ts'
import { StageJson, StageOfPipeline, writeStage } from './stages.ts'
import { templateNamed } from './templates.ts'
import { created, gone, ok, time, timeOrNull, whole } from './wire.ts'

export type PipelineJson = z.output<typeof PipelineJson>
export const PipelineJson = z
  .object({
    id: recordId,
    uuid,
    name: words('What it is called.'),
    position: z.int().meta({ description: 'Order among the pipelines, ascending; gaps may be left.' }),
    isDefault: z.boolean().meta({ description: 'Where new deals go that name no pipeline. Exactly one is.' }),
    hasProbability: z.boolean().meta({ description: 'Whether its deals are weighted by probability.' }),
    isDisabled: z.boolean().meta({ description: 'Nothing can be added to a disabled pipeline.' }),
    createdAt: timeText('When it was added.'),
    updatedAt: timeText('When it last changed; null: never.').nullable(),
  })
  .meta({ id: 'Pipeline', description: 'A way of selling: an ordered row of stages.' })

const own = {
  name: text('1 to 255 characters.', 255),
  hasProbability: z.boolean().optional().meta({ description: 'Whether its deals are weighted by probability.' }),
  isDisabled: z.boolean().optional().meta({ description: 'Whether nothing can be added to it.' }),
}
const PipelineBody = z
  .strictObject({
    ...own,
    isDefault: z.boolean().optional().meta({ description: 'Whether new deals go here that name no pipeline.' }),
    stages: z
      .array(StageOfPipeline)
      .max(200)
      .optional()
      .meta({ description: 'Its stages in order. A won and a lost one are added where none is named.' }),
    template: z.string().optional().meta({
      description: 'Instead of `stages`: lays it out as one of `GET /templates`.',
      example: 'pipedrive',
    }),
  })
  .refine(({ stages, template }) => stages === undefined || template === undefined, {
    path: ['template'],
    params: { rule: 'not_allowed' },
    message: 'must not be there together with stages',
  })
const PipelinePatchBody = z.strictObject({
  ...own,
  name: own.name.optional(),
  isDefault: z
    .literal(true)
    .optional()
    .meta({ description: 'The default moves here. It can only be taken away by giving it to another.' }),
  position: z.int().optional().meta({ description: 'Make it the n-th pipeline, counted from 1.', minimum: 1 }),
})

export const writePipeline = (pipeline: Pipeline): PipelineJson => ({
  id: pipeline.id,
  uuid: pipeline.uuid,
  name: pipeline.name,
  position: pipeline.position,
  isDefault: pipeline.isDefault,
  hasProbability: pipeline.hasProbability,
  isDisabled: pipeline.isDisabled,
  createdAt: time(pipeline.createdAt),
  updatedAt: timeOrNull(pipeline.updatedAt),
})

/** Pipelines, and the stages of one. */
export function pipelineRoutes(api: NativeSpeaker): void {
  api.get(
    '/pipelines',
    {
      about: {
        tag: 'Pipelines',
        id: 'listPipelines',
        summary: 'List pipelines',
        description: 'All of them, in order.',
        list: PipelineJson,
      },
    },
    async ({ scope }) => whole((await listPipelines(scope)).map(writePipeline)),
  )

  api.post(
    '/pipelines',
    {
      body: PipelineBody,
      about: {
        tag: 'Pipelines',
        id: 'addPipeline',
        summary: 'Add a pipeline',
        made: PipelineJson,
        role: 'manager',
        problems: [409],
      },
    },
    async ({ scope, body: { template, ...body }, host }) => {
      const layout = template === undefined ? {} : draftOf(templateNamed(host, template))
      return created(writePipeline(await addPipeline(scope, { ...layout, ...given(body), name: body.name })))
    },
  )

  api.get(
    '/pipelines/:id',
    { params: ById, about: { tag: 'Pipelines', id: 'getPipeline', summary: 'One pipeline', one: PipelineJson } },
    async ({ scope, params }) => ok(writePipeline(await findPipeline(scope, params.id))),
  )

  api.get(
    '/pipelines/:id/stages',
    {
      params: ById,
      about: { tag: 'Pipelines', id: 'listStagesOfPipeline', summary: 'The stages of a pipeline', list: StageJson },
    },
    async ({ scope, params }) => {
      const { id } = await findPipeline(scope, params.id)
      return whole((await listStages(scope, id)).map(writeStage))
    },
  )

  api.patch(
    '/pipelines/:id',
    {
      params: ById,
      body: PipelinePatchBody,
      about: {
        tag: 'Pipelines',
        id: 'changePipeline',
        summary: 'Change a pipeline',
        one: PipelineJson,
        role: 'manager',
        problems: [409],
      },
    },
    async ({ scope, params, body }) => ok(writePipeline(await changePipeline(scope, params.id, body))),
  )

  api.delete(
    '/pipelines/:id',
    {
      params: ById,
      query: z.strictObject({ target: idParam('The pipeline that its deals go to.') }),
      about: {
        tag: 'Pipelines',
        id: 'deletePipeline',
        summary: 'Delete a pipeline with its stages',
        description:
          'Open deals go to the first open stage of `target`, closed ones to the stage of their kind, with an event each. Without a target a pipeline with deals is refused, and so is the last pipeline.',
        role: 'manager',
        problems: [409],
      },
    },
    async ({ scope, params, query }) => {
      await deletePipeline(scope, params.id, query)
      return gone
    },
  )
}
