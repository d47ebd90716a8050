import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { openStore, prepare } from '../../src/serve.ts'
import { statement } from '../../src/store/engine.ts'
import { sql } from '../../src/store/sql.ts'
import { machineOf } from '../machine.ts'
import { figuresOf, load } from '../measure.ts'
import { startServer } from '../processes.ts'
import { writeReport } from '../report.ts'
import { token } from '../stores.ts'
import { learn, measures, promises } from './calls.ts'
import { eventsOf, fill } from './fill.ts'
import { type Place, postgresPlace, sizesOf, sqlitePlace } from './places.ts'
import type { MeasuredReport } from './results.ts'

/** Reports, boards of the past and histories, out of many deals with five events each. */

const usage = `npm run bench:reports -- [--engine sqlite|postgres] [--deals 1000000] [--pipelines 5] [--keep DIR] [--only NAME]

Measures reports and histories, and writes its section of docs/performance.md; with --only it only prints.
--keep DIR: the store stays there, and the next run reads it again. With --engine postgres it stays on the server of TEST_DATABASE_URL.`

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'sqlite' },
    deals: { type: 'string', default: '1000000' },
    pipelines: { type: 'string', default: '5' },
    keep: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const { engine, keep, only } = values
if (values.help) {
  process.stdout.write(`${usage}\n`)
  process.exit()
}
if (engine !== 'sqlite' && engine !== 'postgres') throw new Error(`--engine ${engine}: there are sqlite and postgres`)
const deals = Number(values.deals)
const place = engine === 'sqlite' ? await sqlitePlace(keep) : await postgresPlace(keep !== undefined, deals)
try {
  const machine = machineOf(place.data || tmpdir())
  const filled = await build(place)
  const { resident, measured } = await measureAll(place)
  if (only === undefined) {
    const date = new Date().toISOString().slice(0, 10)
    mkdirSync('bench/results', { recursive: true })
    const results = { engine, machine, date, deals, events: eventsOf(deals), ...filled, resident, measured }
    writeFileSync(`bench/results/reports-${engine}.json`, `${JSON.stringify(results, null, 2)}\n`)
    writeReport()
  }
} finally {
  await place.close()
}

/** Fills the store where it is new, and tells how large it is. */
async function build(place: Place) {
  const store = await openStore(place)
  try {
    const began = performance.now()
    if (place.isNew) {
      await prepare(store.registry, { template: 'sell', token })
      await fill(store, deals, Number(values.pipelines))
      // What a server of PostgreSQL does by itself within a minute.
      if (engine === 'postgres')
        await store.engine.reader.all(
          statement(() => sql.raw('vacuum analyze')),
          {},
        )
    }
    const fillSeconds = (performance.now() - began) / 1000
    console.log(`${deals} deals with ${eventsOf(deals)} events in ${fillSeconds.toFixed(0)} s`)
    return { fillSeconds, ...(await sizesOf(store.engine, place)) }
  } finally {
    await store.engine.close()
  }
}

async function measureAll({ args }: Place) {
  const server = await startServer(args)
  try {
    const measured: MeasuredReport[] = []
    for (const { name, of, calls } of measures(await learn(server.origin, deals))) {
      if (only !== undefined && !name.includes(only)) continue
      const side = { origin: server.origin, calls, cpu: server.cpu }
      // The first round makes plans and fills caches, as they are in a server that runs. What takes seconds is not asked often.
      const first = figuresOf([await load(side, 1, { each: Math.min(calls.length, 20) })])
      const each = first.p50 > 1000 ? Math.min(calls.length, 5) : Math.max(calls.length, 15)
      const { p50, p99, cpu } = figuresOf([await load(side, 1, { each })])
      measured.push({ name, of, figures: { p50, p99, cpu } })
      const mark = p50 > promises[of].p50 ? `  more than ${promises[of].p50}` : ''
      console.log(
        `${name.padEnd(50)} p50 ${p50.toFixed(1).padStart(8)} ms   p99 ${p99.toFixed(1).padStart(8)} ms   CPU ${(cpu / 1000).toFixed(1).padStart(7)} ms${mark}`,
      )
    }
    return { resident: server.resident(), measured }
  } finally {
    await server.stop()
  }
}
