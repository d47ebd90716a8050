import type { Dialect } from '../dialect.ts'
import { accountRoutes } from './account.ts'
import { apiRoutes } from './apis.ts'
import { boardRoutes } from './board.ts'
import { bulkRoutes } from './bulk.ts'
import { coverage } from './coverage.ts'
import { customFieldRoutes } from './custom-fields.ts'
import { dealRoutes } from './deal-routes.ts'
import { dealsCsvRoute } from './deals-csv.ts'
import { deliveryRoutes } from './deliveries.ts'
import { eventRoutes } from './events.ts'
import { invitationRoutes } from './invitations.ts'
import { liveRoutes } from './live.ts'
import { lossReasonRoutes } from './loss-reasons.ts'
import { partyRoutes } from './parties.ts'
import { pipelineRoutes } from './pipelines.ts'
import { render } from './problem.ts'
import { referenceRoute } from './reference.ts'
import { reportRoutes } from './reports/index.ts'
import { searchRoute } from './search.ts'
import { sessionRoutes } from './sessions.ts'
import { speakNative } from './speaker.ts'
import { stageRoutes } from './stages.ts'
import { templateRoutes } from './templates.ts'
import { tokenRoutes } from './tokens.ts'
import { undoRoutes } from './undo.ts'
import { userRoutes } from './users.ts'
import { viewRoutes } from './views.ts'
import { webhooks } from './webhook-format.ts'
import { webhookRoutes } from './webhooks.ts'

/** Our own API: the whole model, in its own words. A dialect like the others, without privileges. */
export const native: Dialect = {
  name: 'native',
  title: 'crmux',
  prefix: '/api/v1',
  hosts: [],
  reference: '/openapi.json',
  sample: {
    path: '/deals?limit=3',
    headers: { Authorization: 'Bearer {token}' },
  },
  coverage,
  render,
  webhooks,
  mount(app, host) {
    const api = speakNative(app, host)
    for (const open of nouns) open(api, host)
    referenceRoute(app, host)
  },
}

/** In the order of the reference. */
const nouns = [
  accountRoutes,
  sessionRoutes,
  userRoutes,
  invitationRoutes,
  tokenRoutes,
  pipelineRoutes,
  templateRoutes,
  stageRoutes,
  boardRoutes,
  dealRoutes,
  dealsCsvRoute,
  bulkRoutes,
  partyRoutes,
  lossReasonRoutes,
  customFieldRoutes,
  eventRoutes,
  webhookRoutes,
  deliveryRoutes,
  liveRoutes,
  undoRoutes,
  viewRoutes,
  searchRoute,
  reportRoutes,
  apiRoutes,
]
