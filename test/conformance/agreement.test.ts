import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addLossReason } from '../../src/domain/loss-reason.ts'
import { addParty } from '../../src/domain/party.ts'
import type { Scope } from '../../src/domain/scope.ts'
import { openTestApp, type TestApp, type TestWorkspace } from '../support/app.ts'
import type { DealFacts, DealInput, DialectClient, Driver, StageFacts, Told } from '../support/driver.ts'
import { drivers } from '../support/drivers.ts'
import { testEngine } from '../support/engine.ts'
import { asCoarsely, expectAgreement, type Kinds, kindsOf } from './agree.ts'

/** Law 3: what is written through one dialect is what every other one shows. Every pair of dialects, in both directions, and each with itself. */

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

/** What a driver can do is known without a server. */
const can = (driver: Driver, ...methods: (keyof DialectClient)[]): boolean => {
  const client = driver.connect({ origin: 'http://localhost', workspace: { token: '' } as TestWorkspace })
  return methods.every((method) => client[method] !== undefined)
}

interface Pair {
  write: DialectClient
  read: DialectClient
  /** Open stages as every dialect lists them, in order. */
  stages: StageFacts[]
  kinds: Kinds
  contactId: number
  scope: Scope
}

async function meet(writer: Driver, reader: Driver): Promise<Pair> {
  const workspace = await app.workspace({
    template: {
      pipeline: 'Sales',
      hasProbability: true,
      stages: [
        { name: 'Lead', probability: 10 },
        { name: 'Talk', probability: 40 },
        { name: 'Offer', probability: 70 },
      ],
    },
  })
  const [write, read] = [writer, reader].map((driver) => driver.connect({ origin: app.origin, workspace }))
  if (!write || !read) throw new Error('two clients')
  const { id: contactId } = await addParty(workspace.scope, { kind: 'person', name: 'Bo Buyer' })
  const stages = (await write.listStages()).filter(({ kind }) => kind === 'open')
  expect(stages.map(({ name }) => name)).toEqual(['Lead', 'Talk', 'Offer'])
  return { write, read, stages, contactId, scope: workspace.scope, kinds: await kindsOf([write, read]) }
}

const done = <T>(told: Told<T> | undefined): T => {
  if (told?.ok) return told.value
  throw new Error(`refused: ${JSON.stringify(told)}`)
}

const idOf = (stage: StageFacts | undefined): number => stage?.id ?? 0

/** What every ordered pair of two dialects has been held to: `writer → reader`, and the scenarios. */
const cases = new Map<string, Set<string>>()
const pairOf = (writer: Driver, reader: Driver) => `${writer.name} → ${reader.name}`
const noteCase = (writer: Driver, reader: Driver, name: string) => {
  if (writer.name === reader.name) return
  const pair = pairOf(writer, reader)
  cases.set(pair, (cases.get(pair) ?? new Set()).add(name))
}

/** What a dialect must be able to say for each scenario. */
const needs = new Map<string, readonly (keyof DialectClient)[]>()

/** On PostgreSQL each is read by itself and by our own API: what dialects say to each other is the same on every engine. */
const readersOf = (writer: Driver) =>
  drivers.filter((reader) => testEngine === 'sqlite' || reader === writer || reader.name === 'native')

describe.each(drivers)('written through $name', (writer) => {
  const scenario = (methods: (keyof DialectClient)[], name: string, run: (pair: Pair) => Promise<void>) => {
    needs.set(name, methods)
    test.skipIf(!can(writer, ...methods)).each(readersOf(writer))(`${name} is seen through $name`, async (reader) => {
      await run(await meet(writer, reader))
      noteCase(writer, reader, name)
    })
  }

  /** A new deal in the first stage, as the writer knows it. */
  const make = async ({ write, stages, contactId }: Pair, title = 'Deal') =>
    done(await write.createDeal?.({ title, value: 1250.5, currency: 'USD', stageId: idOf(stages[0]), contactId }))

  /** Both say the same of every deal, one by one and in their lists. */
  const agree = ({ write, read, kinds }: Pair) => expectAgreement([write, read], kinds)

  scenario(['createDeal'], 'a new deal', async (pair) => {
    const input = {
      title: 'Übergröße & Co. 😀',
      value: 99.99,
      currency: 'EUR',
      stageId: idOf(pair.stages[1]),
      expectedCloseDate: '2027-02-28',
      probability: 35,
    }
    const made = done(await pair.write.createDeal?.({ ...input, contactId: pair.contactId }))
    const seen = done(await pair.read.getDeal(made.id))
    expect(seen).toMatchObject({ ...sayable(input, made, seen), id: made.id, outcome: 'open' })
    await agree(pair)
  })

  scenario(['createDeal', 'changeDeal'], 'a change of every field', async (pair) => {
    const { id } = await make(pair)
    for (const input of [
      { title: 'Other' },
      { value: 0.01 },
      { value: 7, currency: 'JPY' },
      { expectedCloseDate: '2028-02-29' },
      { probability: 0 },
      { expectedCloseDate: null },
    ]) {
      const changed = done(await pair.write.changeDeal?.(id, input))
      const seen = done(await pair.read.getDeal(id))
      expect(seen).toMatchObject(sayable(input, changed, seen))
      await agree(pair)
    }
  })

  scenario(['createDeal', 'moveDeal'], 'a move', async (pair) => {
    const { id } = await make(pair)
    for (const index of [2, 1, 1, 0]) {
      done(await pair.write.moveDeal?.(id, idOf(pair.stages[index])))
      expect(done(await pair.read.getDeal(id)).stageId).toBe(idOf(pair.stages[index]))
      await agree(pair)
    }
  })

  scenario(['createDeal', 'moveDeal', 'winDeal', 'reopenDeal'], 'winning and opening again', async (pair) => {
    const { id } = await make(pair)
    done(await pair.write.moveDeal?.(id, idOf(pair.stages[1])))
    done(await pair.write.winDeal?.(id))
    expect(done(await pair.read.getDeal(id)).outcome).toBe('won')
    expect((await pair.read.listDeals({ outcome: 'won' })).map((deal) => deal.id)).toEqual([id])
    await agree(pair)
    done(await pair.write.reopenDeal?.(id))
    expect(done(await pair.read.getDeal(id)).outcome).toBe('open')
    await agree(pair)
  })

  scenario(['createDeal', 'loseDeal'], 'losing, and why', async (pair) => {
    const { id } = await make(pair)
    done(await pair.write.loseDeal?.(id, 'Too dear for them'))
    const seen = done(await pair.read.getDeal(id))
    expect(seen.outcome).toBe('lost')
    // A dialect that only knows reasons from a list has no word for a free text.
    expect([undefined, null, 'Too dear for them']).toContain(seen.lossReason)
    expect((await pair.read.listDeals({ outcome: 'lost' })).map((deal) => deal.id)).toEqual([id])
    await agree(pair)
  })

  scenario(['createDeal', 'deleteDeal'], 'a deletion', async (pair) => {
    const [first, second] = [await make(pair, 'Gone'), await make(pair, 'Stays')]
    done(await pair.write.deleteDeal?.(first.id))
    expect((await pair.read.getDeal(first.id)).ok).toBe(false)
    expect((await pair.read.listDeals()).map(({ id }) => id)).toEqual([second.id])
    await agree(pair)
  })

  scenario(['addStage', 'renameStage'], 'a new stage and its new name', async (pair) => {
    const [pipeline] = await pair.write.listPipelines()
    const stage = done(await pair.write.addStage?.({ pipelineId: pipeline?.id ?? 0, name: 'Trial' }))
    const names = async () =>
      (await pair.read.listStages(pipeline?.id)).filter(({ kind }) => kind === 'open').map(({ name }) => name)
    expect(await names()).toEqual(['Lead', 'Talk', 'Offer', 'Trial'])
    done(await pair.write.renameStage?.(stage.id, 'Pilot'))
    expect(await names()).toEqual(['Lead', 'Talk', 'Offer', 'Pilot'])
    await agree(pair)
  })

  scenario(['createDeal', 'winDeal', 'deleteStage'], 'a stage that goes, and where its deals went', async (pair) => {
    const { id } = await make(pair)
    const closed = await make(pair, 'Won before')
    done(await pair.write.moveDeal?.(id, idOf(pair.stages[1])))
    done(await pair.write.moveDeal?.(closed.id, idOf(pair.stages[1])))
    done(await pair.write.winDeal?.(closed.id))
    if (pair.write.keepsUsedStages) {
      expect((await pair.write.deleteStage?.(idOf(pair.stages[1])))?.ok).toBe(false)
      expect(done(await pair.read.getDeal(id)).stageId).toBe(idOf(pair.stages[1]))
      done(await pair.write.moveDeal?.(id, idOf(pair.stages[0])))
    }
    done(await pair.write.deleteStage?.(idOf(pair.stages[1])))
    expect((await pair.read.listStages()).map((stage) => stage.id)).not.toContain(idOf(pair.stages[1]))
    expect(done(await pair.read.getDeal(id)).stageId).toBe(idOf(pair.stages[0]))
    expect(done(await pair.read.getDeal(closed.id)).outcome).toBe('won')
    await agree(pair)
  })

  scenario(['addPipeline'], 'a new pipeline', async (pair) => {
    const pipeline = done(await pair.write.addPipeline?.('Renewals'))
    expect(await pair.read.listPipelines()).toContainEqual({ id: pipeline.id, name: 'Renewals' })
    await agree(pair)
  })
})

test.each(drivers.filter((driver) => can(driver, 'createDeal', 'loseDeal')))(
  'a text given through $name that names a reason is that reason',
  async (writer) => {
    for (const reader of readersOf(writer)) {
      const pair = await meet(writer, reader)
      await addLossReason(pair.scope, { name: 'Price' })
      const made = done(
        await pair.write.createDeal?.({ title: 'Deal', stageId: idOf(pair.stages[0]), contactId: pair.contactId }),
      )
      // Not every vendor has a word for why.
      if (done(await pair.write.loseDeal?.(made.id, 'Price')).lossReason === undefined) continue
      const { lossReason } = done(await pair.read.getDeal(made.id))
      if (lossReason !== undefined)
        expect({ reader: reader.name, lossReason }).toEqual({ reader: reader.name, lossReason: 'Price' })
      await expectAgreement([pair.write, pair.read], pair.kinds)
    }
  },
)

test('every ordered pair of two dialects agreed on all that the writer can do', () => {
  const pairs = drivers.flatMap((writer) =>
    readersOf(writer)
      .filter(({ name }) => name !== writer.name)
      .map((reader) => [writer, reader] as const),
  )
  for (const [writer, reader] of pairs) {
    const possible = [...needs].filter(([, methods]) => can(writer, ...methods)).map(([name]) => name)
    expect([...(cases.get(pairOf(writer, reader)) ?? [])], pairOf(writer, reader)).toEqual(possible)
  }
  const total = [...cases.values()].reduce((sum, names) => sum + names.size, 0)
  console.log(`agreement: ${pairs.length} ordered pairs of ${drivers.length} dialects, ${total} cases of ${needs.size} scenarios`)
})

/** What the writer and the reader both have a word for, as exactly as both can say it. */
function sayable({ value, ...input }: DealInput, written: DealFacts, seen: DealFacts): object {
  const known = Object.entries(input).filter(([name]) =>
    [written, seen].every((facts) => (facts as unknown as Record<string, unknown>)[name] !== undefined),
  )
  return { ...Object.fromEntries(known), ...(value === undefined ? {} : { value: asCoarsely(value, written, seen) }) }
}
