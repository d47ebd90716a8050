import { expect } from 'vitest'
import { listClosedTotals, listTotals } from '../../src/domain/board.ts'
import type { Deal } from '../../src/domain/deal.ts'
import type { Event } from '../../src/domain/events.ts'
import { listPipelines, type Pipeline } from '../../src/domain/pipeline.ts'
import type { Scope } from '../../src/domain/scope.ts'
import { listStages, type Stage } from '../../src/domain/stage.ts'
import type { Model, ModelDeal } from './model.ts'

/** What there is in a workspace, read through the domain. */
export interface Seen {
  pipelines: readonly Pipeline[]
  stages: readonly Stage[]
  deals: readonly Deal[]
}

export async function look(scope: Scope): Promise<Seen> {
  const [pipelines, stages] = [await listPipelines(scope), await listStages(scope)]
  const { items } = await scope.store.deals.list({ filter: { deleted: 'both' }, limit: 1000 })
  return { pipelines, stages, deals: items }
}

/** What of law 5 and of the invariants of design.md does not hold, on what is seen alone. */
export function problemsIn({ pipelines, stages, deals }: Seen): string[] {
  const problems: string[] = []
  const ask = (holds: boolean, problem: string) => holds || problems.push(problem)

  const defaults = pipelines.filter(({ isDefault }) => isDefault)
  ask(defaults.length === 1 && !defaults[0]?.isDisabled, 'not exactly one default pipeline that takes deals')
  for (const { id } of pipelines) {
    const row = stages.filter(({ pipelineId }) => pipelineId === id)
    const kinds = row.map(({ kind }) => kind)
    ask(kinds.includes('won') && kinds.includes('lost'), `pipeline ${id} lacks a won or a lost stage`)
    ask(
      kinds.findIndex((kind) => kind !== 'open') > kinds.lastIndexOf('open'),
      `pipeline ${id} has open stages after closed ones`,
    )
    ask(new Set(row.map(({ position }) => position)).size === row.length, `pipeline ${id} has two stages in one place`)
  }
  for (const { id, pipelineId, name, probability, kind } of stages) {
    ask(
      pipelines.some((pipeline) => pipeline.id === pipelineId),
      `stage ${id} is in no pipeline`,
    )
    ask(name.trim() !== '' && [...name].length <= 255, `stage ${id} has no good name`)
    ask(
      kind === 'open' ? (probability ?? 0) >= 0 && (probability ?? 0) <= 100 : probability === null,
      `stage ${id} has a wrong probability`,
    )
  }
  ask(new Set(deals.map(({ stageId, rank }) => `${stageId} ${rank}`)).size === deals.length, 'two deals share a rank')
  for (const deal of deals.filter(({ deletedAt }) => deletedAt === null)) {
    const stage = stages.find(({ id }) => id === deal.stageId)
    ask(stage?.pipelineId === deal.pipelineId && stage.kind === deal.outcome, `deal ${deal.id} dangles`)
    const remembered = stages.find(({ id }) => id === deal.openStageId)
    // One that was closed where there was no open stage remembers none, even when one is added later.
    const fits = deal.openStageId === null || (remembered?.pipelineId === deal.pipelineId && remembered.kind === 'open')
    ask(fits, `deal ${deal.id} remembers a stage that is not there`)
    ask(deal.outcome !== 'open' || deal.openStageId === deal.stageId, `open deal ${deal.id} is not in its open stage`)
    ask((deal.closedAt === null) === (deal.outcome === 'open'), `deal ${deal.id} has a wrong closing date`)
    ask(deal.outcome !== 'won' || deal.firstWonAt !== null, `won deal ${deal.id} was never won`)
  }
  return problems
}

/** A stored deal as far as the model has an opinion of it. */
const asModel = (deal: Deal): Omit<ModelDeal, 'moves'> => ({
  id: deal.id,
  title: deal.title,
  amount: deal.amount,
  currency: deal.currency,
  probability: deal.probability,
  tags: deal.tags,
  stageId: deal.stageId,
  openStageId: deal.openStageId,
  lossReasonId: deal.lossReasonId,
  lossComment: deal.lossComment,
  stageChangedAt: deal.stageChangedAt,
  openStageChangedAt: deal.openStageChangedAt,
  closedAt: deal.closedAt,
  firstWonAt: deal.firstWonAt,
  archivedAt: deal.archivedAt,
  deletedAt: deal.deletedAt,
  createdAt: deal.createdAt,
  updatedAt: deal.updatedAt,
  version: deal.version,
})

/** Domain and model tell the same story. */
export function expectSame(model: Model, { pipelines, stages, deals }: Seen): void {
  expect(
    pipelines.map(({ id, name, isDisabled, isDefault }) => ({
      id,
      name,
      isDisabled,
      isDefault,
      stages: stages.filter(({ pipelineId }) => pipelineId === id).map((stage) => stage.id),
    })),
  ).toEqual(model.pipelines.map((pipeline) => ({ ...pipeline, isDefault: pipeline.id === model.defaultId })))
  expect(
    stages.map(({ id, pipelineId, name, kind, probability, isArchived }) => ({
      id,
      pipelineId,
      name,
      kind,
      probability,
      isArchived,
    })),
  ).toEqual(
    stages.map(({ id }) => {
      const { isDeleted, ...stage } = model.stages.get(id) ?? {}
      return stage
    }),
  )
  expect(deals.map(asModel)).toEqual([...model.deals.values()].sort((a, b) => a.id - b.id).map(({ moves, ...deal }) => deal))
  for (const [stageId, column] of model.columns) {
    const cards = deals.filter((deal) => deal.stageId === stageId).sort((a, b) => (a.rank < b.rank ? -1 : 1))
    expect(cards.map(({ id }) => id)).toEqual(column)
  }
}

/** Counted afresh, in decimal hundredths so that nothing is rounded. */
const totalsOf = (deals: readonly (ModelDeal | Deal)[]) => {
  const totals = new Map<string, { count: number; amount: bigint; ownAmount: bigint; ownWeighted: bigint }>()
  for (const { stageId, currency, amount, probability, archivedAt, deletedAt } of deals) {
    if (archivedAt !== null || deletedAt !== null) continue
    const key = `${stageId} ${currency}`
    const total = totals.get(key) ?? { count: 0, amount: 0n, ownAmount: 0n, ownWeighted: 0n }
    total.count++
    total.amount += BigInt(amount)
    if (probability !== null) total.ownAmount += BigInt(amount)
    if (probability !== null) total.ownWeighted += BigInt(amount) * BigInt(probability)
    totals.set(key, total)
  }
  return totals
}

/** The totals that are kept are those that counting gives. */
export async function expectTotals(scope: Scope, deals: readonly (ModelDeal | Deal)[]): Promise<void> {
  const kept = await listTotals(scope)
  expect(new Map(kept.map(({ stageId, currency, ...total }) => [`${stageId} ${currency}`, total]))).toEqual(totalsOf(deals))
  const closed = deals.flatMap((deal) =>
    deal.closedAt === null || deal.openStageId === null ? [] : { ...deal, stageId: deal.openStageId },
  )
  const keptClosed = await listClosedTotals(scope)
  expect(new Map(keptClosed.map(({ stageId, currency, ...total }) => [`${stageId} ${currency}`, total]))).toEqual(
    totalsOf(closed),
  )
}

/** What a record must be after its events: every field that is empty from the start goes without saying. */
export function replay(events: readonly Event[]): Map<string, Record<string, unknown>> {
  const records = new Map<string, Record<string, unknown>>()
  for (const event of events) {
    const key = `${event.type.slice(0, event.type.indexOf('.'))} ${event.subjectId}`
    const record = records.get(key) ?? {}
    for (const [field, value] of Object.entries(event.before ?? {})) {
      // What an event says was before must be what the events so far have come to.
      expect(record[field] ?? nothing(value)).toEqual(value)
    }
    records.set(key, { ...record, ...event.after })
  }
  return records
}

/** What goes without saying in the events of a deal. */
const empty = { probability: null, openStageId: null, closedAt: null, archivedAt: null, deletedAt: null }

/** An empty value of the same sort. */
const nothing = (value: unknown) =>
  Array.isArray(value) ? [] : value === false ? false : value !== null && typeof value === 'object' ? {} : null

export async function allEvents(scope: Scope): Promise<Event[]> {
  const events: Event[] = []
  for (let after: { value: string | number; id: number } | null | undefined; after !== null; ) {
    const page = await scope.store.events.list({ limit: 100, after })
    events.push(...page.items)
    after = page.next
  }
  return events
}

/** Law 4: the events alone rebuild every record and every total, and a change of stage is one event. */
export async function expectHistory(scope: Scope, seen: Seen, model: Model): Promise<void> {
  const events = await allEvents(scope)
  const records = replay(events)
  const same = (subject: string, list: readonly (Pipeline | Stage | Deal)[], quiet: readonly string[]) => {
    for (const record of list) {
      const rebuilt = records.get(`${subject} ${record.id}`)
      const stored = Object.entries(record).filter(([field]) => !quiet.includes(field))
      expect(Object.fromEntries(stored.map(([field, value]) => [field, rebuilt?.[field] ?? nothing(value)]))).toEqual(
        Object.fromEntries(stored),
      )
    }
  }
  same('pipeline', seen.pipelines, ['updatedAt'])
  same('stage', seen.stages, ['updatedAt'])
  same('deal', seen.deals, ['updatedAt', 'version'])

  for (const deal of seen.deals) {
    const own = events.filter(({ type, subjectId }) => type.startsWith('deal.') && subjectId === deal.id)
    expect(own).toHaveLength(deal.version)
    expect(own.filter(({ before }) => before && 'stageId' in before)).toHaveLength(model.deals.get(deal.id)?.moves ?? -1)
    const changes = own.filter(({ after }) => Object.keys(after ?? {}).some((field) => field !== 'rank'))
    expect(deal.updatedAt).toBe(changes.at(-1)?.at)
  }
  const rebuilt = [...records].filter(([key]) => key.startsWith('deal ')).map(([, record]) => record)
  await expectTotals(
    scope,
    rebuilt.map((record) => ({ ...empty, ...record }) as unknown as Deal),
  )
}
