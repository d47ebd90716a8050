import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonOf } from './json.ts'

const write = jsonOf<Record<string, unknown>>({
  '"odd"\n': ({ a }) => a,
  none: null,
  b: ({ b }) => b,
  list: [1, { is: 'fixed' }],
})
const same = (a: unknown, b: unknown) => JSON.stringify({ '"odd"\n': a, none: null, b, list: [1, { is: 'fixed' }] })

test('what is written is what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (a, b) => {
      expect(write({ a, b })).toBe(same(a, b))
    }),
  )
})

test.each(['"', '\\', '\u0000', '\u001f', '\u007f', '\u2028', '\ud800', 'a\udfff', '😀', -0, Number.NaN, 2 ** 60, 1.5, true, ''])(
  '%j as well',
  (value) => expect(write({ a: value, b: value })).toBe(same(value, value)),
)

test('an object may have no members', () => expect(jsonOf({})({})).toBe('{}'))
