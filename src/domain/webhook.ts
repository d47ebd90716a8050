import type { Deal } from './deal.ts'
import { conflict, found, invalid } from './errors.ts'
import type { Event } from './events.ts'
import type { Pipeline } from './pipeline.ts'
import { atomically, requireRole, type Scope } from './scope.ts'
import type { Stage } from './stage.ts'
import { given, type JsonObject, requireName, requireText } from './text.ts'
import type { Instant } from './time.ts'

/** Subscriptions: who wants to hear of changes, where, and in which dialect's words. */

/** `paused` is the owner's wish: changes queue up. `disabled` is by the dialect's rules: nothing does. `removed` ones are kept for their log. */
export type WebhookState = 'active' | 'paused' | 'disabled' | 'removed'

export interface Webhook {
  readonly id: number
  readonly uuid: string
  /** Whose words are sent, and in which version of them: pinned for life, so that a receiver never has to learn another. */
  readonly dialect: string
  readonly version: string
  readonly name: string
  readonly url: string
  /** In the dialect's own words. */
  readonly events: readonly string[]
  /** What deliveries are signed with. Shown when it is made and never again. */
  readonly secret: string
  /** After a rotation deliveries are signed with the former secret as well, for a while. */
  readonly oldSecret: string | null
  readonly oldSecretUntil: Instant | null
  readonly login: Login | null
  /** Sent along with every delivery. */
  readonly headers: Readonly<Record<string, string>>
  /** What its dialect alone knows. */
  readonly extras: JsonObject
  /** In whose name it listens. */
  readonly ownerId: number
  readonly state: WebhookState
  /** Why it is disabled or was removed, in its dialect's words. */
  readonly reason: string | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly removedAt: Instant | null
}

/** HTTP basic authentication. */
export interface Login {
  readonly user: string
  readonly password: string
}

/** How its deliveries have fared. */
export interface WebhookHealth {
  /** First tries that failed, as far as the dialect counts them. */
  readonly failedFirstTries: number
  /** The first failure after the last success. */
  readonly failingSince: Instant | null
  /** Until then the receiver is left alone. */
  readonly mutedUntil: Instant | null
  readonly lastAttemptAt: Instant | null
  /** Null where no answer came. */
  readonly lastStatus: number | null
  readonly lastSuccessAt: Instant | null
}

export const untried: WebhookHealth = {
  failedFirstTries: 0,
  failingSince: null,
  mutedUntil: null,
  lastAttemptAt: null,
  lastStatus: null,
  lastSuccessAt: null,
}

/** A subscription and how it fares. */
export interface WatchedWebhook {
  readonly hook: Webhook
  readonly health: WebhookHealth
}

export interface WebhookDraft {
  version: string
  name?: string | undefined
  url: string
  events: readonly string[]
  secret: string
  login?: Login | null | undefined
  headers?: Readonly<Record<string, string>> | undefined
  extras?: JsonObject | undefined
  ownerId?: number | undefined
  /** How many a workspace, or each owner, may have of this dialect. */
  limit?: { of: 'workspace' | 'owner'; count: number } | undefined
}

export interface WebhookPatch {
  name?: string | undefined
  url?: string | undefined
  events?: readonly string[] | undefined
  login?: Login | null | undefined
  headers?: Readonly<Record<string, string>> | undefined
  extras?: JsonObject | undefined
  /** Resuming or enabling forgets past failures. */
  state?: 'active' | 'paused' | undefined
}

/** What the host knows about addresses: whether deliveries may go there. */
export interface Targets {
  /** What is wrong with the address; undefined if nothing is. Names are looked up only when something is delivered. */
  fault(url: string): 'format' | 'not_allowed' | undefined
}

/** What a record was before and after one event. */
export type Change =
  | { readonly subject: 'deal'; readonly event: Event; readonly was: Deal | null; readonly is: Deal }
  | { readonly subject: 'stage'; readonly event: Event; readonly was: Stage | null; readonly is: Stage }
  | { readonly subject: 'pipeline'; readonly event: Event; readonly was: Pipeline | null; readonly is: Pipeline }

/** More than any team has; each change is looked at for each of them. */
export const maxWebhooks = 200
const maxUrl = 2000
const maxHeaders = 20

/** The subscriptions that are not removed, in the order they were made: one dialect's, or all. Managers and above. */
export async function listWebhooks(scope: Scope, dialect?: string): Promise<readonly WatchedWebhook[]> {
  requireRole(scope, 'manager')
  const all = await scope.store.webhooks.live()
  return dialect === undefined ? all : all.filter(({ hook }) => hook.dialect === dialect)
}

/** One that is not removed; of one dialect only, where that is named. Managers and above. */
export async function findWebhook(scope: Scope, id: number, dialect?: string): Promise<WatchedWebhook> {
  requireRole(scope, 'manager')
  const watched = found(await scope.store.webhooks.get(id), 'webhook')
  const isShown = watched.hook.state !== 'removed' && (dialect === undefined || watched.hook.dialect === dialect)
  return found(isShown ? watched : undefined, 'webhook')
}

/** Subscribes, in the dialect of the caller. It hears of what happens from now on. Managers and above. */
export async function addWebhook(scope: Scope, draft: WebhookDraft, targets: Targets): Promise<WatchedWebhook> {
  requireRole(scope, 'manager')
  requireTarget(draft.url, targets)
  return atomically(scope, async ({ store, user, via, now }) => {
    const ownerId = draft.ownerId ?? user.id
    if (ownerId !== user.id && !(await store.members.get(ownerId))?.isActive) invalid('ownerId', 'not_found')
    const others = await store.webhooks.live()
    const counted = others.filter(({ hook }) => hook.dialect === via && (draft.limit?.of !== 'owner' || hook.ownerId === ownerId))
    if (others.length >= maxWebhooks || counted.length >= (draft.limit?.count ?? maxWebhooks)) conflict('too_many')
    const at = now()
    const hook: Webhook = {
      ...(await store.webhooks.identify()),
      dialect: via,
      version: draft.version,
      name: draft.name === undefined || draft.name === '' ? '' : requireName(draft.name),
      url: draft.url,
      events: [...new Set(draft.events)],
      secret: draft.secret,
      oldSecret: null,
      oldSecretUntil: null,
      login: draft.login ?? null,
      headers: requireHeaders(draft.headers ?? {}),
      extras: draft.extras ?? {},
      ownerId,
      state: 'active',
      reason: null,
      createdAt: at,
      updatedAt: at,
      removedAt: null,
    }
    await store.webhooks.insert(hook)
    return { hook, health: untried }
  })
}

/** Changes a subscription. Dialect and version stay. Managers and above. */
export async function changeWebhook(
  scope: Scope,
  id: number,
  patch: WebhookPatch,
  targets: Targets,
  dialect?: string,
): Promise<WatchedWebhook> {
  requireRole(scope, 'manager')
  if (patch.url !== undefined) requireTarget(patch.url, targets)
  return atomically(scope, async (scope) => {
    const { hook: before, health } = await findWebhook(scope, id, dialect)
    const { state = before.state, ...changes } = given(patch)
    if (changes.name !== undefined && changes.name !== '') requireName(changes.name)
    if (changes.headers !== undefined) requireHeaders(changes.headers)
    const isWoken = state === 'active' && before.state !== 'active'
    const reason = state === 'disabled' ? before.reason : null
    const hook: Webhook = { ...before, ...changes, state, reason, updatedAt: scope.now() }
    await scope.store.webhooks.save(hook)
    if (!isWoken) return { hook, health }
    await scope.store.webhooks.forgetFailures(id)
    return { hook, health: { ...health, failedFirstTries: 0, failingSince: null, mutedUntil: null } }
  })
}

/** Unsubscribes: what is still on its way is dropped. Managers and above. */
export async function removeWebhook(scope: Scope, id: number, dialect?: string): Promise<Webhook> {
  requireRole(scope, 'manager')
  return atomically(scope, async (scope) => {
    const { hook } = await findWebhook(scope, id, dialect)
    const at = scope.now()
    // What signs and opens doors is of no use any more.
    const removed: Webhook = { ...hook, secret: '', oldSecret: null, login: null, state: 'removed', removedAt: at, updatedAt: at }
    await scope.store.webhooks.save(removed)
    await scope.store.deliveries.drop(id, at)
    return removed
  })
}

/** So long deliveries are signed with the former secret, too. */
const overlapMs = 86_400_000

/** Deliveries are signed with another secret, and for a day with the former one as well. Managers and above. */
export async function rotateSecret(scope: Scope, id: number, secret: string): Promise<WatchedWebhook> {
  requireRole(scope, 'manager')
  return atomically(scope, async (scope) => {
    const { hook: before, health } = await findWebhook(scope, id)
    const at = scope.now()
    const hook: Webhook = { ...before, secret, oldSecret: before.secret, oldSecretUntil: at + overlapMs, updatedAt: at }
    await scope.store.webhooks.save(hook)
    return { hook, health }
  })
}

function requireTarget(url: string, targets: Targets): void {
  if (url.length > maxUrl) invalid('url', 'too_long', { max: maxUrl })
  const fault = targets.fault(url)
  if (fault) invalid('url', fault)
}

/** Names and values that fit into a request; those that say how the request itself is to be read are not free. */
function requireHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(headers)
  if (entries.length > maxHeaders) invalid('headers', 'too_long', { max: maxHeaders })
  for (const [name, value] of entries) {
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name) || !/^[\t\x20-\x7e]*$/.test(value)) invalid('headers', 'format')
    requireText(value, 'headers', 1000)
    if (ownHeaders.has(name.toLowerCase())) invalid('headers', 'not_allowed')
  }
  return headers
}

const ownHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
