import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { announce } from '../announce.ts'
import { isTyping, keyOf } from '../keyboard.ts'
import { type Board, type Column, findCard } from './board.ts'
import { rowHeight } from './card.tsx'
import type { ColumnHandle } from './column.tsx'
import { at } from './runs.ts'
import type { Deeds } from './use-deeds.ts'

interface KeyProps {
  board: Board | undefined
  root: RefObject<HTMLElement | null>
  handles: RefObject<Map<number, ColumnHandle>>
  activeId: number | undefined
  setActive: (id: number) => void
  canMove: boolean
  deeds: Deeds
  openDeal: (id: number) => void
  addIn: (stageId: number) => void
}

/** A card that was lifted by Space: where it would be put. */
interface Lifted {
  ids: readonly number[]
  stageId: number
  index: number
}

/** The board by keys: arrows go from card to card, Space lifts one and puts it down, letters do what menus do. */
export function useBoardKeys({ board, root, handles, activeId, setActive, canMove, deeds, openDeal, addIn }: KeyProps) {
  const [lifted, setLifted] = useState<Lifted>()
  const wanted = useRef<number>(undefined)

  // A card that is scrolled to is drawn a moment later; then it gets the focus.
  useEffect(() => {
    if (wanted.current === undefined) return
    const link = root.current?.querySelector<HTMLElement>(`[data-card="${wanted.current}"] a`)
    if (!link) return
    wanted.current = undefined
    link.focus({ preventScroll: true })
  })

  const found = board && activeId !== undefined ? findCard(board, activeId) : undefined

  const focus = (column: Column, index: number) => {
    const card = at(column.runs, index)
    handles.current.get(column.stage.id)?.show(index)
    if (!card) return
    wanted.current = card.id
    setActive(card.id)
    root.current?.querySelector(`[data-stage="${column.stage.id}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }

  /** The card of a neighbouring column that stands at the same height. */
  const focusBeside = (step: 1 | -1) => {
    if (!board || !found) return
    const columns = board.columns.filter(({ count }) => count > 0)
    const next = columns[columns.indexOf(found.column) + step]
    const from = handles.current.get(found.column.stage.id)
    const to = next && handles.current.get(next.stage.id)
    if (!from || !to) return
    const height = found.index * rowHeight - from.offset()
    const index = Math.round((to.offset() + height) / rowHeight)
    focus(next, Math.max(0, Math.min(index, next.count - 1)))
  }

  const point = (next: Lifted | undefined) => {
    for (const [stageId, handle] of handles.current) handle.point(next?.stageId === stageId ? next.index : undefined)
    setLifted(next)
  }
  const lift = () => {
    if (!found || !canMove) return
    const { card, column, index } = found
    point({ ids: [card.id], stageId: column.stage.id, index })
    announce(
      `${card.title} lifted. ${column.stage.name}, place ${index + 1} of ${column.count}. Arrow keys move it, Space drops it, Escape puts it back.`,
    )
  }
  const carry = (sideways: number, down: number) => {
    if (!board || !lifted) return
    const nth = board.columns.findIndex(({ stage }) => stage.id === lifted.stageId)
    const column = board.columns[Math.max(0, Math.min(nth + sideways, board.columns.length - 1))]
    if (!column) return
    const isSame = column.stage.id === lifted.stageId
    const index = isSame ? Math.max(0, Math.min(lifted.index + down, column.count)) : Math.min(lifted.index, column.count)
    handles.current.get(column.stage.id)?.show(Math.min(index, Math.max(0, column.count - 1)))
    root.current?.querySelector(`[data-stage="${column.stage.id}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    point({ ...lifted, stageId: column.stage.id, index })
    const isHome = column.stage.id === found?.column.stage.id
    announce(`${column.stage.name}, place ${index + 1} of ${column.count + (isHome ? 0 : 1)}`)
  }
  const drop = () => {
    if (!lifted) return
    point(undefined)
    wanted.current = lifted.ids[0]
    deeds.putAt(lifted.ids, lifted.stageId, lifted.index)
  }
  const putBack = () => {
    point(undefined)
    announce('Put back')
  }

  const lifting: Record<string, () => void> = {
    ArrowUp: () => carry(0, -1),
    // The place after itself is where it is already: the first step down goes beyond it.
    ArrowDown: () =>
      carry(0, lifted && found && lifted.stageId === found.column.stage.id && lifted.index === found.index ? 2 : 1),
    ArrowLeft: () => carry(-1, 0),
    ArrowRight: () => carry(1, 0),
    ' ': drop,
    Enter: drop,
    Escape: putBack,
  }
  const going: Record<string, () => void> = found
    ? {
        ArrowUp: () => focus(found.column, Math.max(0, found.index - 1)),
        ArrowDown: () => focus(found.column, Math.min(found.column.count - 1, found.index + 1)),
        ArrowLeft: () => focusBeside(-1),
        ArrowRight: () => focusBeside(1),
        Home: () => focus(found.column, 0),
        End: () => focus(found.column, found.column.count - 1),
        Enter: () => openDeal(found.card.id),
        Escape: deeds.clear,
        x: () => deeds.toggle(found.card.id),
        ...(canMove && {
          ' ': lift,
          m: () => deeds.askMove([found.card.id]),
          w: () => void deeds.win([found.card.id]),
          l: () => deeds.askLoss([found.card.id]),
          Delete: () => deeds.askDelete([found.card.id]),
        }),
      }
    : {}

  const press = (event: KeyboardEvent) => {
    if (!(event.target instanceof Element) || !event.target.closest('[data-card]')) return
    if (isTyping(event.target) && !event.target.matches('.card-check')) return
    const act = (lifted ? lifting : going)[keyOf(event.nativeEvent)]
    if (!act) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }

  return {
    press,
    liftedIds: lifted?.ids,
    /** Opens the form for a new deal where the person is. */
    add: () => {
      const stageId = found?.column.stage.id ?? board?.columns[0]?.stage.id
      if (stageId !== undefined) addIn(stageId)
    },
  }
}
