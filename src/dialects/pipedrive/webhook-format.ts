import { v5 as uuid } from 'uuid'
import type { Deal } from '../../domain/deal.ts'
import type { Event } from '../../domain/events.ts'
import type { Pipeline } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'
import { isOpen, type Stage } from '../../domain/stage.ts'
import { sameJson } from '../../domain/text.ts'
import { dayInMs } from '../../domain/time.ts'
import type { Change, Webhook } from '../../domain/webhook.ts'
import type { Message, Policy, Webhooks, Written } from '../webhooks.ts'
import { writeFlatDeal } from './v1/deal.ts'
import { writePipeline as writePipelineV1 } from './v1/pipelines.ts'
import { relatedToDeals } from './v1/related.ts'
import { writeStage as writeStageV1 } from './v1/stages.ts'
import { writeDeals } from './v2/deal-view.ts'
import { writePipeline } from './v2/pipelines.ts'
import { writeStage } from './v2/stages.ts'

/** What subscribers are sent, in the two versions that the vendor has. */

export type WebhookVersion = '1.0' | '2.0'

type Action = 'create' | 'change' | 'delete'

/** Brought back is a change there, and so is moved. */
const actionOf = ({ type }: Pick<Event, 'type'>): Action => {
  const verb = type.slice(type.indexOf('.') + 1)
  return verb === 'created' ? 'create' : verb === 'deleted' ? 'delete' : 'change'
}

/** What the first version calls them. */
const oldActions: Readonly<Record<Action, string>> = { create: 'added', change: 'updated', delete: 'deleted' }

const objectOf = ({ type }: Pick<Event, 'type'>): string => type.slice(0, type.indexOf('.'))

/** `change.deal`, with `*` for all: an action and an object go together. */
function topics({ version, events }: Webhook, event: Event): readonly string[] {
  const action = actionOf(event)
  const object = objectOf(event)
  const isWanted = events.some((wanted) => {
    const [wantedAction, wantedObject] = wanted.split('.')
    return (wantedAction === '*' || wantedAction === action) && (wantedObject === '*' || wantedObject === object)
  })
  return isWanted ? [`${version === '1.0' ? oldActions[action] : action}.${object}`] : []
}

async function write(message: Message): Promise<Written | undefined> {
  // Stages for won and lost deals are not there for this vendor.
  if (message.change.subject === 'stage' && !isOpen(message.change.is)) return undefined
  const body = message.hook.version === '1.0' ? await first(message) : await second(message)
  return body && { contentType: 'application/json', headers: {}, body: JSON.stringify(body) }
}

interface Sides {
  was: object | null
  is: object
}

/** What a change shows: nothing of what is gone, and nothing of what was not there. */
function shownSides(action: Action, { was, is }: Sides): { now: object | null; before: object | null } {
  return { now: action === 'delete' ? null : is, before: action === 'create' ? null : was }
}

async function second(message: Message): Promise<object | undefined> {
  const { scope, hook, id, attempt, change } = message
  const { event } = change
  const action = actionOf(event)
  const sides = await sidesV2(scope, change)
  // What the vendor has no field for has not changed there.
  if (action === 'change' && sides.was && Object.keys(changed(sides.was, sides.is)).every((key) => key === 'update_time'))
    return undefined
  const { now, before } = shownSides(action, sides)
  return {
    meta: {
      action,
      entity: change.subject,
      company_id: String(scope.workspace.id),
      correlation_id: uuid(String(event.id), scope.workspace.uuid),
      entity_id: String(event.subjectId),
      id,
      is_bulk_edit: await isOfMany(scope, event),
      timestamp: new Date(event.at).toISOString(),
      type: 'general',
      user_id: String(event.userId),
      version: '2.0',
      webhook_id: String(hook.id),
      webhook_owner_id: String(hook.ownerId),
      change_source: sourceOf(event),
      attempt,
      host: hostOf(scope),
      permitted_user_ids: (await permitted(scope)).map(String),
    },
    data: now,
    previous: action === 'change' && before ? changed(before, sides.is) : before,
  }
}

async function first(message: Message): Promise<object | undefined> {
  const { scope, hook, attempt, change } = message
  const { event } = change
  const action = actionOf(event)
  const sides = await sidesV1(scope, change)
  if (action === 'change' && sides.was && Object.keys(changed(sides.was, sides.is)).every((key) => key === 'update_time'))
    return undefined
  const { now, before } = shownSides(action, sides)
  const matches = { current: [], previous: [] }
  return {
    v: 1,
    matches_filters: matches,
    meta: {
      v: 1,
      action: oldActions[action],
      object: change.subject,
      change_source: sourceOf(event),
      id: event.subjectId,
      company_id: scope.workspace.id,
      user_id: event.userId,
      host: hostOf(scope),
      timestamp: Math.floor(event.at / 1000),
      timestamp_micro: event.at * 1000,
      permitted_user_ids: await permitted(scope),
      trans_pending: false,
      is_bulk_update: await isOfMany(scope, event),
      pipedrive_service_name: false,
      matches_filters: matches,
      webhook_id: String(hook.id),
    },
    retry: attempt - 1,
    current: now,
    previous: before,
    event: `${oldActions[action]}.${change.subject}`,
  }
}

/** The fields that differ, as they were. */
const changed = (was: object, is: object): object =>
  Object.fromEntries(Object.entries(was).filter(([key, value]) => !sameJson(value, (is as Record<string, never>)[key])))

type Pair<T> = { was: T | null; is: T }

async function pairOf<T>({ was, is }: Pair<T>, show: (record: T) => object | Promise<object>): Promise<Sides> {
  return { was: was && (await show(was)), is: await show(is) }
}

async function sidesV2(scope: Scope, change: Change): Promise<Sides> {
  switch (change.subject) {
    case 'deal':
      return pairOf<Deal>(change, async (deal) => (await writeDeals(scope, [deal]))[0] ?? {})
    case 'stage':
      return pairOf<Stage>(change, writeStage)
    case 'pipeline':
      return pairOf<Pipeline>(change, (pipeline) => writePipeline(pipeline, scope.workspace))
  }
}

async function sidesV1(scope: Scope, change: Change): Promise<Sides> {
  switch (change.subject) {
    case 'deal':
      return pairOf<Deal>(change, async (deal) => writeFlatDeal(deal, await relatedToDeals(scope, [deal])))
    case 'stage':
      return pairOf<Stage>(change, writeStageV1)
    case 'pipeline':
      return pairOf<Pipeline>(change, (pipeline) => writePipelineV1(pipeline, scope.workspace))
  }
}

/** The board uses our own API; everybody else comes through one. */
const sourceOf = ({ via }: Event): 'app' | 'api' => (via === 'native' ? 'app' : 'api')

const hostOf = ({ workspace }: Scope): string => `${workspace.subdomain}.pipedrive.com`

const isOfMany = async ({ store }: Scope, { id, batch }: Event): Promise<boolean> =>
  batch !== null || (await store.events.countBatch(id)) > 0

/** Everybody in the company sees everything here. */
const permitted = async ({ store }: Scope): Promise<readonly number[]> =>
  (await store.members.list({ isActive: true, limit: 500 })).items.map(({ id }) => id)

const seconds = 1000
const minute = 60 * seconds

/** After the first, second and third attempt; the fourth is the last. */
const waits = [3 * seconds, 30 * seconds, 150 * seconds]
/** First tries that fail, until the receiver is left alone for a while. */
const maxFailures = 10
const banMs = 30 * minute
const patienceMs = 3 * dayInMs

const policy: Policy = {
  timeoutMs: 10 * seconds,
  isSuccess: (status) => status >= 200 && status < 300,
  retryAfterMs: (attempt) => waits[attempt - 1] ?? null,
  isJittered: false,
  judge({ health: { failedFirstTries, failingSince }, delivery: { state }, now }) {
    if (state === 'delivered') return {}
    if (failingSince !== null && now - failingSince >= patienceMs)
      return { disabled: 'no successful deliveries on 3 consecutive days' }
    return failedFirstTries >= maxFailures ? { mutedUntil: now + banMs } : {}
  },
  losesWhileMuted: true,
}

export const webhooks: Webhooks = { topics, write, policy }
