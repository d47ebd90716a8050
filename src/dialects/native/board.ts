import { z } from 'zod'
import { convert, isWeighted, listTotals, rotsAt, type StageTotal, weightedTotal } from '../../domain/board.ts'
import { listDeals } from '../../domain/deal.ts'
import { findPipeline, type Pipeline } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'
import { listStages, type Stage, type StageKind, stageKinds } from '../../domain/stage.ts'
import { fieldsOf } from './custom-fields.ts'
import { CardJson, Outcome, writeDeal } from './deals.ts'
import { ById, countParam, id } from './fields.ts'
import { type Sort, writeCursor } from './paging.ts'
import { PipelineJson, writePipeline } from './pipelines.ts'
import type { NativeSpeaker } from './speaker.ts'
import { StageJson, writeStage } from './stages.ts'
import { exact, money, ok, timeOrNull } from './wire.ts'

const sums = {
  amount: z.int().meta({ description: 'In minor units, exact however large.', format: 'int64' }),
  value: z.string().meta({ description: 'The same in major units, as decimal text.' }),
  weightedAmount: z.int().nullable().meta({
    description: 'Each amount times the deal’s probability, in minor units. Null where probabilities do not count.',
    format: 'int64',
  }),
}
export type TotalJson = z.output<typeof TotalJson>
export const TotalJson = z
  .object({
    currency: z.string().meta({ description: 'ISO 4217.' }),
    count: z.int().meta({ description: 'How many deals.' }),
    ...sums,
  })
  .meta({ id: 'Total', description: 'What deals in one currency add up to. Archived and deleted deals are not in it.' })

export const ConvertedJson = z
  .object({
    currency: z.string().meta({ description: 'The workspace’s.' }),
    ...sums,
    missing: z.array(z.string()).meta({ description: 'Currencies without a rate: what is in them is not in the sum.' }),
  })
  .meta({ id: 'ConvertedTotal', description: 'All currencies together, at the workspace’s own rates.' })

const both = {
  totals: z.array(TotalJson).meta({ description: 'One for each currency that there are deals in.' }),
  converted: ConvertedJson,
}

export type TotalsJson = z.output<typeof TotalsJson>
export const TotalsJson = z
  .object({
    pipelineId: id('The pipeline.'),
    isWeighted: z.boolean().meta({ description: 'Whether probabilities count here.' }),
    stages: z
      .array(z.object({ stageId: id('The stage.'), kind: Outcome, ...both }))
      .meta({ description: 'Stage by stage, in their order.' }),
    outcomes: z.array(z.object({ outcome: Outcome, ...both })).meta({ description: 'All stages of a kind together.' }),
  })
  .meta({ id: 'PipelineTotals', description: 'Totals of every stage, and of all stages of a kind together.' })

export type BoardJson = z.output<typeof BoardJson>
export const BoardJson = z
  .object({
    pipeline: PipelineJson,
    isWeighted: z.boolean().meta({ description: 'Whether probabilities count here.' }),
    columns: z
      .array(
        z.object({
          stage: StageJson,
          ...both,
          cards: z.array(CardJson).meta({ description: 'The first deals of the stage, archived ones left out.' }),
          next: z
            .string()
            .nullable()
            .meta({ description: 'For the cards that follow: `GET /deals?stageId=…&isArchived=false&sort=rank&cursor=…`.' }),
        }),
      )
      .meta({ description: 'One for each stage, in their order.' }),
  })
  .meta({ id: 'Board', description: 'A pipeline, column by column.' })

/** One sum per currency, with what it is worth weighted. */
interface Sum {
  currency: string
  count: number
  amount: bigint
  weighted: bigint
}

const sumOf = (total: StageTotal, stage: Stage): Sum => ({
  currency: total.currency,
  count: total.count,
  amount: total.amount,
  weighted: weightedTotal(total, stage),
})

/** The sums of several stages, currency by currency. */
function together(sums: readonly Sum[]): Sum[] {
  const byCurrency = new Map<string, Sum>()
  for (const sum of sums) {
    const { count = 0, amount = 0n, weighted = 0n } = byCurrency.get(sum.currency) ?? {}
    byCurrency.set(sum.currency, {
      currency: sum.currency,
      count: count + sum.count,
      amount: amount + sum.amount,
      weighted: weighted + sum.weighted,
    })
  }
  return [...byCurrency.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1))
}

/** Sums per currency and converted, as the wire tells them. */
function writeSums(
  scope: Scope,
  sums: readonly Sum[],
  weighs: boolean,
): Pick<BoardJson['columns'][number], 'totals' | 'converted'> {
  const { currency, amount, missing } = convert(sums, scope.workspace)
  const weighted = convert(
    sums.map((sum) => ({ currency: sum.currency, amount: sum.weighted })),
    scope.workspace,
  )
  return {
    totals: sums.map((sum) => ({
      currency: sum.currency,
      count: sum.count,
      ...money(sum.amount, sum.currency),
      weightedAmount: weighs ? exact(sum.weighted) : null,
    })),
    converted: {
      currency,
      ...money(amount, currency),
      weightedAmount: weighs ? exact(weighted.amount) : null,
      missing: [...missing],
    },
  }
}

/** What every stage of a pipeline adds up to. */
async function sumsOf(scope: Scope, pipeline: Pipeline): Promise<{ stage: Stage; sums: Sum[] }[]> {
  const [stages, totals] = [await listStages(scope, pipeline.id), await listTotals(scope, pipeline.id)]
  return stages.map((stage) => ({
    stage,
    sums: together(totals.filter((total) => total.stageId === stage.id).map((total) => sumOf(total, stage))),
  }))
}

async function totalsOf(scope: Scope, pipeline: Pipeline): Promise<TotalsJson> {
  const stages = await sumsOf(scope, pipeline)
  const weighs = isWeighted(pipeline, scope.workspace)
  const ofKind = (kind: StageKind) => together(stages.filter(({ stage }) => stage.kind === kind).flatMap(({ sums }) => sums))
  return {
    pipelineId: pipeline.id,
    isWeighted: weighs,
    stages: stages.map(({ stage, sums }) => ({ stageId: stage.id, kind: stage.kind, ...writeSums(scope, sums, weighs) })),
    outcomes: stageKinds.map((outcome) => ({ outcome, ...writeSums(scope, ofKind(outcome), weighs) })),
  }
}

const byRank: Sort<'rank'> = { by: 'rank', direction: 'asc' }

async function cardsOf(scope: Scope, stage: Stage, limit: number) {
  const { items, next } = await listDeals(scope, { filter: { stageId: stage.id, isArchived: false }, sort: [byRank], limit })
  const fields = await fieldsOf(scope, 'deal', items)
  const cards = items.map((deal) => ({ ...writeDeal(deal, fields), rotsAt: timeOrNull(rotsAt(deal, stage)) }))
  return { cards, next: writeCursor(byRank, next) }
}

async function boardOf(scope: Scope, pipeline: Pipeline, limit: number): Promise<BoardJson> {
  const weighs = isWeighted(pipeline, scope.workspace)
  const columns: BoardJson['columns'] = []
  for (const { stage, sums } of await sumsOf(scope, pipeline)) {
    const { cards, next } = await cardsOf(scope, stage, limit)
    columns.push({ stage: writeStage(stage), ...writeSums(scope, sums, weighs), cards, next })
  }
  return { pipeline: writePipeline(pipeline), isWeighted: weighs, columns }
}

const BoardQuery = z.strictObject({ limit: countParam('How many cards per stage.', 100, 20) })

/** Stages with their totals and first cards. */
export function boardRoutes(api: NativeSpeaker): void {
  api.get(
    '/pipelines/:id/board',
    {
      params: ById,
      query: BoardQuery,
      about: { tag: 'Board', id: 'getBoard', summary: 'The board of a pipeline', one: BoardJson },
    },
    async ({ scope, params, query: { limit = 20 } }) => ok(await boardOf(scope, await findPipeline(scope, params.id), limit)),
  )

  api.get(
    '/pipelines/:id/totals',
    {
      params: ById,
      about: { tag: 'Board', id: 'getTotals', summary: 'What the stages of a pipeline add up to', one: TotalsJson },
    },
    async ({ scope, params }) => ok(await totalsOf(scope, await findPipeline(scope, params.id))),
  )
}
