import type { Json } from '../../domain/text.ts'

/** A cell as text: what a CSV has anyway, and what a JSON value would be there. Empty where there is nothing. */
export const textOf = (cell: Json | undefined): string =>
  cell === null || cell === undefined
    ? ''
    : typeof cell === 'string'
      ? cell.trim()
      : typeof cell === 'object'
        ? JSON.stringify(cell)
        : String(cell)

const symbols = /^[\p{Sc}\s']+|[\p{Sc}\s]+$/gu

/** A number as people write it, as decimal text: `$1,234.50` → `1234.50`. Undefined where it is none. */
export function decimalOf(text: string, point: '.' | ','): string | undefined {
  const sign = /^\(.*\)$|^\s*[-−]/.test(text) ? '-' : ''
  const bare = text.replace(/^\(|\)$|[-−+]/g, '').replace(symbols, '')
  const [whole = '', fraction, ...more] = bare.split(point)
  if (more.length > 0 || (fraction !== undefined && !/^\d*$/.test(fraction))) return undefined
  // The other mark and spaces only part thousands; anywhere else they would mean something.
  const grouped = point === '.' ? /^\d{1,3}(?:[,\s'’]\d{3})+$/u : /^\d{1,3}(?:[.\s'’]\d{3})+$/u
  if (!/^\d*$/.test(whole) && !grouped.test(whole)) return undefined
  const digits = whole.replace(/\D/g, '')
  if (digits === '' && (fraction ?? '') === '') return undefined
  return `${sign}${digits === '' ? '0' : digits}${fraction ? `.${fraction}` : ''}`
}

/** A list: a JSON array, or texts with commas between them. */
export function listOf(text: string): string[] | undefined {
  if (!text.startsWith('[')) {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
  }
  const list = jsonOf(text)
  return Array.isArray(list) && list.every((part) => typeof part === 'string') ? list : undefined
}

export function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * A text made of other columns: `{account} – {product}`. What stands between two columns is left out where one of them is empty.
 */
export function template(pattern: string): { columns: readonly string[]; fill(cell: (column: string) => string): string } {
  const pieces = pattern.split(/\{([^{}]+)\}/)
  const columns = pieces.filter((_, index) => index % 2 === 1)
  const literals = pieces.filter((_, index) => index % 2 === 0)
  return {
    columns,
    fill: (cell) => {
      let text = ''
      for (const [index, column] of columns.entries()) {
        const value = cell(column)
        if (value !== '') text += text === '' ? value : (literals[index] ?? '') + value
      }
      return text === '' ? '' : (literals[0] ?? '') + text + (literals.at(-1) ?? '')
    },
  }
}
