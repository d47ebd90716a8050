import { v5 } from 'uuid'
import { currencyCodes, toDecimal } from '../../domain/money.ts'

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

const symbols = new Map<string, string>()

/** What stands before the digits: `$`, or `CHF` and a space that does not break. Asking for it is slow, so each is kept. */
function symbolOf(currency: string): string {
  let symbol = symbols.get(currency)
  if (symbol === undefined) {
    const parts = new Intl.NumberFormat('en-US', { style: 'currency', currency }).formatToParts(0)
    symbol = parts
      .slice(
        0,
        parts.findIndex(({ type }) => type === 'integer'),
      )
      .map(({ value }) => value)
      .join('')
    symbols.set(currency, symbol)
  }
  return symbol
}

/** `$50,000.00`, or the same in the manner of another currency: as `Intl` writes it, of which a page of deals would be a twentieth. */
export function formatted(minor: number | bigint, currency: string): string {
  const decimal = toDecimal(minor, currency)
  const sign = decimal.startsWith('-') ? '-' : ''
  const [whole = '', fraction] = decimal.slice(sign.length).split('.')
  const grouped = whole.length > 3 ? whole.replace(/\B(?=(?:\d{3})+$)/g, ',') : whole
  return `${sign}${symbolOf(currency)}${grouped}${fraction === undefined ? '' : `.${fraction}`}`
}
