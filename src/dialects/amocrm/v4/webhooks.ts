import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { found } from '../../../domain/errors.ts'
import type { Scope } from '../../../domain/scope.ts'
import { listWebhooks, type WatchedWebhook } from '../../../domain/webhook.ts'
import { read } from '../../../http/fault.ts'
import type { Speaker } from '../../../http/speak.ts'
import { listOf, maybe, parts, Query, text, whole } from '../input.ts'
import { seconds } from '../time.ts'
import { sortOf, subscribe, unsubscribe } from '../webhooks.ts'
import { empty, hal } from '../wire.ts'
import { baseOf, self } from './links.ts'

const Draft = z.object({ destination: text, settings: listOf(text), sort: maybe(whole) })
const Removal = z.object({ destination: text })

const writeWebhook = (watched: WatchedWebhook, { workspace }: Scope, req: FastifyRequest) => {
  const { hook } = watched
  return {
    id: hook.id,
    destination: hook.url,
    created_at: seconds(hook.createdAt),
    updated_at: seconds(hook.updatedAt),
    account_id: workspace.id,
    created_by: hook.ownerId,
    sort: sortOf(watched),
    disabled: hook.state !== 'active',
    settings: hook.events,
    ...self(`${baseOf(req)}/webhooks/${hook.id}`),
  }
}

export function openWebhooks(api: Speaker): void {
  api.get('/api/v4/webhooks', { query: Query }, async ({ req, scope, query }) => {
    const { destination } = parts(query.filter)
    const wanted = (await listWebhooks(scope, scope.via)).filter(
      ({ hook }) => destination === undefined || hook.url === destination,
    )
    if (wanted.length === 0) return empty
    const webhooks = wanted.toSorted((a, b) => sortOf(a) - sortOf(b)).map((watched) => writeWebhook(watched, scope, req))
    return hal({ _total_items: webhooks.length, ...self(`${baseOf(req)}/webhooks`), _embedded: { webhooks } })
  })

  api.post('/api/v4/webhooks', {}, async ({ req, scope, host }) => {
    const { destination: url, settings: events, sort } = read(Draft, req.body, 'body')
    return { ...hal(writeWebhook(await subscribe(scope, { url, events, sort }, host.targets, 'v4'), scope, req)), status: 201 }
  })

  // The one DELETE of this vendor that says in its body what it is about.
  api.delete('/api/v4/webhooks', {}, async ({ req, scope, host }) => {
    const { destination } = read(Removal, req.body, 'body')
    const was = await unsubscribe(scope, destination, host.targets)
    found(was || undefined, 'webhook')
    return empty
  })
}
