import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { testEngine } from '../../test/support/engine.ts'
import { openWorld, type Place, type World } from '../../test/support/world.ts'
import { eachRow } from '../domain/bulk.ts'
import type { Deal, DealDraft, DealFilter, DealQuery, DealSort } from '../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal } from '../domain/edit-deals.ts'
import { addLossReason } from '../domain/loss-reason.ts'
import type { Direction, Key } from '../domain/page.ts'
import { addParty } from '../domain/party.ts'
import { listStages } from '../domain/stage.ts'

let world: World
/** More deals than any condition may lead to and be sorted, with many ties and gaps. */
let big: Place
let all: readonly Deal[]
let stageId: number
let common: Record<string, number>

const many = 1300
const sorts = ['id', 'title', 'amount', 'createdAt', 'updatedAt', 'expectedCloseDate', 'stageChangedAt', 'closedAt'] as const
const directions: readonly Direction[] = ['asc', 'desc']

beforeAll(async () => {
  world = await openWorld()
  big = await world.workspace()
  const { scope, clock } = big
  const stages = await listStages(scope)
  const [first, second, , won, lost] = stages.map(({ id }) => id)
  stageId = first ?? 0
  const company = await addParty(scope, { kind: 'company', name: 'Acme' })
  const contact = await addParty(scope, { kind: 'person', name: 'Bo', companyId: company.id })
  const reason = await addLossReason(scope, { name: 'Price' })
  common = { company: company.id, contact: contact.id, reason: reason.id, pipeline: stages[0]?.pipelineId ?? 0 }
  const draft = (index: number): DealDraft => ({
    title: ['Übung', 'alpha', 'Zebra', 'beta two', 'Alpha'][index % 5] ?? '',
    amount: (index % 7) * 100 - 200,
    currency: index % 11 === 0 ? 'JPY' : 'USD',
    stageId: (index % 40 === 0 ? [second, won, lost][(index / 40) % 3] : first) ?? 0,
    expectedCloseDate: index % 8 === 0 ? null : `2026-0${(index % 4) + 1}-15`,
    tags: index % 100 === 5 ? ['hot', 'rare'] : ['hot'],
    contactId: contact.id,
    companyId: company.id,
    ...(index % 120 === 80 ? { lossReasonId: reason.id } : {}),
    isArchived: index % 50 === 7,
    ...(index % 200 === 3 ? { externalId: `x-${index}` } : {}),
    ...(index % 60 === 1 ? { stageChangedAt: -5 * index } : {}),
  })
  for (let from = 0; from < many; from += 100) {
    clock.at += 1000
    await eachRow(
      scope,
      Array.from({ length: 100 }, (_, index) => draft(from + index)),
      createDeal,
    )
  }
  const { items } = await scope.store.deals.list({ limit: 2000 })
  for (const deal of items.filter((_, index) => index % 90 === 4)) await deleteDeal(scope, deal.id)
  all = (await scope.store.deals.list({ filter: { deleted: 'both' }, limit: 2000 })).items
  expect(all).toHaveLength(many)
})
afterAll(() => world.close())

// —— what a list must hold, said again in plain JavaScript ——

const sortedBy = (deal: Deal, by: DealSort) => deal[by] ?? (by === 'expectedCloseDate' ? '' : 0)

const compare = (a: string | number, b: string | number): number =>
  typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : a - Number(b)

function expected(by: DealSort, direction: Direction, keep: (deal: Deal) => boolean): number[] {
  const sign = direction === 'asc' ? 1 : -1
  const row = all.filter(keep).sort((a, b) => sign * (compare(sortedBy(a, by), sortedBy(b, by)) || a.id - b.id))
  return row.map(({ id }) => id)
}

const live = (deal: Deal) => deal.deletedAt === null

/** A filter, and whom it finds. Wide ones are walked through, narrow ones lead. */
const filters: Record<string, [() => DealFilter, (deal: Deal) => boolean]> = {
  everything: [() => ({}), live],
  'a full stage': [() => ({ stageId }), (deal) => live(deal) && deal.stageId === stageId],
  'won or lost': [() => ({ outcomes: ['won', 'lost'] }), (deal) => live(deal) && ['won', 'lost'].includes(deal.outcome)],
  'a common tag': [() => ({ tag: 'hot' }), live],
  'a rare tag': [() => ({ tag: 'rare' }), (deal) => live(deal) && deal.tags.includes('rare')],
  'a common word': [() => ({ text: 'al' }), (deal) => live(deal) && deal.title.toLowerCase() === 'alpha'],
  'a time and a price': [
    () => ({ updatedSince: all[150]?.updatedAt, maxAmount: 200, isArchived: false }),
    (deal) => live(deal) && deal.updatedAt >= (all[150]?.updatedAt ?? 0) && deal.amount <= 200 && deal.archivedAt === null,
  ],
  'deleted as well': [() => ({ deleted: 'both' }), () => true],
  'deleted only': [() => ({ deleted: 'only' }), (deal) => !live(deal)],
  'with a day': [
    () => ({ expectedCloseSince: '2026-02-01', expectedCloseUntil: '2026-04-01' }),
    ({ expectedCloseDate: day, ...deal }) => live(deal as Deal) && day !== null && day >= '2026-02-01' && day < '2026-04-01',
  ],
  'somebody’s': [() => ({ partyId: common.contact }), live],
}

async function pages(query: DealQuery): Promise<Deal[]> {
  const found: Deal[] = []
  for (let after: Key | undefined; ; ) {
    const page = await big.scope.store.deals.list({ ...query, after })
    found.push(...page.items)
    if (!page.next) return found
    if (found.length > 3 * many) throw new Error('the pages never end')
    after = page.next
  }
}

// PostgreSQL, for whom a sort is a sort, shows that with a few of them.
describe.each(testEngine === 'sqlite' ? sorts : (['title', 'expectedCloseDate'] as const))('a list by %s', (by) => {
  describe.each(directions)('%s', (direction) => {
    test.each(Object.keys(filters))('of %s has every deal once and in order, by key and by offset', async (name) => {
      const [filter, keep] = filters[name] ?? []
      if (!filter || !keep) throw new Error(name)
      const query: DealQuery = { filter: filter(), sort: [{ by, direction }], limit: 333 }
      const ids = expected(by, direction, keep)
      expect(ids.length).toBeGreaterThan(0)
      expect((await pages(query)).map(({ id }) => id)).toEqual(ids)
      for (const offset of [1, 500, ids.length - 1, ids.length + 5]) {
        const { items, next } = await big.scope.store.deals.list({ ...query, limit: 7, offset: Math.max(0, offset) })
        expect(items.map(({ id }) => id)).toEqual(ids.slice(Math.max(0, offset), Math.max(0, offset) + 7))
        expect(next === null).toBe(offset + 7 >= ids.length)
      }
    })
  })
})

test('a list by several sorts orders ties by the next, and the rest by id', async () => {
  const sort = [
    { by: 'title', direction: 'desc' },
    { by: 'amount', direction: 'asc' },
  ] as const
  const { items } = await big.scope.store.deals.list({ sort, limit: 2000 })
  const ids = all
    .filter(live)
    .sort((a, b) => compare(b.title, a.title) || a.amount - b.amount || b.id - a.id)
    .map(({ id }) => id)
  expect(items.map(({ id }) => id)).toEqual(ids)
})

test('a page of one at a time is as good as any', async () => {
  const filter: DealFilter = { tag: 'rare' }
  const [one, whole] = [await pages({ filter, limit: 1 }), await pages({ filter, limit: 1000 })]
  expect(one).toEqual(whole)
})

test('a column of cards by rank, from both ends', async () => {
  const { items } = await big.scope.store.deals.list({ filter: { stageId }, limit: 2000 })
  const ranked = [...items].sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ id }) => id)
  for (const direction of directions) {
    const found = await pages({ filter: { stageId }, sort: [{ by: 'rank', direction }], limit: 400 })
    expect(found.map(({ id }) => id)).toEqual(direction === 'asc' ? ranked : ranked.toReversed())
  }
})

test('rows that stay are seen once while others come, go and move between the pages', async () => {
  const { scope, clock } = await world.workspace()
  const row = (index: number) => createDeal(scope, { title: `Deal ${String(index).padStart(3, '0')}`, amount: index % 4 })
  const deals = []
  for (let index = 0; index < 60; index++) deals.push(await row(index * 2))
  for (const by of ['title', 'amount', 'updatedAt', 'id'] as const) {
    const touched = new Set<number>()
    const seen: number[] = []
    let turn = 0
    for (let after: Key | undefined; ; ) {
      const page = await scope.store.deals.list({ sort: [{ by, direction: 'asc' }], limit: 9, after })
      seen.push(...page.items.map(({ id }) => id))
      if (!page.next) break
      after = page.next
      clock.at += 1000
      // One that was seen goes to the end, one that was not to the front, one vanishes and one is new.
      const [old, unseen, last] = [page.items[2], deals[(turn * 13 + 31) % 60], deals[59 - turn]]
      for (const deal of [old, unseen, last]) if (deal) touched.add(deal.id)
      if (old) await changeDeal(scope, old.id, { title: `Zz ${turn}`, amount: 99 })
      if (unseen) await changeDeal(scope, unseen.id, { title: `Aa ${turn}`, amount: -99 }).catch(() => undefined)
      if (last && turn % 2 === 0) await deleteDeal(scope, last.id).catch(() => undefined)
      touched.add((await row(turn * 7 + 1)).id)
      turn++
    }
    const stayed = (await scope.store.deals.list({ sort: [{ by, direction: 'asc' }], limit: 500 })).items
    const ids = stayed.map(({ id }) => id).filter((id) => !touched.has(id))
    expect(seen.filter((id) => !touched.has(id) && ids.includes(id))).toEqual(ids)
    expect(new Set(seen.filter((id) => !touched.has(id))).size).toBe(ids.length)
  }
})

// —— how SQLite goes about it ——

/** Every condition that the domain knows; all of them fit nearly all deals of the big workspace, and none of a fresh one. */
const conditions = (): Record<string, DealFilter> => ({
  nothing: {},
  ids: { ids: [5001, 5002] },
  externalId: { externalId: 'x-3' },
  pipelineId: { pipelineId: common.pipeline },
  stageId: { stageId },
  openStageId: { openStageId: stageId },
  outcome: { outcomes: ['open'] },
  outcomes: { outcomes: ['open', 'won'] },
  ownerId: { ownerId: big.scope.user.id },
  creatorId: { creatorId: big.scope.user.id },
  contactId: { contactId: common.contact },
  companyId: { companyId: common.company },
  partyId: { partyId: common.contact },
  lossReasonId: { lossReasonId: common.reason },
  title: { title: 'alpha' },
  text: { text: 'a' },
  amount: { amount: 100 },
  minAmount: { minAmount: -1000 },
  maxAmount: { maxAmount: 1000 },
  value: { value: '1' },
  currency: { currency: 'USD' },
  expectedCloseDate: { expectedCloseDate: '2026-02-15' },
  expectedCloseSince: { expectedCloseSince: '2026-01-01' },
  expectedCloseUntil: { expectedCloseUntil: '2027-01-01' },
  tag: { tag: 'hot' },
  extra: { extra: { dialect: 'sell', key: 'hot', value: true } },
  'extra not': { extra: { dialect: 'sell', key: 'hot', value: true, not: true } },
  customField: { customField: { id: '7', value: 'x' } },
  updatedSince: { updatedSince: 1 },
  updatedUntil: { updatedUntil: 9e14 },
  createdSince: { createdSince: 1 },
  createdUntil: { createdUntil: 9e14 },
  archived: { isArchived: true },
  'not archived': { isArchived: false },
  'deleted only': { deleted: 'only' },
  'deleted both': { deleted: 'both' },
  deletedSince: { deleted: 'only', deletedSince: 1 },
  pipelineIds: { pipelineIds: [common.pipeline ?? 0, 1] },
  stageIds: { stageIds: [stageId, 1] },
  ownerIds: { ownerIds: [big.scope.user.id, 1] },
  creatorIds: { creatorIds: [big.scope.user.id, 1] },
  contactIds: { contactIds: [common.contact ?? 0, 1] },
  companyIds: { companyIds: [common.company ?? 0, 1] },
  lossReasonIds: { lossReasonIds: [common.reason ?? 0, 1] },
  closedSince: { closedSince: 1 },
  closedUntil: { closedUntil: 9e14 },
  stageChangedSince: { stageChangedSince: -9e9 },
  stageChangedUntil: { stageChangedUntil: 9e14 },
  'all of': { all: [{ tag: 'hot' }, { minAmount: -1000 }] },
  'any of': { any: [{ tag: 'hot' }, { stageId }] },
  'none of': { none: [{ tag: 'cold' }, { ownerId: 1 }] },
  'several at once': { ownerId: big.scope.user.id, outcomes: ['open'], updatedSince: 1, isArchived: false, tag: 'hot' },
})

type Window = Pick<DealQuery, 'after' | 'offset'>
const windows: readonly Window[] = [{}, { after: { value: 1, id: 5100 } }, { offset: 20 }]

/** The plans of the statements that listing has newly prepared. */
async function plansOf(place: Place, query: Omit<DealQuery, 'limit'>): Promise<string[]> {
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare')
  await place.scope.store.deals.list({ ...query, limit: 10 })
  const texts = prepare.mock.calls.map(([sql]) => sql).filter((sql) => sql.startsWith('select deal.*'))
  prepare.mockRestore()
  return texts.flatMap((sql) =>
    world
      .sqlite()
      .prepare(`explain query plan ${sql}`)
      .all()
      .map(({ detail }) => String(detail)),
  )
}

describe.skipIf(testEngine !== 'sqlite')('every sum', () => {
  test('looks at what its narrowest condition leads to, and not at all deals in the order of their stages', async () => {
    const narrow = ['ownerId', 'creatorId', 'contactId', 'companyId', 'text', 'tag', 'minAmount', 'title', 'updatedSince']
    for (const name of narrow) {
      const filter = { ...conditions()[name], isArchived: false }
      for (const sum of [
        (f: DealFilter) => big.scope.store.deals.sums(f),
        (f: DealFilter) => big.scope.store.deals.sumsWithin(f, many),
      ]) {
        const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare')
        await sum({ ...filter, pipelineIds: [common.pipeline ?? 0, name.length] })
        const texts = prepare.mock.calls.map(([sql]) => sql).filter((sql) => sql.startsWith('select deal.stage_id'))
        prepare.mockRestore()
        const plans = texts.flatMap((sql) => world.sqlite().prepare(`explain query plan ${sql}`).all())
        const steps = plans.map(({ detail }) => String(detail)).filter((step) => /\bdeal\b/.test(step))
        expect([name, steps.filter((step) => /^SCAN deal\b|\(workspace_id=\?\)$/.test(step))]).toEqual([name, []])
      }
    }
  })
})

describe.skipIf(testEngine !== 'sqlite')('every shape of list', () => {
  test('uses an index for every table it reads, and sorts nothing that may be long', async () => {
    const empty = await world.workspace()
    const faults: string[] = []
    let shapes = 0
    for (const [name, filter] of Object.entries(conditions())) {
      for (const by of [...sorts, ...(name === 'stageId' ? (['rank'] as const) : [])]) {
        for (const window of windows) {
          for (const [place, isLong] of [
            [big, true],
            [empty, false],
          ] as const) {
            const plan = await plansOf(place, { filter, sort: [{ by, direction: 'desc' }], ...window })
            if (plan.length > 0) shapes++
            const scans = plan.filter((step) => /^SCAN (?!json_each|deal_text|deal$|.*VIRTUAL)/.test(step))
            // Ids, an external id and what at most a thousand deals have may be sorted; so may the one page of an offset list.
            const isNarrow =
              /^(ids|externalId|lossReasonIds?|closed(Since|Until)|stageChanged(Since|Until)|title|amount|value|expectedCloseDate|extra|customField|archived|deleted(Since| only))$/
            const sorted = plan.filter((step) => step === 'USE TEMP B-TREE FOR ORDER BY').length - (window.offset ? 1 : 0)
            const unsorted = isLong && !isNarrow.test(name) && sorted > 0
            if (scans.length > 0 || unsorted) faults.push(`${name} by ${by} ${JSON.stringify(window)}: ${plan.join(' | ')}`)
          }
        }
      }
    }
    expect(faults).toEqual([])
    expect(shapes).toBeGreaterThan(500)
  })

  test('is prepared once', async () => {
    const query: DealQuery = { filter: { ownerId: 5, minAmount: 3 }, sort: [{ by: 'title', direction: 'asc' }], limit: 10 }
    await big.scope.store.deals.list(query)
    const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare')
    await big.scope.store.deals.list({ ...query, filter: { ownerId: 6, minAmount: 4 } })
    await big.scope.store.deals.list({ ...query, limit: 3 })
    expect(prepare).not.toHaveBeenCalled()
    prepare.mockRestore()
  })
})
