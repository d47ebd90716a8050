import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Saying } from '../domain/outbox.ts'
import { dayInMs } from '../domain/time.ts'
import type { WatchedWebhook } from '../domain/webhook.ts'
import { wordsOf } from './attempt.ts'
import { Changes } from './changes.ts'
import { gatherMs, Lane, type Means } from './lane.ts'
import { Pace, signsOf } from './pace.ts'

export interface WorkerOptions extends Omit<Means, 'onTried' | 'now' | 'random' | 'changes' | 'pace'> {
  now?: () => number
  random?: () => number
  onTried?: Means['onTried']
  /** How many requests the process has answered so far: they go before deliveries. */
  answered?: () => number
  /** How long the log of deliveries is kept. */
  keepDays?: number
}

export interface Worker {
  /** Begins to deliver by itself: as soon as something happens, and when a retry is due. */
  start(): void
  /** Does all that is due now, and resolves when it is done. */
  settle(): Promise<void>
  /** Ends: waits a little for what is under way, cuts off the rest, and leaves to others what remains. */
  stop(): Promise<void>
}

/** A lease outlives a stall of its process, and not much more: after a crash others wait for its end. */
const leaseMs = 5000
const renewMs = 1500
/** So long a subscription without anything to send stays with the process that sent last. */
const idleMs = 5000
/** So often retries that are due are looked for, and changes whose announcement was missed. */
const pollMs = 1000
const pruneMs = 600_000
const pruneLimit = 5000
/** So many events are turned into deliveries in one transaction. */
const fanOutLimit = 500
const maxLanes = 1000
/** How long a stop waits for attempts that are under way. */
const patienceMs = 4000

/**
 * Turns events into deliveries and delivers them. Any number of processes do so on one store: each subscription is sent to by the one
 * that holds its lease, so nothing is sent twice unless a process dies between an answer and its record.
 */
export function openWorker(options: WorkerOptions): Worker {
  const { registry, outbox, dialects, transport, logger, now = Date.now, keepDays = 30 } = options
  const means: Means = {
    ...options,
    now,
    random: options.random ?? Math.random,
    onTried: options.onTried ?? (() => {}),
    changes: new Changes(),
    pace: new Pace(signsOf(options.answered ?? (() => 0))),
  }
  const owner = randomUUID()
  const lanes = new Map<number, { lane: Lane; ended: Promise<void> }>()
  /** Leases of lanes that have ended, and when: what comes soon after needs no new one. */
  const kept = new Map<number, number>()
  const timers: NodeJS.Timeout[] = []
  let unwatch = () => {}
  let isStopping = false
  let round: Promise<void> | undefined
  let isWanted = false
  let isInDoubt = false

  const sayings = (watched: WatchedWebhook, event: Parameters<Parameters<typeof outbox.fanOut>[0]>[1]): Saying[] => {
    const words = wordsOf(dialects, watched.hook)
    if (!words) return []
    const isMuted = words.policy.losesWhileMuted && (watched.health.mutedUntil ?? 0) > now()
    return words.topics(watched.hook, event).map((topic) => ({ topic, state: isMuted ? 'dropped' : 'pending' }))
  }

  const once = async () => {
    // What could not be written down would be sent again and again by a lease that is still good: first something has to be written.
    if (isInDoubt) await outbox.renew(owner, now() + leaseMs)
    isInDoubt = false
    // There may be more, but where changes never cease what has gone out already must not wait for the last of them.
    if ((await outbox.fanOut(sayings, now(), fanOutLimit)) > 0) isWanted = true
    const claimed = isStopping ? [] : await outbox.claim(owner, now(), now() + leaseMs, maxLanes)
    for (const each of claimed) {
      const running = lanes.get(each.hook.id)
      if (running) running.lane.poke()
      else begin(new Lane(means, each), each.hook.id)
    }
  }

  const begin = (lane: Lane, id: number) => {
    kept.delete(id)
    const ended = lane
      .run()
      .catch((error) => {
        isInDoubt = true
        logger.error({ err: error, webhook: id }, 'delivering was interrupted')
      })
      .then(() => {
        lanes.delete(id)
        kept.set(id, now())
        // It may have been poked after it last looked.
        if (lane.isPoked) void wake()
      })
    lanes.set(id, { lane, ended })
  }

  /** Keeps the leases that are in use, and gives back the others. */
  const tend = async () => {
    for (const [id, since] of kept) {
      if (now() - since < idleMs) continue
      kept.delete(id)
      await outbox.release(owner, id)
    }
    if (lanes.size + kept.size > 0) await outbox.renew(owner, now() + leaseMs)
  }

  /** One round after the other; who asks during one gets another, a moment later: what happens meanwhile goes out together. */
  const wake = (): Promise<void> => {
    isWanted = true
    round ??= (async () => {
      while (isWanted && !isStopping) {
        isWanted = false
        await once().catch((error) => logger.error({ err: error }, 'the outbox could not be read'))
        if (isWanted) await delay(gatherMs)
      }
      round = undefined
    })()
    return round
  }

  const prune = async () => {
    const before = now() - keepDays * dayInMs
    while (!isStopping && (await outbox.prune(before, now(), pruneLimit)) === pruneLimit) await delay(100)
  }

  const every = (ms: number, work: () => Promise<unknown>) => {
    const run = () => work().catch((error) => logger.error({ err: error }, 'upkeep of deliveries failed'))
    timers.push(setInterval(run, ms).unref())
  }

  return {
    start() {
      unwatch = registry.watch(() => void wake())
      every(pollMs, wake)
      every(renewMs, tend)
      every(pruneMs, prune)
      void wake()
    },
    async settle() {
      await wake()
      while (lanes.size > 0) {
        await Promise.all([...lanes.values()].map(({ ended }) => ended))
        await wake()
      }
      await prune()
    },
    async stop() {
      isStopping = true
      unwatch()
      for (const timer of timers) clearInterval(timer)
      await round
      for (const { lane } of lanes.values()) lane.stop()
      const ended = Promise.all([...lanes.values()].map(({ ended }) => ended))
      await Promise.race([ended, delay(patienceMs, undefined, { ref: false })])
      transport.close()
      await ended
      await outbox.release(owner)
    },
  }
}
