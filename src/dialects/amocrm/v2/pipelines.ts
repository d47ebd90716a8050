import type { Speaker } from '../../../http/speak.ts'
import { Query, severalIds } from '../input.ts'
import { changedSince } from '../legacy/pipelines.ts'
import { listRows, type PipelineRow } from '../pipelines.ts'
import { statusesOf } from '../statuses.ts'
import { empty, hal } from '../wire.ts'
import { linkToSelf } from './links.ts'

/** A pipeline with its statuses by id. The list says `is_editable`, the account `editable` with a letter, against its own table. */
export const writePipeline = ({ pipeline, sort, stages }: PipelineRow, flag: (isEditable: boolean) => object) => ({
  id: pipeline.id,
  name: pipeline.name,
  sort,
  is_main: pipeline.isDefault,
  statuses: Object.fromEntries(
    statusesOf(stages, { withIncoming: false }).map(({ id, stage, color, sort, isEditable }) => [
      id,
      { id, name: stage.name, color, sort, ...flag(isEditable) },
    ]),
  ),
})

export function openPipelines(api: Speaker): void {
  api.get('/api/v2/pipelines', { query: Query }, async ({ req, scope, query }) => {
    const ids = severalIds(query.id)
    const rows = changedSince(await listRows(scope), req.headers['if-modified-since'])
    const shown = rows.filter(({ pipeline }) => ids?.includes(pipeline.id) ?? true)
    if (shown.length === 0) return empty
    const items = shown.map((row) => [row.pipeline.id, writePipeline(row, (isEditable) => ({ is_editable: isEditable }))])
    return hal({ _links: linkToSelf(req, '/api/v2/pipelines'), _embedded: { items: Object.fromEntries(items) } })
  })
}
