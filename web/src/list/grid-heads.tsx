import { Icon } from '../ui/icons.tsx'
import { ariaSort, type Column, nextSort } from './columns.ts'

interface GridHeadsProps {
  columns: readonly Column[]
  sort: string | undefined
  onSort: (sort: string | undefined) => void
  isAllSelected: boolean
  onToggleAll: () => void
  /** The column that the Tab key leads to, where it is in the heads. */
  activeColumn: number | undefined
  onFocus: (column: number) => void
}

/** The heads of the columns; a click sorts up, then down, then not. */
export function GridHeads({ columns, sort, onSort, isAllSelected, onToggleAll, activeColumn, onFocus }: GridHeadsProps) {
  const stop = (column: number) => (activeColumn === column ? 0 : -1)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of a million rows cannot be a table element
    <div className="grid-row grid-heads" role="row" aria-rowindex={1} tabIndex={-1}>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div className="grid-cell grid-check" role="columnheader" tabIndex={-1}>
        <input
          type="checkbox"
          aria-label="Select all rows that have been read"
          data-cell="-1:0"
          tabIndex={stop(0)}
          checked={isAllSelected}
          onFocus={() => onFocus(0)}
          onChange={onToggleAll}
        />
      </div>
      {columns.map((column, nth) => {
        const place = { 'data-cell': `-1:${nth + 1}`, tabIndex: stop(nth + 1), onFocus: () => onFocus(nth + 1) }
        return (
          // biome-ignore lint/a11y/useSemanticElements: see above
          <div
            key={column.id}
            className="grid-cell"
            role="columnheader"
            data-align={column.align}
            data-title={nth === 0 || undefined}
            aria-sort={ariaSort(column, sort)}
            tabIndex={-1}
            {...(column.sort === undefined ? place : {})}
          >
            {column.sort === undefined ? (
              column.label
            ) : (
              <button type="button" className="grid-sort" {...place} onClick={() => onSort(nextSort(column, sort))}>
                {column.label}
                {sort === column.sort && <Icon name="up" />}
                {sort === `-${column.sort}` && <Icon name="down" />}
              </button>
            )}
          </div>
        )
      })}
    </div>
  )
}
