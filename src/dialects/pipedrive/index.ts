import { speak } from '../../http/speak.ts'
import type { Dialect } from '../dialect.ts'
import { openConsent } from './consent.ts'
import { coverage, differences } from './coverage.ts'
import { render } from './errors.ts'
import { openOAuth } from './oauth.ts'
import { template } from './template.ts'
import { rewriteV1 } from './v1/fields.ts'
import { mountV1 } from './v1/index.ts'
import { mountV2 } from './v2/index.ts'
import { webhooks } from './webhook-format.ts'
import { headers, pipedriveWire } from './wire.ts'

/** Pipedrive's API, v2 and v1. */
export const pipedrive: Dialect = {
  name: 'pipedrive',
  title: 'Pipedrive',
  prefix: '/pipedrive',
  hosts: ['*.pipedrive.com'],
  template,
  sample: {
    path: '/api/v2/deals?limit=3',
    headers: { 'x-api-token': '{token}' },
  },
  coverage,
  differences,
  rewrite: rewriteV1,
  webhooks,
  render(fault, req) {
    const answer = render(fault, req)
    return { ...answer, headers: { 'content-type': 'application/json', ...headers(req), ...answer.headers } }
  },
  mount(app, host) {
    const api = speak(app, pipedriveWire(), host)
    openOAuth(api)
    openConsent(app, host)
    mountV2(api)
    mountV1(api, '/v1')
    mountV1(api, '/api/v1')
  },
}
