import type { OpenSpeaker } from '../../../http/speak.ts'
import { openAccount } from './account.ts'
import { openLeads } from './leads.ts'
import { openLogin } from './login.ts'
import { openPipelines } from './pipelines.ts'
import { openWebhooks } from './webhooks.ts'

/** Opens the routes of the first generation, below `/private/api`. */
export function openLegacy(api: OpenSpeaker): void {
  openLogin(api)
  for (const open of [openAccount, openPipelines, openLeads, openWebhooks]) open(api)
}
