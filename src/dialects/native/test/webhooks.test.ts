import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import {
  dripping,
  openRaw,
  openReceiver,
  pouring,
  type Received,
  type Receiver,
  workerOn,
} from '../../../../test/support/receiver.ts'
import { DomainError, refuse } from '../../../domain/errors.ts'
import type { Store } from '../../../domain/store.ts'
import { openOutbox } from '../../../store/outbox.ts'
import type { Worker } from '../../../webhooks/worker.ts'
import { type Body, type Client, clientOf } from './client.ts'

let app: TestApp
let worker: Worker
let receiver: Receiver
let ws: TestWorkspace
let api: Client
const clock = { at: Date.UTC(2026, 5, 1, 12) }
const now = () => clock.at

beforeAll(async () => {
  app = await openTestApp({ now, allowPrivate: true })
  worker = workerOn(app, { now })
})
afterAll(async () => {
  await worker.stop()
  await app.close()
})
beforeEach(async () => {
  receiver = await openReceiver()
  ws = await app.workspace()
  api = clientOf({ origin: app.origin, token: ws.token })
})
afterEach(() => receiver.close())

const minute = 60_000
const hour = 60 * minute

const subscribe = async (events: readonly string[] = ['*'], more: object = {}): Promise<Body> => {
  const { status, body, text } = await api.post('/webhooks', { url: `${receiver.origin}/hook`, events, ...more })
  expect(status, text).toBe(201)
  return body.data
}
const stages = async (): Promise<Body[]> => (await api.get('/stages')).body.data
const deal = async (): Promise<Body> => (await api.post('/deals', { title: 'Roof', value: '10' })).body.data
const told = (): Body[] => receiver.received.map(({ body }) => JSON.parse(body))
const deliveries = async (hook: Body, query = ''): Promise<Body[]> =>
  (await api.get(`/webhooks/${hook.id}/deliveries${query}`)).body.data

describe('native: what is told', () => {
  test('a move is told with the stages it went from and to, signed as Standard Webhooks has it', async () => {
    const { id } = await deal()
    const [first, second] = await stages()
    const hook = await subscribe(['deal.moved'])
    await api.patch(`/deals/${id}`, { title: 'Not a move' })
    await api.post(`/deals/${id}/move`, { stageId: second.id })
    await worker.settle()
    expect(receiver.received).toHaveLength(1)
    const { headers, body } = receiver.received[0] as Received
    // The library checks the age of the signature against its own clock.
    const [at, restore] = [clock.at, Date.now]
    Date.now = () => at
    const payload = new Webhook(hook.secret).verify(body, headers) as Body
    expect(() => new Webhook(hook.secret).verify(`${body} `, headers)).toThrow()
    Date.now = restore
    const { data } = payload
    expect(payload).toMatchObject({ type: 'deal.moved', timestamp: '2026-06-01T12:00:00.000Z' })
    expect(data).toMatchObject({
      workspaceId: ws.workspace.id,
      userId: ws.admin.id,
      dialect: 'native',
      from: { id: first.id, name: first.name, kind: 'open', pipelineId: first.pipelineId },
      to: { id: second.id, name: second.name },
      before: { stageId: first.id },
      after: { stageId: second.id },
      deal: { id, title: 'Not a move', stageId: second.id, version: 3 },
    })
    expect(data.deal).toEqual((await api.get(`/deals/${id}`)).body.data)
    expect(headers['webhook-id']).toMatch(/^msg_[0-9a-f-]{36}$/)
    expect(headers['content-type']).toBe('application/json')
  })

  test('the record is shown as the change left it, whatever has happened since', async () => {
    await subscribe()
    const { id } = await deal()
    const [, second, third] = await stages()
    await api.post(`/deals/${id}/move`, { stageId: second.id })
    clock.at += minute
    await api.patch(`/deals/${id}`, { title: 'Later', stageId: third.id, tags: ['x'] })
    await api.delete(`/deals/${id}`)
    await worker.settle()
    const shown = told().map(({ type, data }) => [type, data.deal.title, data.deal.stageId, data.deal.version, data.deal.tags])
    const [first] = await stages()
    expect(shown).toEqual([
      ['deal.created', 'Roof', first.id, 1, []],
      ['deal.moved', 'Roof', second.id, 2, []],
      ['deal.moved', 'Later', third.id, 3, ['x']],
      ['deal.deleted', 'Later', third.id, 4, ['x']],
    ])
  })

  test('stages and pipelines are told of, too, and only what was asked for', async () => {
    await subscribe(['stage.updated', 'pipeline.created'])
    const [stage] = await stages()
    await api.patch(`/stages/${stage.id}`, { name: 'Renamed' })
    await api.post('/pipelines', { name: 'Second' })
    await deal()
    await worker.settle()
    expect(
      told()
        .map(({ type, data }) => [type, data.stage?.name ?? data.pipeline?.name])
        .sort(),
    ).toEqual([
      ['pipeline.created', 'Second'],
      ['stage.updated', 'Renamed'],
    ])
  })

  test('what happened before the subscription, and what other workspaces do, is not told', async () => {
    const before = await deal()
    await subscribe()
    const other = await app.workspace()
    await clientOf({ origin: app.origin, token: other.token }).post('/deals', { title: 'Theirs' })
    await api.patch(`/deals/${before.id}`, { title: 'Mine' })
    await worker.settle()
    expect(told().map(({ type, data }) => [type, data.deal.title])).toEqual([['deal.updated', 'Mine']])
  })

  test('deliveries carry the login and the headers of their webhook, which are never shown', async () => {
    const hook = await subscribe(['*'], {
      login: { user: 'ada', password: 'pa:ss' },
      headers: { 'X-Team': 'sales', 'User-Agent': 'mine' },
    })
    await deal()
    await worker.settle()
    expect(receiver.received[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('ada:pa:ss').toString('base64')}`,
      'x-team': 'sales',
      'user-agent': 'mine',
    })
    const { text } = await api.get(`/webhooks/${hook.id}`)
    expect(text).not.toContain('pa:ss')
    expect(text).not.toContain('whsec_')
    expect(JSON.parse(text).data).toMatchObject({ hasLogin: true, headerNames: ['X-Team', 'User-Agent'] })
    expect((await api.get('/webhooks')).text).not.toContain('whsec_')
  })

  test('a test is sent like any other delivery', async () => {
    const hook = await subscribe(['deal.moved'])
    const { status, body } = await api.post(`/webhooks/${hook.id}/test`)
    expect([status, body.data.state, body.data.type, body.data.eventId]).toEqual([200, 'pending', 'test', null])
    await worker.settle()
    expect(told()).toMatchObject([{ type: 'webhook.test', data: { webhookId: hook.id } }])
    expect((await api.get(`/webhooks/${hook.id}/deliveries/${body.data.id}`)).body.data).toMatchObject({
      state: 'delivered',
      status: 200,
    })
  })

  test('after a rotation both secrets sign for a day, then the new one alone', async () => {
    const hook = await subscribe()
    const { body } = await api.post(`/webhooks/${hook.id}/rotate-secret`)
    const secrets = [hook.secret, body.data.secret]
    const signers = () => {
      const { headers = {}, body = '' } = receiver.received.at(-1) ?? {}
      const restore = Date.now
      Date.now = () => clock.at
      const valid = secrets.map((secret) => {
        try {
          new Webhook(secret).verify(body, headers)
          return true
        } catch {
          return false
        }
      })
      Date.now = restore
      return valid
    }
    await deal()
    await worker.settle()
    expect(signers()).toEqual([true, true])
    clock.at += 25 * hour
    await deal()
    await worker.settle()
    expect(signers()).toEqual([false, true])
  })
})

describe('native: when it fails', () => {
  test('it is tried ten times over three days, with one id and a fresh signature each time', async () => {
    receiver.answer = 500
    const hook = await subscribe(['deal.created'])
    await deal()
    const began = clock.at
    const waits: number[] = []
    for (let attempt = 1; attempt <= 10; attempt++) {
      await worker.settle()
      expect(receiver.received).toHaveLength(attempt)
      const [delivery] = await deliveries(hook)
      expect([delivery.state, delivery.attempts, delivery.status]).toEqual([attempt < 10 ? 'pending' : 'failed', attempt, 500])
      if (delivery.dueAt === null) break
      waits.push(Date.parse(delivery.dueAt) - clock.at)
      clock.at = Date.parse(delivery.dueAt) - 1
      await worker.settle()
      clock.at++
    }
    expect(waits).toEqual([5000, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour])
    expect(clock.at - began).toBeGreaterThan(3 * 24 * hour)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-signature'])).size).toBe(10)
  })

  test('waits are spread at random', async () => {
    receiver.answer = 500
    const hook = await subscribe()
    const hasty = workerOn(app, { now, random: () => 0 })
    await deal()
    await hasty.settle()
    const [delivery] = await deliveries(hook)
    expect(Date.parse(delivery.dueAt) - clock.at).toBe(4000)
    await hasty.stop()
  })

  test('a record that fails holds back its own later changes and nobody else’s', async () => {
    const [bad, good] = [await deal(), await deal()]
    const hook = await subscribe()
    receiver.answer = ({ body }, res) => res.writeHead(JSON.parse(body).data.deal.id === bad.id && !isWell ? 503 : 204).end()
    let isWell = false
    for (const title of ['a', 'b', 'c']) for (const { id } of [bad, good]) await api.patch(`/deals/${id}`, { title })
    await worker.settle()
    const titles = (id: number) =>
      told()
        .filter(({ data }) => data.deal.id === id)
        .map(({ data }) => data.deal.title)
    expect([titles(bad.id), titles(good.id)]).toEqual([['a'], ['a', 'b', 'c']])
    isWell = true
    clock.at += 10_000
    await worker.settle()
    expect(titles(bad.id)).toEqual(['a', 'a', 'b', 'c'])
    expect(await deliveries(hook, '?state=pending')).toEqual([])
  })

  test('a store that does not answer for a moment costs no delivery its attempt', async () => {
    const hook = await subscribe()
    await deal()
    let failures = 0
    const around: Store['events']['around'] = (...args) => {
      if (failures++ === 0) throw new DomainError({ kind: 'unavailable' })
      return app.registry.of(ws.workspace.id).events.around(...args)
    }
    const of = (id: number) => {
      const store = app.registry.of(id)
      const events = { ...store.events, around }
      return new Proxy(store, { get: (_, name) => (name === 'events' ? events : Reflect.get(store, name, store)) })
    }
    const registry = new Proxy(app.registry, { get: (all, name) => (name === 'of' ? of : Reflect.get(all, name, all)) })
    const other = workerOn({ engine: app.engine, registry }, { now })
    await other.settle()
    await other.settle()
    await other.stop()
    expect(failures).toBe(2)
    expect(told()).toHaveLength(1)
    expect((await deliveries(hook)).map(({ state, attempts }) => [state, attempts])).toEqual([['delivered', 1]])
  })

  test('one that hangs, one that drips and one that answers with ten gigabytes hold up nobody else', async () => {
    const bad = await Promise.all([() => {}, dripping, pouring().talk].map(openRaw))
    for (const { origin } of bad) await subscribe(['*'], { url: origin })
    await subscribe()
    const other = workerOn(app, { now })
    other.start()
    const began = performance.now()
    const titles = Array.from({ length: 40 }, (_, n) => `Deal ${n}`)
    const waits = await Promise.all(
      titles.map(async (title) => {
        const began = performance.now()
        expect((await api.post('/deals', { title })).status).toBe(201)
        return performance.now() - began
      }),
    )
    await vi.waitFor(
      () =>
        expect(
          told()
            .map(({ data }) => data.deal.title)
            .sort(),
        ).toEqual(titles.toSorted()),
      10_000,
    )
    // Long before those who hang have had their time.
    expect(performance.now() - began).toBeLessThan(12_000)
    expect(Math.max(...waits)).toBeLessThan(5000)
    for (const each of bad) each.close()
    await other.stop()
  })

  test('what cannot be written down is not sent again before something can be', async () => {
    const hook = await subscribe()
    await deal()
    let isFull = true
    const real = openOutbox(app.engine)
    const refusing = <A extends unknown[]>(write: (...args: A) => Promise<void>) => {
      return async (...args: A) => (isFull ? refuse({ kind: 'unavailable' }) : write(...args))
    }
    const other = workerOn(app, { now, outbox: { ...real, record: refusing(real.record), renew: refusing(real.renew) } })
    for (let n = 0; n < 3; n++) await other.settle()
    expect(receiver.received).toHaveLength(1)
    isFull = false
    await other.settle()
    await other.stop()
    const [first, second, ...more] = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect([second, more]).toEqual([first, []])
    expect((await deliveries(hook)).map(({ state }) => state)).toEqual(['delivered'])
  })

  test('410 disables it at once; so do five days without a success; enabled again it hears of what happens then', async () => {
    const hook = await subscribe()
    receiver.answer = 410
    await deal()
    await worker.settle()
    expect((await api.get(`/webhooks/${hook.id}`)).body.data).toMatchObject({
      state: 'disabled',
      reason: 'gone',
      lastStatus: 410,
    })
    await deal()
    await worker.settle()
    expect(receiver.received).toHaveLength(1)
    for (const path of ['test', 'replay'])
      expect((await api.post(`/webhooks/${hook.id}/${path}`)).body.type).toContain('webhook-disabled')
    receiver.answer = 500
    expect((await api.patch(`/webhooks/${hook.id}`, { state: 'active' })).body.data).toMatchObject({
      state: 'active',
      reason: null,
    })
    await deal()
    await worker.settle()
    clock.at += 5 * 24 * hour
    await deal()
    await worker.settle()
    expect((await api.get(`/webhooks/${hook.id}`)).body.data).toMatchObject({ state: 'disabled', reason: 'failing' })
    expect(await deliveries(hook, '?state=pending')).toEqual([])
  })

  test('a paused one keeps what happens for later', async () => {
    const hook = await subscribe()
    await api.patch(`/webhooks/${hook.id}`, { state: 'paused' })
    await deal()
    await worker.settle()
    expect([receiver.received.length, (await deliveries(hook, '?state=pending')).length]).toEqual([0, 1])
    await api.patch(`/webhooks/${hook.id}`, { state: 'active' })
    await worker.settle()
    expect(receiver.received).toHaveLength(1)
  })

  test('a removed one gets nothing more, and answers as one that never was', async () => {
    receiver.answer = 500
    const hook = await subscribe()
    await deal()
    await worker.settle()
    expect((await api.delete(`/webhooks/${hook.id}`)).status).toBe(204)
    clock.at += hour
    await deal()
    await worker.settle()
    expect(receiver.received).toHaveLength(1)
    for (const path of ['', '/deliveries']) expect((await api.get(`/webhooks/${hook.id}${path}`)).status).toBe(404)
    expect((await api.get('/webhooks')).body.data).toEqual([])
  })
})

describe('native: the log', () => {
  test('is searched by state, type, deal, status and time, page by page', async () => {
    const hook = await subscribe()
    receiver.answer = ({ body }, res) => res.writeHead(JSON.parse(body).type === 'deal.deleted' ? 404 : 200).end()
    const [one, two] = [await deal(), await deal()]
    await worker.settle()
    const later = clock.at + hour
    clock.at = later
    await api.delete(`/deals/${one.id}`)
    await worker.settle()
    const all = await deliveries(hook)
    expect(all.map(({ type, subjectId, state, status }) => [type, subjectId, state, status])).toEqual([
      ['deal.deleted', one.id, 'pending', 404],
      ['deal.created', two.id, 'delivered', 200],
      ['deal.created', one.id, 'delivered', 200],
    ])
    const found = async (query: string) => (await deliveries(hook, query)).map(({ id }) => id)
    const [deleted, second, first] = all.map(({ id }) => id)
    expect(await found('?state=delivered')).toEqual([second, first])
    expect(await found('?type=deal.deleted')).toEqual([deleted])
    expect(await found(`?dealId=${one.id}`)).toEqual([deleted, first])
    expect(await found('?status=404')).toEqual([deleted])
    expect(await found(`?since=${new Date(later).toISOString()}`)).toEqual([deleted])
    expect(await found(`?until=${new Date(later).toISOString()}`)).toEqual([second, first])
    expect((await api.all(`/webhooks/${hook.id}/deliveries?limit=1`)).map(({ id }) => id)).toEqual([deleted, second, first])
  })

  test('one is sent again with its id, and so is all that failed', async () => {
    const hook = await subscribe()
    receiver.answer = 410
    const made = await deal()
    await worker.settle()
    receiver.answer = 200
    await api.patch(`/webhooks/${hook.id}`, { state: 'active' })
    const [failed] = await deliveries(hook)
    expect(failed).toMatchObject({ state: 'failed', status: 410 })
    const { status, body } = await api.post(`/webhooks/${hook.id}/deliveries/${failed.id}/replay`)
    expect([status, body.data.state, body.data.attempts]).toEqual([200, 'pending', 0])
    await worker.settle()
    expect(told().map(({ data }) => data.deal.id)).toEqual([made.id, made.id])
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect((await api.post(`/webhooks/${hook.id}/replay`)).body.data).toEqual({ count: 0 })
    expect((await api.post(`/webhooks/${hook.id}/replay`, { state: 'delivered', type: 'deal.created' })).body.data).toEqual({
      count: 1,
    })
    await worker.settle()
    expect(receiver.received).toHaveLength(3)
  })

  test('is kept as long as the server says', async () => {
    const hook = await subscribe()
    await deal()
    await worker.settle()
    clock.at += 29 * 24 * hour
    await worker.settle()
    expect(await deliveries(hook)).toHaveLength(1)
    clock.at += 2 * 24 * hour
    await worker.settle()
    expect(await deliveries(hook)).toEqual([])
  })
})

describe('native: who may subscribe, and to what', () => {
  test('managers and admins may; to others it is forbidden, and to other workspaces it does not exist', async () => {
    const hook = await subscribe()
    const [{ id: delivery } = { id: 0 }] = [(await api.post(`/webhooks/${hook.id}/test`)).body.data]
    const paths = [
      ['GET', '/webhooks', undefined],
      ['POST', '/webhooks', { url: 'https://example.com', events: ['*'] }],
      ['GET', `/webhooks/${hook.id}`, undefined],
      ['PATCH', `/webhooks/${hook.id}`, { name: 'x' }],
      ['POST', `/webhooks/${hook.id}/rotate-secret`, {}],
      ['POST', `/webhooks/${hook.id}/test`, {}],
      ['POST', `/webhooks/${hook.id}/replay`, {}],
      ['GET', `/webhooks/${hook.id}/deliveries`, undefined],
      ['GET', `/webhooks/${hook.id}/deliveries/${delivery}`, undefined],
      ['POST', `/webhooks/${hook.id}/deliveries/${delivery}/replay`, {}],
      ['DELETE', `/webhooks/${hook.id}`, undefined],
    ] as const
    const other = await app.workspace()
    for (const role of ['viewer', 'member'] as const) {
      const client = clientOf({ origin: app.origin, token: (await ws.member(role)).token })
      for (const [method, path, body] of paths)
        expect([path, (await client.send(method, path, body)).status]).toEqual([path, 403])
    }
    const stranger = clientOf({ origin: app.origin, token: other.token })
    for (const [method, path, body] of paths.filter(([, path]) => path !== '/webhooks'))
      expect([path, (await stranger.send(method, path, body)).status]).toEqual([path, 404])
    const manager = clientOf({ origin: app.origin, token: (await ws.member('manager')).token })
    for (const [method, path, body] of paths)
      expect([path, (await manager.send(method, path, body)).status < 300]).toEqual([path, true])
    expect((await stranger.get('/webhooks')).body).toEqual({ data: [], next: null })
  })

  test.each<[object, string, string]>([
    [{ events: ['*'] }, 'url', 'required'],
    [{ url: 'https://x.example' }, 'events', 'required'],
    [{ url: 'https://x.example', events: [] }, 'events', 'range'],
    [{ url: 'https://x.example', events: ['deal.exploded'] }, 'events.0', 'choice'],
    [{ url: 'no url', events: ['*'] }, 'url', 'format'],
    [{ url: 'ftp://x.example/', events: ['*'] }, 'url', 'format'],
    [{ url: 'file:///etc/passwd', events: ['*'] }, 'url', 'format'],
    [{ url: 'https://ada:secret@x.example/', events: ['*'] }, 'url', 'not_allowed'],
    [{ url: `https://x.example/${'x'.repeat(2000)}`, events: ['*'] }, 'url', 'too_long'],
    [{ url: 'https://x.example', events: ['*'], secret: 'whsec_short' }, 'secret', 'format'],
    [{ url: 'https://x.example', events: ['*'], headers: { Host: 'y' } }, 'headers', 'not_allowed'],
    [{ url: 'https://x.example', events: ['*'], headers: { 'X-A': 'a\r\nX-B: b' } }, 'headers', 'format'],
    [{ url: 'https://x.example', events: ['*'], headers: { 'not a name': 'x' } }, 'headers', 'format'],
    [{ url: 'https://x.example', events: ['*'], name: 'x'.repeat(256) }, 'name', 'too_long'],
    [{ url: 'https://x.example', events: ['*'], dialect: 'pipedrive' }, 'dialect', 'unknown'],
  ])('what is not as it should be is refused: %#', async (body, field, rule) => {
    const answer = await api.post('/webhooks', body)
    expect([answer.status, answer.body.errors?.[0]]).toMatchObject([422, { field, rule }])
    expect((await api.get('/webhooks')).body.data).toEqual([])
  })

  test('a secret of one’s own is used, and a repeated request is answered without it', async () => {
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
    const body = { url: receiver.origin, events: ['*'], secret }
    const [first, again] = [
      await api.post('/webhooks', body, { 'idempotency-key': 'one' }),
      await api.post('/webhooks', body, { 'idempotency-key': 'one' }),
    ]
    expect([first.body.data.secret, again.body.data.secret, again.status]).toEqual([secret, null, 201])
    expect((await api.get('/webhooks')).body.data).toHaveLength(1)
  })

  test('there are as many as a workspace can have, and no more', async () => {
    for (let n = 0; n < 200; n++) await subscribe()
    const { status, body } = await api.post('/webhooks', { url: receiver.origin, events: ['*'] })
    expect([status, body.type]).toEqual([409, 'urn:crmux:problem:too-many'])
  })
})
