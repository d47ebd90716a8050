import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { openReceiver, type Receiver, workerOn } from '../../../../test/support/receiver.ts'
import { addCustomField } from '../../../domain/custom-field.ts'
import { changeDeal, deleteDeal, restoreDeal } from '../../../domain/edit-deals.ts'
import type { Worker } from '../../../webhooks/worker.ts'
import { readForm } from '../php.ts'
import { addLead, type Body, type Caller, callAs, formType } from './caller.ts'

let now = Date.UTC(2026, 10, 20, 12)
let app: TestApp
let worker: Worker
let receiver: Receiver
let ws: TestWorkspace
let caller: Caller
beforeAll(async () => {
  app = await openTestApp({ now: () => now, allowPrivate: true })
  worker = workerOn(app, { now: () => now })
})
afterAll(async () => {
  await worker.stop()
  await app.close()
})
beforeEach(async () => {
  receiver = await openReceiver()
  ws = await app.workspace({ template: 'amocrm' })
  caller = callAs(app, ws)
})
afterEach(() => receiver.close())

const path = '/api/v4/webhooks'
const minute = 60_000
const everything = ['add_lead', 'update_lead', 'delete_lead', 'restore_lead', 'status_lead', 'responsible_lead']
const subscribe = async (settings: readonly string[], destination = `${receiver.origin}/hook`): Promise<Body> =>
  (await caller.post(path, { destination, settings, sort: 10 })).body
const told = (): Body[] => receiver.received.map(({ body }) => readForm(Buffer.from(body)) as Body)
const statuses = async (): Promise<number[]> =>
  (await caller.get('/api/v4/leads/pipelines')).body._embedded.pipelines[0]._embedded.statuses.map(({ id }: Body) => id)

describe('v4', () => {
  test('amocrm 99: POST, then DELETE with a JSON body that names the destination, is 204', async () => {
    const destination = `${receiver.origin}/hook`
    const made = await caller.post(path, { destination, settings: ['add_lead', 'status_lead'], sort: 20 })
    expect([made.status, made.body]).toEqual([
      201,
      {
        id: expect.any(Number),
        destination,
        created_at: now / 1000,
        updated_at: now / 1000,
        account_id: ws.workspace.id,
        created_by: ws.admin.id,
        sort: 20,
        disabled: false,
        settings: ['add_lead', 'status_lead'],
        _links: { self: { href: `${app.origin}/amocrm/api/v4/webhooks/${made.body.id}` } },
      },
    ])
    const list = async (query = '') => (await caller.get(path + query)).body?._embedded.webhooks
    expect(await list()).toEqual([made.body])
    expect(await list(`?filter[destination]=${encodeURIComponent(destination)}`)).toEqual([made.body])
    expect((await caller.get(`${path}?filter[destination]=https://other.example`)).status).toBe(204)
    const removed = await caller.delete(path, { destination })
    expect([removed.status, removed.text]).toEqual([204, ''])
    expect((await caller.get(path)).status).toBe(204)
    expect((await caller.delete(path, { destination })).body).toMatchObject({ status: 404, detail: 'Webhook not found' })
  })

  test('the same address again adds to what it hears of', async () => {
    const first = await subscribe(['add_lead'])
    expect(await subscribe(['status_lead'])).toMatchObject({ id: first.id, settings: ['add_lead', 'status_lead'] })
  })

  test('what cannot be told, and addresses that are none, are refused', async () => {
    const details = async (body: object) => (await caller.post(path, body)).body['validation-errors'][0].errors
    expect(await details({ destination: 'https://x.example', settings: ['explode_lead'] })).toMatchObject([
      { path: 'settings.0' },
    ])
    expect(await details({ destination: 'https://x.example', settings: ['status_contact'] })).toMatchObject([
      { path: 'settings.0' },
    ])
    expect(await details({ settings: ['add_lead'] })).toMatchObject([{ path: 'destination' }])
    expect((await caller.post(path, { destination: 'nonsense', settings: ['add_lead'] })).status).toBe(400)
    expect((await caller.get(path)).status).toBe(204)
    const strict = await openTestApp()
    const other = callAs(strict, await strict.workspace({ template: 'amocrm' }))
    expect((await other.post(path, { destination: receiver.origin, settings: ['add_lead'] })).status).toBe(400)
    await strict.close()
  })

  test('amocrm 102: more than 100 webhooks are refused', async () => {
    for (let n = 0; n < 100; n++) await subscribe(['add_lead'], `https://receiver.example/${n}`)
    const { status } = await caller.post(path, { destination: 'https://receiver.example/100', settings: ['add_lead'] })
    expect(status).toBe(400)
    // One that is there can still be changed.
    expect((await subscribe(['status_lead'], 'https://receiver.example/7')).settings).toEqual(['add_lead', 'status_lead'])
  })

  test('only administrators and managers, and nobody of another account', async () => {
    await subscribe(['add_lead'])
    const member = callAs(app, await ws.member('member'))
    for (const answer of [
      await member.get(path),
      await member.post(path, { destination: 'https://x.example', settings: ['add_lead'] }),
    ])
      expect(answer.status).toBe(403)
    const other = callAs(app, await app.workspace({ template: 'amocrm' }))
    expect((await other.get(path)).status).toBe(204)
    expect((await other.delete(path, { destination: `${receiver.origin}/hook` })).status).toBe(404)
  })
})

describe('v2 and the first generation', () => {
  test('v2 subscribes, lists and unsubscribes row by row', async () => {
    const url = `${receiver.origin}/v2`
    const rows = [
      { url, events: ['add_lead', 'status_lead'] },
      { url: 'nonsense', events: ['add_lead'] },
    ]
    const made = await caller.post('/api/v2/webhooks/subscribe', { subscribe: rows })
    expect(made.body._embedded.items).toEqual([
      { url, result: true },
      { url: 'nonsense', result: false },
    ])
    expect((await caller.get('/api/v2/webhooks')).body._embedded.items).toEqual([
      { id: expect.any(Number), url, events: ['add_lead', 'status_lead'] },
    ])
    const less = await caller.post('/api/v2/webhooks/unsubscribe', { unsubscribe: [{ url, events: ['add_lead'] }] })
    expect(less.body._embedded.items).toEqual([{ url, result: true }])
    expect((await caller.get('/api/v2/webhooks')).body._embedded.items[0].events).toEqual(['status_lead'])
    await caller.post('/api/v2/webhooks/unsubscribe', { unsubscribe: [{ url, events: ['status_lead'] }] })
    expect((await caller.get('/api/v2/webhooks')).status).toBe(204)
    expect((await caller.post('/api/v2/webhooks/subscribe', {})).body.response.error_code).toBe('103')
  })

  test('the first generation does so under its own envelope, with forms too', async () => {
    const url = `${receiver.origin}/old`
    const base = '/private/api/v2/json/webhooks'
    const form = `request[webhooks][subscribe][0][url]=${encodeURIComponent(url)}&request[webhooks][subscribe][0][events][]=add_lead`
    const made = await caller.post(`${base}/subscribe`, form, formType)
    expect(made.body.response).toEqual({ webhooks: { subscribe: [{ url, result: true }] }, server_time: now / 1000 })
    expect((await caller.get(`${base}/list`)).body.response.webhooks).toEqual([
      { id: expect.any(Number), url, events: ['add_lead'] },
    ])
    const removed = await caller.post(`${base}/unsubscribe`, {
      request: { webhooks: { unsubscribe: [{ url, events: ['add_lead'] }] } },
    })
    expect(removed.body.response.webhooks).toEqual({ unsubscribe: [{ url, result: true }] })
    expect((await caller.get(`${base}/list`)).status).toBe(204)
    const member = callAs(app, await ws.member('member'))
    expect(
      (await member.post(`${base}/subscribe`, { request: { webhooks: { subscribe: [{ url, events: ['add_lead'] }] } } })).status,
    ).toBe(403)
  })

  test('a subscription of any generation hears the same', async () => {
    const events = ['add_lead']
    await caller.post('/api/v2/webhooks/subscribe', { subscribe: [{ url: `${receiver.origin}/a`, events }] })
    await caller.post('/private/api/v2/json/webhooks/subscribe', {
      request: { webhooks: { subscribe: [{ url: `${receiver.origin}/b`, events }] } },
    })
    await subscribe(events, `${receiver.origin}/c`)
    await addLead(caller, { name: 'Heard' })
    await worker.settle()
    expect(receiver.received.map(({ path }) => path).sort()).toEqual(['/a', '/b', '/c'])
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
  })
})

describe('deliveries', () => {
  test('amocrm 100: a stage change posts leads[status][0][…] form data with old_status_id', async () => {
    await subscribe(['status_lead'])
    const field = await addCustomField(ws.scope, { subject: 'deal', name: 'Source', type: 'text' })
    const [first, second] = await statuses()
    const id = await addLead(caller, {
      name: 'Семинар',
      price: 22500,
      custom_fields_values: [{ field_id: field.id, values: [{ value: 'Сайт' }] }],
      _embedded: { tags: [{ name: 'repeat' }] },
    })
    await caller.patch(`/api/v4/leads/${id}`, { status_id: second })
    await worker.settle()
    expect(receiver.received).toHaveLength(1)
    const { headers, body } = receiver.received[0] ?? { headers: {}, body: '' }
    expect(headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'amoCRM-WebHook-client/1.0',
    })
    expect(decodeURIComponent(body)).toContain(`leads[status][0][id]=${id}&`)
    const pipeline = String((await caller.get(`/api/v4/leads/${id}`)).body.pipeline_id)
    const admin = String(ws.admin.id)
    expect(told()).toEqual([
      {
        leads: {
          status: [
            {
              id: String(id),
              name: 'Семинар',
              status_id: String(second),
              price: '22500',
              responsible_user_id: admin,
              last_modified: String(now / 1000),
              modified_user_id: admin,
              created_user_id: admin,
              date_create: String(now / 1000),
              pipeline_id: pipeline,
              tags: [{ id: expect.stringMatching(/^\d+$/), name: 'repeat' }],
              account_id: String(ws.workspace.id),
              custom_fields: [{ id: String(field.id), name: 'Source', values: [{ value: 'Сайт' }] }],
              created_at: String(now / 1000),
              updated_at: String(now / 1000),
              old_status_id: String(first),
              old_pipeline_id: pipeline,
            },
          ],
        },
        account: {
          subdomain: ws.workspace.subdomain,
          id: String(ws.workspace.id),
          _links: { self: `https://${ws.workspace.subdomain}.amocrm.ru` },
        },
      },
    ])
  })

  test('each action is a delivery of its own: add, status, responsible, update, delete, restore', async () => {
    await subscribe(everything)
    const [, second] = await statuses()
    const { user } = await ws.member('member')
    const id = await addLead(caller)
    await changeDeal(ws.scope, id, { stageId: second ?? 0, ownerId: user.id })
    await changeDeal(ws.scope, id, { outcome: 'won' })
    await deleteDeal(ws.scope, id)
    await restoreDeal(ws.scope, id)
    await worker.settle()
    const seen = told().map(({ leads }) => {
      const [action = ''] = Object.keys(leads)
      const { status_id, old_status_id, old_responsible_user_id } = leads[action][0]
      return [action, Number(status_id), old_status_id, old_responsible_user_id]
    })
    expect(seen).toEqual([
      ['add', expect.any(Number), undefined, undefined],
      ['status', second, expect.any(String), undefined],
      ['responsible', second, undefined, String(ws.admin.id)],
      ['update', second, undefined, undefined],
      ['status', 142, String(second), undefined],
      ['update', 142, undefined, undefined],
      ['delete', 142, undefined, undefined],
      ['restore', 142, undefined, undefined],
    ])
    expect(Object.keys(told()[6].leads.delete[0])).toEqual(['id', 'status_id', 'pipeline_id'])
  })

  test('amocrm 101: a receiver answering 500 is retried after 5 min, 15 min, 15 min and 1 h; 404 only twice', async () => {
    await subscribe(['add_lead'])
    for (const [status, waits] of [
      [500, [5, 15, 15, 60]],
      [499, [5, 15, 15, 60]],
      [404, [5, 15]],
      [301, [5, 15]],
    ] as const) {
      receiver.answer = status
      receiver.received.length = 0
      await addLead(caller)
      await worker.settle()
      for (const [index, wait] of waits.entries()) {
        now += wait * minute - 1
        await worker.settle()
        expect([status, receiver.received.length]).toEqual([status, index + 1])
        now += 1
        await worker.settle()
      }
      now += 24 * 60 * minute
      await worker.settle()
      expect([status, receiver.received.length]).toEqual([status, waits.length + 1])
    }
  })
})
