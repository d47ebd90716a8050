import type { StageKind } from '../domain/stage.ts'
import { dayInMs, type Instant } from '../domain/time.ts'
import type { Random } from './random.ts'

/** What happens to one deal, in the order in which it happens. */
export type Turn =
  | { at: Instant; kind: 'created' }
  | { at: Instant; kind: 'moved'; stage: number }
  | { at: Instant; kind: 'closed'; outcome: Exclude<StageKind, 'open'> }
  | { at: Instant; kind: 'reopened' | 'repriced' | 'postponed' | 'handed over' | 'archived' }

/** Of so many deals a stage is left forwards; the others are lost there. */
const goesOn = 0.8
const isWonAtLast = 0.68

/** Days that a deal stays in a stage. */
const meanStay = 13

/** The life of a deal that was created at a moment, through so many open stages, as far as it has come by now. */
export function storyOf({
  createdAt,
  now,
  stages,
  chance,
}: {
  createdAt: Instant
  now: Instant
  stages: number
  chance: Random
}): Turn[] {
  const turns: Turn[] = [{ at: createdAt, kind: 'created' }]
  let at = createdAt
  const pass = (mean: number) => {
    at = inOfficeHours(at + Math.max(0.05, chance.wait(mean)) * dayInMs, chance)
    return at
  }
  let hasReopened = false
  for (let stage = 0; ; ) {
    pass(meanStay)
    if (chance.chance(0.18)) turns.push({ at: pass(2), kind: chance.pick(['repriced', 'postponed', 'handed over']) })
    const isLast = stage === stages - 1
    if (chance.chance(isLast ? isWonAtLast : goesOn)) {
      if (!isLast) {
        turns.push({ at, kind: 'moved', stage: ++stage })
        continue
      }
      turns.push({ at, kind: 'closed', outcome: 'won' })
      break
    }
    turns.push({ at, kind: 'closed', outcome: stage === 0 && chance.chance(0.4) ? 'unqualified' : 'lost' })
    if (hasReopened || !chance.chance(0.12)) {
      if (chance.chance(0.15)) turns.push({ at: pass(40), kind: 'archived' })
      break
    }
    hasReopened = true
    turns.push({ at: pass(20), kind: 'reopened' })
  }
  return turns.filter((turn) => turn.at <= now)
}

/** The same day between eight and six, or the Monday after. UTC will do: nobody of this team can be called. */
export function inOfficeHours(at: Instant, chance: Random): Instant {
  const day = Math.floor(at / dayInMs)
  // The first of January 1970 was a Thursday.
  const weekday = (day + 4) % 7
  const workday = day + (weekday === 6 ? 2 : weekday === 0 ? 1 : 0)
  const early = workday * dayInMs + chance.between(8 * 60, 18 * 60) * 60_000 + chance.between(0, 59_999)
  return early > at ? early : Math.ceil(at) + chance.between(60_000, 3_600_000)
}
