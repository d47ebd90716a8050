import type { MenuEntry } from '../ui/menu.tsx'
import { assignCards, deleteCards, loseCards, moveCards, tagCards, winCards } from './acts.ts'
import { type Card, findCard, type Place, placeAt } from './board.ts'
import type { Asking } from './dialogs.tsx'
import type { BoardData, Doing } from './use-board.ts'

interface DeedProps {
  data: BoardData
  ask: (asking: Asking, ids: readonly number[]) => void
  selected: ReadonlySet<number>
  setSelected: (selected: ReadonlySet<number>) => void
}

/** Where something was dropped. */
export type Goal = Readonly<Record<string | symbol, unknown>>

export type Deeds = ReturnType<typeof useDeeds>

/** What can be done with one card or with those that are selected. */
export function useDeeds({ data, ask, selected, setSelected }: DeedProps) {
  const cardsOf = (ids: readonly number[]): Card[] => ids.flatMap((id) => (data.board && findCard(data.board, id)?.card) ?? [])

  const act = (doing: Doing) => {
    // What was done with a selection ends it; what is refused can be selected again.
    if (doing.change.ids.some((id) => selected.has(id))) setSelected(new Set())
    return data.act(doing)
  }
  const move = (ids: readonly number[], stage: { id: number; name: string }, place: Place) =>
    act(moveCards(ids, cardsOf(ids), stage, place))
  const win = (ids: readonly number[]) => act(winCards(ids, cardsOf(ids)))
  const askLoss = (ids: readonly number[]) =>
    ask({ kind: 'lose', onSaid: (loss) => void act(loseCards(ids, cardsOf(ids), loss)) }, ids)
  const askMove = (ids: readonly number[]) =>
    ask(
      {
        kind: 'move',
        onSaid: (stage) => {
          const cards = cardsOf(ids)
          if (stage.kind === 'won') return void act(winCards(ids, cards))
          if (stage.kind === 'lost') return askLoss(ids)
          const isHere = data.board?.columns.some((column) => column.stage.id === stage.id)
          const doing = moveCards(ids, cards, stage, 'first')
          void act(isHere ? doing : { ...doing, change: { kind: 'leave', ids } })
        },
      },
      ids,
    )
  const askOwner = (ids: readonly number[]) =>
    ask({ kind: 'assign', onSaid: (owner) => void act(assignCards(ids, cardsOf(ids), owner)) }, ids)
  const askTag = (ids: readonly number[]) =>
    ask({ kind: 'tag', onSaid: (tag) => void act(tagCards(ids, cardsOf(ids), tag)) }, ids)
  const askDelete = (ids: readonly number[]) =>
    ids.length === 1
      ? void act(deleteCards(ids, cardsOf(ids)))
      : ask({ kind: 'delete', onSaid: () => void act(deleteCards(ids, cardsOf(ids))) }, ids)
  const toggle = (id: number) => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    setSelected(next)
  }

  /** Cards that were dropped at a place of a column, or on won or lost. */
  const drop = (ids: readonly number[], goal: Goal) => {
    if (ids.length === 0) return
    if (goal.outcome === 'won') return void win(ids)
    if (goal.outcome === 'lost') return askLoss(ids)
    const column = data.board?.columns.find(({ stage }) => stage.id === goal.stageId)
    if (!column || typeof goal.index !== 'number') return
    putAt(ids, column.stage.id, goal.index)
  }

  /** Puts cards between others; where they are already nothing happens. */
  const putAt = (ids: readonly number[], stageId: number, index: number) => {
    const column = data.board?.columns.find(({ stage }) => stage.id === stageId)
    if (!column || !data.board) return
    const [only] = ids
    const found = ids.length === 1 && only !== undefined ? findCard(data.board, only) : undefined
    if (found?.column.stage.id === stageId && (index === found.index || index === found.index + 1)) return
    void move(ids, column.stage, placeAt(column, index, ids))
  }

  const menuOf = (card: Card, open: () => void): readonly MenuEntry[] => {
    const ids = [card.id]
    return [
      { label: 'Open', onClick: open },
      { label: selected.has(card.id) ? 'Unselect' : 'Select', onClick: () => toggle(card.id), hint: 'X' },
      'line',
      { label: 'Move to…', onClick: () => askMove(ids), hint: 'M' },
      { label: 'Move to the top', onClick: () => putAt(ids, card.stageId, 0) },
      { label: 'Assign to…', onClick: () => askOwner(ids) },
      'line',
      { label: 'Won', onClick: () => void win(ids), hint: 'W' },
      { label: 'Lost…', onClick: () => askLoss(ids), hint: 'L' },
      'line',
      { label: 'Delete', onClick: () => askDelete(ids), danger: true },
    ]
  }

  return {
    cardsOf,
    win,
    askLoss,
    askMove,
    askOwner,
    askTag,
    askDelete,
    toggle,
    drop,
    putAt,
    menuOf,
    clear: () => setSelected(new Set()),
  }
}
