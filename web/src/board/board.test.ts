import { expect, test } from 'vitest'
import type { ColumnJson } from '../../../src/dialects/native/columns.ts'
import { majorUnits, minorUnits } from '../format.ts'
import { type Board, boardOf, type Card, columnOf, findCard, placeAt, withChange, withMove, withPage } from './board.ts'
import { at, knownEnd } from './runs.ts'

const card = (id: number, stageId: number, value = '10.00', currency = 'USD') =>
  ({ id, stageId, title: `Deal ${id}`, value, currency, tags: [], ownerId: 1 }) as unknown as Card

const sum = (cards: Card[], currency: string) => {
  const some = cards.filter((one) => one.currency === currency)
  const amount = some.reduce((total, { value }) => total + (minorUnits(value, currency) ?? 0n), 0n)
  return { currency, count: some.length, amount: Number(amount), value: majorUnits(amount, currency), weightedAmount: null }
}

const columnJson = (stageId: number, cards: Card[], next: string | null = null) =>
  ({
    stage: { id: stageId, name: `Stage ${stageId}` },
    totals: [...new Set(cards.map(({ currency }) => currency))].sort().map((currency) => sum(cards, currency)),
    converted: { currency: 'USD', amount: 0, value: '0.00', weightedAmount: null, missing: [] },
    cards,
    next,
  }) as unknown as ColumnJson

const boardWith = (...columns: ColumnJson[]): Board =>
  boardOf({ pipeline: { id: 1 }, isWeighted: true, columns } as unknown as Parameters<typeof boardOf>[0])

const ids = (board: Board, stageId: number): (number | undefined)[] => {
  const column = board.columns.find(({ stage }) => stage.id === stageId)
  return column ? Array.from({ length: knownEnd(column.runs) }, (_, index) => at(column.runs, index)?.id) : []
}
const totals = (board: Board, stageId: number) =>
  board.columns
    .find(({ stage }) => stage.id === stageId)
    ?.sums?.totals.map(({ currency, count, value }) => `${count} ${value} ${currency}`)

const two = () => boardWith(columnJson(1, [card(1, 1), card(2, 1, '5.50'), card(3, 1, '7', 'JPY')]), columnJson(2, [card(4, 2)]))

test('a moved card leaves one column and its sums, and comes to the other', () => {
  const board = withMove(two(), 2, 2, { after: 4 })
  expect([ids(board, 1), ids(board, 2)]).toEqual([
    [1, 3],
    [4, 2],
  ])
  expect(totals(board, 1)).toEqual(['1 7 JPY', '1 10.00 USD'])
  expect(totals(board, 2)).toEqual(['2 15.50 USD'])
  expect(findCard(board, 2)?.card.stageId).toBe(2)
})

test('a move that was done already changes nothing when it is done again', () => {
  const once = withMove(two(), 2, 2, 'first')
  expect(withMove(once, 2, 2, 'first')).toEqual(once)
  const within = withMove(two(), 3, 1, { before: 1 })
  expect(ids(within, 1)).toEqual([3, 1, 2])
  expect(withMove(within, 3, 1, { before: 1 })).toEqual(within)
})

test('several cards keep their order behind the place that the first one goes to', () => {
  const board = withChange(two(), { kind: 'move', ids: [3, 1], stageId: 2, place: { before: 4 } })
  expect([ids(board, 1), ids(board, 2)]).toEqual([[2], [3, 1, 4]])
  expect(totals(board, 2)).toEqual(['1 7 JPY', '2 20.00 USD'])
})

test('what is won, lost or deleted leaves, what is edited stays where it is', () => {
  const gone = withChange(two(), { kind: 'leave', ids: [1, 2, 3] })
  expect([ids(gone, 1), totals(gone, 1)]).toEqual([[], []])
  expect(withChange(gone, { kind: 'leave', ids: [1] })).toEqual(gone)
  const edited = withChange(two(), { kind: 'edit', ids: [2], edit: (one) => ({ ...one, ownerId: 9 }) })
  expect(findCard(edited, 2)).toMatchObject({ index: 1, card: { ownerId: 9 } })
  expect(findCard(edited, 1)?.card.ownerId).toBe(1)
})

test('a card of a stage that is not on the board, or is not known, moves nothing', () => {
  const board = two()
  expect(withMove(board, 99, 2, 'first')).toBe(board)
  expect(withMove(board, 1, 99, 'first')).toBe(board)
})

test('sums stay exact beyond what a number counts', () => {
  const large = columnJson(1, [card(1, 1, '90071992547409.93')])
  const board = withMove(boardWith(large, columnJson(2, [card(2, 2, '0.01')])), 2, 1, 'last')
  expect(totals(board, 1)).toEqual(['2 90071992547409.94 USD'])
})

test('a place is named by the card above it that is not itself moved', () => {
  const [column] = two().columns
  if (!column) throw new Error('no column')
  expect(placeAt(column, 0, [])).toBe('first')
  expect(placeAt(column, 2, [9])).toEqual({ after: 2 })
  expect(placeAt(column, 2, [2])).toEqual({ after: 1 })
  expect(placeAt(column, 1, [1])).toEqual({ before: 2 })
  const far = columnOf(columnJson(1, [card(7, 1)]), undefined, 5)
  expect(placeAt(far, 5, [])).toEqual({ before: 7 })
})

test('a filtered column has as many cards as were found, and their sums follow a move', () => {
  const whole = [card(1, 1), card(2, 1), card(3, 1, '5')]
  const found = (cards: Card[]) => ({ ...columnJson(1, cards), stageId: 1, kind: 'open' })
  const board = boardOf(
    { pipeline: { id: 1 }, isWeighted: true, columns: [columnJson(1, whole, 'more')] } as unknown as Parameters<
      typeof boardOf
    >[0],
    { stages: [found(whole.slice(0, 2))] } as unknown as Parameters<typeof boardOf>[1],
  )
  const [column] = board.columns
  expect(column).toMatchObject({ all: 3, count: 2, hasMore: false })
  expect(totals(board, 1)).toEqual(['2 20.00 USD'])
  const less = withChange(board, { kind: 'leave', ids: [1] })
  expect([less.columns[0]?.all, less.columns[0]?.count, totals(less, 1)]).toEqual([2, 1, ['1 10.00 USD']])
  // Reading on changes neither.
  expect(column && withPage(column, columnJson(1, whole, null), 1, true)).toMatchObject({ count: 2, sums: column?.sums })
})

test('a column of too many to be counted grows as far as it was read, and ends where nothing follows', () => {
  const first = columnOf(columnJson(1, [card(1, 1), card(2, 1)], 'more'), null)
  expect(first.sums).toBeNull()
  expect([first.count, first.hasMore]).toEqual([2, true])
  const second = withPage(first, columnJson(1, [card(3, 1)], null), 2, true)
  expect([second.count, second.hasMore]).toEqual([3, false])
  const again = withPage(second, columnJson(1, [card(1, 1), card(2, 1)], 'more'), 0, true)
  expect([again.count, again.hasMore]).toEqual([3, false])
})
