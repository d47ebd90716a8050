/** Where a page begins: after the row with this sort key and id (keyset), or after this many rows (offset). */
export interface Key {
  /** The value of the sort field in the last row seen. */
  value: string | number
  id: number
}

export type Direction = 'asc' | 'desc'

/** One page of a list. `next` is the key to continue from, or null at the end. */
export interface Page<T> {
  items: readonly T[]
  next: Key | null
}

/** How much of a list is wanted. `offset` only serves vendors whose paging knows no cursor. */
export interface Window {
  limit: number
  after?: Key | undefined
  offset?: number | undefined
}
