import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { DomainError } from '../../domain/errors.ts'
import { type Engine, Param, type Session, type Statement, type Value, type Values } from '../engine.ts'
import { migrate } from '../migrations/index.ts'
import type { Schema } from '../schema.ts'

/** Kysely only writes the SQL here; running it is this file's business. */
const builder = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

interface Compiled {
  sql: string
  parameters: readonly (Param | Value)[]
}

const compiled = new WeakMap<Statement<unknown>, Compiled>()

function compile(statement: Statement<unknown>): Compiled {
  let kept = compiled.get(statement)
  if (!kept) {
    const query = statement.build(builder, 'sqlite').compile()
    kept = { sql: query.sql, parameters: query.parameters as readonly (Param | Value)[] }
    compiled.set(statement, kept)
  }
  return kept
}

/** One connection with its prepared statements, which are kept as long as it is open. */
class Connection implements Session {
  readonly db: DatabaseSync
  readonly #prepared = new WeakMap<Statement<unknown>, { run: StatementSync; parameters: Compiled['parameters'] }>()
  /** What runs at the end of the transaction; the first `#settled` of them have run already. */
  readonly #putOff: { statement: Statement<unknown>; values: Values }[] = []
  #settled = 0
  #depth = 0

  constructor(db: DatabaseSync) {
    this.db = db
  }

  all<Row>(statement: Statement<Row>, values: Values): Row[] {
    const { run, parameters } = this.#prepare(statement)
    return run.all(...bind(parameters, values)) as Row[]
  }

  one<Row>(statement: Statement<Row>, values: Values): Row | undefined {
    const { run, parameters } = this.#prepare(statement)
    return run.get(...bind(parameters, values)) as Row | undefined
  }

  run(statement: Statement<unknown>, values: Values): void {
    const { run, parameters } = this.#prepare(statement)
    run.run(...bind(parameters, values))
  }

  later(statement: Statement<unknown>, values: Values): void {
    this.#putOff.push({ statement, values })
  }

  settle(): void {
    for (const { statement, values } of this.#putOff.slice(this.#settled)) this.run(statement, values)
    this.#settled = this.#putOff.length
  }

  commit(): void {
    this.settle()
    this.db.exec('commit')
    this.#forget(0, 0)
  }

  /** Undoes the whole transaction, where it has not ended by itself. */
  rollback(): void {
    this.#forget(0, 0)
    if (this.db.isTransaction) this.db.exec('rollback')
  }

  #forget(said: number, settled: number): void {
    this.#putOff.length = said
    this.#settled = settled
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const name = `s${this.#depth++}`
    const [said, settled] = [this.#putOff.length, this.#settled]
    this.db.exec(`savepoint ${name}`)
    try {
      const value = await work()
      this.db.exec(`release ${name}`)
      return value
    } catch (error) {
      this.#forget(said, settled)
      // A full disk or a failing one ends the whole transaction by itself; then there is nothing to go back to.
      if (this.db.isTransaction) this.db.exec(`rollback to ${name}; release ${name}`)
      throw error
    } finally {
      this.#depth--
    }
  }

  #prepare(statement: Statement<unknown>) {
    let kept = this.#prepared.get(statement)
    if (!kept) {
      const { sql, parameters } = compile(statement)
      kept = { run: this.db.prepare(sql), parameters }
      this.#prepared.set(statement, kept)
    }
    return kept
  }
}

function bind(parameters: Compiled['parameters'], values: Values): Value[] {
  return parameters.map((parameter) => {
    if (!(parameter instanceof Param)) return parameter
    const value = values[parameter.name]
    if (value === undefined) throw new Error(`no value for :${parameter.name}`)
    return value
  })
}

function openReader(file: string): Connection {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  db.exec('pragma cache_size = -16000; pragma temp_store = memory')
  return new Connection(db)
}

interface Job {
  work(session: Session): Promise<unknown>
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** So many writers share a commit at most, so that no acknowledgement waits long. */
const maxBatch = 256

/** How long a writer of another process may hold the file before a request gives up. */
const busyLimitMs = 10_000

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
  readonly #queue: Job[] = []
  #draining: Promise<void> | undefined
  #closed = false

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true })
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
  }

  /** For what needs the bare connection: backup and integrity checks. */
  get database(): DatabaseSync {
    return this.#writing.db
  }

  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new DomainError({ kind: 'unavailable' }))
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

  async #drain(): Promise<void> {
    // Whatever arrives in this turn of the event loop shares the first commit.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#queue.length > 0) {
      await this.#commitTogether()
      if (this.#queue.length === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    this.#draining = undefined
  }

  async #commitTogether(): Promise<void> {
    const jobs = this.#queue.splice(0, maxBatch)
    const answers: (() => void)[] = []
    try {
      await this.#begin()
      // One that is alone needs no savepoint: its own inside would cost more the more they have written.
      const perform = jobs.length === 1 ? this.#performAlone : this.#perform
      for (const job of jobs) answers.push(await perform.call(this, job))
      this.#writing.commit()
    } catch (error) {
      this.#writing.rollback()
      const reason = isTemporary(error) ? new DomainError({ kind: 'unavailable' }) : asRefusal(error)
      for (const job of jobs) job.reject(reason)
      return
    }
    for (const answer of answers) answer()
  }

  /** Does one writer's work; how it went is told only after the commit. */
  async #perform(job: Job): Promise<() => void> {
    try {
      const value = await this.#writing.savepoint(() => job.work(this.#writing))
      return () => job.resolve(value)
    } catch (error) {
      if (!this.#writing.db.isTransaction || isTemporary(error)) throw error
      return () => job.reject(asRefusal(error))
    }
  }

  async #performAlone(job: Job): Promise<() => void> {
    const value = await job.work(this.#writing)
    return () => job.resolve(value)
  }

  /** Takes the write lock without blocking the process while another one holds it. */
  async #begin(): Promise<void> {
    const until = Date.now() + busyLimitMs
    for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
      try {
        this.#writing.db.exec('begin immediate')
        return
      } catch (error) {
        if (codeOf(error) !== busy || Date.now() > until) throw error
        await delay(wait)
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#draining
    this.#reading.db.close()
    this.#writing.db.close()
  }
}

const busy = 5
const constraintDatatype = 3091

/** Busy, locked, I/O error, read-only, full, cannot open: nothing is wrong with the request, it can be sent again. */
const temporary: ReadonlySet<number> = new Set([busy, 6, 8, 10, 13, 14])

const codeOf = (error: unknown): number | undefined => {
  const code = (error as { errcode?: unknown }).errcode
  return typeof code === 'number' ? code : undefined
}

const isTemporary = (error: unknown): boolean => temporary.has((codeOf(error) ?? 0) & 0xff)

/** The one constraint that a well-formed request can run into: a sum that leaves 64 bits turns into a real, which the table refuses. */
const asRefusal = (error: unknown): unknown =>
  codeOf(error) === constraintDatatype ? new DomainError({ kind: 'conflict', rule: 'total_overflow' }) : error
