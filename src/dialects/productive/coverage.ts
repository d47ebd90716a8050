import type { Coverage, Difference } from '../dialect.ts'

const full = (method: Coverage['method'], path: string): Coverage => ({ method, path, status: 'full' })
const partial = (method: Coverage['method'], path: string, why: string): Coverage => ({ method, path, status: 'partial', why })
const absent = (method: Coverage['method'], path: string, why: string): Coverage => ({ method, path, status: 'absent', why })

const dealsOnly = 'Deals only: a request for a budget is refused, because crmux keeps no books about work and invoices.'
const budgets = 'Is about budgets, which crmux does not keep.'
const tokenOnce = 'The signature token is shown once, when the webhook is made.'
const filters = 'Filters and sorts that crmux has data and an index for; any other is refused as unsupported.'
const known = 'Attributes that crmux knows; the vendor has more settings.'

/** Every endpoint of the vendor's reference that has to do with pipelines, deals and those who take part in them. */
export const coverage: readonly Coverage[] = [
  full('GET', '/api/v2/deal_statuses'),
  full('GET', '/api/v2/deal_statuses/:id'),
  full('POST', '/api/v2/deal_statuses'),
  full('PATCH', '/api/v2/deal_statuses/merge'),
  full('PATCH', '/api/v2/deal_statuses/:id'),
  full('PATCH', '/api/v2/deal_statuses/:id/archive'),
  full('DELETE', '/api/v2/deal_statuses/:id'),

  full('GET', '/api/v2/pipelines'),
  full('GET', '/api/v2/pipelines/:id'),
  partial(
    'POST',
    '/api/v2/pipelines',
    'A pipeline is made with a won and a lost stage, and the number that a plan allows is not enforced.',
  ),
  full('PATCH', '/api/v2/pipelines/:id'),
  full('DELETE', '/api/v2/pipelines/:id'),

  full('GET', '/api/v2/lost_reasons'),
  full('GET', '/api/v2/lost_reasons/:id'),
  full('POST', '/api/v2/lost_reasons'),
  full('PATCH', '/api/v2/lost_reasons/:id'),
  full('PATCH', '/api/v2/lost_reasons/:id/archive'),

  partial('GET', '/api/v2/deals', filters),
  full('GET', '/api/v2/deals/:id'),
  partial('POST', '/api/v2/deals', dealsOnly),
  partial('PATCH', '/api/v2/deals/:id', dealsOnly),
  full('DELETE', '/api/v2/deals/:id'),
  absent('PATCH', '/api/v2/deals/:id/close', budgets),
  absent('PUT', '/api/v2/deals/:id/close', budgets),
  absent('PATCH', '/api/v2/deals/:id/open', budgets),
  absent('PUT', '/api/v2/deals/:id/open', budgets),
  absent('PUT', '/api/v2/deals/:id/convert_to_budget', budgets),
  absent('POST', '/api/v2/deals/copy', 'Neither its body nor its answer is described anywhere.'),
  absent('POST', '/api/v2/deals/create_from_origin', budgets),

  partial('GET', '/api/v2/deleted_items', 'Deals only: what else can be in the recycle bin is not in crmux.'),
  full('GET', '/api/v2/deleted_items/:id'),
  full('PATCH', '/api/v2/deleted_items/:id/restore'),
  absent('DELETE', '/api/v2/deleted_items/:id', 'A deleted deal stays restorable: its history is never removed.'),

  partial('GET', '/api/v2/companies', filters),
  full('GET', '/api/v2/companies/:id'),
  partial('POST', '/api/v2/companies', 'Of the contact data one address and no websites are kept.'),
  partial('PATCH', '/api/v2/companies/:id', 'Of the contact data one address and no websites are kept.'),
  full('PATCH', '/api/v2/companies/:id/archive'),
  full('PATCH', '/api/v2/companies/:id/restore'),
  full('DELETE', '/api/v2/companies/:id'),

  partial('GET', '/api/v2/people', filters),
  full('GET', '/api/v2/people/:id'),
  partial('POST', '/api/v2/people', 'Makes contacts; users are invited elsewhere.'),
  partial('PATCH', '/api/v2/people/:id', 'Changes contacts; users are looked after elsewhere.'),
  partial('PATCH', '/api/v2/people/:id/archive', 'Archives contacts only.'),
  partial('PATCH', '/api/v2/people/:id/restore', 'Restores contacts only.'),
  absent('PATCH', '/api/v2/people/:id/invite', 'Users are invited elsewhere.'),

  full('GET', '/api/v2/users'),
  full('GET', '/api/v2/users/:id'),
  absent('PATCH', '/api/v2/users/:id', 'Users are looked after elsewhere.'),
  partial('GET', '/api/v2/organization_memberships', known),
  partial('GET', '/api/v2/organization_memberships/:id', known),
  partial('GET', '/api/v2/organizations', known),
  partial('GET', '/api/v2/organizations/:id', known),

  partial(
    'GET',
    '/api/v2/activities',
    'Changes of deals: there are no comments and e-mails, and the history of people and companies is not kept.',
  ),
  full('GET', '/api/v2/activities/:id'),
  partial('GET', '/api/v2/webhooks', tokenOnce),
  partial(
    'POST',
    '/api/v2/webhooks',
    'Only deals are told of (events 3, 12 and 13); budgets, tasks, invoices and the like are not kept here.',
  ),
  partial('GET', '/api/v2/webhooks/:id', tokenOnce),
  partial('PATCH', '/api/v2/webhooks/:id', tokenOnce),
  full('DELETE', '/api/v2/webhooks/:id'),
  absent('GET', '/api/v2/webhook_logs', 'Its fields are not documented; the native API has the log of every webhook.'),
  absent('POST', '/api/v2/sessions', 'Signs people in to the vendor’s own app; the API is used with tokens.'),
]

export const differences: readonly Difference[] = [
  {
    what: 'A changeset is a list of attributes and relations, each with what it was and what it is; the vendor shows a list and not what is in it.',
    test: 'a changeset tells everything under the names of the deal',
  },
  {
    what: 'Activities are changes of deals; filters of what crmux has none of are refused with 400.',
    test: 'what the log cannot be asked is refused rather than overlooked',
  },
  {
    what: 'Status 3 (lost) also stands for the stages of deals that did not qualify.',
    test: 'a stage for deals that did not qualify is one of the lost',
  },
  {
    what: 'A number that a stage has while its probability is switched off is remembered, and counts nowhere.',
    test: 'a probability that is switched off is remembered and does not count',
  },
  {
    what: 'Positions are shown as they were told for as long as the order that they say is the true one; once another API has arranged the stages otherwise, their places are shown.',
    test: 'where others have put stages elsewhere, their places are shown',
  },
  {
    what: 'A new pipeline has a won and a lost stage, without which no deal in it could end.',
    test: 'a new pipeline has the won and the lost stage that none can do without',
  },
  {
    what: 'A pipeline with deals is not deleted, but answered 409.',
    test: 'a pipeline with deals stays as well',
  },
  {
    what: 'Merging stages answers 200 with the winner; the vendor shows no answer.',
    test: 'productive 47: the loser’s deals go to the winner, and the loser goes',
  },
  {
    what: 'A stage in which deals stand is not deleted, but answered 409 `deal_status_in_use`; the vendor does not say what it does.',
    test: 'productive 50: one with deals stays, even if it were the last of its status',
  },
  {
    what: '`…_default` amounts are null where the workspace has no rate for the deal’s currency.',
    test: 'amounts in another currency are converted with the organization’s rates, and unknown without one',
  },
  {
    what: 'Amounts of services, time, costs and invoices are 0, and relations to projects, services and subsidiaries are null: crmux keeps none of them.',
    test: 'productive 76, 77: the whole set of attributes in its order: money in triples of cents, tags a list, custom fields or none',
  },
  {
    what: 'Budgets are refused with 422.',
    test: 'a deal begins in the first open stage, or wherever it is put, and a budget is refused',
  },
  {
    what: 'Deals that another API has archived are on no list.',
    test: 'deals that were archived elsewhere are on no list, and still found by their number',
  },
  {
    what: 'A deal that another API made without a company is shown with none.',
    test: 'a deal without company, made elsewhere, is shown with none',
  },
  {
    what: 'A deleted item has the number of its deal, and restoring it answers the deal.',
    test: 'productive 73: a deleted deal is gone, lies in the recycle bin, and comes back from there',
  },
  {
    what: 'A contact’s number as a person is 1,000,000,000 more than its own, so that users and contacts are on one list.',
    test: 'no contact has the number of a user',
  },
  {
    what: 'Users cannot be changed through people: 403.',
    test: 'who is a user is not changed here',
  },
  {
    what: 'A client sees its own organization membership alone.',
    test: 'a client learns who it is from its membership',
  },
  {
    what: '`query`, and `contains` on a deal’s name, find words by their beginnings and no parts of words.',
    test: 'each filter finds what it says, with its operators',
  },
  {
    what: 'Filters and sorts of deals that crmux has nothing for are refused with 400.',
    test: 'a filter or sort that crmux has nothing for is refused rather than overlooked',
  },
  {
    what: 'Sparse fieldsets are taken, and every attribute is answered.',
    test: 'sparse fieldsets are taken and looked over',
  },
  {
    what: 'Permissions go by the workspace’s roles: deal statuses, pipelines and lost reasons need a manager, a viewer may write nothing.',
    test: 'who may only read or write deals changes no stage',
  },
  {
    what: 'Rate limits are enforced only with `--rate-limits vendor`: 100 requests in ten seconds, which is what a public client keeps to; the vendor publishes no figure.',
    test: 'productive 84: an enforced limit is answered with 429 and when to come back',
  },
]
