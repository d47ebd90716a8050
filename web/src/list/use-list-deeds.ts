import { assignCards, deleteCards, type Loss, loseCards, moveCards, tagCards, winCards } from '../board/acts.ts'
import type { BulkDeeds } from '../board/bulk-bar.tsx'
import type { Asking } from '../board/dialogs.tsx'
import type { Doing } from '../board/use-board.ts'
import { toastError } from '../ui/toast.tsx'
import { told } from '../undo.ts'
import { type Row, refreshLists } from './use-rows.ts'

interface ListDeeds {
  selected: ReadonlyMap<number, Row>
  clear: () => void
  ask: (asking: Asking, ids: readonly number[]) => void
}

/** What can be done with the selected rows: the same as with cards on the board, and said in the same words. */
export function useListDeeds({ selected, clear, ask }: ListDeeds): BulkDeeds {
  const rowsOf = (ids: readonly number[]): Row[] => ids.flatMap((id) => selected.get(id) ?? [])
  const act = async ({ send, said }: Omit<Doing, 'change'>): Promise<boolean> => {
    try {
      const { undo } = await send()
      told(said, undo)
      clear()
      await refreshLists()
      return true
    } catch (error) {
      toastError(error)
      await refreshLists()
      return false
    }
  }
  const win = (ids: readonly number[]) => act(winCards(ids, rowsOf(ids)))
  const lose = (ids: readonly number[], loss: Loss) => act(loseCards(ids, rowsOf(ids), loss))
  const askLoss = (ids: readonly number[]) => ask({ kind: 'lose', onSaid: (loss) => void lose(ids, loss) }, ids)
  return {
    win,
    clear,
    askLoss,
    askMove: (ids) =>
      ask(
        {
          kind: 'move',
          onSaid: (stage) => {
            if (stage.kind === 'lost') askLoss(ids)
            else void act(moveCards(ids, rowsOf(ids), stage, 'first'))
          },
        },
        ids,
      ),
    askOwner: (ids) => ask({ kind: 'assign', onSaid: (owner) => void act(assignCards(ids, rowsOf(ids), owner)) }, ids),
    askTag: (ids) => ask({ kind: 'tag', onSaid: (tag) => void act(tagCards(ids, rowsOf(ids), tag)) }, ids),
    askDelete: (ids) => ask({ kind: 'delete', onSaid: () => void act(deleteCards(ids, rowsOf(ids))) }, ids),
  }
}
