import { z } from 'zod'
import { velocities } from '../../../domain/reports/flows.ts'
import type { Spread } from '../../../domain/reports/quantile.ts'
import { calibration, rotting, timesInStages } from '../../../domain/reports/times.ts'
import { writeCards } from '../columns.ts'
import { CardJson } from '../deals.ts'
import { countParam, timeText } from '../fields.ts'
import type { NativeSpeaker } from '../speaker.ts'
import { time } from '../wire.ts'
import { askedOf, ownerParam, PeriodQuery, pipelineOf, pipelineParam, report } from './open.ts'
import { averageText, periodHead, rate, stageHead, writeHead, writeStageHead } from './plain.ts'

const number = (description: string) => z.int().meta({ description })
const secondsOrNull = (description: string) =>
  z
    .number()
    .nullable()
    .meta({ description: `${description} In seconds, exact to the millisecond; null where there is nothing.` })

const SpreadJson = z
  .object({
    count: number('How many.'),
    mean: secondsOrNull('On average.'),
    median: secondsOrNull('That half of them do not exceed; by nearest rank, so it is one of them.'),
    p90: secondsOrNull('That nine of ten do not exceed.'),
  })
  .meta({ id: 'Spread', description: 'How long, of many.' })

const seconds = (ms: number | null) => (ms === null ? null : ms / 1000)
const writeSpread = ({ count, mean, median, p90 }: Spread) => ({
  count,
  mean: seconds(mean),
  median: seconds(median),
  p90: seconds(p90),
})

export type TimeInStageJson = z.output<typeof TimeInStageJson>
export const TimeInStageJson = z
  .object({
    ...periodHead,
    stages: z
      .array(
        z.object({
          ...stageHead,
          ended: SpreadJson.meta({ description: 'Stays that ended in the period, whenever they began.' }),
          lasting: SpreadJson.meta({ description: 'Deals that are there now: how long so far. They are not in `ended`.' }),
          age: SpreadJson.meta({ description: 'Deals that are there now: how long since they were created.' }),
        }),
      )
      .meta({ description: 'Open stages in their order.' }),
  })
  .meta({ id: 'TimeInStage', description: 'How long deals stay in each open stage.' })

export type VelocityJson = z.output<typeof VelocityJson>
export const VelocityJson = z
  .object({
    ...periodHead,
    currencies: z
      .array(
        z.object({
          currency: z.string().meta({ description: 'ISO 4217.' }),
          open: number('Open deals at the end of the period.'),
          won: number('Deals won in it.'),
          lost: number('Deals lost in it.'),
          winRate: rate('won ÷ (won + lost).'),
          averageValue: z.string().nullable().meta({ description: 'What a won deal was worth, in major units.' }),
          cycleSeconds: secondsOrNull('From creation to winning, on average.'),
          valuePerDay: z.string().nullable().meta({
            description: 'open × winRate × averageValue ÷ days of a cycle, in major units. Null where one of them is not known.',
          }),
        }),
      )
      .meta({ description: 'Currency by currency: velocities are never added up.' }),
  })
  .meta({ id: 'Velocity', description: 'What a pipeline brings in a day.' })

export type RottingJson = z.output<typeof RottingJson>
export const RottingJson = z
  .object({
    asOf: timeText('The moment it is told of.'),
    stages: z
      .array(
        z.object({
          ...stageHead,
          rotAfterDays: number('After how many days without a change.'),
          count: number('How many deals are rotting.'),
          deals: z.array(CardJson).meta({ description: 'Those that have lain longest, first.' }),
        }),
      )
      .meta({ description: 'Stages whose deals rot, in their order.' }),
  })
  .meta({ id: 'Rotting', description: 'Deals that nothing has happened to for longer than their stage allows.' })

export type CalibrationJson = z.output<typeof CalibrationJson>
export const CalibrationJson = z
  .object({
    ...periodHead,
    stages: z
      .array(
        z.object({
          ...stageHead,
          configured: z.int().nullable().meta({ description: 'The stage’s probability in percent.' }),
          decided: number('Deals created in the period that have been in it and are won or lost by now.'),
          won: number('Of these, won.'),
          actual: rate('won ÷ decided.'),
        }),
      )
      .meta({ description: 'Open stages in their order.' }),
  })
  .meta({ id: 'Calibration', description: 'What each stage really wins, beside what it is configured to.' })

export function timesRoutes(api: NativeSpeaker): void {
  report(api, {
    name: 'time-in-stage',
    id: 'getTimeInStage',
    summary: 'How long deals stay',
    description:
      'In each open stage: of stays that ended in the period, and apart from them of deals that are still there. Mean, median and ninth decile.',
    query: PeriodQuery,
    json: TimeInStageJson,
    async read(scope, query) {
      const asked = await askedOf(scope, query)
      const stages = (await timesInStages(scope, asked)).map(({ stage, ended, lasting, age }) => ({
        ...writeStageHead(stage),
        ended: writeSpread(ended),
        lasting: writeSpread(lasting),
        age: writeSpread(age),
      }))
      return { ...writeHead(asked), stages }
    },
    table: (_scope, { stages }) => ({
      columns: ['stage_id', 'stage', 'what', 'count', 'mean_seconds', 'median_seconds', 'p90_seconds'],
      rows: stages.flatMap((stage) =>
        (['ended', 'lasting', 'age'] as const).map((what) => {
          const { count, mean, median, p90 } = stage[what]
          return [stage.stageId, stage.name, what, count, mean, median, p90]
        }),
      ),
    }),
  })

  report(api, {
    name: 'velocity',
    id: 'getVelocity',
    summary: 'What comes in a day',
    description: 'Open deals × win rate × what a won deal is worth ÷ how many days it takes, currency by currency.',
    query: PeriodQuery,
    json: VelocityJson,
    async read(scope, query) {
      const asked = await askedOf(scope, query)
      const currencies = (await velocities(scope, asked)).map(({ currency, open, won, lost, rate, average, cycle, perDay }) => ({
        currency,
        open,
        won,
        lost,
        winRate: rate,
        averageValue: averageText(average, currency),
        cycleSeconds: seconds(cycle),
        valuePerDay: averageText(perDay, currency),
      }))
      return { ...writeHead(asked), currencies }
    },
    table: (_scope, { currencies }) => ({
      columns: ['currency', 'open', 'won', 'lost', 'win_rate', 'average_value', 'cycle_seconds', 'value_per_day'],
      rows: currencies.map((one) => [
        one.currency,
        one.open,
        one.won,
        one.lost,
        one.winRate,
        one.averageValue,
        one.cycleSeconds,
        one.valuePerDay,
      ]),
    }),
  })

  report(api, {
    name: 'rotting',
    id: 'getRotting',
    summary: 'What is rotting',
    description: 'Stages whose deals rot, how many do now, and those that have lain longest.',
    query: z.strictObject({
      pipelineId: pipelineParam,
      ownerId: ownerParam,
      limit: countParam('How many deals per stage.', 100, 20),
    }),
    json: RottingJson,
    async read(scope, { pipelineId, ownerId, limit = 20 }) {
      const stages: RottingJson['stages'] = []
      for (const { stage, count, deals } of await rotting(scope, {
        pipelineId: await pipelineOf(scope, pipelineId),
        ownerId,
        limit,
      })) {
        const cards = await writeCards(scope, stage, deals)
        stages.push({ ...writeStageHead(stage), rotAfterDays: stage.rotAfterDays ?? 0, count, deals: cards })
      }
      return { asOf: time(scope.now()), stages }
    },
    table: (_scope, { stages }) => ({
      columns: ['stage_id', 'stage', 'deal_id', 'title', 'owner_id', 'currency', 'value', 'rots_at'],
      rows: stages.flatMap(({ stageId, name, deals }) =>
        deals.map((deal) => [stageId, name, deal.id, deal.title, deal.ownerId, deal.currency, deal.value, deal.rotsAt]),
      ),
    }),
  })

  report(api, {
    name: 'calibration',
    id: 'getCalibration',
    summary: 'What stages really win',
    description:
      'Of the deals that were created in the period, have been in a stage and are decided by now: the share that is won, beside the stage’s configured probability.',
    query: PeriodQuery,
    json: CalibrationJson,
    async read(scope, query) {
      const asked = await askedOf(scope, query)
      const stages = (await calibration(scope, asked)).map(({ stage, ...found }) => ({ ...writeStageHead(stage), ...found }))
      return { ...writeHead(asked), stages }
    },
    table: (_scope, { stages }) => ({
      columns: ['stage_id', 'stage', 'configured', 'decided', 'won', 'actual'],
      rows: stages.map(({ stageId, name, configured, decided, won, actual }) => [
        stageId,
        name,
        configured,
        decided,
        won,
        actual,
      ]),
    }),
  })
}
