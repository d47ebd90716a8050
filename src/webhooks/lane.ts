import type { Logger } from 'pino'
import type { Dialect } from '../dialects/dialect.ts'
import type { Webhooks } from '../dialects/webhooks.ts'
import type { Delivery } from '../domain/delivery.ts'
import type { Claimed, Outbox } from '../domain/outbox.ts'
import type { Scope } from '../domain/scope.ts'
import type { Registry } from '../domain/store.ts'
import type { Instant } from '../domain/time.ts'
import type { WebhookHealth } from '../domain/webhook.ts'
import { postOf, scopeOf, tried, unwritable, wordless, wordsOf, written } from './attempt.ts'
import { fared } from './health.ts'
import type { Transport } from './transport.ts'

/** What delivering needs. */
export interface Means {
  registry: Registry
  outbox: Outbox
  dialects: readonly Dialect[]
  transport: Transport
  logger: Logger
  now(): Instant
  random(): number
  /** Called for every attempt. */
  onTried(dialect: string, result: 'delivered' | 'retried' | 'failed'): void
}

/** So many deliveries of one subscription are under way at once, where its receiver keeps up. */
const widest = 32

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
    const { registry, dialects, outbox, now } = this.#means
    const { hook } = this.#claimed
    const words = wordsOf(dialects, hook)
    if (!words) return
    const scope = await scopeOf(registry, this.#claimed, now)
    for (;;) {
      this.isPoked = false
      if (!this.#isStopping && this.#disabled === undefined) {
        const room = this.#width - this.#flying.size
        const due = room > 0 ? await outbox.heads(this.#claimed, now(), this.#width) : []
        for (const delivery of due.filter(({ id }) => !this.#flying.has(id)).slice(0, room)) this.#begin(delivery, scope, words)
      }
      if (this.#flying.size === 0 && !this.isPoked) return
      if (this.#landed.length === 0 && !this.isPoked) await new Promise<void>((resolve) => (this.#wake = resolve))
      await this.#record()
    }
  }

  #begin(delivery: Delivery, scope: Scope, words: Webhooks): void {
    this.#flying.add(delivery.id)
    const land = (outcome: Delivery | undefined) => {
      if (outcome) this.#landed.push(outcome)
      else this.#flying.delete(delivery.id)
      this.#wake()
    }
    this.#send(delivery, scope, words).then(land, (error) => {
      this.#means.logger.error(
        { err: error, webhook: delivery.webhookId, delivery: delivery.id },
        'a delivery could not be written',
      )
      land(unwritable(delivery, this.#means.now()))
    })
  }

  /** The delivery after an attempt; undefined if there was none, because this process is about to end. */
  async #send(delivery: Delivery, scope: Scope, words: Webhooks): Promise<Delivery | undefined> {
    const { transport, now, random } = this.#means
    const { hook } = this.#claimed
    const message = await written(scope, words, hook, delivery)
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
