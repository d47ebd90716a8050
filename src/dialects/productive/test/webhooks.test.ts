import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { openReceiver, type Receiver, workerOn } from '../../../../test/support/receiver.ts'
import { changeDeal, createDeal, deleteDeal } from '../../../domain/edit-deals.ts'
import { listStages } from '../../../domain/stage.ts'
import type { Worker } from '../../../webhooks/worker.ts'
import { admin, type Body, type Caller, caller, doc, problems } from './caller.ts'

let now = Date.UTC(2026, 2, 17, 4, 5, 46)
let app: TestApp
let worker: Worker
let receiver: Receiver
let ws: TestWorkspace
let api: Caller
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
  ws = await app.workspace({ template: 'productive' })
  api = admin(app, ws)
})
afterEach(() => receiver.close())

const hour = 3_600_000
const attributes = (more: object = {}) => ({ name: 'Mine', event_id: 12, target_url: `${receiver.origin}/hook`, ...more })
const subscribe = async (more: object = {}): Promise<Body> =>
  (await api.post('/webhooks', doc('webhooks', attributes(more)))).body.data

describe('management', () => {
  test('a webhook is made with its token, read without it, changed and deleted', async () => {
    const made = await api.post('/webhooks', doc('webhooks', attributes({ custom_headers: { 'X-Team': 'sales' } })))
    expect([made.status, made.body]).toEqual([
      201,
      {
        data: {
          id: expect.stringMatching(/^\d+$/),
          type: 'webhooks',
          attributes: {
            name: 'Mine',
            event_id: 12,
            type_id: 1,
            target_url: `${receiver.origin}/hook`,
            custom_headers: { 'X-Team': 'sales' },
            state_id: 1,
            signature_token: expect.stringMatching(/^[0-9a-f]{64}$/),
          },
          relationships: { organization: { data: { type: 'organizations', id: String(ws.workspace.id) } } },
        },
        meta: {},
      },
    ])
    const { id } = made.body.data
    const again = (await api.get(`/webhooks/${id}`)).body.data
    expect(again.attributes).toEqual({ ...made.body.data.attributes, signature_token: null })
    expect((await api.get('/webhooks?filter[event_id]=12')).body.data).toEqual([again])
    expect((await api.get('/webhooks?filter[event_id]=3')).body.data).toEqual([])
    const changed = await api.patch(`/webhooks/${id}`, doc('webhooks', { event_id: 3, name: 'Other' }))
    expect(changed.body.data.attributes).toMatchObject({ event_id: 3, name: 'Other', target_url: `${receiver.origin}/hook` })
    expect((await api.delete(`/webhooks/${id}`)).status).toBe(204)
    expect((await api.get(`/webhooks/${id}`)).status).toBe(404)
  })

  test('what is missing or wrong is named', async () => {
    const wrong = async (more: object) => problems(await api.post('/webhooks', doc('webhooks', attributes(more))))
    expect(await wrong({ event_id: undefined })).toEqual([['data/attributes/event_id', "can't be blank"]])
    expect(await wrong({ target_url: ' ' })).toEqual([['data/attributes/target_url', "can't be blank"]])
    expect(await wrong({ target_url: 'nonsense' })).toEqual([['data/attributes/target_url', 'is invalid']])
    expect(await wrong({ event_id: 99 })).toMatchObject([['data/attributes/event_id', expect.any(String)]])
    expect(await wrong({ custom_headers: { Host: 'x' } })).toMatchObject([['data/attributes/custom_headers', expect.any(String)]])
    const strict = await openTestApp()
    const other = admin(strict, await strict.workspace({ template: 'productive' }))
    expect(problems(await other.post('/webhooks', doc('webhooks', attributes())))).toEqual([
      ['data/attributes/target_url', 'is not allowed'],
    ])
    await strict.close()
  })

  test('members may not; other organizations see none of it', async () => {
    const { id } = await subscribe()
    const { token } = await ws.member('member')
    const member = caller(app, { token, organization: ws.workspace.id })
    for (const answer of [await member.get('/webhooks'), await member.post('/webhooks', doc('webhooks', attributes()))])
      expect(answer.status).toBe(403)
    const other = admin(app, await app.workspace({ template: 'productive' }))
    expect((await other.get('/webhooks')).body.data).toEqual([])
    for (const answer of [
      await other.get(`/webhooks/${id}`),
      await other.patch(`/webhooks/${id}`, doc('webhooks', {})),
      await other.delete(`/webhooks/${id}`),
    ])
      expect(answer.status).toBe(404)
  })
})

describe('deliveries', () => {
  test('productive 85: a webhook for event 12 fires on a deal update with Productive-Signature', async () => {
    const { attributes: made } = await subscribe()
    const [, second] = await listStages(ws.scope)
    const deal = await createDeal(ws.scope, { title: 'Website' })
    await changeDeal(ws.scope, deal.id, { stageId: second?.id ?? 0 })
    await worker.settle()
    expect(receiver.received).toHaveLength(1)
    const { headers = {}, body = '' } = receiver.received[0] ?? {}
    const [, time, signature] =
      /^t=(\d+),s=([0-9a-f]{64})$/.exec((headers as Record<string, string>)['productive-signature'] ?? '') ?? []
    expect(Number(time)).toBe(Math.floor(now / 1000))
    expect(signature).toBe(createHmac('sha256', made.signature_token).update(`${time}.${body}`).digest('hex'))
    const { data, included } = JSON.parse(body)
    const shown = await api.get(`/deals/${deal.id}?include=company,deal_status,responsible`)
    expect([shown.status, shown.text]).toEqual([200, body])
    expect(data.relationships.deal_status).toEqual({ data: { type: 'deal_statuses', id: String(second?.id) } })
    expect(included.map(({ type }: Body) => type)).toContain('deal_statuses')
  })

  test('3 is a new deal, 13 a deleted one, and each webhook hears of one event', async () => {
    for (const event_id of [3, 12, 13, 24]) await subscribe({ event_id, target_url: `${receiver.origin}/${event_id}` })
    const deal = await createDeal(ws.scope, { title: 'Website' })
    await changeDeal(ws.scope, deal.id, { place: 'last' })
    await changeDeal(ws.scope, deal.id, { title: 'Renamed' })
    await deleteDeal(ws.scope, deal.id)
    await worker.settle()
    const seen = receiver.received.map(({ path, body }) => [path, JSON.parse(body).data.attributes.name])
    expect(seen.sort()).toEqual([
      ['/12', 'Renamed'],
      ['/13', 'Renamed'],
      ['/3', 'Website'],
    ])
  })

  test('twelve retries over 48 hours, then it is given up', async () => {
    receiver.answer = 503
    const { id } = await subscribe({ event_id: 3 })
    await createDeal(ws.scope, { title: 'Website' })
    await worker.settle()
    const stateId = async () => (await api.get(`/webhooks/${id}`)).body.data.attributes.state_id
    expect(await stateId()).toBe(2)
    for (let retry = 1; retry <= 12; retry++) {
      now += 4 * hour
      await worker.settle()
      expect(receiver.received).toHaveLength(retry + 1)
    }
    await createDeal(ws.scope, { title: 'Unheard' })
    now += 48 * hour
    await worker.settle()
    expect([receiver.received.length, await stateId()]).toEqual([13, 2])
    expect(new Set(receiver.received.map(({ headers }) => headers['productive-signature'])).size).toBe(13)
  })
})
