import type { Page, Window } from './page.ts'
import type { Scope } from './scope.ts'
import { type Json, type JsonObject, sameJson } from './text.ts'
import type { Instant } from './time.ts'

/** What has a history. */
export type Subject = 'pipeline' | 'stage' | 'deal'

/** What happened to it. `moved` is any change of a deal's stage, winning and losing included, and of a stage's place. */
export type Verb = 'created' | 'updated' | 'moved' | 'deleted' | 'restored'

/**
 * One change, as it was. `before` and `after` hold the fields that changed (all fields where the record was made),
 * by their domain names; together the events of a record rebuild it. Events are never changed or removed.
 */
export interface Event {
  readonly id: number
  readonly type: `${Subject}.${Verb}`
  readonly subjectId: number
  readonly at: Instant
  readonly userId: number
  /** The dialect the change came through. */
  readonly via: string
  readonly before: JsonObject | null
  readonly after: JsonObject | null
  /** The first event of the same request or import; null for that one itself, and where it is alone. */
  readonly batch: number | null
}

/** By what an event is told from those of other requests: the id of the first one of its own. */
export const batchOf = ({ id, batch }: Pick<Event, 'id' | 'batch'>): number => batch ?? id

export interface EventQuery extends Window {
  ids?: readonly number[] | undefined
  subject?: Subject | undefined
  subjectId?: number | undefined
  /** Any of these; goes with `subject`. One alone is better named by itself: its index also sorts. */
  subjectIds?: readonly number[] | undefined
  /** Any of these. */
  types?: readonly Event['type'][] | undefined
  type?: Event['type'] | undefined
  userId?: number | undefined
  since?: Instant | undefined
  until?: Instant | undefined
  /** By when it was recorded, which is what `id` counts, or by when it happened. */
  order?: 'id' | 'at' | undefined
  direction?: 'asc' | 'desc' | undefined
}

/** One event of the workspace; undefined where there is none. */
export const findEvent = ({ store }: Scope, id: number): Promise<Event | undefined> => store.events.get(id)

/** How many events a query finds, whatever its window. Counted one by one: for vendors whose lists tell it. */
export const countEvents = ({ store }: Scope, query: Omit<EventQuery, 'limit'>): Promise<number> => store.events.count(query)

export const listEvents = ({ store }: Scope, query: EventQuery): Promise<Page<Event>> => store.events.list(query)

/** Who changed each of these records last, by its id. */
export async function lastChangers(
  { store }: Scope,
  subject: Subject,
  ids: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  return ids.length === 0 ? new Map() : store.events.latestUsers(subject, ids)
}

/** The fields in which two versions of a record differ, as each had them; null where they are the same. */
export function difference(
  before: object,
  after: object,
  ignored: ReadonlySet<string>,
): { before: JsonObject; after: JsonObject } | null {
  const was: Record<string, Json> = {}
  const is: Record<string, Json> = {}
  let differs = false
  for (const [key, value] of Object.entries(after) as [string, Json][]) {
    const old = (before as JsonObject)[key]
    if (ignored.has(key) || sameJson(old, value)) continue
    was[key] = old ?? null
    is[key] = value
    differs = true
  }
  return differs ? { before: was, after: is } : null
}

/** A new record as its first event keeps it: what is empty goes without saying. */
export function snapshot(record: object, ignored: ReadonlySet<string>): JsonObject {
  const kept: Record<string, Json> = {}
  for (const key of Object.keys(record)) {
    const value = (record as JsonObject)[key] ?? null
    if (!isEmpty(value) && !ignored.has(key)) kept[key] = value
  }
  return kept
}

const isEmpty = (value: Json): boolean =>
  value === null ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0)

/** Adds an event in the name of the scope's user. */
export async function note(
  { store, user, via, batch }: Scope,
  type: Event['type'],
  subjectId: number,
  at: Instant,
  { before, after }: Pick<Event, 'before' | 'after'>,
): Promise<void> {
  const first = batch?.first ?? null
  const id = await store.events.append({ type, subjectId, at, userId: user.id, via, before, after, batch: first })
  if (batch) batch.first = first ?? id
}
