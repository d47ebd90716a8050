import type { Revised, Store } from '../../domain/store.ts'
import { writeAnyEvent } from './events.ts'

/** What has happened since somebody heard of it last, as server-sent events. */

/** Up to where everything was heard: the last event, and the last change of what has no history. */
export interface Cursor {
  event: number
  revision: number
}

export const writeCursor = ({ event, revision }: Cursor): string => `${event}-${revision}`

/** Undefined where it is not one of ours. */
export function readCursor(text: string): Cursor | undefined {
  const [, event, revision] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? []
  return event === undefined ? undefined : { event: Number(event), revision: Number(revision) }
}

/** What one look found, as text for all who were equally far. */
export interface Page {
  text: string
  cursor: Cursor
  hasMore: boolean
}

export type Message = 'ready' | 'reset' | 'change' | 'changed'

/** JSON has no line breaks of its own, so one line of data is enough. */
export const message = (event: Message, cursor: Cursor, data: object): string =>
  `id: ${writeCursor(cursor)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`

const pageSize = 100

const keyOf = (id: number) => ({ value: id, id })

/** The events after the cursor and, behind the last of them, the nouns without history that have changed. */
export async function pageAfter(store: Store, cursor: Cursor): Promise<Page> {
  // Read first: a change that is made in between is told once more rather than not at all.
  const changed = [...(await store.revisions())].filter(([, value]) => value > cursor.revision)
  const { items, next } = await store.events.list({ after: keyOf(cursor.event), limit: pageSize })
  const texts = items.map((event) => message('change', { ...cursor, event: event.id }, writeAnyEvent(event)))
  const event = items.at(-1)?.id ?? cursor.event
  if (next) return { text: texts.join(''), cursor: { ...cursor, event }, hasMore: true }
  const revision = Math.max(cursor.revision, ...changed.map(([, value]) => value))
  const last = { event, revision }
  for (const [noun] of changed.toSorted(([, a], [, b]) => a - b)) texts.push(message('changed', last, { noun } satisfies Noun))
  return { text: texts.join(''), cursor: last, hasMore: false }
}

interface Noun {
  noun: Revised
}

export async function newest(store: Store): Promise<Cursor> {
  const revision = Math.max(0, ...(await store.revisions()).values())
  const { items } = await store.events.list({ direction: 'desc', limit: 1 })
  return { event: items[0]?.id ?? 0, revision }
}

/** Whether there is too much to catch up with, or the cursor is of a store that was put back to an earlier state since. */
export async function hasLost({ events }: Store, { event }: Cursor, behind: number): Promise<boolean> {
  if (event > 0 && (await events.get(event)) === undefined) return true
  const { items } = await events.list({ after: keyOf(event), limit: 1, offset: behind })
  return items.length > 0
}
