import { z } from 'zod'
import { toDecimal } from '../../../domain/money.ts'
import { changeKinds, changesIn } from '../../../domain/reports/changes.ts'
import { forecastAgainstWon } from '../../../domain/reports/forecast.ts'
import { fail } from '../../../http/fault.ts'
import { countParam, id, timeText } from '../fields.ts'
import type { NativeSpeaker } from '../speaker.ts'
import { both, writeSums } from '../sums.ts'
import { time } from '../wire.ts'
import { askedOf, PeriodQuery, report } from './open.ts'
import { CountsJson, countColumns, countRows, periodHead, writeCounts, writeHead } from './plain.ts'

const idOrNull = (description: string) => id(description).nullable().meta({ description })
const dayOrNull = (description: string) => z.string().nullable().meta({ description })

export type ChangesJson = z.output<typeof ChangesJson>
export const ChangesJson = z
  .object({
    ...periodHead,
    since: timeText('The last millisecond before the period: what it is compared with.'),
    until: timeText('The last moment of the period, or now.'),
    kinds: z
      .array(
        z.object({
          kind: z.enum(changeKinds).meta({
            description:
              '`in` and `out` of what is open here; `forward` and `back` by stages; `pushed` and `pulled`: expected to close later, sooner; `raised` and `lowered` amounts. A deal can be in one of the first seven and in some of the last four.',
          }),
          ...CountsJson.shape,
          deals: z
            .array(
              z.object({
                dealId: id('The deal.'),
                title: z.string().meta({ description: 'Its title as it is now.' }),
                ownerId: id('The member who owned it afterwards, or last.'),
                currency: z.string().meta({ description: 'ISO 4217.' }),
                value: z.string().meta({ description: 'In major units, afterwards or last.' }),
                valueBefore: z.string().nullable().meta({ description: 'Before; null where it was not there.' }),
                fromStageId: idOrNull('Where it stood before; null where it was not there.'),
                toStageId: idOrNull('Where it stood afterwards; null where it was not there any more.'),
                expectedBefore: dayOrNull('When it was expected to close.'),
                expectedAfter: dayOrNull('When it was expected to close afterwards.'),
              }),
            )
            .meta({ description: 'The largest of them.' }),
        }),
      )
      .meta({ description: 'Every kind, also where there is nothing.' }),
  })
  .meta({ id: 'Changes', description: 'What is different between two moments.' })

export type ForecastAgainstWonJson = z.output<typeof ForecastAgainstWonJson>
export const ForecastAgainstWonJson = z
  .object({
    ...periodHead,
    months: z
      .array(
        z.object({
          month: z.string().meta({ description: '`YYYY-MM`.' }),
          expected: z.object(both).meta({
            description: 'Open deals at the beginning of the month that were expected to close in it, weighted as of then.',
          }),
          won: CountsJson.meta({ description: 'What was won in it, whatever had been expected.' }),
        }),
      )
      .meta({ description: 'In their order.' }),
  })
  .meta({ id: 'ForecastAgainstWon', description: 'What was forecast, beside what was won.' })

const maxMonths = 36

export function changesRoutes(api: NativeSpeaker): void {
  report(api, {
    name: 'changes',
    id: 'getChanges',
    summary: 'What has changed',
    description:
      'The pipeline before the period beside the pipeline at its end, deal by deal: in, out, forward, back, won, lost, reopened, pushed, pulled, raised, lowered. What went to and fro in between does not show.',
    query: PeriodQuery.extend({ limit: countParam('How many deals of each kind.', 100, 20) }),
    json: ChangesJson,
    async read(scope, { limit = 20, ...query }) {
      const asked = await askedOf(scope, query)
      const { since, until, kinds } = await changesIn(scope, { ...asked, limit })
      return {
        ...writeHead(asked),
        since: time(since),
        until: time(until),
        kinds: kinds.map(({ kind, totals, deals }) => ({
          kind,
          ...writeCounts(scope, totals),
          deals: deals.flatMap(({ dealId, deal, before, after }) => {
            const shown = after ?? before
            if (!shown) return []
            return {
              dealId,
              title: deal?.title ?? '',
              ownerId: shown.ownerId,
              currency: shown.currency,
              value: toDecimal(shown.amount, shown.currency),
              valueBefore: before ? toDecimal(before.amount, before.currency) : null,
              fromStageId: before?.stageId ?? null,
              toStageId: after?.stageId ?? null,
              expectedBefore: before?.expectedCloseDate ?? null,
              expectedAfter: after?.expectedCloseDate ?? null,
            }
          }),
        })),
      }
    },
    table: (_scope, { kinds }) => ({
      columns: ['kind', ...countColumns],
      rows: kinds.flatMap(({ kind, ...counts }) => countRows(counts, [kind])),
    }),
  })

  report(api, {
    name: 'forecast-against-won',
    id: 'getForecastAgainstWon',
    summary: 'What was forecast and what was won',
    description:
      'Month by month: what stood in the forecast of the month at its beginning, and what was won in it. The first and last month only as far as the period goes.',
    query: PeriodQuery,
    json: ForecastAgainstWonJson,
    async read(scope, query) {
      const asked = await askedOf(scope, query)
      const message = `must not be more than ${maxMonths} months before the last day`
      if (Date.parse(asked.days.to) - Date.parse(asked.days.from) > maxMonths * 31 * 86_400_000)
        fail({ kind: 'bad_input', where: 'query', issues: [{ path: ['from'], rule: 'range', message }] })
      const months = await forecastAgainstWon(scope, asked)
      return {
        ...writeHead(asked),
        months: months.map(({ month, expected, isWeighted, won }) => ({
          month,
          expected: writeSums(scope, expected, isWeighted),
          won: writeCounts(scope, won),
        })),
      }
    },
    table: (_scope, { months }) => ({
      columns: ['month', 'currency', 'expected_count', 'expected_value', 'expected_weighted', 'won_count', 'won_value'],
      rows: months.flatMap(({ month, expected, won }) =>
        [...new Set([...expected.totals, ...won.totals].map(({ currency }) => currency))].sort().map((currency) => {
          const before = expected.totals.find((total) => total.currency === currency)
          const after = won.totals.find((total) => total.currency === currency)
          const weighted = before?.weightedAmount
          return [
            month,
            currency,
            before?.count ?? 0,
            before?.value ?? null,
            weighted === null || weighted === undefined ? null : toDecimal(BigInt(JSON.stringify(weighted)), currency),
            after?.count ?? 0,
            after?.value ?? null,
          ]
        }),
      ),
    }),
  })
}
