import type { StageKind } from '../../src/domain/stage.ts'

/**
 * What design.md says of pipelines, stages and deals, written a second time with arrays and maps and without the domain's help: no
 * totals, no events, no ranks, and nothing kept that follows from something else. The law tests compare the two.
 */

export interface ModelPipeline {
  id: number
  name: string
  isDisabled: boolean
  /** Live stages in their order. */
  stages: number[]
}

export interface ModelStage {
  id: number
  pipelineId: number
  name: string
  kind: StageKind
  probability: number | null
  isArchived: boolean
  isDeleted: boolean
}

export interface ModelDeal {
  id: number
  title: string
  amount: number
  currency: string
  probability: number | null
  tags: readonly string[]
  stageId: number
  openStageId: number | null
  lossReasonId: number | null
  lossComment: string | null
  stageChangedAt: number | null
  openStageChangedAt: number | null
  closedAt: number | null
  firstWonAt: number | null
  archivedAt: number | null
  deletedAt: number | null
  createdAt: number
  updatedAt: number
  version: number
  /** How often it changed stage. */
  moves: number
}

export interface ModelReason {
  id: number
  name: string
  kind: 'lost' | 'unqualified'
  isDeleted: boolean
}

/** Where somebody wants a deal to stand. */
export interface Wish {
  stageId?: number | undefined
  openStageId?: number | undefined
  pipelineId?: number | undefined
  outcome?: StageKind | undefined
}

/** A reason to refuse, as `kind:what`; the domain may give any of those that apply. */
export type Reason = string

export class Refused extends Error {
  readonly reason: Reason
  constructor(reason: Reason) {
    super(reason)
    this.reason = reason
  }
}

export function refuse(reason: Reason): never {
  throw new Refused(reason)
}

/** Won, or not, or still open: an unqualified deal has lost. */
const fate = (kind: StageKind) => (kind === 'unqualified' ? 'lost' : kind)

export class Model {
  /** In their order; the deleted ones are gone. */
  pipelines: ModelPipeline[] = []
  defaultId = 0
  stages = new Map<number, ModelStage>()
  deals = new Map<number, ModelDeal>()
  reasons = new Map<number, ModelReason>()
  /** The cards of each stage from top to bottom, deleted ones at the place they would come back to. */
  columns = new Map<number, number[]>()
  now = 0

  clone(): Model {
    const copied = <K, T extends object>(map: Map<K, T>, copy: (value: T) => T) =>
      new Map([...map].map(([key, value]) => [key, copy(value)]))
    return Object.assign(new Model(), {
      pipelines: this.pipelines.map((pipeline) => ({ ...pipeline, stages: [...pipeline.stages] })),
      defaultId: this.defaultId,
      stages: copied(this.stages, (stage) => ({ ...stage })),
      deals: copied(this.deals, (deal) => ({ ...deal })),
      reasons: copied(this.reasons, (reason) => ({ ...reason })),
      columns: copied(this.columns, (column) => [...column]),
      now: this.now,
    })
  }

  // —— looking ——

  pipeline(id: number): ModelPipeline | undefined {
    return this.pipelines.find((pipeline) => pipeline.id === id)
  }

  stage(id: number): ModelStage {
    const stage = this.stages.get(id)
    return stage && !stage.isDeleted ? stage : refuse('not_found:stage')
  }

  row(pipelineId: number): ModelStage[] {
    return (this.pipeline(pipelineId)?.stages ?? []).map((id) => this.stages.get(id)).filter((stage) => stage !== undefined)
  }

  deal(id: number): ModelDeal {
    const deal = this.deals.get(id)
    return deal && deal.deletedAt === null ? deal : refuse('not_found:deal')
  }

  kindOf(deal: ModelDeal): StageKind {
    return this.stages.get(deal.stageId)?.kind ?? refuse('a deal without a stage')
  }

  first(row: readonly ModelStage[], kind: StageKind): ModelStage | undefined {
    const sort = row.filter((stage) => stage.kind === kind)
    const found = sort.find((stage) => !stage.isArchived) ?? sort[0]
    return found ?? (kind === 'unqualified' ? this.first(row, 'lost') : undefined)
  }

  entry(row: readonly ModelStage[]): ModelStage | undefined {
    return row.find((stage) => stage.kind === 'open' && !stage.isArchived)
  }

  lastOpen(row: readonly ModelStage[]): ModelStage | undefined {
    return row.findLast((stage) => stage.kind === 'open')
  }

  /** Live deals that stand in a stage or remember it. */
  holding(stageId: number): ModelDeal[] {
    return [...this.deals.values()].filter(
      (deal) => deal.deletedAt === null && (deal.stageId === stageId || deal.openStageId === stageId),
    )
  }

  // —— where deals go ——

  /** The stage and the remembered open stage that a wish comes to. */
  destination(deal: ModelDeal | undefined, wish: Wish): { stage: ModelStage; open: ModelStage | undefined } {
    const id = wish.stageId ?? wish.openStageId
    const named = id === undefined ? undefined : this.stages.get(id)
    if (id !== undefined) {
      if (!named || named.isDeleted) return refuse('invalid:stageId:not_found')
      if (wish.stageId === undefined && named.kind !== 'open') return refuse('invalid:stageId:not_found')
      if (named.isArchived && named.id !== deal?.stageId && named.id !== deal?.openStageId)
        return refuse('conflict:stage_archived')
    }
    const home = deal && this.stages.get(deal.stageId)?.pipelineId
    const pipelineId = named?.pipelineId ?? wish.pipelineId ?? home ?? this.defaultId
    const pipeline = this.pipeline(pipelineId) ?? refuse('invalid:pipelineId:not_found')
    if (pipeline.isDisabled && pipelineId !== home) return refuse('conflict:pipeline_disabled')
    const row = this.row(pipelineId)
    const open =
      named?.kind === 'open'
        ? named
        : (row.find((stage) => stage.id === deal?.openStageId) ??
          (named && pipelineId !== home ? this.lastOpen(row) : this.entry(row)))
    const said = wish.outcome ?? (wish.stageId === undefined ? undefined : named?.kind)
    const kind = said ?? (deal ? this.kindOf(deal) : 'open')
    const here = row.find((stage) => stage.id === deal?.stageId)
    const isThere = here && (here.kind === kind || (kind === 'lost' && here.kind === 'unqualified'))
    const stage = kind === 'open' ? open : named?.kind === kind ? named : isThere ? here : this.first(row, kind)
    return { stage: stage ?? refuse('conflict:no_open_stage'), open: open ?? this.lastOpen(row) }
  }

  /** A deal goes to a stage; everything that follows from it. Says whether anything did. */
  go(deal: ModelDeal, stage: ModelStage, open: ModelStage | undefined, arrives: 'top' | 'bottom' = 'top'): boolean {
    const former = this.kindOf(deal)
    const openStageId = open?.id ?? null
    const moved = deal.stageId !== stage.id
    const changed = moved || deal.openStageId !== openStageId
    if (moved) {
      this.leave(deal)
      if (arrives === 'top') this.column(stage.id).unshift(deal.id)
      else this.column(stage.id).push(deal.id)
      deal.stageId = stage.id
      deal.stageChangedAt = this.now
      deal.moves++
    }
    if (deal.openStageId !== openStageId) deal.openStageChangedAt = this.now
    deal.openStageId = openStageId
    if (fate(former) !== fate(stage.kind)) {
      deal.closedAt = stage.kind === 'open' ? null : this.now
      if (fate(stage.kind) !== 'lost') deal.lossReasonId = deal.lossComment = null
    }
    if (stage.kind === 'won') deal.firstWonAt ??= this.now
    return changed
  }

  column(stageId: number): number[] {
    const column = this.columns.get(stageId) ?? []
    this.columns.set(stageId, column)
    return column
  }

  leave(deal: ModelDeal): void {
    this.columns.set(
      deal.stageId,
      this.column(deal.stageId).filter((id) => id !== deal.id),
    )
  }

  touched(deal: ModelDeal): void {
    deal.version++
    deal.updatedAt = this.now
  }

  // —— stages ——

  /** Why deals may not be sent to this stage from another one. */
  heir(from: ModelStage, id: number, field: string): ModelStage {
    const heir = this.stages.get(id)
    if (!heir || heir.isDeleted || heir.id === from.id) return refuse(`invalid:${field}:not_found`)
    if (heir.isArchived) return refuse('conflict:stage_archived')
    if (heir.pipelineId !== from.pipelineId && this.pipeline(heir.pipelineId)?.isDisabled)
      return refuse('conflict:pipeline_disabled')
    return heir
  }

  requireNotLast(stage: ModelStage): void {
    if (stage.kind !== 'won' && stage.kind !== 'lost') return
    if (this.row(stage.pipelineId).filter((other) => other.kind === stage.kind).length < 2)
      refuse(`conflict:last_${stage.kind}_stage`)
  }

  /** Every deal of a stage that goes comes to its heir or forgets the stage. */
  empty(stage: ModelStage, heir: ModelStage): void {
    const row = this.row(heir.pipelineId).filter((other) => other.id !== stage.id)
    if (stage.kind === 'open' && !this.lastOpen(row)) refuse('conflict:last_open_stage')
    const standing = this.column(stage.id).map((id) => this.deals.get(id))
    for (const deal of standing.filter((deal) => deal !== undefined)) {
      if (deal.deletedAt !== null) continue
      const remembered = row.find((other) => other.id === deal.openStageId) ?? this.lastOpen(row)
      if (this.go(deal, heir, heir.kind === 'open' ? heir : remembered, 'bottom')) this.touched(deal)
    }
    for (const deal of this.holding(stage.id)) {
      const closed = row.find((other) => other.id === deal.stageId) ?? this.first(row, this.kindOf(deal))
      if (!closed) refuse('conflict:no_open_stage')
      else if (this.go(deal, closed, heir.kind === 'open' ? heir : this.lastOpen(row), 'bottom')) this.touched(deal)
    }
  }

  deleteStage(stage: ModelStage): void {
    stage.isDeleted = true
    const pipeline = this.pipeline(stage.pipelineId)
    if (pipeline) pipeline.stages = pipeline.stages.filter((id) => id !== stage.id)
  }

  /** Puts a stage at a place among the live stages of its pipeline; open ones stay before closed ones. */
  reorder(stage: ModelStage, index: (others: readonly number[]) => number): void {
    const pipeline = this.pipeline(stage.pipelineId) ?? refuse('a stage without a pipeline')
    const others = pipeline.stages.filter((id) => id !== stage.id)
    const next = others.toSpliced(index(others), 0, stage.id)
    const kinds = next.map((id) => this.stages.get(id)?.kind)
    const firstClosed = kinds.findIndex((kind) => kind !== 'open')
    if (firstClosed >= 0 && kinds.lastIndexOf('open') > firstClosed) refuse('conflict:stage_order')
    pipeline.stages = next
  }

  /** Where a new stage of this kind stands: after the last of its sort. */
  endFor(pipelineId: number, kind: StageKind, except?: number): number {
    const row = this.row(pipelineId).filter((stage) => stage.id !== except)
    return kind === 'open' ? row.filter((stage) => stage.kind === 'open').length : row.length
  }
}
