import { speak } from '../../http/speak.ts'
import type { Dialect } from '../dialect.ts'
import { coverage, differences } from './coverage.ts'
import { render } from './errors.ts'
import { openLegacy } from './legacy/index.ts'
import { openOauth } from './oauth/index.ts'
import { readQuery } from './php.ts'
import { defaultStages } from './statuses.ts'
import { openV2 } from './v2/index.ts'
import { openV4 } from './v4/index.ts'
import { webhooks } from './webhook-format.ts'
import { amocrmWire, headers } from './wire.ts'

/** amoCRM, also sold as Kommo: three generations of one API on one set of data. */
export const amocrm: Dialect = {
  name: 'amocrm',
  title: 'amoCRM',
  prefix: '/amocrm',
  hosts: ['*.amocrm.ru', '*.amocrm.com', '*.kommo.com'],
  template: { pipeline: 'Pipeline', hasProbability: false, stages: defaultStages },
  sample: {
    path: '/api/v4/leads?limit=3',
    headers: { Authorization: 'Bearer {token}' },
  },
  coverage,
  differences,
  webhooks,
  render(fault, req) {
    const answer = render(fault, req)
    return { ...answer, headers: { ...headers(req, Date.now()), ...answer.headers } }
  },
  mount(app, host) {
    // Before anything else looks at it: the vendor's parameters are nested as PHP nests them.
    app.addHook('onRequest', async (req) => {
      req.query = readQuery(req.url.split('?', 2)[1] ?? '')
    })
    const api = speak(app, amocrmWire(host), host)
    openOauth(api)
    openLegacy(api)
    openV2(api)
    openV4(api)
  },
}
