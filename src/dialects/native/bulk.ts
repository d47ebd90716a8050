import { z } from 'zod'
import { eachRow } from '../../domain/bulk.ts'
import { fieldsOf } from '../../domain/custom-field.ts'
import type { Deal } from '../../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal, restoreDeal } from '../../domain/edit-deals.ts'
import { requireRole, type Scope } from '../../domain/scope.ts'
import { tokenOf } from '../../domain/undo.ts'
import { type Fault, FaultError, read } from '../../http/fault.ts'
import type { Answer } from '../../http/speak.ts'
import { DealBody, DealJson, Outcome, readNewDeal, writeDeal } from './deals.ts'
import { id, text } from './fields.ts'
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

const tagList = z.array(z.string()).max(100)

const BulkChangeBody = z.strictObject({
  ids: z.array(z.int()).min(1).max(maxRows).meta({ description: 'The deals.' }),
  change: z
    .strictObject({
      stageId: id('Where they go: any stage.').optional(),
      outcome: Outcome.optional().meta({ description: 'Wins, loses or reopens them.' }),
      ownerId: id('The member who looks after them from now on.').optional(),
      addTags: tagList.optional().meta({ description: 'Tags that they get beside those they have.' }),
      removeTags: tagList.optional().meta({ description: 'Tags that are taken away.' }),
      lossReasonId: id('Why they are lost.').nullable().optional(),
      lossComment: text('Up to 10,000 characters.', 10_000).nullable().optional(),
      expectedCloseDate: z.string().nullable().optional().meta({ description: 'YYYY-MM-DD.', format: 'date' }),
      isArchived: z.boolean().optional().meta({ description: 'Out of sight and out of the totals, or back again.' }),
      isDeleted: z.boolean().optional().meta({ description: 'Deletes them, or brings them back. Goes with nothing else.' }),
    })
    .check(({ value, issues }) => {
      const said = Object.values(value).filter((field) => field !== undefined).length
      const complain = (field: string, rule: string, message: string) =>
        issues.push({ code: 'custom', input: value, path: field === '' ? [] : [field], params: { rule }, message })
      if (said === 0) complain('', 'required', 'must say what to change')
      if (said > 1 && value.isDeleted !== undefined) complain('isDeleted', 'not_allowed', 'must be there alone')
    })
    .meta({ description: 'What becomes of each. What is not named stays.' }),
})

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

export type RowsJson = z.output<typeof RowsJson>
const RowsJson = z.object({
  data: z.array(RowJson).meta({ description: 'Row by row, in the order that they came.' }),
  undoToken: z
    .string()
    .nullable()
    .meta({ description: 'Takes all of it back with `POST /undo/{token}`. Null: nothing was changed.' }),
})

type Row<T> = { index: number; body: T }
type Result = { status: number; deal: Deal } | { fault: Fault }

/** Does what is well formed, and tells of every row in the order they came. */
async function done<S extends z.ZodType>(
  scope: Scope,
  rows: readonly unknown[],
  schema: S,
  status: number,
  work: (scope: Scope, body: z.output<S>) => Promise<Deal>,
  { lastFirst = false, externalIds }: { lastFirst?: boolean; externalIds?: (bodies: z.output<S>[]) => readonly string[] } = {},
): Promise<Answer> {
  requireRole(scope, 'member')
  const outcomes: Result[] = []
  const good: Row<z.output<S>>[] = []
  for (const [index, row] of rows.entries()) {
    const body = attempt(schema, row)
    if ('fault' in body) outcomes[index] = body
    else good.push({ index, body: body.data })
  }
  if (lastFirst) good.reverse()
  const before = async ({ store }: Scope) => {
    if (externalIds) await store.deals.expect(externalIds(good.map(({ body }) => body)))
  }
  const results = await eachRow(scope, good, (scope, row) => work(scope, row.body), { before })
  for (const [nth, { index }] of good.entries()) {
    const result = results[nth]
    if (result) outcomes[index] = result.ok ? { status, deal: result.value } : { fault: result.refusal }
  }
  const first = scope.batch?.first ?? null
  return { status: 200, body: { data: await written(scope, outcomes), undoToken: first === null ? null : tokenOf(first) } }
}

function attempt<S extends z.ZodType>(schema: S, row: unknown): { data: z.output<S> } | { fault: Fault } {
  try {
    return { data: read(schema, row, 'body') }
  } catch (error) {
    if (error instanceof FaultError) return { fault: error.fault }
    throw error
  }
}

async function written(scope: Scope, outcomes: readonly Result[]): Promise<RowAnswer[]> {
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
      done(scope, body.deals, DealBody, 201, async (scope, row) => createDeal(scope, await readNewDeal(scope, row)), {
        externalIds: (rows) => rows.flatMap(({ externalId }) => externalId ?? []),
      }),
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

  api.post(
    '/deals/bulk-change',
    {
      body: BulkChangeBody,
      about: {
        tag: 'Deals',
        id: 'changeDeals',
        summary: 'Change many deals in the same way',
        description:
          'In one transaction, up to 1,000. A refused row leaves no trace and does not hold back the others. Deals that go to another stage come first there, in the order given.',
        answer: RowsJson,
        role: 'member',
      },
    },
    ({ scope, body: { ids, change } }) => {
      const { isDeleted, ...patch } = change
      const work = (scope: Scope, id: number) =>
        isDeleted === undefined ? changeDeal(scope, id, patch) : isDeleted ? deleteDeal(scope, id) : restoreDeal(scope, id)
      return done(scope, ids, z.int(), 200, work, { lastFirst: true })
    },
  )
}
