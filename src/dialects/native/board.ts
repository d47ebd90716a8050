import { z } from 'zod'
import { isWeighted } from '../../domain/board.ts'
import { findPipeline, type Pipeline } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'
import { type StageKind, stageKinds } from '../../domain/stage.ts'
import { BoardQuery, ColumnJson, ColumnQuery, columnOf, columnOfStage, TotalsQuery } from './columns.ts'
import { readFilter } from './deal-list.ts'
import { Outcome } from './deals.ts'
import { ById, id } from './fields.ts'
import { PipelineJson, writePipeline } from './pipelines.ts'
import type { NativeSpeaker } from './speaker.ts'
import { both, sumsFound, sumsOf, together, writeSums } from './sums.ts'
import { ok } from './wire.ts'

export type TotalsJson = z.output<typeof TotalsJson>
export const TotalsJson = z
  .object({
    pipelineId: id('The pipeline.'),
    isWeighted: z.boolean().meta({ description: 'Whether probabilities count here.' }),
    stages: z
      .array(z.object({ stageId: id('The stage.'), kind: Outcome, ...both }))
      .nullable()
      .meta({ description: 'Stage by stage, in their order. Null where that would take looking at more deals than `most`.' }),
    outcomes: z
      .array(z.object({ outcome: Outcome, ...both }))
      .nullable()
      .meta({ description: 'All stages of a kind together. Null as `stages` is.' }),
  })
  .meta({ id: 'PipelineTotals', description: 'Totals of every stage, and of all stages of a kind together.' })

export type BoardJson = z.output<typeof BoardJson>
export const BoardJson = z
  .object({
    pipeline: PipelineJson,
    isWeighted: z.boolean().meta({ description: 'Whether probabilities count here.' }),
    columns: z.array(ColumnJson).meta({ description: 'One for each stage, in their order.' }),
  })
  .meta({ id: 'Board', description: 'A pipeline, column by column.' })

async function totalsOf(scope: Scope, pipeline: Pipeline, { most, ...query }: z.output<typeof TotalsQuery>): Promise<TotalsJson> {
  const isWhole = Object.values(query).every((said) => said === undefined)
  const stages = isWhole ? await sumsOf(scope, pipeline) : await sumsFound(scope, pipeline, await readFilter(scope, query), most)
  const weighs = isWeighted(pipeline, scope.workspace)
  if (!stages) return { pipelineId: pipeline.id, isWeighted: weighs, stages: null, outcomes: null }
  const ofKind = (kind: StageKind) => together(stages.filter(({ stage }) => stage.kind === kind).flatMap(({ sums }) => sums))
  return {
    pipelineId: pipeline.id,
    isWeighted: weighs,
    stages: stages.map(({ stage, sums }) => ({ stageId: stage.id, kind: stage.kind, ...writeSums(scope, sums, weighs) })),
    outcomes: stageKinds.map((outcome) => ({ outcome, ...writeSums(scope, ofKind(outcome), weighs) })),
  }
}

async function boardOf(scope: Scope, pipeline: Pipeline, { kinds, ...query }: z.output<typeof BoardQuery>): Promise<BoardJson> {
  const columns: ColumnJson[] = []
  for (const { stage, sums } of await sumsOf(scope, pipeline)) {
    if (kinds?.includes(stage.kind) ?? true) columns.push(await columnOf(scope, { pipeline, stage, sums }, query))
  }
  return { pipeline: writePipeline(pipeline), isWeighted: isWeighted(pipeline, scope.workspace), columns }
}

/** Stages with their totals and first cards. */
export function boardRoutes(api: NativeSpeaker): void {
  api.get(
    '/pipelines/:id/board',
    {
      params: ById,
      query: BoardQuery,
      about: { tag: 'Board', id: 'getBoard', summary: 'The board of a pipeline', one: BoardJson },
    },
    async ({ scope, params, query }) => ok(await boardOf(scope, await findPipeline(scope, params.id), query)),
  )

  api.get(
    '/stages/:id/column',
    {
      params: ById,
      query: ColumnQuery,
      about: {
        tag: 'Board',
        id: 'getColumn',
        summary: 'One column of the board',
        description: 'Its totals, and any of its cards: `skip` goes to any place of a long column at once.',
        one: ColumnJson,
      },
    },
    async ({ scope, params, query }) => ok(await columnOfStage(scope, params.id, query)),
  )

  api.get(
    '/pipelines/:id/totals',
    {
      params: ById,
      query: TotalsQuery,
      about: {
        tag: 'Board',
        id: 'getTotals',
        summary: 'What the stages of a pipeline add up to',
        description:
          'Without filters they are kept and cost nothing; with some the deals that these find are added up, however many there are unless you say `most`.',
        one: TotalsJson,
      },
    },
    async ({ scope, params, query }) => ok(await totalsOf(scope, await findPipeline(scope, params.id), query)),
  )
}
