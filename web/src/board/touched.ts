import { type Board, type Change, findCard } from './board.ts'

/** The columns whose cards or sums a change touches. */
export function stagesTouched(board: Board, change: Change): number[] {
  const from = change.ids.map((id) => findCard(board, id)?.column.stage.id).filter((id) => id !== undefined)
  return [...new Set([...from, ...(change.kind === 'move' ? [change.stageId] : [])])]
}
