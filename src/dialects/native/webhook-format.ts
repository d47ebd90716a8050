import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { Event } from '../../domain/events.ts'
import type { Scope } from '../../domain/scope.ts'
import { dayInMs, type Instant } from '../../domain/time.ts'
import type { Change, Webhook } from '../../domain/webhook.ts'
import type { Message, Policy, Webhooks, Written } from '../webhooks.ts'
import { shown } from './deals.ts'
import { writeFields } from './events.ts'
import { writePipeline } from './pipelines.ts'
import { writeStage } from './stages.ts'
import { time } from './wire.ts'

/** Deliveries of our own, as Standard Webhooks has them (standardwebhooks.com): receivers check them with a library of any language. */

/** `whsec_` and 32 bytes in base64: what the libraries take. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

/** What a subscription can name: any type of event, or `*` for all. */
export const everything = '*'

const topics = ({ events }: Webhook, { type }: Event): readonly string[] =>
  events.includes(everything) || events.includes(type) ? [type] : []

async function write(message: Message): Promise<Written> {
  const { scope, change } = message
  const told = toldOf.get(change) ?? tell(scope, change)
  toldOf.set(change, told)
  told.catch(() => toldOf.delete(change))
  return signed(message, change.event.type, change.event.at, await told)
}

/** What is said of a change is the same for all who hear of it at the same time. */
const toldOf = new WeakMap<Change, Promise<object>>()

async function tell(scope: Scope, change: Change): Promise<object> {
  const { event } = change
  const [record, way] = await Promise.all([recordOf(scope, change), wayOf(scope, change)])
  return {
    eventId: event.id,
    workspaceId: scope.workspace.id,
    userId: event.userId,
    dialect: event.via,
    ...record,
    ...way,
    before: writeFields(event.before),
    after: writeFields(event.after),
  }
}

/** The record as the change left it. */
async function recordOf(scope: Scope, change: Change): Promise<object> {
  switch (change.subject) {
    case 'deal':
      return { deal: await shown(scope, change.is) }
    case 'stage':
      return { stage: writeStage(change.is) }
    case 'pipeline':
      return { pipeline: writePipeline(change.is) }
  }
}

/** Which stage a deal went from, and to which. */
async function wayOf(scope: Scope, change: Change): Promise<object> {
  if (change.subject !== 'deal' || change.event.type !== 'deal.moved' || !change.was) return {}
  const [from, to] = await Promise.all([change.was, change.is].map(({ stageId }) => stageAt(scope, stageId)))
  return { from, to }
}

async function stageAt({ store }: Scope, id: number): Promise<object> {
  const stage = await store.stages.get(id)
  return stage ? { id, name: stage.name, kind: stage.kind, pipelineId: stage.pipelineId } : { id }
}

function signed({ hook, id, at }: Omit<Message, 'change'>, type: string, happenedAt: Instant, data: object): Written {
  const body = JSON.stringify({ type, timestamp: time(happenedAt), data })
  const messageId = `msg_${id}`
  const seconds = Math.floor(at / 1000)
  const secrets = hook.oldSecret !== null && (hook.oldSecretUntil ?? 0) > at ? [hook.secret, hook.oldSecret] : [hook.secret]
  const signatures = secrets.map((secret) => `v1,${signatureOf(keyOf(hook, secret), `${messageId}.${seconds}.${body}`)}`)
  return {
    contentType: 'application/json',
    headers: {
      'webhook-id': messageId,
      'webhook-timestamp': String(seconds),
      'webhook-signature': signatures.join(' '),
    },
    body,
  }
}

/** Secrets as keys, as long as their subscription is in use: to make one costs more than to sign with it. */
const keys = new WeakMap<Webhook, Map<string, KeyObject>>()

function keyOf(hook: Webhook, secret: string): KeyObject {
  const own = keys.get(hook) ?? new Map<string, KeyObject>()
  keys.set(hook, own)
  const key = own.get(secret) ?? createSecretKey(Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
  own.set(secret, key)
  return key
}

const signatureOf = (key: KeyObject, text: string): string => createHmac('sha256', key).update(text).digest('base64')

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** What the standard recommends: ten attempts over three days. */
const waits = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour]

/** So long nothing may get through before a subscription is given up. */
const patienceMs = 5 * dayInMs

const policy: Policy = {
  timeoutMs: 15 * second,
  isSuccess: (status) => status >= 200 && status < 300,
  retryAfterMs: (attempt, status) => (status === gone ? null : (waits[attempt - 1] ?? null)),
  isJittered: true,
  judge({ health: { failingSince }, delivery: { state, status }, now }) {
    if (state !== 'delivered' && status === gone) return { disabled: 'gone' }
    return failingSince !== null && now - failingSince >= patienceMs ? { disabled: 'failing' } : {}
  },
  losesWhileMuted: false,
}

/** The receiver's way of saying that it wants nothing any more. */
const gone = 410

export const webhooks: Webhooks = {
  topics,
  write,
  writeTest: (message) =>
    signed(message, 'webhook.test', message.at, { workspaceId: message.scope.workspace.id, webhookId: message.hook.id }),
  policy,
}
