import { z } from 'zod'
import type { Key, Page, Window } from '../../../domain/page.ts'
import type { Answer } from '../../../http/speak.ts'
import { nextCursor, pagingById, readPaging } from './cursor.ts'
import { flagText, query } from './input.ts'

/** What every search takes: a term of two characters, or of one where it is to match exactly. */
export const searchQuery = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  query({ term: z.string().trim(), exact_match: flagText.default(false), ...pagingById, ...shape }).check((payload) => {
    const { term, exact_match } = payload.value as { term: string; exact_match: boolean }
    const least = exact_match ? 1 : 2
    if ([...term].length >= least) return
    const message = `This value is too short. It should have ${least} ${least === 1 ? 'character' : 'characters'} or more.`
    payload.issues.push({ code: 'custom', path: ['term'], params: { rule: 'format' }, message, input: term })
  })

/** What a search asks for, as far as all have it in common. */
export interface Search {
  term: string
  exact_match: boolean
  limit: number
  cursor?: Parameters<typeof readPaging>[0]['cursor']
}

/** How much is looked through at most to fill a page. What is missing then is behind the cursor. */
const rounds = 5
const perRound = 200

/**
 * A page of what was found. An exact match is picked out of what has the same words, so it may take several pages to fill one; a page may
 * also stay short.
 */
export async function search<T extends { id: number }>(
  { term, exact_match, limit, ...paging }: Search,
  find: (window: Window) => Promise<Page<T>>,
  textsOf: (item: T) => readonly string[],
): Promise<Page<T>> {
  const { after } = readPaging({ limit, ...paging })
  if (!exact_match) return find({ limit, after })
  const wanted = term.toLowerCase()
  const items: T[] = []
  let key: Key | undefined = after
  for (let round = 0; round < rounds; round++) {
    const found: Page<T> = await find({ limit: perRound, after: key })
    for (const [index, item] of found.items.entries()) {
      if (!textsOf(item).some((text) => text.toLowerCase() === wanted)) continue
      items.push(item)
      const isLast = index === found.items.length - 1 && found.next === null
      if (items.length === limit) return { items, next: isLast ? null : { value: item.id, id: item.id } }
    }
    if (found.next === null) return { items, next: null }
    key = found.next
  }
  return { items, next: key ?? null }
}

/** How much of the text is what was looked for. */
export const score = (term: string, text: string): number =>
  Math.round((Math.min(term.length, text.length) / Math.max(text.length, 1)) * 10_000) / 10_000

/** The envelope of a search: items with their score, a level deeper than in lists. */
export const found = (query: Search, items: readonly object[], next: Key | null): Answer => ({
  status: 200,
  body: { success: true, data: { items }, additional_data: { next_cursor: nextCursor(query, next) } },
})

/** The texts among a record's own fields that have the term in them. */
export const matching = (term: string, texts: readonly string[]): string[] =>
  texts.filter((text) => text.toLowerCase().includes(term.toLowerCase()))

export const textsIn = (values: { readonly [key: string]: unknown }): string[] =>
  Object.values(values).filter((value) => typeof value === 'string')
