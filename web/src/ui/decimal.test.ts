import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDecimal } from './decimal.ts'

test.each([
  ['1250.50', 'en-US', '1250.50'],
  ['1,250.50', 'en-US', '1250.50'],
  ['1.250,50', 'de', '1250.50'],
  ['1250,5', 'en-US', '1250.5'],
  ['1250.5', 'de', '1250.5'],
  ['1.250', 'de', '1250'],
  ['1.250', 'en-US', '1.250'],
  ['1,250', 'en-US', '1250'],
  ['1,250', 'de', '1.250'],
  ['1.250.000', 'en-US', '1250000'],
  ['12 500', 'fr', '12500'],
  ["12'500.20", 'de-CH', '12500.20'],
  ['-12', 'en-US', '-12'],
  ['−12,5', 'sv', '-12.5'],
  ['.5', 'en-US', '0.5'],
  ['5.', 'en-US', '5'],
  ['', 'en-US', undefined],
  ['.', 'en-US', undefined],
  ['12a', 'en-US', undefined],
  ['1.2.3,4.5', 'en-US', undefined],
])('%j in %s is %j', (text, locale, expected) => expect(readDecimal(text, locale)).toBe(expected))

test('what a locale writes is read back', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('en-US', 'de', 'fr', 'de-CH', 'sv', 'en-IN'),
      fc.integer({ min: -1e12, max: 1e12 }),
      (locale, cents) => {
        const shown = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(cents / 100)
        expect(Number(readDecimal(shown, locale))).toBe(cents / 100)
      },
    ),
  )
})
