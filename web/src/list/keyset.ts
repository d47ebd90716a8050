/**
 * What is known of a long list that is read in pages, from whichever end is nearer. A page begins where the one before it ended, or where
 * somebody jumped to: so many rows from its end. Rows out of sight can be forgotten and read again, because where each page begins is
 * kept; so a list of a million rows costs what is in sight of it.
 */
export interface Known {
  /** Where pages begin, by their number from their end: a cursor, or how many rows there are before them. */
  readonly begins: Readonly<Record<End, ReadonlyMap<number, string | number>>>
  /** How many rows there are, once the last one has been seen. */
  readonly total: number | undefined
}

export type End = 'front' | 'back'

export interface Page {
  end: End
  nth: number
}

export const pageSize = 200

/** Shorter lists are read from the front alone: what comes there then moves nothing. */
const longRows = 20 * pageSize

export const nothingKnown: Known = { begins: { front: new Map(), back: new Map() }, total: undefined }

const withBegin = ({ begins, total }: Known, { end, nth }: Page, from: string | number): Known => ({
  begins: { ...begins, [end]: new Map(begins[end]).set(nth, from) },
  total,
})

/** A page that is asked for begins where it is known to, or so many rows from its end; there it stays, so that it is asked for once. */
export const asked = (known: Known, page: Page): Known =>
  page.nth === 0 || known.begins[page.end].has(page.nth) ? known : withBegin(known, page, page.nth * pageSize)

export const beginOf = ({ begins }: Known, { end, nth }: Page): string | number => begins[end].get(nth) ?? nth * pageSize

/** After a page has been read: where the next one begins, or that there is none. */
export function withPage(known: Known, page: Page, { length, next }: { length: number; next: string | null }): Known {
  const { end, nth } = page
  if (next === null) {
    const total = nth * pageSize + length
    return end === 'back' || known.total === total ? known : { ...known, total }
  }
  const isLonger = end === 'front' && known.total !== undefined && (nth + 1) * pageSize >= known.total
  const now = isLonger ? { ...known, total: undefined } : known
  const begin = known.begins[end].get(nth + 1)
  return typeof begin === 'number' || begin === next ? now : withBegin(now, { end, nth: nth + 1 }, next)
}

/** How many pages from the front on can be read while it is not known how many there are. */
function reach({ begins }: Known): number {
  let pages = 1
  while (begins.front.has(pages)) pages++
  return pages
}

/** How many rows are known to be there. `counted`: how many the server has counted, where it has. */
export const knownRows = (known: Known, counted: number | undefined): number =>
  known.total ?? counted ?? (reach(known) - 1) * pageSize

/** How many rows to make room for: all, or those up to the end of the next page. */
export const roomFor = (known: Known, counted: number | undefined): number => known.total ?? counted ?? reach(known) * pageSize

/** The page that a row is in, and which of its rows it is. */
export function placeOf(row: number, total: number | undefined): Page & { at: number } {
  const isBack = total !== undefined && total > longRows && row >= total / 2
  const fromEnd = isBack ? total - 1 - row : row
  return { end: isBack ? 'back' : 'front', nth: Math.floor(fromEnd / pageSize), at: fromEnd % pageSize }
}

/** Rows beyond those in sight that are read ahead. */
const ahead = 80

/**
 * The pages that have the rows from `first` to `last`, and those beyond that are known to begin somewhere. To skip many rows takes long:
 * `farther` says whether that is done for what may come into sight as well.
 */
export function pagesFor(known: Known, counted: number | undefined, first: number, last: number, farther = false): Page[] {
  const total = known.total ?? counted
  const end = Math.max(0, roomFor(known, counted) - 1)
  const inside = (row: number) => Math.max(0, Math.min(row, end))
  const [from, to] = [inside(first), inside(last)]
  const pages = new Map<string, Page>()
  for (let row = inside(from - ahead); row <= inside(to + ahead); row++) {
    const { end, nth } = placeOf(row, total)
    const maySkip = total !== undefined && (farther || (row >= from && row <= to))
    if (maySkip || nth === 0 || known.begins[end].has(nth)) pages.set(`${end} ${nth}`, { end, nth })
  }
  return [...pages.values()]
}
