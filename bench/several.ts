import type { Facts } from './facts.ts'
import { figuresOf, type Long, load, type Sample } from './measure.ts'
import { operations } from './operations.ts'
import type { Options } from './options.ts'
import { type Serving, startServer } from './processes.ts'
import type { Several } from './results.ts'

/** What several processes on one database do together, in turns with one of them alone. */

const processes = 3
const connections = 63
const names = ['deal by id', 'move']

export async function measureSeveral(
  facts: Facts,
  first: Serving,
  args: readonly string[],
  options: Options,
): Promise<Several[]> {
  const others = await Promise.all(Array.from({ length: processes - 1 }, () => startServer(args)))
  const servers = [first, ...others]
  const long: Long = options.isQuick ? { each: 4 } : { seconds: options.seconds }
  const found: Several[] = []
  try {
    for (const { name, calls: callsOf } of operations.filter((operation) => names.includes(operation.name))) {
      const calls = callsOf(facts)
      const share = Math.floor(calls.length / processes)
      // No two of them move the same deals.
      const sideOf = (server: Serving, nth: number) => ({ ...server, calls: calls.slice(nth * share, (nth + 1) * share) })
      const together = async (long: Long): Promise<Sample> => {
        const samples = await Promise.all(servers.map((server, nth) => load(sideOf(server, nth), connections / processes, long)))
        return {
          answered: samples.reduce((sum, { answered }) => sum + answered, 0),
          seconds: Math.max(...samples.map(({ seconds }) => seconds)),
          cpu: samples.reduce((sum, { cpu }) => sum + cpu, 0),
          times: samples.flatMap(({ times }) => times),
        }
      }
      const alone = (long: Long) => load({ ...first, calls }, connections, long)
      await together(options.isQuick ? { each: 1 } : { seconds: options.seconds / 3 })
      const [one, three]: [Sample[], Sample[]] = [[], []]
      for (let round = 0; round < options.rounds; round++) {
        one.push(await alone(long))
        three.push(await together(long))
      }
      found.push({ name, processes, connections, alone: figuresOf(one), together: figuresOf(three) })
    }
    return found
  } finally {
    for (const server of others) await server.stop()
  }
}
