import type { DealPatch, DealPlace } from '../../src/domain/deal.ts'
import { type Model, type ModelDeal, refuse, type Wish } from './model.ts'

/** What commands do to the model, where that is more than a line. Each throws `Refused` for what must not be. */

export function checkName(name: string, field = 'name'): void {
  if (name.trim() === '') refuse(`invalid:${field}:blank`)
  if ([...name].length > 255) refuse(`invalid:${field}:too_long`)
  if (!name.isWellFormed()) refuse(`invalid:${field}:format`)
}

export function checkPercent(percent: number | null): void {
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

export function created(
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

export function edited(model: Model, id: number, patch: DealPatch): void {
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
export function sayWhy(model: Model, deal: ModelDeal, loss: string | null): boolean {
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

export function restored(model: Model, id: number): void {
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

export function placed(model: Model, id: number, place: DealPlace): void {
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

export function neighbour(model: Model, id: number) {
  const stage = model.stage(id)
  const row = model.row(stage.pipelineId)
  const index = row.indexOf(stage)
  const fits = (other: typeof stage) => other !== stage && other.kind === stage.kind && !other.isArchived
  const near = row.slice(0, index).findLast(fits) ?? row.find(fits)
  const other = near ?? (stage.kind === 'open' ? undefined : model.first(row.toSpliced(index, 1), stage.kind))
  return other ?? refuse('conflict:last_open_stage')
}

export function transferred(model: Model, id: number, to: number): void {
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

export function pipelineDeleted(model: Model, id: number, target: number | undefined): void {
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
