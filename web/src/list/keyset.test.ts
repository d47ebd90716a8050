import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Known, nothingKnown, pageSize, pagesFor, roomFor, withPage } from './keyset.ts'

const full = (next: string | null) => ({ length: pageSize, next })

test('a list grows page by page until its end', () => {
  const one = withPage(nothingKnown, 0, full('a'))
  expect(one).toEqual({ cursors: [null, 'a'], total: undefined })
  expect(roomFor(nothingKnown)).toBe(pageSize)
  expect(roomFor(one)).toBe(2 * pageSize)
  const two = withPage(one, 1, { length: 7, next: null })
  expect(roomFor(two)).toBe(pageSize + 7)
  expect(withPage(two, 1, { length: 7, next: null })).toBe(two)
  expect(withPage(one, 0, full('a'))).toBe(one)
})

test('a page that ends elsewhere moves only the beginning of the next', () => {
  const known: Known = { cursors: [null, 'a', 'b'], total: 450 }
  expect(withPage(known, 0, full('c'))).toEqual({ cursors: [null, 'c', 'b'], total: 450 })
  expect(withPage(known, 2, full('d'))).toEqual({ cursors: [null, 'a', 'b', 'd'], total: undefined })
  expect(withPage(known, 0, { length: 3, next: null })).toEqual({ cursors: [null], total: 3 })
})

test('pages are asked for a little ahead, and never before it is known where they begin', () => {
  const known: Known = { cursors: [null, 'a', 'b'], total: undefined }
  expect(pagesFor(known, 0, 30)).toEqual([0])
  expect(pagesFor(known, 100, 130)).toEqual([0, 1])
  expect(pagesFor(known, 190, 230)).toEqual([0, 1])
  expect(pagesFor(known, 5000, 5030)).toEqual([2])
})

test('whatever is scrolled to, reading what is asked for reaches the end with every row', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), (total) => {
      let known = nothingKnown
      for (let reads = 0; known.total === undefined && reads < 100; reads += 1) {
        for (const page of pagesFor(known, roomFor(known) - 20, roomFor(known))) {
          const length = Math.min(pageSize, total - page * pageSize)
          known = withPage(known, page, { length, next: (page + 1) * pageSize >= total ? null : `at ${page + 1}` })
        }
      }
      expect(roomFor(known)).toBe(total)
    }),
  )
})
