import { conflict, found } from './errors.ts'
import type { Event, Subject } from './events.ts'
import type { Page, Window } from './page.ts'
import { atomically, requireRole, type Scope } from './scope.ts'
import type { Instant } from './time.ts'
import { findWebhook } from './webhook.ts'

/** What is sent to subscriptions, and what became of it. */

/** `failed`: tried as often as its dialect says. `dropped`: never (or no longer) tried, because of what its subscription has come to. */
export type DeliveryState = 'pending' | 'delivered' | 'failed' | 'dropped'

/** One thing to say to one subscription. Its id stays over all attempts and when it is replayed. */
export interface Delivery {
  readonly id: number
  readonly webhookId: number
  /** The event that it tells of; null for a test. */
  readonly eventId: number | null
  readonly type: Event['type'] | 'test'
  readonly subject: Subject | 'test'
  readonly subjectId: number
  /** What the dialect calls it. */
  readonly topic: string
  readonly state: DeliveryState
  readonly attempts: number
  /** When it is tried next, while it is pending. */
  readonly dueAt: Instant
  readonly attemptedAt: Instant | null
  /** Of the last attempt; null where no answer came. */
  readonly status: number | null
  /** Why the last attempt failed, where it was not the status. */
  readonly error: string | null
  readonly durationMs: number | null
  readonly createdAt: Instant
  readonly finishedAt: Instant | null
}

export interface DeliveryFilter {
  state?: DeliveryState | undefined
  type?: Delivery['type'] | undefined
  dealId?: number | undefined
  status?: number | undefined
  /** When it was made: inclusive, exclusive. */
  since?: Instant | undefined
  until?: Instant | undefined
}

/** The newest first. */
export interface DeliveryQuery extends Window, DeliveryFilter {}

/** The deliveries of one subscription. Managers and above. */
export async function listDeliveries(scope: Scope, webhookId: number, query: DeliveryQuery): Promise<Page<Delivery>> {
  await findWebhook(scope, webhookId)
  return scope.store.deliveries.list(webhookId, query)
}

export async function findDelivery(scope: Scope, webhookId: number, id: number): Promise<Delivery> {
  await findWebhook(scope, webhookId)
  const delivery = found(await scope.store.deliveries.get(id), 'delivery')
  return found(delivery.webhookId === webhookId ? delivery : undefined, 'delivery')
}

/** Sends a delivery again, from its first attempt; one that is pending is tried now. Managers and above. */
export async function replayDelivery(scope: Scope, webhookId: number, id: number): Promise<Delivery> {
  return atomically(scope, async (scope) => {
    await requireListening(scope, webhookId)
    const delivery = await findDelivery(scope, webhookId, id)
    const again: Delivery = { ...delivery, state: 'pending', attempts: 0, dueAt: scope.now(), finishedAt: null }
    await scope.store.deliveries.replay([again.id], again.dueAt)
    return again
  })
}

/** So many are sent again in one transaction. */
const replayBatch = 500

/** Sends again what a filter finds, each record's in its order. Returns how many. Managers and above. */
export async function replayDeliveries(
  scope: Scope,
  webhookId: number,
  filter: DeliveryFilter & { state: 'failed' | 'dropped' | 'delivered' },
): Promise<number> {
  await requireListening(scope, webhookId)
  // What is made from here on is not meant, and what was sent again is no longer found.
  const until = Math.min(filter.until ?? Number.MAX_SAFE_INTEGER, scope.now() + 1)
  let count = 0
  for (let before: number | undefined; ; ) {
    const ids = await atomically(scope, async ({ store, now }) => {
      const page = await store.deliveries.list(webhookId, {
        ...filter,
        until,
        limit: replayBatch,
        ...(before === undefined ? {} : { after: { value: before, id: before } }),
      })
      const ids = page.items.map(({ id }) => id)
      await store.deliveries.replay(ids, now())
      return ids
    })
    count += ids.length
    before = ids.at(-1)
    if (ids.length < replayBatch) return count
  }
}

/** Sends a test. Managers and above. */
export async function testWebhook(scope: Scope, webhookId: number): Promise<Delivery> {
  return atomically(scope, async (scope) => {
    await requireListening(scope, webhookId)
    return scope.store.deliveries.addTest(webhookId, scope.now())
  })
}

async function requireListening(scope: Scope, webhookId: number): Promise<void> {
  requireRole(scope, 'manager')
  const { hook } = await findWebhook(scope, webhookId)
  if (hook.state === 'disabled') conflict('webhook_disabled')
}
