import type { Coverage, Difference } from '../dialect.ts'

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

/** Where an answer is not the vendor's, as far as its answers are known. */
export const differences: readonly Difference[] = [
  {
    what: 'A token opens one workspace, and every other id in the header is refused alike; the vendor’s tokens open all workspaces of their user.',
    test: 'pipeback 51: a foreign workspace is refused, also where the user is a member of both, as one that nobody has',
  },
  {
    what: 'The deals of a stage that is deleted move to the one before it, or else to the next; nothing is documented.',
    test: 'its deals go to the stage before it, or else to the next; from the last one they cannot',
  },
  {
    what: 'Metrics over several currencies are converted by the workspace’s rates.',
    test: 'other currencies count by the workspace’s rates, and without one only as deals',
  },
  {
    what: 'A currency can also be named by its ISO code, because the vendor’s list of currency ids is not known.',
    test: 'pipeback 60: amounts are whole units of the smallest coin, in the manner of their currency',
  },
  {
    what: 'The number of a deal is its place on the board, where what came last lies on top.',
    test: 'pipeback 64: the number of a deal counts within its stage, in the order of the board',
  },
  {
    what: 'A body that is no JSON is 400, where an application of the vendor’s sort would read it as an empty one.',
    test: 'pipeback 65: a body that is no JSON is refused, and nothing is changed',
  },
]
