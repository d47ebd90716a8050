import { type Deal, isCounted } from '../deal.ts'
import type { Event } from '../events.ts'
import { isLost, type StageKind } from '../stage.ts'
import type { JsonObject } from '../text.ts'
import type { Day, Instant } from '../time.ts'

/**
 * A deal's life as reports see it, worked out from its events alone. What an event says holds from a moment on:
 *
 * - what was created: from `createdAt`;
 * - a new stage: from `stageChangedAt`, and where the deal is closed or goes from won to lost or back: from `closedAt`;
 * - archiving: from `archivedAt`;
 * - everything else: from the moment that the event happened at.
 *
 * Nothing holds before the deal was created or after it was recorded. Of several things that were said, the one recorded last holds as
 * soon as its own moment has come: a closing that is dated back undoes the moves that were recorded after that date, and a correction of
 * `closedAt` or `stageChangedAt` moves the step that it belongs to.
 */

/** What of a deal is counted and weighed. */
export interface Facts {
  readonly amount: number
  readonly currency: string
  readonly ownerId: number
  readonly probability: number | null
  readonly expectedCloseDate: Day | null
}

/** A stretch of a deal's life in which nothing that reports count has changed. Together they have no gap and no overlap. */
export interface Stretch extends Facts {
  /** From 1, in the order of time. */
  readonly nth: number
  readonly since: Instant
  /** Exclusive; null while it lasts. The same as `since` where a deal went on in the very moment that it came. */
  readonly until: Instant | null
  readonly pipelineId: number
  readonly stageId: number
  readonly kind: StageKind
  /** When it came to the stage. */
  readonly enteredAt: Instant
  /** When the deal was created. */
  readonly bornAt: Instant
  /** Whether the deal came to the stage with this stretch. */
  readonly arrives: boolean
  /** Whether it had never been there before. */
  readonly isFirst: boolean
  /** Where it came from; null in the beginning, and where it did not come just then. */
  readonly fromStageId: number | null
  /** How long it had been there, in milliseconds. */
  readonly stayed: number | null
  /** Who put it where it is. */
  readonly userId: number
  /** Not while it is archived or deleted. */
  readonly isCounted: boolean
  /** Whether the deal is deleted by now: then it is in no report on a period. */
  readonly isGone: boolean
}

/** An event of a deal, or what its creation is about to say. */
export type Told = Pick<Event, 'at' | 'userId' | 'after'>

interface Standing {
  from: Instant
  pipelineId: number
  stageId: number
  kind: StageKind
  userId: number
  /** It came there; it is the first place known of it; or its stage went to another pipeline and took it along. */
  how: 'came' | 'known' | 'taken'
  /** Whether the deal was closed by it, or went from won to lost or back. */
  closes: boolean
}

interface Said<T> {
  from: Instant
  value: T
}

/** All that the events of one deal have said, in the order of recording. */
interface Tracks {
  bornAt: Instant
  standings: Standing[]
  facts: Said<Facts>[]
  archived: Said<boolean>[]
  deleted: Said<boolean>[]
}

type Known = Pick<
  Deal,
  | 'createdAt'
  | 'pipelineId'
  | 'stageId'
  | 'outcome'
  | 'openStageId'
  | 'stageChangedAt'
  | 'closedAt'
  | 'archivedAt'
  | 'deletedAt'
  | keyof Facts
>

/** The stretches of a deal's life, from its events in the order of recording. */
export function lifeOf(events: readonly Told[]): Stretch[] {
  const [first, ...others] = events
  if (first?.after?.createdAt === undefined) return []
  let known = knownOf(first.after)
  const tracks = beginning(first, known)
  for (const event of others) {
    const before = known
    known = { ...known, ...(event.after as JsonObject) } as Known
    add(tracks, event, before, known)
  }
  return stretchesOf(tracks)
}

/** The first event leaves out what is empty. */
function knownOf(after: JsonObject): Known {
  const said = after as Partial<Known> & Pick<Known, 'createdAt' | 'pipelineId' | 'stageId' | 'outcome' | 'currency' | 'ownerId'>
  return {
    createdAt: said.createdAt,
    pipelineId: said.pipelineId,
    stageId: said.stageId,
    outcome: said.outcome,
    openStageId: said.openStageId ?? null,
    stageChangedAt: said.stageChangedAt ?? null,
    closedAt: said.closedAt ?? null,
    archivedAt: said.archivedAt ?? null,
    deletedAt: said.deletedAt ?? null,
    amount: said.amount ?? 0,
    currency: said.currency,
    ownerId: said.ownerId,
    probability: said.probability ?? null,
    expectedCloseDate: said.expectedCloseDate ?? null,
  }
}

export const fateOf = (kind: StageKind): 'open' | 'won' | 'lost' => (isLost({ kind }) ? 'lost' : kind === 'won' ? 'won' : 'open')

function beginning({ at, userId }: Told, known: Known): Tracks {
  const bornAt = Math.min(known.createdAt, at)
  const within = (moment: Instant) => Math.min(Math.max(moment, bornAt), at)
  const { pipelineId, stageId, outcome: kind, openStageId, closedAt, stageChangedAt, archivedAt, deletedAt } = known
  const here = { pipelineId, stageId, kind, userId }
  const closes = kind !== 'open'
  const from = within((closes ? closedAt : null) ?? stageChangedAt ?? bornAt)
  const standings: Standing[] = []
  if (closes && openStageId !== null) {
    standings.push({ ...here, from: bornAt, stageId: openStageId, kind: 'open', how: 'came', closes: false })
  } else if (!closes && from > bornAt) {
    // Where it stood before is not known; that it was there is.
    standings.push({ ...here, from: bornAt, how: 'known', closes })
  }
  standings.push({ ...here, from, how: 'came', closes })
  const flags = (since: Instant | null) => [
    { from: bornAt, value: false },
    ...(since === null ? [] : [{ from: within(since), value: true }]),
  ]
  return {
    bornAt,
    standings,
    facts: [{ from: bornAt, value: factsOf(known) }],
    archived: flags(archivedAt),
    deleted: flags(deletedAt),
  }
}

const factsOf = ({ amount, currency, ownerId, probability, expectedCloseDate }: Facts): Facts => ({
  amount,
  currency,
  ownerId,
  probability,
  expectedCloseDate,
})

function add(tracks: Tracks, { at, userId }: Told, before: Known, after: Known): void {
  const within = (moment: Instant | null) => Math.min(Math.max(moment ?? at, tracks.bornAt), at)
  const here = { pipelineId: after.pipelineId, stageId: after.stageId, kind: after.outcome, userId }
  const moved = after.stageId !== before.stageId
  const closes = moved && closesBy(before, after)
  if (moved)
    tracks.standings.push({
      ...here,
      from: within(closes ? after.closedAt : (after.stageChangedAt ?? tracks.bornAt)),
      how: 'came',
      closes,
    })
  else if (after.pipelineId !== before.pipelineId) tracks.standings.push({ ...here, from: at, how: 'taken', closes })
  if (!closes && corrects('closedAt', before, after)) {
    const closing = tracks.standings.findLast((step) => step.closes)
    if (closing) closing.from = within(after.closedAt)
  }
  if (!moved && corrects('stageChangedAt', before, after)) {
    const step = tracks.standings.findLast(({ how }) => how === 'came')
    if (step && !step.closes) step.from = within(after.stageChangedAt)
  }
  if (!sameFacts(before, after)) tracks.facts.push({ from: at, value: factsOf(after) })
  if (before.archivedAt !== after.archivedAt) {
    const former = tracks.archived.at(-1)
    if (after.archivedAt === null) tracks.archived.push({ from: at, value: false })
    else if (former?.value) former.from = within(after.archivedAt)
    else tracks.archived.push({ from: within(after.archivedAt), value: true })
  }
  if (before.deletedAt !== after.deletedAt) tracks.deleted.push({ from: at, value: after.deletedAt !== null })
}

const closesBy = (before: { outcome: StageKind }, after: { outcome: StageKind }): boolean =>
  after.outcome !== 'open' && fateOf(before.outcome) !== fateOf(after.outcome)

const corrects = (field: 'closedAt' | 'stageChangedAt', before: Known, after: Known): boolean =>
  after[field] !== null && after[field] !== before[field]

const sameFacts = (a: Facts, b: Facts): boolean =>
  a.amount === b.amount &&
  a.currency === b.currency &&
  a.ownerId === b.ownerId &&
  a.probability === b.probability &&
  a.expectedCloseDate === b.expectedCloseDate

/** What still holds of a track: nothing that was said earlier lasts beyond the moment from which something said later holds. */
function lasting<T extends { from: Instant }>(said: readonly T[], isOver: (earlier: T, later: T) => boolean): T[] {
  const kept: T[] = []
  for (const one of said) {
    for (let last = kept.at(-1); last && isOver(last, one); last = kept.at(-1)) kept.pop()
    kept.push(one)
  }
  return kept
}

/** Stages that were passed in one moment were passed; facts that lasted no moment never were. */
function stretchesOf({ bornAt, standings, ...states }: Tracks): Stretch[] {
  const steps = lasting(standings, (earlier, later) => earlier.from > later.from).filter(isStep)
  const facts = lasting(states.facts, isPast)
  const archived = lasting(states.archived, isPast)
  const deleted = lasting(states.deleted, isPast)
  const isGone = states.deleted.at(-1)?.value ?? false
  // All of them begin when the deal does.
  const later = [...facts.slice(1), ...archived.slice(1), ...deleted.slice(1)]
  const cuts = later.length === 0 ? [] : [...new Set(later.map(({ from }) => from))].sort((a, b) => a - b)
  const life: Stretch[] = []
  const seen = new Set<number>()
  let enteredAt = bornAt
  for (const [index, { from, how, pipelineId, stageId, kind, userId }] of steps.entries()) {
    const end = steps[index + 1]?.from ?? null
    const former = steps[index - 1]
    const arrival = how === 'came' ? arrivalOf(former, stageId, from, enteredAt, seen) : none
    if (how === 'came' || !former) enteredAt = from
    const parts: Stretch[] = []
    for (const since of [from, ...cuts.filter((cut) => cut > from && (end === null || cut < end))]) {
      const { arrives, isFirst, fromStageId, stayed } = parts.length === 0 ? arrival : none
      const { amount, currency, ownerId, probability, expectedCloseDate } = said(facts, since)
      const part: Stretch = {
        nth: life.length + parts.length + 1,
        since,
        until: end,
        pipelineId,
        stageId,
        kind,
        enteredAt,
        bornAt,
        arrives,
        isFirst,
        fromStageId,
        stayed,
        userId,
        amount,
        currency,
        ownerId,
        probability,
        expectedCloseDate,
        isCounted: !said(archived, since) && !said(deleted, since),
        isGone,
      }
      const last = parts.at(-1)
      if (last && sameState(last, part)) continue
      if (last) parts[parts.length - 1] = { ...last, until: since }
      parts.push(part)
    }
    life.push(...parts)
  }
  return life
}

/** Not where a move was undone as if it had never been made. */
const isStep = (step: Standing, index: number, steps: readonly Standing[]): boolean => {
  const former = steps[index - 1]
  return !former || former.stageId !== step.stageId || former.pipelineId !== step.pipelineId || former.how === 'known'
}

const isPast = (earlier: { from: Instant }, later: { from: Instant }): boolean => earlier.from >= later.from

/** What a track says of a moment; each begins when the deal was created. */
const said = <T>(track: readonly Said<T>[], at: Instant): T => (track.findLast(({ from }) => from <= at) as Said<T>).value

const sameState = (a: Stretch, b: Stretch): boolean => a.isCounted === b.isCounted && sameFacts(a, b)

type Arrival = Pick<Stretch, 'arrives' | 'isFirst' | 'fromStageId' | 'stayed'>
const none: Arrival = { arrives: false, isFirst: false, fromStageId: null, stayed: null }

function arrivalOf(former: Standing | undefined, stageId: number, at: Instant, enteredAt: Instant, seen: Set<number>): Arrival {
  const isFirst = !seen.has(stageId)
  seen.add(stageId)
  if (!former || former.how === 'known') return { arrives: true, isFirst, fromStageId: null, stayed: null }
  return { arrives: true, isFirst, fromStageId: former.stageId, stayed: at - enteredAt }
}

/**
 * The life after a change that says nothing about the past, which nearly all changes are: undefined where it has to be worked out from
 * the events. The same life where nothing that counts has changed.
 */
export function continued(
  life: readonly Stretch[],
  { before, after, at, userId }: { before: Deal; after: Deal; at: Instant; userId: number },
): readonly Stretch[] | undefined {
  const last = life.at(-1)
  const moved = after.stageId !== before.stageId
  const closes = moved && closesBy(before, after)
  const isLate = (moment: Instant | null) => moment === null || moment < at
  if (!last || last.since >= at) return undefined
  if (moved && isLate(closes ? after.closedAt : after.stageChangedAt)) return undefined
  if (after.deletedAt !== before.deletedAt) return undefined
  if (!closes && corrects('closedAt', before, after)) return undefined
  if (!moved && corrects('stageChangedAt', before, after)) return undefined
  const archives = after.archivedAt !== null && after.archivedAt !== before.archivedAt
  if (archives && (before.archivedAt !== null || isLate(after.archivedAt))) return undefined
  const next: Stretch = {
    ...last,
    nth: last.nth + 1,
    since: at,
    pipelineId: after.pipelineId,
    stageId: after.stageId,
    kind: after.outcome,
    ...none,
    ...factsOf(after),
    isCounted: isCounted(after),
    ...(moved
      ? {
          enteredAt: at,
          userId,
          arrives: true,
          isFirst: !life.some(({ arrives, stageId }) => arrives && stageId === after.stageId),
          fromStageId: last.stageId,
          stayed: at - last.enteredAt,
        }
      : {}),
  }
  if (!moved && next.pipelineId === last.pipelineId && sameState(last, next)) return life
  return [...life.slice(0, -1), { ...last, until: at }, next]
}

/** Whether a change is of no account to reports. */
export const isBesideThePoint = (before: Deal, after: Deal): boolean =>
  after.stageId === before.stageId &&
  after.pipelineId === before.pipelineId &&
  after.closedAt === before.closedAt &&
  after.stageChangedAt === before.stageChangedAt &&
  after.archivedAt === before.archivedAt &&
  after.deletedAt === before.deletedAt &&
  sameFacts(before, after)
