import { randomUUID } from 'node:crypto'
import type { Plan, Step } from './recording.ts'

/** Far beyond what the server itself hands out meanwhile. */
let next = 1_000_000_000

/**
 * A plan that made records can only run again with other ids: each run counts them on from the last one, and makes new uuids, in every
 * value that holds one.
 */
export function freshened(plan: Plan): () => readonly Step[] {
  const deals = plan.steps.filter(({ sql }) => /^insert into "?deal"? /.test(sql))
  const columns =
    /\(([^)]*)\)/
      .exec(deals[0]?.sql ?? '')?.[1]
      ?.split(',')
      .map((name) => name.replace(/["\s]/g, '')) ?? []
  const [id, uuid] = [columns.indexOf('id'), columns.indexOf('uuid')]
  const ids = new Set(deals.map(({ values }) => values[id]))
  const uuids = new Set(deals.map(({ values }) => values[uuid]))
  return () => {
    const fresh = new Map([...ids].map((known) => [known, next++]))
    return plan.steps.map((step) => ({
      ...step,
      values: step.values.map((value) => fresh.get(value) ?? (uuids.has(value) ? randomUUID() : value)),
    }))
  }
}
