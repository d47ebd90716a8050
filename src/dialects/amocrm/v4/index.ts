import type { Speaker } from '../../../http/speak.ts'
import { openAccount } from './account.ts'
import { openEvents } from './events/index.ts'
import { openLeads } from './leads.ts'
import { openLossReasons } from './loss-reasons.ts'
import { openPipelines } from './pipelines.ts'
import { openStatuses } from './statuses.ts'
import { openUnsorted } from './unsorted-routes.ts'
import { openUsers } from './users.ts'
import { openWebhooks } from './webhooks.ts'

/** Opens the routes of v4. */
export function openV4(api: Speaker): void {
  for (const open of [
    openAccount,
    openUsers,
    openLeads,
    openLossReasons,
    openPipelines,
    openStatuses,
    openUnsorted,
    openEvents,
    openWebhooks,
  ])
    open(api)
}
