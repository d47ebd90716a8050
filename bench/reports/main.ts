import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openStore, prepare } from '../../src/serve.ts'
import { startServer } from '../processes.ts'
import { token } from '../stores.ts'
import { fill } from './fill.ts'

/** Reports of one pipeline over one year, out of many deals with five events each. Prints a table. */

const { values } = parseArgs({
  options: {
    deals: { type: 'string', default: '1000000' },
    keep: { type: 'string' },
    pipelines: { type: 'string', default: '5' },
  },
})
const count = Number(values.deals)
const data = values.keep ?? mkdtempSync(join(tmpdir(), 'crmux-reports-'))
const pipelineCount = Number(values.pipelines)

async function build(): Promise<void> {
  const store = await openStore({ data, databaseUrl: undefined })
  try {
    await prepare(store.registry, { template: 'sell', token })
    const { addPipeline } = await import('../../src/domain/edit-pipelines.ts')
    const { adminScope } = await import('../../src/cli/open.ts')
    const [workspace] = await store.registry.workspaces()
    if (!workspace) throw new Error('the store has no workspace')
    const scope = await adminScope(store.registry, workspace, 'import')
    for (let n = 1; n < pipelineCount; n++) {
      const stages = ['Lead', 'Contacted', 'Demo', 'Offer'].map((name, index) => ({ name, probability: 20 * (index + 1) }))
      await addPipeline(scope, { name: `Pipeline ${n + 1}`, hasProbability: true, stages })
    }
    const began = performance.now()
    const { events } = await fill(store, count)
    console.log(`${count} deals with ${events} events in ${((performance.now() - began) / 1000).toFixed(0)} s`)
  } finally {
    await store.engine.close()
  }
}

if (!existsSync(join(data, 'crmux.db'))) await build()
const server = await startServer(['--data', data])
const headers = { authorization: `Bearer ${token}` }
const get = async (path: string) => {
  const began = performance.now()
  const answer = await fetch(`${server.origin}/api/v1${path}`, { headers })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path}: ${text}`)
  return { ms: performance.now() - began, body: JSON.parse(text) }
}

const year = 'from=2025-01-01&to=2025-12-31'
const paths = [
  ...['summary', 'win-rate', 'movement', 'conversion', 'time-in-stage', 'velocity', 'calibration', 'forecast-against-won'].map(
    (name) => `${name}?${year}`,
  ),
  'summary?interval=month&from=2025-01-01&to=2025-12-31',
  'changes?from=2025-06-02&to=2025-06-08',
  'board?asOf=2025-06-15T10:00:00Z',
  'board?asOf=2024-02-15T10:00:00Z',
  'funnel?asOf=2025-06-15T10:00:00Z',
  'forecast?asOf=2025-06-15T10:00:00Z',
  'forecast?',
]
try {
  const pipelines: { id: number }[] = (await get('/pipelines')).body.data
  for (const path of [...paths.map((path) => `/reports/${path}`), '/deals/4711/events?', '/deals/4711/stage-times?']) {
    const times: number[] = []
    for (let round = 0; round < 7; round++) {
      const of = path.startsWith('/reports') ? `&pipelineId=${pipelines[round % pipelines.length]?.id}` : 'limit=50'
      const url = path.includes('stage-times') ? path.slice(0, -1) : `${path}${of}`
      times.push((await get(url)).ms)
    }
    times.sort((a, b) => a - b)
    console.log(
      `${path.padEnd(60)} p50 ${(times[3] ?? 0).toFixed(1).padStart(8)} ms   worst ${(times[6] ?? 0).toFixed(1).padStart(8)} ms`,
    )
  }
} finally {
  await server.stop()
  if (values.keep === undefined) rmSync(data, { recursive: true, force: true })
}
