import { exponentOf, toDecimal } from '../../../domain/money.ts'

const formats = new Map<string, Intl.NumberFormat>()

/** An amount of minor units as people read it: `$25,000`, `10 €`, `$1,250.50`. Decimals show only where there are some. */
export function formatMoney(locale: string, minor: number | bigint, currency: string): string {
  const key = `${locale} ${currency}`
  let format = formats.get(key)
  if (!format) {
    const digits = exponentOf(currency)
    format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      trailingZeroDisplay: 'stripIfInteger',
    })
    formats.set(key, format)
  }
  // Given as text, because a number would lose the last cents of a large amount.
  return format.format(toDecimal(minor, currency) as `${number}`)
}
