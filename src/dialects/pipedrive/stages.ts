import { found } from '../../domain/errors.ts'
import type { Scope } from '../../domain/scope.ts'
import { isOpen, listStages, type Stage, type StagePatch } from '../../domain/stage.ts'

/**
 * The vendor knows open stages only: winning and losing are a deal's status there. The stages that stand for them here are
 * unknown to both versions, by id as in lists.
 */
export const visibleStages = async (scope: Scope, pipelineId?: number): Promise<readonly Stage[]> =>
  (await listStages(scope, pipelineId)).filter(isOpen)

/** An open stage, which may be deleted: reading one by id says so, and does not answer that there is none. */
export async function findVisibleStage({ store }: Scope, id: number): Promise<Stage> {
  const stage = await store.stages.get(id)
  return found(stage && isOpen(stage) ? stage : undefined, 'stage')
}

/** An open stage that can be changed. */
export async function findLiveStage(scope: Scope, id: number): Promise<Stage> {
  const stage = await findVisibleStage(scope, id)
  return found(stage.deletedAt === null ? stage : undefined, 'stage')
}

/** Stages say 100 where nobody has said anything. */
export const stageProbability = (stage: Stage): number => stage.probability ?? 100

/**
 * Whether deals rot, and after how many days. Here the days alone say both, there the two are set apart: days are kept while
 * rotting is off, and it can be on without any.
 */
export interface Rot {
  enabled: boolean
  days: number | null
}

export function rotOf({ rotAfterDays, extras }: Pick<Stage, 'rotAfterDays' | 'extras'>): Rot {
  const { is_deal_rot_enabled: on, days_to_rotten: days } = extras.pipedrive ?? {}
  return {
    enabled: rotAfterDays !== null || on === true,
    days: rotAfterDays ?? (typeof days === 'number' ? days : null),
  }
}

/** How a stage is told whether and when its deals rot; what it has no word for goes into extras. */
export const readRot = ({ enabled, days }: Rot): Pick<StagePatch, 'rotAfterDays' | 'extras'> => ({
  rotAfterDays: enabled ? days : null,
  extras: { is_deal_rot_enabled: enabled && days === null ? true : null, days_to_rotten: enabled ? null : days },
})
