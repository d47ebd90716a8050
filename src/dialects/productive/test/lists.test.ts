import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import { type Answer, admin, type Caller, doc } from './caller.ts'

let app: TestApp
let pd: Caller
let sales: string
let production: string

/** Two pipelines: the default one and an empty one of production with three open stages of its own. */
beforeAll(async () => {
  app = await openTestApp()
  pd = admin(app, await app.workspace({ template: 'productive' }))
  sales = (await pd.get('/pipelines')).body.data[0].id
  production = (await pd.post('/pipelines', doc('pipelines', { name: 'Works', pipeline_type_id: 2 }))).body.data.id
  for (const [name, attributes] of [
    ['Kick-off', { position: 1, time_tracking_enabled: false }],
    ['Doing', { position: 2, probability_enabled: true, probability: 40 }],
    ['Handed over', { position: 9, status_id: 4, lost_reason_enabled: true }],
  ] as const)
    await pd.post('/deal_statuses', doc('deal_statuses', { name, ...attributes }, { pipeline: ['pipelines', production] }))
})
afterAll(() => app.close())

const names = ({ body }: Answer): string[] => body.data.map((status: { attributes: { name: string } }) => status.attributes.name)
const list = (query = '') => pd.get(`/deal_statuses${query}`)
const defaults = ['Qualified Lead', 'Needs Defined', 'Proposal Sent', 'Won Deals', 'Lost Deals']

test('productive 12, 13: a list is data, links and meta, with five numbers', async () => {
  const { status, body } = await list()
  expect(status).toBe(200)
  expect(Object.keys(body)).toEqual(['data', 'links', 'meta'])
  expect(body.meta).toEqual({ current_page: 1, total_pages: 1, total_count: 10, page_size: 30, max_page_size: 200 })
})

test('productive 14, 15: links say page and size though nobody asked, and on a single page there is neither next nor prev', async () => {
  const { links } = (await list()).body
  const link = `${app.origin}/productive/api/v2/deal_statuses?page%5Bnumber%5D=1&page%5Bsize%5D=30`
  expect(links).toEqual({ first: link, last: link })
})

test('productive 16, 17: a page in the middle has all four links, and following next visits every record once', async () => {
  const second = await list('?page[size]=2&page[number]=2')
  expect(names(second)).toEqual(names(await list()).slice(2, 4))
  const page = (number: number) => `${app.origin}/productive/api/v2/deal_statuses?page%5Bnumber%5D=${number}&page%5Bsize%5D=2`
  expect(second.body.links).toEqual({ first: page(1), last: page(5), prev: page(1), next: page(3) })
  expect(second.body.meta).toMatchObject({ current_page: 2, total_pages: 5, total_count: 10, page_size: 2 })
  const seen: string[] = []
  for (let path: string | undefined = '/deal_statuses?page[size]=3&sort=name'; path; ) {
    const answer = await pd.get(path)
    seen.push(...names(answer))
    path = answer.body.links.next?.split('/api/v2')[1]
  }
  expect(seen).toEqual(names(await list('?sort=name')))
})

test('productive 18: more than 200 are never on one page', async () => {
  const { body } = await list('?page[size]=1000')
  expect(body.meta).toMatchObject({ page_size: 200, total_pages: 1 })
  expect(body.links.first).toContain('page%5Bsize%5D=200')
})

test('a page behind the end is empty, and its prev leads back to the last', async () => {
  const { status, body } = await list('?page[number]=7&page[size]=5')
  expect(status).toBe(200)
  expect(body.data).toEqual([])
  expect(body.meta).toMatchObject({ current_page: 7, total_pages: 2, total_count: 10 })
  expect(body.links.prev).toContain('page%5Bnumber%5D=2')
  expect(body.links).not.toHaveProperty('next')
  const none = (await list('?filter[id]=0')).body
  expect(none.meta).toMatchObject({ total_pages: 0, total_count: 0 })
  expect(none.links.last).toContain('page%5Bnumber%5D=1')
})

test('productive 19: a value, a value in a list and a value with eq are the same', async () => {
  for (const filter of [
    `filter[pipeline_id]=${sales}`,
    `filter[pipeline_id][]=${sales}`,
    `filter[pipeline_id][eq]=${sales}`,
    `filter[pipeline_id][eq][]=${sales}`,
  ])
    expect(names(await list(`?${filter}`)), filter).toEqual(defaults)
})

test('productive 20: several values are alternatives, with commas or repeated', async () => {
  for (const filter of [
    'filter[status_id]=2,3',
    'filter[status_id][]=2&filter[status_id][]=3',
    'filter[status_id]=2&filter[status_id]=3',
  ])
    expect(new Set(names(await list(`?${filter}`))), filter).toEqual(new Set(['Won Deals', 'Lost Deals', 'Won', 'Lost']))
})

test('productive 21: a filter that is not the endpoint’s is 400, its status a number and nothing else around it', async () => {
  for (const name of ['name', 'undefined', 'position', '__proto__', 'constructor']) {
    const { status, body } = await list(`?filter[${name}]=x`)
    expect(status).toBe(400)
    expect(body).toEqual({
      errors: [{ status: 400, title: 'Unsupported Filter', detail: `Filter '${name}' is not supported on this endpoint` }],
    })
  }
  expect((await list('?filter[status_id][like]=1')).status).toBe(400)
})

test('productive 22: filters are grouped with $op, and groups nest', async () => {
  const either = 'filter[$op]=or&filter[0][status_id][eq][]=2&filter[1][status_id][eq][]=3'
  expect(names(await list(`?${either}&filter[2][status_id][eq]=4`))).toHaveLength(5)
  const within = `filter[0][pipeline_id]=${production}&filter[1][$op]=or&filter[1][0][status_id]=4&filter[1][1][query]=kick`
  expect(new Set(names(await list(`?${within}`)))).toEqual(new Set(['Kick-off', 'Handed over']))
  expect(names(await list(`?filter[$op]=and&filter[0][status_id][]=1&filter[1][time_tracking_enabled]=false`))).toEqual([
    'Kick-off',
  ])
  expect((await list('?filter[$op]=xor&filter[0][id]=1')).status).toBe(400)
})

test('operators: not_eq, contains, not_contain and comparisons', async () => {
  expect(names(await list(`?filter[pipeline_id][not_eq]=${production}`))).toEqual(defaults)
  expect(names(await list('?filter[query][contains]=deals'))).toEqual(['Won Deals', 'Lost Deals'])
  expect(names(await list(`?filter[query][not_contain]=deals&filter[pipeline_id]=${sales}`))).toEqual(defaults.slice(0, 3))
  expect(names(await list(`?filter[status_id][gt]=3`))).toEqual(['Handed over'])
  expect(names(await list(`?filter[status_id][gt_eq]=2&filter[status_id][lt]=3&filter[pipeline_id]=${sales}`))).toEqual([
    'Won Deals',
  ])
  expect(names(await list(`?filter[status_id][lt_eq]=1&filter[pipeline_id]=${sales}`))).toEqual(defaults.slice(0, 3))
  expect(names(await list('?filter[status_id]=abc'))).toEqual([])
})

test('each documented filter finds what it says', async () => {
  const found: Record<string, string[]> = {
    'pipeline_type_id]=2&filter[status_id]=1': ['Kick-off', 'Doing'],
    'probability_enabled]=true': ['Doing'],
    'lost_reason_enabled]=true': ['Lost Deals', 'Handed over'],
    [`booking_tracking_enabled]=false&filter[pipeline_id]=${sales}`]: ['Won Deals', 'Lost Deals'],
    [`expense_tracking_enabled]=0&filter[pipeline_id]=${sales}`]: ['Won Deals', 'Lost Deals'],
    'time_tracking_enabled]=false&filter[status_id]=1': ['Kick-off'],
    'query]=proposal': ['Proposal Sent'],
  }
  for (const [filter, expected] of Object.entries(found)) expect(names(await list(`?filter[${filter}`)), filter).toEqual(expected)
})

test('productive 23: a sort and its reverse are each other’s mirror, and what has no position comes last either way', async () => {
  const shown = (answer: Answer): (number | null)[] =>
    answer.body.data.map((status: { attributes: { position: number | null } }) => status.attributes.position)
  await pd.post('/deal_statuses', doc('deal_statuses', { name: 'Nowhere' }, { pipeline: ['pipelines', sales] }))
  const up = shown(await list(`?sort=position&filter[pipeline_id]=${sales}`))
  expect(up).toEqual([1, 2, 3, 4, 5, null])
  expect(shown(await list(`?sort=-position&filter[pipeline_id]=${sales}`))).toEqual([5, 4, 3, 2, 1, null])
  const byName = names(await list('?sort=-name'))
  expect(byName).toEqual(byName.toSorted().reverse())
  const twice = (await list('?sort=-status_id,name')).body.data.map(
    (status: { attributes: { status_id: number } }) => status.attributes.status_id,
  )
  expect(twice).toEqual(twice.toSorted((a: number, b: number) => b - a))
  for (const sort of ['created_at', 'id', 'pipeline_id', '-created_at']) expect((await list(`?sort=${sort}`)).status).toBe(200)
})

test('productive 24: an unknown sort is 400', async () => {
  const { status, body } = await list('?sort=-color_id')
  expect({ status, body }).toEqual({
    status: 400,
    body: { errors: [{ status: 400, title: 'Unsupported Sort', detail: "Sort 'color_id' is not supported on this endpoint" }] },
  })
})

test('productive 25, 26, 27: what is included has data, what is not says so, and the organization always has data', async () => {
  const plain = (await list()).body
  expect(plain).not.toHaveProperty('included')
  const { body } = await list('?include=pipeline')
  expect(Object.keys(body)).toEqual(['data', 'included', 'links', 'meta'])
  for (const { relationships } of body.data) expect([sales, production]).toContain(relationships.pipeline.data.id)
  expect(body.included.map(({ type, id }: { type: string; id: string }) => [type, id])).toEqual(
    expect.arrayContaining([
      ['pipelines', sales],
      ['pipelines', production],
    ]),
  )
  expect(body.included).toHaveLength(2)
  for (const { relationships } of plain.data) {
    expect(relationships.pipeline).toEqual({ meta: { included: false } })
    expect(relationships.organization.data.type).toBe('organizations')
  }
  const deep = (await list('?include=pipeline.creator,organization&page[size]=1')).body
  expect(deep.included.map(({ type }: { type: string }) => type).toSorted()).toEqual(['organizations', 'people', 'pipelines'])
  expect(deep.links.first).toContain('include=pipeline.creator%2Corganization&page%5Bnumber%5D=1')
})

test('an include that leads nowhere is 400', async () => {
  for (const include of [
    'deals',
    'pipeline.stages',
    'pipeline.creator.company.deals',
    '__proto__',
    'organization.organization',
  ]) {
    const { status, body } = await list(`?include=${include}`)
    expect(status, include).toBe(400)
    expect(body.errors[0].title).toBe('Unsupported Include')
  }
})

test('productive 28: brackets are the same encoded and raw', async () => {
  const raw = await list('?filter[status_id][eq][]=2&page[size]=1')
  const encoded = await list('?filter%5Bstatus_id%5D%5Beq%5D%5B%5D=2&page%5Bsize%5D=1')
  expect(encoded.body).toEqual(raw.body)
  expect(raw.body.links.next).toContain('filter%5Bstatus_id%5D%5Beq%5D%5B%5D=2&page%5Bnumber%5D=2')
})

test('sparse fieldsets are taken and looked over', async () => {
  expect((await list('?fields[deal_statuses]=name')).body.data[0].attributes).toHaveProperty('color_id')
})
