/** Decimal numbers as people type them, in their own locale's manner or in the one of what they paste. */

const marks = (locale?: string): { group: string; decimal: string } => {
  const parts = new Intl.NumberFormat(locale).formatToParts(12_345.6)
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
  return { group: of('group'), decimal: of('decimal') }
}

/**
 * The number as plain decimal text (`1250.50`), undefined where it is none. A single mark before other than three digits is the decimal
 * one whatever the locale; before three digits the locale says what it is.
 */
export function readDecimal(text: string, locale?: string): string | undefined {
  const bare = text.replace(/[\s'’_]/g, '')
  const [, sign = '', digits = ''] = /^([-+−]?)([\d.,]+)$/.exec(bare) ?? []
  if (!/\d/.test(digits)) return undefined
  const decimal = decimalMark(digits, marks(locale).decimal)
  const [whole = '', fraction, ...more] = decimal === undefined ? [digits] : digits.split(decimal)
  if (more.length > 0 || (fraction !== undefined && !/^\d*$/.test(fraction))) return undefined
  const plain = `${whole.replace(/[.,]/g, '') || '0'}${fraction ? `.${fraction}` : ''}`
  return sign === '' || sign === '+' ? plain : `-${plain}`
}

function decimalMark(digits: string, ofLocale: string): '.' | ',' | undefined {
  const found = [...digits.matchAll(/[.,]/g)]
  const last = found.at(-1)
  if (!last) return undefined
  const mark = last[0] === '.' ? '.' : ','
  const same = found.filter(([other]) => other === mark).length
  // One mark again and again separates thousands; two sorts of marks end with the decimal one.
  if (same > 1 && same === found.length) return undefined
  if (found.length > 1) return mark
  const behind = digits.length - last.index - 1
  const inFront = last.index
  return behind === 3 && inFront > 0 && inFront <= 3 && mark !== ofLocale ? undefined : mark
}
