import { expect, test } from 'vitest'
import { heightOf, mostHeight, offsetAt, scrolledAt } from './tape.ts'

const million = 78 * 1_000_000

test('a list that fits is drawn as it is', () => {
  expect(heightOf(5000)).toBe(5000)
  expect([offsetAt(4321, 5000), scrolledAt(4321, 5000)]).toEqual([4321, 4321])
})

test('a list that does not fit is reached from its beginning to its end, and never backwards', () => {
  expect(heightOf(million)).toBe(mostHeight)
  expect([offsetAt(0, million), offsetAt(mostHeight, million)]).toEqual([0, million])
  let last = -1
  for (let scrolled = 0; scrolled <= mostHeight; scrolled += 12_345) {
    const offset = offsetAt(scrolled, million)
    expect(offset).toBeGreaterThan(last)
    expect(scrolledAt(offset, million)).toBeCloseTo(scrolled, 3)
    last = offset
  }
})

test('near both ends a pixel is a pixel', () => {
  expect(offsetAt(100_078, million) - offsetAt(100_000, million)).toBe(78)
  expect(offsetAt(mostHeight - 1000, million)).toBe(million - 1000)
})
