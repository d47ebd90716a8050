import { deletePipeline } from '../../domain/edit-pipelines.ts'
import { found } from '../../domain/errors.ts'
import { findPipeline, listPipelines, type Pipeline } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'
import type { Speaker } from '../../http/speak.ts'
import { ById, Document, readDocument } from './body.ts'
import { type Includes, noContent } from './document.ts'
import { answerOne, answerPage } from './include.ts'
import { pageOf } from './page.ts'
import { editPipeline, makePipeline, NewPipeline, PipelineChange, pipelineTypeOf, writePipelines } from './pipelines.ts'
import { type Position, shownPositions } from './position.ts'
import { including, listing } from './query.ts'
import { type Selection, select, specOf } from './select.ts'

const pipelines: Selection<{ pipeline: Pipeline; position: Position }> = {
  type: 'pipelines',
  filters: {
    id: { kind: 'number', of: ({ pipeline }) => pipeline.id },
    pipeline_type_id: { kind: 'number', of: ({ pipeline }) => pipelineTypeOf(pipeline) },
  },
  sorts: {
    id: ({ pipeline }) => pipeline.id,
    name: ({ pipeline }) => pipeline.name,
    position: ({ position }) => position,
    created_at: ({ pipeline }) => pipeline.createdAt,
  },
  order: [
    { by: 'name', descending: false },
    { by: 'id', descending: false },
  ],
}

export function openPipelines(api: Speaker): void {
  const query = including('pipelines')
  const answer = async (scope: Scope, pipeline: Pipeline, includes: Includes, status = 200) => {
    const [resource] = await writePipelines(scope, [pipeline], includes)
    return answerOne(scope, found(resource, 'pipeline'), includes, status)
  }

  api.get('/api/v2/pipelines', { query: listing(specOf(pipelines)) }, async ({ scope, query, req }) => {
    const all = await listPipelines(scope)
    const positions = shownPositions(all)
    const rows = all.map((pipeline) => ({ pipeline, position: positions.get(pipeline.id) ?? null }))
    const wanted = select(rows, query, pipelines)
    const shown = pageOf(wanted, query).map(({ pipeline }) => pipeline)
    const resources = await writePipelines(scope, shown, query.includes)
    return answerPage(scope, resources, { ...query, req }, wanted.length)
  })

  api.get('/api/v2/pipelines/:id', { params: ById, query }, async ({ scope, params, query }) =>
    answer(scope, await findPipeline(scope, params.id), query),
  )

  api.post('/api/v2/pipelines', { query, body: Document }, async ({ scope, query, body }) =>
    answer(scope, await makePipeline(scope, readDocument(NewPipeline, body, 'pipelines')), query, 201),
  )

  api.patch('/api/v2/pipelines/:id', { params: ById, query, body: Document }, async ({ scope, params, query, body }) => {
    const { id } = await findPipeline(scope, params.id)
    return answer(scope, await editPipeline(scope, id, readDocument(PipelineChange, body, 'pipelines', id)), query)
  })

  api.delete('/api/v2/pipelines/:id', { params: ById }, async ({ scope, params }) => {
    await deletePipeline(scope, params.id)
    return noContent
  })
}
