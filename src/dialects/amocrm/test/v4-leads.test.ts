import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { changeDeal, deleteDeal } from '../../../domain/edit-deals.ts'
import { addStage } from '../../../domain/edit-stages.ts'
import { addLossReason } from '../../../domain/loss-reason.ts'
import { addParty } from '../../../domain/party.ts'
import { addLead, addPipelines, type Body, type Caller, callAs, formType, leadOf } from './caller.ts'

let now = Date.UTC(2026, 10, 20, 12)
let app: TestApp
let ws: TestWorkspace
let caller: Caller
let main: Body
let other: Body
beforeAll(async () => {
  app = await openTestApp({ now: () => now })
})
beforeEach(async () => {
  ws = await app.workspace({ template: 'amocrm' })
  caller = callAs(app, ws)
  await addPipelines(caller, { name: 'B', statuses: [{ name: 'x' }, { name: 'y' }] })
  ;[main, other] = (await caller.get('/api/v4/leads/pipelines')).body._embedded.pipelines
})
afterAll(() => app.close())

const path = '/api/v4/leads'
const seconds = () => Math.floor(now / 1000)
const stage = (pipeline: Body, index: number): number => pipeline._embedded.statuses[index].id
const list = async (query = ''): Promise<Body[]> => (await caller.get(path + query)).body?._embedded.leads ?? []
const names = async (query: string) => (await list(query)).map(({ name }) => name)
const patch = (id: number, row: object) => caller.patch(`${path}/${id}`, row)
const errorsOf = ({ body }: { body?: Body }) => body['validation-errors'][0].errors

describe('listing', () => {
  test('amocrm 74: no leads are 204 without a body', async () => {
    const { status, text } = await caller.get(path)
    expect([status, text]).toEqual([204, ''])
  })

  test('amocrm 75: 250 to a page, and not one more', async () => {
    for (let page = 0; page < 2; page++)
      await caller.post(
        path,
        Array.from({ length: 126 }, (_, i) => ({ name: `L${page} ${i}` })),
      )
    expect(await list('?limit=250')).toHaveLength(250)
    expect(await list('?limit=251')).toHaveLength(250)
    expect(await list('?limit=1000000')).toHaveLength(250)
    expect(await list()).toHaveLength(50)
    for (const query of ['?limit=0', '?limit=-1', '?limit=x', '?page=0', '?page=-1', '?page=x'])
      expect(await list(query)).toHaveLength(50)
  })

  test('amocrm 76: pages lead to each other, the last one to none', async () => {
    await caller.post(
      path,
      Array.from({ length: 5 }, (_, i) => ({ name: `L${i}` })),
    )
    const seen: string[] = []
    const links: string[][] = []
    for (let next: string | undefined = `${caller.origin}${path}?limit=2&with=contacts`; next; ) {
      const { body } = await caller.get(next.slice(caller.origin.length))
      expect(body._page).toBe(links.length + 1)
      seen.push(...body._embedded.leads.map(({ name }: Body) => name))
      links.push(Object.keys(body._links))
      next = body._links.next?.href
    }
    expect(seen).toEqual(['L0', 'L1', 'L2', 'L3', 'L4'])
    expect(links).toEqual([
      ['self', 'next'],
      ['self', 'next', 'first', 'prev'],
      ['self', 'first', 'prev'],
    ])
    expect((await caller.get(`${path}?limit=2&page=4`)).status).toBe(204)
  })

  test('links repeat what was asked, with brackets encoded, and work', async () => {
    await addLead(caller, { name: 'one', status_id: 142 })
    await addLead(caller, { name: 'two', status_id: 142 })
    await addLead(caller, { name: 'three' })
    const filter = `filter[statuses][0][pipeline_id]=${main.id}&filter[statuses][0][status_id]=142`
    const { body } = await caller.get(`${path}?limit=1&${filter}&order[id]=desc`)
    const { href } = body._links.next
    expect(href).toContain('filter%5Bstatuses%5D%5B0%5D%5Bstatus_id%5D=142')
    expect(href).not.toContain('[')
    expect(await names(href.slice((caller.origin + path).length))).toEqual(['one'])
  })

  test('amocrm 77: of a parameter that is repeated the last one counts, as amocrm-js repeats them', async () => {
    await caller.post(path, [{ name: 'one' }, { name: 'two' }, { name: 'three' }])
    expect(await names('?page=1&limit=1&limit=2&page=2')).toEqual(['three'])
    expect(await names('?order[id]=asc&order%5Bid%5D=desc&limit=1')).toEqual(['three'])
    const { body } = await caller.get(`${path}?limit=3&page=2&limit=1`)
    expect(body._links.next.href).toBe(`${caller.origin}${path}?limit=1&page=3`)
  })

  test('amocrm 78: order by creation, change and id', async () => {
    const first = await addLead(caller, { name: 'first' })
    now += 5000
    await addLead(caller, { name: 'second' })
    now += 5000
    await patch(first, { name: 'first!' })
    expect(await names('?order[created_at]=desc')).toEqual(['second', 'first!'])
    expect(await names('?order[updated_at]=asc')).toEqual(['second', 'first!'])
    expect(await names('?order[id]=asc')).toEqual(['first!', 'second'])
    expect(await names('?order[name]=asc')).toHaveLength(2)
  })

  test('amocrm 79: a status of a pipeline selects', async () => {
    await caller.post(path, [
      { name: 'won here', status_id: 142, pipeline_id: main.id },
      { name: 'won there', status_id: 142, pipeline_id: other.id },
      { name: 'open there', status_id: stage(other, 1) },
      { name: 'lost here', status_id: 143, pipeline_id: main.id },
    ])
    const status = (i: number, pipeline: number, id: number) =>
      `filter[statuses][${i}][pipeline_id]=${pipeline}&filter[statuses][${i}][status_id]=${id}`
    expect(await names(`?${status(0, main.id, 142)}`)).toEqual(['won here'])
    expect(await names(`?${status(0, other.id, 142)}&${status(1, other.id, stage(other, 1))}`)).toEqual([
      'won there',
      'open there',
    ])
    expect(await names('?filter[statuses][0][status_id]=142')).toEqual(['won here', 'won there'])
    expect(await names(`?${status(0, main.id, stage(other, 1))}`)).toEqual([])
    expect(await names(`?${status(0, 999999, 142)}`)).toEqual([])
  })

  test('every other filter', async () => {
    const member = await ws.member('member')
    const a = await addLead(caller, { name: 'Alpha', price: 10, pipeline_id: other.id })
    const b = await addLead(callAs(app, member), { name: 'Beta', price: 20, status_id: 142 })
    now += 60_000
    const c = await addLead(caller, { name: 'Gamma', price: 30, responsible_user_id: member.user.id })
    const cases: [string, string[]][] = [
      [`filter[id]=${a}`, ['Alpha']],
      [`filter[id][]=${a}&filter[id][]=${c}`, ['Alpha', 'Gamma']],
      [`filter[id]=${a},${b}`, ['Alpha', 'Beta']],
      ['filter[id]=abc', []],
      ['filter[id]=9223372036854775808', []],
      ['filter[name]=Beta', ['Beta']],
      ['filter[price][from]=20', ['Beta', 'Gamma']],
      ['filter[price][from]=10&filter[price][to]=20', ['Alpha', 'Beta']],
      [`filter[pipeline_id]=${other.id}`, ['Alpha']],
      [`filter[pipeline_id][0]=${other.id}&filter[pipeline_id][1]=${main.id}`, ['Alpha', 'Beta', 'Gamma']],
      [`filter[created_by]=${member.user.id}`, ['Beta']],
      [`filter[responsible_user_id][]=${member.user.id}`, ['Beta', 'Gamma']],
      [`filter[created_at][from]=${seconds()}`, ['Gamma']],
      [`filter[created_at][to]=${seconds() - 1}`, ['Alpha', 'Beta']],
      [`filter[updated_at][from]=${seconds()}&filter[updated_at][to]=${seconds()}`, ['Gamma']],
      [`filter[closed_at][from]=${seconds() - 100}`, ['Beta']],
      [`filter[closed_at][to]=${seconds() - 100}`, []],
      ['filter[closed_at][from]=0', ['Beta']],
      ['filter[closest_task_at][from]=1', []],
      ['filter[colour]=red', ['Alpha', 'Beta', 'Gamma']],
      ['query=gam', ['Gamma']],
    ]
    for (const [query, expected] of cases) expect([query, await names(`?${query}`)]).toEqual([query, expected])
  })

  test('a lead is within a price as it is shown', async () => {
    const id = await addLead(caller, { price: 10 })
    await changeDeal(ws.scope, id, { amount: 1049 })
    expect(await names('?filter[price][to]=10')).toHaveLength(1)
    await changeDeal(ws.scope, id, { amount: 1050 })
    expect(await names('?filter[price][to]=10')).toHaveLength(0)
    expect(await names('?filter[price][from]=11')).toHaveLength(1)
  })

  test('filters that cannot be applied are refused rather than passed over', async () => {
    const field = await addCustomField(ws.scope, { subject: 'deal', name: 'N', type: 'number' })
    for (const query of [
      `filter[custom_fields_values][${field.id}][from]=1`,
      'filter[updated_by]=1',
      'filter[name][]=a&filter[name][]=b',
    ]) {
      const answer = await caller.get(`${path}?${query}`)
      expect([query, answer.status, answer.body.title]).toEqual([query, 400, 'Bad Request'])
    }
    const id = await addLead(caller, { custom_fields_values: [{ field_id: field.id, values: [{ value: 5 }] }] })
    expect((await list(`?filter[custom_fields_values][${field.id}][]=5`)).map((lead) => lead.id)).toEqual([id])
    expect(await list(`?filter[custom_fields_values][${field.id}][]=6`)).toEqual([])
  })

  test('deleted leads are seen only when they are asked for', async () => {
    const id = await addLead(caller, { name: 'gone' })
    await addLead(caller, { name: 'there' })
    await deleteDeal(ws.scope, id)
    expect(await names('')).toEqual(['there'])
    const [gone] = await list('?with=only_deleted')
    expect(gone).toMatchObject({ id, name: 'gone', is_deleted: true })
    expect((await caller.get(`${path}/${id}`)).status).toBe(204)
    expect((await caller.get(`${path}/${id}?with=only_deleted`)).body.is_deleted).toBe(true)
    expect((await patch(id, { name: 'x' })).status).toBe(404)
  })
})

describe('writing', () => {
  test('amocrm 80: adding answers ids, names of rows and links, and no more', async () => {
    const { status, body } = await caller.post(path, [{ name: 'A', request_id: 'r' }, {}])
    expect(status).toBe(200)
    const [a, b] = body._embedded.leads
    expect(body).toEqual({
      _links: { self: { href: `${caller.origin}${path}` } },
      _embedded: {
        leads: [
          { id: a.id, request_id: 'r', _links: { self: { href: `${caller.origin}${path}/${a.id}` } } },
          { id: b.id, request_id: '1', _links: { self: { href: `${caller.origin}${path}/${b.id}` } } },
        ],
      },
    })
  })

  test('amocrm 81: a lead without a status begins at the first one of the main pipeline, or of the one it names', async () => {
    expect(await leadOf(caller, await addLead(caller))).toMatchObject({ pipeline_id: main.id, status_id: stage(main, 0) })
    expect(await leadOf(caller, await addLead(caller, { pipeline_id: other.id }))).toMatchObject({
      pipeline_id: other.id,
      status_id: stage(other, 0),
    })
  })

  test('amocrm 40, 82, 84: winning sets closed_at, reopening clears it', async () => {
    const id = await addLead(caller, { pipeline_id: other.id })
    expect((await leadOf(caller, id)).closed_at).toBeNull()
    const { status, body } = await patch(id, { status_id: 142, pipeline_id: other.id })
    expect([status, Object.keys(body)]).toEqual([200, ['id', 'updated_at', '_links']])
    expect(await leadOf(caller, id)).toMatchObject({ status_id: 142, pipeline_id: other.id, closed_at: seconds() })
    await patch(id, { status_id: stage(other, 1) })
    expect(await leadOf(caller, id)).toMatchObject({ status_id: stage(other, 1), closed_at: null })
  })

  test('amocrm 83, 85: losing keeps the reason, which comes with the lead when it is asked for', async () => {
    const reason = await addLossReason(ws.scope, { name: 'Too dear' })
    const id = await addLead(caller)
    await patch(id, { status_id: 143, pipeline_id: main.id, loss_reason_id: reason.id })
    expect(await leadOf(caller, id)).toMatchObject({ status_id: 143, loss_reason_id: reason.id })
    expect((await leadOf(caller, id))._embedded).not.toHaveProperty('loss_reason')
    const { body } = await caller.get(`${path}/${id}?with=loss_reason`)
    expect(body._embedded.loss_reason).toMatchObject([{ id: reason.id, name: 'Too dear' }])
    await patch(id, { loss_reason_id: null })
    expect((await leadOf(caller, id)).loss_reason_id).toBeNull()
    await patch(id, { loss_reason_id: String(reason.id) })
    await patch(id, { status_id: stage(main, 1) })
    expect((await leadOf(caller, id)).loss_reason_id).toBeNull()
  })

  test('a reason or a date of closing on an open lead says nothing', async () => {
    const reason = await addLossReason(ws.scope, { name: 'Too dear' })
    const id = await addLead(caller, { loss_reason_id: reason.id, closed_at: 1_600_000_000 })
    expect(await leadOf(caller, id)).toMatchObject({ loss_reason_id: null, closed_at: null })
    const won = await addLead(caller, { status_id: 142, closed_at: 1_600_000_000, created_at: 1_500_000_000 })
    expect(await leadOf(caller, won)).toMatchObject({ closed_at: 1_600_000_000, created_at: 1_500_000_000 })
  })

  test('amocrm 86: reasons are counted, found, and an unknown one is named', async () => {
    expect((await caller.get(`${path}/loss_reasons`)).status).toBe(204)
    const { status, body } = await caller.post(`${path}/loss_reasons`, [
      { name: 'B', sort: 20 },
      { name: 'A', sort: 10, request_id: 'q' },
    ])
    expect([status, body._total_items]).toEqual([200, 2])
    expect(body._embedded.loss_reasons.map(({ name, sort, request_id }: Body) => [name, sort, request_id])).toEqual([
      ['B', 20, '0'],
      ['A', 10, 'q'],
    ])
    const all = await caller.get(`${path}/loss_reasons`)
    expect(all.body._total_items).toBe(2)
    expect(all.body._embedded.loss_reasons.map(({ name }: Body) => name)).toEqual(['A', 'B'])
    const [first] = all.body._embedded.loss_reasons
    expect(Object.keys(first)).toEqual(['id', 'name', 'sort', 'created_at', 'updated_at', '_links'])
    expect((await caller.get(`${path}/loss_reasons/${first.id}`)).body).toEqual(first)
    expect((await caller.delete(`${path}/loss_reasons/${first.id}`)).status).toBe(204)
    const gone = await caller.get(`${path}/loss_reasons/${first.id}`)
    expect([gone.status, gone.body.detail]).toEqual([404, 'Loss reason not found'])
    const twice = await caller.post(`${path}/loss_reasons`, [{ name: 'B' }])
    expect([twice.status, errorsOf(twice)[0].code]).toEqual([400, 'NotUnique'])
  })

  test('amocrm 71: a body that repeats the id and names its row works', async () => {
    const id = await addLead(caller)
    const { status, body } = await patch(id, { id, status_id: 143, pipeline_id: main.id, request_id: '0' })
    expect([status, body.id]).toEqual([200, id])
    expect((await leadOf(caller, id)).status_id).toBe(143)
  })

  test('several are changed at once, or none, with everything that is wrong', async () => {
    const [a, b] = [await addLead(caller, { name: 'A' }), await addLead(caller, { name: 'B' })]
    const done = await caller.patch(path, [
      { id: a, name: 'A2', request_id: 'x' },
      { id: b, price: 5 },
    ])
    expect(done.body._embedded.leads.map(({ id, request_id, updated_at }: Body) => [id, request_id, updated_at])).toEqual([
      [a, 'x', seconds()],
      [b, '1', seconds()],
    ])
    const refused = await caller.patch(path, [
      { id: a, name: 'A3' },
      { id: b, status_id: 999_999, request_id: 'bad' },
      { id: 999_999, name: 'x' },
      { name: 'x' },
      'x',
    ])
    expect(refused.status).toBe(400)
    expect(
      refused.body['validation-errors'].map(({ request_id, errors }: Body) => [request_id, errors[0].code, errors[0].path]),
    ).toEqual([
      ['bad', 'NotSupportedChoice', 'status_id'],
      ['2', 'NotSupportedChoice', 'id'],
      ['3', 'FieldMissing', 'id'],
      ['4', 'InvalidType', ''],
    ])
    expect((await leadOf(caller, a)).name).toBe('A2')
  })

  test('a pipeline alone moves an open lead to its first status and a closed one to the same end', async () => {
    const open = await addLead(caller, { status_id: stage(main, 2) })
    await patch(open, { pipeline_id: other.id })
    expect((await leadOf(caller, open)).status_id).toBe(stage(other, 0))
    await patch(open, { pipeline_id: other.id, name: 'stays' })
    expect((await leadOf(caller, open)).status_id).toBe(stage(other, 0))
    const won = await addLead(caller, { status_id: 142 })
    await patch(won, { pipeline_id: other.id })
    expect(await leadOf(caller, won)).toMatchObject({ status_id: 142, pipeline_id: other.id })
  })

  test.each([
    ['a status of another pipeline', () => ({ status_id: stage(other, 0), pipeline_id: main.id }), 'status_id'],
    ['a status of our own for a closed one', () => ({ status_id: 306 }), 'status_id'],
    ['an unknown pipeline', () => ({ pipeline_id: 999_999 }), 'pipeline_id'],
    ['an unknown user', () => ({ responsible_user_id: 999_999 }), 'responsible_user_id'],
    ['an unknown reason', () => ({ status_id: 143, loss_reason_id: 999_999 }), 'loss_reason_id'],
    ['a long name', () => ({ name: 'x'.repeat(256) }), 'name'],
    ['a price with cents', () => ({ price: 1.5 }), 'price'],
    ['a price beyond all sums', () => ({ price: 9_000_000_000_000_000 }), 'price'],
    ["a tag by an id that is nobody's", () => ({ _embedded: { tags: [{ id: 5 }] } }), '_embedded.tags.0.id'],
    ['an unknown contact', () => ({ _embedded: { contacts: [{ id: 999_999 }] } }), '_embedded.contacts'],
    ['an unknown company', () => ({ _embedded: { companies: [{ id: 999_999 }] } }), '_embedded.companies'],
  ])('%s is refused by name', async (_case, row, field) => {
    const answer = await caller.post(path, [row()])
    expect(answer.status).toBe(400)
    expect(errorsOf(answer)[0].path).toBe(field)
    expect(await list()).toEqual([])
  })

  test("amocrm 94: a field that does not exist is refused in the words of the vendor's page", async () => {
    const answer = await caller.post(path, [{ custom_fields_values: [{ field_id: 999_999, values: [{ value: 'x' }] }] }])
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({
      'validation-errors': [
        {
          request_id: '0',
          errors: [
            {
              code: 'NotSupportedChoice',
              path: 'custom_fields_values.0.field_id',
              detail: 'The value you selected is not a valid choice.',
            },
          ],
        },
      ],
      title: 'Bad Request',
      type: 'https://httpstatus.es/400',
      status: 400,
      detail: 'Request validation failed',
    })
  })

  test('fields of all types are kept and shown', async () => {
    const make = (name: string, type: 'text' | 'number' | 'boolean' | 'date' | 'choice', options?: string[]) =>
      addCustomField(ws.scope, { subject: 'deal', name, type, options })
    const [text, number, flag, day, choice] = [
      await make('T', 'text'),
      await make('N', 'number'),
      await make('F', 'boolean'),
      await make('D', 'date'),
      await make('C', 'choice', ['S', 'L']),
    ]
    const id = await addLead(caller, {
      custom_fields_values: [
        { field_id: text.id, values: [{ value: 'hello' }] },
        { field_id: number.id, values: [{ value: '12.5' }] },
        { field_id: flag.id, values: [{ value: true }] },
        { field_id: day.id, values: [{ value: 1_795_132_800 }] },
        { field_id: choice.id, values: [{ enum_id: choice.id * 1000 + 1 }] },
      ],
    })
    const { custom_fields_values } = await leadOf(caller, id)
    expect(custom_fields_values.map(({ field_type, values }: Body) => [field_type, values[0]])).toEqual([
      ['text', { value: 'hello' }],
      ['numeric', { value: '12.5' }],
      ['checkbox', { value: true }],
      ['date', { value: 1_795_132_800 }],
      ['select', { value: 'L', enum_id: choice.id * 1000 + 1, enum_code: null }],
    ])
    // What was read can be sent back as it is, and a list without values clears.
    await patch(id, { custom_fields_values })
    expect((await leadOf(caller, id)).custom_fields_values).toEqual(custom_fields_values)
    await patch(id, {
      custom_fields_values: [
        { field_id: text.id, values: [] },
        { field_id: choice.id, values: [{ value: 'S' }] },
      ],
    })
    const after = await leadOf(caller, id)
    expect(after.custom_fields_values.map(({ values }: Body) => values[0].value)).toEqual(['12.5', true, 1_795_132_800, 'S'])
    const wrong = await patch(id, { custom_fields_values: [{ field_id: number.id, values: [{ value: 'many' }] }] })
    expect(errorsOf(wrong)[0].path).toBe('custom_fields_values.0.values.0.value')
  })

  test('tags are replaced, added and taken away, by name or by the id they are shown with', async () => {
    const tags = async (id: number) => (await leadOf(caller, id))._embedded.tags.map(({ name }: Body) => name)
    const id = await addLead(caller, { _embedded: { tags: [{ name: 'a' }, { name: 'b' }] }, tags_to_add: [{ name: 'c' }] })
    expect(await tags(id)).toEqual(['a', 'b', 'c'])
    const [a] = (await leadOf(caller, id))._embedded.tags
    await patch(id, { tags_to_delete: [{ id: a.id }, { name: 'c' }], tags_to_add: [{ name: 'd' }] })
    expect(await tags(id)).toEqual(['b', 'd'])
    await patch(id, { name: 'x' })
    expect(await tags(id)).toEqual(['b', 'd'])
    await patch(id, { _embedded: { tags: null } })
    expect(await tags(id)).toEqual([])
  })

  test('contacts and company are named when a lead is made, and come along when they are asked for', async () => {
    const [ann, bob] = [
      await addParty(ws.scope, { kind: 'person', name: 'Ann' }),
      await addParty(ws.scope, { kind: 'person', name: 'Bob' }),
    ]
    const acme = await addParty(ws.scope, { kind: 'company', name: 'Acme' })
    const id = await addLead(caller, {
      _embedded: { contacts: [{ id: ann.id }, { id: bob.id, is_main: true }], companies: [{ id: acme.id }] },
    })
    const { body } = await caller.get(`${path}/${id}?with=contacts,catalog_elements,source_id`)
    expect(body._embedded.contacts.map(({ id, is_main }: Body) => [id, is_main])).toEqual([
      [bob.id, true],
      [ann.id, false],
    ])
    expect(body._embedded.companies).toEqual([
      { id: acme.id, _links: { self: { href: `${caller.origin}/api/v4/companies/${acme.id}` } } },
    ])
    expect(body).toMatchObject({ source_id: null, _embedded: { catalog_elements: [] } })
    // A change does not say whose lead it is: amocrm-js sends empty lists for what it has not read.
    await patch(id, { name: 'x', _embedded: { contacts: [], companies: [], tags: [] } })
    expect((await caller.get(`${path}/${id}?with=contacts`)).body._embedded.contacts).toHaveLength(2)
  })

  test('a lead is made together with its contact and company', async () => {
    const { status, body } = await caller.post(`${path}/complex`, [
      {
        name: 'Whole',
        request_id: 'w',
        _embedded: {
          contacts: [
            {
              first_name: 'Ann',
              last_name: 'Lee',
              custom_fields_values: [{ field_code: 'PHONE', values: [{ value: '+1', enum_code: 'WORK' }] }],
            },
          ],
          companies: [{ name: 'Acme' }],
        },
      },
      { name: 'Bare' },
    ])
    expect(status).toBe(200)
    const [whole, bare] = body
    expect(whole).toEqual({
      id: expect.any(Number),
      contact_id: expect.any(Number),
      company_id: expect.any(Number),
      request_id: ['w'],
      merged: false,
    })
    expect(bare).toMatchObject({ contact_id: null, company_id: null, request_id: ['1'] })
    expect(await ws.scope.store.parties.get(whole.contact_id)).toMatchObject({
      name: 'Ann Lee',
      phones: [{ value: '+1', label: 'work', primary: true }],
    })
    expect((await leadOf(caller, whole.id))._embedded.companies[0].id).toBe(whole.company_id)
    const tooMany = await caller.post(
      `${path}/complex`,
      Array.from({ length: 51 }, () => ({ name: 'x' })),
    )
    expect(tooMany.status).toBe(400)
  })

  test('cents that others have entered survive a price that rounds to what was shown', async () => {
    const id = await addLead(caller, { price: 10 })
    await changeDeal(ws.scope, id, { amount: 1049 })
    const { price } = await leadOf(caller, id)
    expect(price).toBe(10)
    await patch(id, { price, name: 'x' })
    expect((await ws.scope.store.deals.get(id))?.amount).toBe(1049)
    await patch(id, { price: 11 })
    expect((await ws.scope.store.deals.get(id))?.amount).toBe(1100)
  })

  test('leads in further won and lost stages show as 142 and 143 and stay where they are', async () => {
    const [second, unfit] = [
      await addStage(ws.scope, { pipelineId: main.id, name: 'Renewed', kind: 'won' }),
      await addStage(ws.scope, { pipelineId: main.id, name: 'Unfit', kind: 'unqualified' }),
    ]
    const [won, lost] = [await addLead(caller, { name: 'w' }), await addLead(caller, { name: 'l' })]
    await changeDeal(ws.scope, won, { stageId: second.id })
    await changeDeal(ws.scope, lost, { stageId: unfit.id })
    expect((await caller.get(`/api/v4/leads/pipelines/${main.id}`)).body._embedded.statuses).toHaveLength(6)
    expect((await leadOf(caller, won)).status_id).toBe(142)
    expect((await leadOf(caller, lost)).status_id).toBe(143)
    await caller.patch(path, [
      { id: won, status_id: 142, pipeline_id: main.id },
      { id: lost, status_id: 143 },
    ])
    expect((await ws.scope.store.deals.get(won))?.stageId).toBe(second.id)
    expect((await ws.scope.store.deals.get(lost))?.stageId).toBe(unfit.id)
    expect(await names(`?filter[statuses][0][status_id]=142&filter[statuses][0][pipeline_id]=${main.id}`)).toEqual(['w'])
    expect(await names('?filter[statuses][0][status_id]=143')).toEqual(['l'])
    expect((await patch(won, { status_id: second.id })).status).toBe(400)
  })

  test('amocrm 98: a form with bracket keys is as good as JSON', async () => {
    const { body } = await caller.post(path, '0[name]=Form&0[price]=7&0[loss_reason_id]=&0[_embedded][tags][0][name]=t', formType)
    const id = body._embedded.leads[0].id
    expect(await leadOf(caller, id)).toMatchObject({ name: 'Form', price: 7, _embedded: { tags: [{ name: 't' }] } })
    await patch(id, { status_id: 143 })
    const changed = await caller.patch(path, `0[id]=${id}&0[status_id]=${stage(main, 1)}&0[price]=`, formType)
    expect(changed.status).toBe(200)
    expect(await leadOf(caller, id)).toMatchObject({ status_id: stage(main, 1), price: 7 })
  })

  test('an unknown lead is an empty answer to a reader and a problem to a writer', async () => {
    expect((await caller.get(`${path}/999999`)).status).toBe(204)
    const answer = await patch(999_999, { name: 'x' })
    expect([answer.status, answer.body.detail]).toEqual([404, 'Lead not found'])
  })

  test('a lead says who made it and who changed it last', async () => {
    const { user, token } = await ws.member('member')
    const [changed, other] = [await addLead(caller), await addLead(caller)]
    await callAs(app, { token }).patch(`${path}/${changed}`, { name: 'x' })
    expect(await leadOf(caller, changed)).toMatchObject({ created_by: ws.admin.id, updated_by: user.id })
    expect((await list()).map(({ id, updated_by }) => [id, updated_by])).toEqual([
      [changed, user.id],
      [other, ws.admin.id],
    ])
  })

  test('who may only look may not write', async () => {
    const id = await addLead(caller)
    const viewer = callAs(app, await ws.member('viewer'))
    for (const answer of [
      await viewer.post(path, [{}]),
      await viewer.patch(`${path}/${id}`, { name: 'x' }),
      await viewer.patch(path, [{ id }]),
    ])
      expect(answer.status).toBe(403)
    expect((await viewer.get(`${path}/${id}`)).status).toBe(200)
  })
})
