import { speak } from '../../http/speak.ts'
import type { Dialect } from '../dialect.ts'
import { openActivities } from './activity-routes.ts'
import { openCompanies } from './company-routes.ts'
import { coverage, differences } from './coverage.ts'
import { openDeals } from './deal-routes.ts'
import { openDealStatuses } from './deal-status-routes.ts'
import { openDeletedItems } from './deleted-items.ts'
import { render } from './errors.ts'
import { openLostReasons } from './lost-reason-routes.ts'
import { openOrganizations } from './organization-routes.ts'
import { openPeople } from './person-routes.ts'
import { openPipelines } from './pipeline-routes.ts'
import { template } from './template.ts'
import { webhooks } from './webhook-format.ts'
import { openWebhooks } from './webhooks.ts'
import { headers, mediaType, prefix, productiveWire } from './wire.ts'

/** Productive.io's API, version 2: JSON:API. */
export const productive: Dialect = {
  name: 'productive',
  title: 'Productive',
  prefix,
  hosts: ['api.productive.io'],
  template,
  sample: {
    path: '/api/v2/deals?page[size]=3',
    headers: { 'X-Auth-Token': '{token}', 'X-Organization-Id': '{workspace.id}', 'Content-Type': 'application/vnd.api+json' },
  },
  coverage,
  differences,
  webhooks,
  render(fault, req) {
    const answer = render(fault, req)
    return { ...answer, headers: { 'content-type': `${mediaType}; charset=utf-8`, ...headers(req), ...answer.headers } }
  },
  mount(app, host) {
    const api = speak(app, productiveWire(), host)
    for (const open of [
      openDealStatuses,
      openPipelines,
      openLostReasons,
      openDeals,
      openDeletedItems,
      openActivities,
      openCompanies,
      openPeople,
      openOrganizations,
      openWebhooks,
    ])
      open(api)
  },
}
