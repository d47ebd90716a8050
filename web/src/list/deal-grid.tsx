import { defaultRangeExtractor } from '@tanstack/react-virtual'
import { type CSSProperties, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useLongList } from '../ui/long-list.ts'
import type { Lookups } from './cell-text.tsx'
import type { Column } from './columns.ts'
import { editorOf } from './edits.ts'
import { type Cell, cellAfter } from './grid.ts'
import { GridHeads } from './grid-heads.tsx'
import { GridRow, type Hand } from './grid-row.tsx'
import type { Row, useRows } from './use-rows.ts'

const rowHeight = 32

interface DealGridProps {
  columns: readonly Column[]
  rows: ReturnType<typeof useRows>
  lookups: Lookups
  sort: string | undefined
  onSort: (sort: string | undefined) => void
  selected: Pick<ReadonlySet<number>, 'has'>
  onToggle: (row: Row, index: number, isRange: boolean) => void
  onToggleAll: () => void
  mayEdit: boolean
  onOpen: (id: number) => void
}

/**
 * The rows of a list, drawn only where they are in sight. It is one stop of the Tab key: arrows go from cell to cell, Enter changes one
 * or opens the deal, F2 changes it, Space selects the row.
 */
export function DealGrid(props: DealGridProps) {
  const { columns, rows, lookups, sort, onSort, selected, onToggleAll, mayEdit } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<Cell>({ row: 0, column: 1 })
  const [edited, setEdited] = useState<Cell>()
  const takesFocus = useRef(false)

  const long = useLongList({
    scroller,
    count: rows.room,
    rowHeight,
    overscan: 8,
    covered: rowHeight,
    // The row that has the focus stays there, even where it is out of sight.
    rangeExtractor: (range) => {
      const inSight = defaultRangeExtractor(range)
      const isMissing = active.row >= 0 && active.row < rows.room && !inSight.includes(active.row)
      return isMissing ? [...inSight, active.row].sort((a, b) => a - b) : inSight
    },
  })
  const { startIndex = 0, endIndex = 0 } = long.virtual.range ?? {}
  const { see } = rows
  // biome-ignore lint/correctness/useExhaustiveDependencies: `see` is new every time and does the same
  useEffect(() => see(startIndex, endIndex, Math.max(0, active.row)), [startIndex, endIndex, active.row])

  // Another order or filter begins at the top.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is what it depends on
  useEffect(() => long.goTo(0), [rows.key])

  useEffect(() => {
    if (!takesFocus.current) return
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-cell="${active.row}:${active.column}"]`)
    if (!cell) return
    takesFocus.current = false
    cell.focus({ preventScroll: true })
  })

  const go = (cell: Cell) => {
    takesFocus.current = true
    setActive(cell)
    if (cell.row >= 0) long.show(cell.row)
    showColumn(scroller.current, cell)
  }
  const edit = (cell: Cell) => {
    setActive(cell)
    const column = columns[cell.column - 1]
    const row = rows.rowAt(cell.row)
    if (mayEdit && column && row && editorOf(column.id, row, lookups.fields)) setEdited(cell)
  }
  const leave = ({ row, column }: Cell, step: number | undefined) => {
    setEdited(undefined)
    if (step !== undefined) go({ row: Math.min(rows.room - 1, row + step), column })
  }
  const latest = useRef({ edit, leave, ...props })
  useEffect(() => {
    latest.current = { edit, leave, ...props }
  })
  const hand = useMemo<Hand>(
    () => ({
      focus: setActive,
      edit: (cell) => latest.current.edit(cell),
      leave: (cell, step) => latest.current.leave(cell, step),
      toggle: (row, index, isRange) => latest.current.onToggle(row, index, isRange),
      open: (id) => latest.current.onOpen(id),
    }),
    [],
  )

  const press = (event: KeyboardEvent) => {
    if (edited) return
    const size = { rows: rows.room, columns: columns.length + 1, page: Math.max(1, endIndex - startIndex - 2) }
    const next = cellAfter(active, event, size)
    const row = rows.rowAt(active.row)
    const column = columns[active.column - 1]
    if (next) go(next)
    else if (active.row < 0) return
    else if (event.key === ' ' && row) hand.toggle(row, active.row, event.shiftKey)
    else if (event.key === 'Enter' && row && column?.id === 'title') hand.open(row.id)
    else if (event.key === 'F2' || event.key === 'Enter') edit(active)
    else return
    event.preventDefault()
  }
  const here = rows.here()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of a million rows cannot be a table element
    <div
      ref={scroller}
      className="grid"
      role="grid"
      aria-label="Deals"
      aria-rowcount={rows.total === undefined ? -1 : rows.total + 1}
      aria-multiselectable="true"
      tabIndex={-1}
      style={templateOf(columns)}
      onKeyDown={press}
    >
      <GridHeads
        columns={columns}
        sort={sort}
        onSort={onSort}
        isAllSelected={here.length > 0 && here.every(({ id }) => selected.has(id))}
        onToggleAll={onToggleAll}
        activeColumn={active.row === -1 ? active.column : undefined}
        onFocus={(column) => setActive({ row: -1, column })}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div className="grid-body" role="rowgroup" style={{ height: long.height }}>
        {long.virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows.rowAt(index)
          return (
            <GridRow
              key={index}
              index={index}
              start={long.topOf(start)}
              row={row}
              columns={columns}
              lookups={lookups}
              isSelected={row !== undefined && selected.has(row.id)}
              mayEdit={mayEdit}
              activeColumn={active.row === index ? active.column : undefined}
              editedColumn={edited?.row === index ? edited.column : undefined}
              hand={hand}
            />
          )
        })}
      </div>
    </div>
  )
}

/** Widths of the columns for every row at once; the last one takes what is left. */
function templateOf(columns: readonly Column[]): CSSProperties {
  const widths = columns.map(({ width }, nth) => {
    // On a phone the titles, which stay, leave room for what they are scrolled beside.
    if (nth === 0 && columns.length > 1) return `var(--title-width, ${width}px)`
    return nth === columns.length - 1 ? `minmax(${width}px, 1fr)` : `${width}px`
  })
  return { '--columns': ['36px', ...widths].join(' ') } as CSSProperties // React's type knows no custom properties
}

/** Brings a column into sight beside the titles, which stay. */
function showColumn(scroller: HTMLElement | null, { column }: Cell): void {
  const head = scroller?.querySelector<HTMLElement>(`.grid-heads > :nth-child(${column + 1})`)
  if (!scroller || !head || column <= 1) return
  const fixed = scroller.querySelector<HTMLElement>('.grid-heads > [data-title]')
  const left = head.offsetLeft - (fixed ? fixed.offsetWidth + 36 : 0)
  if (left < scroller.scrollLeft) scroller.scrollLeft = left
  else if (head.offsetLeft + head.offsetWidth > scroller.scrollLeft + scroller.clientWidth)
    scroller.scrollLeft = head.offsetLeft + head.offsetWidth - scroller.clientWidth
}
