import { found } from './errors.ts'
import type { Page, Window } from './page.ts'
import type { Scope } from './scope.ts'
import type { JsonObject } from './text.ts'
import type { Instant } from './time.ts'

/**
 * A small record that one dialect alone knows (a vendor's deal sources, saved filters, …): a JSON document in a collection of the
 * dialect's own. A dialect needs no table and no migration for what nobody else has.
 */
export interface DialectRecord {
  readonly id: number
  /** A name by which it is found again, unique in its collection; null where there is none. */
  readonly key: string | null
  readonly data: JsonObject
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

export interface RecordQuery extends Window {
  ids?: readonly number[] | undefined
  key?: string | undefined
  /** Keys that begin with this. */
  prefix?: string | undefined
}

/** Records of one of the calling dialect's own collections, by id. */
export const listRecords = ({ store, via }: Scope, collection: string, query: RecordQuery): Promise<Page<DialectRecord>> =>
  store.records.list(`${via}.${collection}`, query)

/** How many records of a collection have a key that begins with each of these; what has none is left out. */
export const countRecords = (
  { store, via }: Scope,
  collection: string,
  prefixes: readonly string[],
): Promise<ReadonlyMap<string, number>> => store.records.countByPrefix(`${via}.${collection}`, prefixes)

export const findRecord = async ({ store, via }: Scope, collection: string, id: number): Promise<DialectRecord> =>
  found(await store.records.get(`${via}.${collection}`, id), 'record')

/** Adds a record; refuses (`key`, `duplicate`) a key that its collection has. The caller asks for the role. */
export const addRecord = (
  { store, via, now }: Scope,
  collection: string,
  key: string | null,
  data: JsonObject,
): Promise<DialectRecord> => store.transaction((tx) => tx.records.insert(`${via}.${collection}`, key, data, now()))

/** Replaces a record's key and data. */
export const saveRecord = ({ store, via, now }: Scope, collection: string, record: DialectRecord): Promise<DialectRecord> =>
  store.transaction(async (tx) => {
    const saved = { ...record, updatedAt: now() }
    await tx.records.save(`${via}.${collection}`, saved)
    return saved
  })

export const deleteRecord = ({ store, via }: Scope, collection: string, id: number): Promise<void> =>
  store.transaction(async (tx) => {
    found(await tx.records.get(`${via}.${collection}`, id), 'record')
    await tx.records.delete(`${via}.${collection}`, id)
  })
