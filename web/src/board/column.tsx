import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine'
import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element'
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useEffect, useLayoutEffect, useRef } from 'react'
import type { Board, Column as ColumnData } from './board.ts'
import { Card, CardShape, rowHeight } from './card.tsx'
import { ColumnHead } from './column-head.tsx'
import type { Hand } from './hand.ts'
import { QuickAdd } from './quick-add.tsx'
import { at, indexIn } from './runs.ts'

/** A browser draws nothing higher than some 17 million pixels; what is beyond is reached by filtering. */
const mostRows = 215_000

/** Where the board looks at a column, and how it moves what is seen. */
export interface ColumnHandle {
  list: HTMLElement
  scrollTo: (index: number) => void
  /** Shows between which cards one would be put; undefined: nowhere. */
  point: (index: number | undefined) => void
}

interface ColumnProps {
  column: ColumnData
  board: Pick<Board, 'pipeline' | 'isWeighted' | 'isFiltered'>
  userNames: ReadonlyMap<number, string>
  hrefOf: (id: number) => string
  activeId: number | undefined
  liftedIds: readonly number[]
  selected: ReadonlySet<number>
  flashing: ReadonlySet<number>
  isAdding: boolean
  canMove: boolean
  hand: Hand
  register: (stageId: number, handle: ColumnHandle | null) => void
}

export const Column = memo(function Column(props: ColumnProps) {
  const { column, board, userNames, hrefOf, activeId, liftedIds, selected, flashing, isAdding, canMove, hand, register } = props
  const { stage, runs } = column
  const list = useRef<HTMLDivElement>(null)
  const pointer = useRef<HTMLDivElement>(null)

  // A filtered column knows not how many follow; some skeletons stand for them until they are asked for.
  const rows = Math.min(column.count + (column.hasMore ? 5 : 0), mostRows)
  const activeIndex = activeId === undefined ? undefined : indexIn(runs, ({ id }) => id === activeId)
  // Where the focus is, and what is being dragged, stays in the page although it is scrolled out of sight.
  const held = [activeIndex, ...liftedIds.slice(0, 1).map((id) => indexIn(runs, (card) => card.id === id))]
  const rangeExtractor = (range: Range) => {
    const seen = defaultRangeExtractor(range)
    const outside = held.filter((index) => index !== undefined && index < rows && !seen.includes(index))
    return [...seen, ...outside].filter((index) => index !== undefined).sort((a, b) => a - b)
  }
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => list.current,
    estimateSize: () => rowHeight,
    overscan: 4,
    rangeExtractor,
    initialRect: { width: 0, height: 800 },
  })
  const { startIndex: from = 0, endIndex: to = 12 } = virtual.range ?? {}

  useEffect(() => hand.see(stage.id, Math.max(0, from - 4), to + 5))
  useAnchor(column, list, from)

  const point = useCallback((index: number | undefined) => {
    const { current } = pointer
    if (!current) return
    current.hidden = index === undefined
    if (index !== undefined) current.style.transform = `translateY(${index * rowHeight - 4}px)`
  }, [])

  useEffect(() => {
    const { current } = list
    if (!current) return
    register(stage.id, { list: current, scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }), point })
    return () => register(stage.id, null)
  }, [register, stage.id, virtual, point])

  useEffect(() => {
    const { current } = list
    if (!current || !canMove) return
    const slotAt = (y: number) => {
      const top = current.getBoundingClientRect().top - current.scrollTop
      return Math.max(0, Math.min(Number(current.dataset.count), Math.round((y - top) / rowHeight)))
    }
    return combine(
      dropTargetForElements({
        element: current,
        canDrop: ({ source }) => 'cardId' in source.data,
        getData: ({ input }) => ({ stageId: stage.id, index: slotAt(input.clientY) }),
        onDrag: ({ self }) => point(typeof self.data.index === 'number' ? self.data.index : undefined),
        onDragLeave: () => point(undefined),
        onDrop: () => point(undefined),
      }),
      autoScrollForElements({ element: current, getConfiguration: () => ({ maxScrollSpeed: 'fast' }) }),
    )
  }, [canMove, stage.id, point])

  const items = virtual.getVirtualItems()
  const tabStop = activeIndex ?? from
  return (
    <section className="column" aria-label={stage.name} data-stage={stage.id}>
      <ColumnHead column={column} board={board} hand={hand} canAdd={canMove} />
      {isAdding && <QuickAdd stage={stage} />}
      <div className="column-list" ref={list} data-count={column.count}>
        <ul className="column-cards" style={{ height: rows * rowHeight }}>
          {items.map(({ index, start }) => {
            const card = at(runs, index)
            return (
              <li key={card ? card.id : `row-${index}`} className="column-row" style={{ transform: `translateY(${start}px)` }}>
                {card ? (
                  <Card
                    card={card}
                    ownerName={userNames.get(card.ownerId) ?? ''}
                    stageName={stage.name}
                    position={`${index + 1} of ${column.count}`}
                    href={hrefOf(card.id)}
                    isTabStop={index === tabStop}
                    isSelected={selected.has(card.id)}
                    isLifted={liftedIds.includes(card.id)}
                    isFlashing={flashing.has(card.id)}
                    canMove={canMove}
                    hand={hand}
                  />
                ) : (
                  <CardShape />
                )}
              </li>
            )
          })}
        </ul>
        <div className="column-pointer" ref={pointer} hidden />
        {rows === 0 && <p className="column-empty">{board.isFiltered ? 'No card here fits the filter.' : emptyWords(stage)}</p>}
      </div>
    </section>
  )
})

const emptyWords = ({ name, probability }: ColumnData['stage']): string =>
  probability === null
    ? `Deals that have reached ${name} stand here.`
    : `Deals that have reached ${name} stand here: ${probability}% of them are expected to be won.`

/**
 * Keeps what somebody looks at where it is when cards come or go above it. At the very top nothing is above, and new cards are seen.
 */
function useAnchor({ runs }: ColumnData, list: React.RefObject<HTMLDivElement | null>, from: number): void {
  const anchor = useRef<{ id: number; index: number } | undefined>(undefined)
  useLayoutEffect(() => {
    const { current } = list
    const was = anchor.current
    if (current && was && current.scrollTop > 0) {
      const index = indexIn(runs, ({ id }) => id === was.id)
      if (index !== undefined && index !== was.index) current.scrollTop += (index - was.index) * rowHeight
    }
    const first = at(runs, from)
    anchor.current = first && { id: first.id, index: from }
  }, [runs, from, list])
}
