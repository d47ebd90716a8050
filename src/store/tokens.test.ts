import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../../test/support/world.ts'
import type { Engine } from './engine.ts'
import { openRegistry } from './registry.ts'

/** What a process knows of a token is never older than the last commit of any process. */

let world: World
let other: Engine
beforeAll(async () => {
  world = await openWorld()
  other = await world.again()
})
afterAll(async () => {
  await other.close()
  await world.close()
})

async function withToken(expiresAt: number | null = null) {
  const { scope } = await world.workspace()
  const { user, store } = scope
  const token = await store.transaction((tx) => tx.tokens.add({ userId: user.id, label: 't', expiresAt }, 0))
  const ask = (now = 0) => world.registry.authenticate(token.secret, now)
  const beside = openRegistry(other).of(scope.workspace.id)
  return { scope, token, ask, beside }
}

test('a token that another process revokes is unknown at once', async () => {
  const { token, ask, beside } = await withToken()
  expect(await ask()).toMatchObject({ tokenId: token.id })
  expect(await ask()).toMatchObject({ tokenId: token.id })
  await beside.transaction((tx) => tx.tokens.revoke(token.id, 1))
  expect(await ask()).toBeUndefined()
})

test('a role that another process has changed counts at once, and so does a change of our own', async () => {
  const { scope, ask, beside } = await withToken()
  expect((await ask())?.user.role).toBe('admin')
  await beside.transaction((tx) => tx.members.save({ ...scope.user, role: 'viewer' }))
  expect((await ask())?.user.role).toBe('viewer')
  await scope.store.transaction((tx) => tx.members.save({ ...scope.user, role: 'member' }))
  expect((await ask())?.user.role).toBe('member')
})

test('a token expires although nobody writes anything', async () => {
  const { ask } = await withToken(100)
  expect(await ask(99)).toBeDefined()
  expect(await ask(99)).toBeDefined()
  expect(await ask(100)).toBeUndefined()
  expect(await ask(99)).toBeDefined()
})
