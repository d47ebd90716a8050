import { v5 as uuid } from 'uuid'
import type { Dialect } from '../dialects/dialect.ts'
import type { Message, Policy, Webhooks, Written } from '../dialects/webhooks.ts'
import type { Delivery } from '../domain/delivery.ts'
import type { Claimed } from '../domain/outbox.ts'
import type { Scope } from '../domain/scope.ts'
import type { Registry } from '../domain/store.ts'
import type { Instant } from '../domain/time.ts'
import type { Member } from '../domain/user.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { Changes } from './changes.ts'
import type { Post, Sent } from './transport.ts'

/** One attempt: how a delivery is written, and what follows from its outcome. */

/** The dialect that a subscription is pinned to; undefined where this server does not speak it (any more). */
export const wordsOf = (dialects: readonly Dialect[], { dialect }: Pick<Webhook, 'dialect'>): Webhooks | undefined =>
  dialects.find(({ name }) => name === dialect)?.webhooks

/** Whose eyes the subscription looks through. */
export async function scopeOf(registry: Registry, { workspaceId, hook }: Claimed, now: () => Instant): Promise<Scope> {
  const store = registry.of(workspaceId)
  const workspace = await store.workspace.get()
  const user = (await store.members.get(hook.ownerId)) ?? nobody(hook.ownerId)
  return { workspace, user, via: hook.dialect, store, now }
}

/** Somebody who has left, and whose subscription goes on. */
const nobody = (id: number): Member => ({
  id,
  uuid: '',
  name: '',
  email: '',
  phone: null,
  role: 'viewer',
  isActive: false,
  joinedAt: null,
  createdAt: 0,
  updatedAt: 0,
})

/** The delivery as its receiver gets it; undefined where there is nothing (any more) to tell. */
export async function written(
  scope: Scope,
  words: Webhooks,
  { hook, changes }: { hook: Webhook; changes: Changes },
  delivery: Delivery,
): Promise<Written | undefined> {
  const message: Omit<Message, 'change'> = {
    scope,
    hook,
    delivery,
    id: uuid(String(delivery.id), hook.uuid),
    attempt: delivery.attempts + 1,
    at: scope.now(),
  }
  const { eventId, subject, subjectId } = delivery
  if (eventId === null || subject === 'test') return words.writeTest?.(message)
  const change = await changes.of(scope, { eventId, subject, subjectId })
  return change && words.write({ ...message, change })
}

export function postOf(hook: Webhook, { contentType, headers, body }: Written, { timeoutMs }: Policy): Post {
  const { login } = hook
  return {
    url: hook.url,
    body,
    timeoutMs,
    headers: {
      'user-agent': 'crmux',
      ...hook.headers,
      ...(login ? { authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` } : {}),
      ...headers,
      'content-type': contentType,
    },
  }
}

/** So far a wait is spread to both sides. */
const spread = 0.2

/** The delivery after an attempt. */
export function tried(delivery: Delivery, sent: Sent, policy: Policy, now: Instant, random: () => number): Delivery {
  const attempts = delivery.attempts + 1
  const { status, error, durationMs } = sent
  const next = { ...delivery, attempts, attemptedAt: now, status, error, durationMs }
  if (status !== null && policy.isSuccess(status)) return { ...next, state: 'delivered', finishedAt: now }
  const wait = policy.retryAfterMs(attempts, status)
  if (wait === null) return { ...next, state: 'failed', finishedAt: now }
  const factor = policy.isJittered ? 1 + spread * (2 * random() - 1) : 1
  return { ...next, dueAt: now + Math.round(wait * factor) }
}

/** A delivery that there is nothing to say for. */
export const wordless = (delivery: Delivery, now: Instant): Delivery => ({
  ...delivery,
  attempts: delivery.attempts + 1,
  state: 'dropped',
  finishedAt: now,
})

/** A delivery that cannot be written is not sent, however often. */
export const unwritable = (delivery: Delivery, now: Instant): Delivery => ({
  ...delivery,
  attempts: delivery.attempts + 1,
  state: 'failed',
  error: 'cannot be written',
  attemptedAt: now,
  finishedAt: now,
})
