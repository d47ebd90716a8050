import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { coverage } from '../coverage.ts'
import { type Answer, admin, type Body, type Caller, doc } from './caller.ts'

let app: TestApp
let ws: TestWorkspace
let pd: Caller
/** Ids of things that are there, by the noun of their path. */
let ids: Record<string, string>

beforeAll(async () => {
  app = await openTestApp()
  ws = await app.workspace({ template: 'productive' })
  pd = admin(app, ws)
  const add = async (type: string, attributes: object, relations = {}): Promise<string> =>
    (await pd.post(`/${type}`, doc(type, attributes, relations))).body.data.id
  const companies = await add('companies', { name: 'Here' })
  const deal = { company: ['companies', companies], responsible: ['people', ws.admin.id] }
  const deleted = await add('deals', { name: 'Gone' }, deal)
  await pd.delete(`/deals/${deleted}`)
  ids = {
    companies,
    deals: await add('deals', { name: 'Here' }, deal),
    deleted_items: deleted,
    people: await add('people', { first_name: 'Here' }),
    lost_reasons: await add('lost_reasons', { name: 'Here' }),
    pipelines: await add('pipelines', { name: 'Here' }),
    deal_statuses: (await pd.get('/deal_statuses')).body.data[0].id,
    users: String(ws.admin.id),
    organization_memberships: String(ws.admin.id),
    organizations: String(ws.workspace.id),
  }
})
afterAll(() => app.close())

const routes = coverage
  .filter(({ status }) => status !== 'absent')
  .map(({ method, path }) => ({ method, path: path.replace('/api/v2', ''), noun: path.split('/')[3] ?? '' }))
/** Calls that read a document: neither the actions nor the merge. */
const writes = routes.filter(({ method, path }) => method === 'POST' || (method === 'PATCH' && path.endsWith('/:id')))
const lists = routes.filter(({ method, path }) => method === 'GET' && !path.includes(':'))

const filled = ({ path, noun }: { path: string; noun: string }): string => path.replace(':id', ids[noun] ?? '0')

/** All that is kept, to be the same before and after. */
async function everything(): Promise<unknown> {
  const { pipelines, stages, lossReasons, deals, parties, events } = ws.scope.store
  return Promise.all([
    pipelines.live(),
    stages.live(),
    lossReasons.live(),
    deals.list({ filter: { deleted: 'both' }, limit: 100 }),
    parties.list({ deleted: 'both', limit: 100 }),
    events.list({ limit: 1, direction: 'desc' }),
  ])
}

/** The vendor's own refusal: never a 500, never another voice. */
function expectRefusal(label: string, { status, headers, body }: Answer): void {
  expect([label, status >= 400 && status < 500, status]).toEqual([label, true, status])
  expect([label, headers.get('content-type')]).toEqual([label, 'application/vnd.api+json; charset=utf-8'])
  expect([label, body.errors.length > 0, Object.keys(body)]).toEqual([label, true, ['errors']])
  for (const error of body.errors) expect([label, String(error.status)]).toEqual([label, String(status)])
}

const huge = 'x'.repeat(10 * 1024 * 1024)
const surrogate = (type: string) => `{"data":{"type":"${type}","attributes":{"name":"\\ud800","first_name":"\\ud800"}}}`

/** What is wrong whatever the resource is. */
const broken: [label: string, body: unknown][] = [
  ['nothing', undefined],
  ['null', 'null'],
  ['a number', '5'],
  ['a string', '"data"'],
  ['an array', '[]'],
  ['no JSON', '{"data":{'],
  ['two documents', '{"data":{}}{"data":{}}'],
  ['a trailing comma', '{"data":{"type":"x",}}'],
  ['invalid UTF-8', Buffer.from('{"data":{"attributes":{"name":"\xff\xfe"}}}', 'latin1')],
  ['UTF-16', Buffer.from('{"data":{}}', 'utf16le')],
  ['no data', {}],
  ['data null', { data: null }],
  ['data a string', { data: 'x' }],
  ['data an array', { data: [{}] }],
  ['a string of 10 MB', { data: { attributes: { name: huge } } }],
  ['deep nesting', `{"data":${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}}`],
  ['deep arrays', `{"data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['a prototype', '{"data":{"__proto__":{"attributes":{"name":"x"}}}}'],
  ['a prototype inside', '{"data":{"attributes":{"__proto__":{"name":"x"}}}}'],
  ['a constructor', '{"data":{"attributes":{"constructor":{"prototype":{"name":"x"}}}}}'],
  ['another type', doc('tasks', { name: 'x', first_name: 'x' })],
  ['a type that is a number', { data: { type: 5, attributes: { name: 'x' } } }],
  ['attributes an array', { data: { attributes: [] } }],
  ['attributes a string', { data: { attributes: 'x' } }],
  ['relationships an array', { data: { attributes: { name: 'x', first_name: 'x' }, relationships: [] } }],
  ['a name that is an object', { data: { attributes: { name: {}, first_name: {} } } }],
  ['a name that is an array', { data: { attributes: { name: ['x'], first_name: ['x'] } } }],
  ['a name that is a number', { data: { attributes: { name: 1, first_name: 1 } } }],
  ['a blank name', { data: { attributes: { name: ' \t ', first_name: ' ' } } }],
  ['too long a name', { data: { attributes: { name: 'x'.repeat(256), first_name: 'x'.repeat(256) } } }],
]

describe.each(writes)('$method $path', (route) => {
  test.each(broken)('%s is refused and changes nothing', async (label, body) => {
    const before = await everything()
    expectRefusal(label, await pd.send(route.method, filled(route), { body }))
    expect(await everything()).toEqual(before)
  })

  test('half a surrogate and a NUL are refused or kept, and never a fault of ours', async () => {
    for (const body of [surrogate(route.noun), doc(route.noun, { name: 'a\0b', first_name: 'a\0b' })]) {
      const answer = await pd.send(route.method, filled(route), { body })
      expect(answer.status).toBeLessThan(500)
    }
  })
})

/** Attributes of wrong sorts, by the resource that has them. */
const wrong: Record<string, Record<string, unknown>[]> = {
  deal_statuses: [
    { position: 'first' },
    { position: 1e300 },
    { position: 9_007_199_254_740_992 },
    { position: [] },
    { status_id: '2.5' },
    { status_id: {} },
    { probability: null, probability_enabled: 'true' },
    { color_id: {} },
    { color_id: 'x'.repeat(33) },
    { lost_reason_enabled: 1 },
    { pipeline_id: 'abc' },
    { pipeline_id: {} },
    { pipeline_id: '9223372036854775808' },
    { pipeline_id: -1 },
  ],
  pipelines: [
    { position: 'x' },
    { icon_id: 5 },
    { icon_id: 'x'.repeat(65) },
    { pipeline_type_id: 'sales' },
    { pipeline_type_id: 0 },
  ],
  deals: [
    { deal_value: 'much' },
    { deal_value: 1.5 },
    { deal_value: 1e300 },
    { deal_value: null },
    { deal_value: 1_000_000_000_000_001 },
    { currency: 'EURO' },
    { currency: 5 },
    { probability: 101 },
    { probability: {} },
    { tag_list: 'a,b' },
    { tag_list: [5] },
    { tag_list: Array.from({ length: 101 }, (_, index) => `t${index}`) },
    { custom_fields: [] },
    { custom_fields: { x: 1 } },
    { custom_fields: { '9223372036854775808': 1 } },
    { date: '2026-02-30' },
    { date: 'tomorrow' },
    { end_date: 20_260_101 },
    { sales_closed_on: '0000-00-00' },
    { editor_config: [] },
    { note: 'x'.repeat(65_536) },
    { lost_comment: 'x'.repeat(10_001) },
    { budget: true },
    { budget: 'no' },
    { deal_type_id: 3 },
    { company_id: '9223372036854775808' },
    { responsible_id: 'me' },
    { responsible_id: [] },
    { deal_status_id: 0 },
    { contact_id: 999_999_999_999 },
    { lost_reason_id: {} },
  ],
  companies: [
    { due_days: -1 },
    { default_currency: 'money' },
    { tag_list: {} },
    { contact: [] },
    { contact: { emails: [{}] } },
    { contact: { phones: 'x' } },
    { vat: 5 },
  ],
  people: [
    { email: {} },
    { email: 'x'.repeat(256) },
    { last_name: [] },
    { contact: 'x' },
    { company_id: 'abc' },
    { company_id: 999_999 },
    { tag_list: [''] },
  ],
}

describe.each(Object.entries(wrong))('%s', (type, list) => {
  test.each(list.map((attributes) => [JSON.stringify(attributes).slice(0, 80), attributes] as const))(
    '%s is 422 at the attribute',
    async (label, attributes) => {
      const before = await everything()
      const [name = ''] = Object.keys(attributes).slice(-1)
      const answer = await pd.patch(`/${type}/${ids[type]}`, doc(type, attributes))
      expectRefusal(label, answer)
      expect([label, answer.status]).toEqual([label, 422])
      expect(answer.body.errors.map((error: Body) => error.source.pointer)).toContain(
        `data/attributes/${name.replace(/_id$/, '')}`
          .replace(/(color|status|icon|pipeline_type|deal_type)$/, '$1_id')
          .replace('deal_status_id', 'deal_status'),
      )
      expect(await everything()).toEqual(before)
    },
  )
})

test('a document about another resource is 409', async () => {
  for (const data of [
    { type: 'deals', id: ids.deal_statuses },
    { type: 'deal_statuses', id: '1' },
    { type: 'deal_statuses', id: 7 },
  ]) {
    const answer = await pd.patch(`/deal_statuses/${ids.deal_statuses}`, { data: { ...data, attributes: { name: 'Taken' } } })
    expect(answer.status).toBe(409)
    expectRefusal(JSON.stringify(data), answer)
  }
})

test('ids that are none are 404 on every call that takes one', async () => {
  for (const route of routes.filter(({ path }) => path.includes(':id'))) {
    for (const id of [
      '0',
      'abc',
      '-1',
      '1.5',
      '1e3',
      '9223372036854775808',
      '99999999999999999999',
      '%00',
      '%F0%9F%92%A9',
      'null',
    ]) {
      const label = `${route.method} ${route.path} ${id}`
      const answer = await pd.send(route.method, route.path.replace(':id', id), {
        body: route.method === 'PATCH' ? doc(route.noun) : undefined,
      })
      expectRefusal(label, answer)
      expect([label, answer.status]).toEqual([label, 404])
    }
  }
})

test('paths that cannot be read are refused in the vendor’s voice', async () => {
  for (const path of ['/deals/%E0%A4%A', '/deals/%', `/deals/${'9'.repeat(2000)}`, `/deals?filter[query]=${'x'.repeat(10_000)}`])
    expectRefusal(path.slice(0, 40), await pd.get(path))
})

describe.each(lists)('$method $path', ({ path }) => {
  const queries: [string, string][] = [
    ['a page of nothing', 'page[number]=0'],
    ['a negative page', 'page[number]=-1'],
    ['a page that is no number', 'page[number]=abc'],
    ['a page beyond all', 'page[number]=9223372036854775808'],
    ['a size of nothing', 'page[size]=0'],
    ['a negative size', 'page[size]=-5'],
    ['a fraction of a page', 'page[size]=1.5'],
    ['an unknown filter', 'filter[nonsense]=1'],
    ['an unknown operator', 'filter[id][like]=1'],
    ['a filter of the prototype', 'filter[__proto__]=1'],
    ['brackets 100 deep', `filter${'[a]'.repeat(100)}=1`],
    ['groups 100 deep', `filter${'[0]'.repeat(100)}[id]=1`],
    ['brackets that do not close', 'filter[id=1'],
    ['brackets within brackets', 'filter[[id]]=1'],
    ['text behind brackets', 'filter[id]x=1'],
    ['an unknown group', 'filter[$op]=nand&filter[0][id]=1'],
    ['too many comparisons', Array.from({ length: 101 }, (_, index) => `filter[${index}][id]=1`).join('&')],
    ['an unknown sort', 'sort=nonsense'],
    ['a sort of the prototype', 'sort=__proto__'],
    ['an unknown include', 'include=nonsense'],
    ['an include without end', 'include=organization.organization.organization'],
  ]
  test.each(queries)('%s is 400', async (label, query) => {
    const answer = await pd.get(`${path}?${query}`)
    expectRefusal(label, answer)
    expect([label, answer.status]).toEqual([label, 400])
  })

  test('what is only odd is answered', async () => {
    for (const query of [
      'page[number]=5000',
      'page[size]=1&page[size]=2',
      'nonsense=1',
      'filter[id]=abc',
      'filter[id]=',
      'filter[id]=1,,2',
      'filter[id]=9223372036854775808',
      'filter[id][]=1&filter[id]=2',
      'sort=',
      'include=',
      'fields[x]=y',
      'page=1',
      'filter=1',
      '%00=%00',
      'filter[id]=%27%3B--',
    ])
      expect([query, (await pd.get(`${path}?${query}`)).status]).toEqual([query, 200])
  })
})

test('odd filters of deals find nothing, and are no fault of ours', async () => {
  for (const filter of [
    'created_at]=yesterday',
    'created_at]=2026-02-30',
    'created_at][gt]=',
    'revenue]=abc',
    'revenue][gt]=abc',
    'revenue]=99999999999999999999',
    'query]=%22%20OR%20*',
    'query]=',
    'query]=%F0%9F%92%A9',
    'stage_status_id]=9',
    'custom_fields][abc]=1',
    'custom_fields][]=1',
    'tags]=',
    'name]=',
    'contact_id]=1',
    'won_at]=9999-12-31',
    'created_at]=-271821-04-20T00:00:00Z',
    'currency]=%00',
  ]) {
    const { status, body } = await pd.get(`/deals?filter[${filter}`)
    expect([filter, status]).toEqual([filter, 200])
    expect([filter, body.data]).toEqual([filter, []])
  }
  const many = Array.from({ length: 1500 }, (_, index) => index + 1).join(',')
  expect((await pd.get(`/deals?filter[status_id]=${many}`)).status).toBe(200)
  expect((await pd.get(`/deals?filter[currency]=${Array.from({ length: 1200 }, () => 'USD').join(',')}`)).status).toBe(400)
})

test('merging takes two numbers and nothing else', async () => {
  for (const body of [
    '[]',
    '5',
    'null',
    {},
    { winner_id: {}, loser_id: [] },
    { winner_id: 1.5, loser_id: 'x' },
    { winner_id: -1, loser_id: 1 },
    { data: [] },
    { data: { attributes: 'x' } },
  ])
    expectRefusal(JSON.stringify(body), await pd.patch('/deal_statuses/merge', body))
})
