import { existsSync, readFileSync } from 'node:fs'
import { misses } from '../behind.ts'
import { mb, ms, nameOf, table, whereAndWhen, whole } from '../markdown.ts'
import type { Target } from '../targets.ts'
import { promises } from './calls.ts'
import type { MeasuredReport, ReportResults } from './results.ts'

/** What the last run on each engine found of reports and histories, as a section of the page about speed; empty where none was. */
export function reportsSection(): string {
  const all = (['sqlite', 'postgres'] as const).flatMap((engine) => {
    const file = `bench/results/reports-${engine}.json`
    return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')) as ReportResults] : []
  })
  if (all.length === 0) return ''
  return `
# Reports and histories

Deals over three years with five events each, in five pipelines and of twenty owners, every eighth in another currency. Each call is sent by itself
over one connection; pipelines, moments, owners and deals take turns. CPU is that of the server, which on PostgreSQL leaves most of the work to the database.
${all.map(engineSection).join('')}`
}

function engineSection(results: ReportResults): string {
  const { engine, machine, date, deals, events, fillSeconds, bytes, tables, resident, measured } = results
  const log = tables.event ?? { bytes: 0, rows: 1 }
  const targets = Object.keys(promises).map((of) => targetOf(of as keyof typeof promises, measured))
  return `
## ${nameOf[engine]}: ${whole(deals)} deals, ${whole(events)} events

${whereAndWhen(date, machine)} Filled in ${whole(fillSeconds)} s; the store has ${mb(bytes)}; resident after all: ${mb(resident)}. An event takes ${whole(log.bytes / log.rows)} bytes
of the log, its indexes included.

${table(
  ['target, p50 in ms', 'wanted', 'found', 'holds'],
  targets.map(({ what, wanted, found, holds }) => [what, wanted, found, holds ? 'yes' : '**no**']),
)}

${misses(engine, targets)}

${table(
  ['report', 'p50 ms', 'p99 ms', 'CPU ms'],
  measured.map(({ name, figures: { p50, p99, cpu } }) => [name, ms(p50), ms(p99), ms(cpu / 1000)]),
)}

${table(
  ['table', 'rows', 'with indexes'],
  Object.entries(tables).map(([name, { bytes, rows }]) => [name, whole(rows), mb(bytes)]),
)}
`
}

/** The slowest of those that were promised the same. */
function targetOf(of: keyof typeof promises, measured: readonly MeasuredReport[]): Target {
  const { what, p50 } = promises[of]
  const wanted = `≤ ${p50}`
  const slowest = measured.filter((one) => one.of === of).sort((a, b) => b.figures.p50 - a.figures.p50)[0]
  if (!slowest) return { what, wanted, found: 'not measured', holds: false }
  const found = slowest.figures.p50
  return { what, wanted, found: `${ms(found)} (${slowest.name})`, holds: found <= p50 }
}
