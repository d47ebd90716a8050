import { z } from 'zod'
import { boardAt, cardsAt, funnelAt } from '../../../domain/reports/board.ts'
import { findAnyStage } from '../../../domain/reports/shape.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Stage } from '../../../domain/stage.ts'
import type { Instant } from '../../../domain/time.ts'
import { ColumnJson, writeCards } from '../columns.ts'
import { CardJson } from '../deals.ts'
import { countParam, cursorParam, idParam, limitParam, timeText, told } from '../fields.ts'
import { pageOf, readWindow, type Sort, writeCursor } from '../paging.ts'
import { PipelineJson, writePipeline } from '../pipelines.ts'
import type { NativeSpeaker } from '../speaker.ts'
import { StageJson, writeStage } from '../stages.ts'
import { both, writeSums } from '../sums.ts'
import { time } from '../wire.ts'
import { asOfParam, momentOf, ownerParam, pipelineOf, pipelineParam, report } from './open.ts'
import { totalCells, totalColumns } from './totals.ts'

const head = {
  pipeline: PipelineJson,
  asOf: timeText('The moment it is told of.'),
  isWeighted: z.boolean().meta({ description: 'Whether probabilities count here.' }),
}

export type BoardAtJson = z.output<typeof BoardAtJson>
export const BoardAtJson = z
  .object({
    ...head,
    columns: z
      .array(
        ColumnJson.omit({ next: true }).extend({
          next: z
            .string()
            .nullable()
            .meta({ description: 'For the cards that follow: `GET /reports/cards?stageId=…&asOf=…&cursor=…`.' }),
        }),
      )
      .meta({ description: 'The stages there were, in their order of that time.' }),
  })
  .meta({ id: 'BoardAsOf', description: 'A pipeline as it was, column by column.' })

export type FunnelJson = z.output<typeof FunnelJson>
export const FunnelJson = z
  .object({
    ...head,
    steps: z
      .array(
        z.object({
          stage: StageJson,
          ...both,
          beyond: z.object(both).meta({ description: 'With what stands in later open stages or is won.' }),
        }),
      )
      .meta({ description: 'Open stages in their order, then won ones.' }),
  })
  .meta({ id: 'Funnel', description: 'How much of what is there has come how far.' })

const asked = { pipelineId: pipelineParam, ownerId: ownerParam, asOf: asOfParam }
const byChange: Sort<'changedAt'> = { by: 'changedAt', direction: 'desc' }

async function cardsOf(scope: Scope, stage: Stage, of: { ownerId?: number | undefined; at: Instant }, limit: number) {
  const { items, next } = await cardsAt(scope, { stageId: stage.id, ...of }, { limit })
  return { cards: await writeCards(scope, stage, items), next: writeCursor(byChange, next) }
}

export function boardReportRoutes(api: NativeSpeaker): void {
  report(api, {
    name: 'board',
    id: 'getBoardAsOf',
    summary: 'The board as it was',
    description:
      'Columns with what their deals added up to at the moment, and the first cards as they were: those that had changed last come first.',
    query: z.strictObject({ ...asked, limit: countParam('How many cards per stage.', 100, 20) }),
    json: BoardAtJson,
    async read(scope, { pipelineId, ownerId, asOf, limit = 20 }) {
      const at = momentOf(scope, asOf)
      const board = await boardAt(scope, { pipelineId: await pipelineOf(scope, pipelineId), ownerId, at })
      const columns: BoardAtJson['columns'] = []
      for (const { stage, totals } of board.columns) {
        const cards = totals.length === 0 ? { cards: [], next: null } : await cardsOf(scope, stage, { ownerId, at }, limit)
        columns.push({ stage: writeStage(stage), ...writeSums(scope, totals, board.isWeighted), ...cards })
      }
      return { pipeline: writePipeline(board.pipeline), asOf: time(at), isWeighted: board.isWeighted, columns }
    },
    table: (_scope, { columns }) => ({
      columns: ['stage_id', 'stage', 'kind', ...totalColumns],
      rows: columns.flatMap(({ stage, totals }) =>
        totals.map((total) => [stage.id, stage.name, stage.kind, ...totalCells(total)]),
      ),
    }),
  })

  report(api, {
    name: 'funnel',
    id: 'getFunnel',
    summary: 'How far deals have come',
    description: 'What stood in each open stage at the moment, and with it what stood in later ones or was won.',
    query: z.strictObject(asked),
    json: FunnelJson,
    async read(scope, { pipelineId, ownerId, asOf }) {
      const at = momentOf(scope, asOf)
      const funnel = await funnelAt(scope, { pipelineId: await pipelineOf(scope, pipelineId), ownerId, at })
      const { pipeline, isWeighted, steps } = funnel
      return {
        pipeline: writePipeline(pipeline),
        asOf: time(at),
        isWeighted,
        steps: steps.map(({ stage, totals, beyond }) => ({
          stage: writeStage(stage),
          ...writeSums(scope, totals, isWeighted),
          beyond: writeSums(scope, beyond, isWeighted),
        })),
      }
    },
    table: (_scope, { steps }) => ({
      columns: ['stage_id', 'stage', 'kind', 'counted', ...totalColumns],
      rows: steps.flatMap(({ stage, totals, beyond }) =>
        (
          [
            ['here', totals],
            ['here and beyond', beyond.totals],
          ] as const
        ).flatMap(([counted, sums]) => sums.map((total) => [stage.id, stage.name, stage.kind, counted, ...totalCells(total)])),
      ),
    }),
  })

  api.get(
    '/reports/cards',
    {
      query: z.strictObject({
        stageId: idParam('')
          .unwrap()
          .meta({ description: 'Of which stage.', ...told({ type: 'integer' }) }),
        ownerId: ownerParam,
        asOf: asOfParam,
        limit: limitParam,
        cursor: cursorParam,
      }),
      about: {
        tag: 'Reports',
        id: 'listCardsAsOf',
        summary: 'The cards of a stage as they were',
        description: 'Those that had changed last come first.',
        list: CardJson,
      },
    },
    async ({ scope, query: { stageId, ownerId, asOf, ...window } }) => {
      const stage = await findAnyStage(scope, stageId)
      const page = await cardsAt(scope, { stageId, ownerId, at: momentOf(scope, asOf) }, readWindow(window, byChange))
      const cards = await writeCards(scope, stage, page.items)
      return pageOf({ items: cards, next: page.next }, byChange, (card) => card)
    },
  )
}
