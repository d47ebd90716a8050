import type { Session } from '../engine.ts'
import { type Indexed, termsOf } from '../search.ts'
import { type IndexedWord, openWords, words } from './statements.ts'

const buckets = 1 << 16

/** In so many buckets it is looked who differs; an index that is wrong everywhere need not be told row by row. */
const bucketsLookedInto = 256

/**
 * Compares a search index with the texts it was made from without holding either: every word adds its hash to the bucket of its row
 * when it is expected, and takes it away when it is found. What is left in a bucket says in which rows to look.
 */
export class SearchWords {
  readonly #sums = new Int32Array(buckets)
  readonly #index: Indexed

  constructor(index: Indexed) {
    this.#index = index
  }

  expect(row: { id: number; workspace_id: number }, columns: Readonly<Record<string, string>>): void {
    for (const [column, text] of Object.entries(columns)) {
      for (const term of new Set(termsOf(row.workspace_id, text))) this.#add(row.id, hash(`${column}\n${term}`))
    }
  }

  /** Reads the index. Returns whether a row may be one in which the two differ, and undefined if no row is. */
  async compare(session: Session): Promise<((id: number) => boolean) | undefined> {
    for await (const { term, doc, col } of wordsIn(session, this.#index)) this.#add(doc, -hash(`${col}\n${term}`))
    const suspects = new Set<number>()
    for (const [bucket, sum] of this.#sums.entries()) if (sum !== 0 && suspects.size < bucketsLookedInto) suspects.add(bucket)
    return suspects.size > 0 ? (id) => suspects.has(id % buckets) : undefined
  }

  #add(id: number, value: number): void {
    // The row has its part in it, so that two rows of a bucket that have swapped words are noticed.
    this.#sums[id % buckets] = ((this.#sums[id % buckets] ?? 0) + Math.imul(value, (id | 0) * 2 + 1)) | 0
  }
}

async function* wordsIn(session: Session, index: Indexed): AsyncGenerator<IndexedWord> {
  await session.run(openWords(index), {})
  yield* session.each(words(index), {})
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value
}

/** The rows whose words in the index are not exactly those of their texts, among those that may be. */
export async function* differing<Row extends { id: number; workspace_id: number }>(
  session: Session,
  index: Indexed,
  rows: AsyncIterable<Row> | Iterable<Row>,
  mayDiffer: (id: number) => boolean,
  textsOf: (row: Row) => Readonly<Record<string, string>>,
): AsyncGenerator<number> {
  const found = new Map<number, Set<string>>()
  for await (const { term, doc, col } of wordsIn(session, index)) {
    if (!mayDiffer(doc)) continue
    const own = found.get(doc) ?? new Set()
    found.set(doc, own.add(`${col}\n${term}`))
  }
  for await (const row of rows) {
    if (!mayDiffer(row.id)) continue
    const own = found.get(row.id) ?? new Set()
    const expected = Object.entries(textsOf(row)).flatMap(([column, text]) =>
      [...new Set(termsOf(row.workspace_id, text))].map((term) => `${column}\n${term}`),
    )
    if (expected.length !== own.size || expected.some((word) => !own.has(word))) yield row.id
  }
}
