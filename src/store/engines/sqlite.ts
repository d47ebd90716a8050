import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { DomainError } from '../../domain/errors.ts'
import { type Engine, type Session, statement } from '../engine.ts'
import { migrate } from '../migrations/index.ts'
import { sql } from '../sql.ts'
import { asRefusal, Connection, codeOf } from './sqlite-connection.ts'
import { Watch } from './sqlite-watch.ts'

function openReader(file: string): Connection {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  db.exec('pragma cache_size = -16000; pragma temp_store = memory')
  return new Connection(db)
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch {
    // With ancestors Node says ENOENT, whatever it was: a file system that may only be read says so when it is asked for one directory.
    mkdirSync(path)
  }
}

const version = statement<{ data_version: number }>(() => sql`pragma data_version`)

interface Job {
  work(session: Session): Promise<unknown>
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** So many writers share a commit at most, and none joins after so long: no acknowledgement shall wait for strangers. */
const maxBatch = 256
const joinMs = 50

/**
 * One writing connection and one that can only read, on the same WAL file. Writers queue up; those that wait together
 * share one transaction, each in a savepoint of its own, and are answered after its one fsync.
 */
export class SqliteEngine implements Engine {
  readonly kind = 'sqlite'
  readonly #file: string
  readonly reader: Session
  readonly #reading: Connection
  readonly #writing: Connection
  readonly #watch: Watch
  readonly #queue: Job[] = []
  readonly #busyLimitMs: number
  #draining: Promise<void> | undefined
  #closing: Promise<void> | undefined

  /** `busyLimitMs`: how long a writer of another process may hold the file before a request gives up. */
  constructor(file: string, { busyLimitMs = 10_000 }: { busyLimitMs?: number } = {}) {
    this.#busyLimitMs = busyLimitMs
    makeDirectory(dirname(file))
    const db = new DatabaseSync(file, { timeout: 5000 })
    db.exec(
      'pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = off; pragma cache_size = -16000; pragma temp_store = memory',
    )
    migrate(db)
    db.exec('pragma busy_timeout = 0')
    this.#file = file
    this.#writing = new Connection(db)
    this.#reading = openReader(file)
    this.reader = this.#reading
    this.#watch = new Watch(this.#reading)
  }

  /** SQLite counts what other connections have committed; our own writer is another connection to the reader. */
  stamp = (): number => this.#reading.one(version, {})?.data_version ?? 0

  /** For what needs the bare connection: backup and integrity checks. */
  get database(): DatabaseSync {
    return this.#writing.db
  }

  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    if (this.#closing) return Promise.reject(new DomainError({ kind: 'unavailable' }))
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject })
      this.#draining ??= this.#drain()
    })
  }

  async snapshot<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const connection = openReader(this.#file)
    try {
      connection.db.exec('begin')
      return await work(connection)
    } finally {
      connection.db.close()
    }
  }

  watch(listener: (workspaceId: number) => void): () => void {
    return this.#watch.add(listener)
  }

  async #drain(): Promise<void> {
    // Whatever arrives in this turn of the event loop shares the first commit.
    await nextTurn()
    while (this.#queue.length > 0) {
      await this.#commitTogether()
      if (this.#queue.length === 0) await nextTurn()
    }
    this.#draining = undefined
  }

  async #commitTogether(): Promise<void> {
    const waiting = this.#queue.length
    const jobs: Job[] = []
    const answers: (() => void)[] = []
    try {
      await this.#begin()
      const joinUntil = performance.now() + joinMs
      // One that is alone needs no savepoint: its own inside would cost more the more they have written.
      const isAlone = waiting === 1
      const perform = isAlone ? this.#performAlone : this.#perform
      for (let job = this.#queue.shift(); job; job = this.#queue.shift()) {
        jobs.push(job)
        answers.push(await perform.call(this, job))
        if (isAlone || jobs.length === maxBatch || performance.now() > joinUntil) break
      }
      this.#writing.commit()
    } catch (error) {
      this.#writing.rollback()
      const reason = isTemporary(error) ? new DomainError({ kind: 'unavailable' }, error) : asRefusal(error)
      // Without the write lock nobody who waited got as far as his own work.
      for (const job of jobs.length > 0 ? jobs : this.#queue.splice(0, waiting)) job.reject(reason)
      return
    }
    for (const answer of answers) answer()
    this.#watch.committed()
  }

  /** Does one writer's work; how it went is told only after the commit. */
  async #perform(job: Job): Promise<() => void> {
    try {
      const value = await this.#writing.savepoint(() => job.work(this.#writing))
      return () => job.resolve(value)
    } catch (error) {
      if (!this.#writing.db.isTransaction || isTemporary(error)) throw error
      return () => job.reject(error)
    }
  }

  async #performAlone(job: Job): Promise<() => void> {
    const value = await job.work(this.#writing)
    return () => job.resolve(value)
  }

  /** Takes the write lock without blocking the process while another one holds it. */
  async #begin(): Promise<void> {
    const until = performance.now() + this.#busyLimitMs
    for (let wait = 1; ; wait = Math.min(wait * 2, longestWaitMs)) {
      try {
        this.#writing.db.exec('begin immediate')
        this.#writing.beginTurn()
        return
      } catch (error) {
        if (codeOf(error) !== busy || performance.now() > until) throw error
        await delay(wait)
      }
    }
  }

  /** Finishes what has begun; whoever comes later is refused. */
  close(): Promise<void> {
    return (this.#closing ??= this.#finish())
  }

  async #finish(): Promise<void> {
    await this.#draining
    this.#watch.end()
    this.#reading.db.close()
    this.#writing.db.close()
  }
}

const busy = 5

/** So often the lock is asked for: shorter than the pause that an import makes between its batches, which would never be hit otherwise. */
const longestWaitMs = 5

/** Busy, locked, I/O error, read-only, full, cannot open: nothing is wrong with the request, it can be sent again. */
const temporary: ReadonlySet<number> = new Set([busy, 6, 8, 10, 13, 14])

const isTemporary = (error: unknown): boolean => temporary.has((codeOf(error) ?? 0) & 0xff)
