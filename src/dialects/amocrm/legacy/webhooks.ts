import type { Answer, Speaker } from '../../../http/speak.ts'
import { parts, Query } from '../input.ts'
import { listRows, subscribeRows, unsubscribeRows } from '../old-webhooks.ts'
import { entriesOf } from '../php.ts'
import { seconds } from '../time.ts'
import { empty, legacy } from '../wire.ts'
import { legacyError } from './errors.ts'

export function openWebhooks(api: Speaker): void {
  const base = '/private/api/v2/json/webhooks'

  api.get(`${base}/list`, { query: Query }, async ({ scope }) => {
    const webhooks = await listRows(scope)
    return webhooks.length === 0 ? empty : legacy({ webhooks, server_time: seconds(scope.now()) })
  })

  for (const [name, work] of [
    ['subscribe', (...args: Parameters<typeof unsubscribeRows>) => subscribeRows(...args, 'legacy')],
    ['unsubscribe', unsubscribeRows],
  ] as const) {
    api.post(`${base}/${name}`, {}, async ({ req, scope, host }): Promise<Answer> => {
      const rows = parts(parts(parts(req.body).request).webhooks)[name]
      if (entriesOf(rows).length === 0) return legacyError(103, scope.now())
      const done = await work(scope, rows, host.targets)
      return legacy({ webhooks: { [name]: done }, server_time: seconds(scope.now()) })
    })
  }
}
