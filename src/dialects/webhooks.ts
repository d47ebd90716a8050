import type { Delivery } from '../domain/delivery.ts'
import type { Event } from '../domain/events.ts'
import type { Scope } from '../domain/scope.ts'
import type { Instant } from '../domain/time.ts'
import type { Change, WatchedWebhook, Webhook, WebhookHealth } from '../domain/webhook.ts'

/** How a dialect tells its subscribers of changes. */
export interface Webhooks {
  /** What one of its subscriptions hears of an event: a delivery for each topic; none where it is not interested. */
  topics(hook: Webhook, event: Event): readonly string[]
  /** One delivery as it is sent this time: headers and signature are fresh on every attempt. Undefined: the vendor has no word for it. */
  write(message: Message): Promise<Written | undefined>
  /** Says that the subscription works, where the vendor has such a thing. */
  writeTest?(message: Omit<Message, 'change'>): Written
  readonly policy: Policy
}

/** One delivery, on its way. */
export interface Message {
  /** The subscription's owner, in its workspace. */
  readonly scope: Scope
  readonly hook: Webhook
  readonly delivery: Delivery
  /** The same over all attempts of one delivery, and nobody else's. */
  readonly id: string
  /** Counted from 1. */
  readonly attempt: number
  readonly at: Instant
  readonly change: Change
}

export interface Written {
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How often, how long and how patiently a vendor tries. */
export interface Policy {
  readonly timeoutMs: number
  isSuccess(status: number): boolean
  /** How long to wait after the n-th attempt, which failed with this status (null: no answer); null: it was the last one. */
  retryAfterMs(attempt: number, status: number | null): number | null
  /** Whether waits are spread at random, so that a receiver that comes back is not met by all at once. */
  readonly isJittered: boolean
  /** What becomes of the subscription after an attempt. */
  judge(judged: Judged): Verdict
  /** Whether what happens while the receiver is left alone is lost to it. */
  readonly losesWhileMuted: boolean
}

export interface Judged {
  /** As it is with this attempt counted. */
  readonly health: WebhookHealth
  readonly delivery: Delivery
  readonly now: Instant
  readonly watched: WatchedWebhook
}

export interface Verdict {
  readonly mutedUntil?: Instant
  /** Why it gets nothing any more. */
  readonly disabled?: string
}
