import type { Speaker } from '../../../http/speak.ts'
import { openDealFields } from './deal-fields.ts'
import { openDealSearch } from './deal-search.ts'
import { openDeals } from './deals.ts'
import { openFollowers } from './followers.ts'
import { openOrganizations } from './organizations.ts'
import { openPersons } from './persons.ts'
import { openPipelines } from './pipelines.ts'
import { openStages } from './stages.ts'

/** Opens the routes of v2, which are only below `/api/v2`. */
export function mountV2(api: Speaker): void {
  for (const open of [
    openStages,
    openPipelines,
    openDeals,
    openDealSearch,
    openDealFields,
    openFollowers,
    openPersons,
    openOrganizations,
  ])
    open(api)
}
