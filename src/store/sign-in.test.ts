import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openTestStore, type TestStore, type TestWorkspace } from '../../test/support/app.ts'
import { beginAttempt } from '../domain/attempts.ts'
import { DomainError } from '../domain/errors.ts'
import { invite, inviteAsOperator } from '../domain/invitation.ts'
import { idleMs, lifeMs } from '../domain/session.ts'
import { signIn } from '../domain/sign-in.ts'
import { changeMember } from '../domain/user.ts'
import { acceptInvitation } from '../domain/welcome.ts'
import { openRegistry } from './registry.ts'

/** Signing in, on each engine. What the wire makes of it is proved with the native API. */

let store: TestStore
let ws: TestWorkspace
const at = Date.UTC(2026, 5, 1, 9)
const now = () => at
const visitor = { userAgent: 'test', address: '192.0.2.1', network: '192.0.2.1' }
const password = 'a quiet hill'

beforeAll(async () => {
  store = await openTestStore({ now })
  ws = await store.workspace()
})
afterAll(() => store.close())

const kindOf = (reason: unknown) => (reason instanceof DomainError ? reason.refusal.kind : reason)

describe('attempts', () => {
  test('at the same moment are counted one by one, by whatever process', async () => {
    const other = openRegistry(store.engine)
    const registries = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? store.registry : other))
    const outcomes = await Promise.allSettled(
      registries.map((registry, index) =>
        beginAttempt(registry, { email: 'same@x.example', network: `198.51.100.${index}` }, at),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(kindOf(outcome.reason)).toBe('rate_limited')
  })

  test('that are refused leave no trace, and old ones are swept away', async () => {
    const { registry } = store
    const key = { email: 'sweep@x.example', network: '203.0.113.1' }
    for (let n = 0; n < 5; n++) await beginAttempt(registry, key, at)
    await expect(beginAttempt(registry, key, at + 29_999)).rejects.toThrow(DomainError)
    const succeeded = await beginAttempt(registry, key, at + 30_000)
    await registry.transaction(succeeded)
    const count = async (email: string) =>
      registry.transaction(async ({ attempts }) => (await attempts.lock(`email ${email}`, at + 30_000)).failures)
    expect([await count('sweep@x.example'), await count('same@x.example')]).toEqual([0, 5])
    const later = await beginAttempt(registry, key, at + 2 * 86_400_000)
    await registry.transaction(later)
    expect(await count('same@x.example')).toBe(0)
  })
})

describe('an invitation', () => {
  test('is accepted once, however many do it at the same time', async () => {
    const { secret } = await invite(ws.scope, { email: 'bo@x.example', name: 'Bo', role: 'viewer' })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 4 }, () => acceptInvitation(store.registry, { secret, password }, visitor, now)),
    )
    const entries = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(entries.map(({ user }) => [user.name, user.role, user.joinedAt])).toEqual([['Bo', 'viewer', at]])
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(kindOf(outcome.reason)).toBe('not_found')
    expect(await ws.scope.store.invitations.list()).toEqual([])
  })

  test('takes the place of an open one of the same address, in one workspace', async () => {
    const other = await store.workspace()
    await inviteAsOperator(other.scope.store, { email: 'cy@x.example' }, at)
    const [first, second] = [
      await invite(ws.scope, { email: 'cy@x.example' }),
      await invite(ws.scope, { email: 'cy@x.example', role: 'viewer' }),
    ]
    expect(await store.registry.invitations.find(first.secret, at)).toBeUndefined()
    expect(await store.registry.invitations.find(second.secret, at)).toMatchObject({
      workspace: ws.workspace,
      invitation: { role: 'viewer' },
    })
    expect(await other.scope.store.invitations.list()).toHaveLength(1)
  })
})

describe('a session', () => {
  const enter = async (email = 'bo@x.example') => {
    const entry = await signIn(store.registry, { email, password }, visitor, now)
    if (!entry) throw new Error('not signed in')
    return entry
  }

  test('is resumed by its secret until it is idle or old', async () => {
    const { secret, session, user } = await enter()
    const resumed = await store.registry.resume(secret, at + idleMs - 1)
    expect(resumed).toEqual({ workspace: ws.workspace, user, sessionId: session.id })
    expect(await store.registry.resume(secret, at + idleMs)).toBeUndefined()
    expect(await store.registry.resume(secret.toUpperCase(), at)).toBeUndefined()
    for (let day = 10; day <= 80; day += 10) {
      store.registry.touch({ workspace: ws.workspace, user, sessionId: session.id }, at + day * 86_400_000)
      await store.registry.transaction(async () => {})
    }
    // The note of the last use is written beside, not before.
    await vi.waitFor(async () => expect(await store.registry.resume(secret, at + lifeMs - 1)).toBeDefined())
    expect(await store.registry.resume(secret, at + lifeMs)).toBeUndefined()
    expect(await ws.scope.store.sessions.list(user.id, at + lifeMs)).toEqual([])
  })

  test('that has ended is swept away by the next', async () => {
    const { user } = await enter()
    await ws.scope.store.transaction((tx) =>
      tx.sessions.add({ userId: user.id, userAgent: '', address: '', createdAt: at + 2 * lifeMs }, at + 2 * lifeMs),
    )
    expect(await ws.scope.store.sessions.list(user.id, at)).toHaveLength(1)
    await store.registry.transaction((tx) => tx.people.endSessions(user.id))
    expect(await ws.scope.store.sessions.list(user.id, at)).toEqual([])
  })

  test('goes with the membership, in that workspace', async () => {
    const { secret, user } = await enter()
    await changeMember(ws.scope, user.id, { isActive: false })
    expect(await store.registry.resume(secret, at)).toBeUndefined()
    expect(await signIn(store.registry, { email: user.email, password }, visitor, now)).toBeUndefined()
    await changeMember(ws.scope, user.id, { isActive: true })
    expect(await store.registry.resume(secret, at)).toBeUndefined()
  })

  test('begins for nobody with an address that no store could hold', async () => {
    for (const email of ['\0@x.example', '\ud800@x.example', 'x'.repeat(300), ''])
      expect(await signIn(store.registry, { email, password }, visitor, now)).toBeUndefined()
  })
})
