import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import type { Role } from '../../../domain/user.ts'
import type { Spec } from '../speaker.ts'
import { browserOf, type Client, clientOf } from './client.ts'
import { driver } from './driver.ts'

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

const ranks: readonly Role[] = ['viewer', 'member', 'manager', 'admin']

/** Every write with a body that would do, and the least role that the reference gives it. */
const writes: readonly [string, string, object | undefined, Role][] = [
  ['PATCH', '/workspace', { name: 'W' }, 'admin'],
  ['POST', '/users', { name: 'U', email: 'u-{n}@x.example' }, 'admin'],
  ['POST', '/invitations', { email: 'i-{n}@x.example' }, 'admin'],
  ['DELETE', '/invitations/:invitation', undefined, 'admin'],
  ['POST', '/tokens', {}, 'viewer'],
  ['POST', '/pipelines', { name: 'P' }, 'manager'],
  ['PATCH', '/pipelines/:pipeline', { name: 'P' }, 'manager'],
  ['DELETE', '/pipelines/:spare', undefined, 'manager'],
  ['POST', '/stages', { pipelineId: ':pipeline', name: 'S' }, 'manager'],
  ['PATCH', '/stages/:stage', { name: 'S' }, 'manager'],
  ['POST', '/stages/:stage/merge', { into: ':stage2' }, 'manager'],
  ['DELETE', '/stages/:stage3', undefined, 'manager'],
  ['POST', '/deals', { title: 'D' }, 'member'],
  ['POST', '/deals/bulk', { deals: [{ title: 'D' }] }, 'member'],
  ['POST', '/deals/bulk-move', { moves: [{ id: ':deal', place: 'first' }] }, 'member'],
  ['POST', '/deals/bulk-change', { ids: [':deal'], change: { addTags: ['t'] } }, 'member'],
  ['PATCH', '/deals/:deal', { title: 'D' }, 'member'],
  ['POST', '/deals/:deal/move', { place: 'first' }, 'member'],
  ['POST', '/deals/:deal/win', {}, 'member'],
  ['POST', '/deals/:deal/lose', {}, 'member'],
  ['POST', '/deals/:deal/reopen', {}, 'member'],
  ['DELETE', '/deals/:deal', undefined, 'member'],
  ['POST', '/deals/:deal/restore', {}, 'member'],
  ['POST', '/contacts', { name: 'C' }, 'member'],
  ['PATCH', '/contacts/:contact', { name: 'C' }, 'member'],
  ['DELETE', '/contacts/:contact', undefined, 'member'],
  ['POST', '/companies', { name: 'C' }, 'member'],
  ['PATCH', '/companies/:company', { name: 'C' }, 'member'],
  ['DELETE', '/companies/:company', undefined, 'member'],
  ['POST', '/loss-reasons', { name: 'R' }, 'manager'],
  ['PATCH', '/loss-reasons/:reason', { name: 'R2' }, 'manager'],
  ['DELETE', '/loss-reasons/:reason', undefined, 'manager'],
  ['POST', '/custom-fields', { subject: 'deal', name: 'F' }, 'manager'],
  ['PATCH', '/custom-fields/:field', { name: 'F2' }, 'manager'],
  ['DELETE', '/custom-fields/:field', undefined, 'manager'],
  ['POST', '/webhooks', { url: 'https://receiver.example', events: ['*'] }, 'manager'],
  ['PATCH', '/webhooks/:hook', { name: 'H' }, 'manager'],
  ['POST', '/webhooks/:hook/rotate-secret', {}, 'manager'],
  ['POST', '/webhooks/:hook/test', {}, 'manager'],
  ['POST', '/webhooks/:hook/replay', {}, 'manager'],
  ['DELETE', '/webhooks/:hook', undefined, 'manager'],
  ['POST', '/views', { name: 'V', page: 'list', query: '' }, 'viewer'],
]

/** A workspace with one of everything, and a member of the role. */
async function open(role: Role, by: 'token' | 'session' = 'token'): Promise<{ caller: Client; fill: (text: string) => string }> {
  const ws = await app.workspace()
  const admin = clientOf({ origin: app.origin, token: ws.token })
  const one = async (path: string, body: object): Promise<number> => (await admin.post(path, body)).body.data.id
  const pipeline = await one('/pipelines', {
    name: 'Main',
    isDefault: true,
    stages: [{ name: 'A' }, { name: 'B' }, { name: 'C' }],
  })
  const [stage, stage2, stage3] = (await admin.get(`/pipelines/${pipeline}/stages`)).body.data.map(({ id }: { id: number }) => id)
  const ids: Record<string, number> = {
    pipeline,
    stage,
    stage2,
    stage3,
    spare: await one('/pipelines', { name: 'Spare' }),
    deal: await one('/deals', { title: 'Deal', stageId: stage2 }),
    contact: await one('/contacts', { name: 'Bo' }),
    company: await one('/companies', { name: 'Acme' }),
    reason: await one('/loss-reasons', { name: 'Odd' }),
    field: await one('/custom-fields', { subject: 'deal', name: 'Field' }),
    hook: await one('/webhooks', { url: 'https://receiver.example', events: ['*'] }),
    invitation: await one('/invitations', { email: 'open@x.example' }),
  }
  const fill = (text: string) =>
    text
      .replace(/":(\w+)"/g, (_, name: string) => String(ids[name]))
      .replace(/:(\w+)/g, (all, name: string) => (name in ids ? String(ids[name]) : all))
      .replace('{n}', String(ws.workspace.id))
  const { user, token } = await ws.member(role)
  const { origin } = app
  const caller = by === 'token' ? clientOf({ origin, token }) : browserOf({ origin, session: await ws.session(user) })
  return { caller, fill }
}

describe('native: roles', () => {
  const everyone = ranks.flatMap((role) => (['token', 'session'] as const).map((by) => [role, by] as const))
  test.each(everyone)('%s by %s: every write is allowed or forbidden as the reference says', async (role, by) => {
    const { caller, fill } = await open(role, by)
    for (const [method, path, body, least] of writes) {
      const answer = await caller.send(method, fill(path), body && JSON.parse(fill(JSON.stringify(body))))
      const isAllowed = ranks.indexOf(role) >= ranks.indexOf(least)
      expect([method, path, answer.status < 300, answer.status === 403], answer.text).toEqual([
        method,
        path,
        isAllowed,
        !isAllowed,
      ])
    }
  })

  test('the table has every write, with the role that the reference tells', () => {
    const told = app.server.routes
      .filter(({ dialect, method }) => dialect === 'native' && method !== 'GET')
      .map(({ method, url, spec }) => `${method} ${url} ${(spec as Spec).about.role ?? 'viewer'}`)
    const tested = writes.map(([method, path, , role]) => `${method} ${path.replace(/:\w+/, ':id')} ${role}`)
    // Their answers depend on whose user or token it is; account.test.ts, undo.test.ts and views.test.ts have them.
    const others = [
      'POST /undo/:token member',
      'PATCH /views/:id viewer',
      'DELETE /views/:id viewer',
      'PATCH /users/:id viewer',
      'DELETE /tokens/:id viewer',
    ]
    // There once something was sent; webhooks.test.ts has it.
    others.push('POST /webhooks/:id/deliveries/:delivery/replay manager')
    // Anybody's who has a session, or has yet to get one; sessions.test.ts and invitations.test.ts have them.
    const ofSessions = ['POST /session', 'PATCH /session', 'DELETE /session', 'DELETE /sessions', 'DELETE /sessions/:id']
    const ofStrangers = ['POST /me/password', 'POST /welcome/check', 'POST /welcome']
    others.push(...[...ofSessions, ...ofStrangers].map((call) => `${call} viewer`))
    expect([...tested, ...others].sort()).toEqual(told.sort())
  })

  test('a viewer reads everything but webhooks', async () => {
    const { caller, fill } = await open('viewer')
    const ids: Record<string, string> = { 'loss-reasons': ':reason', 'custom-fields': ':field', companies: ':company' }
    for (const { url } of app.server.routes.filter(({ dialect, method }) => dialect === 'native' && method === 'GET')) {
      if (/^\/(?:users\/|tokens\/|webhooks)/.test(url) || url === '/session') continue
      const noun = url.split('/')[1] ?? ''
      const asks: Record<string, string> = { '/reports/cards': '?stageId=:stage', '/search': '?text=a' }
      const path = fill(url.replace(':id', ids[noun] ?? `:${noun.replace(/s$/, '')}`) + (asks[url] ?? ''))
      // What never ends is only asked whether it would begin.
      const answer = await caller.send(url === '/live' ? 'HEAD' : 'GET', path)
      // Whom an admin has invited concerns nobody else.
      expect([url, answer.status]).toEqual([url, noun === 'invitations' ? 403 : 200])
    }
  })
})

describe('native: isolation', () => {
  test('a foreign id is answered to the letter as an unknown one, and nothing is written', async () => {
    const [mine, theirs] = [await app.workspace(), await app.workspace()]
    const other = clientOf({ origin: app.origin, token: theirs.token })
    const one = async (path: string, body: object): Promise<number> => (await other.post(path, body)).body.data.id
    const [stage] = (await other.get('/stages')).body.data
    const foreign = {
      deal: await one('/deals', { title: 'Theirs' }),
      stage: stage.id,
      pipeline: stage.pipelineId,
      contact: await one('/contacts', { name: 'Theirs' }),
      company: await one('/companies', { name: 'Theirs' }),
      user: theirs.admin.id,
      loss_reason: await one('/loss-reasons', { name: 'Theirs' }),
    } as const
    const before = (await other.get('/events?limit=200')).text
    const client = driver.connect({ origin: app.origin, workspace: mine })
    for (const [kind, id] of Object.entries(foreign)) {
      const [theirCalls, noCalls] = [id, 987_654_321].map((id) => client.withId(kind as keyof typeof foreign, id))
      for (const [i, call] of (theirCalls ?? []).entries()) {
        expect({ name: call.name, ...(await call.send()) }).toEqual({ name: call.name, ...(await noCalls?.[i]?.send()) })
      }
    }
    expect((await other.get('/events?limit=200')).text).toBe(before)
  })

  test('lists and totals know nothing of other workspaces', async () => {
    const [mine, theirs] = [await app.workspace(), await app.workspace()]
    const other = clientOf({ origin: app.origin, token: theirs.token })
    await other.post('/deals', { title: 'Secret', externalId: 'same', tags: ['secret'] })
    await other.post('/contacts', { name: 'Secret' })
    const api = clientOf({ origin: app.origin, token: mine.token })
    for (const path of ['/deals', '/deals?text=secret', '/deals?tag=secret', '/deals?externalId=same', '/contacts', '/companies'])
      expect((await api.get(path)).body, path).toEqual({ data: [], next: null })
    expect((await api.post('/deals', { title: 'Mine', externalId: 'same' })).status).toBe(201)
    const [pipeline] = (await api.get('/pipelines')).body.data
    expect((await api.get(`/pipelines/${pipeline.id}/board`)).text).not.toContain('Secret')
    expect((await api.get('/users')).body.data).toHaveLength(1)
    expect((await api.get('/tokens')).body.data).toHaveLength(1)
  })

  test('a cursor from elsewhere shows nothing of elsewhere', async () => {
    const [mine, theirs] = [await app.workspace(), await app.workspace()]
    const other = clientOf({ origin: app.origin, token: theirs.token })
    for (const title of ['a', 'b', 'c']) await other.post('/deals', { title })
    const { next } = (await other.get('/deals?limit=1')).body
    const api = clientOf({ origin: app.origin, token: mine.token })
    expect((await api.get(`/deals?limit=1&cursor=${next}`)).body).toEqual({ data: [], next: null })
  })
})
