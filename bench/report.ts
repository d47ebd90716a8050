import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { misses } from './behind.ts'
import { mb, ms, nameOf, table, whereAndWhen, whole } from './markdown.ts'
import { vendorNames } from './operations.ts'
import { reportsSection } from './reports/page.ts'
import { type Measured, type Results, ratio, type Several, type SizeResults, type Told } from './results.ts'
import { type Target, targetsOf } from './targets.ts'

const page = 'docs/performance.md'

/** Writes the page about speed from what the last run on each engine found. */
export function writeReport(): void {
  const all = (['sqlite', 'postgres'] as const).flatMap((engine) => {
    const file = `bench/results/${engine}.json`
    return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')) as Results] : []
  })
  writeFileSync(page, `${head}\n${all.map(section).join('\n')}${reportsSection()}`)
}

const head = `# How fast it is

Written by \`npm run bench\` and \`npm run bench:reports\`; do not edit it. What was profiled, found and tried is in [performance notes](performance-notes.md).

**Ours** is the server as \`npm start\` starts it. **The limit** is a bare \`node:http\` server that runs the same prepared statements on the
same store and sends the same bytes, and does nothing else: no routing, no checking, no mapping, no asking who it is. Writers share
commits there as well. Both are measured in the same run, in turns, by autocannon on the same machine, which itself takes a share of the cores
from both. Each entry is the middle or the rate of all turns; p50 and p99 are times at the caller.
`

function section(results: Results): string {
  const { engine, machine, date, sizes } = results
  const targets = targetsOf(results)
  return `
## ${nameOf[engine]}

${whereAndWhen(date, machine)}

${table(['target', 'wanted', 'found', 'holds'], targets.map(targetRow))}

${misses(engine, targets)}

${table(
  ['deals', 'import', 'store', 'ready after', 'resident at start', 'resident after all'],
  sizes.map((size) => [
    whole(size.size),
    `${whole(size.rowsPerSecond)} rows/s`,
    mb(size.bytes),
    `${whole(size.startMs)} ms`,
    mb(size.residentAtStart),
    mb(size.residentAfter),
  ]),
)}
${sizes.map(sizeTables).join('\n')}`
}

const targetRow = ({ what, wanted, found, holds }: Target): string[] => [what, wanted, found, holds ? 'yes' : '**no**']

const columns = [
  'operation',
  'connections',
  'ours/s',
  'p50 ms',
  'p99 ms',
  'limit/s',
  'limit p50 ms',
  'CPU µs',
  'limit CPU µs',
  'ours ÷ limit',
]

function sizeTables({ size, measured, webhooks = [], several = [] }: SizeResults): string {
  const isVendor = ({ name }: Measured) => vendorNames.some((vendor) => name.startsWith(`${vendor}: `))
  return `
### ${whole(size)} deals

${table(columns, measured.filter((one) => !isVendor(one)).map(measuredRow))}

${table(columns, measured.filter(isVendor).map(measuredRow))}
${webhooks.length === 0 ? '' : webhookTable(webhooks)}${several.length === 0 ? '' : severalTable(several)}`
}

const severalTable = (several: readonly Several[]): string => `
Several processes on the same database, over as many connections as one of them alone, in turns. They share the cores with the database and the load
generator: on a machine where one process and the database fill these, more processes cannot do more, and this shows what they cost.

${table(
  ['operation', 'connections', 'processes', 'together/s', 'p50 ms', 'p99 ms', 'one alone/s', 'p50 ms', 'together ÷ alone'],
  several.map(({ name, processes, connections, alone, together }) => [
    name,
    String(connections),
    String(processes),
    whole(together.perSecond),
    ms(together.p50),
    ms(together.p99),
    whole(alone.perSecond),
    ms(alone.p50),
    (together.perSecond / alone.perSecond).toFixed(2),
  ]),
)}
`

const webhookTable = (told: readonly Told[]): string => `
Moving deals while three webhooks of a receiver on the same machine are told of each move, in turns with moving them while nobody listens; and how
quickly what was still to be told went out when the moves had ended.

${table(
  [
    'connections',
    'with webhooks/s',
    'p50 ms',
    'p99 ms',
    'without/s',
    'CPU µs',
    'CPU µs without',
    'with ÷ without',
    'deliveries/s afterwards',
  ],
  told.map(({ connections, without, with: heard, deliveredPerSecond }) => [
    String(connections),
    whole(heard.perSecond),
    ms(heard.p50),
    ms(heard.p99),
    whole(without.perSecond),
    whole(heard.cpu),
    whole(without.cpu),
    (heard.perSecond / without.perSecond).toFixed(2),
    whole(deliveredPerSecond),
  ]),
)}
`

const measuredRow = (one: Measured): string[] => [
  one.name,
  String(one.connections),
  whole(one.ours.perSecond),
  ms(one.ours.p50),
  ms(one.ours.p99),
  whole(one.limit.perSecond),
  ms(one.limit.p50),
  whole(one.ours.cpu),
  whole(one.limit.cpu),
  ratio(one).toFixed(2),
]
