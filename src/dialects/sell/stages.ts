import { z } from 'zod'
import type { Scope } from '../../domain/scope.ts'
import { entryStage, isOpen, listStages, type Stage } from '../../domain/stage.ts'
import type { Speaker } from '../../http/speak.ts'
import { idList, many, number, paging, type SortKey, slice, sortBy, yesOrNo } from './paging.ts'
import { item, moment } from './wire.ts'

/** A stage as it stands among the others of its pipeline. */
interface Placed {
  id: number
  stage: Stage
  category: 'incoming' | 'in_progress' | 'won' | 'unqualified' | 'lost'
  likelihood: number | null
}

const sorts: Readonly<Record<string, SortKey<Placed>>> = {
  pipeline_id: ({ stage }) => stage.pipelineId,
  id: ({ id }) => id,
  name: ({ stage }) => stage.name,
  category: ({ category }) => category,
  position: ({ stage }) => stage.position,
  likelihood: ({ likelihood }) => likelihood,
}

const StageQuery = z.strictObject({
  ...paging,
  sort_by: sortBy(sorts, Object.keys(sorts).length).default([]),
  pipeline_id: number.optional(),
  ids: idList.optional(),
  name: z.string().optional(),
  active: yesOrNo.optional(),
})

/** Read-only: the vendor's stages are edited in its web application, and there is no call for a single one. */
export function mountStages(api: Speaker): void {
  api.get('/v2/stages', { query: StageQuery }, async ({ scope, query, req }) => {
    const { pipeline_id, ids, name, active, sort_by, ...asked } = query
    const stages = (await placedStages(scope)).filter(
      ({ id, stage }) =>
        (pipeline_id === undefined || stage.pipelineId === pipeline_id) &&
        (ids === undefined || ids.includes(id)) &&
        (name === undefined || stage.name === name) &&
        (active === undefined || isOpen(stage) === active),
    )
    const { items, hasMore } = slice(stages, { ...asked, sort: sort_by })
    return many(req, asked, { items: items.map((stage) => item('stage', writeStage(stage))), hasMore })
  })
}

/** All live stages, as they stand. */
export const placedStages = async (scope: Scope): Promise<Placed[]> => (await listStages(scope)).map(await placedAmong(scope))

/** What says how a stage stands among the live ones of its pipeline, whether it is one of them or not. */
export async function placedAmong(scope: Scope): Promise<(stage: Stage) => Placed> {
  const pipelines = Map.groupBy(await listStages(scope), (stage) => stage.pipelineId)
  const incoming = new Set([...pipelines.values()].map((row) => (entryStage(row) ?? row.find(isOpen))?.id))
  return (stage) => ({
    id: stage.id,
    stage,
    category: stage.kind !== 'open' ? stage.kind : incoming.has(stage.id) ? 'incoming' : 'in_progress',
    likelihood: likelihoodOf(stage),
  })
}

/**
 * Closed stages have none. An open one always has at the vendor, where it is a number that clients multiply by; a stage that was made
 * without one through another API counts in full in every forecast here, so that is what Sell's clients are told.
 */
const likelihoodOf = (stage: Stage): number | null => (isOpen(stage) ? (stage.probability ?? 100) : null)

/** A stage as the vendor shows it. */
export const writeStage = ({ stage, category, likelihood }: Placed) => ({
  id: stage.id,
  name: stage.name,
  category,
  position: stage.position,
  // Left out, not null, on closed stages (reference: Stages, example answer).
  ...(likelihood === null ? {} : { likelihood }),
  // The page says "contains finalised deals", but its example has it the other way round, as have live accounts: it means open.
  active: isOpen(stage),
  pipeline_id: stage.pipelineId,
  created_at: moment(stage.createdAt),
  updated_at: moment(stage.updatedAt ?? stage.createdAt),
})
