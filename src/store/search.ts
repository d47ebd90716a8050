import { type EngineKind, param, statement } from './engine.ts'
import { asRows, type Db, rowsOf } from './rows.ts'
import { type Sql, sql } from './sql.ts'

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

/** The dot counts as a letter in both engines, as all that is not ASCII does in SQLite's. */
const owned = (workspaceId: number, word: string): string => `${workspaceId}·${word}`

/** PostgreSQL indexes no more of a row. */
const maxIndexed = 250_000

/** The words of a text as an index keeps them, in their order. */
export function termsOf(workspaceId: number, text: string): string[] {
  const terms = wordsOf(text).map((word) => owned(workspaceId, word))
  if (text.length < maxIndexed / 10) return terms
  let length = 0
  return terms.filter((term) => (length += term.length) < maxIndexed)
}

/** What is searched, and in which of its texts. In PostgreSQL a text is known by the weight of its words: A, B. */
const indexes = { deal: ['title', 'custom'], party: ['name'] } as const

export type Indexed = keyof typeof indexes

const weights = 'AB'
const weightsOf = (noun: Indexed, columns: readonly string[]): string =>
  indexes[noun].map((column, index) => (columns.includes(column) ? weights[index] : '')).join('')

/** Which text of the noun has a weight. */
export const columnOf = (noun: Indexed, weight: Sql): Sql =>
  sql`case ${weight} ${sql.join(
    indexes[noun].map((column, index) => sql`when ${sql.lit(weights[index] ?? '')} then ${sql.lit(column)}`),
    ' ',
  )} end`

/** How the texts of rows are put into the index of their noun, in place of those that they had. */
export function indexing<N extends Indexed>(noun: N) {
  const columns: readonly string[] = indexes[noun]
  const id = `${noun}_id`
  const put = statement((engine) => {
    const table = sql.ref(`${noun}_text`)
    if (engine === 'sqlite')
      return sql`insert or replace into ${table} (rowid, ${sql.join(columns.map(sql.ref))})
        values (${param('id')}, ${sql.join(columns.map(param))})`
    return sql`insert into ${table} (workspace_id, ${sql.ref(id)}, words) ${rowsOf(`${noun}_text`, ['workspace_id', id, 'words'])}
      on conflict (workspace_id, ${sql.ref(id)}) do update set words = excluded.words`
  })
  type Texts = Readonly<Record<(typeof indexes)[N][number], string>>
  return async ({ session, engine, workspaceId }: Db, rows: readonly { id: number; texts: Texts }[]): Promise<void> => {
    const terms = (texts: Texts) =>
      Object.entries<string>(texts).map(([column, text]) => [column, termsOf(workspaceId, text)] as const)
    if (engine.kind === 'sqlite') {
      for (const { id, texts } of rows)
        session.later(put, { id, ...Object.fromEntries(terms(texts).map(([column, terms]) => [column, terms.join(' ')])) })
      return
    }
    const words = (texts: Texts) =>
      terms(texts).flatMap(([column, terms]) => [...new Set(terms)].map((term) => `'${term}':1${weightsOf(noun, [column])}`))
    if (rows.length === 0) return
    await session.later(
      put,
      asRows(rows.map((row) => ({ workspace_id: workspaceId, [id]: row.id, words: words(row.texts).join(' ') }))),
    )
  }
}

/** What a search gives its statement: as SQLite wants to be asked, and as PostgreSQL does. */
export interface Match {
  fts5: string
  tsquery: string
}

/** A match for rows that have, for every word of the text, a word that begins with it; null where the text has no words. */
export function matching(noun: Indexed, workspaceId: number, text: string, columns: readonly string[]): Match | null {
  const words = [...new Set(wordsOf(text))].slice(0, maxWords).map((word) => owned(workspaceId, word))
  if (words.length === 0) return null
  const everywhere = columns.length === indexes[noun].length
  return {
    fts5: `{${columns.join(' ')}} : (${words.map((word) => `"${word}" *`).join(' AND ')})`,
    tsquery: words.map((word) => `'${word}':*${everywhere ? '' : weightsOf(noun, columns)}`).join(' & '),
  }
}

/** The ids of the rows that match; the two sides of the {@link Match} are given under these names. */
export const matches = (engine: EngineKind, noun: Indexed, names: Match): Sql => {
  const table = sql.ref(`${noun}_text`)
  return engine === 'sqlite'
    ? sql`select rowid from ${table} where ${table} match ${param(names.fts5)}`
    : sql`select ${sql.ref(`${noun}_id`)} from ${table} where workspace_id = ${param('workspace')} and words @@ cast(${param(names.tsquery)} as tsquery)`
}
