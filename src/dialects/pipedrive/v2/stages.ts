import { z } from 'zod'
import { addStage, changeStage, deleteStage } from '../../../domain/edit-stages.ts'
import type { Stage, StageDraft, StagePatch } from '../../../domain/stage.ts'
import type { Speaker } from '../../../http/speak.ts'
import { findLiveStage, findVisibleStage, readRot, rotOf, stageProbability, visibleStages } from '../stages.ts'
import { one, orNull, page, zulu } from '../wire.ts'
import { nextCursor, pageOf, paging } from './cursor.ts'
import { ById, flag, idText, int, NoQuery, query } from './input.ts'

const StagePatchBody = z.strictObject({
  name: z.string().optional(),
  pipeline_id: int.optional(),
  deal_probability: int.min(0).max(100).optional(),
  is_deal_rot_enabled: flag.optional(),
  days_to_rotten: int.min(0).max(36_500).nullable().optional(),
})
type StagePatchBody = z.infer<typeof StagePatchBody>

/** The place among the stages is not for v2 to say. */
const StageBody = StagePatchBody.required({ name: true, pipeline_id: true })

function readRotting({ is_deal_rot_enabled, days_to_rotten }: StagePatchBody, stage: Pick<Stage, 'rotAfterDays' | 'extras'>) {
  if (is_deal_rot_enabled === undefined && days_to_rotten === undefined) return {}
  const { enabled, days } = rotOf(stage)
  return readRot({ enabled: is_deal_rot_enabled ?? enabled, days: days_to_rotten === undefined ? days : days_to_rotten })
}

const readStage = (body: z.infer<typeof StageBody>): StageDraft => ({
  name: body.name,
  pipelineId: body.pipeline_id,
  probability: body.deal_probability ?? 100,
  ...readRotting(body, { rotAfterDays: null, extras: {} }),
})

/** The change, as far as it is one: a probability that nobody has set is shown as 100, and writing that back sets nothing. */
const readStagePatch = (body: StagePatchBody, stage: Stage): StagePatch => ({
  name: body.name,
  pipelineId: body.pipeline_id,
  probability: body.deal_probability === stageProbability(stage) ? undefined : body.deal_probability,
  ...readRotting(body, stage),
})

export const writeStage = (stage: Stage) => ({
  id: stage.id,
  name: stage.name,
  order_nr: stage.position,
  pipeline_id: stage.pipelineId,
  deal_probability: stageProbability(stage),
  is_deal_rot_enabled: rotOf(stage).enabled,
  days_to_rotten: rotOf(stage).days,
  is_deleted: stage.deletedAt !== null,
  add_time: zulu(stage.createdAt),
  update_time: orNull(stage.updatedAt, zulu),
})

const StageQuery = query({
  pipeline_id: idText.optional(),
  ...paging('id', 'update_time', 'add_time', 'order_nr'),
})

function sortValue(stage: Stage, field: string): number {
  if (field === 'order_nr') return stage.position
  if (field === 'add_time') return stage.createdAt
  return field === 'update_time' ? (stage.updatedAt ?? 0) : stage.id
}

export function openStages(api: Speaker): void {
  api.get('/api/v2/stages', { query: StageQuery, cost: 5 }, async ({ scope, query }) => {
    const { items, next } = pageOf(await visibleStages(scope, query.pipeline_id), query, sortValue)
    return page(items.map(writeStage), nextCursor(query, next))
  })

  api.get('/api/v2/stages/:id', { params: ById, query: NoQuery, cost: 1 }, async ({ scope, params }) =>
    one(writeStage(await findVisibleStage(scope, params.id))),
  )

  api.post('/api/v2/stages', { query: NoQuery, body: StageBody, cost: 5 }, async ({ scope, body }) =>
    one(writeStage(await addStage(scope, readStage(body)))),
  )

  api.patch(
    '/api/v2/stages/:id',
    { params: ById, query: NoQuery, body: StagePatchBody, cost: 5 },
    async ({ scope, params, body }) => {
      const stage = await findLiveStage(scope, params.id)
      return one(writeStage(await changeStage(scope, stage.id, readStagePatch(body, stage))))
    },
  )

  api.delete('/api/v2/stages/:id', { params: ById, query: NoQuery, cost: 3 }, async ({ scope, params }) => {
    const { id } = await findLiveStage(scope, params.id)
    // Nothing is documented about its deals. No deal is ever without a stage here, so they go to the one before it, or else after.
    await deleteStage(scope, id, { target: 'neighbour' })
    return one({ id })
  })
}
