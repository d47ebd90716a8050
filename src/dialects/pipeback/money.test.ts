import { expect, test } from 'vitest'
import { currencyCodes, exponentOf, toDecimal } from '../../domain/money.ts'
import { formatted } from './money.ts'

test('amounts look as Intl writes them, in every currency', () => {
  for (const currency of currencyCodes) {
    const places = exponentOf(currency)
    const digits = { minimumFractionDigits: places, maximumFractionDigits: places }
    const format = new Intl.NumberFormat('en-US', { style: 'currency', currency, ...digits })
    for (const minor of [0, 5, 99, 100_000, 123_456_789, -1, -99_999_999, 10n ** 24n]) {
      expect(formatted(minor, currency)).toBe(format.format(toDecimal(minor, currency) as Intl.StringNumericLiteral))
    }
  }
})
