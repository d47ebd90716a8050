import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  asked,
  beginOf,
  type Known,
  knownRows,
  nothingKnown,
  type Page,
  pageSize,
  pagesFor,
  placeOf,
  roomFor,
  withPage,
} from './keyset.ts'

const full = (next: string | null) => ({ length: pageSize, next })
const front = (nth: number): Page => ({ end: 'front', nth })
const back = (nth: number): Page => ({ end: 'back', nth })
const read = (known: Known, ...pages: [Page, string | null, number?][]): Known =>
  pages.reduce((known, [page, next, length = pageSize]) => withPage(known, page, { length, next }), known)

test('a list of unknown length grows page by page until its end', () => {
  const one = withPage(nothingKnown, front(0), full('a'))
  expect([roomFor(nothingKnown, undefined), roomFor(one, undefined)]).toEqual([pageSize, 2 * pageSize])
  expect([knownRows(nothingKnown, undefined), knownRows(one, undefined)]).toEqual([0, pageSize])
  const two = withPage(one, front(1), { length: 7, next: null })
  expect([roomFor(two, undefined), two.total]).toEqual([pageSize + 7, pageSize + 7])
  // What is known already changes nothing, so that nothing is drawn anew.
  expect(withPage(two, front(1), { length: 7, next: null })).toBe(two)
  expect(withPage(one, front(0), full('a'))).toBe(one)
})

test('a page that ends elsewhere moves only the beginning of the next', () => {
  const known = read(nothingKnown, [front(0), 'a'], [front(1), 'b'], [front(2), null, 50])
  const moved = withPage(known, front(0), full('c'))
  expect([1, 2].map((nth) => beginOf(moved, front(nth)))).toEqual(['c', 'b'])
  expect(moved.total).toBe(450)
  expect(withPage(known, front(2), full('d')).total).toBeUndefined()
  expect(withPage(known, front(0), { length: 3, next: null }).total).toBe(3)
})

test('pages are asked for a little ahead, and where nobody has counted never before it is known where they begin', () => {
  const known = read(nothingKnown, [front(0), 'a'], [front(1), 'b'])
  expect(pagesFor(known, undefined, 0, 30)).toEqual([front(0)])
  expect(pagesFor(known, undefined, 130, 160)).toEqual([front(0), front(1)])
  expect(pagesFor(known, undefined, 5000, 5030)).toEqual([front(2)])
})

test('a jump to the end or into the middle of a counted list reads what is there and nothing in between', () => {
  const million = 1_000_000
  expect(pagesFor(nothingKnown, million, million - 30, million - 1)).toEqual([back(0)])
  expect(beginOf(nothingKnown, back(0))).toBe(0)
  expect(pagesFor(nothingKnown, million, 300_010, 300_040)).toEqual([front(1500)])
  expect(beginOf(nothingKnown, front(1500))).toBe(300_000)
  // From there it goes on by key, and what was asked for stays as it was asked for.
  const jumped = read(asked(nothingKnown, front(1500)), [front(1500), 'k'])
  expect(beginOf(jumped, front(1501))).toBe('k')
  const before = withPage(asked(jumped, front(1499)), front(1499), full('z'))
  expect([beginOf(before, front(1499)), beginOf(before, front(1500))]).toEqual([299_800, 300_000])
  // What may come into sight has to wait where it takes skipping.
  expect(pagesFor(nothingKnown, million, 300_180, 300_195)).toEqual([front(1500)])
  expect(pagesFor(nothingKnown, million, 300_180, 300_195, true)).toEqual([front(1500), front(1501)])
  // Nearer the end one goes on upwards.
  expect(pagesFor(nothingKnown, million, million - 310, million - 290)).toEqual([back(1)])
  expect(beginOf(read(nothingKnown, [back(0), 'up']), back(1))).toBe('up')
})

test('where the pages of both ends meet, both are asked for, however little of one is there', () => {
  const total = 500_907
  for (let first = 250_300; first < 250_600; first++) {
    const pages = pagesFor(nothingKnown, total, first, first + 30, true)
    for (let row = first - 8; row <= first + 38; row++) {
      const { end, nth } = placeOf(row, total)
      if (!pages.some((page) => page.end === end && page.nth === nth)) expect.fail(`row ${row} from ${first} on is not read`)
    }
  }
  expect(placeOf(250_453, total).end).not.toBe(placeOf(250_454, total).end)
})

test('every row of a counted list is in one place of a page that is asked for where it is seen', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30_000 }), fc.nat(), (total, n) => {
      const row = n % total
      const { end, nth, at } = placeOf(row, total)
      expect(end === 'front' ? nth * pageSize + at : total - 1 - nth * pageSize - at).toBe(row)
      const pages = pagesFor(nothingKnown, total, row - 20, row + 20)
      expect(pages).toContainEqual({ end, nth })
      expect(pages.length).toBeLessThan(5)
    }),
  )
})

test('whatever is scrolled to, reading what is asked for reaches the end with every row', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), (total) => {
      let known = nothingKnown
      for (let reads = 0; known.total === undefined && reads < 100; reads += 1) {
        const room = roomFor(known, undefined)
        for (const page of pagesFor(known, undefined, room - 20, room)) {
          const length = Math.min(pageSize, total - page.nth * pageSize)
          known = withPage(known, page, { length, next: (page.nth + 1) * pageSize >= total ? null : `at ${page.nth + 1}` })
        }
      }
      expect(roomFor(known, undefined)).toBe(total)
    }),
  )
})
