import { z } from 'zod'
import { cohort } from '../../../domain/reports/cohorts.ts'
import { conversions, movements } from '../../../domain/reports/flows.ts'
import { id } from '../fields.ts'
import type { NativeSpeaker } from '../speaker.ts'
import { money } from '../wire.ts'
import { askedOf, PeriodQuery, report } from './open.ts'
import { CountsJson, countColumns, periodHead, rate, stageHead, writeCounts, writeHead, writeStageHead } from './plain.ts'

const turns = ['new', 'came', 'forward', 'back', 'won', 'lost', 'reopened', 'within', 'left'] as const
const Turn = z.enum(turns).meta({
  description:
    '`new` or `came` from another pipeline; `forward` or `back` among open stages; `won`, `lost`, `reopened`; `within` won or lost stages; `left` for another pipeline.',
})
const number = (description: string) => z.int().meta({ description })

export type MovementJson = z.output<typeof MovementJson>
export const MovementJson = z
  .object({
    ...periodHead,
    stages: z
      .array(
        z.object({
          ...stageHead,
          entered: CountsJson.meta({ description: 'What came.' }),
          firsts: number('How many of these had never been there.'),
          left: CountsJson.meta({ description: 'What left.' }),
          exits: z.partialRecord(Turn, z.int()).meta({ description: 'What became of those that left.' }),
        }),
      )
      .meta({ description: 'In their order.' }),
    flows: z
      .array(
        z.object({
          fromStageId: id('Where from.').nullable().meta({ description: 'Where from; null where deals are new.' }),
          toStageId: id('Where to.'),
          turn: Turn,
          currency: z.string().meta({ description: 'ISO 4217.' }),
          count: number('How many moves.'),
          amount: z.int().meta({ description: 'What the deals were worth then, in minor units.', format: 'int64' }),
          value: z.string().meta({ description: 'The same in major units, as decimal text.' }),
          seconds: z.number().nullable().meta({ description: 'How long they had stayed where they came from, on average.' }),
        }),
      )
      .meta({ description: 'Every way by itself, for a flow diagram.' }),
  })
  .meta({ id: 'Movement', description: 'Who moved from which stage to which.' })

export type ConversionJson = z.output<typeof ConversionJson>
export const ConversionJson = z
  .object({
    ...periodHead,
    stages: z
      .array(
        z.object({
          ...stageHead,
          left: number('How often a deal left it in the period.'),
          forward: number('To a later open stage, or won.'),
          won: number('Of these, won at once.'),
          lost: number('Lost or found not to qualify.'),
          back: number('To an earlier open stage.'),
          rate: rate('forward ÷ left.'),
        }),
      )
      .meta({ description: 'Open stages in their order: what happened in the period, whenever the deals had come.' }),
    cohort: z
      .object({
        deals: number('How many deals were created in the period.'),
        won: number('Won by now.'),
        lost: number('Lost by now.'),
        open: number('Still open.'),
        steps: z
          .array(
            z.object({
              ...stageHead,
              entered: number('How many have ever been in it.'),
              reached: number('How many have been in it, in a later one, or were ever won.'),
              rate: rate('reached ÷ reached of the step before.'),
              decided: number('Of those that have been in it, how many are won or lost by now.'),
              winRate: rate('The share of these that is won.'),
            }),
          )
          .meta({ description: 'Open stages in their order, then won.' }),
        pairs: z
          .array(
            z.object({
              fromStageId: id('One stage.'),
              toStageId: id('Another.'),
              count: number('How many came first to the one and later to the other.'),
              rate: rate('Of those that have been in the first.'),
            }),
          )
          .meta({ description: 'From every stage to every other.' }),
      })
      .meta({ description: 'What has become by now of the deals that were created in the period.' }),
  })
  .meta({ id: 'Conversion', description: 'How many deals go on from stage to stage.' })

export function movementRoutes(api: NativeSpeaker): void {
  report(api, {
    name: 'movement',
    id: 'getMovement',
    summary: 'What moved where',
    description: 'What came to each stage in the period, what left it, and every way between two stages.',
    query: PeriodQuery,
    json: MovementJson,
    async read(scope, query) {
      const asked = await askedOf(scope, query)
      const { stages, flows } = await movements(scope, asked)
      return {
        ...writeHead(asked),
        stages: stages.map(({ stage, entered, firsts, left, exits }) => ({
          ...writeStageHead(stage),
          entered: writeCounts(scope, entered),
          firsts,
          left: writeCounts(scope, left),
          exits: exits as MovementJson['stages'][number]['exits'],
        })),
        flows: flows.map(({ flow, turn }) => ({
          fromStageId: flow.fromStageId === 0 ? null : Math.abs(flow.fromStageId),
          toStageId: Math.abs(flow.toStageId),
          turn: turn as (typeof turns)[number],
          currency: flow.currency,
          count: flow.count,
          ...money(flow.amount, flow.currency),
          seconds: flow.stays === 0 ? null : Number(flow.stayed) / flow.stays / 1000,
        })),
      }
    },
    table: (_scope, { flows }) => ({
      columns: ['from_stage_id', 'to_stage_id', 'turn', ...countColumns, 'seconds'],
      rows: flows.map(({ fromStageId, toStageId, turn, currency, count, value, seconds }) => [
        fromStageId,
        toStageId,
        turn,
        currency,
        count,
        value,
        seconds,
      ]),
    }),
  })

  report(api, {
    name: 'conversion',
    id: 'getConversion',
    summary: 'How many go on',
    description:
      'From stage to stage, told twice: by what happened in the period, and by what has become of the deals that were created in it.',
    query: PeriodQuery,
    json: ConversionJson,
    async read(scope, query) {
      const asked = await askedOf(scope, query)
      const { steps, pairs, ...counts } = await cohort(scope, asked)
      return {
        ...writeHead(asked),
        stages: (await conversions(scope, asked)).map(({ stage, ...counts }) => ({ ...writeStageHead(stage), ...counts })),
        cohort: {
          ...counts,
          steps: steps.map(({ stage, entered, reached, rate, decided, winRate }) => ({
            ...writeStageHead(stage),
            entered,
            reached,
            rate,
            decided,
            winRate,
          })),
          pairs: pairs.map(({ from, to, count, rate }) => ({ fromStageId: from.id, toStageId: to.id, count, rate })),
        },
      }
    },
    table: (_scope, { stages, cohort }) => ({
      columns: [
        'stage_id',
        'stage',
        'left',
        'forward',
        'won',
        'lost',
        'back',
        'rate',
        'cohort_entered',
        'cohort_reached',
        'cohort_rate',
      ],
      rows: cohort.steps.map((step) => {
        const own = stages.find(({ stageId }) => stageId === step.stageId)
        const { left = null, forward = null, won = null, lost = null, back = null, rate = null } = own ?? {}
        return [step.stageId, step.name, left, forward, won, lost, back, rate, step.entered, step.reached, step.rate]
      }),
    }),
  })
}
