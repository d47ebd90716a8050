import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Facts } from './facts.ts'
import { figuresOf, type Long, load, type Sample, type Side } from './measure.ts'
import { operations } from './operations.ts'
import type { Options } from './options.ts'
import type { Serving } from './processes.ts'
import type { Told } from './results.ts'
import { token } from './stores.ts'

/** What subscriptions cost those who move deals, and how quickly a receiver hears of it. */

const subscriptions = 3
/** A receiver that has heard nothing for so long has heard everything: the server looks for more at least once a second. */
const silenceMs = 2500

interface Receiver {
  origin: string
  /** How many deliveries have come so far, and when the last one did. */
  count: number
  last: number
  close(): void
}

/** Takes whatever comes, as quickly as it can. */
async function openReceiver(): Promise<Receiver> {
  const server: Server = createServer((req, res) => {
    req.resume().once('end', () => {
      receiver.count++
      receiver.last = performance.now()
      res.writeHead(204).end()
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: Receiver = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: 0,
    last: 0,
    close: () => void server.close().closeAllConnections(),
  }
  return receiver
}

// biome-ignore lint/suspicious/noExplicitAny: the API's own tests say what it answers.
async function ask(origin: string, method: string, path: string, body?: unknown): Promise<any> {
  const answer = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer.status === 204 ? undefined : answer.json()
}

/** Moves with and without subscriptions take turns on the same server. */
export async function measureWebhooks(facts: Facts, server: Serving, options: Options): Promise<Told[]> {
  const calls = operations.find(({ name }) => name === 'move')?.calls(facts) ?? []
  const side: Side = { origin: server.origin, cpu: server.cpu, calls }
  const long: Long = options.isQuick ? { each: 8 } : { seconds: options.seconds }
  const receiver = await openReceiver()
  const found: Told[] = []
  try {
    for (const connections of [1, 64]) {
      await load(side, connections, options.isQuick ? { each: 1 } : { seconds: options.seconds / 3 })
      const [without, heard]: [Sample[], Sample[]] = [[], []]
      let [delivered, seconds] = [0, 0]
      for (let round = 0; round < options.rounds; round++) {
        without.push(await load(side, connections, long))
        const drained = await whileSubscribed(server.origin, receiver, async () => {
          const sample = await load(side, connections, long)
          heard.push(sample)
          return sample.answered
        })
        delivered += drained.delivered
        seconds += drained.seconds
      }
      found.push({ connections, without: figuresOf(without), with: figuresOf(heard), deliveredPerSecond: delivered / seconds })
    }
    return found
  } finally {
    receiver.close()
  }
}

/** Has everybody subscribed while moves are made; then waits until the last one was told. What came after the moves ended, and in which time. */
async function whileSubscribed(
  origin: string,
  receiver: Receiver,
  move: () => Promise<number>,
): Promise<{ delivered: number; seconds: number }> {
  const ids: number[] = []
  for (let n = 0; n < subscriptions; n++) {
    const hook = await ask(origin, 'POST', '/webhooks', { url: `${receiver.origin}/${n}`, events: ['deal.moved'] })
    ids.push(hook.data.id)
  }
  await move()
  const [atEnd, ended] = [receiver.count, performance.now()]
  // Moves that were under way when the load ended are told as well, so the bench cannot know how many are to come.
  while (performance.now() - Math.max(receiver.last, ended) < silenceMs) await delay(50)
  const { data } = await ask(origin, 'GET', `/webhooks/${ids[0]}/deliveries?state=pending&limit=1`)
  if (data.length > 0) throw new Error('not everything was delivered')
  for (const id of ids) await ask(origin, 'DELETE', `/webhooks/${id}`)
  return { delivered: receiver.count - atEnd, seconds: Math.max(receiver.last - ended, 0) / 1000 }
}
