import { listCustomFields } from '../../domain/custom-field.ts'
import type { Deal } from '../../domain/deal.ts'
import type { Event } from '../../domain/events.ts'
import type { Scope } from '../../domain/scope.ts'
import type { Webhook } from '../../domain/webhook.ts'
import type { Message, Policy, Webhooks, Written } from '../webhooks.ts'
import { writeOldValues } from './custom-fields.ts'
import { priceOf } from './leads.ts'
import { statusIdOf } from './statuses.ts'
import { writeTags } from './tags.ts'
import { seconds } from './time.ts'

/** What subscribers are sent: a form with PHP's brackets, whatever generation they subscribed through. */

export type LeadEvent = 'add_lead' | 'update_lead' | 'delete_lead' | 'restore_lead' | 'status_lead' | 'responsible_lead'

/** What an event of ours is there. Each is a delivery of its own; a new status or somebody else responsible is an update as well. */
function meaningsOf({ type, before, after }: Event): readonly LeadEvent[] {
  switch (type) {
    case 'deal.created':
      return ['add_lead']
    case 'deal.deleted':
      return ['delete_lead']
    case 'deal.restored':
      return ['restore_lead']
    case 'deal.moved':
    case 'deal.updated': {
      const fields = Object.keys(after ?? {})
      // Cards have no order there.
      if (fields.every((field) => field === 'rank')) return []
      const isHandedOn = before !== null && fields.includes('ownerId')
      return [
        ...(type === 'deal.moved' ? (['status_lead'] as const) : []),
        ...(isHandedOn ? (['responsible_lead'] as const) : []),
        'update_lead',
      ]
    }
    default:
      return []
  }
}

const topics = ({ events }: Webhook, event: Event): readonly string[] => meaningsOf(event).filter((name) => events.includes(name))

async function write({ scope, hook, delivery, change }: Message): Promise<Written | undefined> {
  if (change.subject !== 'deal') return undefined
  const { was, is } = change
  const action = delivery.topic.replace(/_lead$/, '')
  // From one stage for won deals to another: the vendor has one status for all of them.
  if (action === 'status' && was && statusIdOf(was) === statusIdOf(is) && was.pipelineId === is.pipelineId) return undefined
  const row = action === 'delete' ? goneLead(is) : { ...(await leadRow(scope, is, change.event)), ...formerly(action, was) }
  const account = {
    subdomain: scope.workspace.subdomain,
    id: scope.workspace.id,
    _links: { self: `https://${scope.workspace.subdomain}.amocrm.ru` },
  }
  const body = formOf({ leads: { [action]: [row] }, account })
  return {
    contentType: 'application/x-www-form-urlencoded',
    headers: hook.headers['User-Agent'] === undefined ? { 'user-agent': 'amoCRM-WebHook-client/1.0' } : {},
    body,
  }
}

const goneLead = (lead: Deal) => ({ id: lead.id, status_id: statusIdOf(lead), pipeline_id: lead.pipelineId })

const leadRow = async (scope: Scope, lead: Deal, { userId }: Event) => ({
  id: lead.id,
  name: lead.title,
  status_id: statusIdOf(lead),
  price: priceOf(lead),
  responsible_user_id: lead.ownerId,
  last_modified: seconds(lead.updatedAt),
  modified_user_id: userId,
  created_user_id: lead.creatorId,
  date_create: seconds(lead.createdAt),
  pipeline_id: lead.pipelineId,
  tags: writeTags(lead.tags),
  account_id: scope.workspace.id,
  custom_fields: writeOldValues(await listCustomFields(scope, 'deal'), lead.customFields).map(withoutFlags),
  created_at: seconds(lead.createdAt),
  updated_at: seconds(lead.updatedAt),
})

/** Forms have no yes and no. */
const withoutFlags = (field: object): object =>
  Object.fromEntries(Object.entries(field).filter(([, value]) => typeof value !== 'boolean'))

/** What it was before, where the action is about that. */
function formerly(action: string, was: Deal | null): object {
  if (!was) return {}
  if (action === 'status') return { old_status_id: statusIdOf(was), old_pipeline_id: was.pipelineId }
  return action === 'responsible' ? { old_responsible_user_id: was.ownerId } : {}
}

/** As PHP's `http_build_query` writes nested arrays; what is empty is not there. */
export function formOf(tree: object): string {
  const pairs = new URLSearchParams()
  const add = (name: string, value: unknown) => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value)) add(name === '' ? key : `${name}[${key}]`, part)
    } else if (value !== null && value !== undefined) pairs.append(name, String(value))
  }
  add('', tree)
  return pairs.toString()
}

const second = 1000
const minute = 60 * second

/** After the n-th attempt. The last two are only for servers that say that it is their own fault. */
const waits = [5 * minute, 15 * minute, 15 * minute, 60 * minute]
const patientFrom = 3

const policy: Policy = {
  timeoutMs: 10 * second,
  isSuccess: (status) => status >= 100 && status < 300,
  retryAfterMs(attempt, status) {
    const isTheirs = status === 499 || (status !== null && status >= 500)
    return attempt >= patientFrom && !isTheirs ? null : (waits[attempt - 1] ?? null)
  },
  isJittered: false,
  judge: () => ({}),
  losesWhileMuted: false,
}

export const webhooks: Webhooks = { topics, write, policy }
