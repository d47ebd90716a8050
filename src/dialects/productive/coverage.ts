import type { Coverage } from '../dialect.ts'

const full = (method: Coverage['method'], path: string): Coverage => ({ method, path, status: 'full' })
const partial = (method: Coverage['method'], path: string, why: string): Coverage => ({ method, path, status: 'partial', why })
const absent = (method: Coverage['method'], path: string, why: string): Coverage => ({ method, path, status: 'absent', why })

const dealsOnly = 'Deals only: a request for a budget is refused, because crmux keeps no books about work and invoices.'
const budgets = 'Is about budgets, which crmux does not keep.'
const history = 'History is not told in this dialect yet.'
const hooks = 'Webhooks are not sent yet.'
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

  absent('GET', '/api/v2/activities', history),
  absent('GET', '/api/v2/activities/:id', history),
  absent('GET', '/api/v2/webhooks', hooks),
  absent('POST', '/api/v2/webhooks', hooks),
  absent('GET', '/api/v2/webhooks/:id', hooks),
  absent('PATCH', '/api/v2/webhooks/:id', hooks),
  absent('DELETE', '/api/v2/webhooks/:id', hooks),
  absent('GET', '/api/v2/webhook_logs', hooks),
  absent('POST', '/api/v2/sessions', 'Signs people in to the vendor’s own app; the API is used with tokens.'),
]
