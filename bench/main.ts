import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { machineOf } from './machine.ts'
import { readOptions, usage } from './options.ts'
import { writeReport } from './report.ts'
import { amended, type Results, type SizeResults } from './results.ts'
import { measureSize } from './run.ts'
import { postgresStores, sqliteStores } from './stores.ts'

if (process.argv.includes('--help')) {
  process.stdout.write(`${usage}\n`)
  process.exit()
}
const options = readOptions(process.argv.slice(2))
if (options.keep !== undefined) mkdirSync(options.keep, { recursive: true })
const stores = options.engine === 'sqlite' ? sqliteStores(options) : await postgresStores(options)
const machine = machineOf(options.keep ?? tmpdir())
const date = new Date().toISOString().slice(0, 10)
const sizes: SizeResults[] = []
try {
  for (const size of options.sizes) {
    sizes.push(await measureSize(size, stores, options))
    keepResults({ engine: options.engine, machine, date, sizes })
  }
} finally {
  await stores.close()
}

/** After every size, so that a run that is stopped has not been for nothing. */
function keepResults(results: Results): void {
  if (options.isQuick || (options.only !== undefined && !options.amends)) return
  mkdirSync('bench/results', { recursive: true })
  const file = `bench/results/${options.engine}.json`
  const kept = options.amends ? amended(JSON.parse(readFileSync(file, 'utf8')), results) : results
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`)
  writeReport()
}
