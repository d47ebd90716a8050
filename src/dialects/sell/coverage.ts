import type { Coverage, Difference } from '../dialect.ts'

type Row = [Coverage['method'], string, Coverage['status'], string?]

const tagsAreNamesOnly =
  'Lists the tags that were used or made through Sell; the vendor also takes a tag that is deleted or renamed along to everything that carries it.'
const syncedOnly =
  'Users, pipelines, stages, reasons, sources, tags, contacts and deals; of deletions those of contacts and deals.'
const noLeads = 'There are no leads here.'
const noActivities = 'There are no notes, tasks, calls and other activities here.'
const noOrders = 'There are no products and orders here.'
const ownTokens = 'Tokens are made with `crmux token create`.'

const rows: readonly Row[] = [
  ['GET', '/v2/stages', 'full'],
  ['GET', '/v2/pipelines', 'full'],

  ['GET', '/v2/deals', 'partial', 'Sorting by a custom field is refused.'],
  ['POST', '/v2/deals', 'full'],
  ['GET', '/v2/deals/:id', 'full'],
  ['PUT', '/v2/deals/:id', 'full'],
  ['DELETE', '/v2/deals/:id', 'full'],
  ['POST', '/v2/deals/upsert', 'full'],
  ['GET', '/v2/deals/:id/associated_contacts', 'full'],
  ['POST', '/v2/deals/:id/associated_contacts', 'full'],
  ['DELETE', '/v2/deals/:id/associated_contacts/:contact_id', 'full'],

  ...['/v2/loss_reasons', '/v2/deal_unqualified_reasons', '/v2/deal_sources', '/v2/sources'].flatMap((path): Row[] => [
    ['GET', path, 'full'],
    ['POST', path, 'full'],
    ['GET', `${path}/:id`, 'full'],
    ['PUT', `${path}/:id`, 'full'],
    ['DELETE', `${path}/:id`, 'full'],
  ]),
  ['GET', '/v2/tags', 'partial', tagsAreNamesOnly],
  ['POST', '/v2/tags', 'full'],
  ['GET', '/v2/tags/:id', 'full'],
  ['PUT', '/v2/tags/:id', 'partial', tagsAreNamesOnly],
  ['DELETE', '/v2/tags/:id', 'partial', tagsAreNamesOnly],

  ['GET', '/v2/contacts', 'partial', 'Sorts by id, name, last name and times only.'],
  ['POST', '/v2/contacts', 'partial', 'Without the billing and shipping addresses of organizations.'],
  ['GET', '/v2/contacts/:id', 'partial', 'Without `includes`.'],
  ['PUT', '/v2/contacts/:id', 'partial', 'Without the billing and shipping addresses of organizations.'],
  ['DELETE', '/v2/contacts/:id', 'full'],
  ['POST', '/v2/contacts/upsert', 'full'],

  ['GET', '/v2/deal/custom_fields', 'full'],
  ['GET', '/v2/contact/custom_fields', 'full'],
  ['GET', '/v2/lead/custom_fields', 'absent', noLeads],
  ['GET', '/v2/prospect_and_customer/custom_fields', 'absent', 'The fields of contacts are all under `contact`.'],

  ['GET', '/v2/users', 'partial', 'Without the filter `identity_type`, because everybody is an identity of one type.'],
  ['GET', '/v2/users/self', 'full'],
  ['GET', '/v2/users/:id', 'full'],
  ['GET', '/v2/accounts/self', 'full'],

  ['GET', '/v3/deals/stream', 'full'],
  ['GET', '/v3/stages/stream', 'full'],
  ['GET', '/v3/contacts/stream', 'absent', 'The history of contacts is not kept; the Sync API tells of their changes.'],
  ['POST', '/v2/sync/start', 'partial', syncedOnly],
  ['GET', '/v2/sync/:session/queues/main', 'full'],
  ['POST', '/v2/sync/ack', 'full'],

  ['GET', '/oauth2/authorize', 'absent', ownTokens],
  ['POST', '/oauth2/token', 'absent', ownTokens],
  ['POST', '/oauth2/revoke', 'absent', ownTokens],
  ['GET', '/oauth2/token/info', 'absent', ownTokens],

  ['GET', '/v2/leads', 'absent', noLeads],
  ['GET', '/v2/lead_sources', 'absent', noLeads],
  ['GET', '/v2/lead_unqualified_reasons', 'absent', noLeads],
  ['GET', '/v2/notes', 'absent', noActivities],
  ['GET', '/v2/tasks', 'absent', noActivities],
  ['GET', '/v2/calls', 'absent', noActivities],
  ['GET', '/v2/call_outcomes', 'absent', noActivities],
  ['GET', '/v2/visits', 'absent', noActivities],
  ['GET', '/v2/visit_outcomes', 'absent', noActivities],
  ['GET', '/v2/text_messages', 'absent', noActivities],
  ['GET', '/v2/products', 'absent', noOrders],
  ['GET', '/v2/orders', 'absent', noOrders],
]

/** Every endpoint of the vendor around deals, and the families beside them by their lists. Webhooks do not exist at the vendor. */
export const coverage: readonly Coverage[] = rows.map(([method, path, status, why]) => ({
  method,
  path,
  status,
  ...(why === undefined ? {} : { why }),
}))

export const differences: readonly Difference[] = [
  {
    what: 'Streams begin at the tail where no position is given, and their positions are this server’s own.',
    test: 'sell 70: 25 events to a page, a hundred at most, each once and in order',
  },
  {
    what: 'In streams a deal that is restored is created anew; at the vendor a deletion is final.',
    test: 'a deleted deal is told once more, and is new when it comes back',
  },
  {
    what: '`active` of a stage means open, as in the vendor’s example answer; the sentence beside that example says the opposite.',
    test: 'sell 6, 7: closed stages have no likelihood at all, and only open ones are active',
  },
  {
    what: 'An open stage to which another API gave no probability shows a `likelihood` of 100, because it counts in full in forecasts.',
    test: 'an open stage without a probability counts in full',
  },
  {
    what: 'An archived stage stays in the list, but is not `incoming`, even where it is the first.',
    test: 'an archived stage is not where deals come in',
  },
  {
    what: 'A `value` in a currency with three places is shown rounded to two; writing back what was shown keeps the exact amount.',
    test: 'currencies keep their own places, and what is shown coarser is not lost by writing it back',
  },
  {
    what: '`contact_id` is null on deals that another API made without a contact.',
    test: 'a deal keeps its contact, unless another API made it without one',
  },
  {
    what: 'Reopening or winning a deal forgets both of its reasons, unless the request names them; the vendor does not say what it does.',
    test: 'reopening forgets both, unless the request names them again',
  },
  {
    what: '`dropbox_email` is an address of the reserved domain `invalid` and `last_activity_at` the last change: neither mail nor activities are kept.',
    test: 'sell 45: POST answers 200 with the deal, whose other attributes have their defaults',
  },
  {
    what: 'Sorting deals by a custom field is refused.',
    test: 'sell 62: by id unless said, and by the times, the value and the name',
  },
  {
    what: 'Permissions go by the workspace’s roles: a viewer may write nothing, and is answered 403 `insufficient_scope`.',
    test: 'a viewer reads everything and writes nothing',
  },
  {
    what: 'Rate limits are enforced only with `--rate-limits vendor`.',
    test: 'limits are the host’s choice',
  },
]
