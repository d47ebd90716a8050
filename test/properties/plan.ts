import { eachRow } from '../../src/domain/bulk.ts'
import type { DealPatch, DealPlace } from '../../src/domain/deal.ts'
import { changeDeal, createDeal, deleteDeal, restoreDeal } from '../../src/domain/edit-deals.ts'
import { addPipeline, changePipeline, deletePipeline } from '../../src/domain/edit-pipelines.ts'
import { addStage, changeStage, deleteStage, mergeStages } from '../../src/domain/edit-stages.ts'
import type { Refusal } from '../../src/domain/errors.ts'
import { addLossReason, deleteLossReason } from '../../src/domain/loss-reason.ts'
import type { Scope } from '../../src/domain/scope.ts'
import { reasonOf, refusalOf } from './answers.ts'
import type { Command, Spot } from './commands.ts'
import {
  checkName,
  checkPercent,
  created,
  edited,
  neighbour,
  pipelineDeleted,
  placed,
  restored,
  sayWhy,
  transferred,
} from './effects.ts'
import { type Model, refuse, type Wish } from './model.ts'

/** From `wild` on a number picks what a command should not find: something deleted, of another workspace, or made up. */
const wild = 95

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
        expect: (model, made) => created(model, (made as { id?: number })?.id ?? -1, draft, spot),
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
      return { act: (scope) => changeDeal(scope, id, patch), expect: (model) => edited(model, id, patch) }
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
      return { act: (scope) => restoreDeal(scope, id), expect: (model) => restored(model, id) }
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
      return { act: (scope) => changeDeal(scope, id, { place }), expect: (model) => placed(model, id, place) }
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
      return { act: (scope) => changeStage(scope, id, { pipelineId: to }), expect: (model) => transferred(model, id, to) }
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
      return { act: (scope) => deletePipeline(scope, id, { target }), expect: (model) => pipelineDeleted(model, id, target) }
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
