import { z } from 'zod'
import { listPipelines, type Pipeline } from '../../domain/pipeline.ts'
import type { Speaker } from '../../http/speak.ts'
import { idList, many, paging, type SortKey, slice, sortBy, yesOrNo } from './paging.ts'
import { item, moment } from './wire.ts'

const sorts: Readonly<Record<string, SortKey<Pipeline>>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  created_at: ({ createdAt }) => createdAt,
  updated_at: ({ updatedAt, createdAt }) => updatedAt ?? createdAt,
}

const PipelineQuery = z.strictObject({
  ...paging,
  sort_by: sortBy(sorts).default([]),
  ids: idList.optional(),
  name: z.string().optional(),
  disabled: yesOrNo.optional(),
})

/** Read-only, like the stages. */
export function mountPipelines(api: Speaker): void {
  api.get('/v2/pipelines', { query: PipelineQuery }, async ({ scope, query, req }) => {
    const { ids, name, disabled, sort_by, ...asked } = query
    const pipelines = (await listPipelines(scope)).filter(
      (pipeline) =>
        (ids === undefined || ids.includes(pipeline.id)) &&
        (name === undefined || pipeline.name === name) &&
        (disabled === undefined || pipeline.isDisabled === disabled),
    )
    const { items, hasMore } = slice(pipelines, { ...asked, sort: sort_by })
    return many(req, asked, { items: items.map((pipeline) => item('pipeline', writePipeline(pipeline))), hasMore })
  })
}

/** As the vendor shows one. */
export const writePipeline = ({ id, name, isDisabled, createdAt, updatedAt }: Pipeline) => ({
  id,
  name,
  disabled: isDisabled,
  created_at: moment(createdAt),
  updated_at: moment(updatedAt ?? createdAt),
})
