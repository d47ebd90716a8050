import { z } from 'zod'
import { eachRow } from '../../domain/bulk.ts'
import type { Deal } from '../../domain/deal.ts'
import { changeDeal, createDeal } from '../../domain/edit-deals.ts'
import { requireRole, type Scope } from '../../domain/scope.ts'
import { type Fault, FaultError, read } from '../../http/fault.ts'
import type { Answer } from '../../http/speak.ts'
import { fieldsOf } from './custom-fields.ts'
import { DealBody, DealJson, readNewDeal, writeDeal } from './deals.ts'
import { id } from './fields.ts'
import { moveFields, readMove, requireMove } from './moves.ts'
import { type Problem, problemOf } from './problem.ts'
import { ProblemJson } from './problem-json.ts'
import type { NativeSpeaker } from './speaker.ts'

/** Many rows in one transaction, with a result for each. A row that is refused leaves no trace and does not hold back the others. */

const maxRows = 1000

/** Only the envelope is checked at the door: a row that is not well formed is one row's problem. */
const Rows = z.array(z.unknown()).min(1).max(maxRows)

const MoveRow = z
  .strictObject({
    id: id('The deal.'),
    ...moveFields,
    version: z.int().optional().meta({ description: 'Only if this is the version that it has.' }),
  })
  .check(requireMove)
  .meta({ id: 'MoveRow' })

/** What became of one row, as programs see it. */
export type RowAnswer = { index: number; status: number; data: DealJson } | { index: number; status: number; problem: Problem }
const RowJson = z
  .object({
    index: z.int().meta({ description: 'Which row, counted from 0.' }),
    status: z.int().meta({ description: 'As the single call would have answered it.' }),
    data: DealJson.optional().meta({ description: 'The deal, where the row was done.' }),
    problem: ProblemJson.optional().meta({ description: 'Why not, where it was refused.' }),
  })
  .meta({ id: 'RowResult', description: 'What became of one row.' })

const RowsJson = z.object({ data: z.array(RowJson) })

type Row<T> = { index: number; body: T }
type Outcome = { status: number; deal: Deal } | { fault: Fault }

/** Does what is well formed, and tells of every row in the order they came. */
async function done<S extends z.ZodType>(
  scope: Scope,
  rows: readonly unknown[],
  schema: S,
  status: number,
  work: (scope: Scope, body: z.output<S>) => Promise<Deal>,
): Promise<Answer> {
  requireRole(scope, 'member')
  const outcomes: Outcome[] = []
  const good: Row<z.output<S>>[] = []
  for (const [index, row] of rows.entries()) {
    const body = attempt(schema, row)
    if ('fault' in body) outcomes[index] = body
    else good.push({ index, body: body.data })
  }
  const results = await eachRow(scope, good, (scope, row) => work(scope, row.body))
  for (const [nth, { index }] of good.entries()) {
    const result = results[nth]
    if (result) outcomes[index] = result.ok ? { status, deal: result.value } : { fault: result.refusal }
  }
  return { status: 200, body: { data: await written(scope, outcomes) } }
}

function attempt<S extends z.ZodType>(schema: S, row: unknown): { data: z.output<S> } | { fault: Fault } {
  try {
    return { data: read(schema, row, 'body') }
  } catch (error) {
    if (error instanceof FaultError) return { fault: error.fault }
    throw error
  }
}

async function written(scope: Scope, outcomes: readonly Outcome[]): Promise<RowAnswer[]> {
  const deals = outcomes.flatMap((outcome) => ('deal' in outcome ? [outcome.deal] : []))
  const fields = await fieldsOf(scope, 'deal', deals)
  return outcomes.map((outcome, index) => {
    if ('deal' in outcome) return { index, status: outcome.status, data: writeDeal(outcome.deal, fields) }
    const problem = problemOf(outcome.fault)
    return { index, status: problem.status, problem }
  })
}

/** Creating and moving up to a thousand deals at once. */
export function bulkRoutes(api: NativeSpeaker): void {
  api.post(
    '/deals/bulk',
    {
      body: z.strictObject({ deals: Rows }),
      about: {
        tag: 'Deals',
        id: 'createDeals',
        summary: 'Create many deals',
        description: 'In one transaction, up to 1,000. A refused row leaves no trace and does not hold back the others.',
        body: z.strictObject({ deals: z.array(DealBody).min(1).max(maxRows) }),
        answer: RowsJson,
        role: 'member',
      },
    },
    ({ scope, body }) =>
      done(scope, body.deals, DealBody, 201, async (scope, row) => createDeal(scope, await readNewDeal(scope, row))),
  )

  api.post(
    '/deals/bulk-move',
    {
      body: z.strictObject({ moves: Rows }),
      about: {
        tag: 'Deals',
        id: 'moveDeals',
        summary: 'Move many deals',
        description:
          'In one transaction and in this order, up to 1,000. A refused row leaves no trace and does not hold back the others.',
        body: z.strictObject({ moves: z.array(MoveRow).min(1).max(maxRows) }),
        answer: RowsJson,
        role: 'member',
      },
    },
    ({ scope, body }) =>
      done(scope, body.moves, MoveRow, 200, (scope, { id, version, ...move }) => changeDeal(scope, id, readMove(move), version)),
  )
}
