import type { Speaker } from '../../../http/speak.ts'
import { openCurrencies } from './currencies.ts'
import { openDealFields } from './deal-fields.ts'
import { openDealLists } from './deal-lists.ts'
import { openDealSummary } from './deal-summary.ts'
import { openDeals } from './deals.ts'
import { selecting } from './fields.ts'
import { openFilters } from './filters.ts'
import { openFlow } from './flow.ts'
import { openOrganizations } from './organizations.ts'
import { openPersons } from './persons.ts'
import { openPipelines } from './pipelines.ts'
import { openRecents } from './recents.ts'
import { openStages } from './stages.ts'
import { openStatistics } from './statistics.ts'
import { openTimeline } from './timeline.ts'
import { openUsers } from './users.ts'
import { openWebhooks } from './webhooks.ts'

/** Opens the routes of v1 below `base`; they are the same below `/v1` and `/api/v1`. */
export function mountV1(api: Speaker, base: '/v1' | '/api/v1'): void {
  const v1 = selecting(api, base)
  openStages(v1)
  openPipelines(v1)
  openDealLists(v1)
  openDeals(v1)
  openDealFields(v1)
  openPersons(v1)
  openOrganizations(v1)
  openUsers(v1)
  openCurrencies(v1)
  openFilters(v1)
  openWebhooks(v1)
  openFlow(v1)
  openRecents(v1)
  openDealSummary(v1)
  openTimeline(v1)
  openStatistics(v1)
}
