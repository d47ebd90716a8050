import type { Coverage } from '../dialect.ts'

const inferred = 'Of this call no more than the object is documented; path and body follow the manner of the documented ones.'
const alias = 'Taken as PUT is; the vendor documents PUT alone.'
const readOnly = 'How the vendor changes these is not known.'

/** Every call of the vendor that its pages, as far as they could be read, speak of or leave to be expected. */
export const coverage: readonly Coverage[] = [
  { method: 'POST', path: '/app/pipelines/:id/stages', status: 'full' },
  { method: 'PUT', path: '/app/pipelines/:id/stages/:stageId', status: 'full' },
  { method: 'PATCH', path: '/app/pipelines/:id/stages/:stageId', status: 'partial', why: alias },
  { method: 'DELETE', path: '/app/pipelines/:id/stages/:stageId', status: 'full' },
  { method: 'GET', path: '/app/pipelines', status: 'full' },
  { method: 'POST', path: '/app/pipelines', status: 'partial', why: inferred },
  { method: 'GET', path: '/app/pipelines/:id', status: 'partial', why: inferred },
  { method: 'PUT', path: '/app/pipelines/:id', status: 'partial', why: inferred },
  { method: 'PATCH', path: '/app/pipelines/:id', status: 'partial', why: alias },
  { method: 'DELETE', path: '/app/pipelines/:id', status: 'partial', why: inferred },
  { method: 'GET', path: '/app/deals', status: 'partial', why: inferred },
  { method: 'POST', path: '/app/deals', status: 'partial', why: inferred },
  { method: 'GET', path: '/app/deals/:id', status: 'partial', why: inferred },
  { method: 'PUT', path: '/app/deals/:id', status: 'partial', why: inferred },
  { method: 'PATCH', path: '/app/deals/:id', status: 'partial', why: alias },
  { method: 'DELETE', path: '/app/deals/:id', status: 'partial', why: inferred },
  {
    method: 'GET',
    path: '/app/workspaces',
    status: 'partial',
    why: 'Only the workspace of the token, which opens no other; members about plans, logos and chats are empty.',
  },
  {
    method: 'GET',
    path: '/app/contacts',
    status: 'partial',
    why: 'Members about visits and devices are empty, and the end of the object is not known.',
  },
  { method: 'POST', path: '/app/contacts', status: 'absent', why: readOnly },
  {
    method: 'GET',
    path: '/app/companies',
    status: 'partial',
    why: 'There are no segments to filter by, and members without a place in the model are empty.',
  },
  { method: 'POST', path: '/app/companies', status: 'absent', why: readOnly },
  { method: 'GET', path: '/app/tags', status: 'full' },
  { method: 'POST', path: '/app/tags', status: 'full' },
  { method: 'GET', path: '/app/products', status: 'absent', why: 'There are no products in the model.' },
]
