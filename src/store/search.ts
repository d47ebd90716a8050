/**
 * Search words are made here and not by the database, so that what is stored and what is asked for are split and folded by the same
 * rules whatever Unicode tables an engine has. Each word carries its workspace: a look-up never touches another workspace's words.
 */

/** More words than this do not make a search narrower, only slower. */
const maxWords = 16
const maxWordLength = 64

/** The words of a text, without case and accents: `Café Straße` → `cafe strasse`. */
export function wordsOf(text: string): string[] {
  const folded = isAscii.test(text) ? text.toLowerCase() : fold(text)
  return (folded.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).map((word) => word.slice(0, maxWordLength))
}

const isAscii = /^[\0-\x7f]*$/

/** By way of capitals, because only those know that ß is two letters and ς and σ one. */
const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll('ς', 'σ')

/** A text as the index keeps it. The dot counts as a letter there, as all that is not ASCII. */
export const indexed = (workspaceId: number, text: string): string =>
  wordsOf(text)
    .map((word) => `${workspaceId}·${word}`)
    .join(' ')

/** A match for rows that have, for every word of the text, a word that begins with it; null where the text has no words. */
export function matching(workspaceId: number, text: string, columns: readonly string[]): string | null {
  const words = [...new Set(wordsOf(text))].slice(0, maxWords)
  if (words.length === 0) return null
  return `{${columns.join(' ')}} : (${words.map((word) => `"${workspaceId}·${word}" *`).join(' AND ')})`
}
