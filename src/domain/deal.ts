import { found, invalid } from './errors.ts'
import type { Direction, Page, Window } from './page.ts'
import type { Scope } from './scope.ts'
import { isLost, isOpen, listStages, type Stage, type StageKind } from './stage.ts'
import type { Extras, Json, JsonObject } from './text.ts'
import type { Day, Instant } from './time.ts'

/** Something that may be sold. It stands in one stage; whether it is open, won or lost is that stage's kind. */
export interface Deal {
  readonly id: number
  readonly uuid: string
  /** The id another system knows it by; unique in the workspace. An import that is run again finds its rows by it. */
  readonly externalId: string | null
  readonly title: string
  /** Minor units of `currency`. */
  readonly amount: number
  readonly currency: string
  readonly pipelineId: number
  readonly stageId: number
  /** The kind of the stage it stands in. */
  readonly outcome: StageKind
  /** The open stage it stands in, or was closed from. Null only in a pipeline without open stages. */
  readonly openStageId: number | null
  readonly ownerId: number
  readonly creatorId: number
  readonly contactId: number | null
  readonly companyId: number | null
  /** The deal's own probability in percent; null: its stage's counts. */
  readonly probability: number | null
  readonly expectedCloseDate: Day | null
  readonly lossReasonId: number | null
  readonly lossComment: string | null
  /** When it last changed stage, winning and losing included; null until the first move. */
  readonly stageChangedAt: Instant | null
  readonly stageChangedById: number | null
  /** When it last changed from one open stage to another; null until then. */
  readonly openStageChangedAt: Instant | null
  /** When it was won or lost; null while it is open. */
  readonly closedAt: Instant | null
  readonly firstWonAt: Instant | null
  readonly tags: readonly string[]
  /** Values by the id of the custom field. */
  readonly customFields: JsonObject
  readonly extras: Extras
  /** Order within the stage, ascending as text; opaque. */
  readonly rank: string
  /** Counts the changes; starts at 1. */
  readonly version: number
  readonly archivedAt: Instant | null
  readonly deletedAt: Instant | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** Beside which deal of its stage it is put; `'first'` and `'last'` are the ends. */
export type DealPlace = { before: number } | { after: number } | 'first' | 'last'

/** Everything that can be said of a deal. Undefined means: not said. */
export interface DealPatch {
  title?: string | undefined
  externalId?: string | null | undefined
  /** Minor units of the currency that the deal has after the change. */
  amount?: number | undefined
  /**
   * The amount in major units. `places` is how many decimals the vendor shows: an amount that already rounds to this is kept,
   * so that writing back what was read loses no cents.
   */
  value?: { decimal: number | string; places?: number } | undefined
  /** Without a new amount the amount in major units stays. */
  currency?: string | undefined
  /** Any stage; a closed one wins or loses the deal, and `openStageId` beside it is the stage to remember. */
  stageId?: number | undefined
  /** An open stage: the one it stands in, or while it is closed the one it is remembered to be closed from. */
  openStageId?: number | undefined
  /** Its first open stage, unless the deal is there already. A stage that is named as well decides instead. */
  pipelineId?: number | undefined
  /** Wins, loses or reopens. `lost` leaves an unqualified deal unqualified. */
  outcome?: StageKind | undefined
  place?: DealPlace | undefined
  ownerId?: number | undefined
  contactId?: number | null | undefined
  companyId?: number | null | undefined
  /** A contact, whose company comes along, or a company: for vendors that point at either with one id. */
  partyId?: number | null | undefined
  probability?: number | null | undefined
  expectedCloseDate?: Day | null | undefined
  lossReasonId?: number | null | undefined
  lossComment?: string | null | undefined
  /** A reason by its name, or else a comment. Only on a lost deal. */
  lossText?: string | null | undefined
  tags?: readonly string[] | undefined
  /** Beside the tags that it has; taken away first, then added. */
  addTags?: readonly string[] | undefined
  removeTags?: readonly string[] | undefined
  /** Merged key by key; null clears one. */
  customFields?: JsonObject | undefined
  /** Keys of the calling dialect, merged; null takes one away. */
  extras?: JsonObject | undefined
  isArchived?: boolean | undefined
  archivedAt?: Instant | undefined
  /** Instead of the present moment, for what happened earlier. */
  stageChangedAt?: Instant | undefined
  /** When it was closed; only on a closed deal. `wonAt` and `lostAt` only where that is how it closed. */
  closedAt?: Instant | undefined
  wonAt?: Instant | undefined
  lostAt?: Instant | undefined
}

export interface DealDraft extends DealPatch {
  title: string
  /** Instead of the present moment: imports keep the original date. */
  createdAt?: Instant | undefined
  creatorId?: number | undefined
}

export interface DealFilter {
  ids?: readonly number[] | undefined
  /** Any of these. One alone is better named by itself: its index also sorts. */
  pipelineIds?: readonly number[] | undefined
  stageIds?: readonly number[] | undefined
  ownerIds?: readonly number[] | undefined
  creatorIds?: readonly number[] | undefined
  contactIds?: readonly number[] | undefined
  companyIds?: readonly number[] | undefined
  lossReasonIds?: readonly number[] | undefined
  externalId?: string | undefined
  pipelineId?: number | undefined
  stageId?: number | undefined
  openStageId?: number | undefined
  outcomes?: readonly StageKind[] | undefined
  ownerId?: number | undefined
  creatorId?: number | undefined
  contactId?: number | undefined
  companyId?: number | undefined
  /** The contact, or the company where there is no contact: what `partyId` of a patch says. */
  partyId?: number | undefined
  lossReasonId?: number | undefined
  /** Exactly this title. */
  title?: string | undefined
  /** Words, each the beginning of a word of the deal's texts, in any case and without accents. */
  text?: string | undefined
  /** Where the words are looked for; everywhere where not given. `custom` are the texts among the custom fields. */
  textIn?: readonly ('title' | 'custom')[] | undefined
  /** In minor units. */
  amount?: number | undefined
  minAmount?: number | undefined
  maxAmount?: number | undefined
  /** In major units of whatever currency the deal has. */
  value?: number | string | undefined
  currency?: string | undefined
  /** A day; empty text: those that have none. */
  expectedCloseDate?: Day | '' | undefined
  expectedCloseSince?: Day | undefined
  expectedCloseUntil?: Day | undefined
  tag?: string | undefined
  /** Scalars in the extras of a dialect; where there are several, all of them. */
  extra?: ExtraMatch | readonly ExtraMatch[] | undefined
  customField?: FieldMatch | readonly FieldMatch[] | undefined
  /** Inclusive. */
  updatedSince?: Instant | undefined
  /** Exclusive. */
  updatedUntil?: Instant | undefined
  createdSince?: Instant | undefined
  createdUntil?: Instant | undefined
  /** Only closed deals have such a moment. */
  closedSince?: Instant | undefined
  closedUntil?: Instant | undefined
  /** And only those that were moved have such a one. */
  stageChangedSince?: Instant | undefined
  stageChangedUntil?: Instant | undefined
  /** Undefined: both. */
  isArchived?: boolean | undefined
  /** Undefined: only those that are not deleted. */
  deleted?: 'only' | 'both' | undefined
  deletedSince?: Instant | undefined
  /** All of these as well. Whether deleted deals are looked at is said by the whole filter alone. */
  all?: readonly DealFilter[] | undefined
  /** At least one of these as well. */
  any?: readonly DealFilter[] | undefined
  /** None of these. */
  none?: readonly DealFilter[] | undefined
}

/** `not` finds those that do not have this value there, or nothing at all. */
export interface ExtraMatch {
  dialect: string
  key: string
  value: string | number | boolean
  not?: boolean
}

/** The value of a custom field, by the field's id. */
export interface FieldMatch {
  id: string
  value: string | number | boolean
}

/** Dates that deals can be laid out by. */
export type DealDate = 'createdAt' | 'updatedAt' | 'stageChangedAt' | 'closedAt' | 'expectedCloseDate'

/** What deals can be sorted by; each has an index. Ties go by id in the same direction. `rank` is the order of a stage's cards on the board. */
export type DealSort =
  | 'id'
  | 'title'
  | 'amount'
  | 'createdAt'
  | 'updatedAt'
  | 'expectedCloseDate'
  | 'stageChangedAt'
  | 'closedAt'
  | 'rank'

export interface DealQuery extends Window {
  filter?: DealFilter | undefined
  /** Ascending by id where not given. A key to continue from goes with one sort only. */
  sort?: readonly { by: DealSort; direction: Direction }[] | undefined
}

/** One page of deals. Only within a stage there is an order by `rank`. */
export async function listDeals({ store }: Scope, query: DealQuery): Promise<Page<Deal>> {
  const byRank = query.sort?.some(({ by }) => by === 'rank')
  if (byRank && query.filter?.stageId === undefined) invalid('stageId', 'required')
  return store.deals.list(query)
}

/** How many deals a filter finds. What the kept totals can answer costs nothing; other filters are counted over their index. */
export const countDeals = async (scope: Scope, filter: DealFilter): Promise<number> =>
  (await keptCount(scope, filter)) ?? scope.store.deals.count(filter)

/** As `countDeals`, for who would rather know nothing than wait: null where more than so many deals would have to be looked at. */
export const countDealsWithin = async (scope: Scope, filter: DealFilter, most: number): Promise<number | null> =>
  (await keptCount(scope, filter)) ?? scope.store.deals.countWithin(filter, most)

/** What the kept totals say; undefined where they do not know. */
async function keptCount(scope: Scope, filter: DealFilter): Promise<number | undefined> {
  const { stageId, stageIds, openStageId, pipelineId, outcomes, isArchived, ...others } = filter
  const isTotalled = isArchived === false && Object.values(others).every((value) => value === undefined)
  // Totals of deals by the stage they were closed from do not say how they were closed.
  const isMixed = openStageId !== undefined && (stageId ?? stageIds ?? outcomes) !== undefined
  if (!isTotalled || isMixed) return undefined
  const one = stageId ?? openStageId
  const stages = (one === undefined ? await listStages(scope, pipelineId) : await liveStage(scope, one, pipelineId)).filter(
    ({ id, kind }) => (stageIds?.includes(id) ?? true) && (outcomes?.includes(kind) ?? true),
  )
  const wanted = new Set(stages.map(({ id }) => id))
  const { totals, closedTotals } = scope.store.deals
  const standing = await totals(one === undefined ? pipelineId : stages[0]?.pipelineId)
  const all = openStageId === undefined ? standing : [...standing, ...(await closedTotals())]
  return all.reduce((sum, total) => sum + (wanted.has(total.stageId) ? total.count : 0), 0)
}

const liveStage = async ({ store }: Scope, id: number, pipelineId: number | undefined): Promise<Stage[]> => {
  const stage = await store.stages.get(id)
  return stage && stage.deletedAt === null && stage.pipelineId === (pipelineId ?? stage.pipelineId) ? [stage] : []
}

/** The place of each deal among the cards of its stage, from 1, by the deal's id. */
export const placesOf = ({ store }: Scope, deals: readonly Deal[]): Promise<ReadonlyMap<number, number>> =>
  store.deals.places(deals)

/** A deal that is not deleted. */
export async function findDeal(scope: Scope, id: number): Promise<Deal> {
  const deal = await findAnyDeal(scope, id)
  return found(deal.deletedAt === null ? deal : undefined, 'deal')
}

/** A deal, deleted or not. */
export const findAnyDeal = async ({ store }: Scope, id: number): Promise<Deal> => found(await store.deals.get(id), 'deal')

/** Where and how a deal stands: what changes together when it moves. */
export type Standing = Pick<
  Deal,
  | 'pipelineId'
  | 'stageId'
  | 'outcome'
  | 'openStageId'
  | 'stageChangedAt'
  | 'stageChangedById'
  | 'openStageChangedAt'
  | 'closedAt'
  | 'firstWonAt'
  | 'lossReasonId'
  | 'lossComment'
>

/**
 * The deal after it has gone to a stage. This is the one place where status, close dates and stage times come from: winning and losing
 * are moves, reopening and winning forget why it was lost, going from one won stage to another keeps the day it was won.
 */
export function withStage<D extends Standing>(deal: D, to: Stage, openStageId: number | null, at: Instant, by: number): D {
  if (deal.stageId === to.id && deal.openStageId === openStageId && deal.pipelineId === to.pipelineId) return deal
  const moved = deal.stageId !== to.id
  const sameFate = isLost({ kind: deal.outcome }) ? isLost(to) : deal.outcome === to.kind
  return {
    ...deal,
    pipelineId: to.pipelineId,
    stageId: to.id,
    outcome: to.kind,
    openStageId,
    stageChangedAt: moved ? at : deal.stageChangedAt,
    stageChangedById: moved ? by : deal.stageChangedById,
    openStageChangedAt: deal.openStageId !== openStageId ? at : deal.openStageChangedAt,
    closedAt: isOpen(to) ? null : sameFate ? deal.closedAt : at,
    firstWonAt: to.kind === 'won' ? (deal.firstWonAt ?? at) : deal.firstWonAt,
    lossReasonId: sameFate || isLost(to) ? deal.lossReasonId : null,
    lossComment: sameFate || isLost(to) ? deal.lossComment : null,
  }
}

/** Whether the deal counts in its stage's totals. */
export const isCounted = (deal: Pick<Deal, 'archivedAt' | 'deletedAt'>): boolean =>
  deal.archivedAt === null && deal.deletedAt === null

/** What can be found again by an exact value: tags, and the scalars among extras and custom fields. Kept in step by the store. */
export function facetsOf(deal: Pick<Deal, 'tags' | 'extras' | 'customFields'>): readonly Facet[] {
  const facets: Facet[] = deal.tags.map((tag) => ({ name: 'tag', value: tag }))
  const add = (prefix: string, object: JsonObject) => {
    for (const [key, value] of Object.entries(object)) {
      if (isScalar(value)) facets.push({ name: `${prefix}.${key}`, value: facetValue(value) })
    }
  }
  for (const [dialect, own] of Object.entries(deal.extras)) add(`extra.${dialect}`, own)
  add('custom', deal.customFields)
  return facets
}

export interface Facet {
  readonly name: string
  readonly value: string
}

const isScalar = (value: Json): value is string | number | boolean =>
  typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value.length <= 255)

/** Facets compare as text. */
export const facetValue = (value: string | number | boolean): string => String(value)
