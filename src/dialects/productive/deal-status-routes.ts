import { z } from 'zod'
import { listPipelines } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'
import { findStage, listStages, type Stage } from '../../domain/stage.ts'
import type { Speaker } from '../../http/speak.ts'
import { ById, Document, readDocument, whole } from './body.ts'
import {
  factsOf,
  NewStatus,
  ownOf,
  positionsIn,
  probabilityOf,
  StatusChange,
  statusIdOf,
  statusOf,
  trackingFlags,
  writeStatus,
} from './deal-statuses.ts'
import { type Includes, noContent } from './document.ts'
import { addStatus, archiveStatus, changeStatus, deleteStatus, mergeStatuses } from './edit-statuses.ts'
import { answerOne, answerPage } from './include.ts'
import { pageOf } from './page.ts'
import { pipelineTypeOf } from './pipelines.ts'
import { including, listing } from './query.ts'
import { type Selection, select, specOf, type Value } from './select.ts'

/** A stage beside what is filtered and sorted by. */
interface Row {
  stage: Stage
  position: number | null
  pipelineType: number
  probabilityEnabled: boolean
}

const flagOf = (name: (typeof trackingFlags)[number]) => ({
  kind: 'boolean' as const,
  of: ({ stage }: Row): Value => ownOf(stage)[name] ?? true,
})

const statuses: Selection<Row> = {
  type: 'deal_statuses',
  filters: {
    id: { kind: 'number', of: ({ stage }) => stage.id },
    pipeline_id: { kind: 'number', of: ({ stage }) => stage.pipelineId },
    pipeline_type_id: { kind: 'number', of: ({ pipelineType }) => pipelineType },
    status_id: { kind: 'number', of: ({ stage }) => statusIdOf(stage) },
    query: { kind: 'words', of: ({ stage }) => stage.name },
    probability_enabled: { kind: 'boolean', of: ({ probabilityEnabled }) => probabilityEnabled },
    lost_reason_enabled: { kind: 'boolean', of: ({ stage }) => ownOf(stage).lost_reason_enabled ?? false },
    ...Object.fromEntries(trackingFlags.map((name) => [name, flagOf(name)])),
  },
  sorts: {
    id: ({ stage }) => stage.id,
    name: ({ stage }) => stage.name,
    position: ({ position }) => position,
    created_at: ({ stage }) => stage.createdAt,
    status_id: ({ stage }) => statusIdOf(stage),
    pipeline_id: ({ stage }) => stage.pipelineId,
  },
  order: [
    { by: 'position', descending: false },
    { by: 'id', descending: false },
  ],
}

async function rowsOf(scope: Scope): Promise<{ rows: Row[]; stages: readonly Stage[] }> {
  const [stages, pipelines] = [await listStages(scope), await listPipelines(scope)]
  const positions = positionsIn(stages)
  const types = new Map(pipelines.map((pipeline) => [pipeline.id, pipelineTypeOf(pipeline)]))
  const rows = stages.map((stage) => ({
    stage,
    position: positions.get(stage.id) ?? null,
    pipelineType: types.get(stage.pipelineId) ?? 1,
    probabilityEnabled: probabilityOf(stage, scope.workspace).enabled,
  }))
  return { rows, stages }
}

/** Which two stages become one. The vendor's example is plain JSON with numbers; a resource's attributes will do as well. */
const Merge = z.preprocess(
  (body) => (body as { data?: { attributes?: unknown } } | null | undefined)?.data?.attributes ?? body ?? {},
  z.object({ winner_id: whole(0), loser_id: whole(0) }),
)

/** Deal statuses: what others call the stages of a pipeline. */
export function openDealStatuses(api: Speaker): void {
  const query = including('deal_statuses')
  const answer = async (scope: Scope, stage: Stage, includes: Includes, status = 200) =>
    answerOne(scope, await statusOf(scope, stage), includes, status)

  api.get('/api/v2/deal_statuses', { query: listing(specOf(statuses)) }, async ({ scope, query, req }) => {
    const { rows, stages } = await rowsOf(scope)
    const found = select(rows, query, statuses)
    const shown = pageOf(found, query).map(({ stage }) => stage)
    const resources = (await factsOf(scope, shown, stages)).map((facts) => writeStatus(facts, scope.workspace))
    return answerPage(scope, resources, { ...query, req }, found.length)
  })

  api.get('/api/v2/deal_statuses/:id', { params: ById, query }, async ({ scope, params, query }) =>
    answer(scope, await findStage(scope, params.id), query),
  )

  api.post('/api/v2/deal_statuses', { query, body: Document }, async ({ scope, query, body }) =>
    answer(scope, await addStatus(scope, readDocument(NewStatus, body, 'deal_statuses')), query, 201),
  )

  // Before `:id`, so that nobody takes the word for one.
  api.patch('/api/v2/deal_statuses/merge', { query, body: Merge }, async ({ scope, query, body }) =>
    answer(scope, await mergeStatuses(scope, body.loser_id, body.winner_id), query),
  )

  api.patch('/api/v2/deal_statuses/:id', { params: ById, query, body: Document }, async ({ scope, params, query, body }) => {
    const { id } = await findStage(scope, params.id)
    return answer(scope, await changeStatus(scope, id, readDocument(StatusChange, body, 'deal_statuses', id)), query)
  })

  api.patch('/api/v2/deal_statuses/:id/archive', { params: ById, query }, async ({ scope, params, query }) =>
    answer(scope, await archiveStatus(scope, params.id), query),
  )

  api.delete('/api/v2/deal_statuses/:id', { params: ById }, async ({ scope, params }) => {
    await deleteStatus(scope, params.id)
    return noContent
  })
}
