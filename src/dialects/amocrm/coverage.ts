import type { Coverage, Difference } from '../dialect.ts'

const onlyLeads = 'Only leads are told of: contacts, companies, customers, tasks and notes have no history here.'
const noTasks = 'Tasks, notes and chats are not kept here.'

const oauth: readonly Coverage[] = [
  {
    method: 'GET',
    path: '/oauth',
    status: 'partial',
    why: 'The consent page asks for e-mail address and token and always redirects: there is no browser session to speak for the user, and no post_message.',
  },
  { method: 'POST', path: '/oauth', status: 'full' },
  { method: 'POST', path: '/oauth2/access_token', status: 'full' },
  { method: 'GET', path: '/oauth2/account/subdomain', status: 'full' },
  { method: 'GET', path: '/oauth2/account/current/subdomain', status: 'full' },
  {
    method: 'POST',
    path: '/oauth2/exchange_api_key',
    status: 'absent',
    why: 'Answers by calling the integration with a code, which this server does not do.',
  },
]

const legacy: readonly Coverage[] = [
  { method: 'POST', path: '/private/api/auth.php', status: 'full' },
  {
    method: 'GET',
    path: '/private/api/v2/json/accounts/current',
    status: 'partial',
    why: 'Notes and tasks are not kept here, so their types are empty lists; the notification addresses are empty.',
  },
  { method: 'POST', path: '/private/api/v2/json/pipelines/set', status: 'full' },
  { method: 'POST', path: '/private/api/v2/json/pipelines/delete', status: 'full' },
  { method: 'GET', path: '/private/api/v2/json/pipelines/list', status: 'full' },
  {
    method: 'GET',
    path: '/private/api/v2/json/leads/list',
    status: 'partial',
    why: 'A query looks at names and the texts of fields, not at contacts.',
  },
  { method: 'POST', path: '/private/api/v2/json/leads/set', status: 'full' },
  { method: 'GET', path: '/private/api/v2/json/webhooks/list', status: 'full' },
  { method: 'POST', path: '/private/api/v2/json/webhooks/subscribe', status: 'partial', why: onlyLeads },
  { method: 'POST', path: '/private/api/v2/json/webhooks/unsubscribe', status: 'full' },
  {
    method: 'POST',
    path: '/private/deals/delete.php',
    status: 'absent',
    why: "A call of the vendor's own pages that no documentation describes; leads are deleted through another dialect.",
  },
  {
    method: 'POST',
    path: '/ajax/v1/multiactions/set',
    status: 'absent',
    why: "A call of the vendor's own pages that no documentation describes.",
  },
]

const v2: readonly Coverage[] = [
  { method: 'GET', path: '/api/v2/account', status: 'partial', why: `${noTasks} Their types are empty objects.` },
  { method: 'GET', path: '/api/v2/pipelines', status: 'full' },
  {
    method: 'GET',
    path: '/api/v2/leads',
    status: 'partial',
    why: 'A query looks at names and the texts of fields, not at contacts; there are no catalogs.',
  },
  { method: 'POST', path: '/api/v2/leads', status: 'full' },
  { method: 'GET', path: '/api/v2/webhooks', status: 'full' },
  { method: 'POST', path: '/api/v2/webhooks/subscribe', status: 'partial', why: onlyLeads },
  { method: 'POST', path: '/api/v2/webhooks/unsubscribe', status: 'full' },
  {
    method: 'GET',
    path: '/api/v2/incoming_leads',
    status: 'absent',
    why: 'No source shows its answers; incoming leads are read through v4.',
  },
  {
    method: 'POST',
    path: '/api/v2/incoming_leads/accept',
    status: 'absent',
    why: 'No source shows its answers; incoming leads are accepted through v4.',
  },
  {
    method: 'POST',
    path: '/api/v2/incoming_leads/decline',
    status: 'absent',
    why: 'No source shows its answers; incoming leads are declined through v4.',
  },
]

const v4: readonly Coverage[] = [
  {
    method: 'GET',
    path: '/api/v4/account',
    status: 'partial',
    why: 'What there is no such thing for here (chats, files, tasks, names of entities) is off or empty.',
  },
  {
    method: 'GET',
    path: '/api/v4/users',
    status: 'partial',
    why: 'There are no roles and no groups; rights follow the four roles of crmux.',
  },
  { method: 'GET', path: '/api/v4/users/:id', status: 'partial', why: 'There are no roles and no groups.' },
  { method: 'GET', path: '/api/v4/leads/pipelines', status: 'full' },
  { method: 'POST', path: '/api/v4/leads/pipelines', status: 'full' },
  { method: 'PATCH', path: '/api/v4/leads/pipelines', status: 'full' },
  { method: 'GET', path: '/api/v4/leads/pipelines/:id', status: 'full' },
  { method: 'PATCH', path: '/api/v4/leads/pipelines/:id', status: 'full' },
  { method: 'DELETE', path: '/api/v4/leads/pipelines/:id', status: 'full' },
  { method: 'GET', path: '/api/v4/leads/pipelines/:pipeline/statuses', status: 'full' },
  { method: 'POST', path: '/api/v4/leads/pipelines/:pipeline/statuses', status: 'full' },
  { method: 'GET', path: '/api/v4/leads/pipelines/:pipeline/statuses/:id', status: 'full' },
  { method: 'PATCH', path: '/api/v4/leads/pipelines/:pipeline/statuses/:id', status: 'full' },
  { method: 'DELETE', path: '/api/v4/leads/pipelines/:pipeline/statuses/:id', status: 'full' },
  {
    method: 'GET',
    path: '/api/v4/leads',
    status: 'partial',
    why: 'A query looks at names and the texts of fields; filters by ranges of custom fields, by several names and by who changed a lead are refused; there are no catalogs and no sources.',
  },
  {
    method: 'POST',
    path: '/api/v4/leads',
    status: 'partial',
    why: 'There are no sources; updated_at and updated_by cannot be set.',
  },
  {
    method: 'PATCH',
    path: '/api/v4/leads',
    status: 'partial',
    why: 'created_at, created_by, updated_at and updated_by cannot be changed.',
  },
  {
    method: 'GET',
    path: '/api/v4/leads/:id',
    status: 'partial',
    why: 'There are no catalogs, sources, tasks, scores and labour costs.',
  },
  {
    method: 'PATCH',
    path: '/api/v4/leads/:id',
    status: 'partial',
    why: 'created_at, created_by, updated_at and updated_by cannot be changed.',
  },
  {
    method: 'POST',
    path: '/api/v4/leads/complex',
    status: 'partial',
    why: 'Doubles are not looked for, so nothing is ever merged; of a contact name, telephones and addresses are kept.',
  },
  { method: 'GET', path: '/api/v4/leads/loss_reasons', status: 'full' },
  { method: 'GET', path: '/api/v4/leads/loss_reasons/:id', status: 'full' },
  { method: 'POST', path: '/api/v4/leads/loss_reasons', status: 'full' },
  { method: 'DELETE', path: '/api/v4/leads/loss_reasons/:id', status: 'full' },
  { method: 'GET', path: '/api/v4/leads/unsorted', status: 'full' },
  {
    method: 'GET',
    path: '/api/v4/leads/unsorted/summary',
    status: 'partial',
    why: 'What was accepted and declined is counted per pipeline only, whatever else the filter says.',
  },
  { method: 'GET', path: '/api/v4/leads/unsorted/:uid', status: 'full' },
  { method: 'POST', path: '/api/v4/leads/unsorted/sip', status: 'full' },
  { method: 'POST', path: '/api/v4/leads/unsorted/forms', status: 'full' },
  { method: 'POST', path: '/api/v4/leads/unsorted/:uid/accept', status: 'full' },
  { method: 'DELETE', path: '/api/v4/leads/unsorted/:uid/decline', status: 'full' },
  {
    method: 'POST',
    path: '/api/v4/leads/unsorted/:uid/link',
    status: 'partial',
    why: 'Always refused: only chats and letters can be linked, and these cannot come in here.',
  },
  {
    method: 'GET',
    path: '/api/v4/events',
    status: 'partial',
    why: 'Of leads alone; values are searched by status only.',
  },
  { method: 'GET', path: '/api/v4/events/:id', status: 'full' },
  { method: 'GET', path: '/api/v4/events/types', status: 'full' },
  { method: 'GET', path: '/api/v4/webhooks', status: 'full' },
  { method: 'POST', path: '/api/v4/webhooks', status: 'partial', why: onlyLeads },
  { method: 'DELETE', path: '/api/v4/webhooks', status: 'full' },
]

/** Every endpoint of the vendor that has to do with leads and pipelines, generation by generation. */
export const coverage: readonly Coverage[] = [...oauth, ...legacy, ...v2, ...v4]

/** Where an answer is not the vendor's, or is one of several that its pages allow. */
export const differences: readonly Difference[] = [
  {
    what: 'Tokens, sessions and codes open one workspace: where the host names no account, the account is the credential’s own.',
    test: "a session of another workspace is nobody at this one's host, and itself elsewhere",
  },
  {
    what: 'The consent page asks for e-mail address and token, because there is no browser session to speak for the user.',
    test: 'an admin lets an integration in and is sent back to it with a code',
  },
  {
    what: 'Ten pipelines, as the first page says; the later figure of fifty is a setting.',
    test: 'amocrm 18: the figure can be set',
  },
  {
    what: 'Leads in further won and lost stages, which other APIs can make, show as 142 and 143.',
    test: 'leads in further won and lost stages show as 142 and 143 and stay where they are',
  },
  {
    what: 'A price in whole units keeps the cents that another API gave, as long as it rounds to what was shown.',
    test: 'cents that others have entered survive a price that rounds to what was shown',
  },
  {
    what: 'Tags have numbers made from their names, and an option has its field’s number followed by its place.',
    test: 'tags are replaced, added and taken away, by name or by the id they are shown with',
  },
  {
    what: 'When a status is deleted its leads go to the first one; the pages leave that open.',
    test: 'amocrm 69: deleting one answers 204 and moves its leads to the first',
  },
  {
    what: 'When a pipeline is deleted through the first generation its leads go to the main one; v4 refuses while there are leads.',
    test: 'leads of a pipeline that goes are kept: open ones at the beginning of the main one, closed ones at the same end',
  },
  {
    what: 'When the main pipeline is deleted the next one becomes main.',
    test: 'deleting the main pipeline makes the next one main',
  },
  {
    what: 'Filters of leads that cannot be applied are refused with 400 rather than passed over.',
    test: 'filters that cannot be applied are refused rather than passed over',
  },
  {
    what: 'Events are of leads; one change of several fields is several events with numbers of their own, and a new lead’s note is its event.',
    test: 'one change can be several events, and the newest are first',
  },
  {
    what: 'Several rows of v4 are taken together or not at all, and everything that is wrong is named.',
    test: 'several are changed at once, or none, with everything that is wrong',
  },
  {
    what: 'Permissions go by the workspace’s roles: pipelines need a manager, a viewer may write nothing.',
    test: 'only those who shape pipelines write them',
  },
  {
    what: 'Limits are enforced only with `--rate-limits vendor`: fifty calls a second for an account, and 403 for one that goes on a hundred times within a minute, for which the vendor gives no figure.',
    test: 'amocrm 96: who goes on regardless is shut out',
  },
]
