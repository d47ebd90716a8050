import { z } from 'zod'
import { type Summary, summaries, winRates } from '../../../domain/reports/flows.ts'
import { cut, intervals, periodOf } from '../../../domain/reports/period.ts'
import type { Scope } from '../../../domain/scope.ts'
import { fail } from '../../../http/fault.ts'
import { id } from '../fields.ts'
import type { NativeSpeaker } from '../speaker.ts'
import { type Asked, askedOf, PeriodQuery, report } from './open.ts'
import {
  CountsJson as Counts,
  type CountsJson,
  countColumns,
  countRows,
  periodHead,
  rate,
  writeCounts,
  writeHead,
} from './plain.ts'

const said = (description: string) => Counts.meta({ description })

const outcomes = {
  new: said('Deals created, those that were brought along closed included.'),
  came: said('Deals that came from another pipeline.'),
  left: said('Deals that went to another pipeline.'),
  won: said('Deals won: amounts as they were then, and what of them has been changed since within the period.'),
  lost: said('Deals lost or found not to qualify.'),
  reopened: said('Deals that had been closed and are open again.'),
  openBefore: said('What stood open before the first moment.'),
  openAfter: said('What stood open at the end, or stands open now.'),
}
const names = Object.keys(outcomes) as (keyof typeof outcomes)[]

export type SummaryJson = z.output<typeof SummaryJson>
export const SummaryJson = z
  .object({
    ...periodHead,
    ...outcomes,
    intervals: z
      .array(z.object({ from: periodHead.from, to: periodHead.to, ...outcomes }))
      .meta({ description: 'The same by the calendar, where an `interval` was asked for.' }),
  })
  .meta({ id: 'Summary', description: 'What became of a pipeline in a period.' })

const writeOutcomes = (scope: Scope, { added, ...found }: Summary): Pick<SummaryJson, keyof typeof outcomes> => ({
  new: writeCounts(scope, added),
  came: writeCounts(scope, found.came),
  left: writeCounts(scope, found.left),
  won: writeCounts(scope, found.won),
  lost: writeCounts(scope, found.lost),
  reopened: writeCounts(scope, found.reopened),
  openBefore: writeCounts(scope, found.openBefore),
  openAfter: writeCounts(scope, found.openAfter),
})

/** More parts than this are no picture. */
const maxParts = 120

function partsOf({ days }: Asked, interval: (typeof intervals)[number] | undefined) {
  const parts = interval === undefined ? [] : cut(days, interval)
  const message = `must leave at most ${maxParts} parts of the period`
  if (parts.length > maxParts)
    fail({ kind: 'bad_input', where: 'query', issues: [{ path: ['interval'], rule: 'range', message }] })
  return parts
}

const rateJson = {
  won: said('Deals won.'),
  lost: said('Deals lost or found not to qualify.'),
  rate: rate('Of deals: won ÷ (won + lost).'),
  values: z
    .array(z.object({ currency: z.string().meta({ description: 'ISO 4217.' }), rate: rate('Of amounts.') }))
    .meta({ description: 'Of amounts, currency by currency.' }),
}

export type WinRateJson = z.output<typeof WinRateJson>
export const WinRateJson = z
  .object({
    ...periodHead,
    ...rateJson,
    owners: z.array(z.object({ ownerId: id('The member.'), ...rateJson })).meta({ description: 'By who owned the deals.' }),
  })
  .meta({ id: 'WinRate', description: 'How much of what was decided in a period was won.' })

export function summaryRoutes(api: NativeSpeaker): void {
  report(api, {
    name: 'summary',
    id: 'getSummary',
    summary: 'New, won, lost, left open',
    description: 'What became of a pipeline in a period; with `interval` also by the calendar, for a picture.',
    query: PeriodQuery.extend({
      interval: z
        .enum(intervals)
        .optional()
        .meta({ description: 'By which parts of the calendar as well. Weeks begin on Monday.' }),
    }),
    json: SummaryJson,
    async read(scope, { interval, ...query }) {
      const asked = await askedOf(scope, query)
      const parts = partsOf(asked, interval)
      const periods = parts.map((days) => periodOf(scope.workspace.timeZone, days))
      const found = await summaries(scope, asked, periods.length > 0 ? periods : [asked.period])
      return {
        ...writeHead(asked),
        ...writeOutcomes(scope, found.whole),
        intervals: parts.map((days, index) => ({ ...days, ...writeOutcomes(scope, found.parts[index] ?? found.whole) })),
      }
    },
    table: (_scope, { intervals, ...all }) => ({
      columns: ['from', 'to', 'what', ...countColumns],
      rows: (intervals.length > 0 ? intervals : [all]).flatMap((part) =>
        names.flatMap((name) => countRows(part[name], [part.from, part.to, name])),
      ),
    }),
  })

  report(api, {
    name: 'win-rate',
    id: 'getWinRate',
    summary: 'How much is won',
    description: 'Of what was decided in the period, by deals and by amounts. Every closing counts when it happened.',
    query: PeriodQuery,
    json: WinRateJson,
    async read(scope, query) {
      const asked = await askedOf(scope, query)
      const { owners, ...all } = await winRates(scope, asked)
      const write = ({ won, lost, rate, values }: typeof all) => ({
        won: writeCounts(scope, won),
        lost: writeCounts(scope, lost),
        rate,
        values: values.map((value) => ({ ...value })),
      })
      return { ...writeHead(asked), ...write(all), owners: owners.map((own) => ({ ownerId: own.ownerId, ...write(own) })) }
    },
    table: (_scope, { owners }) => ({
      columns: ['owner_id', 'outcome', ...countColumns],
      rows: owners.flatMap(({ ownerId, won, lost }) =>
        (
          [
            ['won', won],
            ['lost', lost],
          ] as [string, CountsJson][]
        ).flatMap(([outcome, counts]) => countRows(counts, [ownerId, outcome])),
      ),
    }),
  })
}
