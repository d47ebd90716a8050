import { z } from 'zod'
import { forecast } from '../../../domain/reports/forecast.ts'
import { id, timeText } from '../fields.ts'
import type { NativeSpeaker } from '../speaker.ts'
import { both, writeSums } from '../sums.ts'
import { time } from '../wire.ts'
import { asOfParam, momentOf, ownerParam, pipelineOf, pipelineParam, report } from './open.ts'
import { totalCells, totalColumns } from './totals.ts'

export type ForecastJson = z.output<typeof ForecastJson>
export const ForecastJson = z
  .object({
    pipelineId: id('The pipeline.'),
    asOf: timeText('The moment it is told of.'),
    isWeighted: z.boolean().meta({ description: 'Whether probabilities count here.' }),
    months: z
      .array(
        z.object({
          month: z
            .string()
            .nullable()
            .meta({ description: 'That the deals are expected to close in, `YYYY-MM`. Null where no day is expected; last.' }),
          ...both,
          owners: z
            .array(z.object({ ownerId: id('The member.'), ...both }))
            .meta({ description: 'The same by who owned the deals.' }),
        }),
      )
      .meta({ description: 'Only months that deals are expected in, in their order.' }),
    ...both,
  })
  .meta({ id: 'Forecast', description: 'What open deals may bring in, by month and owner.' })

export function forecastRoutes(api: NativeSpeaker): void {
  report(api, {
    name: 'forecast',
    id: 'getForecast',
    summary: 'What may come in',
    description:
      'Open deals by the month that they are expected to close in and by owner, as they stand or stood: amounts, and amounts times each deal’s probability or else its stage’s of that time.',
    query: z.strictObject({ pipelineId: pipelineParam, ownerId: ownerParam, asOf: asOfParam }),
    json: ForecastJson,
    async read(scope, { pipelineId, ownerId, asOf }) {
      const found = await forecast(scope, {
        pipelineId: await pipelineOf(scope, pipelineId),
        ownerId,
        at: momentOf(scope, asOf),
      })
      const write = (totals: (typeof found)['totals']) => writeSums(scope, totals, found.isWeighted)
      return {
        pipelineId: found.pipelineId,
        asOf: time(found.asOf),
        isWeighted: found.isWeighted,
        months: found.months.map(({ month, totals, owners }) => ({
          month,
          ...write(totals),
          owners: owners.map(({ ownerId, totals }) => ({ ownerId, ...write(totals) })),
        })),
        ...write(found.totals),
      }
    },
    table: (_scope, { months }) => ({
      columns: ['month', 'owner_id', ...totalColumns],
      rows: months.flatMap(({ month, owners }) =>
        owners.flatMap(({ ownerId, totals }) => totals.map((total) => [month, ownerId, ...totalCells(total)])),
      ),
    }),
  })
}
