import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { findDeal } from '../../../domain/deal.ts'
import { changeDeal, createDeal } from '../../../domain/edit-deals.ts'
import { addPipeline, changePipeline } from '../../../domain/edit-pipelines.ts'
import { type Client, clientIn, codesOf, stagesOf } from './client.ts'

let app: TestApp
let ws: TestWorkspace
let client: Client
let stages: Record<string, number>
let now = Date.parse('2026-03-01T10:00:00.500Z')

beforeAll(async () => {
  app = await openTestApp({ now: () => now })
})
afterAll(() => app.close())
beforeEach(async () => {
  ws = await app.workspace({ template: 'sell' })
  client = clientIn(app, ws)
  stages = await stagesOf(client)
})

const minutes = (count: number) => {
  now += count * 60_000
}

const shown = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`

/** What a change answers, and that the deal is read back the same. */
async function put(id: number, data: object) {
  const { status, body, text } = await client.put(`/v2/deals/${id}`, data)
  expect([status, text.slice(0, 300)]).toEqual([200, expect.any(String)])
  expect((await client.get(`/v2/deals/${id}`)).body).toEqual(body)
  return body.data
}

async function refused(data: object) {
  const answer = await client.post('/v2/deals', { name: 'Refused', contact_id: await client.contact(), ...data })
  expect(await client.list('/v2/deals?name=Refused')).toEqual([])
  return [answer.status, ...codesOf(answer)]
}

describe('making, changing and deleting', () => {
  test('sell 45: POST answers 200 with the deal, whose other attributes have their defaults', async () => {
    const contact_id = await client.contact()
    const { status, body } = await client.post('/v2/deals', { name: 'Website Redesign', contact_id })
    expect(status).toBe(200)
    expect(body.meta).toEqual({ type: 'deal' })
    const at = shown(now)
    const { id, dropbox_email, ...rest } = body.data
    expect(dropbox_email).toMatch(/^dropbox@[0-9a-f]{8}\.deals\.invalid$/)
    expect(rest).toEqual({
      creator_id: ws.admin.id,
      owner_id: ws.admin.id,
      name: 'Website Redesign',
      value: 0,
      currency: 'USD',
      hot: false,
      stage_id: stages.Prospecting,
      last_stage_change_at: at,
      last_stage_change_by_id: ws.admin.id,
      last_activity_at: at,
      source_id: null,
      loss_reason_id: null,
      unqualified_reason_id: null,
      contact_id,
      organization_id: null,
      estimated_close_date: null,
      customized_win_likelihood: null,
      tags: [],
      custom_fields: {},
      created_at: at,
      updated_at: at,
      added_at: at,
    })
    expect((await client.get(`/v2/deals/${id}`)).body).toEqual(body)
  })

  test('sell 46: PUT answers 200 and changes only what was sent', async () => {
    const source_id = (await client.make('/v2/deal_sources', { name: 'Word of mouth' })).id
    const before = await client.deal({
      value: '12.50',
      currency: 'EUR',
      hot: true,
      tags: ['a', 'b'],
      estimated_close_date: '2026-06-19',
      customized_win_likelihood: 40,
      source_id,
      stage_id: stages.Quote,
    })
    minutes(5)
    const after = await put(before.id, { name: 'Renamed' })
    const at = shown(now)
    expect(after).toEqual({ ...before, name: 'Renamed', updated_at: at, last_activity_at: at })
    minutes(5)
    expect(await put(before.id, {})).toEqual(after)
    expect(await put(before.id, { name: 'Renamed', value: '12.50' })).toEqual(after)
  })

  test('sell 26: an unknown deal is not_found, whatever is done with it', async () => {
    for (const path of [
      '/v2/deals/4711',
      '/v2/deals/9223372036854775808',
      '/v2/deals/abc',
      '/v2/deals/-1',
      '/v2/deals/1.5',
      '/v2/deals/%00',
    ]) {
      for (const [method, body] of [['GET'], ['PUT', { data: { name: 'x' } }], ['DELETE']] as const) {
        const answer = await client.send(method, path, body)
        expect([method, path, answer.status, ...codesOf(answer)]).toEqual([method, path, 404, 'not_found'])
      }
    }
  })

  test('sell 47, 48: DELETE answers 204 with an empty body, and then the deal is gone', async () => {
    const { id } = await client.deal()
    const answer = await client.delete(`/v2/deals/${id}`)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect((await client.get(`/v2/deals/${id}`)).status).toBe(404)
    expect((await client.delete(`/v2/deals/${id}`)).status).toBe(404)
    expect((await client.put(`/v2/deals/${id}`, { name: 'Back' })).status).toBe(404)
    expect(await client.list('/v2/deals')).toEqual([])
  })

  test('sell 30, 49: name and contact_id are required, each with an error of its own', async () => {
    const empty = await client.post('/v2/deals', {})
    expect([empty.status, ...codesOf(empty)]).toEqual([422, 'missing /data/name', 'missing /data/contact_id'])
    const nameless = await client.post('/v2/deals', { contact_id: await client.contact() })
    expect([nameless.status, ...codesOf(nameless)]).toEqual([422, 'missing /data/name'])
    expect(await refused({ contact_id: undefined })).toEqual([422, 'missing /data/contact_id'])
    expect(await refused({ name: ' ' })).toEqual([422, 'blank /data/name'])
    expect(await refused({ contact_id: 4711 })).toEqual([422, 'incorrect_value /data/contact_id'])
  })

  test('sell 31, 66c: an unknown attribute is refused by name, before the missing ones', async () => {
    const answer = await client.post('/v2/deals', { unknown: 'attribute' })
    expect([answer.status, ...codesOf(answer)]).toEqual([422, 'unknown /data/unknown'])
    expect(answer.body.errors[0]?.error.resource).toBe('deal')
    const { id } = await client.deal()
    const two = await client.put(`/v2/deals/${id}`, { name: 'Changed', pipeline_id: 1, 'a/b~c': 1 })
    expect(codesOf(two)).toEqual(['unknown /data/pipeline_id', 'unknown /data/a~1b~0c'])
    expect((await client.get(`/v2/deals/${id}`)).body.data.name).toBe('Website Redesign')
  })

  test('sell 32: a wrong type is refused as such', async () => {
    const wrong = {
      name: 5,
      contact_id: '1',
      owner_id: 'x',
      hot: 'yes',
      stage_id: '3',
      tags: 'a',
      custom_fields: [],
      currency: 5,
      value: true,
    }
    for (const [key, value] of Object.entries(wrong)) {
      expect(await refused({ [key]: value })).toEqual([422, `invalid_type /data/${key}`])
    }
    expect(await refused({ tags: ['a', 5] })).toEqual([422, 'invalid_type /data/tags/1'])
    expect(await refused({ value: 'ten' })).toEqual([422, 'incorrect_value /data/value'])
    expect(await refused({ owner_id: 1.5 })).toEqual([422, 'invalid_type /data/owner_id'])
  })
})

describe('value', () => {
  test('sell 50, 51, 52: whole values are numbers and others texts with two decimals, whichever way they came', async () => {
    const cases: [unknown, unknown][] = [
      [1000, 1000],
      [1000.0, 1000],
      ['10', 10],
      ['1000.5', '1000.50'],
      ['1000.25', '1000.25'],
      [1000.25, '1000.25'],
      ['0.0', 0],
      ['1e3', 1000],
      [1.005, '1.01'],
      ['-12.3', '-12.30'],
      ['1234567890123.45', '1234567890123.45'],
    ]
    for (const [sent, shown] of cases) {
      const deal = await client.deal({ value: sent })
      expect([sent, deal.value]).toEqual([sent, shown])
      expect((await client.get(`/v2/deals/${deal.id}`)).body.data.value).toBe(shown)
    }
  })

  test('sell 66a: a value of null is accepted, on a change too, and reads back 0', async () => {
    const deal = await client.deal({ value: null })
    expect(deal.value).toBe(0)
    await put(deal.id, { value: 12 })
    expect((await put(deal.id, { value: null })).value).toBe(0)
  })

  test('currencies keep their own places, and what is shown coarser is not lost by writing it back', async () => {
    expect((await client.deal({ value: '1500.4', currency: 'JPY' })).value).toBe(1500)
    const fine = await createDeal(ws.scope, { title: 'Fine', currency: 'KWD', amount: 12_345, contactId: await client.contact() })
    const shown = (await client.get(`/v2/deals/${fine.id}`)).body.data
    expect(shown.value).toBe('12.35')
    await put(fine.id, { value: shown.value, name: 'Still fine' })
    expect((await findDeal(ws.scope, fine.id)).amount).toBe(12_345)
    expect(await refused({ currency: 'XYZ' })).toEqual([422, 'incorrect_value /data/currency'])
    expect(await refused({ value: '99999999999999999999' })).toEqual([422, 'incorrect_value /data/value'])
  })
})

describe('attributes', () => {
  test('sell 53: tags are replaced as a whole', async () => {
    const { id } = await client.deal({ tags: ['important', 'big'] })
    expect((await put(id, { tags: ['new'] })).tags).toEqual(['new'])
    expect((await put(id, { name: 'Other' })).tags).toEqual(['new'])
    expect((await put(id, { tags: [] })).tags).toEqual([])
  })

  test('sell 58: organization_id follows the contact and cannot be written', async () => {
    const company = await client.contact({ is_organization: true, name: 'Design Services' })
    const other = await client.contact({ is_organization: true, name: 'Another' })
    const person = await client.contact({ last_name: 'Johnson', contact_id: company })
    const deal = await client.deal({ contact_id: person })
    expect([deal.contact_id, deal.organization_id]).toEqual([person, company])
    const refusal = await client.put(`/v2/deals/${deal.id}`, { organization_id: other })
    expect([refusal.status, ...codesOf(refusal)]).toEqual([422, 'unknown /data/organization_id'])
    const alone = await put(deal.id, { contact_id: await client.contact() })
    expect(alone.organization_id).toBe(null)
    const withCompany = await put(deal.id, { contact_id: other })
    expect([withCompany.contact_id, withCompany.organization_id]).toEqual([other, null])
  })

  test('a deal keeps its contact, unless another API made it without one', async () => {
    const deal = await client.deal()
    const answer = await client.put(`/v2/deals/${deal.id}`, { contact_id: null })
    expect([answer.status, ...codesOf(answer)]).toEqual([422, 'missing /data/contact_id'])
    const bare = await createDeal(ws.scope, { title: 'Bare' })
    expect((await put(bare.id, { contact_id: null, name: 'Still bare' })).contact_id).toBe(null)
  })

  test('sell 59: customized_win_likelihood is 0 to 100', async () => {
    const { id } = await client.deal()
    for (const likelihood of [15, 0, 100, null]) {
      expect((await put(id, { customized_win_likelihood: likelihood })).customized_win_likelihood).toBe(likelihood)
    }
    expect(await refused({ customized_win_likelihood: 101 })).toEqual([422, 'incorrect_value /data/customized_win_likelihood'])
    expect(await refused({ customized_win_likelihood: -1 })).toEqual([422, 'incorrect_value /data/customized_win_likelihood'])
    expect(await refused({ customized_win_likelihood: 1.5 })).toEqual([422, 'invalid_type /data/customized_win_likelihood'])
  })

  test('sell 65: added_on is the other name for writing added_at', async () => {
    const past = '2014-09-27T16:32:56Z'
    const deal = await client.deal({ added_on: past })
    expect([deal.added_at, deal.created_at, Object.hasOwn(deal, 'added_on')]).toEqual([past, shown(now), false])
    expect((await put(deal.id, { added_at: '2015-01-01' })).added_at).toBe('2015-01-01T00:00:00Z')
    expect((await put(deal.id, { added_on: past })).added_at).toBe(past)
  })

  test('sell 66b: estimated_close_date takes a day or a moment, and keeps the day', async () => {
    const deal = await client.deal({ estimated_close_date: '2026-06-19' })
    expect(deal.estimated_close_date).toBe('2026-06-19')
    expect((await put(deal.id, { estimated_close_date: '2014-09-27T16:32:56Z' })).estimated_close_date).toBe('2014-09-27')
    expect((await put(deal.id, { estimated_close_date: null })).estimated_close_date).toBe(null)
    for (const bad of ['2026-02-30', 'tomorrow', '', '19.06.2026', '2026-06-19T25:00:00Z']) {
      expect(await refused({ estimated_close_date: bad })).toEqual([422, 'incorrect_value /data/estimated_close_date'])
    }
  })

  test('sell 79: moments are taken with any ISO 8601 offset, the colon left out as well', async () => {
    const { id } = await client.deal()
    const cases = {
      '2014-09-27T16:32:56Z': '2014-09-27T16:32:56Z',
      '2014-09-27T16:32:56+0000': '2014-09-27T16:32:56Z',
      '2014-09-27T16:32:56+00:00': '2014-09-27T16:32:56Z',
      '2014-09-27T18:32:56+0200': '2014-09-27T16:32:56Z',
      '2014-09-27T11:02:56.789-05:30': '2014-09-27T16:32:56Z',
      '2014-09-27T18:32:56+02': '2014-09-27T16:32:56Z',
      '2014-09-27 16:32': '2014-09-27T16:32:00Z',
      '9999-12-31T00:00:00Z': '9999-12-31T00:00:00Z',
    }
    for (const [sent, shown] of Object.entries(cases)) {
      expect([sent, (await put(id, { last_stage_change_at: sent })).last_stage_change_at]).toEqual([sent, shown])
    }
    for (const bad of ['yesterday', '2014-13-01T00:00:00Z', '10000-01-01T00:00:00Z', '2014-09-27T16:32:56+99:99x', 1411835576]) {
      const answer = await client.put(`/v2/deals/${id}`, { last_stage_change_at: bad })
      expect([bad, answer.status]).toEqual([bad, 422])
    }
  })

  test('hot and the source are Sell’s own, and read back', async () => {
    const source = (await client.make('/v2/sources', { name: 'Fair' })).id
    const deal = await client.deal({ hot: true, source_id: source })
    expect([deal.hot, deal.source_id]).toEqual([true, source])
    await changeDeal(ws.scope, deal.id, { title: 'Changed elsewhere' })
    const cooled = await put(deal.id, { hot: false })
    expect([cooled.hot, cooled.source_id, cooled.name]).toEqual([false, source, 'Changed elsewhere'])
    await client.delete(`/v2/sources/${source}`)
    expect((await put(deal.id, { source_id: source })).source_id).toBe(source)
    expect((await put(deal.id, { source_id: null })).source_id).toBe(null)
    // What is as usual is not kept.
    expect((await findDeal(ws.scope, deal.id)).extras).toEqual({})
    expect(await refused({ source_id: source })).toEqual([422, 'incorrect_value /data/source_id'])
  })

  test('custom fields go by name, are merged by key and checked by type', async () => {
    await addCustomField(ws.scope, { subject: 'deal', name: 'Known via', type: 'choice', options: ['Tom', 'Fair'] })
    await addCustomField(ws.scope, { subject: 'deal', name: 'Seats / desks', type: 'number' })
    await addCustomField(ws.scope, { subject: 'contact', name: 'Age', type: 'number' })
    const deal = await client.deal({ custom_fields: { 'Known via': 'Tom', 'Seats / desks': 5 } })
    expect(deal.custom_fields).toEqual({ 'Known via': 'Tom', 'Seats / desks': 5 })
    expect((await put(deal.id, { custom_fields: { 'Seats / desks': 6.5 } })).custom_fields).toEqual({
      'Known via': 'Tom',
      'Seats / desks': 6.5,
    })
    expect((await put(deal.id, { custom_fields: { 'Known via': null } })).custom_fields).toEqual({ 'Seats / desks': 6.5 })
    expect(await refused({ custom_fields: { Age: 5 } })).toEqual([422, 'unknown /data/custom_fields/Age'])
    expect(await refused({ custom_fields: { 'Seats / desks': '5' } })).toEqual([
      422,
      'invalid_type /data/custom_fields/Seats ~1 desks',
    ])
    expect(await refused({ custom_fields: { 'Known via': 'Ann' } })).toEqual([422, 'invalid_type /data/custom_fields/Known via'])
  })

  test('sell 66d: empty tags and custom fields, as the Java client sends them, succeed', async () => {
    await addCustomField(ws.scope, { subject: 'deal', name: 'Kept', type: 'text' })
    const { id } = await client.deal({ tags: ['important'], custom_fields: { Kept: 'yes' } })
    const after = await put(id, { tags: [], custom_fields: {} })
    expect([after.tags, after.custom_fields]).toEqual([[], { Kept: 'yes' }])
  })
})

describe('moving', () => {
  test('sell 54: a move sets when and by whom', async () => {
    const { id } = await client.deal()
    const agent = await ws.member('member')
    minutes(10)
    const at = shown(now)
    const { body } = await clientIn(app, agent).put(`/v2/deals/${id}`, { stage_id: stages.Quote })
    expect(body.data).toMatchObject({
      stage_id: stages.Quote,
      last_stage_change_at: at,
      last_stage_change_by_id: agent.user.id,
      updated_at: at,
    })
    minutes(10)
    expect(await put(id, { stage_id: stages.Quote })).toEqual(body.data)
  })

  test('sell 55: last_stage_change_at may be supplied, on create too, and in the past', async () => {
    const past = '2015-05-05T05:05:05Z'
    const deal = await client.deal({ stage_id: stages.Quote, last_stage_change_at: past })
    expect([deal.last_stage_change_at, deal.last_stage_change_by_id]).toEqual([past, ws.admin.id])
    const later = '2016-06-06T06:06:06Z'
    const won = await put(deal.id, { stage_id: stages.Won, last_stage_change_at: later })
    expect(won.last_stage_change_at).toBe(later)
    expect((await findDeal(ws.scope, deal.id)).closedAt).toBe(Date.parse(later))
    expect((await put(deal.id, { last_stage_change_at: past })).last_stage_change_at).toBe(past)
  })

  test('a moment that was read and is sent back with a move does not date the move', async () => {
    const { id, last_stage_change_at } = await client.deal()
    minutes(3)
    const moved = await put(id, { stage_id: stages.Quote, last_stage_change_at })
    expect(moved.last_stage_change_at).toBe(shown(now))
    const deal = await findDeal(ws.scope, id)
    await put(id, { last_stage_change_at: moved.last_stage_change_at, added_at: moved.added_at })
    expect(await findDeal(ws.scope, id)).toEqual(deal)
  })

  test('sell 56: winning is a move, and no status appears', async () => {
    const { id } = await client.deal()
    const won = await put(id, { stage_id: stages.Won })
    expect(won.stage_id).toBe(stages.Won)
    expect(Object.keys(won).filter((key) => /status|pipeline|probability/.test(key))).toEqual([])
    expect((await findDeal(ws.scope, id)).outcome).toBe('won')
  })

  test('sell 63: an unknown stage is refused, and nothing of the request happens', async () => {
    expect(await refused({ stage_id: 4711 })).toEqual([422, 'incorrect_value /data/stage_id'])
    expect(await refused({ stage_id: 2 ** 63 })).toEqual([422, 'incorrect_value /data/stage_id'])
    const { id } = await client.deal()
    expect((await client.put(`/v2/deals/${id}`, { name: 'Half', stage_id: 4711, tags: ['half'] })).status).toBe(422)
    expect((await client.get(`/v2/deals/${id}`)).body.data).toMatchObject({ name: 'Website Redesign', tags: [] })
    expect(await client.list('/v2/tags')).toEqual([])
  })

  test('sell 64: deals cannot be added to a disabled pipeline, and those in it can be changed', async () => {
    const closed = await addPipeline(ws.scope, { name: 'Old', stages: [{ name: 'Start' }, { name: 'Next' }] })
    const [start, next] = await client.list(`/v2/stages?pipeline_id=${closed.id}&sort_by=position`)
    const inside = await client.deal({ stage_id: start?.id })
    await changePipeline(ws.scope, closed.id, { isDisabled: true })
    expect(await refused({ stage_id: start?.id })).toEqual([422, 'incorrect_value /data/stage_id'])
    const outside = await client.deal()
    expect((await client.put(`/v2/deals/${outside.id}`, { stage_id: start?.id })).status).toBe(422)
    expect((await put(inside.id, { stage_id: next?.id })).stage_id).toBe(next?.id)
  })

  test('a stage of another pipeline takes the deal there', async () => {
    const other = await addPipeline(ws.scope, { name: 'Partners', stages: [{ name: 'Start' }] })
    const [start] = await client.list(`/v2/stages?pipeline_id=${other.id}&sort_by=position`)
    const { id } = await client.deal()
    expect((await put(id, { stage_id: start?.id })).stage_id).toBe(start?.id)
    expect((await findDeal(ws.scope, id)).pipelineId).toBe(other.id)
  })
})

describe('reasons', () => {
  let lost: number
  let unqualified: number
  beforeEach(async () => {
    lost = (await client.make('/v2/loss_reasons', { name: 'Too expensive' })).id
    unqualified = (await client.make('/v2/deal_unqualified_reasons', { name: 'No budget' })).id
  })
  const reasons = ({ loss_reason_id, unqualified_reason_id }: Record<string, unknown>) => [loss_reason_id, unqualified_reason_id]

  test('sell 57: both reasons can be set, alone, together, with the move or without it', async () => {
    const { id } = await client.deal()
    expect(reasons(await put(id, { stage_id: stages.Lost, loss_reason_id: lost }))).toEqual([lost, null])
    expect((await findDeal(ws.scope, id)).lossReasonId).toBe(lost)
    expect(reasons(await put(id, { unqualified_reason_id: unqualified }))).toEqual([lost, unqualified])
    expect((await findDeal(ws.scope, id)).lossReasonId).toBe(lost)
    expect(reasons(await put(id, { loss_reason_id: null }))).toEqual([null, unqualified])
    expect((await findDeal(ws.scope, id)).lossReasonId).toBe(unqualified)
    expect(reasons(await put(id, { loss_reason_id: lost, unqualified_reason_id: null }))).toEqual([lost, null])
    expect(reasons(await put(id, { loss_reason_id: null }))).toEqual([null, null])
    const both = await client.deal({ stage_id: stages.Unqualified, loss_reason_id: lost, unqualified_reason_id: unqualified })
    expect(reasons(both)).toEqual([lost, unqualified])
    expect((await findDeal(ws.scope, both.id)).lossReasonId).toBe(unqualified)
    const open = await client.deal({ loss_reason_id: lost })
    expect(reasons(open)).toEqual([lost, null])
  })

  test('reopening forgets both, unless the request names them again', async () => {
    const both = { loss_reason_id: lost, unqualified_reason_id: unqualified }
    const { id } = await client.deal({ stage_id: stages.Lost, ...both })
    expect(reasons(await put(id, { stage_id: stages.Quote }))).toEqual([null, null])
    await put(id, { stage_id: stages.Lost, ...both })
    expect(reasons(await put(id, { stage_id: stages.Quote, ...both }))).toEqual([lost, unqualified])
    await put(id, { stage_id: stages.Unqualified })
    expect(reasons(await put(id, { stage_id: stages.Won, unqualified_reason_id: unqualified }))).toEqual([null, unqualified])
  })

  test('a reason that another API gave is shown under its own name', async () => {
    const { id } = await client.deal()
    await changeDeal(ws.scope, id, { outcome: 'lost', lossReasonId: unqualified })
    expect(reasons((await client.get(`/v2/deals/${id}`)).body.data)).toEqual([null, unqualified])
  })

  test('a reason must be of its own list and still be there, except the one that the deal has', async () => {
    expect(await refused({ loss_reason_id: unqualified })).toEqual([422, 'incorrect_value /data/loss_reason_id'])
    expect(await refused({ unqualified_reason_id: lost })).toEqual([422, 'incorrect_value /data/unqualified_reason_id'])
    expect(await refused({ loss_reason_id: 4711 })).toEqual([422, 'incorrect_value /data/loss_reason_id'])
    const { id } = await client.deal({ stage_id: stages.Lost, loss_reason_id: lost })
    await client.delete(`/v2/loss_reasons/${lost}`)
    expect(reasons(await put(id, { loss_reason_id: lost, name: 'Kept' }))).toEqual([lost, null])
    expect(await refused({ loss_reason_id: lost })).toEqual([422, 'incorrect_value /data/loss_reason_id'])
  })
})
