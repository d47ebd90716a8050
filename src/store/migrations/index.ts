import type { DatabaseSync } from 'node:sqlite'
import * as first from './0001-pipelines.ts'
import * as second from './0002-closed-from.ts'
import * as feeds from './0003-feeds.ts'
import * as signingIn from './0004-signing-in.ts'
import * as batchesAndViews from './0005-batches-and-views.ts'
import * as numbers from './0006-numbers.ts'
import * as webhooks from './0007-webhooks.ts'
import * as eventTimes from './0008-event-times.ts'
import * as ownersByTime from './0009-owners-by-time.ts'

/**
 * Every step from an empty database to the present schema, in order. Steps are only ever added. One that drops an index says `if exists`: a
 * load that was killed may have dropped it before (`load.ts`).
 */
export const steps: readonly { sqlite: string; postgres: string }[] = [
  first,
  second,
  feeds,
  signingIn,
  batchesAndViews,
  numbers,
  webhooks,
  eventTimes,
  ownersByTime,
]

/** The store was written by a newer crmux than this one. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew'
  constructor(found: number) {
    super(
      `This store has schema version ${found}, but this crmux knows only versions up to ${steps.length}. ` +
        'Start the newer crmux that wrote it, or restore a backup made with this version.',
    )
  }
}

/** Brings the schema of a SQLite file up to date. Servers that start together wait for each other; the store of a newer crmux is refused. */
export function migrate(db: DatabaseSync): void {
  if (versionOf(db) === steps.length) return
  db.exec('begin exclusive')
  try {
    const version = versionOf(db)
    if (version > steps.length) throw new SchemaTooNew(version)
    for (const step of steps.slice(version)) db.exec(step.sqlite)
    db.exec(`pragma user_version = ${steps.length}; commit`)
  } catch (error) {
    // A full disk ends the transaction by itself.
    if (db.isTransaction) db.exec('rollback')
    throw error
  }
}

const versionOf = (db: DatabaseSync): number => Number(db.prepare('pragma user_version').get()?.user_version)
