import { speak } from '../../http/speak.ts'
import type { Dialect } from '../dialect.ts'
import { coverage, differences } from './coverage.ts'
import { mountDeals } from './deal-routes.ts'
import { render } from './errors.ts'
import { mountParties } from './parties.ts'
import { mountPipelines } from './pipelines.ts'
import { mountStages } from './stages.ts'
import { mountTags } from './tags.ts'
import { template } from './template.ts'
import { contentType, pipebackWire } from './wire.ts'
import { mountWorkspaces } from './workspaces.ts'

/** Pipeback's `/app` API. */
export const pipeback: Dialect = {
  name: 'pipeback',
  title: 'Pipeback',
  prefix: '/pipeback',
  hosts: ['api.pipeback.com'],
  template,
  sample: {
    path: '/app/deals?limit=3',
    headers: { Authorization: 'Bearer {token}', 'x-workspace-id': '{workspace.uuid}' },
  },
  coverage,
  differences,
  render(fault) {
    const answer = render(fault)
    return { ...answer, headers: { 'content-type': contentType, ...answer.headers } }
  },
  mount(app, host) {
    const api = speak(app, pipebackWire(), host)
    mountWorkspaces(api)
    mountPipelines(api)
    mountStages(api)
    mountDeals(api)
    mountParties(api)
    mountTags(api)
  },
}
