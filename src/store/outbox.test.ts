import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestStore, type TestStore, type TestWorkspace } from '../../test/support/app.ts'
import type { Deal } from '../domain/deal.ts'
import { testWebhook } from '../domain/delivery.ts'
import { changeDeal, createDeal } from '../domain/edit-deals.ts'
import type { Claimed, Outbox, Saying } from '../domain/outbox.ts'
import { listStages } from '../domain/stage.ts'
import { addWebhook, changeWebhook, removeWebhook, type Webhook } from '../domain/webhook.ts'
import { examine } from './doctor.ts'
import { openOutbox } from './outbox.ts'

/** What is on its way to subscriptions, on both engines. */

let store: TestStore
let outbox: Outbox
let ws: TestWorkspace
let hook: Webhook
let deals: Deal[]
const clock = { at: Date.UTC(2026, 5, 1) }
const now = () => clock.at
const anywhere = { fault: () => undefined }
const all = (): Saying[] => [{ topic: 'any', state: 'pending' }]

beforeAll(async () => {
  store = await openTestStore({ now })
  outbox = openOutbox(store.engine)
})
afterAll(() => store.close())
beforeEach(async () => {
  ws = await store.workspace()
  deals = [await createDeal(ws.scope, { title: 'One' }), await createDeal(ws.scope, { title: 'Two' })]
  hook = (await addWebhook(ws.scope, { version: '1', url: 'https://x.example', events: ['*'], secret: 's' }, anywhere)).hook
})

const subscribe = async (): Promise<Webhook> =>
  (await addWebhook(ws.scope, { version: '1', url: 'https://y.example', events: ['*'], secret: 's' }, anywhere)).hook
const rename = (deal: Deal | undefined, title: string) => changeDeal(ws.scope, deal?.id ?? 0, { title })
const own = (claimed: readonly Claimed[], of = hook): Claimed | undefined => claimed.find((one) => one.hook.id === of.id)
const claim = async (owner = 'a', of = hook): Promise<Claimed | undefined> =>
  own(await outbox.claim(owner, now(), now() + 5000, 1000), of)
const log = async () => (await ws.scope.store.deliveries.list(hook.id, { limit: 100 })).items.toReversed()
const given = <T>(value: T | undefined): T => value ?? expect.fail('there is none')

test('a change is in the outbox exactly when it is committed, and only where somebody listens', async () => {
  const quiet = await store.workspace()
  await createDeal(quiet.scope, { title: 'Unheard' })
  const waiting = () => store.rows<{ workspace_id: number }>('select workspace_id from outbox')
  expect(await waiting()).toEqual([])
  await rename(deals[0], 'Heard')
  await expect(
    ws.scope.store.transaction(async (tx) => {
      await changeDeal({ ...ws.scope, store: tx }, deals[0]?.id ?? 0, { title: 'Undone' })
      throw new Error('undone')
    }),
  ).rejects.toThrow('undone')
  expect(await waiting()).toEqual([{ workspace_id: ws.workspace.id }])
  expect(await outbox.fanOut(all, now(), 100)).toBe(1)
  expect(await waiting()).toEqual([])
  expect((await log()).map(({ type, state, topic }) => [type, state, topic])).toEqual([['deal.updated', 'pending', 'any']])
})

test('each listening subscription has a delivery; a removed or disabled one has none', async () => {
  const [second, gone] = [await subscribe(), await subscribe()]
  await removeWebhook(ws.scope, gone.id)
  await rename(deals[0], 'Heard')
  expect(await outbox.fanOut(all, now(), 100)).toBe(1)
  const counts = await Promise.all(
    [hook, second, gone].map(async ({ id }) => (await ws.scope.store.deliveries.list(id, { limit: 9 })).items.length),
  )
  expect(counts).toEqual([1, 1, 0])
})

test('a subscription is sent to by one owner, until its lease ends or is given back', async () => {
  await rename(deals[0], 'Due')
  await outbox.fanOut(all, now(), 100)
  expect((await claim('a'))?.workspaceId).toBe(ws.workspace.id)
  expect(await claim('b')).toBeUndefined()
  expect(await claim('a')).toBeDefined()
  clock.at += 4999
  expect(await claim('b')).toBeUndefined()
  await outbox.renew('a', now() + 5000)
  clock.at += 4999
  expect(await claim('b')).toBeUndefined()
  clock.at += 1
  expect(await claim('b')).toBeDefined()
  expect(await claim('a')).toBeUndefined()
  await outbox.release('b')
  expect(await claim('a')).toBeDefined()
  await outbox.release('a')
})

test('of owners that ask at once one gets it', async () => {
  await rename(deals[0], 'Due')
  await outbox.fanOut(all, now(), 100)
  const owners = Array.from({ length: 8 }, (_, n) => `owner ${n}`)
  const claims = await Promise.all(owners.map((owner) => claim(owner)))
  expect(claims.filter((claimed) => claimed !== undefined)).toHaveLength(1)
  for (const owner of owners) await outbox.release(owner)
})

test('of each record the first is due, and the next when it is over', async () => {
  for (const title of ['a', 'b']) for (const deal of deals) await rename(deal, title)
  await outbox.fanOut(all, now(), 100)
  const claimed = given(await claim())
  const heads = () => outbox.heads(claimed, now(), 100)
  const [one, two] = await heads()
  expect((await heads()).map(({ subjectId }) => subjectId)).toEqual(deals.map(({ id }) => id))
  const done = { ...given(one), state: 'delivered' as const, attempts: 1, status: 200, finishedAt: now() }
  const later = { ...given(two), attempts: 1, status: 500, dueAt: now() + 1000 }
  await outbox.record(claimed, [done, later], { ...claimed.health, failingSince: now() }, now())
  const next = await heads()
  expect(next.map(({ subjectId }) => subjectId)).toEqual([deals[0]?.id])
  expect(next[0]?.id).not.toBe(one?.id)
  clock.at += 1000
  expect((await heads()).map(({ id }) => id).sort()).toEqual([next[0]?.id, two?.id].sort())
  await outbox.release('a')
})

test('who has lost a lease finds nothing more to send, and says nothing of how the subscription fares', async () => {
  await rename(deals[0], 'Due')
  await outbox.fanOut(all, now(), 100)
  const stalled = given(await claim('a'))
  expect(await outbox.heads(stalled, now(), 1)).toHaveLength(1)
  clock.at += 5000
  // Nobody has taken it in the meantime.
  expect(await outbox.heads(stalled, now(), 1)).toHaveLength(1)
  const other = given(await claim('b'))
  expect(await outbox.heads(stalled, now(), 1)).toEqual([])
  await outbox.record(stalled, [], { ...stalled.health, failedFirstTries: 7 }, now())
  const [head] = await outbox.heads(other, now(), 1)
  expect(head).toBeDefined()
  expect((await ws.scope.store.webhooks.get(hook.id))?.health.failedFirstTries).toBe(0)
  await outbox.release('b')
})

test('what is changed or paused while it is sent to is sent to as it is from then on', async () => {
  await rename(deals[0], 'Due')
  await outbox.fanOut(all, now(), 100)
  const before = given(await claim('a'))
  clock.at += 1
  await changeWebhook(ws.scope, hook.id, { url: 'https://z.example' }, anywhere)
  expect(await outbox.heads(before, now(), 1)).toEqual([])
  const after = given(await claim('a'))
  expect([after.hook.url, (await outbox.heads(after, now(), 1)).length]).toEqual(['https://z.example', 1])
  await changeWebhook(ws.scope, hook.id, { state: 'paused' }, anywhere)
  expect(await outbox.heads(after, now(), 1)).toEqual([])
  expect(await claim('a')).toBeUndefined()
  await outbox.release('a')
})

test('an attempt that ends after its delivery was dropped changes nothing', async () => {
  await rename(deals[0], 'Due')
  await outbox.fanOut(all, now(), 100)
  const claimed = given(await claim())
  const [head] = await outbox.heads(claimed, now(), 1)
  await removeWebhook(ws.scope, hook.id)
  await outbox.record(claimed, [{ ...given(head), state: 'delivered', attempts: 1, finishedAt: now() }], claimed.health, now())
  expect((await log()).map(({ state }) => state)).toEqual(['dropped'])
  await outbox.release('a')
})

test('what is disabled gets nothing, until it is enabled', async () => {
  await rename(deals[0], 'Due')
  await outbox.fanOut(all, now(), 100)
  const claimed = given(await claim())
  await outbox.record(claimed, [], { ...claimed.health, failedFirstTries: 9, failingSince: 1 }, now(), 'tired')
  await outbox.release('a')
  expect((await log()).map(({ state }) => state)).toEqual(['dropped'])
  await rename(deals[0], 'Unheard')
  expect(await outbox.fanOut(all, now(), 100)).toBe(0)
  const woken = await changeWebhook(ws.scope, hook.id, { state: 'active' }, anywhere)
  expect([woken.hook.reason, woken.health.failedFirstTries, woken.health.failingSince]).toEqual([null, 0, null])
  await testWebhook(ws.scope, hook.id)
  expect(await claim()).toBeDefined()
  await outbox.release('a')
})

test('the doctor sees what does not fit, and nothing otherwise', async () => {
  const [stage] = await listStages(ws.scope)
  await rename(deals[0], stage?.name ?? '')
  await outbox.fanOut(all, now(), 100)
  const findings = async () => {
    const found: string[] = []
    await examine(store.engine, { onFinding: ({ check }) => found.push(check) })
    return found
  }
  expect(await findings()).toEqual([])
  const id = (await log())[0]?.id
  for (const [check, change, back] of [
    ['deliveries have a webhook', `webhook_id = 424242`, `webhook_id = ${hook.id}`],
    ['deliveries have an event', `event_id = 424242`, `event_id = ${(await log())[0]?.eventId}`],
    ['deliveries that are over have an end', `state = 'failed'`, `state = 'pending'`],
  ]) {
    await store.meddle(`update delivery set ${change} where id = ${id}`)
    expect(await findings()).toEqual([check])
    await store.meddle(`update delivery set ${back} where id = ${id}`)
  }
  await store.meddle(`insert into outbox (workspace_id, event_id) values (${ws.workspace.id}, 424242)`)
  expect(await findings()).toEqual(['the outbox holds events'])
  await store.meddle(`delete from outbox where event_id = 424242; update webhook set state = 'disabled' where id = ${hook.id}`)
  expect(await findings()).toEqual(['nothing waits for webhooks that get nothing'])
  await store.meddle(`update webhook set state = 'active', owner_id = 424242 where id = ${hook.id}`)
  expect(await findings()).toEqual(['webhooks belong to members'])
})
