import { DomainError, invalid } from './errors.ts'

/**
 * Money is an integer of minor units in an ISO 4217 currency. The bound keeps every amount an exact JSON number
 * (ten trillion dollars in cents) and lets a stage of nine thousand such deals be summed in 64 bits.
 */
export const maxAmount = 1_000_000_000_000_000

/** ISO 4217 minor units (list one, amendment 177) wherever they are not 2. */
const exponents: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
])

/** The currencies whose minor unit does not have two decimal places. */
export const unusualPlaces: readonly { places: number; codes: readonly string[] }[] = [...new Set(Object.values(exponents))].map(
  (places) => ({ places, codes: Object.keys(exponents).filter((code) => exponents[code] === places) }),
)

/** Every currency that can be used, by code, in alphabetical order. */
// The runtime's list leaves out the units of account, like Chile's UF, that contracts are made in.
export const currencyCodes: readonly string[] = [
  ...new Set([...Intl.supportedValuesOf('currency'), ...Object.keys(exponents)]),
].sort()
const known: ReadonlySet<string> = new Set(currencyCodes)

export const isCurrency = (code: string): boolean => known.has(code)

/** Decimal places of a currency's minor unit: 2 for USD, 0 for JPY, 3 for KWD. */
export const exponentOf = (currency: string): number => exponents[currency] ?? 2

/**
 * Minor units of a decimal amount, rounded half away from zero on the last place the currency has.
 * Works on the decimal text, so 1.005 is never turned into 1.00499… on the way.
 * Refuses (`format`, `range`) what is not a finite decimal or is beyond {@link maxAmount}.
 */
export function toMinor(decimal: number | string, currency: string, field = 'amount'): number {
  const parts = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?\s*$/i.exec(String(decimal))
  const [, sign, whole = '', fraction = '', power = '0'] = parts ?? invalid(field, 'format')
  if (whole === '' && fraction === '') invalid(field, 'format')
  const shift = exponentOf(currency) + Number(power) - fraction.length
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return 0
  if (digits.length + shift > 40) invalid(field, 'range', { min: -maxAmount, max: maxAmount })
  const minor = shift >= 0 ? BigInt(digits + '0'.repeat(shift)) : roundedQuotient(digits, -shift)
  if (minor > BigInt(maxAmount)) invalid(field, 'range', { min: -maxAmount, max: maxAmount })
  const amount = Number(minor)
  return sign === '-' && amount !== 0 ? -amount : amount
}

/** The minor units of a decimal amount, or null where the currency cannot say it exactly. */
export function exactMinor(decimal: number | string, currency: string): number | null {
  try {
    const minor = toMinor(decimal, currency)
    return Number(toDecimal(minor, currency)) === Number(decimal) ? minor : null
  } catch (error) {
    if (error instanceof DomainError) return null
    throw error
  }
}

/** The digits divided by 10^places, half away from zero. */
function roundedQuotient(digits: string, places: number): bigint {
  const cut = digits.length - places
  if (cut < 0) return 0n
  const kept = BigInt(digits.slice(0, cut) || '0')
  return (digits[cut] ?? '0') >= '5' ? kept + 1n : kept
}

/** The amount in major units as decimal text with all of the currency's places: 125050 USD → "1250.50". */
export function toDecimal(minor: number | bigint, currency: string): string {
  const places = exponentOf(currency)
  const digits = String(minor)
    .replace('-', '')
    .padStart(places + 1, '0')
  const sign = minor < 0 ? '-' : ''
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`
}

/** The amount in major units as the nearest number: 125050 USD → 1250.5. */
export const toMajor = (minor: number | bigint, currency: string): number => Number(toDecimal(minor, currency))

/** The amount rounded to so many decimal places of its major unit, still in minor units: what a coarser vendor shows. */
export function roundTo(minor: number, currency: string, places: number): number {
  const unit = 10 ** Math.max(0, exponentOf(currency) - places)
  const size = Math.abs(minor)
  const rounded = Math.floor((size + unit / 2) / unit) * unit
  return minor < 0 && rounded !== 0 ? -rounded : rounded
}

/** Asks that `code` is a currency we can count in. */
export function requireCurrency(code: string, field = 'currency'): string {
  return isCurrency(code) ? code : invalid(field, 'unknown')
}

/** Asks that `amount` is an exact integer of minor units within {@link maxAmount}. */
export function requireAmount(amount: number, field = 'amount'): number {
  if (!Number.isSafeInteger(amount)) invalid(field, 'type')
  if (Math.abs(amount) > maxAmount) invalid(field, 'range', { min: -maxAmount, max: maxAmount })
  return amount === 0 ? 0 : amount
}
