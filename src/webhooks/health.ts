import type { Policy, Verdict } from '../dialects/webhooks.ts'
import type { Delivery } from '../domain/delivery.ts'
import type { Instant } from '../domain/time.ts'
import type { WatchedWebhook, WebhookHealth } from '../domain/webhook.ts'

/** How a subscription fares after an attempt, and what its dialect makes of it. */
export function fared(
  watched: WatchedWebhook,
  health: WebhookHealth,
  delivery: Delivery,
  policy: Policy,
  now: Instant,
): { health: WebhookHealth; verdict: Verdict } {
  const counted = delivery.state === 'delivered' ? succeeded(health, delivery, now) : failed(health, delivery, now)
  const verdict = policy.judge({ health: counted, delivery, now, watched })
  // Who is left alone begins anew afterwards.
  const muted = verdict.mutedUntil === undefined ? {} : { mutedUntil: verdict.mutedUntil, failedFirstTries: 0 }
  return { health: { ...counted, ...muted }, verdict }
}

const succeeded = (health: WebhookHealth, { status }: Delivery, now: Instant): WebhookHealth => ({
  ...health,
  failingSince: null,
  lastAttemptAt: now,
  lastStatus: status,
  lastSuccessAt: now,
})

const failed = (health: WebhookHealth, { status, attempts }: Delivery, now: Instant): WebhookHealth => ({
  ...health,
  failedFirstTries: health.failedFirstTries + (attempts === 1 ? 1 : 0),
  failingSince: health.failingSince ?? now,
  lastAttemptAt: now,
  lastStatus: status,
})
