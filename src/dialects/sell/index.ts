import { speak } from '../../http/speak.ts'
import type { Dialect } from '../dialect.ts'
import { mountAssociatedContacts } from './associated-contacts.ts'
import { mountContacts } from './contact-routes.ts'
import { coverage, differences } from './coverage.ts'
import { mountCustomFields } from './custom-fields.ts'
import { mountDeals } from './deal-routes.ts'
import { render } from './errors.ts'
import { mountFirehose } from './firehose.ts'
import { mountNames } from './names.ts'
import { mountPipelines } from './pipelines.ts'
import { lossReasons, unqualifiedReasons } from './reasons.ts'
import { dealSources, olderSources, tagList } from './records.ts'
import { mountStages } from './stages.ts'
import { mountSync } from './sync.ts'
import { template } from './template.ts'
import { mountUsers } from './users.ts'
import { headers, sellWire } from './wire.ts'

/** Zendesk Sell's Core API, v2. */
export const sell: Dialect = {
  name: 'sell',
  title: 'Zendesk Sell',
  prefix: '/sell',
  // The second is in older clients.
  hosts: ['api.getbase.com', 'api.sandbox.getbase.com'],
  template,
  sample: {
    path: '/v2/deals?per_page=3',
    headers: { Authorization: 'Bearer {token}', Accept: 'application/json' },
  },
  coverage,
  differences,
  render(fault, req) {
    const answer = render(fault, req)
    return { ...answer, headers: { 'content-type': 'application/json; charset=utf-8', ...headers(req), ...answer.headers } }
  },
  mount(app, host) {
    const api = speak(app, sellWire(), host)
    mountStages(api)
    mountPipelines(api)
    mountDeals(api)
    mountAssociatedContacts(api)
    mountContacts(api)
    for (const names of [lossReasons, unqualifiedReasons, dealSources, olderSources, tagList]) mountNames(api, names)
    mountCustomFields(api)
    mountUsers(api)
    mountFirehose(api)
    mountSync(api)
  },
}
