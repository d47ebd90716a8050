import { z } from 'zod'
import { defaultPipeline, findPipeline } from '../../../domain/pipeline.ts'
import { type Days, daysOf, type Period, periodOf } from '../../../domain/reports/period.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Instant } from '../../../domain/time.ts'
import { dayParam, idParam, timeParam } from '../fields.ts'
import type { NativeSpeaker } from '../speaker.ts'
import { ok } from '../wire.ts'
import { csv, type Table, wantsCsv } from './csv.ts'

// —— what reports are asked ——

export const pipelineParam = idParam('Of which pipeline; the default one where none is named.')
export const ownerParam = idParam('Only what this member owns, or owned when it happened.')
export const asOfParam = timeParam('The moment, with all that happened in its millisecond. Now where not said.')

/** A period of days as the workspace counts them. */
export const daysParams = {
  from: dayParam('The first day, in the workspace’s time zone. Ninety days until `to` where not said.'),
  to: dayParam('The last day, included. Today where not said.'),
}

export const PeriodQuery = z.strictObject({ pipelineId: pipelineParam, ownerId: ownerParam, ...daysParams })
export type PeriodQuery = z.output<typeof PeriodQuery>

/** The pipeline that was named, or the default one. */
export const pipelineOf = async (scope: Scope, id: number | undefined): Promise<number> =>
  (id === undefined ? await defaultPipeline(scope) : await findPipeline(scope, id)).id

export const momentOf = (scope: Scope, asOf: Instant | undefined): Instant => Math.min(asOf ?? scope.now(), scope.now())

export interface Asked {
  pipelineId: number
  ownerId: number | undefined
  days: Days
  period: Period
}

/** What of a pipeline is asked, with its period filled up. */
export async function askedOf(scope: Scope, { pipelineId, ownerId, from, to }: PeriodQuery): Promise<Asked> {
  const { timeZone } = scope.workspace
  const days = daysOf(timeZone, scope.now(), { from, to })
  return { pipelineId: await pipelineOf(scope, pipelineId), ownerId, days, period: periodOf(timeZone, days) }
}

// —— how they are opened ——

interface Report<Q extends z.ZodType, J extends z.ZodType> {
  /** Below `/reports`. */
  name: string
  id: string
  summary: string
  description: string
  query: Q
  json: J
  read(scope: Scope, query: z.output<Q>): Promise<z.output<J>>
  /** The same as rows. */
  table(scope: Scope, data: z.output<J>): Promise<Table> | Table
}

/** Opens a report twice: as JSON, or as CSV where `Accept` says so, and as CSV under a name that a link can have. */
export function report<Q extends z.ZodType, J extends z.ZodType>(api: NativeSpeaker, spec: Report<Q, J>): void {
  const { name, id, summary, query, json, read, table } = spec
  const path = `/reports/${name}`
  const description = `${spec.description} With \`Accept: text/csv\` as a table.`
  const asTable = async (scope: Scope, asked: z.output<Q>) => csv(name, await table(scope, await read(scope, asked)))
  api.get(path, { query, about: { tag: 'Reports', id, summary, description, one: json } }, async ({ scope, query, req }) => {
    const asked = query as z.output<Q>
    return wantsCsv(req.headers.accept) ? asTable(scope, asked) : ok(await read(scope, asked))
  })
  api.get(
    `${path}.csv`,
    {
      query,
      about: {
        tag: 'Reports',
        id: `${id}Csv`,
        summary: `${summary}, as CSV`,
        description: spec.description,
        text: { type: 'text/csv', description: 'Names of the columns, then rows.' },
      },
    },
    async ({ scope, query }) => asTable(scope, query as z.output<Q>),
  )
}
