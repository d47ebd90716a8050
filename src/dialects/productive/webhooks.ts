import { z } from 'zod'
import type { Scope } from '../../domain/scope.ts'
import { addWebhook, changeWebhook, findWebhook, listWebhooks, removeWebhook, type WatchedWebhook } from '../../domain/webhook.ts'
import type { Speaker } from '../../http/speak.ts'
import { ById, Document, name, readDocument, required, text, whole } from './body.ts'
import { type Includes, noContent, type Resource } from './document.ts'
import { answerOne, answerPage } from './include.ts'
import { pageOf } from './page.ts'
import { including, listing } from './query.ts'
import { type Selection, select, specOf } from './select.ts'
import { newToken } from './webhook-format.ts'

/** Who hears of what: one event to a webhook. */

/** Whatever the vendor can tell of, from new tasks to deleted payments. */
const event = whole(1, 34)
const headers = z.record(z.string(), z.string()).nullish()
const kind = whole(1, 2).nullish()

const NewWebhook = z.object({
  name: text(255).nullish(),
  event_id: required(event),
  target_url: name,
  type_id: kind,
  custom_headers: headers,
})
const WebhookChange = z.object({
  name: text(255).nullish(),
  event_id: event.optional(),
  target_url: name.optional(),
  custom_headers: headers,
})

/** Working; failing at present, or given up; waiting to be resumed. */
const stateOf = ({ hook, health }: WatchedWebhook): number =>
  hook.state === 'paused' ? 3 : hook.state === 'active' && health.failingSince === null ? 1 : 2

const writeWebhook = (watched: WatchedWebhook, token: string | null = null): Resource => {
  const { hook } = watched
  return {
    type: 'webhooks',
    id: String(hook.id),
    attributes: {
      name: hook.name === '' ? null : hook.name,
      event_id: Number(hook.events[0]),
      type_id: typeof hook.extras.type_id === 'number' ? hook.extras.type_id : 1,
      target_url: hook.url,
      custom_headers: Object.keys(hook.headers).length === 0 ? null : hook.headers,
      state_id: stateOf(watched),
      // What deliveries are signed with, told when it is made and not again.
      signature_token: token,
    },
  }
}

const selection: Selection<WatchedWebhook> = {
  type: 'webhooks',
  filters: {
    id: { kind: 'number', of: ({ hook }) => hook.id },
    event_id: { kind: 'number', of: ({ hook }) => Number(hook.events[0]) },
    state_id: { kind: 'number', of: stateOf },
    type_id: { kind: 'number', of: ({ hook }) => (typeof hook.extras.type_id === 'number' ? hook.extras.type_id : 1) },
  },
  sorts: { id: ({ hook }) => hook.id, name: ({ hook }) => hook.name },
  order: [{ by: 'id', descending: false }],
}

export function openWebhooks(api: Speaker): void {
  const query = including('webhooks')
  const path = '/api/v2/webhooks'
  const answer = (scope: Scope, resource: Resource, includes: Includes, status = 200) =>
    answerOne(scope, resource, includes, status)

  api.get(path, { query: listing(specOf(selection)) }, async ({ scope, query, req }) => {
    const found = select(await listWebhooks(scope, scope.via), query, selection)
    const resources = pageOf(found, query).map((watched) => writeWebhook(watched))
    return answerPage(scope, resources, { ...query, req }, found.length)
  })

  api.get(`${path}/:id`, { params: ById, query }, async ({ scope, params, query }) =>
    answer(scope, writeWebhook(await findWebhook(scope, params.id, scope.via)), query),
  )

  api.post(path, { query, body: Document }, async ({ scope, query, body, host }) => {
    const said = readDocument(NewWebhook, body, 'webhooks')
    const secret = newToken()
    const draft = {
      version: '2',
      url: said.target_url,
      name: said.name ?? '',
      events: [String(said.event_id)],
      secret,
      headers: said.custom_headers ?? {},
      extras: said.type_id == null ? {} : { type_id: said.type_id },
    }
    return answer(scope, writeWebhook(await addWebhook(scope, draft, host.targets), secret), query, 201)
  })

  api.patch(`${path}/:id`, { params: ById, query, body: Document }, async ({ scope, params, query, body, host }) => {
    const { hook } = await findWebhook(scope, params.id, scope.via)
    const said = readDocument(WebhookChange, body, 'webhooks', hook.id)
    const patch = {
      url: said.target_url,
      ...(said.name === undefined ? {} : { name: said.name ?? '' }),
      ...(said.event_id === undefined ? {} : { events: [String(said.event_id)] }),
      ...(said.custom_headers === undefined ? {} : { headers: said.custom_headers ?? {} }),
    }
    return answer(scope, writeWebhook(await changeWebhook(scope, hook.id, patch, host.targets, scope.via)), query)
  })

  api.delete(`${path}/:id`, { params: ById }, async ({ scope, params }) => {
    await removeWebhook(scope, params.id, scope.via)
    return noContent
  })
}
