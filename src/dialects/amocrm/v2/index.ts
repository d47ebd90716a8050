import type { Speaker } from '../../../http/speak.ts'
import { openAccount } from './account.ts'
import { openLeads } from './leads.ts'
import { openPipelines } from './pipelines.ts'
import { openWebhooks } from './webhooks.ts'

/** Opens the routes of v2. */
export function openV2(api: Speaker): void {
  for (const open of [openAccount, openPipelines, openLeads, openWebhooks]) open(api)
}
