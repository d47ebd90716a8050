import type { Answer, Speaker } from '../../../http/speak.ts'
import { parts, Query } from '../input.ts'
import { legacyError } from '../legacy/errors.ts'
import { listRows, subscribeRows, unsubscribeRows } from '../old-webhooks.ts'
import { entriesOf } from '../php.ts'
import { empty, hal } from '../wire.ts'
import { link, linkToSelf } from './links.ts'

export function openWebhooks(api: Speaker): void {
  api.get('/api/v2/webhooks', { query: Query }, async ({ req, scope }) => {
    const items = await listRows(scope)
    return items.length === 0 ? empty : hal({ _links: linkToSelf(req, '/api/v2/webhooks'), _embedded: { items } })
  })

  for (const [name, work] of [
    ['subscribe', (...args: Parameters<typeof unsubscribeRows>) => subscribeRows(...args, 'v2')],
    ['unsubscribe', unsubscribeRows],
  ] as const) {
    api.post(`/api/v2/webhooks/${name}`, {}, async ({ req, scope, host }): Promise<Answer> => {
      const rows = parts(req.body)[name]
      if (entriesOf(rows).length === 0) return legacyError(103, scope.now())
      const items = await work(scope, rows, host.targets)
      return hal({ _links: link(`/api/v2/webhooks/${name}`, 'post'), _embedded: { items } })
    })
  }
}
