import { expect, test } from 'vitest'
import { cellAfter } from './grid.ts'

const size = { rows: 100, columns: 5, page: 20 }
const press = (key: string, ctrlKey = false) => ({ key, ctrlKey, metaKey: false })

test.each([
  ['ArrowDown', false, { row: 3, column: 2 }],
  ['ArrowUp', false, { row: 1, column: 2 }],
  ['ArrowLeft', false, { row: 2, column: 1 }],
  ['ArrowRight', false, { row: 2, column: 3 }],
  ['PageDown', false, { row: 22, column: 2 }],
  ['PageUp', false, { row: 0, column: 2 }],
  ['Home', false, { row: 2, column: 0 }],
  ['End', false, { row: 2, column: 4 }],
  ['Home', true, { row: 0, column: 0 }],
  ['End', true, { row: 99, column: 4 }],
  ['a', false, undefined],
])('%s (ctrl: %s) goes to %j', (key, ctrl, cell) => {
  expect(cellAfter({ row: 2, column: 2 }, press(key, ctrl), size)).toEqual(cell)
})

test('the focus stays inside; above the first row are the heads', () => {
  expect(cellAfter({ row: 0, column: 0 }, press('ArrowUp'), size)).toEqual({ row: -1, column: 0 })
  expect(cellAfter({ row: -1, column: 0 }, press('ArrowUp'), size)).toEqual({ row: -1, column: 0 })
  expect(cellAfter({ row: 99, column: 4 }, press('PageDown'), size)).toEqual({ row: 99, column: 4 })
  expect(cellAfter({ row: -1, column: 4 }, press('ArrowRight'), size)).toEqual({ row: -1, column: 4 })
})
