import type { BoardJson, TotalsJson } from '../../../src/dialects/native/board.ts'
import type { ColumnJson } from '../../../src/dialects/native/columns.ts'
import type { CardJson } from '../../../src/dialects/native/deals.ts'
import { majorUnits, minorUnits, count as number } from '../format.ts'
import { at, changed, indexIn, inserted, knownEnd, put, type Runs, removed } from './runs.ts'

/** The board as the page holds it, and what it looks like after a change. Pure: dragging, menus and keys share it. */

export type Card = CardJson
export type Totals = ColumnJson['totals']
export type Sums = Pick<ColumnJson, 'totals' | 'converted'>

/** What the cards add up to that a filter finds in a stage; null where that is not known. */
export type Found = Sums | null

export interface Column {
  readonly stage: ColumnJson['stage']
  /** How many deals the stage has, filtered or not. */
  readonly all: number
  /** What the cards add up to that are there to be scrolled through; null where a filter finds too many to add them up. */
  readonly sums: Sums | null
  /** How many these are; where that is not known, as many as were found so far. */
  readonly count: number
  /** Whether more may follow than are counted. */
  readonly hasMore: boolean
  readonly runs: Runs<Card>
}

export interface Board {
  readonly pipeline: BoardJson['pipeline']
  readonly isWeighted: boolean
  readonly isFiltered: boolean
  readonly columns: readonly Column[]
}

export type Place = 'first' | 'last' | { before: number } | { after: number }

/** What can be done to cards. */
export type Change =
  | { kind: 'move'; ids: readonly number[]; stageId: number; place: Place }
  /** Won, lost or deleted: the cards leave the board. */
  | { kind: 'leave'; ids: readonly number[] }
  | { kind: 'edit'; ids: readonly number[]; edit: (card: Card) => Card }

/** How many cards are shown, in words. */
export const howMany = ({ count, hasMore }: Pick<Column, 'count' | 'hasMore'>): string =>
  hasMore ? `${number(count)}+` : number(count)

export const totalCount = (totals: Totals): number => totals.reduce((sum, { count }) => sum + count, 0)

/** A column as it was answered, from the card at `skip` on. What its cards add up to is said beside it where a filter hides some. */
export function columnOf({ stage, totals, converted, cards, next }: ColumnJson, found?: Found, skip = 0): Column {
  const sums = found === undefined ? { totals, converted } : found
  return {
    stage,
    all: totalCount(totals),
    sums,
    count: sums ? totalCount(sums.totals) : skip + cards.length,
    hasMore: !sums && next !== null,
    runs: put<Card>([], skip, cards),
  }
}

/** What a filter finds in a stage; undefined without a filter. */
export function foundIn(totals: TotalsJson | undefined, stageId: number): Found | undefined {
  return totals && (totals.stages?.find((stage) => stage.stageId === stageId) ?? null)
}

/** `found`: what the filter finds, where there is one. */
export const boardOf = ({ pipeline, isWeighted, columns }: BoardJson, found?: TotalsJson): Board => ({
  pipeline,
  isWeighted,
  isFiltered: found !== undefined,
  columns: columns.map((column) => columnOf(column, foundIn(found, column.stage.id))),
})

/** A column with more of its cards known. */
export function withPage(column: Column, page: ColumnJson, skip: number, isFiltered: boolean): Column {
  const runs = put(column.runs, skip, page.cards)
  if (isFiltered && column.sums) return { ...column, runs }
  const fresh = columnOf(page, isFiltered ? null : undefined, skip)
  // Only the page that reaches the end of what is known tells whether more follows.
  const reachesEnd = !isFiltered || page.next === null || fresh.count >= column.count
  return reachesEnd ? { ...fresh, runs } : { ...fresh, count: column.count, hasMore: column.hasMore, runs }
}

export const withColumn = (board: Board, stageId: number, change: (column: Column) => Column): Board => ({
  ...board,
  columns: board.columns.map((column) => (column.stage.id === stageId ? change(column) : column)),
})

const isCard = (id: number) => (card: Card) => card.id === id

/** Where a card is; undefined where it is not among those that are known. */
export function findCard(board: Board, id: number): { card: Card; column: Column; index: number } | undefined {
  for (const column of board.columns) {
    const index = indexIn(column.runs, isCard(id))
    const card = index === undefined ? undefined : at(column.runs, index)
    if (card && index !== undefined) return { card, column, index }
  }
  return undefined
}

/** The board after a change that the server has not confirmed yet. Weighted and converted sums follow with its answer. */
export function withChange(board: Board, change: Change): Board {
  if (change.kind === 'edit') {
    const isMeant = (card: Card) => change.ids.includes(card.id)
    return {
      ...board,
      columns: board.columns.map((column) => ({ ...column, runs: changed(column.runs, isMeant, change.edit) })),
    }
  }
  if (change.kind === 'leave') return change.ids.reduce((board, id) => without(board, id).board, board)
  // The first of several goes to the place, the others after it.
  let place = change.place
  let next = board
  for (const id of change.ids) {
    next = withMove(next, id, change.stageId, place)
    place = { after: id }
  }
  return next
}

/** The board with one card somewhere else. */
export function withMove(board: Board, id: number, stageId: number, place: Place): Board {
  const goal = board.columns.find(({ stage }) => stage.id === stageId)
  const taken = without(board, id)
  if (!goal || !taken.card) return board
  const card = { ...taken.card, stageId }
  return withColumn(taken.board, stageId, (column) => ({
    ...column,
    all: column.all + 1,
    count: column.count + 1,
    sums: added(column.sums, card, 1),
    runs: inserted(column.runs, indexOf(column, place), card),
  }))
}

function without(board: Board, id: number): { board: Board; card?: Card } {
  const found = findCard(board, id)
  if (!found) return { board }
  const { card, index, column } = found
  const less = withColumn(board, column.stage.id, (column) => ({
    ...column,
    all: Math.max(0, column.all - 1),
    count: Math.max(0, column.count - 1),
    sums: added(column.sums, card, -1),
    runs: removed(column.runs, index),
  }))
  return { board: less, card }
}

/** Where a place is. A neighbour that is not known any more leaves the first place. */
function indexOf({ runs, count }: Column, place: Place): number {
  if (place === 'first') return 0
  if (place === 'last') return Math.max(count, knownEnd(runs))
  const neighbour = indexIn(runs, isCard('before' in place ? place.before : place.after))
  return neighbour === undefined ? 0 : 'before' in place ? neighbour : neighbour + 1
}

/** The place that a card gets when it is put at an index of a column, itself not counted. */
export function placeAt({ runs }: Column, index: number, ids: readonly number[]): Place {
  const isOther = (card: Card | undefined): card is Card => card !== undefined && !ids.includes(card.id)
  if (index <= 0) return 'first'
  for (let above = index - 1; above >= 0; above--) {
    const card = at(runs, above)
    if (isOther(card)) return { after: card.id }
    if (!card) break
  }
  const below = at(runs, index)
  return isOther(below) ? { before: below.id } : 'first'
}

/** Sums with one deal more (1) or less (-1) in them. */
function added(sums: Sums | null, card: Card, sign: 1 | -1): Sums | null {
  if (!sums) return null
  const { totals } = sums
  const { currency } = card
  const known = totals.find((total) => total.currency === currency)
  const was = minorUnits(known?.value ?? '0', currency) ?? 0n
  const value = was + BigInt(sign) * (minorUnits(card.value, currency) ?? 0n)
  const total = {
    currency,
    count: (known?.count ?? 0) + sign,
    amount: Number(value),
    value: majorUnits(value, currency),
    weightedAmount: known?.weightedAmount ?? null,
  }
  const others = totals.filter((total) => total.currency !== currency)
  const all = total.count <= 0 ? others : [...others, total].sort((a, b) => (a.currency < b.currency ? -1 : 1))
  return { ...sums, totals: all }
}
