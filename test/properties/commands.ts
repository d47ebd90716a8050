import fc from 'fast-check'
import { eachRow } from '../../src/domain/bulk.ts'
import type { DealPatch, DealPlace } from '../../src/domain/deal.ts'
import { changeDeal, createDeal, deleteDeal, restoreDeal } from '../../src/domain/edit-deals.ts'
import { addPipeline, changePipeline, deletePipeline } from '../../src/domain/edit-pipelines.ts'
import { addStage, changeStage, deleteStage, mergeStages } from '../../src/domain/edit-stages.ts'
import { DomainError, type Refusal } from '../../src/domain/errors.ts'
import { addLossReason, deleteLossReason } from '../../src/domain/loss-reason.ts'
import type { Scope } from '../../src/domain/scope.ts'
import type { StageKind } from '../../src/domain/stage.ts'
import { type Model, type ModelDeal, Refused, type Wish } from './model.ts'

/**
 * The commands that histories are made of. They name things by a number that picks one of those there are when the command runs, so
 * that a history stays meaningful while fast-check makes it shorter.
 */

const { nat, constantFrom, record, option, array, oneof, integer } = fc

/** From `wild` on a number picks what a command should not find: something deleted, of another workspace, or made up. */
const wild = 95
const pick = nat(99)
const may = <T>(arbitrary: fc.Arbitrary<T>) => option(arbitrary, { nil: undefined, freq: 2 })

const title = oneof(
  { weight: 20, arbitrary: constantFrom('Acme', 'Übergröße', "O'Hara & Söhne", '京都', 'a'.repeat(255)) },
  { weight: 1, arbitrary: constantFrom('', ' \t', 'b'.repeat(256), 'half \ud800') },
)
const amount = oneof({ weight: 9, arbitrary: integer({ min: -5000, max: 9_999_999 }) }, constantFrom(1e15, 1e15 + 1, 0.5, -1e15))
const currency = oneof({ weight: 9, arbitrary: constantFrom('USD', 'EUR', 'JPY', 'KWD') }, constantFrom('XXQ', 'usd', ''))
const percent = oneof({ weight: 9, arbitrary: constantFrom(null, 0, 5, 50, 100) }, constantFrom(-1, 101, 0.5))
const tags = constantFrom([], ['hot'], ['hot', ' vip ', 'hot'])
const outcome = constantFrom<StageKind>('won', 'lost', 'open', 'unqualified')
const kind = oneof({ weight: 3, arbitrary: constantFrom<StageKind>('open') }, outcome)

const spot = oneof(
  record({ stage: pick }),
  record({ openStage: pick, outcome: may(outcome) }),
  record({ outcome }),
  record({ pipeline: pick, outcome: may(outcome) }),
  record({ stage: pick, outcome: may(outcome) }),
)
type Spot = { stage?: number; openStage?: number; pipeline?: number; outcome?: StageKind | undefined }

const create = record({
  do: constantFrom('create' as const),
  title,
  amount,
  currency: may(currency),
  percent,
  tags,
  spot: may(spot),
})
const move = record({
  do: constantFrom('move' as const),
  deal: pick,
  spot,
  loss: may(constantFrom(null, '', 'Price', 'Too late', 'Nobody knows')),
})
const edit = record({
  do: constantFrom('edit' as const),
  deal: pick,
  title: may(title),
  amount: may(amount),
  currency: may(currency),
  percent: may(percent),
  tags: may(tags),
  isArchived: may(fc.boolean()),
  reason: may(pick),
})
const drop = record({ do: constantFrom('drop' as const), deal: pick })
const restore = record({ do: constantFrom('restore' as const), deal: pick })
const place = record({
  do: constantFrom('place' as const),
  deal: pick,
  how: constantFrom('before', 'after', 'first', 'last'),
  beside: pick,
})

const single = oneof(
  { weight: 4, arbitrary: create },
  { weight: 6, arbitrary: move },
  { weight: 3, arbitrary: edit },
  { weight: 1, arbitrary: drop },
  { weight: 1, arbitrary: restore },
  { weight: 2, arbitrary: place },
)
const others = oneof(
  { weight: 2, arbitrary: record({ do: constantFrom('bulk' as const), rows: array(single, { maxLength: 6 }) }) },
  {
    weight: 3,
    arbitrary: record({
      do: constantFrom('addStage' as const),
      pipeline: pick,
      name: title,
      kind,
      percent,
      nth: may(integer({ min: -1, max: 9 })),
    }),
  },
  {
    weight: 3,
    arbitrary: record({
      do: constantFrom('changeStage' as const),
      stage: pick,
      name: may(title),
      kind: may(kind),
      percent: may(percent),
      isArchived: may(fc.boolean()),
    }),
  },
  {
    weight: 2,
    arbitrary: record({
      do: constantFrom('placeStage' as const),
      stage: pick,
      how: constantFrom('before', 'after', 'nth'),
      beside: pick,
    }),
  },
  { weight: 1, arbitrary: record({ do: constantFrom('transferStage' as const), stage: pick, pipeline: pick }) },
  {
    weight: 3,
    arbitrary: record({
      do: constantFrom('deleteStage' as const),
      stage: pick,
      target: oneof(pick, constantFrom('neighbour' as const, undefined)),
    }),
  },
  { weight: 1, arbitrary: record({ do: constantFrom('mergeStages' as const), stage: pick, into: pick }) },
  {
    weight: 1,
    arbitrary: record({
      do: constantFrom('addPipeline' as const),
      name: title,
      kinds: array(kind, { maxLength: 4 }),
      isDefault: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: record({
      do: constantFrom('changePipeline' as const),
      pipeline: pick,
      name: may(title),
      isDefault: may(fc.boolean()),
      isDisabled: may(fc.boolean()),
      position: may(integer({ min: -1, max: 4 })),
    }),
  },
  { weight: 1, arbitrary: record({ do: constantFrom('deletePipeline' as const), pipeline: pick, target: may(pick) }) },
  {
    weight: 1,
    arbitrary: record({
      do: constantFrom('addReason' as const),
      name: constantFrom('Price', 'Too late', ''),
      kind: constantFrom('lost' as const, 'unqualified' as const),
    }),
  },
  { weight: 1, arbitrary: record({ do: constantFrom('deleteReason' as const), reason: pick }) },
)

export const command = oneof({ weight: 3, arbitrary: single }, { weight: 2, arbitrary: others })
export type Command = ReturnType<typeof command.generate>['value']

export const history = array(command, { minLength: 1, maxLength: 24, size: 'max' })

/** Ids of another workspace, which must be as good as none. */
export interface Foreign {
  deal: number
  stage: number
  pipeline: number
  reason: number
}

/** What a command asks of the domain, and what the model makes of it. */
export interface Step {
  act(scope: Scope): Promise<unknown>
  /** Throws {@link Refused}. `made` is what the domain answered, for the ids it gave. */
  expect(model: Model, made: unknown): void
}

const unknown = 9_007_199_254_740_990

const any = (list: readonly number[], n: number, lost: readonly number[]): number =>
  (n < wild ? list[n % Math.max(1, list.length)] : lost[n % lost.length]) ?? unknown

const withoutUndefined = <T extends object>(object: T) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))

/** Time passes between the rows of a bulk as it does between commands, so that who came later is never in doubt. */
export const rowTakes = 1000

export function plan(command: Command, model: Model, foreign: Foreign, clock: { at: number }): Step {
  const liveStages = model.pipelines.flatMap((pipeline) => pipeline.stages)
  const gone = (list: Iterable<{ id: number }>, live: (id: number) => boolean) =>
    [...list].map(({ id }) => id).filter((id) => !live(id))
  const isLive = (id: number) => model.deals.get(id)?.deletedAt === null
  const deals = [...model.deals.values()]
  const deal = (n: number) => any(deals.map(({ id }) => id).filter(isLive), n, [...gone(deals, isLive), foreign.deal, unknown])
  const stage = (n: number) =>
    any(liveStages, n, [...gone(model.stages.values(), (id) => liveStages.includes(id)), foreign.stage, unknown, 0, -1])
  const pipeline = (n: number) =>
    any(
      model.pipelines.map(({ id }) => id),
      n,
      [foreign.pipeline, unknown],
    )
  const reasons = [...model.reasons.values()].filter((reason) => !reason.isDeleted)
  const reason = (n: number) =>
    any(
      reasons.map(({ id }) => id),
      n,
      [foreign.reason, unknown],
    )
  const wish = ({ stage: s, openStage, pipeline: p, outcome }: Spot): Wish => ({
    ...(s === undefined ? {} : { stageId: stage(s) }),
    ...(openStage === undefined ? {} : { openStageId: stage(openStage) }),
    ...(p === undefined ? {} : { pipelineId: pipeline(p) }),
    ...(outcome === undefined ? {} : { outcome }),
  })

  switch (command.do) {
    case 'create': {
      const { title, amount, currency, percent: probability, tags } = command
      const spot = wish(command.spot ?? {})
      const draft = { title, amount, probability, tags, ...(currency === undefined ? {} : { currency }), ...spot }
      return {
        act: (scope) => createDeal(scope, draft),
        expect: (model, made) => create_(model, (made as { id?: number })?.id ?? -1, draft, spot),
      }
    }
    case 'move': {
      const id = deal(command.deal)
      const spot = wish(command.spot)
      const loss = command.loss
      return {
        act: (scope) => changeDeal(scope, id, { ...spot, ...(loss === undefined ? {} : { lossText: loss }) }),
        expect: (model) => {
          const deal = model.deal(id)
          const { stage, open } = model.destination(deal, spot)
          const moved = model.go(deal, stage, open)
          const said = loss !== undefined && sayWhy(model, deal, loss)
          if (moved || said) model.touched(deal)
        },
      }
    }
    case 'edit': {
      const id = deal(command.deal)
      const { title, amount, currency, percent: probability, tags, isArchived } = command
      const lossReasonId = command.reason === undefined ? undefined : reason(command.reason)
      const patch: DealPatch = withoutUndefined({ title, amount, currency, probability, tags, isArchived, lossReasonId })
      return { act: (scope) => changeDeal(scope, id, patch), expect: (model) => edit_(model, id, patch) }
    }
    case 'drop': {
      const id = deal(command.deal)
      return {
        act: (scope) => deleteDeal(scope, id),
        expect: (model) => {
          const deal = model.deal(id)
          deal.deletedAt = model.now
          model.touched(deal)
        },
      }
    }
    case 'restore': {
      const deleted = gone(deals, isLive)
      const id = deleted.length > 0 && command.deal < wild ? any(deleted, command.deal, []) : deal(command.deal)
      return { act: (scope) => restoreDeal(scope, id), expect: (model) => restore_(model, id) }
    }
    case 'place': {
      const id = deal(command.deal)
      const column = model.columns.get(model.deals.get(id)?.stageId ?? -1) ?? []
      const beside = any(column.filter(isLive), command.beside, [
        ...column.filter((id) => !isLive(id)),
        deal(command.beside),
        foreign.deal,
      ])
      const how = command.how
      const place: DealPlace =
        how === 'before' ? { before: beside } : how === 'after' ? { after: beside } : (how as 'first' | 'last')
      return { act: (scope) => changeDeal(scope, id, { place }), expect: (model) => place_(model, id, place) }
    }
    case 'bulk': {
      const steps = command.rows.map((row) => plan(row, model, foreign, clock))
      return {
        act: (scope) =>
          eachRow(scope, steps, (scope, step) => {
            clock.at += rowTakes
            return step.act(scope)
          }),
        expect: (model, made) => {
          const results = made as { ok: boolean; value?: unknown; refusal?: Refusal }[]
          for (const [index, step] of steps.entries()) {
            const result = results[index]
            model.now += rowTakes
            const trial = model.clone()
            const refused = refusalOf(() => step.expect(trial, result?.value))
            if (!refused) Object.assign(model, trial)
            const actual = result?.refusal ? reasonOf(result.refusal) : undefined
            if (actual !== refused) throw new Error(`row ${index}: the model says ${refused}, the domain ${actual}`)
          }
        },
      }
    }
    case 'addStage': {
      const { name, kind, percent: probability, nth } = command
      const pipelineId = pipeline(command.pipeline)
      const draft = { pipelineId, name, kind, probability, ...(nth === undefined ? {} : { place: { nth } }) }
      return {
        act: (scope) => addStage(scope, draft),
        expect: (model, made) => {
          checkName(name)
          checkPercent(probability)
          if (!model.pipeline(pipelineId)) refuse('invalid:pipelineId:not_found')
          const id = (made as { id?: number })?.id ?? -1
          const index = model.endFor(pipelineId, kind)
          const stage = {
            id,
            pipelineId,
            name,
            kind,
            probability: kind === 'open' ? probability : null,
            isArchived: false,
            isDeleted: false,
          }
          model.stages.set(id, stage)
          model.reorder(stage, () => index)
          if (nth === undefined) return
          if (nth < 0) refuse('invalid:place.nth:range')
          model.reorder(stage, () => Math.max(0, nth - 1))
        },
      }
    }
    case 'changeStage': {
      const id = stage(command.stage)
      const { name, kind, percent: probability, isArchived } = command
      return {
        act: (scope) => changeStage(scope, id, withoutUndefined({ name, kind, probability, isArchived })),
        expect: (model) => {
          if (name !== undefined) checkName(name)
          if (probability !== undefined) checkPercent(probability)
          const stage = model.stage(id)
          if (kind !== undefined && kind !== stage.kind) {
            const all = [...model.deals.values()]
            if (all.some((deal) => deal.stageId === id || deal.openStageId === id)) refuse('conflict:stage_in_use')
            model.requireNotLast(stage)
            stage.kind = kind
            model.reorder(stage, () =>
              kind === 'open' ? model.endFor(stage.pipelineId, 'open', id) : model.endFor(stage.pipelineId, kind, id),
            )
          }
          stage.name = name ?? stage.name
          stage.isArchived = isArchived ?? stage.isArchived
          if (probability !== undefined) stage.probability = probability
          if (stage.kind !== 'open') stage.probability = null
        },
      }
    }
    case 'placeStage': {
      const id = stage(command.stage)
      const siblings = model.pipelines.find((pipeline) => pipeline.stages.includes(id))?.stages ?? []
      const beside = any(siblings, command.beside, [stage(command.beside), foreign.stage])
      const { how } = command
      const target = how === 'nth' ? { nth: command.beside % 9 } : how === 'before' ? { before: beside } : { after: beside }
      return {
        act: (scope) => changeStage(scope, id, { place: target }),
        expect: (model) => {
          model.reorder(model.stage(id), (others) => {
            if ('nth' in target) return Math.max(0, target.nth - 1)
            const index = others.indexOf(beside)
            return index < 0 ? refuse(`invalid:place.${how}:not_found`) : index + (how === 'after' ? 1 : 0)
          })
        },
      }
    }
    case 'transferStage': {
      const id = stage(command.stage)
      const to = pipeline(command.pipeline)
      return { act: (scope) => changeStage(scope, id, { pipelineId: to }), expect: (model) => transfer_(model, id, to) }
    }
    case 'deleteStage': {
      const id = stage(command.stage)
      const target = typeof command.target === 'number' ? stage(command.target) : command.target
      return {
        act: (scope) => deleteStage(scope, id, { target }),
        expect: (model) => {
          const stage_ = model.stage(id)
          model.requireNotLast(stage_)
          if (model.holding(id).length > 0) {
            if (target === undefined) refuse('conflict:stage_in_use')
            else model.empty(stage_, target === 'neighbour' ? neighbour(model, id) : model.heir(stage_, target, 'target'))
          }
          model.deleteStage(stage_)
        },
      }
    }
    case 'mergeStages': {
      const [from, into] = [stage(command.stage), stage(command.into)]
      return {
        act: (scope) => mergeStages(scope, from, into),
        expect: (model) => {
          const stage = model.stage(from)
          const heir = model.heir(stage, into, 'into')
          if (heir.kind !== stage.kind) refuse('conflict:different_kind')
          model.requireNotLast(stage)
          if (model.holding(from).length > 0) model.empty(stage, heir)
          model.deleteStage(stage)
        },
      }
    }
    case 'addPipeline': {
      const { name, kinds, isDefault } = command
      const stages = kinds.map((kind, index) => ({ name: `Step ${index}`, kind }))
      return {
        act: async (scope) => {
          const pipeline = await addPipeline(scope, { name, stages, isDefault })
          return { pipeline, stages: await scope.store.stages.live(pipeline.id) }
        },
        expect: (model, made) => {
          checkName(name)
          const { pipeline, stages } = made as { pipeline: { id: number }; stages: { id: number; name: string }[] }
          model.pipelines.push({ id: pipeline.id, name, isDisabled: false, stages: [] })
          const rest = (['won', 'lost'] as const).filter((kind) => !kinds.includes(kind))
          const given = kinds.map((kind, index) => ({ name: `Step ${index}`, kind }))
          const all = [...given, ...rest.map((kind) => ({ name: kind === 'won' ? 'Won' : 'Lost', kind }))]
          const row = [...all.filter(({ kind }) => kind === 'open'), ...all.filter(({ kind }) => kind !== 'open')]
          for (const [index, { name, kind }] of row.entries()) {
            const id = stages[index]?.id ?? -1
            const stage = { id, pipelineId: pipeline.id, name, kind, probability: null, isArchived: false, isDeleted: false }
            model.stages.set(id, stage)
            model.pipelines.at(-1)?.stages.push(id)
          }
          if (isDefault) model.defaultId = pipeline.id
        },
      }
    }
    case 'changePipeline': {
      const id = pipeline(command.pipeline)
      const { name, isDefault, isDisabled, position } = command
      return {
        act: (scope) => changePipeline(scope, id, withoutUndefined({ name, isDefault, isDisabled, position })),
        expect: (model) => {
          if (name !== undefined) checkName(name)
          const pipeline = model.pipeline(id) ?? refuse('not_found:pipeline')
          pipeline.name = name ?? pipeline.name
          pipeline.isDisabled = isDisabled ?? pipeline.isDisabled
          if ((isDefault || model.defaultId === id) && pipeline.isDisabled) refuse('conflict:pipeline_disabled')
          if (isDefault) model.defaultId = id
          if (position === undefined) return
          if (position < 0) refuse('invalid:position:range')
          model.pipelines = model.pipelines.filter((other) => other.id !== id).toSpliced(Math.max(0, position - 1), 0, pipeline)
        },
      }
    }
    case 'deletePipeline': {
      const id = pipeline(command.pipeline)
      const target = command.target === undefined ? undefined : pipeline(command.target)
      return { act: (scope) => deletePipeline(scope, id, { target }), expect: (model) => deletePipeline_(model, id, target) }
    }
    case 'addReason': {
      const { name, kind } = command
      return {
        act: (scope) => addLossReason(scope, { name, kind }),
        expect: (model, made) => {
          checkName(name)
          const twin = [...model.reasons.values()].some((other) => !other.isDeleted && other.name === name && other.kind === kind)
          if (twin) refuse('invalid:name:duplicate')
          const id = (made as { id?: number })?.id ?? -1
          model.reasons.set(id, { id, name, kind, isDeleted: false })
        },
      }
    }
    case 'deleteReason': {
      const id = reason(command.reason)
      return {
        act: (scope) => deleteLossReason(scope, id),
        expect: (model) => {
          const reason = model.reasons.get(id)
          if (!reason || reason.isDeleted) refuse('not_found:loss_reason')
          else reason.isDeleted = true
        },
      }
    }
  }
}

function refuse(reason: string): never {
  throw new Refused(reason)
}

/** What the work was refused for. */
export function refusalOf(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.reason
    throw error
  }
}

/** A refusal of the domain in the words of the model. */
export function reasonOf(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'conflict':
      return `conflict:${refusal.rule}`
    case 'not_found':
      return `not_found:${refusal.what}`
    case 'invalid':
      return refusal.issues.map(({ field, rule }) => `invalid:${field}:${rule}`).join()
    default:
      return refusal.kind
  }
}

/** What the domain answers: a value, or why not. */
export async function attempt(work: () => Promise<unknown>): Promise<{ value?: unknown; reason?: string }> {
  try {
    return { value: await work() }
  } catch (error) {
    if (error instanceof DomainError) return { reason: reasonOf(error.refusal) }
    throw error
  }
}

function checkName(name: string, field = 'name'): void {
  if (name.trim() === '') refuse(`invalid:${field}:blank`)
  if ([...name].length > 255) refuse(`invalid:${field}:too_long`)
  if (!name.isWellFormed()) refuse(`invalid:${field}:format`)
}

function checkPercent(percent: number | null): void {
  if (percent === null) return
  if (!Number.isInteger(percent)) refuse('invalid:probability:type')
  if (percent < 0 || percent > 100) refuse('invalid:probability:range')
}

function checkAmount(amount: number): void {
  if (!Number.isInteger(amount)) refuse('invalid:amount:type')
  if (Math.abs(amount) > 1e15) refuse('invalid:amount:range')
}

const places: Readonly<Record<string, number>> = { USD: 2, EUR: 2, JPY: 0, KWD: 3 }

/** The same amount of money in another currency's minor units. */
function sameMoney(minor: number, from: string, to: string): number {
  const shift = (places[to] ?? refuse('invalid:currency:unknown')) - (places[from] ?? 2)
  if (shift >= 0) return minor * 10 ** shift
  const unit = 10n ** BigInt(-shift)
  const size = BigInt(Math.abs(minor))
  const rounded = Number((size + unit / 2n) / unit)
  return minor < 0 && rounded !== 0 ? -rounded : rounded
}

const cleanTags = (tags: readonly string[]) => [...new Set(tags.map((tag) => tag.trim()))]

const sameList = (a: readonly string[], b: readonly string[]) => a.join('\n') === b.join('\n')

function create_(
  model: Model,
  id: number,
  draft: { title: string; amount: number; probability: number | null; tags: readonly string[]; currency?: string | undefined },
  spot: Wish,
): void {
  const { stage, open } = model.destination(undefined, spot)
  checkName(draft.title, 'title')
  const currency = draft.currency ?? 'USD'
  if (!(currency in places)) refuse('invalid:currency:unknown')
  checkAmount(draft.amount)
  checkPercent(draft.probability)
  const isClosed = stage.kind !== 'open'
  const at = isClosed ? model.now : null
  const deal: ModelDeal = {
    id,
    title: draft.title,
    amount: draft.amount,
    currency,
    probability: draft.probability,
    tags: cleanTags(draft.tags),
    stageId: stage.id,
    openStageId: open?.id ?? null,
    lossReasonId: null,
    lossComment: null,
    stageChangedAt: at,
    openStageChangedAt: null,
    closedAt: at,
    firstWonAt: stage.kind === 'won' ? at : null,
    archivedAt: null,
    deletedAt: null,
    createdAt: model.now,
    updatedAt: model.now,
    version: 1,
    moves: 0,
  }
  model.deals.set(id, deal)
  const column = model.column(stage.id)
  // Those that come in the same instant stand in the order they came.
  const twins = column.findIndex((other) => (model.deals.get(other)?.createdAt ?? 0) < model.now)
  column.splice(twins < 0 ? column.length : twins, 0, id)
}

function edit_(model: Model, id: number, patch: DealPatch): void {
  const deal = model.deal(id)
  const before = structuredClone(deal)
  const { title, amount, currency, probability, tags, isArchived, lossReasonId } = patch
  if (title !== undefined) checkName(title, 'title')
  if (currency !== undefined && !(currency in places)) refuse('invalid:currency:unknown')
  if (amount !== undefined) checkAmount(amount)
  const next = amount ?? sameMoney(deal.amount, deal.currency, currency ?? deal.currency)
  if (Math.abs(next) > 1e15) refuse('invalid:amount:range')
  if (probability !== undefined) checkPercent(probability)
  if (lossReasonId != null) {
    const reason = model.reasons.get(lossReasonId)
    if (!reason || (reason.isDeleted && lossReasonId !== deal.lossReasonId)) refuse('invalid:lossReasonId:not_found')
  }
  deal.title = title ?? deal.title
  deal.amount = next
  deal.currency = currency ?? deal.currency
  if (probability !== undefined) deal.probability = probability
  if (tags !== undefined) deal.tags = cleanTags(tags)
  if (isArchived !== undefined) deal.archivedAt = isArchived ? (deal.archivedAt ?? model.now) : null
  if (lossReasonId !== undefined) deal.lossReasonId = lossReasonId
  const same =
    JSON.stringify({ ...before, tags: [] }) === JSON.stringify({ ...deal, tags: [] }) && sameList(before.tags, deal.tags)
  if (!same) model.touched(deal)
}

/** Gives the reason by its name, or else as a comment. */
function sayWhy(model: Model, deal: ModelDeal, loss: string | null): boolean {
  const text = loss === null || loss.trim() === '' ? null : loss
  const isLost = ['lost', 'unqualified'].includes(model.kindOf(deal))
  if (!isLost) {
    if (text !== null) refuse('invalid:lossText:not_allowed')
    return false
  }
  const said = (deal.lossReasonId === null ? undefined : model.reasons.get(deal.lossReasonId)?.name) ?? deal.lossComment
  if (text === said) return false
  const reasons = [...model.reasons.values()].filter((reason) => !reason.isDeleted && reason.name === text)
  const reason = reasons.find(({ kind }) => kind === 'lost') ?? reasons[0]
  const before = [deal.lossReasonId, deal.lossComment]
  deal.lossReasonId = reason?.id ?? null
  deal.lossComment = reason ? null : text
  return before[0] !== deal.lossReasonId || before[1] !== deal.lossComment
}

function restore_(model: Model, id: number): void {
  const deal = model.deals.get(id) ?? refuse('not_found:deal')
  if (deal.deletedAt === null) return
  const former = model.stages.get(deal.stageId)
  const kind = model.kindOf(deal)
  const fallback = model.pipelines.some((pipeline) => pipeline.id === former?.pipelineId) ? former?.pipelineId : undefined
  const row = model.row(fallback ?? model.defaultId)
  const open = row.find((stage) => stage.id === deal.openStageId) ?? model.entry(row)
  const home = row.find((stage) => stage.id === deal.stageId) ?? (kind === 'open' ? open : model.first(row, kind))
  model.go(deal, home ?? refuse('conflict:no_open_stage'), open ?? model.lastOpen(row))
  deal.deletedAt = null
  model.touched(deal)
}

function place_(model: Model, id: number, place: DealPlace): void {
  const deal = model.deal(id)
  const column = model.column(deal.stageId)
  const others = column.filter((other) => other !== id)
  let at = place === 'first' ? 0 : others.length
  if (typeof place === 'object') {
    const [how, beside] = 'before' in place ? ['before', place.before] : ['after', place.after]
    const index = others.indexOf(beside as number)
    if (index < 0 || model.deals.get(beside as number)?.deletedAt !== null) refuse(`invalid:place.${how}:not_found`)
    at = index + (how === 'after' ? 1 : 0)
  }
  const next = others.toSpliced(at, 0, id)
  if (next.join() !== column.join()) deal.version++
  model.columns.set(deal.stageId, next)
}

function neighbour(model: Model, id: number) {
  const stage = model.stage(id)
  const row = model.row(stage.pipelineId)
  const index = row.indexOf(stage)
  const fits = (other: typeof stage) => other !== stage && other.kind === stage.kind && !other.isArchived
  const near = row.slice(0, index).findLast(fits) ?? row.find(fits)
  const other = near ?? (stage.kind === 'open' ? undefined : model.first(row.toSpliced(index, 1), stage.kind))
  return other ?? refuse('conflict:last_open_stage')
}

function transfer_(model: Model, id: number, to: number): void {
  const stage = model.stage(id)
  if (to === stage.pipelineId) return
  const pipeline = model.pipeline(to) ?? refuse('invalid:pipelineId:not_found')
  if (pipeline.isDisabled && model.holding(id).length > 0) refuse('conflict:pipeline_disabled')
  model.requireNotLast(stage)
  const index = model.endFor(to, stage.kind)
  const former = model.pipeline(stage.pipelineId)
  if (former) former.stages = former.stages.filter((other) => other !== id)
  stage.pipelineId = to
  pipeline.stages.splice(index, 0, id)
  const row = model.row(to)
  const open = stage.kind === 'open' ? stage : model.lastOpen(row)
  for (const deal of model.holding(id)) {
    const goal = deal.stageId === id ? stage : model.first(row, model.kindOf(deal))
    model.go(deal, goal ?? refuse('conflict:no_open_stage'), open, 'bottom')
    // Its pipeline is another one, even where its stage stays.
    model.touched(deal)
  }
}

function deletePipeline_(model: Model, id: number, target: number | undefined): void {
  const pipeline = model.pipeline(id) ?? refuse('not_found:pipeline')
  const others = model.pipelines.filter((other) => other !== pipeline)
  const heir = others.find((other) => !other.isDisabled) ?? others[0] ?? refuse('conflict:last_pipeline')
  for (const stageId of pipeline.stages) {
    const stage = model.stage(stageId)
    if (model.holding(stageId).length === 0) continue
    if (target === undefined) refuse('conflict:pipeline_in_use')
    const goal = others.find((other) => other.id === target) ?? refuse('invalid:target:not_found')
    if (goal.isDisabled) refuse('conflict:pipeline_disabled')
    const row = model.row(goal.id)
    const next = stage.kind === 'open' ? model.entry(row) : model.first(row, stage.kind)
    model.empty(stage, next ?? refuse('conflict:no_open_stage'))
  }
  for (const stageId of [...pipeline.stages]) model.deleteStage(model.stage(stageId))
  model.pipelines = others
  if (model.defaultId === id) {
    model.defaultId = heir.id
    heir.isDisabled = false
  }
}
