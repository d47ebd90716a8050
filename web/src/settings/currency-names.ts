/** Currencies by code, with their names in the person's own language. */

export const currencies: readonly string[] = Intl.supportedValuesOf('currency')

const names = new Intl.DisplayNames(undefined, { type: 'currency', fallback: 'none' })

export const currencyName = (code: string): string => names.of(code) ?? code

export function currencyLabel(code: string): string {
  const name = names.of(code)
  return name === undefined ? code : `${code} · ${name}`
}
