import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestStore, type TestStore } from '../../test/support/app.ts'
import { runs } from '../../test/support/engine.ts'
import { eachRow } from '../domain/bulk.ts'
import { type Deal, type DealPatch, findAnyDeal, listDeals } from '../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal, restoreDeal } from '../domain/edit-deals.ts'
import { addPipeline, changePipeline, deletePipeline } from '../domain/edit-pipelines.ts'
import { addStage, changeStage, deleteStage, mergeStages } from '../domain/edit-stages.ts'
import { listEvents } from '../domain/events.ts'
import { addLossReason } from '../domain/loss-reason.ts'
import { defaultPipeline, listPipelines } from '../domain/pipeline.ts'
import { newBatch, type Scope } from '../domain/scope.ts'
import { listStages } from '../domain/stage.ts'
import { tokenOf, undo } from '../domain/undo.ts'
import { changeMember } from '../domain/user.ts'
import { examine } from './doctor.ts'

let store: TestStore
let clock = Date.UTC(2026, 0, 1)
beforeAll(async () => {
  store = await openTestStore({ now: () => (clock += 60_000) })
})
afterAll(async () => {
  // Whatever was undone: every record is still what its events say, and every invariant holds.
  const findings: string[] = []
  await examine(store.engine, { onFinding: ({ check, words }) => findings.push(`${check}: ${words}`) })
  expect(findings).toEqual([])
  await store.close()
})

/** Does something as one request and returns what undoes it. */
async function request<T>(scope: Scope, work: (scope: Scope) => Promise<T>): Promise<{ value: T; token: string }> {
  const batch = newBatch()
  const value = await work({ ...scope, batch })
  return { value, token: batch.first === null ? 'nothing' : tokenOf(batch.first) }
}

const undoOf = (scope: Scope, token: string, limit?: number) => undo({ ...scope, batch: newBatch() }, token, limit)

/** What a deal is, beside how often and when it was touched. */
const facts = ({ version: _, updatedAt: __, ...deal }: Deal) => ({ ...deal, deletedAt: deal.deletedAt !== null })

const open = async () => {
  const ws = await store.workspace({ template: 'sell' })
  const stages = await listStages(ws.scope, (await defaultPipeline(ws.scope)).id)
  const id = (n: number) => stages[n]?.id ?? 0
  const closed = (kind: string) => stages.find((stage) => stage.kind === kind)?.id ?? 0
  return { ...ws, stages, id, closed }
}

describe('undo of a deal’s change', () => {
  test('a move goes back to the stage, the place and the times that the deal had', async () => {
    const { scope, id } = await open()
    const [above, deal, below] = [
      await createDeal(scope, { title: 'above', place: 'last' }),
      await createDeal(scope, { title: 'deal', place: 'last' }),
      await createDeal(scope, { title: 'below', place: 'last' }),
    ]
    const before = await findAnyDeal(scope, deal.id)
    const { token } = await request(scope, (scope) => changeDeal(scope, deal.id, { stageId: id(2) }))
    expect(await undoOf(scope, token)).toMatchObject({ events: 1, undone: 1, left: [], next: null, remaining: 0 })
    expect(facts(await findAnyDeal(scope, deal.id))).toEqual(facts(before))
    const { items } = await listDeals(scope, { filter: { stageId: id(0) }, sort: [{ by: 'rank', direction: 'asc' }], limit: 9 })
    expect(items.map(({ id }) => id)).toEqual([above.id, deal.id, below.id])
    const { items: events } = await listEvents(scope, { subject: 'deal', subjectId: deal.id, limit: 9 })
    expect(events.map(({ type }) => type)).toEqual(['deal.created', 'deal.moved', 'deal.moved'])
    expect(events[2]).toMatchObject({ before: { stageId: id(2) }, after: { stageId: id(0), stageChangedAt: null } })
  })

  test('losing is undone with its reason and its day, and undoing that is losing again', async () => {
    const { scope, closed } = await open()
    const reason = await addLossReason(scope, { name: 'Price' })
    const deal = await createDeal(scope, { title: 'lost' })
    const { value: lost, token } = await request(scope, (scope) =>
      changeDeal(scope, deal.id, { outcome: 'lost', lossReasonId: reason.id, lossComment: 'too dear' }),
    )
    const back = await undoOf(scope, token)
    expect(await findAnyDeal(scope, deal.id)).toMatchObject({
      outcome: 'open',
      closedAt: null,
      lossReasonId: null,
      lossComment: null,
    })
    await undoOf(scope, back.token ?? '')
    expect(facts(await findAnyDeal(scope, deal.id))).toEqual(facts(lost))
    expect(lost.stageId).toBe(closed('lost'))
  })

  test('two cards never share a place: another has come to it meanwhile', async () => {
    const { scope, id } = await open()
    const [first, deal] = [
      await createDeal(scope, { title: 'first', place: 'last' }),
      await createDeal(scope, { title: 'deal', place: 'last' }),
    ]
    const last = await createDeal(scope, { title: 'last', place: 'last' })
    const { token } = await request(scope, (scope) => changeDeal(scope, deal.id, { stageId: id(1) }))
    const squatter = await createDeal(scope, { title: 'squatter', place: { after: first.id } })
    expect((await findAnyDeal(scope, squatter.id)).rank).toBe(deal.rank)
    await undoOf(scope, token)
    const { items } = await listDeals(scope, { filter: { stageId: id(0) }, sort: [{ by: 'rank', direction: 'asc' }], limit: 9 })
    expect(items.map(({ id }) => id)).toEqual([first.id, squatter.id, deal.id, last.id])
    expect(new Set(items.map(({ rank }) => rank)).size).toBe(4)
  })

  test('only fields that are still as they were left go back, the others are told', async () => {
    const { scope, id } = await open()
    const deal = await createDeal(scope, { title: 'a', amount: 100, tags: ['x', 'y'], customFields: { '1': 'one' } })
    const { token } = await request(scope, (scope) =>
      changeDeal(scope, deal.id, {
        title: 'b',
        amount: 200,
        stageId: id(1),
        tags: ['y', 'z'],
        customFields: { '1': 'uno', '2': 'due' },
      }),
    )
    await changeDeal(scope, deal.id, { title: 'c', tags: ['y', 'z', 'mine'], customFields: { '3': 'tre' } })
    expect(await undoOf(scope, token)).toMatchObject({
      undone: 1,
      left: [{ subject: 'deal', id: deal.id, field: 'title', reason: 'changed_since' }],
    })
    expect(await findAnyDeal(scope, deal.id)).toMatchObject({
      title: 'c',
      amount: 100,
      stageId: id(0),
      tags: ['y', 'mine', 'x'],
      customFields: { '1': 'one', '3': 'tre' },
    })
  })

  test('a deal that was moved on stays where it is, and one that was closed again too', async () => {
    const { scope, id } = await open()
    const deal = await createDeal(scope, { title: 'a' })
    const { token } = await request(scope, (scope) => changeDeal(scope, deal.id, { stageId: id(1) }))
    const on = await changeDeal(scope, deal.id, { stageId: id(2) })
    expect(await undoOf(scope, token)).toMatchObject({
      undone: 0,
      token: null,
      left: [{ field: 'stageId', reason: 'changed_since' }],
    })
    expect(await findAnyDeal(scope, deal.id)).toEqual(on)
  })

  test('it does not go back to what is gone: a stage, a member, an external id', async () => {
    const { scope, id, member } = await open()
    const { user } = await member('member')
    const deal = await createDeal(scope, { title: 'a', ownerId: user.id, externalId: 'e1' })
    const { token } = await request(scope, (scope) =>
      changeDeal(scope, deal.id, { stageId: id(1), ownerId: scope.user.id, externalId: 'e2', title: 'b' }),
    )
    await deleteStage(scope, id(0))
    await changeMember(scope, user.id, { isActive: false })
    await createDeal(scope, { title: 'other', externalId: 'e1' })
    const { left, undone } = await undoOf(scope, token)
    expect(undone).toBe(1)
    expect(left.map(({ field, reason }) => `${field} ${reason}`).toSorted()).toEqual([
      'externalId taken',
      'ownerId target_gone',
      'stageId target_gone',
    ])
    expect(await findAnyDeal(scope, deal.id)).toMatchObject({ title: 'a', externalId: 'e2', stageId: id(1) })
  })

  test('a deal that was made goes, and comes back when that is undone; one that was worked on stays', async () => {
    const { scope } = await open()
    const { value: made, token } = await request(scope, (scope) => createDeal(scope, { title: 'made' }))
    const { token: again } = await undoOf(scope, token)
    expect((await findAnyDeal(scope, made.id)).deletedAt).not.toBeNull()
    expect(await undoOf(scope, token)).toMatchObject({ undone: 0, left: [{ field: null, reason: 'gone' }] })
    await undoOf(scope, again ?? '')
    expect(facts(await findAnyDeal(scope, made.id))).toEqual(facts(made))
    await changeDeal(scope, made.id, { title: 'worked on' })
    expect(await undoOf(scope, token)).toMatchObject({ undone: 0, left: [{ field: null, reason: 'changed_since' }] })
  })

  test('a deleted deal comes back to its place, a restored one goes again', async () => {
    const { scope } = await open()
    const deal = await createDeal(scope, { title: 'a' })
    const { token } = await request(scope, (scope) => deleteDeal(scope, deal.id))
    await undoOf(scope, token)
    expect(facts(await findAnyDeal(scope, deal.id))).toEqual(facts(deal))
    await deleteDeal(scope, deal.id)
    const restored = await request(scope, (scope) => restoreDeal(scope, deal.id))
    await undoOf(scope, restored.token)
    expect((await findAnyDeal(scope, deal.id)).deletedAt).not.toBeNull()
  })
})

describe('undo of many', () => {
  test('a bulk change goes back as a whole, what others have changed since stays', async () => {
    const { scope, id } = await open()
    const deals = await eachRow(scope, ['a', 'b', 'c', 'd'], (scope, title) => createDeal(scope, { title }))
    const ids = deals.map((row) => (row.ok ? row.value.id : 0))
    const { token } = await request(scope, (scope) =>
      eachRow(scope, ids, (scope, one) => changeDeal(scope, one, { stageId: id(3), tags: ['x'] })),
    )
    await changeDeal(scope, ids[1] ?? 0, { stageId: id(2) })
    await deleteDeal(scope, ids[2] ?? 0)
    const result = await undoOf(scope, token)
    expect(result).toMatchObject({ events: 4, undone: 3 })
    expect(result.left).toEqual([
      { subject: 'deal', id: ids[2], field: null, reason: 'gone' },
      { subject: 'deal', id: ids[1], field: 'stageId', reason: 'changed_since' },
    ])
    const now = await Promise.all(ids.map((one) => findAnyDeal(scope, one)))
    expect(now.map(({ stageId }) => stageId)).toEqual([id(0), id(2), id(3), id(0)])
    expect(now.map(({ tags }) => tags.length)).toEqual([0, 0, 1, 0])
  })

  test('what is more than one transaction shall hold goes in parts, and all parts are undone as one', async () => {
    const { scope } = await open()
    const batch = newBatch()
    // As an import: many transactions, one batch.
    for (let n = 0; n < 7; n++) await createDeal({ ...scope, batch }, { title: `imported ${n}` })
    const seen: [number, number][] = []
    let token = tokenOf(batch.first ?? 0)
    let last = ''
    for (;;) {
      const part = await undoOf(scope, token, 3)
      seen.push([part.undone, part.remaining])
      last = part.token ?? ''
      if (part.next === null) break
      token = part.next
    }
    expect(seen).toEqual([
      [3, 4],
      [3, 1],
      [1, 0],
    ])
    expect((await listDeals(scope, { limit: 10 })).items).toEqual([])
    expect(await undoOf(scope, last)).toMatchObject({ events: 7, undone: 7 })
    expect((await listDeals(scope, { limit: 10 })).items).toHaveLength(7)
  })
})

describe('undo of the structure', () => {
  const picture = async (scope: Scope) => ({
    pipelines: (await listPipelines(scope)).map(({ updatedAt: _, ...pipeline }) => pipeline),
    stages: (await listStages(scope)).map(({ updatedAt: _, ...stage }) => stage),
    deals: (await listDeals(scope, { limit: 50 })).items.map(facts),
  })

  const works: [string, (scope: Scope, id: (n: number) => number, closed: (kind: string) => number) => Promise<unknown>][] = [
    ['a stage that was merged into another', (scope, id) => mergeStages(scope, id(1), id(2))],
    ['a stage that was deleted with its deals moved', (scope, id) => deleteStage(scope, id(0), { target: 'neighbour' })],
    [
      'a stage that was renamed, and its weight and colour',
      (scope, id) => changeStage(scope, id(1), { name: 'New', probability: 1, rotAfterDays: 3, color: '#aabbcc' }),
    ],
    ['a stage that was put elsewhere', (scope, id) => changeStage(scope, id(3), { place: { before: id(0) } })],
    ['a stage that was archived', (scope, id) => changeStage(scope, id(3), { isArchived: true })],
    ['a stage that changed its kind', (scope, id) => changeStage(scope, id(3), { kind: 'unqualified' })],
    [
      'a stage that was added',
      async (scope) => addStage(scope, { pipelineId: (await defaultPipeline(scope)).id, name: 'Added' }),
    ],
    ['a pipeline that was added', (scope) => addPipeline(scope, { name: 'Added', stages: [{ name: 'One' }] })],
    [
      'a pipeline that was added as the default',
      (scope) => addPipeline(scope, { name: 'Added', isDefault: true, stages: [{ name: 'One' }] }),
    ],
    [
      'a pipeline that was renamed and weighs no more',
      async (scope) => changePipeline(scope, (await defaultPipeline(scope)).id, { name: 'X', hasProbability: false }),
    ],
    [
      'the default pipeline that was deleted, its deals moved',
      async (scope) => {
        const other = (await listPipelines(scope)).find(({ isDefault }) => !isDefault)
        return deletePipeline(scope, (await defaultPipeline(scope)).id, { target: other?.id })
      },
    ],
    [
      'the default that was given to another',
      async (scope) => {
        const other = (await listPipelines(scope)).find(({ isDefault }) => !isDefault)
        return changePipeline(scope, other?.id ?? 0, { isDefault: true, position: 1 })
      },
    ],
  ]
  test.each(works)('%s is as before', async (_, work) => {
    const { scope, id, closed } = await open()
    await addPipeline(scope, { name: 'Other', stages: [{ name: 'Begin' }] })
    for (const [n, title] of ['a', 'b', 'c', 'd'].entries()) await createDeal(scope, { title, stageId: id(n % 3) })
    await createDeal(scope, { title: 'won', stageId: closed('won'), openStageId: id(0) })
    const before = await picture(scope)
    const { token } = await request(scope, (scope) => work(scope, id, closed))
    const changed = await picture(scope)
    expect(changed).not.toEqual(before)
    const back = await undoOf(scope, token)
    expect(back.left).toEqual([])
    expect(await picture(scope)).toEqual(before)
    const again = await undoOf(scope, back.token ?? '')
    expect(again.left).toEqual([])
  })

  test('a stage that holds deals by now stays, and so does one that went to another pipeline', async () => {
    const { scope, id } = await open()
    const other = await addPipeline(scope, { name: 'Other', stages: [{ name: 'Begin' }] })
    const added = await request(scope, async (scope) => addStage(scope, { pipelineId: other.id, name: 'Added' }))
    await createDeal(scope, { title: 'in it', stageId: added.value.id })
    expect((await undoOf(scope, added.token)).left).toMatchObject([{ subject: 'stage', field: null, reason: 'in_use' }])
    const gone = await createDeal(scope, { title: 'taken along', stageId: id(1) })
    const transfer = await request(scope, (scope) => changeStage(scope, id(1), { pipelineId: other.id }))
    const { left } = await undoOf(scope, transfer.token)
    expect(left.map(({ reason }) => reason).toSorted()).toContain('not_possible')
    expect(await findAnyDeal(scope, gone.id)).toMatchObject({ stageId: id(1), pipelineId: other.id })
  })
})

describe('who may undo', () => {
  test('whoever did it, and a manager; a token of another workspace is no token', async () => {
    const { scope, member } = await open()
    const [mine, colleague, manager, viewer] = [
      await member('member'),
      await member('member'),
      await member('manager'),
      await member('viewer'),
    ]
    const { value: deal, token } = await request(mine.scope, (scope) => createDeal(scope, { title: 'mine' }))
    for (const { scope } of [colleague, viewer])
      await expect(undoOf(scope, token)).rejects.toMatchObject({ refusal: { kind: 'forbidden' } })
    const { scope: elsewhere } = await open()
    for (const wrong of [token, 'nonsense', '', 'x'.repeat(100), '../..', tokenOf(1e14)])
      await expect(undoOf(elsewhere, wrong)).rejects.toMatchObject({ refusal: { kind: 'not_found' } })
    expect((await findAnyDeal(scope, deal.id)).deletedAt).toBeNull()
    expect((await undoOf(manager.scope, token)).undone).toBe(1)
    const own = await request(mine.scope, (scope) => createDeal(scope, { title: 'again' }))
    expect((await undoOf(mine.scope, own.token)).undone).toBe(1)
  })

  test('what a manager did to stages is not for members, even their own from when they were managers', async () => {
    const { scope, member, id } = await open()
    const { scope: boss, user } = await member('manager')
    const { token } = await request(boss, (scope) => changeStage(scope, id(0), { name: 'Renamed' }))
    const demoted: Scope = { ...boss, user: { ...user, role: 'member' } }
    await expect(undoOf(demoted, token)).rejects.toMatchObject({ refusal: { kind: 'forbidden' } })
    expect((await undoOf(scope, token)).undone).toBe(1)
  })

  test('an event in the middle of a batch has no token, and nobody adds to another’s undoing', async () => {
    const { scope, member } = await open()
    const { token } = await request(scope, (scope) =>
      eachRow(scope, ['a', 'b', 'c'], (scope, title) => createDeal(scope, { title })),
    )
    const { items } = await listEvents(scope, { direction: 'desc', limit: 1 })
    await expect(undoOf(scope, tokenOf(items[0]?.id ?? 0))).rejects.toMatchObject({ refusal: { kind: 'not_found' } })
    const part = await undoOf(scope, token, 1)
    const { scope: other } = await member('manager')
    await expect(undoOf(other, part.next ?? '')).rejects.toMatchObject({ refusal: { kind: 'not_found' } })
  })
})

test('undoing every request, the last one first, leads back to where it began', async () => {
  const { scope, id, closed } = await open()
  const made = await eachRow(scope, [0, 1, 2, 3], (scope, n) => createDeal(scope, { title: `deal ${n}`, amount: 100 * n }))
  const ids = made.map((row) => (row.ok ? row.value.id : 0))
  const places = [id(0), id(1), id(2), id(3), closed('won'), closed('lost'), closed('unqualified')]
  const patch: fc.Arbitrary<DealPatch> = fc.record(
    {
      title: fc.constantFrom('p', 'q', 'r'),
      amount: fc.nat(5),
      stageId: fc.constantFrom(...places),
      place: fc.constantFrom('first' as const, 'last' as const),
      tags: fc.subarray(['t', 'u', 'v']),
      customFields: fc.dictionary(fc.constantFrom('1', '2'), fc.constantFrom('a', 'b', null), { maxKeys: 2 }),
      expectedCloseDate: fc.constantFrom('2026-05-01', null),
      isArchived: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('change' as const), n: fc.nat(3), patch }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('delete' as const, 'restore' as const), n: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('bulk' as const), patch }) },
  )
  const whole = async () => Promise.all(ids.map(async (one) => facts(await findAnyDeal(scope, one))))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const before = await whole()
      const tokens: string[] = []
      for (const one of steps) {
        const { token } = await request(scope, (scope) => {
          if (one.kind === 'bulk') return eachRow(scope, ids, (scope, deal) => changeDeal(scope, deal, one.patch))
          const deal = ids[one.n] ?? 0
          return eachRow(scope, [deal], (scope, deal) =>
            one.kind === 'change'
              ? changeDeal(scope, deal, one.patch)
              : one.kind === 'delete'
                ? deleteDeal(scope, deal)
                : restoreDeal(scope, deal),
          )
        })
        if (token !== 'nothing') tokens.unshift(token)
      }
      for (const token of tokens) expect((await undoOf(scope, token)).left).toEqual([])
      expect(await whole()).toEqual(before)
    }),
    { numRuns: runs(60) },
  )
})
