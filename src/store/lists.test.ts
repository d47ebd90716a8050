import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { testEngine } from '../../test/support/engine.ts'
import { openWorld, type World } from '../../test/support/world.ts'
import { createDeal, deleteDeal } from '../domain/edit-deals.ts'
import type { Direction, Key, Page } from '../domain/page.ts'
import { addParty, deleteParty, type Party, type PartyQuery, type PartySort } from '../domain/party.ts'
import { addRecord } from '../domain/record.ts'
import type { Scope } from '../domain/scope.ts'
import { createToken } from '../domain/user.ts'

/** Every list but that of deals, which has a test of its own. */

let world: World
let scope: Scope
const people: Party[] = []

beforeAll(async () => {
  world = await openWorld()
  const place = await world.workspace()
  ;({ scope } = place)
  const company = await addParty(scope, { kind: 'company', name: 'Acme' })
  people.push(company)
  for (let index = 0; index < 47; index++) {
    if (index % 5 === 0) place.clock.at += 1000
    const name = `${['Ann', 'Bö', 'ann', 'Zoë'][index % 4]} ${['Lee', 'Ångström'][index % 2]}${index % 3}`
    const email = [{ value: `p${index % 6}@example.com`, label: 'work', primary: true }]
    people.push(await addParty(scope, { kind: 'person', name, emails: email, companyId: index % 2 === 0 ? company.id : null }))
  }
  for (const [index, party] of people.entries()) if (index % 11 === 6) people[index] = await deleteParty(scope, party.id)
  for (let index = 0; index < 12; index++) {
    await addRecord(scope, 'things', index % 3 === 0 ? null : `key ${index % 4}.${index}`, { index })
    await createToken(scope, { label: `token ${index}` })
    const deal = await createDeal(scope, { title: `Deal ${index}` })
    if (index % 2 === 0) await deleteDeal(scope, deal.id)
    await place.as('member')
  }
  for (let other = 0; other < 3; other++) {
    const { scope } = await world.workspace()
    for (let index = 0; index < 20; index++) await addParty(scope, { kind: 'person', name: `Ann Lee${index}` })
  }
})
afterAll(() => world.close())

async function everything<T>(
  list: (window: { limit: number; after: Key | undefined }) => Promise<Page<T>>,
  limit: number,
): Promise<T[]> {
  const found: T[] = []
  for (let after: Key | undefined; ; ) {
    const page = await list({ limit, after })
    found.push(...page.items)
    if (!page.next) return found
    if (found.length > 2000) throw new Error('the pages never end')
    after = page.next
  }
}

const bytes = (a: string | number, b: string | number) =>
  typeof a === 'number' ? a - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(String(b)))

const sorts: readonly PartySort[] = ['id', 'name', 'lastName', 'createdAt', 'updatedAt']
const filters: Record<string, [Omit<PartyQuery, 'limit'>, (party: Party) => boolean]> = {
  everybody: [{}, () => true],
  people: [{ kind: 'person' }, ({ kind }) => kind === 'person'],
  'of one name': [{ text: 'ann' }, ({ name }) => /\bann/i.test(name)],
  'at one address': [{ email: 'P3@example.com' }, ({ emails }) => emails[0]?.value === 'p3@example.com'],
}

test.each(sorts.flatMap((by) => (['asc', 'desc'] as Direction[]).map((direction) => [by, direction] as const)))(
  'people by %s %s are all there once and in order, whatever the size of a page',
  async (by, direction) => {
    for (const [query, keep] of Object.values(filters)) {
      const sign = direction === 'asc' ? 1 : -1
      for (const deleted of [undefined, 'only', 'both'] as const) {
        const row = people
          .filter((party) => keep(party) && (deleted === 'both' || (party.deletedAt !== null) === (deleted === 'only')))
          .sort((a, b) => sign * (bytes(a[by] ?? '', b[by] ?? '') || a.id - b.id))
          .map(({ id }) => id)
        for (const limit of [1, 7, 100]) {
          const found = await everything(
            (window) => scope.store.parties.list({ ...query, ...window, deleted, sort: { by, direction } }),
            limit,
          )
          expect(found.map(({ id }) => id)).toEqual(row)
        }
        const { items } = await scope.store.parties.list({ ...query, deleted, sort: { by, direction }, limit: 3, offset: 2 })
        expect(items.map(({ id }) => id)).toEqual(row.slice(2, 5))
      }
    }
  },
)

test.each(['forwards', 'backwards'])('events in the order in which they happened, %s', async (way) => {
  const { scope } = await world.workspace()
  const user = scope.user.id
  const moments = [50, 10, 30, 30, 20, 40, 30]
  await scope.store.transaction(async ({ events }) => {
    for (const [index, at] of moments.entries()) {
      const type = index % 2 === 0 ? 'deal.moved' : 'deal.updated'
      await events.append({ type, subjectId: 1, at, userId: user, via: 'native', before: null, after: null, batch: null })
    }
  })
  const direction = way === 'forwards' ? 'asc' : 'desc'
  const list = (query: object) =>
    everything((window) => scope.store.events.list({ ...query, ...window, order: 'at', direction }), 2)
  const inOrder = (found: readonly { at: number }[]) => found.map(({ at }) => at)
  const sign = way === 'forwards' ? 1 : -1
  const own = (await list({ subject: 'deal' })).map(({ at, id }) => ({ at, id }))
  expect(inOrder(own)).toEqual(moments.toSorted((a, b) => sign * (a - b)))
  expect(own).toEqual(own.toSorted((a, b) => sign * (a.at - b.at || a.id - b.id)))
  expect(await list({ subject: 'deal', subjectIds: [1, 2] })).toHaveLength(moments.length)
  expect(await list({ subject: 'deal', subjectIds: [2] })).toEqual([])
  expect(await list({ types: ['deal.moved', 'deal.updated'] })).toHaveLength(moments.length)
  expect(await list({ types: [] })).toEqual([])
  expect(await scope.store.events.count({ types: ['deal.moved'], since: 20 })).toBe(4)
  expect(inOrder(await list({ type: 'deal.moved', since: 20, until: 31 }))).toEqual(
    [20, 30, 30].toSorted((a, b) => sign * (a - b)),
  )
})

test.each(['members', 'tokens', 'records', 'events forwards', 'events backwards'])(
  '%s are all there once and in order',
  async (name) => {
    const { members, tokens, records, events } = scope.store
    const list = (window: { limit: number; after: Key | undefined }): Promise<Page<{ id: number }>> => {
      if (name === 'members') return members.list(window)
      if (name === 'tokens') return tokens.list(null, window)
      if (name === 'records') return records.list('native.things', window)
      return events.list({ ...window, direction: name.endsWith('forwards') ? 'asc' : 'desc' })
    }
    const whole = (await everything(list, 500)).map(({ id }) => id)
    expect(whole.length).toBeGreaterThan(11)
    expect(whole).toEqual([...whole].sort((a, b) => (name.endsWith('backwards') ? b - a : a - b)))
    expect(new Set(whole).size).toBe(whole.length)
    for (const limit of [1, 5]) expect((await everything(list, limit)).map(({ id }) => id)).toEqual(whole)
  },
)

test('records by the beginning of their keys, and how many there are', async () => {
  const { records } = scope.store
  const { items } = await records.list('native.things', { prefix: 'key 1', limit: 50 })
  expect(items.length).toBeGreaterThan(1)
  expect(items.every(({ key }) => key?.startsWith('key 1'))).toBe(true)
  expect(await records.countByPrefix('native.things', ['key 1', 'key', 'nothing'])).toEqual(
    new Map([
      ['key 1', items.length],
      ['key', 8],
    ]),
  )
  expect((await records.list('other.things', { limit: 50 })).items).toEqual([])
})

/** Whatever the domain can ask beside lists of deals. */
const questions = (): Promise<unknown>[] => {
  const { parties, members, events, records, stages, pipelines, lossReasons, customFields, tokens, deals, answers, workspace } =
    scope.store
  const limit = 5
  const one: Omit<PartyQuery, 'limit'>[] = [
    {},
    { kind: 'person' },
    { ids: [1] },
    { name: 'x' },
    { firstName: 'x' },
    { lastName: 'x' },
    { email: 'x' },
    { phone: 'x' },
    { companyId: 1 },
    { ownerId: 1 },
    { creatorId: 1 },
    { address: { city: 'x' } },
    { customField: { id: '1', value: 1 } },
    { text: 'x' },
    { updatedSince: 1 },
    { updatedUntil: 1 },
    { deleted: 'only' },
    { deleted: 'both' },
  ]
  return [
    ...one.flatMap((query) => sorts.map((by) => parties.list({ ...query, limit, sort: { by, direction: 'desc' } }))),
    parties.get(1),
    parties.peopleCounts([1]),
    ...[
      {},
      { subject: 'deal' as const, subjectId: 1 },
      { ids: [1, 2], types: ['deal.moved' as const] },
      { type: 'deal.moved' as const },
      { type: 'deal.moved' as const, order: 'at' as const, since: 1 },
      { userId: 1 },
      { since: 1, until: 2 },
      { order: 'at' as const, since: 1, until: 2 },
      { order: 'at' as const, subject: 'deal' as const, subjectIds: [1, 2], types: ['deal.moved' as const] },
      { order: 'at' as const, types: ['deal.moved' as const, 'deal.updated' as const] },
    ].flatMap((query) => [events.list({ ...query, limit }), events.count(query)]),
    ...[{}, { ids: [1] }, { email: 'x' }, { text: 'x' }, { role: 'admin' as const }, { isActive: true }].map((query) =>
      members.list({ ...query, limit }),
    ),
    members.get(1),
    members.byEmail('x'),
    members.activeAdmins(),
    ...[{}, { key: 'x' }, { prefix: 'x' }, { ids: [1] }].map((query) => records.list('x.y', { ...query, limit })),
    records.get('x.y', 1),
    records.countByPrefix('x.y', ['x']),
    stages.live(),
    stages.live(1),
    stages.get(1),
    pipelines.live(),
    pipelines.get(1),
    lossReasons.live(),
    lossReasons.byName('x'),
    customFields.live(),
    tokens.list(1, { limit }),
    tokens.get(1),
    answers.get('x'),
    workspace.get(),
    deals.get(1),
    deals.byExternalId('x'),
    deals.anyIn(1),
    deals.anyIn(1, 'live'),
    deals.totals(),
    deals.totals(1),
    world.registry.authenticate('x', 1),
    world.registry.workspaceBySubdomain('x'),
  ]
}

test.skipIf(testEngine !== 'sqlite')('every question is answered by an index and by one workspace’s rows', async () => {
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare')
  const fresh = await openWorld()
  const before = scope
  ;({ scope } = await fresh.workspace())
  prepare.mockClear()
  await Promise.all(questions())
  scope = before
  const texts = [...new Set(prepare.mock.calls.map(([sql]) => sql))]
  prepare.mockRestore()
  expect(texts.length).toBeGreaterThan(80)
  const scans = texts.filter((sql) => {
    const plan = fresh
      .sqlite()
      .prepare(`explain query plan ${sql}`)
      .all()
      .map(({ detail }) => String(detail))
    // Virtual tables are always said to be scanned; what matters is that they are asked for something.
    return plan.some((step) => step.startsWith('SCAN') && !step.includes('VIRTUAL TABLE INDEX'))
  })
  await fresh.close()
  expect(scans).toEqual([])
})
