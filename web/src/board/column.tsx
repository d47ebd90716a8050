import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine'
import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element'
import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual'
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { plural } from '../format.ts'
import { useLongList } from '../ui/long-list.ts'
import { usePrinting } from '../ui/printing.ts'
import type { Board, Column as ColumnData } from './board.ts'
import { Card, CardShape, rowHeight } from './card.tsx'
import { ColumnHead } from './column-head.tsx'
import type { Hand } from './hand.ts'
import { QuickAdd } from './quick-add.tsx'
import { at, indexIn, knownIn } from './runs.ts'

/** Where the board looks at a column, and how it moves what is seen. */
export interface ColumnHandle {
  /** How far into the column what is seen begins. */
  offset: () => number
  show: (index: number) => void
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
  const rows = column.count + (column.hasMore ? 5 : 0)
  const activeIndex = activeId === undefined ? undefined : indexIn(runs, ({ id }) => id === activeId)
  // Where the focus is, and what is being dragged, stays in the page although it is scrolled out of sight.
  const held = [activeIndex, ...liftedIds.slice(0, 1).map((id) => indexIn(runs, (card) => card.id === id))]
  const isPrinting = usePrinting()
  const rangeExtractor = (range: Range) => {
    // Nobody scrolls paper: all that has been read stands on it.
    if (isPrinting) return knownIn(runs)
    const seen = defaultRangeExtractor(range)
    const outside = held.filter((index) => index !== undefined && index < rows && !seen.includes(index))
    return [...seen, ...outside].filter((index) => index !== undefined).sort((a, b) => a - b)
  }
  const long = useLongList({
    scroller: list,
    count: rows,
    rowHeight,
    overscan: 4,
    rangeExtractor,
    initialRect: { width: 0, height: 800 },
  })
  const { startIndex: from = 0, endIndex: to = 12 } = long.virtual.range ?? {}

  useEffect(() => hand.see(stage.id, Math.max(0, from - 4), to + 5))
  useAnchor(column, long, from)

  // The same for as long as the column stands; what it does is always of what was drawn last.
  const latest = useRef(long)
  useLayoutEffect(() => {
    latest.current = long
  })
  const [handle] = useState<ColumnHandle>(() => ({
    offset: () => latest.current.offset(),
    show: (index) => latest.current.show(index),
    point: (index) => {
      const { current } = pointer
      if (!current) return
      current.hidden = index === undefined
      if (index !== undefined) current.style.transform = `translateY(${latest.current.topOf(index * rowHeight - 4, 4)}px)`
    },
  }))

  useEffect(() => {
    register(stage.id, handle)
    return () => register(stage.id, null)
  }, [register, stage.id, handle])

  useEffect(() => {
    const { current } = list
    if (!current || !canMove) return
    const { point } = handle
    const slotAt = (y: number) => {
      const top = current.getBoundingClientRect().top - handle.offset()
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
  }, [canMove, stage.id, handle])

  const items = long.virtual.getVirtualItems()
  const tabStop = activeIndex ?? from
  return (
    <section className="column" aria-label={stage.name} data-stage={stage.id}>
      <ColumnHead column={column} board={board} hand={hand} canAdd={canMove} />
      {isAdding && <QuickAdd stage={stage} />}
      <div className="column-list" ref={list} data-count={column.count}>
        <ul className="column-cards" style={{ height: long.height }}>
          {items.map(({ index, start }) => {
            const card = at(runs, index)
            return (
              <li
                key={card ? card.id : `row-${index}`}
                className="column-row"
                style={{ transform: `translateY(${long.topOf(start)}px)` }}
              >
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
        {isPrinting && column.all > items.length && (
          <p className="column-empty">and {plural(column.all - items.length, 'more deal')}</p>
        )}
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
function useAnchor({ runs }: ColumnData, long: ReturnType<typeof useLongList>, from: number): void {
  const anchor = useRef<{ id: number; index: number } | undefined>(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `long` is new every time and does the same
  useLayoutEffect(() => {
    const was = anchor.current
    if (was && long.offset() > 0) {
      const index = indexIn(runs, ({ id }) => id === was.id)
      if (index !== undefined && index !== was.index) long.goTo(long.offset() + (index - was.index) * rowHeight)
    }
    const first = at(runs, from)
    anchor.current = first && { id: first.id, index: from }
  }, [runs, from])
}
