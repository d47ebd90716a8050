import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runs, testEngine } from '../../test/support/engine.ts'
import { openWorld, type World } from '../../test/support/world.ts'
import { listTotals } from '../domain/board.ts'
import { eachRow } from '../domain/bulk.ts'
import type { DealPlace } from '../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal, restoreDeal } from '../domain/edit-deals.ts'
import { deleteStage } from '../domain/edit-stages.ts'
import { DomainError } from '../domain/errors.ts'
import { addParty, changeParty, listParties } from '../domain/party.ts'
import type { Scope } from '../domain/scope.ts'
import { listStages } from '../domain/stage.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const column = async (scope: Scope, stageId: number) =>
  (await scope.store.deals.list({ filter: { stageId }, sort: [{ by: 'rank', direction: 'asc' }], limit: 1000 })).items

describe('ranks', () => {
  const step = fc.record({
    card: fc.nat(30),
    how: fc.constantFrom('before', 'after', 'first', 'last', 'leave', 'delete', 'restore', 'new'),
    beside: fc.nat(30),
  })

  test('keep exactly the order that was asked for, however long one goes on', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 100, maxLength: 200, size: 'max' }), async (steps) => {
        const { scope, clock } = await world.workspace()
        const [first, second] = await listStages(scope)
        if (!first || !second) throw new Error('two stages')
        let order: number[] = []
        const gone: number[] = []
        const add = async (place?: DealPlace) => {
          clock.at += 1000
          const { id } = await createDeal(scope, { title: 'Card', stageId: first.id, place })
          return id
        }
        for (let index = 0; index < 12; index++) order.unshift(await add())
        for (const { card, how, beside } of steps) {
          clock.at += 1000
          const id = order[card % order.length] ?? 0
          const others = order.filter((other) => other !== id)
          const near = others[beside % others.length] ?? 0
          if (how === 'new') order.unshift(await add())
          else if (how === 'leave') {
            await changeDeal(scope, id, { stageId: second.id })
            clock.at += 1000
            await changeDeal(scope, id, { stageId: first.id })
            order = [id, ...others]
          } else if (how === 'delete') {
            if (others.length < 5) continue
            await deleteDeal(scope, id)
            order = others
            gone.push(id)
          } else if (how === 'restore') {
            const back = gone.pop()
            if (back === undefined) continue
            await restoreDeal(scope, back)
            const at = (await column(scope, first.id)).findIndex((deal) => deal.id === back)
            order = order.toSpliced(at, 0, back)
          } else {
            const place = how === 'before' ? { before: near } : how === 'after' ? { after: near } : how
            await changeDeal(scope, id, { place })
            const at = how === 'first' ? 0 : how === 'last' ? others.length : others.indexOf(near) + (how === 'after' ? 1 : 0)
            order = others.toSpliced(at, 0, id)
          }
        }
        const cards = await column(scope, first.id)
        expect(cards.map(({ id }) => id)).toEqual(order)
        expect(new Set(cards.map(({ rank }) => rank)).size).toBe(cards.length)
      }),
      { numRuns: runs(12) },
    )
  })

  test('grow slowly when everything goes between the same two', async () => {
    const { scope, clock } = await world.workspace()
    const [stage] = await listStages(scope)
    if (!stage) throw new Error('a stage')
    const add = (place?: DealPlace) => createDeal(scope, { title: 'Card', stageId: stage.id, place })
    const bottom = await add()
    clock.at += 1000
    await add()
    const made = []
    for (let index = 0; index < 300; index++) made.push((await add({ before: bottom.id })).id)
    const cards = await column(scope, stage.id)
    expect(cards.map(({ id }) => id).slice(1, -1)).toEqual(made)
    expect(Math.max(...cards.map(({ rank }) => rank.length))).toBeLessThan(120)
  })

  test('of deals that arrive in the same instant are in the order they were made', async () => {
    const { scope } = await world.workspace()
    const [stage] = await listStages(scope)
    const rows = await eachRow(
      scope,
      Array.from({ length: 80 }, (_, index) => index),
      (inner, index) => createDeal(inner, { title: `Card ${index}`, stageId: stage?.id }),
    )
    const ids = rows.map((row) => (row.ok ? row.value.id : 0))
    expect((await column(scope, stage?.id ?? 0)).map(({ id }) => id)).toEqual(ids)
  })

  test('of a stage that goes keep their order at the end of the next one', async () => {
    const { scope, clock } = await world.workspace()
    const [first, second] = (await listStages(scope)).map(({ id }) => id)
    if (!first || !second) throw new Error('two stages')
    const add = async (stageId: number) => {
      clock.at += 1000
      return (await createDeal(scope, { title: 'Card', stageId })).id
    }
    const [a, b, c] = [await add(first), await add(first), await add(first)]
    const [d, e] = [await add(second), await add(second)]
    await changeDeal(scope, a, { place: { before: b } })
    await deleteStage(scope, second, { target: 'neighbour' })
    expect((await column(scope, first)).map(({ id }) => id)).toEqual([c, a, b, e, d])
  })
})

describe('search', () => {
  test('finds the beginnings of words, without case and accents, all of them', async () => {
    const { scope } = await world.workspace()
    const other = (await world.workspace()).scope
    const titles = [
      'Crème Brûlée & Söhne',
      'creme factory',
      'STRASSE 7',
      'Łódź 2026',
      'हिन्दी समाचार',
      '東京タワー',
      "O'Brien-Smith",
      'ΟΔΟΣ',
    ]
    for (const title of titles) {
      await createDeal(scope, { title, customFields: { 7: `note on ${title.length}` } })
      await createDeal(other, { title })
    }
    const found = async (text: string, textIn?: ('title' | 'custom')[]) =>
      (await scope.store.deals.list({ filter: { text, textIn }, limit: 50 })).items.map(({ title }) => title)

    expect(await found('crem')).toEqual(['Crème Brûlée & Söhne', 'creme factory'])
    expect(await found('CRÈME SOH')).toEqual(['Crème Brûlée & Söhne'])
    expect(await found('brulee creme')).toEqual(['Crème Brûlée & Söhne'])
    expect(await found('straße')).toEqual(['STRASSE 7'])
    expect(await found('रसमाचार')).toEqual([])
    expect(await found('समा हिन्दी')).toEqual(['हिन्दी समाचार'])
    expect(await found('東京')).toEqual(['東京タワー'])
    expect(await found('o brien smi')).toEqual(["O'Brien-Smith"])
    expect(await found('οδός')).toEqual(['ΟΔΟΣ'])
    expect(await found('lulee')).toEqual([])
    expect(await found('note')).toHaveLength(titles.length)
    expect(await found('note', ['title'])).toEqual([])
    expect(await found('creme', ['custom'])).toEqual([])
    // Another workspace's number is no word of ours.
    expect(await found(`${other.workspace.id}`)).toEqual([])
  })

  test.each([
    '"',
    '""',
    "'",
    '*',
    'a*',
    '^a',
    'AND',
    'OR',
    'NOT x',
    'NEAR(a b, 2)',
    'title:a',
    'title : a',
    '{title custom} : a',
    '- a',
    'a + b',
    '(',
    ')(',
    'a"b"c',
    '\\',
    '%_',
    'a\0b',
    '\ud800',
    '·',
    '11·a',
    '😀',
    'a'.repeat(100_000),
    'ab '.repeat(20_000),
    '{}[]<>:;,.?!@#$%^&*()',
    '\u200b\u200d',
    'क्षि',
    '\u1c90\u{1f130}',
  ])('takes whatever is typed for words: %#', async (text) => {
    const { scope } = await world.workspace()
    await createDeal(scope, { title: 'quite another thing' })
    await addParty(scope, { kind: 'company', name: 'quite another thing' })
    expect((await scope.store.deals.list({ filter: { text }, limit: 5 })).items.length).toBeLessThan(2)
    expect((await listParties(scope, { text, limit: 5 })).items.length).toBeLessThan(2)
  })

  test('follows a change of the text, and forgets nothing else', async () => {
    const { scope } = await world.workspace()
    const deal = await createDeal(scope, { title: 'Before', customFields: { 1: 'kept note' } })
    const found = async (text: string) => (await scope.store.deals.list({ filter: { text }, limit: 5 })).items.length
    await changeDeal(scope, deal.id, { title: 'After' })
    expect([await found('before'), await found('after'), await found('kept')]).toEqual([0, 1, 1])
    await changeDeal(scope, deal.id, { customFields: { 1: null, 2: 'other' } })
    expect([await found('after'), await found('kept'), await found('other')]).toEqual([1, 0, 1])
    await deleteDeal(scope, deal.id)
    expect(await found('after')).toBe(0)
    const party = await addParty(scope, { kind: 'person', name: 'Zoë Ørsted' })
    const people = async (text: string) => (await listParties(scope, { text, limit: 5 })).items.length
    expect([await people('zoe'), await people('ors'), await people('ørst')]).toEqual([1, 0, 1])
    await changeParty(scope, party.id, { lastName: 'Åberg' })
    expect([await people('ørst'), await people('abe zo')]).toEqual([0, 1])
  })
})

describe('facets', () => {
  test('follow tags, custom fields and extras', async () => {
    const { scope } = await world.workspace()
    const deal = await createDeal(scope, {
      title: 'Deal',
      tags: ['a', 'b'],
      customFields: { 1: 5, 2: true, 3: 'x'.repeat(300) },
      extras: { hot: true },
    })
    const is = async (filter: object) => (await scope.store.deals.list({ filter, limit: 5 })).items.length
    expect([await is({ tag: 'a' }), await is({ tag: 'c' }), await is({ customField: { id: '1', value: 5 } })]).toEqual([1, 0, 1])
    expect(await is({ extra: { dialect: 'native', key: 'hot', value: true } })).toBe(1)
    expect(await is({ extra: { dialect: 'native', key: 'hot', value: true, not: true } })).toBe(0)
    await changeDeal(scope, deal.id, { tags: ['b', 'c'], customFields: { 1: 6 }, extras: { hot: null } })
    expect([await is({ tag: 'a' }), await is({ tag: 'c' }), await is({ tag: 'b' })]).toEqual([0, 1, 1])
    expect([await is({ customField: { id: '1', value: 5 } }), await is({ customField: { id: '1', value: 6 } })]).toEqual([0, 1])
    expect(await is({ extra: { dialect: 'native', key: 'hot', value: true, not: true } })).toBe(1)
  })
})

describe('a total beyond 64 bits', () => {
  const refusal = async (work: Promise<unknown>) =>
    work.then(() => 'done').catch((error: unknown) => (error instanceof DomainError ? error.refusal : error))
  const overflow = { kind: 'conflict', rule: 'total_overflow' }

  /** As close to the edge as one wants, without nine thousand deals. */
  const fill = (stageId: number, column: string, value: bigint) =>
    world.meddle(`update stage_total set ${column} = ${value} where stage_id = ${stageId}`)

  test('is refused for the one row that would cause it, and leaves no trace', async () => {
    const { scope } = await world.workspace()
    const [stage] = await listStages(scope)
    if (!stage) throw new Error('a stage')
    const deal = await createDeal(scope, { title: 'Deal', stageId: stage.id, amount: 1000 })
    const edge = 2n ** 63n - 1n
    await fill(stage.id, 'amount', edge - 10n)
    const before = JSON.stringify(await scope.store.deals.get(deal.id))
    const add = (amount: number) => ({ title: 'More', stageId: stage.id, amount })

    expect(await refusal(createDeal(scope, add(11)))).toEqual(overflow)
    expect(await refusal(changeDeal(scope, deal.id, { amount: 1011 }))).toEqual(overflow)
    const rows = await eachRow(scope, [5, 6, 5], (inner, amount) => createDeal(inner, add(amount)))
    expect(rows.map((row) => (row.ok ? 'done' : row.refusal))).toEqual(['done', overflow, 'done'])

    // Several that share a commit, one of them too much. PostgreSQL, where each has its own part of the total, has room for all.
    await fill(stage.id, 'amount', edge - 10n)
    const shares = testEngine === 'sqlite'
    const shared = shares
      ? await Promise.all([createDeal(scope, add(3)), createDeal(scope, add(100)), createDeal(scope, add(3))].map(refusal))
      : [
          await refusal(createDeal(scope, add(3))),
          await refusal(createDeal(scope, add(100))),
          await refusal(createDeal(scope, add(3))),
        ]
    expect(shared).toEqual(['done', overflow, 'done'])

    expect(JSON.stringify(await scope.store.deals.get(deal.id))).toBe(before)
    expect((await column(scope, stage.id)).map(({ amount }) => amount).sort((a, b) => a - b)).toEqual([3, 3, 5, 5, 1000])
    expect((await listTotals(scope))[0]).toMatchObject({ count: 5, amount: edge - 4n })
  })

  test('is as well refused where deals have a probability of their own, and below zero', async () => {
    const { scope } = await world.workspace()
    const [stage, next] = await listStages(scope)
    if (!stage || !next) throw new Error('two stages')
    const deal = await createDeal(scope, { title: 'Deal', stageId: stage.id, amount: 10, probability: 100 })
    await fill(stage.id, 'own_weighted', 2n ** 63n - 1n)
    expect(await refusal(changeDeal(scope, deal.id, { amount: 11 }))).toEqual(overflow)
    const debt = await createDeal(scope, { title: 'Debt', stageId: next.id, amount: -1 })
    await fill(next.id, 'amount', -(2n ** 63n))
    expect(await refusal(changeDeal(scope, debt.id, { amount: -2 }))).toEqual(overflow)
    expect(await refusal(changeDeal(scope, debt.id, { amount: -1, title: 'Same' }))).toBe('done')
  })
})
