import type { Delivery } from './delivery.ts'
import type { Event } from './events.ts'
import type { Instant } from './time.ts'
import type { WatchedWebhook, WebhookHealth } from './webhook.ts'

/** A subscription that a process sends to, alone for the time being. */
export interface Claimed extends WatchedWebhook {
  readonly workspaceId: number
  readonly owner: string
}

/** What is to be said of an event to one subscription, and whether it will be. */
export interface Saying {
  readonly topic: string
  readonly state: 'pending' | 'dropped'
}

/** What is on its way to subscriptions, of all workspaces: what the process that delivers works with. Dialects never see it. */
export interface Outbox {
  /**
   * Turns events that have not gone out yet into deliveries, in their order: `sayings` tells which for each subscription that listens.
   * Returns how many events it looked at, at most `limit` of each workspace.
   */
  fanOut(sayings: (watched: WatchedWebhook, event: Event) => readonly Saying[], now: Instant, limit: number): Promise<number>
  /** Takes subscriptions with something due that nobody else sends to, until the lease ends. */
  claim(owner: string, now: Instant, until: Instant, limit: number): Promise<readonly Claimed[]>
  /** Prolongs the leases of an owner. */
  renew(owner: string, until: Instant): Promise<void>
  /** Gives one subscription back, or all of them. */
  release(owner: string, webhookId?: number): Promise<void>
  /**
   * What is due, at most one delivery for each record: a later one waits until the earlier is over. Nothing where the subscription has been
   * changed since it was claimed, or where somebody else has taken it over because this process was not heard of for too long.
   */
  heads(claimed: Claimed, now: Instant, limit: number): Promise<readonly Delivery[]>
  /** Writes what became of attempts, as the deliveries are now; `disabled` is why the subscription gets no more. */
  record(claimed: Claimed, tried: readonly Delivery[], health: WebhookHealth, now: Instant, disabled?: string): Promise<void>
  /** Forgets what was over before the moment, and gives up what has waited since before it. Returns how many it forgot, at most `limit`. */
  prune(before: Instant, now: Instant, limit: number): Promise<number>
  /** How many deliveries wait, and since when the oldest that is due. */
  backlog(now: Instant): Promise<{ pending: number; oldest: Instant | null }>
}
