import { v5 } from 'uuid'
import { currencyCodes, exponentOf, toDecimal } from '../../domain/money.ts'

const currencies = '6e3f3f0c-6a53-5c1e-9d0b-7d2f4a1c8b90'

const idByCode = new Map(currencyCodes.map((code) => [code, v5(code, currencies)]))
const codeById = new Map([...idByCode].map(([code, id]) => [id, code]))

/** The vendor knows currencies by uuids. Ours follow from the code, so that they are the same everywhere and for ever. */
export const currencyId = (code: string): string => idByCode.get(code) ?? v5(code, currencies)

/**
 * The code for a currency's id. No page lists the vendor's currencies, so a caller may also say the code itself. What is neither comes
 * back as it is, for the model to refuse.
 */
export const currencyOf = (id: string): string => codeById.get(id.toLowerCase()) ?? id

const formats = new Map<string, Intl.NumberFormat>()

/** `$50,000.00`, or the same in the manner of another currency. Making a formatter is slow, so each is kept. */
export function formatted(minor: number | bigint, currency: string): string {
  let format = formats.get(currency)
  if (!format) {
    const places = exponentOf(currency)
    format = new Intl.NumberFormat('en-US', {
      style: 'currency',
      currency,
      minimumFractionDigits: places,
      maximumFractionDigits: places,
    })
    formats.set(currency, format)
  }
  // As text, of which no digit is lost on the way.
  return format.format(toDecimal(minor, currency) as Intl.StringNumericLiteral)
}
