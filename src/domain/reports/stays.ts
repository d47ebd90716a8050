import { findAnyDeal } from '../deal.ts'
import type { Scope } from '../scope.ts'
import type { StageKind } from '../stage.ts'
import type { Instant } from '../time.ts'
import type { Stretch } from './life.ts'

/** A deal's time in one stage from when it came until it left. */
export interface Stay {
  readonly pipelineId: number
  readonly stageId: number
  readonly kind: StageKind
  readonly enteredAt: Instant
  /** Null while it lasts. */
  readonly leftAt: Instant | null
  /** Milliseconds; until now while it lasts. */
  readonly duration: number
  /** Who put it there. */
  readonly userId: number
}

/** The stays that a life consists of. Of a stage that the deal stood in from an unknown moment on, the time from its creation is not in it. */
export function staysOf(life: readonly Stretch[], now: Instant): Stay[] {
  const arrivals = life.filter(({ arrives }) => arrives)
  return arrivals.map(({ pipelineId, stageId, kind, enteredAt, userId }, index) => {
    const leftAt = arrivals[index + 1]?.since ?? null
    return { pipelineId, stageId, kind, enteredAt, leftAt, duration: (leftAt ?? Math.max(now, enteredAt)) - enteredAt, userId }
  })
}

/** How long a deal has been in each stage, all its stays there together. */
export interface StageTime {
  readonly stageId: number
  readonly times: number
  readonly duration: number
}

export function stageTimesOf(stays: readonly Stay[]): StageTime[] {
  return [...Map.groupBy(stays, ({ stageId }) => stageId)].map(([stageId, own]) => ({
    stageId,
    times: own.length,
    duration: own.reduce((sum, { duration }) => sum + duration, 0),
  }))
}

/**
 * A deal's stays in the order of time, deleted deals' too, and how long it has lived: until it was closed, or until now. For vendors that
 * show a deal's age and its seconds in each stage.
 */
export async function dealStays(
  scope: Scope,
  id: number,
): Promise<{ stays: readonly Stay[]; stages: readonly StageTime[]; age: number; openAge: number }> {
  const deal = await findAnyDeal(scope, id)
  const now = scope.now()
  const life = await scope.store.lives.of(id)
  const stays = staysOf(life, now)
  const bornAt = life[0]?.bornAt ?? deal.createdAt
  const age = Math.max(0, now - bornAt)
  const last = life.at(-1)
  const closedAt = last && last.kind !== 'open' ? (deal.closedAt ?? last.enteredAt) : null
  return { stays, stages: stageTimesOf(stays), age, openAge: closedAt === null ? age : Math.max(0, closedAt - bornAt) }
}
