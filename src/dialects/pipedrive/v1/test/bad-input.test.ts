import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestWorkspace } from '../../../../../test/support/app.ts'
import { listEvents } from '../../../../domain/events.ts'
import { speakV1, type V1, type V1Answer } from './served.ts'

/** Whatever is sent, v1 answers in its own words, never with 500, and writes nothing that it refuses. */
const app = await openTestApp()
afterAll(() => app.close())

let ws: TestWorkspace
let v1: V1
const world = { stage: 0, pipeline: 0, deal: 0, person: 0, org: 0, filter: 0, user: 0 }
beforeAll(async () => {
  ws = await app.workspace({ template: 'pipedrive' })
  v1 = speakV1(app, ws.token)
  const deal = (await v1.post('/deals', { title: 'Deal' })).body.data
  world.deal = deal.id
  world.stage = deal.stage_id
  world.pipeline = deal.pipeline_id
  world.person = (await v1.post('/persons', { name: 'Jo' })).body.data.id
  world.org = (await v1.post('/organizations', { name: 'Acme' })).body.data.id
  const conditions = { glue: 'and', conditions: [] }
  world.filter = (await v1.post('/filters', { name: 'All', type: 'deals', conditions })).body.data.id
  world.user = ws.admin.id
})

/** Routes with a body: how they are called, what would pass, and which fields are of which type. */
interface Written {
  name: string
  method: 'POST' | 'PUT'
  path: () => string
  good: () => Record<string, unknown>
  wholes: string[]
  texts: string[]
  /** What would pass is refused for another reason. */
  isStrict?: boolean
}
const written: readonly Written[] = [
  {
    name: 'add a stage',
    method: 'POST',
    path: () => '/stages',
    good: () => ({ name: 'Stage', pipeline_id: world.pipeline }),
    wholes: ['pipeline_id', 'deal_probability', 'rotten_days'],
    texts: ['name'],
  },
  {
    name: 'change a stage',
    method: 'PUT',
    path: () => `/stages/${world.stage}`,
    good: () => ({}),
    wholes: ['pipeline_id', 'deal_probability', 'rotten_days', 'order_nr'],
    texts: ['name'],
  },
  {
    name: 'add a pipeline',
    method: 'POST',
    path: () => '/pipelines',
    good: () => ({ name: 'Pipeline' }),
    wholes: ['order_nr'],
    texts: ['name'],
  },
  {
    name: 'change a pipeline',
    method: 'PUT',
    path: () => `/pipelines/${world.pipeline}`,
    good: () => ({}),
    wholes: ['order_nr'],
    texts: ['name'],
  },
  {
    name: 'add a deal',
    method: 'POST',
    path: () => '/deals',
    good: () => ({ title: 'Deal' }),
    wholes: ['user_id', 'person_id', 'org_id', 'pipeline_id', 'stage_id', 'probability', 'visible_to', 'value'],
    texts: ['title', 'currency', 'status', 'add_time', 'expected_close_date'],
  },
  {
    name: 'change a deal',
    method: 'PUT',
    path: () => `/deals/${world.deal}`,
    good: () => ({}),
    wholes: ['user_id', 'person_id', 'org_id', 'pipeline_id', 'stage_id', 'probability', 'visible_to', 'value'],
    texts: ['title', 'currency', 'status', 'won_time', 'expected_close_date'],
  },
  {
    name: 'merge a deal',
    method: 'PUT',
    path: () => `/deals/${world.deal}/merge`,
    good: () => ({ merge_with_id: world.deal }),
    wholes: ['merge_with_id'],
    texts: [],
    isStrict: true,
  },
  {
    name: 'add a person',
    method: 'POST',
    path: () => '/persons',
    good: () => ({ name: 'Jo' }),
    wholes: ['owner_id', 'org_id'],
    texts: ['name'],
  },
  {
    name: 'change a person',
    method: 'PUT',
    path: () => `/persons/${world.person}`,
    good: () => ({}),
    wholes: ['owner_id', 'org_id'],
    texts: ['name'],
  },
  {
    name: 'add an organization',
    method: 'POST',
    path: () => '/organizations',
    good: () => ({ name: 'Acme' }),
    wholes: ['owner_id'],
    texts: ['name', 'address'],
  },
  {
    name: 'change an organization',
    method: 'PUT',
    path: () => `/organizations/${world.org}`,
    good: () => ({}),
    wholes: ['owner_id'],
    texts: ['name', 'address'],
  },
  {
    name: 'add a filter',
    method: 'POST',
    path: () => '/filters',
    good: () => ({ name: 'Filter', type: 'deals', conditions: { glue: 'and', conditions: [] } }),
    wholes: [],
    texts: ['name', 'type', 'conditions'],
  },
  {
    name: 'change a filter',
    method: 'PUT',
    path: () => `/filters/${world.filter}`,
    good: () => ({}),
    wholes: [],
    texts: ['name', 'conditions'],
  },
]

/** How many things have happened so far; refused requests must not add to it. */
async function happened(): Promise<number> {
  const { items } = await listEvents(ws.scope, { limit: 10_000 })
  const lists = await Promise.all(['/persons', '/organizations', '/filters'].map((path) => v1.get(path)))
  return items.length + lists.reduce((sum, { body }) => sum + body.data.length, 0)
}

function expectRefusal(answer: V1Answer, what: string, statuses = [400, 404]): void {
  expect(statuses, `${what}: ${answer.status} ${answer.text.slice(0, 200)}`).toContain(answer.status)
  expect(answer.body, what).toEqual({
    success: false,
    error: expect.stringMatching(/\S/),
    error_info: 'Please check developers.pipedrive.com for more information about Pipedrive API.',
    data: null,
    additional_data: null,
  })
  expect(answer.headers.get('content-type'), what).toBe('application/json')
}

describe.each(written)('$name', ({ method, path, good, wholes, texts, isStrict = false }) => {
  const refused = async (body: unknown, what: string) => {
    const before = await happened()
    expectRefusal(await v1.send(method, path(), { body }), what)
    expect(await happened(), what).toBe(before)
  }

  if (wholes.length > 0)
    test('numbers of the wrong type or size', async () => {
      for (const field of wholes) {
        for (const value of ['abc', {}, 'NaN', '1e999', 1e300, 2 ** 63, true]) {
          await refused({ ...good(), [field]: value }, `${field}: ${JSON.stringify(value)}`)
        }
      }
    })

  if (texts.length > 0)
    test('texts of the wrong type or size', async () => {
      for (const field of texts) {
        for (const value of [{}, { value: 'x' }, 'x'.repeat(300_000), 'never, ever', true]) {
          const isFreeText = ['title', 'name', 'address'].includes(field)
          if (value === 'never, ever' && isFreeText) continue
          await refused({ ...good(), [field]: value }, `${field}: ${JSON.stringify(value).slice(0, 50)}`)
        }
      }
    })

  test('bodies that are no object, or cannot be read', async () => {
    const headers = { 'content-type': 'application/json' }
    const bodies = [
      '[]',
      '"text"',
      '17',
      '{"title":',
      'nonsense',
      '{"a":'.repeat(5000),
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    ]
    for (const body of bodies) {
      const before = await happened()
      expectRefusal(await v1.send(method, path(), { headers, body }), String(body).slice(0, 40))
      expect(await happened()).toBe(before)
    }
    const huge = `{"title":"${'x'.repeat(10 * 1024 * 1024)}"}`
    expectRefusal(await v1.send(method, path(), { headers, body: huge }), '10 MB', [413])
    expectRefusal(await v1.send(method, path(), { headers: { 'content-type': 'text/csv' }, body: 'a,b' }), 'csv', [415])
  })

  if (!isStrict)
    test('a name that nobody knows is ignored', async () => {
      const answer = await v1.send(method, path(), { body: { ...good(), nobody_knows: { deep: [1, 2] }, __proto: 1 } })
      expect([200, 201]).toContain(answer.status)
    })
})

const withId = (): [method: string, path: (id: string) => string][] => [
  ['GET', (id) => `/stages/${id}`],
  ['PUT', (id) => `/stages/${id}`],
  ['DELETE', (id) => `/stages/${id}`],
  ['GET', (id) => `/stages/${id}/deals`],
  ['GET', (id) => `/pipelines/${id}`],
  ['PUT', (id) => `/pipelines/${id}`],
  ['DELETE', (id) => `/pipelines/${id}`],
  ['GET', (id) => `/pipelines/${id}/deals`],
  ['GET', (id) => `/deals/${id}`],
  ['PUT', (id) => `/deals/${id}`],
  ['DELETE', (id) => `/deals/${id}`],
  ['POST', (id) => `/deals/${id}/duplicate`],
  ['GET', (id) => `/persons/${id}`],
  ['PUT', (id) => `/persons/${id}`],
  ['DELETE', (id) => `/persons/${id}`],
  ['GET', (id) => `/organizations/${id}`],
  ['PUT', (id) => `/organizations/${id}`],
  ['DELETE', (id) => `/organizations/${id}`],
  ['GET', (id) => `/filters/${id}`],
  ['PUT', (id) => `/filters/${id}`],
  ['DELETE', (id) => `/filters/${id}`],
  ['GET', (id) => `/dealFields/${id}`],
]

test.each(withId())('%s of an id that cannot be', async (method, path) => {
  for (const id of [
    '0',
    '9223372036854775808',
    '9007199254740993',
    '99999999999999999999999',
    '-1',
    '1.5',
    'abc',
    '%00',
    'null',
    '1e3',
  ]) {
    expectRefusal(await v1.send(method, path(id), { body: method === 'PUT' ? {} : undefined }), path(id), [404])
  }
})

test('parameters of the wrong type, cursors and lists of ids that cannot be read', async () => {
  const paths = [
    '/deals?start=abc',
    '/deals?limit=many',
    '/deals?user_id=me',
    '/deals?stage_id=1.5',
    '/deals?owned_by_you=perhaps',
    '/deals?filter_id=x',
    '/deals?status=',
    '/stages?pipeline_id=abc',
    `/stages/${world.stage}/deals?everyone=2`,
    `/pipelines/${world.pipeline}/deals?get_summary=yes`,
    '/deals/collection?cursor=%FF',
    '/deals/collection?cursor=aWQ6LTE=',
    '/deals/collection?since=yesterday',
    '/filters?type=bogus',
  ]
  for (const path of paths) {
    if (path === '/deals?status=') expect((await v1.get(path)).status).toBe(200)
    else expectRefusal(await v1.get(path), path)
  }
  for (const noun of ['stages', 'deals', 'persons', 'organizations', 'filters']) {
    for (const ids of ['', 'abc', '1,,2', '1;2', '-1', '1,'.repeat(2000)]) {
      const before = await happened()
      expectRefusal(await v1.delete(`/${noun}?ids=${encodeURIComponent(ids)}`), `${noun} ${ids.slice(0, 20)}`, [400, 404, 414])
      expect(await happened()).toBe(before)
    }
  }
})

test('paths that are nobody’s and methods that are not', async () => {
  for (const path of ['/nothing', '/deals/1/files', '/notes', '/goals/find', '/filters/helpers', '']) {
    expectRefusal(await v1.get(path), path, [404])
  }
  const wrong = await v1.send('PATCH', `/deals/${world.deal}`, { body: {} })
  expectRefusal(wrong, 'PATCH', [405])
  expect(wrong.headers.get('allow')).toContain('PUT')
})

test('a value beyond what can be counted is refused', async () => {
  for (const value of ['99999999999999999999', 1e15, '1e400', '1.2.3', '--1', '.']) {
    const before = await happened()
    expectRefusal(await v1.post('/deals', { title: 'Much', value }), String(value))
    expect(await happened()).toBe(before)
  }
})

test('a form that is not UTF-8 is refused', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  for (const body of ['title=%FF%FE', 'title=%', Buffer.from([0x74, 0x3d, 0xff])]) {
    const before = await happened()
    expectRefusal(await v1.send('POST', '/deals', { headers, body }), String(body))
    expect(await happened()).toBe(before)
  }
})

test('a field is named as the caller named it', async () => {
  const said = async (method: string, path: string, body: object) => (await v1.send(method, path, { body })).body.error
  expect(await said('PUT', `/stages/${world.stage}`, { deal_probability: 101 })).toBe(
    'deal_probability must be at least 0 and at most 100.',
  )
  expect(await said('PUT', `/deals/${world.deal}`, { probability: -1 })).toBe('probability must be at least 0 and at most 100.')
  expect(await said('POST', '/deals', { title: 'x', user_id: 1 })).toBe('user_id was not found.')
  expect(await said('POST', '/persons', { name: 'x', owner_id: 1 })).toBe('owner_id was not found.')
  expect(await said('POST', '/stages', { name: 'x', pipeline_id: 1 })).toBe('pipeline_id was not found.')
  expect(await said('POST', '/deals', { title: 'x', currency: 'XXY' })).toBe('currency is not known.')
  expect(await said('POST', '/deals', { title: 'x'.repeat(256) })).toBe('title must not be longer than 255.')
  expect(await said('POST', '/deals', { title: 'x', value: '1,5' })).toBe('value is not valid.')
})
