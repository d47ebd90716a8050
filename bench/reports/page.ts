import { existsSync, readFileSync } from 'node:fs'
import { mb, ms, nameOf, table, whereAndWhen, whole } from '../markdown.ts'
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
  return `
## ${nameOf[engine]}: ${whole(deals)} deals, ${whole(events)} events

${whereAndWhen(date, machine)} Filled in ${whole(fillSeconds)} s; the store has ${mb(bytes)}; resident after all: ${mb(resident)}. An event takes ${whole(log.bytes / log.rows)} bytes
of the log, its indexes included.

${table(
  ['target, p50 in ms', 'wanted', 'found', 'holds'],
  Object.keys(promises).map((of) => targetRow(of as keyof typeof promises, measured)),
)}

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
function targetRow(of: keyof typeof promises, measured: readonly MeasuredReport[]): string[] {
  const { what, p50 } = promises[of]
  const slowest = measured.filter((one) => one.of === of).sort((a, b) => b.figures.p50 - a.figures.p50)[0]
  if (!slowest) return [what, `≤ ${p50}`, 'not measured', '**no**']
  const found = slowest.figures.p50
  return [what, `≤ ${p50}`, `${ms(found)} (${slowest.name})`, found <= p50 ? 'yes' : '**no**']
}
