import { randomUUID } from 'node:crypto'
import type { Plan, Step } from './recording.ts'

/** Far beyond what the server itself hands out meanwhile. */
let next = 1_000_000_000

/** Where in an insert a column's value stands. */
function placeOf(sql: string, column: string): number {
  const columns = /\(([^)]*)\)/.exec(sql)?.[1] ?? ''
  return columns
    .split(',')
    .map((name) => name.replace(/["\s]/g, ''))
    .indexOf(column)
}

const inserts = (table: string): RegExp => new RegExp(`^insert into "?${table}"? `)
const [intoDeal, intoStretch] = [inserts('deal'), inserts('stretch')]

/**
 * A plan that made records can only run again with other ids: each run counts them on from the last one, and makes new uuids, in every
 * value that holds one. A change adds a stretch to a deal's life; repeated, it adds it to the life of a deal that is not there.
 */
export function freshened(plan: Plan): () => readonly Step[] {
  const deals = plan.steps.filter(({ sql }) => intoDeal.test(sql)).flatMap(rowsOf)
  const stretch = placeOf(plan.steps.find(({ sql }) => intoStretch.test(sql))?.sql ?? '', 'deal_id')
  if (deals.length > 0) {
    const ids = deals.map(({ id }) => id)
    const uuids = new Set(deals.map(({ uuid }) => uuid))
    const steps = plan.steps.map((step) => ({ step, rows: manyOf(step) }))
    return () => {
      const fresh = new Map(ids.map((known) => [known, next++]))
      const renew = (value: unknown) => fresh.get(value) ?? (uuids.has(value) ? randomUUID() : value)
      const renewed = (row: Row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, renew(value)]))
      return steps.map(({ step, rows }) => ({
        ...step,
        values: rows ? [JSON.stringify(rows.map(renewed))] : step.values.map(renew),
      }))
    }
  }
  return () => {
    const life = next++
    return plan.steps.map((step) => (intoStretch.test(step.sql) ? { ...step, values: step.values.with(stretch, life) } : step))
  }
}

type Row = Readonly<Record<string, unknown>>

/** The rows of a statement that takes any number of them as JSON. */
function manyOf({ sql, values }: Step): Row[] | undefined {
  return sql.includes('json_populate_recordset') ? JSON.parse(String(values[0])) : undefined
}

/** What an insert of deals inserts. */
const rowsOf = (step: Step): Row[] =>
  manyOf(step) ?? [{ id: step.values[placeOf(step.sql, 'id')], uuid: step.values[placeOf(step.sql, 'uuid')] }]
