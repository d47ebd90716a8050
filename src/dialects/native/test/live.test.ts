import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openTestApp, type TestApp, type TestWorkspace } from '../../../../test/support/app.ts'
import { createDeal } from '../../../domain/edit-deals.ts'
import { atomically } from '../../../domain/scope.ts'
import { openRegistry } from '../../../store/registry.ts'
import { LiveFeed, usualLimits } from '../live-feed.ts'
import { clientOf } from './client.ts'
import { type Listener, listen } from './listener.ts'

let app: TestApp
const listeners: Listener[] = []
beforeAll(async () => {
  app = await openTestApp({ own: ['native'] })
})
afterAll(async () => {
  await Promise.all(listeners.map((listener) => listener.close()))
  await app.close()
})

const hear = async (token: string, headers: Record<string, string> = {}, query = '') => {
  const listener = await listen(`${app.origin}/api/v1/live${query}`, { authorization: `Bearer ${token}`, ...headers })
  listeners.push(listener)
  return listener
}

const open = async () => {
  const ws = await app.workspace()
  return { ws, api: clientOf({ origin: app.origin, token: ws.token }) }
}

const titled = (title: string) => (message: { data: { after?: { title?: string } } }) => message.data.after?.title === title

const addDeals = ({ scope }: TestWorkspace, count: number, title = 'one of many') =>
  atomically(scope, async (scope) => {
    for (let n = 0; n < count; n++) await createDeal(scope, { title })
  })

describe('native: live', () => {
  test('tells of a change through any API as the history does', async () => {
    const { ws, api } = await open()
    const listener = await hear(ws.token)
    expect([listener.status, listener.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    await listener.until(({ event }) => event === 'ready')
    await fetch(`${app.origin}/pipedrive/api/v2/deals`, {
      method: 'POST',
      headers: { 'x-api-token': ws.token, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Through Pipedrive' }),
    })
    const { data, event, id } = await listener.until(titled('Through Pipedrive'))
    expect([event, data.type, data.dialect]).toEqual(['change', 'deal.created', 'pipedrive'])
    const [last] = (await api.get('/events?sort=-id&limit=1')).body.data
    expect(data).toEqual(last)
    expect(id.split('-')[0]).toBe(String(last.id))
  })

  test('tells of a change that another process made', async () => {
    const { ws } = await open()
    const listener = await hear(ws.token)
    await listener.until(({ event }) => event === 'ready')
    const engine = await app.again()
    await createDeal({ ...ws.scope, store: openRegistry(engine).of(ws.workspace.id) }, { title: 'From elsewhere' })
    expect((await listener.until(titled('From elsewhere'))).event).toBe('change')
    await engine.close()
  })

  test('tells nothing of another workspace', async () => {
    const [{ ws }, { ws: other }] = [await open(), await open()]
    const [listener, foreign] = [await hear(ws.token), await hear(other.token)]
    await Promise.all([listener, foreign].map(({ until }) => until(({ event }) => event === 'ready')))
    await createDeal(other.scope, { title: 'theirs' })
    await foreign.until(titled('theirs'))
    await createDeal(ws.scope, { title: 'ours' })
    await listener.until(titled('ours'))
    expect(listener.messages.map(({ event }) => event)).toEqual(['ready', 'change'])
  })

  test('names what changed without a history', async () => {
    const { ws, api } = await open()
    const listener = await hear(ws.token)
    await listener.until(({ event }) => event === 'ready')
    for (const [path, body, noun] of [
      ['/loss-reasons', { name: 'Price' }, 'loss-reasons'],
      ['/custom-fields', { subject: 'deal', name: 'Region' }, 'custom-fields'],
      ['/users', { name: 'New', email: `n@${ws.workspace.subdomain}.example` }, 'users'],
    ] as const) {
      await api.post(path, body)
      await listener.until(({ event, data }) => event === 'changed' && data.noun === noun)
    }
    await api.patch('/workspace', { name: 'Renamed' })
    await listener.until(({ data }) => data.noun === 'workspace')
    expect(listener.messages.map(({ event }) => event)).toEqual(['ready', 'changed', 'changed', 'changed', 'changed'])
  })

  test('goes on where it was left, without gaps or doubles', async () => {
    const { ws, api } = await open()
    const first = await hear(ws.token)
    await first.until(({ event }) => event === 'ready')
    await createDeal(ws.scope, { title: 'heard' })
    const { id } = await first.until(titled('heard'))
    await first.close()
    await addDeals(ws, 250)
    await api.post('/loss-reasons', { name: 'Missed' })
    await createDeal(ws.scope, { title: 'last' })
    const second = await hear(ws.token, { 'last-event-id': id })
    await second.until(({ event }) => event === 'changed')
    const events = second.messages.filter(({ event }) => event === 'change').map(({ data }) => data.id)
    expect(events).toHaveLength(251)
    expect(events).toEqual(events.toSorted((a, b) => a - b))
    expect(second.messages.filter(({ event }) => event !== 'change').map(({ event }) => event)).toEqual(['ready', 'changed'])
    const third = await hear(ws.token, {}, `?after=${second.messages.at(-1)?.id}`)
    await third.until(({ event }) => event === 'ready')
    await createDeal(ws.scope, { title: 'next' })
    await third.until(titled('next'))
    expect(third.messages).toHaveLength(2)
  })

  test('says reset to who has missed too much, or heard something else', async () => {
    const { ws } = await open()
    const first = await hear(ws.token)
    const { id } = await first.until(({ event }) => event === 'ready')
    await first.close()
    await addDeals(ws, 1001)
    for (const heard of [id, 'nonsense', '999999999999999-0']) {
      const listener = await hear(ws.token, { 'last-event-id': heard })
      const message = await listener.until(() => true)
      expect(message.event, heard).toBe('reset')
      await listener.close()
      const again = await hear(ws.token, { 'last-event-id': message.id })
      expect((await again.until(() => true)).event).toBe('ready')
      await again.close()
    }
  })

  test('ends soon after the token does', async () => {
    const { ws, api } = await open()
    const { token, user } = await ws.member('viewer')
    const listener = await hear(token)
    await listener.until(({ event }) => event === 'ready')
    await vi.waitFor(() => new Promise((resolve) => setTimeout(resolve, 1100)), { timeout: 3000 })
    await api.patch(`/users/${user.id}`, { isActive: false })
    await listener.ended
    expect((await hear(token)).status).toBe(401)
  })

  test('is for those who may enter, takes nothing it does not know, and needs no body for HEAD', async () => {
    const { api } = await open()
    expect((await clientOf({ origin: app.origin, token: undefined }).get('/live')).status).toBe(401)
    expect((await api.get('/live?after=x')).body.errors).toMatchObject([{ field: 'after', rule: 'format' }])
    expect((await api.get('/live?since=1')).status).toBe(400)
    expect((await api.send('HEAD', '/live')).status).toBe(200)
  })

  test('a member has no more than so many streams', async () => {
    const { ws } = await open()
    const many = await Promise.all(Array.from({ length: usualLimits.ofOne }, () => hear(ws.token)))
    const refused = await hear(ws.token)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10'])
    await many[0]?.close()
    await vi.waitFor(async () => expect((await hear(ws.token)).status).toBe(200))
    await Promise.all(many.map((listener) => listener.close()))
  })

  test('whoever takes nothing is dropped, whoever reads is not', async () => {
    const { ws } = await open()
    const feed = new LiveFeed({ registry: app.registry } as ConstructorParameters<typeof LiveFeed>[0], {
      ...usualLimits,
      stalledMs: 100,
    })
    const listener = { workspaceId: ws.workspace.id, userId: ws.admin.id, from: undefined, isWelcome: async () => true }
    const [deaf, keen] = [feed.open(listener), feed.open(listener)]
    const heard: string[] = []
    keen?.on('data', (piece) => heard.push(String(piece)))
    // Begins, and then never takes what is there.
    deaf?.once('readable', () => {})
    await addDeals(ws, 3)
    await vi.waitFor(() => expect(deaf?.destroyed).toBe(true))
    await createDeal(ws.scope, { title: 'later' })
    await vi.waitFor(() => expect(heard.join('')).toContain('later'))
    expect(keen?.destroyed).toBe(false)
    feed.close()
    await vi.waitFor(() => expect(keen?.closed).toBe(true))
  })

  test('a server that stops ends all of them, on every port', async () => {
    const other = await openTestApp({ own: ['native'] })
    const ws = await other.workspace()
    const headers = { authorization: `Bearer ${ws.token}` }
    const both = await Promise.all(
      [`${other.origin}/api/v1/live`, `http://127.0.0.1:${other.own.native}/live`].map((url) => listen(url, headers)),
    )
    await Promise.all(both.map(({ until }) => until(({ event }) => event === 'ready')))
    const began = performance.now()
    await other.close()
    await Promise.all(both.map(({ ended }) => ended))
    expect(performance.now() - began).toBeLessThan(4500)
  })
})
