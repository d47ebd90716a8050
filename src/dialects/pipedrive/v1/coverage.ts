import type { Coverage, Difference } from '../../dialect.ts'

const list = (method: Coverage['method'], paths: string, status: Coverage['status'], why?: string): Coverage[] =>
  paths.split(' ').map((path) => ({ method, path, status, ...(why === undefined ? {} : { why }) }))

const noCounts = 'Counts of deals are left out: deals are not counted by person or organization.'
const plainLists = `${noCounts} Lists are sorted by id, name, add_time or update_time; filter_id and first_char are refused.`

/** Every endpoint of v1, below its base. */
export const coverageV1: readonly Coverage[] = [
  ...list('GET', '/stages /stages/:id /stages/:id/deals', 'full'),
  ...list('POST', '/stages', 'full'),
  ...list('PUT', '/stages/:id', 'full'),
  ...list('DELETE', '/stages /stages/:id', 'full'),

  ...list('GET', '/pipelines /pipelines/:id', 'full'),
  ...list(
    'GET',
    '/pipelines/:id/deals',
    'partial',
    'The summary is of the whole pipeline, everybody’s deals, whatever is listed.',
  ),
  ...list('POST', '/pipelines', 'full'),
  ...list('PUT', '/pipelines/:id', 'full'),
  ...list('DELETE', '/pipelines/:id', 'full'),

  ...list(
    'GET',
    '/deals',
    'partial',
    'Sorted by id, title, value, add_time, update_time, expected_close_date and close_time only.',
  ),
  ...list('GET', '/deals/archived', 'partial', 'Sorted as /deals; product_id is ignored, because there are no products.'),
  ...list('GET', '/deals/collection', 'full'),
  ...list('GET', '/deals/:id', 'partial', 'The averages are of the pipeline’s latest 100 won deals.'),
  ...list('POST', '/deals /deals/:id/duplicate', 'full'),
  ...list('PUT', '/deals/:id', 'full'),
  ...list('PUT', '/deals/:id/merge', 'full'),
  ...list('DELETE', '/deals /deals/:id', 'full'),
  ...list('GET', '/deals/:id/flow', 'partial', 'Changes of the deal: there are no notes, files, mails and activities.'),
  ...list('GET', '/deals/:id/changelog', 'full'),
  ...list('GET', '/deals/summary /deals/summary/archived', 'full'),
  ...list(
    'GET',
    '/deals/timeline /deals/timeline/archived',
    'partial',
    'By the vendor’s own dates, and not by a company’s own date fields.',
  ),
  ...list('GET', '/pipelines/:id/conversion_statistics /pipelines/:id/movement_statistics', 'full'),
  ...list(
    'GET',
    '/dealFields /dealFields/:id',
    'partial',
    'Ids and keys for filters and custom fields; without the settings of the vendor’s own pages.',
  ),

  ...list('GET', '/persons', 'partial', plainLists),
  ...list('GET', '/persons/:id', 'partial', noCounts),
  ...list('POST', '/persons', 'partial', noCounts),
  ...list('PUT', '/persons/:id', 'partial', noCounts),
  ...list('DELETE', '/persons /persons/:id', 'full'),
  ...list('GET', '/organizations', 'partial', plainLists),
  ...list('GET', '/organizations/:id', 'partial', noCounts),
  ...list('POST', '/organizations', 'partial', noCounts),
  ...list('PUT', '/organizations/:id', 'partial', noCounts),
  ...list('DELETE', '/organizations /organizations/:id', 'full'),

  ...list(
    'GET',
    '/users /users/:id /users/me /users/find',
    'partial',
    'Nobody signs in here: last_login is when the user was added.',
  ),
  ...list('GET', '/userSettings', 'partial', 'What a new account has; nothing changes them.'),
  ...list('GET', '/currencies', 'full'),

  ...list('GET', '/filters', 'full'),
  ...list('GET', '/filters/:id', 'full'),
  ...list(
    'POST',
    '/filters',
    'partial',
    'Deals only, by =, by days, and by statuses glued with or; other conditions are refused.',
  ),
  ...list('PUT', '/filters/:id', 'partial', 'As when it is added.'),
  ...list('DELETE', '/filters /filters/:id', 'full'),
  ...list('GET', '/filters/helpers', 'absent', 'It describes conditions that deals cannot be found by here.'),

  ...list('GET', '/recents', 'partial', 'Deals, persons, organizations, stages, pipelines, users and filters.'),
  ...list('GET', '/goals/find', 'absent', 'Goals are not part of the model.'),
  ...list('GET', '/webhooks', 'full'),
  ...list('POST', '/webhooks', 'partial', 'Only deals, pipelines and stages are told of: nothing else has a history here.'),
  ...list('DELETE', '/webhooks/:id', 'full'),
]

export const differencesV1: readonly Difference[] = [
  {
    what: 'v1: how conversions, movements and ages are computed is nowhere documented; here it is as docs/numbers.md has it, by days of UTC, and `deals_ids` names 10,000 deals at most.',
    test: 'pipedrive 71: movement has the vendor’s keys, and every number is as counted by hand',
  },
  {
    what: 'v1: in sums a currency without a rate is named in `currencies_without_rate`, its `value_converted` is null, and it is not in the total.',
    test: 'other currencies are converted with the team’s rates; without one they are named and not in the total',
  },
  {
    what: 'v1: a timeline lists no more than 5,000 deals; beyond that it is refused unless `exclude_deals` is set.',
    test: 'pipedrive 75: exclude_deals keeps the totals and drops the deals',
  },
  {
    what: 'v1: changes made on the board or by the command line come from `app`, those through any API from `api`; user agents are not kept.',
    test: 'a company’s own fields show only where all changes are asked for',
  },
  {
    what: 'v1: bulk deletes are all or none.',
    test: 'several at once, all or none',
  },
  {
    what: 'v1: `order_nr` of a stage is a place counted from 1, and the stages of its pipeline are numbered anew when one is moved.',
    test: 'order_nr is a place counted from 1',
  },
  {
    what: 'v1: the pipeline that is moved to the front becomes the default one.',
    test: 'the first place is the default',
  },
  {
    what: 'v1: `deals_summary` is of the whole pipeline, whatever is listed; currencies without a rate are named and not converted.',
    test: 'get_summary adds up the pipeline by stage and currency, weighted and converted',
  },
  {
    what: 'v1: `last_activity` and `next_activity` of a deal are null, because there are no activities.',
    test: 'tells how long it stood where, and how others were won',
  },
  {
    what: 'v1: a filter with a condition that deals cannot be found by here is refused when it is saved.',
    test: 'what deals cannot be found by is refused when it is saved, and nothing is kept',
  },
  {
    what: 'v1: deals cannot be sorted by every field; another one is refused.',
    test: 'sorting by several fields; a field that cannot be sorted by is refused',
  },
  {
    what: 'v1: persons and organizations are sorted by one field, and `first_char` is refused.',
    test: 'lists are sorted by one field, and what they cannot be narrowed by is refused',
  },
  {
    what: 'v1: `last_login` is when the user was added, because nobody signs in.',
    test: 'pipedrive 76: users/me carries the company, its domain and the language',
  },
]
