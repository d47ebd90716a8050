import { type Facts, learn } from './facts.ts'
import { type Limit, startLimit } from './limit/start.ts'
import { figuresOf, type Long, load, type Sample, type Side } from './measure.ts'
import { type Operation, operations } from './operations.ts'
import type { Options } from './options.ts'
import { type Serving, startServer } from './processes.ts'
import { type Measured, type Several, type SizeResults, severalName, type Told, webhooksName } from './results.ts'
import { measureSeveral } from './several.ts'
import type { Stores } from './stores.ts'
import { measureWebhooks } from './webhooks.ts'

const say = (text: string) => process.stderr.write(`${text}\n`)

/** Measures everything on one store. */
export async function measureSize(size: number, stores: Stores, options: Options): Promise<SizeResults> {
  say(`\n${size.toLocaleString('en')} deals`)
  const { args, loaded } = await stores.build(size)
  say(
    `  imported ${Math.round(loaded.rows / loaded.seconds).toLocaleString('en')} rows/s, ${Math.round(loaded.bytes / 2 ** 20)} MB`,
  )
  const startMs = Math.min(...(await starts(args, options.isQuick ? 1 : 3)))
  const server = await startServer(args)
  const limit = await startLimit(args)
  try {
    const residentAtStart = server.resident()
    const facts = await learn(server.origin, size)
    const isWanted = (name: string) => options.only === undefined || name.includes(options.only)
    const measured: Measured[] = []
    for (const operation of operations.filter(({ name }) => isWanted(name))) {
      await attempt(operation.name, async () => {
        measured.push(...(await measureOperation(operation, facts, { server, limit }, options)))
      })
    }
    let webhooks: readonly Told[] = []
    if (isWanted(webhooksName)) {
      await attempt(webhooksName, async () => {
        webhooks = await measureWebhooks(facts, server, options)
        for (const told of webhooks) say(lineOf(told))
      })
    }
    const residentAfter = server.resident()
    let several: readonly Several[] = []
    if (options.engine === 'postgres' && isWanted(severalName)) {
      await attempt(severalName, async () => {
        several = await measureSeveral(facts, server, args, options)
        for (const { name, processes, alone, together } of several)
          say(`  ${name}: ${Math.round(together.perSecond)}/s by ${processes} processes, ${Math.round(alone.perSecond)}/s by one`)
      })
    }
    say(
      `  ready in ${Math.round(startMs)} ms, resident ${mb(residentAtStart)} MB at start and ${mb(residentAfter)} MB after all this`,
    )
    const rowsPerSecond = loaded.rows / loaded.seconds
    return {
      size,
      rowsPerSecond,
      importSeconds: loaded.seconds,
      bytes: loaded.bytes,
      startMs,
      residentAtStart,
      residentAfter,
      measured,
      webhooks,
      several,
    }
  } finally {
    await server.stop()
    await limit.stop()
  }
}

/** The others are measured all the same; the run counts as failed. */
async function attempt(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    say(`  ${name}: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
}

const lineOf = ({ connections, without, with: heard, deliveredPerSecond }: Told): string => {
  const share = ((heard.perSecond / without.perSecond) * 100).toFixed(0)
  return `  ${webhooksName.padEnd(50)} ${String(connections).padStart(3)} conn. ${heard.perSecond.toFixed(0).padStart(7)}/s of ${without.perSecond.toFixed(0).padStart(7)}/s = ${share.padStart(3)} %   then ${deliveredPerSecond.toFixed(0)} deliveries/s   CPU ${heard.cpu.toFixed(0)} and ${without.cpu.toFixed(0)} µs`
}

const mb = (bytes: number): number => Math.round(bytes / 2 ** 20)

async function starts(args: readonly string[], count: number): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const server = await startServer(args)
    times.push(server.readyMs)
    await server.stop()
  }
  return times
}

interface Sides {
  server: Serving
  limit: Limit
}

/** Ours and the limit take turns, so that whatever the machine does meanwhile meets both. */
async function measureOperation(
  operation: Operation,
  facts: Facts,
  { server, limit }: Sides,
  options: Options,
): Promise<Measured[]> {
  const calls = operation.calls(facts)
  const bare = await limit.learn(calls)
  const sides: Side[] = [
    { origin: server.origin, cpu: server.cpu, calls },
    { origin: limit.origin, cpu: limit.cpu, calls: bare },
  ]
  const [warmUp, long]: [Long, Long] = options.isQuick
    ? [{ each: 1 }, { each: 4 }]
    : [{ seconds: options.seconds / 3 }, { seconds: options.seconds }]
  const found: Measured[] = []
  for (const connections of operation.connections) {
    for (const side of sides) await load(side, connections, warmUp)
    const samples: [Sample[], Sample[]] = [[], []]
    for (let round = 0; round < options.rounds; round++) {
      for (const [index, side] of sides.entries()) samples[index]?.push(await load(side, connections, long))
    }
    const one = { name: operation.name, connections, ours: figuresOf(samples[0]), limit: figuresOf(samples[1]) }
    found.push(one)
    const share = ((one.ours.perSecond / one.limit.perSecond) * 100).toFixed(0)
    say(
      `  ${operation.name.padEnd(50)} ${String(connections).padStart(3)} conn. ${one.ours.perSecond.toFixed(0).padStart(7)}/s of ${one.limit.perSecond.toFixed(0).padStart(7)}/s = ${share.padStart(3)} %   p50 ${one.ours.p50.toFixed(2)} ms  p99 ${one.ours.p99.toFixed(2)} ms  CPU ${one.ours.cpu.toFixed(0)} and ${one.limit.cpu.toFixed(0)} µs`,
    )
  }
  return found
}
