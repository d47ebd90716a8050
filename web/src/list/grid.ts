/** Where the focus is in a table of cells. Row −1 is the heads. */
export interface Cell {
  row: number
  column: number
}

interface Size {
  rows: number
  columns: number
  /** Rows that a page key goes on by. */
  page: number
}

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>

/** The cell that a key leads to, as in the ARIA grid pattern; undefined where the key is no such one. */
export function cellAfter({ row, column }: Cell, press: Press, { rows, columns, page }: Size): Cell | undefined {
  const inside = (cell: Cell): Cell => ({
    row: Math.max(-1, Math.min(rows - 1, cell.row)),
    column: Math.max(0, Math.min(columns - 1, cell.column)),
  })
  const far = press.ctrlKey || press.metaKey
  switch (press.key) {
    case 'ArrowUp':
      return inside({ row: row - 1, column })
    case 'ArrowDown':
      return inside({ row: row + 1, column })
    case 'ArrowLeft':
      return inside({ row, column: column - 1 })
    case 'ArrowRight':
      return inside({ row, column: column + 1 })
    case 'PageUp':
      return inside({ row: Math.max(0, row - page), column })
    case 'PageDown':
      return inside({ row: row + page, column })
    case 'Home':
      return inside({ row: far ? 0 : row, column: 0 })
    case 'End':
      return inside({ row: far ? rows - 1 : row, column: columns - 1 })
    default:
      return undefined
  }
}
