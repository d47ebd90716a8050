import type { Coverage } from '../../dialect.ts'

const noLeads = 'There are no leads here.'
const noDiscounts = 'There are no products here, and so no discounts.'
const dealsOnly = 'Only deals are followed here.'
const noFollowerHistory = 'Who followed when is not kept.'
const noFieldChanges = 'Fields are added and changed through the native API.'
const noEmptyLabels = 'Labels are known by number only, so `include_labels` repeats the number as the text.'
const noDealCounts = 'The counts of deals cannot be asked for in `include_fields`.'

/** Every endpoint of v2 that concerns deals, pipelines and stages, and what deals point at, below `/api/v2`. */
export const coverageV2: readonly Coverage[] = [
  { method: 'GET', path: '/stages', status: 'full' },
  { method: 'GET', path: '/stages/:id', status: 'full' },
  { method: 'POST', path: '/stages', status: 'full' },
  { method: 'PATCH', path: '/stages/:id', status: 'full' },
  { method: 'DELETE', path: '/stages/:id', status: 'full' },

  { method: 'GET', path: '/pipelines', status: 'full' },
  { method: 'GET', path: '/pipelines/:id', status: 'full' },
  { method: 'POST', path: '/pipelines', status: 'full' },
  { method: 'PATCH', path: '/pipelines/:id', status: 'full' },
  { method: 'DELETE', path: '/pipelines/:id', status: 'full' },

  { method: 'GET', path: '/deals', status: 'partial', why: noEmptyLabels },
  { method: 'GET', path: '/deals/archived', status: 'partial', why: noEmptyLabels },
  { method: 'GET', path: '/deals/:id', status: 'partial', why: noEmptyLabels },
  { method: 'POST', path: '/deals', status: 'full' },
  { method: 'PATCH', path: '/deals/:id', status: 'full' },
  { method: 'DELETE', path: '/deals/:id', status: 'full' },
  {
    method: 'GET',
    path: '/deals/search',
    status: 'partial',
    why: 'There are no notes to search, and what is found comes by id, not by score.',
  },
  { method: 'GET', path: '/deals/:id/followers', status: 'full' },
  { method: 'POST', path: '/deals/:id/followers', status: 'full' },
  { method: 'DELETE', path: '/deals/:id/followers/:follower_id', status: 'full' },
  { method: 'GET', path: '/deals/:id/followers/changelog', status: 'absent', why: noFollowerHistory },
  { method: 'POST', path: '/deals/:id/convert/lead', status: 'absent', why: noLeads },
  { method: 'GET', path: '/deals/:id/convert/status/:conversion_id', status: 'absent', why: noLeads },
  { method: 'GET', path: '/deals/:id/discounts', status: 'absent', why: noDiscounts },
  { method: 'POST', path: '/deals/:id/discounts', status: 'absent', why: noDiscounts },
  { method: 'PATCH', path: '/deals/:id/discounts/:discount_id', status: 'absent', why: noDiscounts },
  { method: 'DELETE', path: '/deals/:id/discounts/:discount_id', status: 'absent', why: noDiscounts },

  {
    method: 'GET',
    path: '/dealFields',
    status: 'partial',
    why: 'What the fields look like on screen is not known here, so `include_fields` is refused.',
  },
  { method: 'GET', path: '/dealFields/:field_code', status: 'partial', why: 'As for the list of them.' },
  { method: 'POST', path: '/dealFields', status: 'absent', why: noFieldChanges },
  { method: 'PATCH', path: '/dealFields/:field_code', status: 'absent', why: noFieldChanges },
  { method: 'DELETE', path: '/dealFields/:field_code', status: 'absent', why: noFieldChanges },
  { method: 'POST', path: '/dealFields/:field_code/options', status: 'absent', why: noFieldChanges },
  { method: 'PATCH', path: '/dealFields/:field_code/options', status: 'absent', why: noFieldChanges },
  { method: 'DELETE', path: '/dealFields/:field_code/options', status: 'absent', why: noFieldChanges },

  { method: 'GET', path: '/persons', status: 'partial', why: `${noDealCounts} Filters are of deals only.` },
  { method: 'GET', path: '/persons/:id', status: 'partial', why: noDealCounts },
  { method: 'POST', path: '/persons', status: 'partial', why: 'Contact sync and campaigns are off: their fields are refused.' },
  {
    method: 'PATCH',
    path: '/persons/:id',
    status: 'partial',
    why: 'Contact sync and campaigns are off: their fields are refused.',
  },
  { method: 'DELETE', path: '/persons/:id', status: 'full' },
  {
    method: 'GET',
    path: '/persons/search',
    status: 'partial',
    why: 'E-mail addresses and telephone numbers are found whole only; notes and custom fields are not searched.',
  },
  { method: 'GET', path: '/persons/:id/picture', status: 'absent', why: 'There are no pictures here.' },
  { method: 'GET', path: '/persons/:id/followers', status: 'absent', why: dealsOnly },
  { method: 'POST', path: '/persons/:id/followers', status: 'absent', why: dealsOnly },
  { method: 'DELETE', path: '/persons/:id/followers/:follower_id', status: 'absent', why: dealsOnly },
  { method: 'GET', path: '/persons/:id/followers/changelog', status: 'absent', why: noFollowerHistory },

  { method: 'GET', path: '/organizations', status: 'partial', why: `${noDealCounts} Filters are of deals only.` },
  { method: 'GET', path: '/organizations/:id', status: 'partial', why: noDealCounts },
  { method: 'POST', path: '/organizations', status: 'full' },
  { method: 'PATCH', path: '/organizations/:id', status: 'full' },
  { method: 'DELETE', path: '/organizations/:id', status: 'full' },
  {
    method: 'GET',
    path: '/organizations/search',
    status: 'partial',
    why: 'Only names are searched.',
  },
  { method: 'GET', path: '/organizations/:id/followers', status: 'absent', why: dealsOnly },
  { method: 'POST', path: '/organizations/:id/followers', status: 'absent', why: dealsOnly },
  { method: 'DELETE', path: '/organizations/:id/followers/:follower_id', status: 'absent', why: dealsOnly },
  { method: 'GET', path: '/organizations/:id/followers/changelog', status: 'absent', why: noFollowerHistory },

  { method: 'GET', path: '/itemSearch', status: 'absent', why: 'Each kind has its own search.' },
  { method: 'GET', path: '/itemSearch/field', status: 'absent', why: 'Each kind has its own search.' },
]
