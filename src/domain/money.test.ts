import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DomainError } from './errors.ts'
import {
  currencyCodes,
  exactMinor,
  exponentOf,
  isCurrency,
  maxAmount,
  requireAmount,
  roundTo,
  toDecimal,
  toMajor,
  toMinor,
} from './money.ts'

const currency = fc.constantFrom('JPY', 'USD', 'KWD', 'CLF', 'UYW', 'EUR')

/** n / d as an integer, half away from zero: the rule, in whole numbers. */
function rounded(n: bigint, d: bigint): bigint {
  const size = n < 0n ? -n : n
  const quotient = (2n * size + d) / (2n * d)
  return n < 0n ? -quotient : quotient
}

const ten = (power: number) => 10n ** BigInt(power)

/** mantissa × 10^power in minor units. */
const oracle = (mantissa: bigint, power: number, code: string): bigint => {
  const shift = power + exponentOf(code)
  return shift >= 0 ? mantissa * ten(shift) : rounded(mantissa, ten(-shift))
}

const issueOf = (work: () => unknown) => {
  try {
    return work()
  } catch (error) {
    const refusal = error instanceof DomainError ? error.refusal : undefined
    if (refusal?.kind !== 'invalid') throw error
    return refusal.issues[0]?.rule
  }
}

describe('toMinor', () => {
  test('agrees with whole-number arithmetic, however the number is written', () => {
    const written = fc.record({
      mantissa: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      power: fc.integer({ min: -25, max: 12 }),
      code: currency,
      how: fc.constantFrom('e', 'E+', 'point', 'zeros'),
    })
    fc.assert(
      fc.property(written, ({ mantissa, power, code, how }) => {
        const sign = mantissa < 0n ? '-' : ''
        const digits = String(mantissa).replace('-', '')
        const padded = digits.padStart(-power + 1, '0')
        const text =
          how === 'point' && power < 0
            ? `${sign}${padded.slice(0, power)}.${padded.slice(power)}`
            : how === 'zeros'
              ? `${sign}000${digits}.000e${power}`
              : `${sign}${digits}${how.replace('+', power < 0 ? '' : '+')}${power}`.replace('point', 'e')
        const exact = oracle(mantissa, power, code)
        const fits = exact <= BigInt(maxAmount) && exact >= -BigInt(maxAmount)
        expect(issueOf(() => toMinor(text, code))).toBe(fits ? Number(exact) : 'range')
      }),
      { numRuns: 2000 },
    )
  })

  test('takes a number as the decimal that it prints as', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e10, max: 1e10 }), currency, (value, code) => {
        expect(toMinor(value, code)).toBe(toMinor(String(value), code))
      }),
    )
    expect(toMinor(1.005, 'USD')).toBe(101)
    expect(toMinor(-1.005, 'USD')).toBe(-101)
    expect(toMinor(1e-7, 'USD')).toBe(0)
    expect(toMinor(5e-3, 'USD')).toBe(1)
  })

  test.each([
    [1e21, 'range'],
    [-1e21, 'range'],
    ['1e9999', 'range'],
    ['1e-9999', 0],
    ['0e9999', 0],
    [-0, 0],
    ['-0.001', 0],
    [`${'0'.repeat(100)}1`, 100],
    ['.5', 50],
    ['5.', 500],
    [' 12.34 ', 1234],
    ['+1', 100],
    [10_000_000_000_000, maxAmount],
    ['10000000000000.004', maxAmount],
    ['10000000000000.005', 'range'],
    ['9'.repeat(5_000_000), 'range'],
    [`0.${'9'.repeat(5_000_000)}`, 100],
    [Number.NaN, 'format'],
    [Number.POSITIVE_INFINITY, 'format'],
    ['', 'format'],
    ['.', 'format'],
    ['e5', 'format'],
    ['1,5', 'format'],
    ['1 000', 'format'],
    ['0x10', 'format'],
    ['١٢', 'format'],
    ['--1', 'format'],
    ['1e5e5', 'format'],
    ['twelve', 'format'],
  ])('of %s', (value, result) => {
    const outcome = issueOf(() => toMinor(value, 'USD'))
    expect(outcome).toBe(result)
    expect(Object.is(outcome, -0)).toBe(false)
  })
})

const minor = fc.integer({ min: -maxAmount, max: maxAmount })

test('what is written as a decimal is read as the same amount', () => {
  fc.assert(
    fc.property(minor, currency, (amount, code) => {
      expect(toMinor(toDecimal(amount, code), code)).toBe(amount)
      expect(exactMinor(toDecimal(amount, code), code)).toBe(amount)
      // As a JSON number as well, as long as it has no more than fifteen digits.
      if (Math.abs(amount) < 1e15) expect(toMinor(toMajor(amount, code), code)).toBe(amount)
    }),
  )
  expect([toDecimal(125050, 'USD'), toDecimal(-5, 'KWD'), toDecimal(7, 'JPY'), toDecimal(0, 'CLF')]).toEqual([
    '1250.50',
    '-0.005',
    '7',
    '0.0000',
  ])
  expect(toDecimal(-(10n ** 20n), 'USD')).toBe('-1000000000000000000.00')
})

test('rounding to fewer places agrees with whole-number arithmetic, and is stable', () => {
  fc.assert(
    fc.property(minor, currency, fc.integer({ min: 0, max: 5 }), (amount, code, places) => {
      const unit = ten(Math.max(0, exponentOf(code) - places))
      const result = roundTo(amount, code, places)
      expect(BigInt(result)).toBe(rounded(BigInt(amount), unit) * unit)
      expect(roundTo(result, code, places)).toBe(result)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['1.5', 'JPY', null],
  ['1.50', 'USD', 150],
  ['1.005', 'USD', null],
  ['1.005', 'KWD', 1005],
  ['1e3', 'USD', 100_000],
  ['junk', 'USD', null],
  ['1e30', 'USD', null],
])('exactly %s %s is %s', (value, code, amount) => {
  expect(exactMinor(value, code)).toBe(amount)
})

test('amounts are exact integers within the bound', () => {
  expect([0, 1, -1, maxAmount, -maxAmount].map((amount) => requireAmount(amount))).toEqual([0, 1, -1, maxAmount, -maxAmount])
  expect(Object.is(requireAmount(-0), 0)).toBe(true)
  expect(issueOf(() => requireAmount(0.5))).toBe('type')
  expect(issueOf(() => requireAmount(Number.NaN))).toBe('type')
  expect(issueOf(() => requireAmount(2 ** 53))).toBe('type')
  expect(issueOf(() => requireAmount(maxAmount + 1))).toBe('range')
})

test('currencies are those of ISO 4217, in capitals', () => {
  expect(['USD', 'JPY', 'KWD', 'CLF'].every(isCurrency)).toBe(true)
  expect(['usd', 'XXQ', '', 'US', 'constructor'].some(isCurrency)).toBe(false)
  expect(currencyCodes.length).toBeGreaterThan(150)
})
