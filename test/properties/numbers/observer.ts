import type { Event } from '../../../src/domain/events.ts'
import type { JsonObject } from '../../../src/domain/text.ts'

/**
 * What the log says, worked out the slow way: everything that was ever said of a deal is kept with the moment from which it holds, and
 * whoever asks about a moment goes through all of it. It knows of no stretches, ledgers or days.
 */

export interface Place {
  from: number
  stage: number
  pipeline: number
  kind: string
  how: 'came' | 'known' | 'taken'
  closing: boolean
}

interface Said {
  from: number
  value: JsonObject
}

export interface Observed {
  id: number
  born: number
  places: Place[]
  facts: Said[]
  hidden: Said[]
  isDeleted: boolean
  outcome: string
}

const fate = (kind: unknown) => (kind === 'unqualified' ? 'lost' : String(kind))

export function observe(id: number, events: readonly Event[]): Observed {
  const [first] = events
  const made = first?.after as Record<string, number | string | null>
  const told = first?.at ?? 0
  const born = Math.min(Number(made.createdAt), told)
  const clamp = (moment: unknown, at: number) => Math.max(born, Math.min(Number(moment), at))
  const here = { stage: Number(made.stageId), pipeline: Number(made.pipelineId), kind: String(made.outcome) }
  const places: Place[] = []
  const closed = here.kind !== 'open'
  const since = clamp((closed ? made.closedAt : undefined) ?? made.stageChangedAt ?? born, told)
  if (closed && made.openStageId != null)
    places.push({ ...here, stage: Number(made.openStageId), kind: 'open', from: born, how: 'came', closing: false })
  if (!closed && since > born) places.push({ ...here, from: born, how: 'known', closing: false })
  places.push({ ...here, from: since, how: 'came', closing: closed })
  const facts: Said[] = [{ from: born, value: made }]
  const hidden: Said[] = [{ from: born, value: { archived: false, deleted: false } }]
  if (made.archivedAt != null) hidden.push({ from: clamp(made.archivedAt, told), value: { archived: true } })
  let state: Record<string, unknown> = { ...made }
  for (const { at, after } of events.slice(1)) {
    const change = (after ?? {}) as Record<string, unknown>
    const was = state
    state = { ...state, ...change }
    const now = { stage: Number(state.stageId), pipeline: Number(state.pipelineId), kind: String(state.outcome) }
    const closes = 'stageId' in change && state.outcome !== 'open' && fate(was.outcome) !== fate(state.outcome)
    if ('stageId' in change)
      places.push({
        ...now,
        from: clamp(closes ? state.closedAt : (state.stageChangedAt ?? born), at),
        how: 'came',
        closing: closes,
      })
    else if ('pipelineId' in change) places.push({ ...now, from: at, how: 'taken', closing: false })
    if (!closes && change.closedAt != null)
      for (const place of places.filter(({ closing }) => closing).slice(-1)) place.from = clamp(change.closedAt, at)
    if (!('stageId' in change) && change.stageChangedAt != null)
      for (const place of places.filter(({ how }) => how === 'came').slice(-1))
        if (!place.closing) place.from = clamp(change.stageChangedAt, at)
    facts.push({ from: at, value: state as JsonObject })
    if ('archivedAt' in change) {
      const last = hidden.findLast(({ value }) => 'archived' in value)
      if (change.archivedAt === null) hidden.push({ from: at, value: { archived: false } })
      else if (last?.value.archived === true) last.from = clamp(change.archivedAt, at)
      else hidden.push({ from: clamp(change.archivedAt, at), value: { archived: true } })
    }
    if ('deletedAt' in change) hidden.push({ from: at, value: { deleted: change.deletedAt !== null } })
  }
  return { id, born, places, facts, hidden, isDeleted: state.deletedAt != null, outcome: String(state.outcome) }
}

/** The last thing said that holds by then. */
const by = <T extends { from: number }>(said: readonly T[], at: number): T | undefined => said.findLast(({ from }) => from <= at)

export interface Standing {
  stage: number
  pipeline: number
  kind: string
  amount: number
  currency: string
  owner: number
  probability: number | null
  expected: string | null
}

/** Where the deal stood on the board at a moment, and as what. */
export function standingAt(deal: Observed, at: number): Standing | undefined {
  const place = by(deal.places, at)
  const facts = by(deal.facts, at)?.value
  const is = (what: string) =>
    by(
      deal.hidden.filter(({ value }) => what in value),
      at,
    )?.value[what] === true
  if (!place || !facts || is('archived') || is('deleted')) return undefined
  return {
    stage: place.stage,
    pipeline: place.pipeline,
    kind: place.kind,
    amount: Number(facts.amount ?? 0),
    currency: String(facts.currency),
    owner: Number(facts.ownerId),
    probability: facts.probability == null ? null : Number(facts.probability),
    expected: facts.expectedCloseDate == null ? null : String(facts.expectedCloseDate),
  }
}

/** The deal as its last event left it. */
export const lastOf = ({ facts }: Observed): Record<string, unknown> => facts.at(-1)?.value ?? {}

export interface Move {
  deal: Observed
  at: number
  from: Place | undefined
  to: Place
  /** How long it had been in the stage it came from. */
  stayed: number | undefined
  amount: number
  currency: string
  owner: number
}

/** Where it was, one place after the other, without what was undone by something said later of an earlier moment. */
export function placesOf(deal: Observed): Place[] {
  const lasting = deal.places.filter((place, index) => !deal.places.slice(index + 1).some((later) => later.from < place.from))
  const places: Place[] = []
  for (const place of lasting) {
    const last = places.at(-1)
    if (last && last.stage === place.stage && last.pipeline === place.pipeline && last.how !== 'known') continue
    places.push(place)
  }
  return places
}

/** Every coming to a stage. */
export function movesOf(deal: Observed): Move[] {
  const places = placesOf(deal)
  const moves: Move[] = []
  let entered: number | undefined
  for (const [index, to] of places.entries()) {
    const before = places[index - 1]
    const facts = by(deal.facts, to.from)?.value ?? {}
    const money = { amount: Number(facts.amount ?? 0), currency: String(facts.currency), owner: Number(facts.ownerId) }
    if (index === 0) moves.push({ deal, at: to.from, from: undefined, to, stayed: undefined, ...money })
    else if (to.how === 'came' && before?.how !== 'known')
      moves.push({ deal, at: to.from, from: before, to, stayed: to.from - (entered ?? to.from), ...money })
    if (to.how === 'came' || index === 0) entered = to.from
  }
  return moves
}
