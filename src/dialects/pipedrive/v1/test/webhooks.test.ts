import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TestApp, TestWorkspace } from '../../../../../test/support/app.ts'
import { openReceiver, type Receiver, workerOn } from '../../../../../test/support/receiver.ts'
import { changeDeal, createDeal, deleteDeal, restoreDeal } from '../../../../domain/edit-deals.ts'
import type { Worker } from '../../../../webhooks/worker.ts'
import { clockAt, openV1, speakV1, type V1 } from './served.ts'

let app: TestApp
let worker: Worker
let receiver: Receiver
let ws: TestWorkspace
let v1: V1
const clock = clockAt('2026-05-15T10:20:00Z')

beforeAll(async () => {
  ;({ app } = await openV1({ now: clock.now, allowPrivate: true }))
  worker = workerOn(app, { now: clock.now })
})
afterAll(async () => {
  await worker.stop()
  await app.close()
})
beforeEach(async () => {
  receiver = await openReceiver()
  ws = await app.workspace({ template: 'pipedrive' })
  v1 = speakV1(app, ws.token)
})
afterEach(() => receiver.close())

const draft = (more: object = {}) => ({
  subscription_url: `${receiver.origin}/hook`,
  event_action: '*',
  event_object: '*',
  name: 'Mine',
  ...more,
})
const subscribe = async (more: object = {}): Promise<number> => (await v1.post('/webhooks', draft(more))).body.data.id
// biome-ignore lint/suspicious/noExplicitAny: expect() checks what it finds.
const told = (): any[] => receiver.received.map(({ body }) => JSON.parse(body))
const stageIds = async (): Promise<number[]> => (await v1.get('/stages')).body.data.map(({ id }: { id: number }) => id)

describe('management', () => {
  test('pipedrive 78: POST answers 201 with status ok; a missing name or a bad url is a 400 in the webhook shape', async () => {
    const { status, body } = await v1.post(
      '/webhooks',
      draft({ event_action: 'change', event_object: 'deal', http_auth_user: 'ada', http_auth_password: 'pw' }),
    )
    expect([status, body]).toEqual([
      201,
      {
        status: 'ok',
        success: true,
        data: {
          id: expect.any(Number),
          company_id: ws.workspace.id,
          owner_id: ws.admin.id,
          user_id: ws.admin.id,
          event_action: 'change',
          event_object: 'deal',
          subscription_url: `${receiver.origin}/hook`,
          version: '2.0',
          is_active: 1,
          add_time: '2026-05-15T10:20:00.000Z',
          remove_time: null,
          type: 'general',
          http_auth_user: 'ada',
          http_auth_password: null,
          remove_reason: null,
          last_delivery_time: null,
          last_http_status: null,
          admin_id: ws.admin.id,
          name: 'Mine',
        },
      },
    ])
    const wrong = async (more: object) => {
      const answer = await v1.post('/webhooks', draft(more))
      return [answer.status, answer.body]
    }
    const error = (errors: object) => [400, { status: 'error', success: false, errors }]
    expect(await wrong({ name: undefined })).toEqual(error({ name: ['is required'] }))
    expect(await wrong({ name: 'x'.repeat(256) })).toEqual(error({ name: ['is too long'] }))
    expect(await wrong({ event_action: 'explode' })).toEqual(error({ event_action: ['is invalid'] }))
    expect(await wrong({ version: '3.0' })).toEqual(error({ version: ['is invalid'] }))
    expect(await wrong({ user_id: 424242 })).toEqual(error({ user_id: ['is invalid'] }))
    for (const url of [undefined, '', 'nonsense', 'ftp://x.example', 'https://api.pipedrive.com/v1/deals'])
      expect(await wrong({ subscription_url: url })).toEqual(error({ subscription_url: ['invalid or non-reachable URL'] }))
    expect((await v1.post('/webhooks', [])).status).toBe(400)
    expect((await v1.get('/webhooks')).body.data).toEqual([body.data])
  })

  test('private addresses are no receivers, unless the operator says so', async () => {
    const strict = await openV1()
    const answer = await strict.v1.post('/webhooks', draft())
    expect([answer.status, answer.body.errors]).toEqual([400, { subscription_url: ['invalid or non-reachable URL'] }])
    await strict.app.close()
  })

  test('pipedrive 80: a 41st webhook of a user is a 422, and of another user it is the first', async () => {
    for (let n = 0; n < 40; n++) await subscribe()
    const { status, body } = await v1.post('/webhooks', draft())
    expect([status, body]).toMatchObject([422, { status: 'error', success: false }])
    const { user } = await ws.member('manager')
    expect((await v1.post('/webhooks', draft({ user_id: user.id }))).body.data).toMatchObject({
      user_id: user.id,
      admin_id: ws.admin.id,
    })
  })

  test('DELETE ends it; an unknown id and another company’s are not found; members may not', async () => {
    const id = await subscribe()
    const notFound = [404, { status: 'error', success: false, errors: { id: ['not found'] } }]
    const other = speakV1(app, (await app.workspace()).token)
    for (const answer of [await other.delete(`/webhooks/${id}`), await v1.delete('/webhooks/424242')])
      expect([answer.status, answer.body]).toEqual(notFound)
    const member = speakV1(app, (await ws.member('member')).token)
    for (const answer of [
      await member.get('/webhooks'),
      await member.post('/webhooks', draft()),
      await member.delete(`/webhooks/${id}`),
    ])
      expect(answer.status).toBe(403)
    const { status, body } = await v1.delete(`/webhooks/${id}`)
    expect([status, body]).toEqual([200, { status: 'ok', success: true }])
    expect((await v1.get('/webhooks')).body).toEqual({ status: 'ok', success: true, data: [] })
    await createDeal(ws.scope, { title: 'Unheard' })
    await worker.settle()
    expect(receiver.received).toEqual([])
  })
})

describe('deliveries', () => {
  test('pipedrive 79: a payload of v2 has meta, data and previous, which holds changed fields only', async () => {
    const id = await subscribe()
    const [first, second] = await stageIds()
    const deal = await createDeal(ws.scope, { title: 'Roof', amount: 1000 })
    await changeDeal({ ...ws.scope, via: 'pipedrive' }, deal.id, { stageId: second })
    await deleteDeal(ws.scope, deal.id)
    await worker.settle()
    const [created, moved, deleted] = told()
    expect(moved.meta).toEqual({
      action: 'change',
      entity: 'deal',
      company_id: String(ws.workspace.id),
      correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      entity_id: String(deal.id),
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      is_bulk_edit: false,
      timestamp: '2026-05-15T10:20:00.000Z',
      type: 'general',
      user_id: String(ws.admin.id),
      version: '2.0',
      webhook_id: String(id),
      webhook_owner_id: String(ws.admin.id),
      change_source: 'api',
      attempt: 1,
      host: `${ws.workspace.subdomain}.pipedrive.com`,
      permitted_user_ids: [String(ws.admin.id)],
    })
    expect(moved.data).toMatchObject({ id: deal.id, title: 'Roof', stage_id: second, value: 10 })
    expect(moved.previous).toEqual({ stage_id: first, stage_change_time: null })
    expect([created.meta.action, created.data.stage_id, created.previous]).toEqual(['create', first, null])
    expect([created.meta.change_source, deleted.meta.action, deleted.data]).toEqual(['app', 'delete', null])
    expect(deleted.previous).toMatchObject({ id: deal.id, title: 'Roof', stage_id: second, is_deleted: false })
  })

  test('version 1.0 has current and previous whole, and the old names of actions', async () => {
    await subscribe({ version: '1.0', event_object: 'deal' })
    const [first, second] = await stageIds()
    const deal = await createDeal(ws.scope, { title: 'Roof' })
    await changeDeal(ws.scope, deal.id, { stageId: second })
    await deleteDeal(ws.scope, deal.id)
    await worker.settle()
    const [added, updated, deleted] = told()
    expect(updated).toMatchObject({
      v: 1,
      event: 'updated.deal',
      retry: 0,
      meta: { v: 1, action: 'updated', object: 'deal', id: deal.id, company_id: ws.workspace.id, timestamp: 1778840400 },
      current: { id: deal.id, stage_id: second, user_id: ws.admin.id },
      previous: { id: deal.id, stage_id: first, user_id: ws.admin.id },
    })
    expect(Object.keys(updated.previous)).toEqual(Object.keys(updated.current))
    expect([added.event, added.previous, deleted.event, deleted.current]).toEqual(['added.deal', null, 'deleted.deal', null])
  })

  test('only the action and object that were asked for; a deal brought back is a change', async () => {
    await subscribe({ event_action: 'change', event_object: 'deal' })
    await subscribe({ event_action: '*', event_object: 'stage' })
    await subscribe({ event_action: 'delete', event_object: '*' })
    const deal = await createDeal(ws.scope, { title: 'Roof' })
    await deleteDeal(ws.scope, deal.id)
    await restoreDeal(ws.scope, deal.id)
    await v1.put(`/stages/${(await stageIds())[0]}`, { name: 'Renamed' })
    await worker.settle()
    const seen = told().map(({ meta, previous }) => `${meta.action}.${meta.entity} ${Object.keys(previous)}`)
    expect(seen.sort()).toEqual([
      expect.stringMatching(/^change\.deal status,is_deleted/),
      expect.stringMatching(/^change\.stage name/),
      expect.stringMatching(/^delete\.deal id,title/),
    ])
  })

  test('what the vendor has no word for is not told: a place among the cards, another vendor’s extras, stages for won deals', async () => {
    await subscribe()
    const [one, two] = [await createDeal(ws.scope, { title: 'One' }), await createDeal(ws.scope, { title: 'Two' })]
    await changeDeal(ws.scope, one.id, { place: { before: two.id } })
    await changeDeal({ ...ws.scope, via: 'sell' }, one.id, { extras: { hot: true } })
    await worker.settle()
    expect(told().map(({ meta }) => meta.action)).toEqual(['create', 'create'])
  })

  test('a failed first try is tried again after 3, 30 and 150 seconds, counting attempts, and then no more', async () => {
    receiver.answer = 500
    await subscribe({ event_object: 'deal' })
    await createDeal(ws.scope, { title: 'Roof' })
    await worker.settle()
    for (const [index, seconds] of [3, 30, 150].entries()) {
      clock.pass(seconds * 1000 - 1)
      await worker.settle()
      expect(receiver.received).toHaveLength(index + 1)
      clock.pass(1)
      await worker.settle()
    }
    clock.pass(3_600_000)
    await worker.settle()
    expect(told().map(({ meta }) => meta.attempt)).toEqual([1, 2, 3, 4])
    expect(new Set(told().map(({ meta }) => meta.id)).size).toBe(1)
  })

  test('ten failed first tries ban the receiver for 30 minutes, and what happens meanwhile is lost', async () => {
    receiver.answer = 500
    await subscribe({ event_action: 'create', event_object: 'deal' })
    for (let n = 0; n < 10; n++) {
      await createDeal(ws.scope, { title: `Deal ${n}` })
      await worker.settle()
    }
    const before = receiver.received.length
    await createDeal(ws.scope, { title: 'Lost' })
    await worker.settle()
    expect(receiver.received.length).toBe(before)
    receiver.answer = 200
    clock.pass(30 * 60_000)
    await createDeal(ws.scope, { title: 'Heard' })
    await worker.settle()
    const titles = told().map(({ data }) => data.title)
    expect([titles.includes('Lost'), titles.at(-1)]).toEqual([false, 'Heard'])
  })

  test('three days without a successful delivery end it, and its answer says why', async () => {
    receiver.answer = 500
    const id = await subscribe({ event_object: 'deal' })
    await createDeal(ws.scope, { title: 'One' })
    await worker.settle()
    clock.pass(3 * 86_400_000)
    await createDeal(ws.scope, { title: 'Two' })
    await worker.settle()
    const [hook] = (await v1.get('/webhooks')).body.data
    expect(hook).toMatchObject({
      id,
      is_active: 0,
      last_http_status: 500,
      remove_reason: 'no successful deliveries on 3 consecutive days',
      remove_time: expect.any(String),
    })
  })

  test('basic authentication is sent, and never shown', async () => {
    await subscribe({ event_object: 'deal', http_auth_user: 'ada', http_auth_password: 'secret' })
    await createDeal(ws.scope, { title: 'One' })
    await worker.settle()
    expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ada:secret').toString('base64')}`)
    expect((await v1.get('/webhooks')).text).not.toContain('"secret"')
  })
})
