import type { StageJson } from '../../../src/dialects/native/stages.ts'

/** Where a stage is put; just what the API takes. */
export type Place = { before: number } | { after: number }

type Row = Pick<StageJson, 'id' | 'kind'>

const isClosed = (stage: Row): boolean => stage.kind !== 'open'

/**
 * The stages with one of them at its new place; undefined where it is there already or cannot go there: open stages come before
 * closed ones. Dragging, keys and menu share it.
 */
export function withStageAt<T extends Row>(stages: readonly T[], id: number, place: Place): T[] | undefined {
  const moved = stages.find((stage) => stage.id === id)
  const others = stages.filter((stage) => stage.id !== id)
  const beside = others.findIndex((stage) => stage.id === ('before' in place ? place.before : place.after))
  if (!moved || beside < 0) return undefined
  const next = others.toSpliced('before' in place ? beside : beside + 1, 0, moved)
  const firstClosed = next.findIndex(isClosed)
  const isOrdered = firstClosed < 0 || next.slice(firstClosed).every(isClosed)
  const isSame = next.every((stage, index) => stage.id === stages[index]?.id)
  return isOrdered && !isSame ? next : undefined
}

/** The place one step up or down; undefined at the end of the stage's sort. */
export function stepOf(stages: readonly Row[], id: number, step: -1 | 1): Place | undefined {
  const at = stages.findIndex((stage) => stage.id === id)
  const beside = at < 0 ? undefined : stages[at + step]
  if (!beside) return undefined
  const place = step < 0 ? { before: beside.id } : { after: beside.id }
  return withStageAt(stages, id, place) && place
}

/** Stages that another one can be merged into: of the same kind and pipeline, not archived. */
export const mergeTargets = (stages: readonly StageJson[], from: StageJson): StageJson[] =>
  stages.filter((stage) => stage.id !== from.id && stage.kind === from.kind && !stage.isArchived)

/** Stages that can take the deals of one that goes, those of its own kind first. */
export const heirsOf = (stages: readonly StageJson[], gone: StageJson): StageJson[] => {
  const others = stages.filter((stage) => stage.id !== gone.id && !stage.isArchived)
  return [...others.filter(({ kind }) => kind === gone.kind), ...others.filter(({ kind }) => kind !== gone.kind)]
}

/** What is offered for a stage that is going: the nearest earlier stage of its kind, else the next one. */
export function likelyHeir(stages: readonly StageJson[], gone: StageJson): StageJson | undefined {
  const at = stages.findIndex(({ id }) => id === gone.id)
  const ofKind = mergeTargets(stages, gone)
  return ofKind.findLast(({ id }) => stages.findIndex((stage) => stage.id === id) < at) ?? ofKind[0] ?? heirsOf(stages, gone)[0]
}

/** Why a stage cannot be deleted or change its kind, before anybody asks the server; undefined where nothing is known against it. */
export function whyStays(stages: readonly Row[], stage: Row): string | undefined {
  if (stage.kind !== 'won' && stage.kind !== 'lost') return undefined
  return stages.some(({ id, kind }) => id !== stage.id && kind === stage.kind)
    ? undefined
    : `Every pipeline keeps at least one ${stage.kind} stage.`
}
