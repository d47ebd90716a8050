import { memo } from 'react'
import { Skeleton } from '../ui/small.tsx'
import { CellEditor } from './cell-editor.tsx'
import { cellText, type Lookups } from './cell-text.tsx'
import type { Column } from './columns.ts'
import { editorOf } from './edits.ts'
import type { Cell } from './grid.ts'
import type { Row } from './use-rows.ts'

/** What rows ask of the grid. It stays the same object, so that a row is drawn again only when something about it has changed. */
export interface Hand {
  focus: (cell: Cell) => void
  edit: (cell: Cell) => void
  /** The editor is done; the focus goes so many rows down, or has gone elsewhere. */
  leave: (cell: Cell, step: number | undefined) => void
  toggle: (row: Row, index: number, isRange: boolean) => void
  open: (id: number) => void
}

interface GridRowProps {
  index: number
  start: number
  /** Undefined while it is being read. */
  row: Row | undefined
  columns: readonly Column[]
  lookups: Lookups
  isSelected: boolean
  mayEdit: boolean
  /** The column that the Tab key leads to, where it is in this row. */
  activeColumn: number | undefined
  editedColumn: number | undefined
  hand: Hand
}

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { index, start, row, columns, lookups, isSelected, mayEdit, activeColumn, editedColumn, hand } = props
  const stop = (column: number) => (activeColumn === column ? 0 : -1)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of a million rows cannot be a table element
    <div
      className="grid-row"
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      style={{ transform: `translateY(${start}px)` }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div className="grid-cell grid-check" role="gridcell" tabIndex={-1}>
        <input
          type="checkbox"
          aria-label={row ? `Select ${row.title}` : 'Select this row'}
          disabled={!row}
          data-cell={`${index}:0`}
          tabIndex={stop(0)}
          checked={isSelected}
          onFocus={() => hand.focus({ row: index, column: 0 })}
          onClick={(event) => row && hand.toggle(row, index, event.shiftKey)}
          // The click says whether Shift was held; a change does not.
          onChange={() => {}}
        />
      </div>
      {columns.map((column, nth) => {
        const cell = { row: index, column: nth + 1 }
        const editor = mayEdit && row ? editorOf(column.id, row, lookups.fields) : undefined
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard by the grid as a whole
          // biome-ignore lint/a11y/useSemanticElements: see above
          <div
            key={column.id}
            className="grid-cell"
            role="gridcell"
            data-align={column.align}
            data-title={nth === 0 || undefined}
            data-cell={`${index}:${cell.column}`}
            data-editable={editor !== undefined || undefined}
            tabIndex={stop(cell.column)}
            onClick={() => hand.focus(cell)}
            onDoubleClick={() => hand.edit(cell)}
          >
            {row === undefined ? (
              <Skeleton width={`${80 - ((index * 7 + nth * 13) % 40)}%`} />
            ) : editor && editedColumn === cell.column ? (
              <CellEditor
                column={column}
                row={row}
                editor={editor}
                lookups={lookups}
                onClose={(step) => hand.leave(cell, step)}
              />
            ) : nth === 0 ? (
              <button type="button" className="grid-open ellipsis" tabIndex={-1} onClick={() => hand.open(row.id)}>
                {row.title}
              </button>
            ) : (
              <span className="ellipsis">{cellText(column.id, row, lookups)}</span>
            )}
          </div>
        )
      })}
    </div>
  )
})
