import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { changeDeal, createDeal } from '../../../domain/edit-deals.ts'
import { changeStage } from '../../../domain/edit-stages.ts'
import { listEvents } from '../../../domain/events.ts'
import { listStages } from '../../../domain/stage.ts'
import { dayInMs } from '../../../domain/time.ts'
import { changeWorkspace } from '../../../domain/workspace.ts'
import { admin, type Body, type Caller, doc, problems } from './caller.ts'

/** A clock that only moves when a test says so. */
const clock = { at: Date.parse('2026-03-17T04:05:46.000Z') }

let app: TestApp
beforeAll(async () => {
  app = await openTestApp({ now: () => clock.at })
})
afterAll(() => app.close())

interface Account {
  ws: TestWorkspace
  pd: Caller
  company: string
  reason: string
  lead: number
  needs: number
  won: number
  lost: number
  add(name: string, attributes?: object, relations?: Record<string, readonly [string, number | string]>): Promise<Body>
  move(
    id: string,
    stage: number,
    attributes?: object,
    relations?: Record<string, readonly [string, number | string]>,
  ): ReturnType<Caller['patch']>
}

async function account(): Promise<Account> {
  const ws = await app.workspace({ template: 'productive', currency: 'EUR' })
  await changeWorkspace(ws.scope, { timeZone: 'Europe/Zagreb' })
  const pd = admin(app, ws)
  const company = (await pd.post('/companies', doc('companies', { name: 'Acme' }))).body.data.id
  const reason = (await pd.post('/lost_reasons', doc('lost_reasons', { name: 'Price' }))).body.data.id
  const [lead = 0, needs = 0, , won = 0, lost = 0] = (await listStages(ws.scope)).map(({ id }) => id)
  return {
    ...{ ws, pd, company, reason, lead, needs, won, lost },
    add: async (name, attributes = {}, relations = {}) => {
      const all = { company: ['companies', company], responsible: ['people', ws.admin.id], ...relations } as const
      const { status, body } = await pd.post('/deals', doc('deals', { name, ...attributes }, all))
      expect({ status, body }).toMatchObject({ status: 201 })
      return body.data
    },
    move: (id, stage, attributes = {}, relations = {}) =>
      pd.patch(`/deals/${id}`, doc('deals', attributes, { deal_status: ['deal_statuses', stage], ...relations })),
  }
}

const names = ({ body }: { body: Body }): string[] => body.data.map((deal: Body) => deal.attributes.name)

describe('creating', () => {
  test('productive 66: name, company and responsible are asked for, one error each', async () => {
    const { pd } = await account()
    const { status, body } = await pd.post('/deals', doc('deals', { deal_type_id: 2, budget: false }))
    expect(status).toBe(422)
    expect(problems({ status, body, headers: new Headers(), text: '' })).toEqual(
      ['name', 'company', 'responsible'].map((field) => [`data/attributes/${field}`, "can't be blank"]),
    )
    expect((await pd.get('/deals')).body.meta.total_count).toBe(0)
  })

  test('productive 76, 77: the whole set of attributes in its order: money in triples of cents, tags a list, custom fields or none', async () => {
    const { add, ws, pd } = await account()
    const { attributes, relationships } = await add('Website', { deal_value: 1_000_000, tag_list: ['hot', 'new'] })
    expect(Object.keys(attributes)).toEqual(recorded)
    expect(Object.keys(relationships)).toEqual(relations)
    const money = Object.keys(attributes).filter(
      (name) => /_(default|normalized)$/.test(name) && !/^(currency|profit_margin)/.test(name),
    )
    expect(money).toHaveLength(26)
    for (const name of money) expect(Number.isInteger(attributes[name]), name).toBe(true)
    expect(attributes).toMatchObject({
      revenue: 1_000_000,
      revenue_default: 1_000_000,
      revenue_normalized: 1_000_000,
      currency_default: 'EUR',
    })
    expect(attributes).toMatchObject({
      tag_list: ['hot', 'new'],
      custom_fields: null,
      number: expect.any(String),
      budget: false,
      deal_type_id: 2,
    })
    expect(attributes.email_key).toMatch(/^[0-9a-f]{32}$/)
    const field = await addCustomField(ws.scope, { subject: 'deal', name: 'Source' })
    const custom = await add('With', { custom_fields: { [field.id]: 'Fair' } })
    expect(custom.attributes.custom_fields).toEqual({ [field.id]: 'Fair' })
    expect(
      (await pd.patch(`/deals/${custom.id}`, doc('deals', { custom_fields: null }))).body.data.attributes.custom_fields,
    ).toBeNull()
    expect(problems(await pd.patch(`/deals/${custom.id}`, doc('deals', { custom_fields: { 1: 'x' } })))).toEqual([
      ['data/attributes/custom_fields', 'is invalid'],
    ])
  })

  test('amounts in another currency are converted with the organization’s rates, and unknown without one', async () => {
    const { add, ws } = await account()
    await changeWorkspace(ws.scope, { rates: { USD: 0.9, JPY: 0.006 } })
    expect((await add('A', { deal_value: 1050, currency: 'USD' })).attributes).toMatchObject({
      ...{
        currency: 'USD',
        currency_default: 'EUR',
        revenue: 1050,
        revenue_default: 945,
        revenue_normalized: 1050,
        exchange_rate: '0.9',
      },
    })
    expect((await add('B', { deal_value: 1000, currency: 'JPY' })).attributes).toMatchObject({
      revenue: 1000,
      revenue_default: 600,
    })
    expect((await add('C', { deal_value: 1050, currency: 'CHF' })).attributes).toMatchObject({
      revenue_default: null,
      exchange_rate: null,
    })
  })

  test('a deal begins in the first open stage, or wherever it is put, and a budget is refused', async () => {
    const { add, pd, lead, needs, company, ws } = await account()
    const stageOf = async (id: string) =>
      (await pd.get(`/deals/${id}?include=deal_status`)).body.data.relationships.deal_status.data.id
    expect(await stageOf((await add('A')).id)).toBe(String(lead))
    expect(await stageOf((await add('B', { deal_status_id: needs })).id)).toBe(String(needs))
    const relations = { company: ['companies', company], responsible: ['people', ws.admin.id] } as const
    expect(problems(await pd.post('/deals', doc('deals', { name: 'Work', budget: true }, relations)))).toEqual([
      ['data/attributes/budget', 'is not allowed'],
    ])
    await changeStage(ws.scope, needs, { isArchived: true })
    expect(problems(await pd.post('/deals', doc('deals', { name: 'C', deal_status_id: needs }, relations)))).toEqual([
      ['data/attributes/deal_status', 'is archived'],
    ])
  })

  test('relations have to be there, and of their type', async () => {
    const { pd, company, ws } = await account()
    const contact = (await pd.post('/people', doc('people', { first_name: 'Eve' }))).body.data.id
    const good = { company: ['companies', company], responsible: ['people', ws.admin.id] } as const
    for (const [name, relation] of [
      ['company', ['companies', 999999]],
      ['responsible', ['people', 999999]],
      ['responsible', ['people', contact]],
      ['contact', ['people', ws.admin.id]],
      ['deal_status', ['deal_statuses', 999999]],
      ['lost_reason', ['lost_reasons', 999999]],
    ] as const)
      expect(problems(await pd.post('/deals', doc('deals', { name: 'A' }, { ...good, [name]: relation })))).toEqual([
        [`data/attributes/${name}`, 'must exist'],
      ])
    const wrong = await pd.post('/deals', doc('deals', { name: 'A' }, { ...good, company: ['people', company] }))
    expect(problems(wrong)).toEqual([['data/attributes/company', 'is invalid']])
    expect((await pd.post('/deals', doc('deals', { name: 'A' }, { ...good, contact: ['people', contact] }))).status).toBe(201)
  })

  test('what only Productive knows is kept as it was said', async () => {
    const { add, pd, ws } = await account()
    const said = {
      ...{
        date: '2026-04-01',
        end_date: '2026-06-30',
        purchase_order_number: 'PO-1',
        position: 9,
        tracking_type_id: 2,
        client_access: true,
      },
      ...{ note: '<p>Call & ask</p>', man_day_minutes: 450, editor_config: { enabled: true }, budget_warning: 80, color_id: '4' },
      ...{ delivered_on: null, revenue_distribution_type: 'even', rounding_interval_id: 3, deal_type_id: 2 },
    }
    const { id, attributes } = await add('A', said)
    expect(attributes).toMatchObject({ ...said, note_interpolated: said.note })
    const [event] = (await listEvents(ws.scope, { subject: 'deal', subjectId: Number(id), limit: 1 })).items
    expect(event?.via).toBe('productive')
    const usual = await pd.patch(
      `/deals/${id}`,
      doc('deals', { position: 1, tracking_type_id: 1, client_access: false, man_day_minutes: 480, editor_config: {} }),
    )
    expect(usual.body.data.attributes).toMatchObject({ position: 1, client_access: false, note: said.note })
    expect((await ws.scope.store.deals.get(Number(id)))?.extras.productive).not.toHaveProperty('position')
    expect((await add('B')).attributes.date).toBe('2026-03-17')
  })
})

describe('moving', () => {
  test('productive 67, 68: by relation and by attribute', async () => {
    const { add, move, pd, needs, lead } = await account()
    const { id } = await add('A')
    const byRelation = await move(id, needs)
    expect(byRelation.status).toBe(200)
    const stageOf = async () => (await pd.get(`/deals/${id}?include=deal_status`)).body.included[0].id
    expect(await stageOf()).toBe(String(needs))
    const byAttribute = await pd.patch(`/deals/${id}`, doc('deals', { deal_status_id: lead }))
    expect(byAttribute.status).toBe(200)
    expect(await stageOf()).toBe(String(lead))
  })

  test('productive 69: won is certain, and closed', async () => {
    const { add, move, won } = await account()
    const { id } = await add('A', { probability: 40, deal_value: 500 })
    clock.at += dayInMs
    const { attributes } = (await move(id, won)).body.data
    expect(attributes).toMatchObject({
      ...{ probability: 100, previous_probability: 40, projected_revenue: 500, time_to_close: 1, days_in_current_stage: 0 },
      ...{ sales_closed_at: '2026-03-18T05:05:46.000+01:00', sales_closed_on: '2026-03-18', closed_at: null },
    })
  })

  test('productive 70: lost is not to be, and remembers what it was', async () => {
    const { add, move, lost, reason, needs, ws } = await account()
    await changeStage(ws.scope, needs, { probability: 5 })
    const { id } = await add('A', { deal_status_id: needs, deal_value: 500 })
    const { body } = await move(id, lost, { lost_comment: 'no budget' }, { lost_reason: ['lost_reasons', reason] })
    expect(body.data.attributes).toMatchObject({
      probability: 0,
      previous_probability: 5,
      projected_revenue: 0,
      lost_comment: 'no budget',
    })
    const deal = await ws.scope.store.deals.get(Number(id))
    expect(deal).toMatchObject({ outcome: 'lost', lossReasonId: Number(reason), openStageId: needs })
    const back = (await move(id, needs)).body.data.attributes
    expect(back).toMatchObject({
      probability: 5,
      previous_probability: null,
      lost_comment: null,
      sales_closed_at: null,
      sales_closed_on: null,
    })
  })

  test('productive 71: a lost stage that wants a reason gets one, or the deal stays where it is', async () => {
    const { add, move, pd, lost, lead, reason, ws } = await account()
    const { id } = await add('A')
    expect(problems(await move(id, lost))).toEqual([['data/attributes/lost_reason', "can't be blank"]])
    expect(await ws.scope.store.deals.get(Number(id))).toMatchObject({ stageId: lead, version: 1 })
    expect((await move(id, lost, { lost_reason_id: reason })).status).toBe(200)
    expect((await pd.patch(`/deals/${id}`, doc('deals', { name: 'Renamed' }))).status).toBe(200)
    const relations = {
      company: ['companies', 0],
      responsible: ['people', ws.admin.id],
      deal_status: ['deal_statuses', lost],
    } as const
    expect((await pd.post('/deals', doc('deals', { name: 'B' }, relations))).status).toBe(422)
    expect((await pd.get('/deals')).body.meta.total_count).toBe(1)
  })

  test('productive 72: the moment of the last move changes with moves alone', async () => {
    const { add, move, pd, needs, won } = await account()
    const { id, attributes } = await add('A')
    const moved = async () => (await pd.get(`/deals/${id}`)).body.data.attributes.sales_status_updated_at
    expect(attributes.sales_status_updated_at).toBe(attributes.created_at)
    clock.at += 1000
    await pd.patch(`/deals/${id}`, doc('deals', { name: 'B', deal_value: 7, tag_list: ['x'] }))
    expect(await moved()).toBe(attributes.created_at)
    clock.at += 1000
    await move(id, needs)
    const first = await moved()
    expect(Date.parse(first)).toBe(clock.at)
    clock.at += 1000
    await move(id, needs, { name: 'C' })
    expect(await moved()).toBe(first)
    await move(id, won)
    expect(Date.parse(await moved())).toBe(clock.at)
  })

  test('the day of closing can be set by hand, on a closed deal', async () => {
    const { add, move, pd, won } = await account()
    const { id } = await add('A')
    expect(problems(await pd.patch(`/deals/${id}`, doc('deals', { sales_closed_on: '2026-03-01' })))).toEqual([
      ['data/attributes/sales_closed_on', 'is not allowed'],
    ])
    const closed = (await move(id, won)).body.data.attributes
    const same = (await pd.patch(`/deals/${id}`, doc('deals', { sales_closed_on: closed.sales_closed_on }))).body.data.attributes
    expect(same.sales_closed_at).toBe(closed.sales_closed_at)
    const earlier = (await pd.patch(`/deals/${id}`, doc('deals', { sales_closed_on: '2026-03-01' }))).body.data.attributes
    expect(earlier).toMatchObject({ sales_closed_on: '2026-03-01', sales_closed_at: '2026-03-01T00:00:00.000+01:00' })
  })

  test('days are counted: in the stage, since it began, since anybody touched it', async () => {
    const { add, move, pd, needs, won } = await account()
    const { id } = await add('A')
    clock.at += 3 * dayInMs
    await move(id, needs)
    clock.at += 2 * dayInMs
    const days = { days_since_created: 5, days_in_current_stage: 2, days_since_last_activity: 2, time_to_close: null }
    expect((await pd.get(`/deals/${id}`)).body.data.attributes).toMatchObject(days)
    await move(id, won)
    clock.at += 10 * dayInMs
    const closed = { days_since_created: 5, days_in_current_stage: 10, time_to_close: 5 }
    expect((await pd.get(`/deals/${id}`)).body.data.attributes).toMatchObject(closed)
  })
})

test('productive 73: a deleted deal is gone, lies in the recycle bin, and comes back from there', async () => {
  const { add, pd, ws } = await account()
  const { id } = await add('A')
  const kept = await add('B')
  const deleted = await pd.delete(`/deals/${id}`)
  expect({ status: deleted.status, text: deleted.text }).toEqual({ status: 204, text: '' })
  expect((await pd.get(`/deals/${id}`)).status).toBe(404)
  expect((await pd.delete(`/deals/${id}`)).status).toBe(404)
  expect(names(await pd.get('/deals'))).toEqual(['B'])
  const { body } = await pd.get('/deleted_items?include=deleter')
  expect(body.data).toMatchObject([
    {
      type: 'deleted_items',
      attributes: { item_id: Number(id), item_type: 'deal', name: 'A', deleter_id: ws.admin.id, location: 'Company: Acme' },
    },
  ])
  expect(body.included[0]).toMatchObject({ type: 'people', id: String(ws.admin.id) })
  expect((await pd.get(`/deleted_items/${body.data[0].id}`)).body.data).toMatchObject({ attributes: body.data[0].attributes })
  for (const [filter, count] of [
    ['item_type]=deal', 1],
    ['item_type]=task', 0],
    ['name]=A', 1],
    ['name]=B', 0],
    ['id]=0', 0],
  ] as const)
    expect((await pd.get(`/deleted_items?filter[${filter}`)).body.meta.total_count, filter).toBe(count)
  expect((await pd.patch(`/deleted_items/${kept.id}/restore`)).status).toBe(404)
  const restored = await pd.patch(`/deleted_items/${body.data[0].id}/restore`)
  expect({ status: restored.status, ...restored.body.data }).toMatchObject({
    status: 200,
    type: 'deals',
    id,
    attributes: { name: 'A', deleted_at: null },
  })
  expect(names(await pd.get('/deals'))).toEqual(['A', 'B'])
  expect((await pd.get('/deleted_items')).body.data).toEqual([])
})

describe('lists', () => {
  test('productive 74: there are deals, and no budgets', async () => {
    const { add, pd } = await account()
    await add('A')
    for (const filter of ['type]=1', 'budget]=false', 'budget_status]=1', 'status]=1', 'deal_type_id]=2', 'type][not_eq]=2'])
      expect(names(await pd.get(`/deals?filter[${filter}`)), filter).toEqual(['A'])
    for (const filter of ['type]=2', 'budget]=true', 'budget_status]=2', 'deal_type_id]=1']) {
      const { body } = await pd.get(`/deals?filter[${filter}`)
      expect(body, filter).toMatchObject({ data: [], meta: { total_count: 0, total_pages: 0 } })
    }
  })

  test('productive 75: by the status of their stage', async () => {
    const { add, pd, won, lost, reason } = await account()
    await add('Open')
    await add('Won', { deal_status_id: won })
    await add('Lost', { deal_status_id: lost, lost_reason_id: reason })
    const delivered = (
      await pd.post(
        '/deal_statuses',
        doc('deal_statuses', { name: 'Delivered', status_id: 4, pipeline_id: (await pd.get('/pipelines')).body.data[0].id }),
      )
    ).body.data.id
    await add('Done', { deal_status_id: delivered })
    for (const filter of ['stage_status_id', 'sales_status_id']) {
      for (const [value, expected] of [
        ['1', ['Open']],
        ['2', ['Won']],
        ['3', ['Lost']],
        ['4', ['Done']],
        ['2,3', ['Won', 'Lost']],
        ['9', []],
      ] as const)
        expect(names(await pd.get(`/deals?filter[${filter}]=${value}`)), value).toEqual(expected)
      expect(names(await pd.get(`/deals?filter[${filter}][not_eq]=1`))).toEqual(['Won', 'Lost', 'Done'])
    }
    expect((await pd.get('/deals?filter[stage_status_id]=2')).body.meta.total_count).toBe(1)
  })

  test('each filter finds what it says, with its operators', async () => {
    const { add, pd, ws, won, needs, company } = await account()
    const other = (await pd.post('/companies', doc('companies', { name: 'Globex' }))).body.data.id
    const eve = (await pd.post('/people', doc('people', { first_name: 'Eve' }))).body.data.id
    const { user } = await ws.member('member')
    const field = await addCustomField(ws.scope, { subject: 'deal', name: 'Source' })
    const a = await add('Website relaunch', { deal_value: 100, tag_list: ['hot'] })
    clock.at += dayInMs
    await add(
      'App',
      { deal_value: 200, currency: 'USD', custom_fields: { [field.id]: 'Fair' } },
      { company: ['companies', other], contact: ['people', eve], deal_status: ['deal_statuses', needs] },
    )
    clock.at += dayInMs
    await add('Shop', { deal_value: 300 }, { responsible: ['people', user.id], deal_status: ['deal_statuses', won] })
    const today = new Date(clock.at).toISOString().slice(0, 10)
    const yesterday = new Date(clock.at - dayInMs).toISOString().slice(0, 10)
    const found: Record<string, string[]> = {
      [`id]=${a.id}`]: ['Website relaunch'],
      [`number][not_eq]=${a.id}`]: ['App', 'Shop'],
      'name]=App': ['App'],
      'name][]=App&filter[name][]=Shop': ['App', 'Shop'],
      'name][contains]=relaunch': ['Website relaunch'],
      'name][not_contain]=relaunch': ['App', 'Shop'],
      'query]=web': ['Website relaunch'],
      'full_query]=fair': ['App'],
      [`company_id]=${company}`]: ['Website relaunch', 'Shop'],
      [`company_id]=${company},${other}`]: ['Website relaunch', 'App', 'Shop'],
      [`responsible_id]=${user.id}`]: ['Shop'],
      [`responsible_id][not_eq]=${user.id}`]: ['Website relaunch', 'App'],
      [`creator_id]=${ws.admin.id}`]: ['Website relaunch', 'App', 'Shop'],
      [`contact_id]=${eve}`]: ['App'],
      [`contact_id]=${ws.admin.id}`]: [],
      [`status_id]=${needs}`]: ['App'],
      [`deal_status_id][]=${needs}&filter[deal_status_id][]=${won}`]: ['App', 'Shop'],
      'currency]=USD': ['App'],
      'tags]=hot': ['Website relaunch'],
      'tags][not_eq]=hot': ['App', 'Shop'],
      'revenue][gt]=100': ['App', 'Shop'],
      'revenue][gt_eq]=200&filter[revenue][lt]=300': ['App'],
      'revenue][lt_eq]=100': ['Website relaunch'],
      'revenue]=100,300': ['Website relaunch', 'Shop'],
      [`created_at]=${today}`]: ['Shop'],
      [`created_at][lt]=${today}`]: ['Website relaunch', 'App'],
      [`created_at][gt_eq]=${yesterday}`]: ['App', 'Shop'],
      [`created_at][not_eq]=${yesterday}`]: ['Website relaunch', 'Shop'],
      [`sales_closed_on]=${today}`]: ['Shop'],
      [`won_at][gt]=${yesterday}`]: ['Shop'],
      [`lost_at][gt]=${yesterday}`]: [],
      [`stage_updated_at][gt_eq]=${today}`]: ['Shop'],
      [`custom_fields][${field.id}]=Fair`]: ['App'],
      'lost_reason_id]=1': [],
      '$op]=or&filter[0][name]=App&filter[1][revenue][gt]=250': ['App', 'Shop'],
      '0][revenue][gt]=50&filter[1][$op]=or&filter[1][0][query]=web&filter[1][1][tags]=cold': ['Website relaunch'],
    }
    for (const [filter, expected] of Object.entries(found)) {
      const answer = await pd.get(`/deals?filter[${filter}`)
      expect(answer.status, `${filter}: ${answer.text.slice(0, 200)}`).toBe(200)
      expect(names(answer), filter).toEqual(expected)
      expect(answer.body.meta.total_count, filter).toBe(expected.length)
    }
  })

  test('a filter or sort that crmux has nothing for is refused rather than overlooked', async () => {
    const { pd } = await account()
    for (const filter of [
      'project_id]=1',
      'subscriber_id]=1',
      'recurring]=true',
      'nothing]=1',
      'company_id][gt]=1',
      'tags][lt]=x',
      'created_at][contains]=2026',
    ])
      expect((await pd.get(`/deals?filter[${filter}`)).body.errors[0]).toMatchObject({ status: 400, title: 'Unsupported Filter' })
    for (const sort of ['company_name', 'responsible', 'days_in_current_stage', '-'])
      expect((await pd.get(`/deals?sort=${sort}`)).body.errors[0]).toMatchObject({ status: 400, title: 'Unsupported Sort' })
  })

  test('sorts, several at once, and pages', async () => {
    const { add, pd } = await account()
    for (const [name, value] of [
      ['B', 2],
      ['A', 2],
      ['C', 1],
    ] as const)
      await add(name, { deal_value: value })
    expect(names(await pd.get('/deals?sort=name'))).toEqual(['A', 'B', 'C'])
    expect(names(await pd.get('/deals?sort=-revenue,name'))).toEqual(['A', 'B', 'C'])
    expect(names(await pd.get('/deals?sort=-number'))).toEqual(['C', 'A', 'B'])
    const second = await pd.get('/deals?sort=name&page[size]=1&page[number]=2')
    expect(names(second)).toEqual(['B'])
    expect(second.body.meta).toMatchObject({ total_pages: 3, total_count: 3 })
  })

  test('deals that were archived elsewhere are on no list, and still found by their number', async () => {
    const { add, pd, ws } = await account()
    const { id } = await add('A')
    await changeDeal(ws.scope, Number(id), { isArchived: true })
    expect((await pd.get('/deals')).body.meta.total_count).toBe(0)
    expect((await pd.get(`/deals/${id}`)).status).toBe(200)
  })

  test('a deal without company, made elsewhere, is shown with none', async () => {
    const { pd, ws } = await account()
    const { id } = await createDeal(ws.scope, { title: 'Bare' })
    const { body } = await pd.get(`/deals/${id}?include=company,contact,responsible,project,deal_status.pipeline`)
    expect(body.data.relationships).toMatchObject({ company: { data: null }, contact: { data: null }, project: { data: null } })
    expect(body.included.map(({ type }: Body) => type)).toEqual(['people', 'deal_statuses', 'pipelines'])
    expect((await pd.get(`/deals/${id}?include=pipeline`)).status).toBe(400)
  })
})

test('a deal written back as it was read changes nothing', async () => {
  const { add, pd, ws, won } = await account()
  const { id } = await add(
    'A',
    { deal_value: 1234, probability: 30, note: 'x', tag_list: ['a'], date: '2026-01-01' },
    { deal_status: ['deal_statuses', won] },
  )
  const { data } = (await pd.get(`/deals/${id}`)).body
  const before = await ws.scope.store.deals.get(Number(id))
  const { probability: _, ...attributes } = data.attributes
  const { status, body } = await pd.patch(`/deals/${id}`, { data: { ...data, attributes } })
  expect({ status, data: body.data }).toEqual({ status: 200, data })
  expect(await ws.scope.store.deals.get(Number(id))).toEqual(before)
})

const triples = [
  'revenue',
  'services_revenue',
  'budget_total',
  'budget_used',
  'projected_revenue',
  'cost',
  'profit',
  'invoiced',
  'pending_invoicing',
  'manually_invoiced',
  'draft_invoiced',
  'amount_credited',
  'expense',
]

/** The order in which the vendor's own client recorded a deal. */
const recorded = [
  ...'name date end_date number deal_number suffix time_approval expense_approval client_access deal_type_id budget'.split(' '),
  ...'sales_status_updated_at tag_list origin_deal_id profit_margin profit_margin_normalized profit_margin_default email_key'.split(
    ' ',
  ),
  ...'purchase_order_number custom_fields position service_type_restricted_tracking tracking_type_id editor_config discount'.split(
    ' ',
  ),
  ...'man_day_minutes rounding_interval_id rounding_method_id validate_expense_when_closing revenue_distribution_type color_id'.split(
    ' ',
  ),
  ...'connection_status revenue_distribution_method billable_time budget_warning estimated_time budgeted_time worked_time'.split(
    ' ',
  ),
  ...'time_to_close days_since_created days_since_last_activity days_in_current_stage probability previous_probability'.split(
    ' ',
  ),
  ...'note_interpolated proposal_note_interpolated footer_interpolated proposal_footer_interpolated todo_count todo_due_date'.split(
    ' ',
  ),
  ...'note proposal_note lost_comment closed_at delivered_on last_activity_at deleted_at created_at sales_closed_at exchange_rate'.split(
    ' ',
  ),
  ...'exchange_date sales_closed_on sample_data external_id external_sync manual_invoicing_status_id footer proposal_footer'.split(
    ' ',
  ),
  ...'access_to_deal currency currency_default currency_normalized'.split(' '),
  ...triples.flatMap((name) => [name, `${name}_default`, `${name}_normalized`]),
]

const relations = [
  ...'organization creator company document_type proposal_document_type responsible deal_status project lost_reason contract'.split(
    ' ',
  ),
  ...'contact subsidiary template tax_rate pipeline origin_deal approval_policy_assignment next_todo expense_approval_workflow'.split(
    ' ',
  ),
  ...'time_approval_workflow invoice_template automatic_invoicing_rule custom_field_people custom_field_attachments'.split(' '),
]
