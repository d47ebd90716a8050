import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Dialect } from '../dialects/dialect.ts'
import type { Webhooks } from '../dialects/webhooks.ts'
import type { Delivery } from '../domain/delivery.ts'
import { DomainError } from '../domain/errors.ts'
import type { Claimed, Outbox } from '../domain/outbox.ts'
import type { Scope } from '../domain/scope.ts'
import type { Registry } from '../domain/store.ts'
import type { Instant } from '../domain/time.ts'
import type { WebhookHealth } from '../domain/webhook.ts'
import { postOf, scopeOf, tried, unwritable, wordless, wordsOf, written } from './attempt.ts'
import type { Changes } from './changes.ts'
import { fared } from './health.ts'
import type { Pace } from './pace.ts'
import type { Transport } from './transport.ts'

/** What delivering needs. */
export interface Means {
  registry: Registry
  outbox: Outbox
  dialects: readonly Dialect[]
  transport: Transport
  changes: Changes
  pace: Pace
  logger: Logger
  now(): Instant
  random(): number
  /** Called for every attempt. */
  onTried(dialect: string, result: 'delivered' | 'retried' | 'failed'): void
}

/** So many deliveries of one subscription are under way at once, where its receiver keeps up. */
const widest = 32
/** So long what has landed waits for what may land beside it: it is written in one transaction, and others want to write as well. */
export const gatherMs = 20

/**
 * Sends what is due to one subscription: records side by side, the deliveries of one record one after the other. The more its receiver takes
 * the more it is given at once; one that fails is given one thing at a time, so that it holds up no connections.
 */
export class Lane {
  /** Whether it was told of more since it last looked. */
  isPoked = false
  readonly #means: Means
  readonly #claimed: Claimed
  readonly #flying = new Set<number>()
  readonly #landed: Delivery[] = []
  #health: WebhookHealth
  #width = 4
  #disabled: string | undefined
  #isStopping = false
  #wake: () => void = () => {}

  constructor(means: Means, claimed: Claimed) {
    this.#means = means
    this.#claimed = claimed
    this.#health = claimed.health
  }

  /** There may be more to send. */
  poke(): void {
    this.isPoked = true
    this.#wake()
  }

  /** Nothing new is begun. */
  stop(): void {
    this.#isStopping = true
    this.#wake()
  }

  /** Until nothing is due any more. */
  async run(): Promise<void> {
    const { registry, dialects, now } = this.#means
    const { hook } = this.#claimed
    const words = wordsOf(dialects, hook)
    if (!words) return
    const scope = await scopeOf(registry, this.#claimed, now)
    for (;;) {
      this.isPoked = false
      for (const delivery of await this.#next()) this.#begin(delivery, scope, words)
      if (this.#flying.size === 0 && !this.isPoked) return
      await this.#gather()
      await this.#record()
    }
  }

  /** What is to begin now. */
  async #next(): Promise<readonly Delivery[]> {
    const { outbox, pace, now } = this.#means
    if (pace.left === 0 && this.#flying.size === 0) await delay(pace.waitMs)
    const room = Math.min(this.#width - this.#flying.size, pace.left)
    if (this.#isStopping || this.#disabled !== undefined) return []
    const due = room > 0 ? await outbox.heads(this.#claimed, now(), this.#width) : []
    const waiting = due.filter(({ id }) => !this.#flying.has(id)).slice(0, room)
    return waiting.slice(0, pace.take(waiting.length))
  }

  /** Until there is something to do: all that is under way has landed, or some of it a moment ago, or there is more to send. */
  async #gather(): Promise<void> {
    const change = () => new Promise<void>((resolve) => (this.#wake = resolve))
    while (this.#landed.length === 0 && this.#flying.size > 0 && !this.isPoked) await change()
    if (this.#landed.length === 0) return
    let isOver = false
    const timer = setTimeout(() => {
      isOver = true
      this.#wake()
    }, gatherMs)
    while (!isOver && this.#landed.length < this.#flying.size) await change()
    clearTimeout(timer)
  }

  #begin(delivery: Delivery, scope: Scope, words: Webhooks): void {
    this.#flying.add(delivery.id)
    const land = (outcome: Delivery | undefined) => {
      if (outcome) this.#landed.push(outcome)
      else this.#flying.delete(delivery.id)
      this.#wake()
    }
    this.#send(delivery, scope, words).then(land, (error) => {
      // The store does not answer: that says nothing of the delivery, which is looked for again when it does.
      if (error instanceof DomainError && error.refusal.kind === 'unavailable') {
        this.#isStopping = true
        return land(undefined)
      }
      this.#means.logger.error(
        { err: error, webhook: delivery.webhookId, delivery: delivery.id },
        'a delivery could not be written',
      )
      land(unwritable(delivery, this.#means.now()))
    })
  }

  /** The delivery after an attempt; undefined if there was none, because this process is about to end. */
  async #send(delivery: Delivery, scope: Scope, words: Webhooks): Promise<Delivery | undefined> {
    const { transport, changes, now, random } = this.#means
    const { hook } = this.#claimed
    const message = await written(scope, words, { hook, changes }, delivery)
    if (!message) return wordless(delivery, now())
    const sent = await transport.post(postOf(hook, message, words.policy))
    if (sent.error === 'stopped') return undefined
    const outcome = tried(delivery, sent, words.policy, now(), random)
    this.#count(outcome, words)
    return outcome
  }

  #count(outcome: Delivery, words: Webhooks): void {
    const { now, onTried } = this.#means
    const { health, verdict } = fared(this.#claimed, this.#health, outcome, words.policy, now())
    this.#health = health
    this.#disabled ??= verdict.disabled
    this.#width = outcome.state === 'delivered' ? Math.min(widest, this.#width + 1) : Math.max(1, this.#width >> 1)
    onTried(
      this.#claimed.hook.dialect,
      outcome.state === 'pending' ? 'retried' : outcome.state === 'delivered' ? 'delivered' : 'failed',
    )
  }

  /** Writes what has landed in the meantime, all in one transaction. */
  async #record(): Promise<void> {
    const landed = this.#landed.splice(0)
    if (landed.length === 0) return
    const { outbox, logger, now } = this.#means
    const disabled = this.#disabled
    await outbox.record(this.#claimed, landed, this.#health, now(), disabled)
    for (const { id } of landed) this.#flying.delete(id)
    if (disabled !== undefined) logger.warn({ webhook: this.#claimed.hook.id, reason: disabled }, 'a webhook was disabled')
  }
}
