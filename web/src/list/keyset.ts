/**
 * What is known of a list that is read page by page, each page beginning where the one before ended. Rows far behind can be forgotten
 * and read again, because where each page begins is kept; so a list of a million rows costs what is in sight of it.
 */
export interface Known {
  /** Where each page begins; null is the beginning of the list. The last one may not have been read yet. */
  readonly cursors: readonly (string | null)[]
  /** How many rows there are, once the end has been seen. */
  readonly total: number | undefined
}

export const pageSize = 200

export const nothingKnown: Known = { cursors: [null], total: undefined }

/** After a page has been read: where the next one begins, or that there is none. */
export function withPage(known: Known, index: number, { length, next }: { length: number; next: string | null }): Known {
  if (next === null) {
    const total = index * pageSize + length
    return known.total === total && known.cursors.length === index + 1
      ? known
      : { cursors: known.cursors.slice(0, index + 1), total }
  }
  if (known.cursors[index + 1] === next) return known
  const isLast = index + 1 >= known.cursors.length
  return {
    cursors: isLast ? [...known.cursors, next] : known.cursors.with(index + 1, next),
    total: isLast ? undefined : known.total,
  }
}

/** How many rows to make room for: all, or those up to the end of the next page. */
export const roomFor = ({ cursors, total }: Known): number => total ?? cursors.length * pageSize

/** Rows before the end of a page at which the next one is asked for. */
const ahead = 80

/** The pages that have the rows from `first` to `last`, as far as their beginning is known, and the one that will be needed next. */
export function pagesFor({ cursors }: Known, first: number, last: number): number[] {
  const from = Math.floor(Math.max(0, first) / pageSize)
  const to = Math.min(cursors.length - 1, Math.floor((last + ahead) / pageSize))
  return to < from ? [Math.min(from, cursors.length - 1)] : Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
