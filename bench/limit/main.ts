import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { openStore } from '../../src/serve.ts'
import type { Call } from '../measure.ts'
import { freshened } from './fresh.ts'
import { postgresDatabase } from './postgres.ts'
import { type Plan, recorder, type Step } from './recording.ts'
import { sqliteDatabase } from './sqlite.ts'

/**
 * The bare machine: a `node:http` server that runs the statements of a request and sends the bytes of its answer, and does nothing else.
 * A child process of the bench, which first sends it the requests to learn: `GET /7` is then the seventh of them.
 */

export interface Learn {
  calls: readonly Call[]
}

interface Learnt {
  plan: Plan
  steps(): readonly Step[]
}

const [flag, store = ''] = process.argv.slice(2)
const isFile = flag === '--data'
const { engine } = await openStore(isFile ? { data: store, databaseUrl: undefined } : { data: '', databaseUrl: store })
const recording = await recorder(engine)
const database = isFile ? sqliteDatabase(join(store, 'crmux.db')) : postgresDatabase(store)
let learnt: readonly Learnt[] = []

const server = createServer((req, res) => {
  const known = learnt[Number(req.url?.slice(1))]
  if (!known) {
    res.writeHead(404).end()
    return
  }
  const { plan, steps } = known
  const answer = () => res.writeHead(plan.status, { ...plan.headers, 'content-length': plan.body.length }).end(plan.body)
  const work = () => (plan.writes ? database.write(steps()) : database.read(steps()))
  const go = () => {
    const done = work()
    if (done) done.then(answer)
    else answer()
  }
  if (req.method === 'GET') go()
  else req.on('end', go).resume()
})

process.on('message', async ({ calls }: Learn) => {
  try {
    const plans: Plan[] = []
    for (const call of calls) plans.push(await recording.record(call))
    learnt = plans.map((plan) => ({ plan, steps: plan.writes ? freshened(plan) : () => plan.steps }))
    process.send?.({ learnt: plans.length })
  } catch (error) {
    process.send?.({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})

process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
