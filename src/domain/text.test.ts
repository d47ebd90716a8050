import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DomainError } from './errors.ts'
import {
  given,
  type Json,
  type JsonObject,
  mergeKeys,
  requireName,
  requireTags,
  requireText,
  sameJson,
  withExtras,
} from './text.ts'

const ruleOf = (work: () => unknown) => {
  try {
    work()
    return undefined
  } catch (error) {
    const refusal = error instanceof DomainError ? error.refusal : undefined
    if (refusal?.kind !== 'invalid') throw error
    return refusal.issues[0]?.rule
  }
}

describe('a name', () => {
  test('is kept to the letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }), (name) => {
        fc.pre(name.trim() !== '' && !name.includes('\0') && [...name].length <= 255)
        expect(requireName(name)).toBe(name)
      }),
    )
    expect(requireName('  spaced ')).toBe('  spaced ')
  })

  test.each([
    ['', 'blank'],
    [' \t\n\u00a0\u3000', 'blank'],
    ['a'.repeat(256), 'too_long'],
    ['😀'.repeat(255), undefined],
    ['😀'.repeat(256), 'too_long'],
    ['a'.repeat(10_000_000), 'too_long'],
    ['a\0b', 'format'],
    ['half a pair \ud83d', 'format'],
  ])('%#', (name, rule) => {
    expect(ruleOf(() => requireName(name))).toBe(rule)
  })
})

test('a text may be blank, and is as long as it is allowed to be', () => {
  expect(requireText('', 'note')).toBe('')
  expect(requireText('😀'.repeat(10_000), 'note')).toHaveLength(20_000)
  expect(ruleOf(() => requireText('a'.repeat(10_001), 'note'))).toBe('too_long')
  expect(ruleOf(() => requireText('\udc00', 'note'))).toBe('format')
})

test('tags are a set of trimmed words in the order given', () => {
  expect(requireTags([' b', 'a', 'b ', 'a'])).toEqual(['b', 'a'])
  expect(requireTags([])).toEqual([])
  expect(ruleOf(() => requireTags(['a', ' ']))).toBe('blank')
  expect(ruleOf(() => requireTags(['a'.repeat(256)]))).toBe('too_long')
  expect(ruleOf(() => requireTags(Array.from({ length: 101 }, (_, index) => `${index}`)))).toBe('too_long')
  expect(ruleOf(() => requireTags(['\ud800']))).toBe('format')
})

const json = fc.jsonValue() as fc.Arbitrary<Json>
const object = fc.dictionary(
  fc.string({ maxLength: 3 }).filter((key) => key !== '__proto__'),
  json,
  { noNullPrototype: true },
) as fc.Arbitrary<JsonObject>

describe('the keys of one dialect', () => {
  test('are merged, null takes one away, and no other dialect notices', () => {
    fc.assert(
      fc.property(object, object, object, (theirs, own, change) => {
        const result = withExtras({ theirs, own }, 'own', change)
        expect(result.theirs).toEqual(theirs)
        for (const [key, value] of Object.entries({ ...own, ...change })) {
          if (value === null && key in change) expect(Object.hasOwn(result.own ?? {}, key)).toBe(false)
          else expect(result.own?.[key]).toEqual(value)
        }
        expect(withExtras(result, 'own', change)).toEqual(result)
      }),
    )
  })

  test('leave no empty object behind', () => {
    expect(withExtras({ a: { x: 1 }, b: { y: 1 } }, 'a', { x: null })).toEqual({ b: { y: 1 } })
    expect(withExtras({}, 'a', {})).toEqual({})
  })

  test('cannot reach what is not theirs', () => {
    const change = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}')
    const merged = mergeKeys({}, change)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(merged.polluted).toBeUndefined()
    expect(JSON.parse(JSON.stringify(merged))).toEqual(change)
  })
})

describe('two JSON values are the same', () => {
  test('when they say the same, in whatever order of keys', () => {
    const shuffled = (value: Json): Json =>
      Array.isArray(value)
        ? value.map(shuffled)
        : value !== null && typeof value === 'object'
          ? Object.fromEntries(
              Object.entries(value)
                .toReversed()
                .map(([key, inner]) => [key, shuffled(inner)]),
            )
          : value
    fc.assert(
      fc.property(json, (value) => {
        expect(sameJson(value, shuffled(value))).toBe(true)
      }),
    )
  })

  test.each<[Json | undefined, Json | undefined]>([
    [null, undefined],
    [null, {}],
    [[], {}],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ a: undefined as unknown as Json }, { b: 1 }],
    [
      [1, 2],
      [2, 1],
    ],
    ['1', 1],
    [0, false],
    [{ toString: 1 }, { a: 1 }],
  ])('and not when they do not: %j, %j', (a, b) => {
    expect([sameJson(a, b), sameJson(b, a)]).toEqual([false, false])
  })
})

test('a patch keeps null and loses what was not said', () => {
  expect(given({ a: undefined, b: null, c: 0, d: '' })).toEqual({ b: null, c: 0, d: '' })
})
