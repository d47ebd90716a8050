import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, firstGap, indexIn, inserted, knownEnd, put, type Runs, removed, within } from './runs.ts'

/** What runs know, as a plain sparse list; the oracle of everything below. */
const plain = (runs: Runs<string>): (string | undefined)[] =>
  Array.from({ length: Math.max(30, knownEnd(runs)) }, (_, index) => at(runs, index))

const anyRuns = fc
  .array(fc.record({ start: fc.nat(20), items: fc.array(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 5 }) }), {
    maxLength: 5,
  })
  .map((pages) => pages.reduce<Runs<string>>((runs, { start, items }) => put(runs, start, items), []))

/** Runs in order, apart from each other, and none empty. */
function isTidy(runs: Runs<string>): boolean {
  return runs.every(({ start, items }, nth) => {
    const next = runs[nth + 1]
    return items.length > 0 && (!next || start + items.length < next.start)
  })
}

test('a page that is put somewhere stands there, and nothing else moves', () => {
  fc.assert(
    fc.property(anyRuns, fc.nat(20), fc.array(fc.string(), { maxLength: 5 }), (runs, start, items) => {
      const was = plain(runs)
      const is = put(runs, start, items)
      expect(isTidy(is)).toBe(true)
      for (let index = 0; index < 30; index++) {
        const inside = index >= start && index < start + items.length
        expect(at(is, index)).toBe(inside ? items[index - start] : was[index])
      }
    }),
  )
})

test('taking one out and putting it in again are each other’s opposite', () => {
  fc.assert(
    fc.property(anyRuns, fc.nat(25), (runs, index) => {
      const item = at(runs, index)
      const less = removed(runs, index)
      expect(plain(less).slice(0, 29)).toEqual(plain(runs).toSpliced(index, 1))
      if (item !== undefined) expect(plain(inserted(less, index, item))).toEqual(plain(runs))
    }),
  )
})

test('what is put in where nothing is known stands alone there', () => {
  const runs = put<string>([], 0, ['a', 'b'])
  const more = inserted(runs, 5, 'x')
  expect(more).toEqual([
    { start: 0, items: ['a', 'b'] },
    { start: 5, items: ['x'] },
  ])
  expect(inserted(more, 2, 'c')).toEqual([
    { start: 0, items: ['a', 'b', 'c'] },
    { start: 6, items: ['x'] },
  ])
})

test('gaps are found from where one looks, and only what is near is kept', () => {
  const runs = put(put<string>([], 0, ['a', 'b', 'c']), 6, ['g', 'h'])
  expect(firstGap(runs, 0, 3)).toBeUndefined()
  expect(firstGap(runs, 1, 8)).toBe(3)
  expect(firstGap(runs, 6, 9)).toBe(8)
  expect(indexIn(runs, (item) => item === 'h')).toBe(7)
  expect(within(runs, 2, 7)).toEqual([
    { start: 2, items: ['c'] },
    { start: 6, items: ['g'] },
  ])
})
