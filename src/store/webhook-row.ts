import type { Delivery } from '../domain/delivery.ts'
import type { WatchedWebhook, Webhook, WebhookHealth } from '../domain/webhook.ts'
import { parse } from './rows.ts'
import { type DeliveryRow, pack, type WebhookHealthRow, type WebhookRow } from './schema.ts'
import { sql } from './sql.ts'

/** The border between subscriptions and deliveries and their rows. */

export type WatchedRow = WebhookRow & Omit<WebhookHealthRow, 'webhook_id' | 'leased_by' | 'leased_until'>

/** A subscription with how it fares. */
export const watchedColumns = sql`webhook.*, health.failed_first_tries, health.failing_since, health.muted_until, health.last_attempt_at,
  health.last_status, health.last_success_at`
export const fromWatched = sql`from webhook join webhook_health as health on health.webhook_id = webhook.id`

export const toWatched = (row: WatchedRow): WatchedWebhook => ({ hook: toWebhook(row), health: toHealth(row) })

const toWebhook = (row: WebhookRow): Webhook => ({
  id: row.id,
  uuid: row.uuid,
  dialect: row.dialect,
  version: row.version,
  name: row.name,
  url: row.url,
  events: JSON.parse(row.events),
  secret: row.secret,
  oldSecret: row.old_secret,
  oldSecretUntil: row.old_secret_until,
  login: parse(row.login, null),
  headers: parse(row.headers, {}),
  extras: parse(row.extras, {}),
  ownerId: row.owner_id,
  state: row.state as Webhook['state'],
  reason: row.reason,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  removedAt: row.removed_at,
})

const toHealth = (row: Omit<WatchedRow, keyof WebhookRow>): WebhookHealth => ({
  failedFirstTries: row.failed_first_tries,
  failingSince: row.failing_since,
  mutedUntil: row.muted_until,
  lastAttemptAt: row.last_attempt_at,
  lastStatus: row.last_status,
  lastSuccessAt: row.last_success_at,
})

export const fromWebhook = (hook: Webhook, workspaceId: number): WebhookRow => ({
  id: hook.id,
  workspace_id: workspaceId,
  uuid: hook.uuid,
  dialect: hook.dialect,
  version: hook.version,
  name: hook.name,
  url: hook.url,
  events: JSON.stringify(hook.events),
  secret: hook.secret,
  old_secret: hook.oldSecret,
  old_secret_until: hook.oldSecretUntil,
  login: hook.login && JSON.stringify(hook.login),
  headers: pack(hook.headers),
  extras: pack(hook.extras),
  owner_id: hook.ownerId,
  state: hook.state,
  reason: hook.reason,
  created_at: hook.createdAt,
  updated_at: hook.updatedAt,
  removed_at: hook.removedAt,
})

export const toDelivery = (row: DeliveryRow): Delivery => ({
  id: row.id,
  webhookId: row.webhook_id,
  eventId: row.event_id,
  type: row.type as Delivery['type'],
  subject: row.subject as Delivery['subject'],
  subjectId: row.subject_id,
  topic: row.topic,
  state: row.state as Delivery['state'],
  attempts: row.attempts,
  dueAt: row.due_at,
  attemptedAt: row.attempted_at,
  status: row.status,
  error: row.error,
  durationMs: row.duration_ms,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
})
