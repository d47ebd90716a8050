import { createHmac, randomBytes } from 'node:crypto'
import type { Event } from '../../domain/events.ts'
import type { Webhook } from '../../domain/webhook.ts'
import type { Message, Policy, Webhooks, Written } from '../webhooks.ts'
import { writeDeals } from './deals.ts'
import { answerOne } from './include.ts'

/** What subscribers are sent: the changed record as a document, signed with the webhook's own token. */

/** The vendor's numbers for what can happen. Only deals are told of here. */
export const eventIds = { created: 3, updated: 12, deleted: 13 } as const

export const newToken = (): string => randomBytes(32).toString('hex')

function eventIdOf({ type, after }: Event): number | undefined {
  switch (type) {
    case 'deal.created':
      return eventIds.created
    case 'deal.deleted':
      return eventIds.deleted
    case 'deal.moved':
    case 'deal.restored':
      return eventIds.updated
    case 'deal.updated':
      // A place among the cards is nobody's news.
      return Object.keys(after ?? {}).every((field) => field === 'rank') ? undefined : eventIds.updated
    default:
      return undefined
  }
}

const topics = ({ events }: Webhook, event: Event): readonly string[] => {
  const id = eventIdOf(event)
  return id !== undefined && events.includes(String(id)) ? [String(id)] : []
}

/** What is told beside the deal, as far as the vendor's own examples show related records. */
const beside = { company: {}, deal_status: {}, responsible: {} }

async function write({ scope, hook, at, change }: Message): Promise<Written | undefined> {
  if (change.subject !== 'deal') return undefined
  const [deal] = await writeDeals(scope, [change.is])
  if (!deal) return undefined
  const body = (await answerOne(scope, deal, beside)).body
  const seconds = Math.floor(at / 1000)
  const signature = createHmac('sha256', hook.secret).update(`${seconds}.${body}`).digest('hex')
  return { contentType: 'application/json', headers: { 'productive-signature': `t=${seconds},s=${signature}` }, body }
}

const retries = 12
/** Over 48 hours, evenly. */
const waitMs = (48 * 3_600_000) / retries

const policy: Policy = {
  timeoutMs: 10_000,
  isSuccess: (status) => status >= 200 && status < 300,
  retryAfterMs: (attempt) => (attempt <= retries ? waitMs : null),
  isJittered: false,
  judge: ({ delivery: { state } }) => (state === 'failed' ? { disabled: `${retries} retries over 48 hours failed` } : {}),
  losesWhileMuted: false,
}

export const webhooks: Webhooks = { topics, write, policy }
