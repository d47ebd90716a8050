import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestWorkspace } from '../../../../../test/support/app.ts'
import { addCustomField } from '../../../../domain/custom-field.ts'
import { addLossReason } from '../../../../domain/loss-reason.ts'
import { changeWorkspace } from '../../../../domain/workspace.ts'
import { fieldKey, optionId } from '../../custom-fields.ts'
import { clockAt, speakV1, type V1 } from './served.ts'

const clock = clockAt('2026-05-15T10:13:14Z')
const app = await openTestApp({ now: clock.now })
afterAll(() => app.close())

let ws: TestWorkspace
let v1: V1
let stages: { id: number; order_nr: number; pipeline_id: number }[]
beforeEach(async () => {
  clock.reset()
  ws = await app.workspace({ template: 'pipedrive' })
  v1 = speakV1(app, ws.token)
  stages = (await v1.get('/stages')).body.data
})

const stage = (index: number): number => stages[index]?.id ?? 0
const add = async (body: object = {}) => (await v1.post('/deals', { title: 'Deal', ...body })).body.data
const put = async (id: number, body: object) => (await v1.put(`/deals/${id}`, body)).body.data

describe('adding', () => {
  test('pipedrive 63: POST /v1/deals answers 201', async () => {
    expect((await v1.post('/deals', { title: 'New' })).status).toBe(201)
  })

  test('only a title is needed', async () => {
    expect(await add()).toMatchObject({
      value: 0,
      currency: 'USD',
      status: 'open',
      active: true,
      deleted: false,
      stage_id: stage(0),
      stage_order_nr: 0,
      probability: null,
      stage_change_time: null,
      label: null,
      lost_reason: null,
      visible_to: '3',
      origin: 'API',
      participants_count: 0,
      person_id: null,
      org_id: null,
    })
    const refused = await v1.post('/deals', {})
    expect(refused).toMatchObject({ status: 400, body: { success: false, error: 'Deal title must be given.', data: null } })
    expect((await v1.post('/deals', { title: '  ' })).body.error).toBe('Deal title must be given.')
  })

  test('pipedrive 64: times are YYYY-MM-DD HH:MM:SS, said and shown', async () => {
    const deal = await add({ add_time: '2020-02-29 23:59:58', expected_close_date: '2026-07-01' })
    expect(deal).toMatchObject({
      add_time: '2020-02-29 23:59:58',
      update_time: '2026-05-15 10:13:14',
      expected_close_date: '2026-07-01',
    })
    expect((await v1.post('/deals', { title: 'x', add_time: '2021-02-29 10:00:00' })).status).toBe(400)
  })

  test('pipedrive 66: the creator, the owner, the person and the organization are objects, in the flat shape numbers', async () => {
    const bob = await ws.member('member', 'Bob')
    const org = (await v1.post('/organizations', { name: 'Acme', address: 'Street 1' })).body.data.id
    const phone = [{ value: '+1 555', label: 'mobile', primary: true }]
    const person = (await v1.post('/persons', { name: 'Jo Doe', org_id: org, phone })).body.data.id
    const answer = await v1.post('/deals', { title: 'Full', user_id: bob.user.id, person_id: person, org_id: org })
    const user = { id: bob.user.id, name: 'Bob', email: bob.user.email, has_pic: 0, pic_hash: null, active_flag: true }
    const cc_email = `${ws.workspace.subdomain}@pipedrivemail.com`
    expect(answer.body.data).toMatchObject({
      creator_user_id: { id: ws.admin.id, name: 'Ada Admin', value: ws.admin.id },
      user_id: { ...user, value: bob.user.id },
      person_id: {
        active_flag: true,
        name: 'Jo Doe',
        email: [{ value: '', primary: true }],
        phone: [{ label: 'mobile', value: '+1 555', primary: true }],
        owner_id: ws.admin.id,
        company_id: ws.workspace.id,
        value: person,
      },
      org_id: {
        name: 'Acme',
        people_count: 1,
        owner_id: ws.admin.id,
        address: 'Street 1',
        active_flag: true,
        cc_email,
        value: org,
      },
      person_name: 'Jo Doe',
      org_name: 'Acme',
      owner_name: 'Bob',
      participants_count: 1,
    })
    expect(answer.body.related_objects).toMatchObject({
      user: { [bob.user.id]: user, [ws.admin.id]: { id: ws.admin.id } },
      person: { [person]: { id: person, name: 'Jo Doe' } },
      organization: { [org]: { id: org, name: 'Acme' } },
      stage: { [stage(0)]: { name: 'Qualified' } },
      pipeline: { [stages[0]?.pipeline_id ?? 0]: { name: 'Pipeline' } },
    })
    const { id } = answer.body.data
    const [flat] = (await v1.get(`/stages/${stage(0)}/deals?everyone=1`)).body.data
    expect(flat).toMatchObject({ id, creator_user_id: ws.admin.id, user_id: bob.user.id, person_id: person, org_id: org })
    expect(flat.person_name).toBe('Jo Doe')
  })

  test('what lies apart from the stage: value as text, labels, channel, visibility', async () => {
    const { id } = await add({
      value: '1234567.89',
      currency: 'eur',
      label: '7, 8',
      visible_to: '5',
      channel: 8,
      channel_id: 'my-app',
      origin_id: '0123abcd',
    })
    const shown = {
      value: 1234567.89,
      formatted_value: '€1,234,567.89',
      currency: 'EUR',
      label: '7,8',
      visible_to: '5',
      channel: 8,
      channel_id: 'my-app',
      origin_id: '0123abcd',
    }
    expect((await v1.get(`/deals/${id}`)).body.data).toMatchObject(shown)
    const { value: _, formatted_value: __, ...kept } = shown
    expect(await put(id, { value: '10', label: [] })).toMatchObject({ ...kept, value: 10, formatted_value: '€10', label: null })
  })

  test('a form is taken as well as JSON', async () => {
    const body = new URLSearchParams([
      ['title', 'From a form'],
      ['value', '12.50'],
      ['stage_id', String(stage(2))],
      ['label[]', '3'],
      ['label[]', '4'],
      ['person_id', ''],
    ])
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await v1.send('POST', '/deals', { headers, body: body.toString() })
    expect(answer).toMatchObject({
      status: 201,
      body: { data: { title: 'From a form', value: 12.5, stage_id: stage(2), label: '3,4', person_id: null } },
    })
  })

  test('a deal is added won or lost, with its own time, but not deleted', async () => {
    expect(await add({ status: 'won', won_time: '2026-01-02 03:04:05' })).toMatchObject({
      status: 'won',
      active: false,
      won_time: '2026-01-02 03:04:05',
      close_time: '2026-01-02 03:04:05',
      first_won_time: '2026-01-02 03:04:05',
      local_won_date: '2026-01-02',
      stage_id: stage(0),
    })
    expect(await add({ status: 'lost', lost_reason: 'Price' })).toMatchObject({
      status: 'lost',
      lost_reason: 'Price',
      won_time: null,
    })
    expect((await v1.post('/deals', { title: 'x', status: 'deleted' })).status).toBe(400)
    expect((await v1.post('/deals', { title: 'x', won_time: '2026-01-02 03:04:05' })).status).toBe(400)
    const both = { title: 'x', status: 'won', won_time: '2026-01-02 03:04:05', lost_time: '2026-01-02 03:04:05' }
    expect((await v1.post('/deals', both)).body.error).toContain('won_time')
  })
})

describe('changing', () => {
  test('a stage decides over a pipeline, and a pipeline alone means its first stage', async () => {
    const other = (await v1.post('/pipelines', { name: 'Other' })).body.data.id
    const only = (await v1.post('/stages', { name: 'Only', pipeline_id: other })).body.data.id
    const { id } = await add()
    expect(await put(id, { stage_id: stage(3), pipeline_id: other })).toMatchObject({ stage_id: stage(3) })
    expect(await put(id, { pipeline_id: other })).toMatchObject({ pipeline_id: other, stage_id: only })
  })

  test('a move is dated, and moving to where it is changes nothing', async () => {
    const { id, update_time } = await add()
    clock.pass(1000)
    expect(await put(id, { stage_id: stage(0) })).toMatchObject({ stage_change_time: null, update_time })
    const moved = await put(id, { stage_id: stage(1) })
    expect(moved.stage_change_time).toBe(moved.update_time)
    expect(moved.update_time).not.toBe(update_time)
  })

  test('winning keeps the stage, reopening forgets the closing but not the first win', async () => {
    await changeWorkspace(ws.scope, { timeZone: 'Pacific/Kiritimati' })
    const { id } = await add({ stage_id: stage(4) })
    const won = await put(id, { status: 'won' })
    expect(won).toMatchObject({
      status: 'won',
      stage_id: stage(4),
      won_time: won.close_time,
      lost_time: null,
      local_won_date: '2026-05-16',
    })
    const open = await put(id, { status: 'open' })
    expect(open).toMatchObject({
      status: 'open',
      won_time: null,
      close_time: null,
      local_won_date: null,
      first_won_time: won.won_time,
    })
  })

  test('a reason for losing is by name or in words, and only of lost deals', async () => {
    await addLossReason(ws.scope, { name: 'Too dear' })
    const { id } = await add()
    expect((await v1.put(`/deals/${id}`, { lost_reason: 'Why' })).status).toBe(400)
    expect(await put(id, { status: 'lost', lost_reason: 'Too dear' })).toMatchObject({ status: 'lost', lost_reason: 'Too dear' })
    expect(await put(id, { lost_reason: 'Something else' })).toMatchObject({ lost_reason: 'Something else' })
    expect(await put(id, { status: 'open' })).toMatchObject({ lost_reason: null })
  })

  test('what was read can be written back and changes nothing', async () => {
    const { id } = await add({ value: '9.99', label: [1], expected_close_date: '2026-12-31', stage_id: stage(2) })
    const { data } = (await v1.get(`/deals/${id}`)).body
    clock.pass(60_000)
    const { user_id, creator_user_id, person_id, org_id, ...rest } = data
    const body = { ...rest, user_id: user_id.value, person_id, org_id, creator_user_id: creator_user_id.value }
    const after = await put(id, body)
    expect(after.update_time).toBe(data.update_time)
    expect(after).toMatchObject({ value: 9.99, label: '1', expected_close_date: '2026-12-31', stage_id: stage(2) })
  })

  test('nulls clear: person, organization, date, probability', async () => {
    const org_id = (await v1.post('/organizations', { name: 'Acme' })).body.data.id
    const { id } = await add({ org_id, expected_close_date: '2026-12-31', probability: 40 })
    expect(await put(id, { org_id: null, expected_close_date: '', probability: null })).toMatchObject({
      org_id: null,
      org_name: null,
      expected_close_date: null,
      probability: null,
    })
  })

  test('archiving has a time of its own', async () => {
    const { id } = await add()
    expect(await put(id, { is_archived: 1, archive_time: '2026-04-01 00:00:00' })).toMatchObject({
      is_archived: true,
      archive_time: '2026-04-01 00:00:00',
      status: 'open',
    })
    expect(await put(id, { is_archived: false })).toMatchObject({ is_archived: false, archive_time: null })
  })

  test('custom fields stand among the others and are read by their type', async () => {
    const text = await addCustomField(ws.scope, { subject: 'deal', name: 'Note', type: 'text' })
    const number = await addCustomField(ws.scope, { subject: 'deal', name: 'Seats', type: 'number' })
    const choice = await addCustomField(ws.scope, { subject: 'deal', name: 'Size', type: 'choice', options: ['S', 'L'] })
    const [note, seats, size] = [fieldKey(text), fieldKey(number), fieldKey(choice)]
    const large = String(optionId(choice, 'L'))
    const deal = await add({ [note]: 'hello', [seats]: '12', [size]: large, ['f'.repeat(40)]: 'nobody’s' })
    expect(deal).toMatchObject({ [note]: 'hello', [seats]: 12, [size]: large })
    expect(deal['f'.repeat(40)]).toBeUndefined()
    expect(await put(deal.id, { [note]: null, [size]: 'S' })).toMatchObject({
      [note]: null,
      [seats]: 12,
      [size]: String(optionId(choice, 'S')),
    })
    const refused = await v1.put(`/deals/${deal.id}`, { [seats]: 'many' })
    expect(refused).toMatchObject({ status: 400, body: { error: `${seats} is not valid.` } })
    expect((await v1.put(`/deals/${deal.id}`, { [note]: [] })).status).toBe(400)
  })
})

describe('weighting and rotting', () => {
  test('weighted_value is the value until the pipeline weighs deals', async () => {
    const pipeline = stages[0]?.pipeline_id
    const { id } = await add({ value: 25000, probability: 65 })
    const shown = async () => (await v1.get(`/deals/${id}`)).body.data
    expect(await shown()).toMatchObject({ weighted_value: 25000, formatted_weighted_value: '$25,000' })
    await v1.put(`/pipelines/${pipeline}`, { deal_probability: 1 })
    expect(await shown()).toMatchObject({
      weighted_value: 16250,
      formatted_weighted_value: '$16,250',
      weighted_value_currency: 'USD',
    })
    await v1.put(`/stages/${stage(0)}`, { deal_probability: 30 })
    await put(id, { probability: null })
    expect(await shown()).toMatchObject({ weighted_value: 7500 })
    await changeWorkspace(ws.scope, { features: { probability: false } })
    expect(await shown()).toMatchObject({ weighted_value: 25000 })
  })

  test('rotten_time shows once an open deal has not changed for so many days', async () => {
    await v1.put(`/stages/${stage(0)}`, { rotten_flag: 1, rotten_days: 2 })
    const { id, update_time } = await add()
    const rotten = async () => (await v1.get(`/deals/${id}`)).body.data.rotten_time
    expect(await rotten()).toBeNull()
    clock.pass(2 * 86_400_000)
    const day = Number(update_time.slice(8, 10)) + 2
    expect(await rotten()).toBe(`${update_time.slice(0, 8)}${String(day).padStart(2, '0')}${update_time.slice(10)}`)
    await put(id, { status: 'won' })
    expect(await rotten()).toBeNull()
  })
})

describe('one deal', () => {
  test('tells how long it stood where, and how others were won', async () => {
    const { id } = await add({ stage_id: stage(1) })
    clock.pass(90_000)
    await put(id, { stage_id: stage(3) })
    clock.pass(10_000)
    await put(id, { stage_id: stage(1) })
    clock.pass(5_000)
    const other = await add({ stage_id: stage(3), add_time: '2026-05-01 00:00:00' })
    await put(other.id, { status: 'won', won_time: '2026-05-03 01:00:00' })
    const answer = await v1.get(`/deals/${id}`)
    expect(answer.body.data).toMatchObject({
      average_time_to_won: { y: 0, m: 0, d: 2, h: 1, i: 0, s: 0, total_seconds: 176_400 },
      average_stage_progress: 4,
      age: { y: 0, m: 0, d: 0, h: 0, i: 1, s: 45, total_seconds: 105 },
      stay_in_pipeline_stages: { times_in_stages: { [stage(1)]: 95, [stage(3)]: 10 }, order_of_stages: [stage(1), stage(3)] },
      last_activity: null,
      next_activity: null,
    })
    expect(answer.body.additional_data.dropbox_email).toBe(`${ws.workspace.subdomain}+deal${id}@pipedrivemail.com`)
    const list = (await v1.get('/deals')).body.data[0]
    expect(list).not.toHaveProperty('age')
  })

  test('a closed deal stops ageing', async () => {
    const { id } = await add()
    clock.pass(60_000)
    await put(id, { status: 'lost' })
    clock.pass(60_000)
    expect((await v1.get(`/deals/${id}`)).body.data).toMatchObject({
      age: { total_seconds: 60 },
      stay_in_pipeline_stages: { times_in_stages: { [stage(0)]: 60 } },
    })
  })

  test('followers are counted', async () => {
    const { id } = await add()
    const v2 = speakV1(app, ws.token, '/api/v2')
    await v2.post(`/deals/${id}/followers`, { user_id: ws.admin.id })
    expect((await v1.get(`/deals/${id}`)).body.data.followers_count).toBe(1)
    expect((await v1.get('/deals')).body.data[0].followers_count).toBe(1)
  })
})

describe('deleting', () => {
  test('a deleted deal says so, and a second time answers 410', async () => {
    const { id } = await add()
    expect((await v1.delete(`/deals/${id}`)).body).toEqual({ success: true, data: { id } })
    const again = await v1.delete(`/deals/${id}`)
    expect([again.status, again.body]).toEqual([410, { success: true, data: { id } }])
    expect((await v1.get(`/deals/${id}`)).body.data).toMatchObject({ deleted: true, active: false, status: 'deleted' })
    expect((await v1.put(`/deals/${id}`, { title: 'Changed' })).status).toBe(404)
  })

  test('a status deletes and brings back', async () => {
    const { id } = await add({ stage_id: stage(2) })
    expect(await put(id, { status: 'deleted', title: 'Gone' })).toMatchObject({ status: 'deleted', title: 'Gone' })
    expect((await v1.get('/deals')).body.data).toEqual([])
    expect(await put(id, { status: 'open' })).toMatchObject({ status: 'open', deleted: false, stage_id: stage(2) })
  })

  test('several at once, all or none', async () => {
    const [a, b] = [(await add()).id, (await add()).id]
    expect((await v1.delete(`/deals?ids=${a},999999999`)).status).toBe(404)
    expect((await v1.get('/deals')).body.data).toHaveLength(2)
    expect((await v1.delete(`/deals?ids=${a},${b},${a}`)).body).toEqual({ success: true, data: { id: [a, b] } })
    expect((await v1.get('/deals')).body.data).toEqual([])
  })

  test('after 30 days a deleted deal has never been', async () => {
    const { id } = await add()
    await v1.delete(`/deals/${id}`)
    clock.pass(31 * 86_400_000)
    expect((await v1.get(`/deals/${id}`)).status).toBe(404)
    expect((await v1.delete(`/deals/${id}`)).status).toBe(404)
    expect((await v1.get('/deals?status=deleted')).body.data).toEqual([])
  })
})

describe('copies', () => {
  test('a duplicate is open, in the same stage, and another deal', async () => {
    const org_id = (await v1.post('/organizations', { name: 'Acme' })).body.data.id
    const { id } = await add({ value: 12, org_id, stage_id: stage(3), label: [9], status: 'won' })
    const answer = await v1.post(`/deals/${id}/duplicate`)
    expect(answer.status).toBe(200)
    expect(answer.body.data).toMatchObject({ title: 'Deal', value: 12, org_id, stage_id: stage(3), label: '9', status: 'open' })
    expect(answer.body.data.id).not.toBe(id)
    expect((await v1.post('/deals/999999/duplicate')).status).toBe(404)
  })

  test('a duplicate does not belong to those who are gone', async () => {
    const org_id = (await v1.post('/organizations', { name: 'Acme' })).body.data.id
    const { id } = await add({ org_id })
    await v1.delete(`/organizations/${org_id}`)
    expect((await v1.post(`/deals/${id}/duplicate`)).body.data).toMatchObject({ org_id: null, user_id: ws.admin.id })
  })

  test('merging keeps the other deal, which takes what it lacks', async () => {
    const org_id = (await v1.post('/organizations', { name: 'Acme' })).body.data.id
    const first = await add({ title: 'First', value: 100, org_id, probability: 20, expected_close_date: '2026-08-01' })
    const second = await add({ title: 'Second', probability: 80 })
    const answer = await v1.put(`/deals/${first.id}/merge`, { merge_with_id: second.id })
    expect(answer.body.data).toMatchObject({
      id: second.id,
      title: 'Second',
      value: 100,
      org_id,
      probability: 80,
      expected_close_date: '2026-08-01',
      merge_what_id: first.id,
    })
    expect((await v1.get(`/deals/${first.id}`)).body.data.deleted).toBe(true)
  })

  test('merging with nobody or itself changes nothing', async () => {
    const { id } = await add()
    expect((await v1.put(`/deals/${id}/merge`, { merge_with_id: 999999 })).status).toBe(404)
    expect((await v1.put(`/deals/${id}/merge`, { merge_with_id: id })).status).toBe(400)
    expect((await v1.put(`/deals/${id}/merge`, {})).body.error).toBe('merge_with_id must be given.')
    expect((await v1.get(`/deals/${id}`)).body.data.deleted).toBe(false)
  })
})
