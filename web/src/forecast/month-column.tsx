import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { useEffect, useRef, useState } from 'react'
import type { CountsJson } from '../../../src/dialects/native/reports/plain.ts'
import type { StageJson } from '../../../src/dialects/native/stages.ts'
import type { UserJson } from '../../../src/dialects/native/users.ts'
import type { Query } from '../api.ts'
import { type Row, useRows } from '../list/use-rows.ts'
import { useLongList } from '../ui/long-list.ts'
import { CardShape, ForecastCard, rowHeight } from './forecast-card.tsx'
import { MonthHead } from './month-head.tsx'
import { type Span, type Sums, spanId } from './spans.ts'
import type { Moving } from './use-forecast.ts'

export interface Lookups {
  stages: ReadonlyMap<number, StageJson>
  users: ReadonlyMap<number, UserJson>
}

interface MonthColumnProps {
  span: Span
  spans: readonly Span[]
  name: string
  nameOf: (span: Span) => string
  isNow: boolean
  query: Query
  sums: Sums | undefined
  /** What was won in the month, where it has begun. */
  won: CountsJson | undefined
  isRead: boolean
  isWeighted: boolean
  /** The largest sum of any column, which fills its bar. */
  most: number
  lookups: Lookups
  moving: readonly Moving[]
  mayMove: boolean
  onMove: (row: Row, to: Span) => void
  onStep: (row: Row, by: -1 | 1) => void
}

const names = { company: true, contact: false }

/** The open deals of one month, the ones that close first on top; read as they come into sight. */
export function MonthColumn(props: MonthColumnProps) {
  const {
    span,
    spans,
    name,
    nameOf,
    isNow,
    query,
    sums,
    won,
    isRead,
    isWeighted,
    most,
    lookups,
    moving,
    mayMove,
    onMove,
    onStep,
  } = props
  const id = spanId(span)
  const column = useRef<HTMLElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const asked = { ...query, outcome: 'open', isArchived: false, sort: id === 'none' ? '-id' : 'expectedCloseDate' }
  const rows = useRows(asked, names, isRead ? countOf(sums) : undefined)
  const isOver = useDrop({ column, span, isEnabled: mayMove, onMove })
  const arriving = moving.filter(({ to, row }) => to === id && !rows.here().some((other) => other.id === row.id))
  const isEmpty = rows.total === 0 && arriving.length === 0

  const before = arriving.length * rowHeight
  const long = useLongList({ scroller, count: rows.room, rowHeight, overscan: 4, before })
  const { startIndex = 0, endIndex = 0 } = long.virtual.range ?? {}
  // biome-ignore lint/correctness/useExhaustiveDependencies: `see` is new every time and does the same
  useEffect(() => rows.see(startIndex, endIndex), [startIndex, endIndex])

  const card = (row: Row, isLeaving: boolean) => (
    <ForecastCard
      row={row}
      stage={lookups.stages.get(row.stageId)}
      owner={lookups.users.get(row.ownerId)?.name ?? ''}
      isLeaving={isLeaving}
      mayMove={mayMove && !isLeaving}
      targets={spans.filter((one) => (one.kind === 'month' || one.kind === 'none') && spanId(one) !== id)}
      nameOf={nameOf}
      isInMonth={span.kind === 'month'}
      onMove={(to) => onMove(row, to)}
      onStep={(by) => onStep(row, by)}
    />
  )
  return (
    <section
      ref={column}
      className="month"
      aria-label={name}
      data-now={isNow || undefined}
      data-over={isOver || undefined}
      data-kind={span.kind}
    >
      <MonthHead
        name={name}
        sums={sums}
        won={won}
        isRead={isRead}
        isWeighted={isWeighted}
        share={(sums?.converted.amount ?? 0) / most}
      />
      <div ref={scroller} className="month-cards">
        {isEmpty ? (
          <p className="month-empty secondary">{emptyText(span)}</p>
        ) : (
          <div className="month-room" style={{ height: long.height }}>
            {arriving.map(({ row }, nth) => (
              <div key={row.id} className="month-place" style={{ transform: `translateY(${nth * rowHeight}px)` }}>
                {card(row, false)}
              </div>
            ))}
            {long.virtual.getVirtualItems().map(({ index, start }) => {
              const row = rows.rowAt(index)
              const isLeaving = row !== undefined && moving.some((one) => one.row.id === row.id && one.to !== id)
              return (
                <div
                  key={row?.id ?? `shape ${index}`}
                  className="month-place"
                  style={{ transform: `translateY(${long.topOf(start)}px)` }}
                >
                  {row ? card(row, isLeaving) : <CardShape />}
                </div>
              )
            })}
          </div>
        )}
      </div>
    </section>
  )
}

const countOf = (sums: Sums | undefined): number => sums?.totals.reduce((all, { count }) => all + count, 0) ?? 0

function emptyText(span: Span): string {
  if (span.kind === 'overdue') return 'Nothing is overdue.'
  if (span.kind === 'none') return 'Every open deal has a close date.'
  return span.kind === 'later' ? 'Nothing beyond these months.' : 'Nothing is expected to close.'
}

interface Drop {
  column: React.RefObject<HTMLElement | null>
  span: Span
  isEnabled: boolean
  onMove: (row: Row, to: Span) => void
}

/** Takes cards of other columns, where a day can be said for them. */
function useDrop(drop: Drop): boolean {
  const latest = useRef(drop)
  useEffect(() => {
    latest.current = drop
  })
  const [isOver, setOver] = useState(false)
  const takes = drop.isEnabled && (drop.span.kind === 'month' || drop.span.kind === 'none')
  useEffect(() => {
    const { current } = latest.current.column
    if (!current || !takes) return
    return dropTargetForElements({
      element: current,
      canDrop: ({ source }) => source.data.sort === 'forecast' && !latest.current.column.current?.contains(source.element),
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source }) => {
        setOver(false)
        // Only a forecast card says `sort: 'forecast'`, and it says its row with it.
        latest.current.onMove(source.data.row as Row, latest.current.span)
      },
    })
  }, [takes])
  return isOver
}
