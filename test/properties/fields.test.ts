import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addCustomField } from '../../src/domain/custom-field.ts'
import { type Deal, type DealPatch, findDeal } from '../../src/domain/deal.ts'
import { changeDeal, createDeal } from '../../src/domain/edit-deals.ts'
import { changePipeline } from '../../src/domain/edit-pipelines.ts'
import { changeStage } from '../../src/domain/edit-stages.ts'
import { addLossReason } from '../../src/domain/loss-reason.ts'
import { addParty } from '../../src/domain/party.ts'
import { findPipeline } from '../../src/domain/pipeline.ts'
import type { Scope } from '../../src/domain/scope.ts'
import { findStage, listStages, type Stage } from '../../src/domain/stage.ts'
import { runs } from '../support/engine.ts'
import { openWorld, type World } from '../support/world.ts'

/** Laws 1 and 2 in the domain: a change is read back as it was said, and touches nothing it does not speak of. */

let world: World
let scope: Scope
let stages: readonly Stage[]
let known: Record<'contact' | 'person' | 'company' | 'owner' | 'reason' | 'field', number>
let clock: { at: number }

beforeAll(async () => {
  world = await openWorld()
  const place = await world.workspace()
  ;({ scope, clock } = place)
  stages = await listStages(scope)
  const company = await addParty(scope, { kind: 'company', name: 'Acme' })
  known = {
    company: company.id,
    contact: (await addParty(scope, { kind: 'person', name: 'Bo Employed', companyId: company.id })).id,
    person: (await addParty(scope, { kind: 'person', name: 'Cy Free' })).id,
    owner: (await place.as('member')).user.id,
    reason: (await addLossReason(scope, { name: 'Price' })).id,
    field: (await addCustomField(scope, { subject: 'deal', name: 'Size' })).id,
  }
})
afterAll(() => world.close())

/** What follows from where a deal stands. */
const standing: readonly (keyof Deal)[] = [
  'stageId',
  'pipelineId',
  'outcome',
  'openStageId',
  'stageChangedAt',
  'stageChangedById',
  'openStageChangedAt',
  'closedAt',
  'firstWonAt',
  'lossReasonId',
  'lossComment',
  'rank',
]
const dates: readonly (keyof Deal)[] = ['stageChangedAt', 'openStageChangedAt', 'closedAt', 'firstWonAt']
const always: readonly (keyof Deal)[] = ['version', 'updatedAt']

const day = fc.constantFrom('2026-01-31', '1999-12-31', '2028-02-29', null)
const instant = fc.integer({ min: -1e12, max: 4e12 })
const word = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((text) => text.trim() !== '')
const json = fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.integer(), { maxLength: 3 }))

interface Field {
  /** What is said of it; ids are only known when the test runs. */
  say: fc.Arbitrary<unknown>
  /** How the patch is called, and the fields that may change beside the ones that always do. */
  may: readonly (keyof Deal)[]
  /** What must be read back. */
  echo?: (deal: Deal, said: never, before: Deal) => void
}

const stageOf = (kind: string) => stages.filter((stage) => stage.kind === kind)
const lazily = <T>(pick: () => readonly T[]) => fc.nat(99).map((n) => () => pick()[n % pick().length])

const fields: { [K in keyof DealPatch]-?: Field } = {
  title: { say: word, may: ['title'], echo: (deal, said) => expect(deal.title).toBe(said) },
  externalId: { say: fc.option(fc.uuid()), may: ['externalId'], echo: (deal, said) => expect(deal.externalId).toBe(said) },
  amount: { say: fc.integer({ min: -1e15, max: 1e15 }), may: ['amount'], echo: (deal, said) => expect(deal.amount).toBe(said) },
  value: {
    say: fc.record({ decimal: fc.integer({ min: 0, max: 99999 }), places: fc.constantFrom(0, 2) }),
    may: ['amount'],
    echo: (deal, { decimal, places }: { decimal: number; places: number }, before) => {
      const unit = deal.currency === 'USD' ? 100 : 1
      const shown = places === 0 ? Math.floor((Math.abs(before.amount) + unit / 2) / unit) * unit : Math.abs(before.amount)
      expect(deal.amount).toBe((before.amount < 0 ? -shown : shown) === decimal * unit ? before.amount : decimal * unit)
    },
  },
  currency: {
    say: fc.constantFrom('USD', 'JPY'),
    may: ['currency', 'amount'],
    echo: (deal, said) => expect(deal.currency).toBe(said),
  },
  stageId: {
    say: lazily(() => stages.map(({ id }) => id)),
    may: standing,
    echo: (deal, said) => expect(deal.stageId).toBe(said),
  },
  openStageId: {
    say: lazily(() => stageOf('open').map(({ id }) => id)),
    may: standing,
    echo: (deal, said) => expect(deal.openStageId).toBe(said),
  },
  pipelineId: { say: lazily(() => stages.map(({ pipelineId }) => pipelineId)), may: [] },
  outcome: {
    say: fc.constantFrom('open', 'won', 'lost', 'unqualified'),
    may: standing,
    echo: (deal, said: string, before) =>
      expect(deal.outcome).toBe(said === 'lost' && before.outcome === 'unqualified' ? 'unqualified' : said),
  },
  place: { say: fc.constantFrom('first', 'last'), may: ['rank'] },
  ownerId: {
    say: lazily(() => [known.owner, scope.user.id]),
    may: ['ownerId'],
    echo: (deal, said) => expect(deal.ownerId).toBe(said),
  },
  contactId: {
    say: lazily(() => [known.contact, known.person, null]),
    may: ['contactId'],
    echo: (deal, said) => expect(deal.contactId).toBe(said),
  },
  companyId: {
    say: lazily(() => [known.company, null]),
    may: ['companyId'],
    echo: (deal, said) => expect(deal.companyId).toBe(said),
  },
  partyId: {
    say: lazily(() => [known.contact, known.person, known.company, null]),
    may: ['contactId', 'companyId'],
    echo: (deal, said) => expect(deal.contactId ?? deal.companyId).toBe(said),
  },
  probability: {
    say: fc.constantFrom(null, 0, 1, 99, 100),
    may: ['probability'],
    echo: (deal, said) => expect(deal.probability).toBe(said),
  },
  expectedCloseDate: {
    say: day,
    may: ['expectedCloseDate'],
    echo: (deal, said) => expect(deal.expectedCloseDate).toBe(said),
  },
  lossReasonId: {
    say: lazily(() => [known.reason, null]),
    may: ['lossReasonId'],
    echo: (deal, said) => expect(deal.lossReasonId).toBe(said),
  },
  lossComment: { say: fc.option(word), may: ['lossComment'], echo: (deal, said) => expect(deal.lossComment).toBe(said) },
  lossText: {
    say: fc.constantFrom('Price', 'Something else', '', null),
    may: ['lossReasonId', 'lossComment'],
    echo: (deal, said: string | null) => {
      expect(deal.lossReasonId).toBe(said === 'Price' ? known.reason : null)
      expect(deal.lossComment).toBe(said === 'Something else' ? said : null)
    },
  },
  tags: {
    say: fc.uniqueArray(
      word.map((text) => text.trim()),
      { maxLength: 4 },
    ),
    may: ['tags'],
    echo: (deal, said) => expect(deal.tags).toEqual(said),
  },
  addTags: {
    say: fc.array(word, { maxLength: 3 }),
    may: ['tags'],
    echo: (deal, said: string[], before) =>
      expect(deal.tags).toEqual([...new Set([...before.tags, ...said.map((tag) => tag.trim())])]),
  },
  removeTags: {
    say: fc.array(word, { maxLength: 3 }),
    may: ['tags'],
    echo: (deal, said: string[], before) => expect(deal.tags).toEqual(before.tags.filter((tag) => !said.includes(tag))),
  },
  customFields: {
    say: fc.record({ value: json }).map(({ value }) => () => ({ [known.field]: value })),
    may: ['customFields'],
    echo: (deal, said: Record<string, unknown>) => expect(deal.customFields[known.field] ?? null).toEqual(said[known.field]),
  },
  extras: {
    say: fc.dictionary(fc.constantFrom('a', 'b', 'toString', 'constructor'), json, { maxKeys: 3, noNullPrototype: true }),
    may: ['extras'],
    echo: (deal, said: Record<string, unknown>, before) => {
      for (const [key, value] of Object.entries(said)) {
        const own = deal.extras.native ?? {}
        expect(Object.hasOwn(own, key) ? own[key] : null).toEqual(value)
      }
      // What other dialects know is theirs.
      expect(deal.extras.other).toEqual(before.extras.other)
    },
  },
  isArchived: {
    say: fc.boolean(),
    may: ['archivedAt'],
    echo: (deal, said) => expect(deal.archivedAt !== null).toBe(said),
  },
  archivedAt: { say: instant, may: ['archivedAt'], echo: (deal, said) => expect(deal.archivedAt).toBe(said) },
  stageChangedAt: { say: instant, may: dates, echo: (deal, said) => expect(deal.stageChangedAt).toBe(said) },
  closedAt: { say: instant, may: ['closedAt', 'firstWonAt'], echo: (deal, said) => expect(deal.closedAt).toBe(said) },
  wonAt: { say: instant, may: ['closedAt', 'firstWonAt'], echo: (deal, said) => expect(deal.closedAt).toBe(said) },
  lostAt: { say: instant, may: ['closedAt'], echo: (deal, said) => expect(deal.closedAt).toBe(said) },
}

/** On which deals a thing can be said at all. */
const fits: { [K in keyof DealPatch]?: (outcome: string) => boolean } = {
  closedAt: (outcome) => outcome !== 'open',
  wonAt: (outcome) => outcome === 'won',
  lostAt: (outcome) => outcome === 'lost' || outcome === 'unqualified',
  lossText: (outcome) => outcome === 'lost' || outcome === 'unqualified',
}

const start = fc.record({
  outcome: fc.constantFrom('open', 'won', 'lost', 'unqualified'),
  currency: fc.constantFrom('USD', 'JPY'),
  amount: fc.integer({ min: -99999, max: 99999 }),
  probability: fc.option(fc.constantFrom(0, 50)),
  moves: fc.array(fc.constantFrom('open', 'won', 'lost', 'unqualified'), { maxLength: 3 }),
  isArchived: fc.boolean(),
})

describe('a change of one field', () => {
  test.each(Object.keys(fields) as (keyof DealPatch)[])(
    '%s is read back, and nothing else of the deal has changed',
    async (field) => {
      const { say, may, echo } = fields[field]
      await fc.assert(
        fc.asyncProperty(start, say, async ({ moves, outcome, ...draft }, saying) => {
          const { id } = await createDeal(scope, {
            ...draft,
            title: 'Before',
            contactId: known.contact,
            companyId: known.company,
            tags: ['a'],
            customFields: { [known.field]: 'Big', 9: 'x' },
            lossComment: 'Because',
            extras: { a: 1, z: true },
          })
          const other = { ...scope, via: 'other' }
          await changeDeal(other, id, { extras: { theirs: { deep: [1] } } })
          for (const next of [...moves, outcome] as DealPatch['outcome'][]) {
            clock.at += 1000
            await changeDeal(scope, id, { outcome: next })
          }
          clock.at += 1000
          const before = await findDeal(scope, id)
          fc.pre(fits[field]?.(before.outcome) !== false)
          const said = typeof saying === 'function' ? saying() : saying
          const answer = await changeDeal(scope, id, { [field]: said })
          const after = await findDeal(scope, id)
          expect(after).toEqual(answer)
          echo?.(after, said as never, before)
          const changed = (Object.keys(after) as (keyof Deal)[]).filter(
            (key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]),
          )
          expect(changed.filter((key) => !may.includes(key) && !always.includes(key))).toEqual([])
          expect(after.version).toBe(before.version + (changed.length > 0 ? 1 : 0))
          // Said a second time it changes nothing.
          expect(await changeDeal(scope, id, { [field]: said })).toEqual(after)
        }),
        { numRuns: runs(25) },
      )
    },
  )

  test('of a stage keeps what it does not name', async () => {
    const [stage] = stageOf('open')
    if (!stage) throw new Error('no stage')
    const foreign = { ...scope, via: 'other' }
    await changeStage(foreign, stage.id, { extras: { palette: 3 } })
    const patches = [
      { name: 'Other name' },
      { probability: 11 },
      { rotAfterDays: null },
      { color: 'red' },
      { isArchived: true },
      { isArchived: false },
    ]
    for (const patch of patches) {
      const before = await findStage(scope, stage.id)
      clock.at += 1000
      const after = await changeStage(scope, stage.id, patch)
      expect(after).toEqual({ ...before, ...patch, updatedAt: clock.at })
      expect(await findStage(scope, stage.id)).toEqual(after)
    }
    expect((await findStage(scope, stage.id)).extras).toEqual({ other: { palette: 3 } })
  })

  test('of a pipeline keeps what it does not name', async () => {
    const id = stages[0]?.pipelineId ?? 0
    await changePipeline({ ...scope, via: 'other' }, id, { extras: { unsorted: true } })
    for (const patch of [{ name: 'Other name' }, { hasProbability: false }, { extras: { mine: 1 } }]) {
      const before = await findPipeline(scope, id)
      clock.at += 1000
      const after = await changePipeline(scope, id, patch)
      const { extras, ...plain } = patch as { extras?: object }
      expect(after).toEqual({
        ...before,
        ...plain,
        updatedAt: clock.at,
        extras: extras ? { ...before.extras, native: extras } : before.extras,
      })
      expect(await findPipeline(scope, id)).toEqual(after)
    }
  })
})
