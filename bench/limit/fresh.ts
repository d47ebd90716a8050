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
  const deals = plan.steps.filter(({ sql }) => intoDeal.test(sql))
  const [id, uuid] = [placeOf(deals[0]?.sql ?? '', 'id'), placeOf(deals[0]?.sql ?? '', 'uuid')]
  const ids = deals.map(({ values }) => values[id])
  const uuids = new Set(deals.map(({ values }) => values[uuid]))
  const stretch = placeOf(plan.steps.find(({ sql }) => intoStretch.test(sql))?.sql ?? '', 'deal_id')
  if (deals.length > 0) {
    return () => {
      const fresh = new Map(ids.map((known) => [known, next++]))
      return plan.steps.map((step) => ({
        ...step,
        values: step.values.map((value) => fresh.get(value) ?? (uuids.has(value) ? randomUUID() : value)),
      }))
    }
  }
  return () => {
    const life = next++
    return plan.steps.map((step) => (intoStretch.test(step.sql) ? { ...step, values: step.values.with(stretch, life) } : step))
  }
}
