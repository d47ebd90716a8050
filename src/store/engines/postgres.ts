import { setTimeout as delay } from 'node:timers/promises'
import pg, { type Pool, type PoolClient, type PoolConfig } from 'pg'
import { DomainError } from '../../domain/errors.ts'
import type { Engine, Session, Statement, Values } from '../engine.ts'
import { Line } from './postgres-connection.ts'
import { asRefusal, explainConnection, judge } from './postgres-errors.ts'
import { migratePostgres } from './postgres-migrate.ts'
import { type Beginning, NeedsToBeAlone, Transaction } from './postgres-transaction.ts'
import { Watch } from './postgres-watch.ts'

export interface PostgresOptions {
  /** So many connections read and so many write at most. Apart, because who writes may have to read before it can end. */
  readers?: number
  writers?: number
  /** How long a request waits for a connection before it is refused. */
  waitMs?: number
  statementTimeoutMs?: number
  lockTimeoutMs?: number
}

/** So often work that others were in the way of is tried before it is refused. */
const maxAttempts = 10
const longestBackOffMs = 100

/** So many rows a total is spread over, at most as many as there are writing connections. */
const stripes = 16

/** A number where JavaScript can count that far, as SQLite gives one. */
const integer = (text: string): number | bigint => {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

const isInteger = (oid: number): boolean => oid === pg.types.builtins.INT8

/** A pool of connections to a PostgreSQL database. Any number of processes may work on one. */
export class PostgresEngine implements Engine {
  readonly kind = 'postgres'
  readonly reader: Session
  readonly #reading: Pool
  readonly #writing: Pool
  readonly #stripes = new WeakMap<PoolClient, number>()
  #stripe = Math.floor(Math.random() * stripes)
  readonly #watch: Watch
  readonly #running = new Set<Promise<void>>()
  #closing: Promise<void> | undefined

  private constructor(reading: Pool, writing: Pool, listening: PoolConfig) {
    this.#watch = new Watch(listening, reading)
    this.#reading = reading
    this.#writing = writing
    this.reader = new Reader(
      (work) => this.#ask(work),
      () => this.#snapshotOf(),
    )
    for (const pool of [reading, writing]) {
      // A connection that breaks while nobody uses it is replaced when the next one is needed; one that is used fails its statements.
      pool.on('error', () => {})
      pool.on('connect', (client) => client.on('error', () => {}))
    }
    writing.on('connect', (client) => this.#stripes.set(client as PoolClient, this.#stripe++ % stripes))
  }

  /** Connects and brings the schema up to date. */
  static async open(url: string, options: PostgresOptions = {}): Promise<PostgresEngine> {
    const { readers = 8, writers = 16, waitMs = 10_000, statementTimeoutMs = 30_000, lockTimeoutMs = 10_000 } = options
    const common: PoolConfig & { pipeline: boolean } = {
      connectionString: url,
      application_name: 'crmux',
      keepAlive: true,
      pipeline: true,
      connectionTimeoutMillis: waitMs,
      statement_timeout: statementTimeoutMs,
      lock_timeout: lockTimeoutMs,
      idle_in_transaction_session_timeout: 2 * statementTimeoutMs,
      // Compiling a plan takes longer than any statement here runs.
      options: '-c jit=off',
      types: {
        getTypeParser: (oid: number, format?: 'text' | 'binary') =>
          isInteger(oid) ? integer : pg.types.getTypeParser(oid, format as 'text'),
      } as PoolConfig['types'],
    }
    const alone = { ...common, pipeline: false } as PoolConfig
    await prepare(alone, url)
    return new PostgresEngine(new pg.Pool({ ...common, max: readers }), new pg.Pool({ ...common, max: writers }), alone)
  }

  transaction<T>(work: (session: Session) => Promise<T>, workspaceId?: number): Promise<T> {
    return this.#begun(() => this.#persist(work, workspaceId))
  }

  /** What has begun is finished before the pools end: they would leave alone whoever waits for a connection. */
  async #begun<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing) throw new DomainError({ kind: 'unavailable' })
    const running = work()
    const ended = running.then(
      () => {},
      () => {},
    )
    this.#running.add(ended)
    try {
      return await running
    } finally {
      this.#running.delete(ended)
    }
  }

  async #persist<T>(work: (session: Session) => Promise<T>, workspaceId: number | undefined): Promise<T> {
    const beginning = { kind: 'writes', workspace: workspaceId, alone: false, careful: false, stripe: 0 } as const
    let next: Beginning = beginning
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(work, next)
      if ('value' in outcome) return outcome.value
      const { error } = outcome
      if (error instanceof NeedsToBeAlone && !next.alone) {
        next = { ...next, alone: true }
        continue
      }
      const verdict = judge(error)
      if (verdict === 'overflow' && !next.careful) {
        next = { ...next, careful: true }
        continue
      }
      const mayTryAgain = verdict === 'again' || (verdict === 'lost' && !outcome.mayBeDone)
      if (!mayTryAgain || attempt >= (verdict === 'lost' ? 2 : maxAttempts)) throw asRefusal(error)
      await delay(Math.random() * Math.min(2 ** attempt, longestBackOffMs))
    }
  }

  async #attempt<T>(
    work: (session: Session) => Promise<T>,
    beginning: Beginning,
  ): Promise<{ value: T } | { error: unknown; mayBeDone: boolean }> {
    let client: PoolClient
    try {
      client = await this.#writing.connect()
    } catch (error) {
      return { error, mayBeDone: false }
    }
    const transaction = new Transaction(client, { ...beginning, stripe: this.#stripes.get(client) ?? 0 })
    let isCommitting = false
    try {
      const value = await work(transaction)
      isCommitting = true
      await transaction.commit()
      client.release(transaction.isWornOut)
      this.#watch.committed(transaction.workspaces)
      return { value }
    } catch (thrown) {
      // What the work threw may only follow from a statement that failed unseen.
      const error = transaction.failure ?? thrown
      const isIntact = await transaction.rollback()
      client.release(!isIntact || judge(error) === 'lost' || transaction.isWornOut)
      return { error: thrown instanceof DomainError && judge(error) !== 'again' ? thrown : error, mayBeDone: isCommitting }
    }
  }

  snapshot<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#begun(async () => {
      const { session, end } = await this.#snapshotOf()
      try {
        return await work(session)
      } catch (error) {
        throw asRefusal(session.failure ?? error)
      } finally {
        await end()
      }
    })
  }

  async #snapshotOf(): Promise<Snapshot> {
    const client = await this.#reading.connect().catch((error: unknown) => {
      throw asRefusal(error)
    })
    const session = new Transaction(client, { kind: 'snapshot', workspace: undefined, alone: false, careful: false, stripe: 0 })
    return { session, end: async () => client.release(!(await session.rollback()) || session.isWornOut) }
  }

  /** Asks one thing on whichever connection is free. What a lost connection has cut off is asked again. */
  #ask<T>(work: (line: Line) => Promise<T>): Promise<T> {
    return this.#begun(() => this.#askOn(work))
  }

  async #askOn<T>(work: (line: Line) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      let line: Line | undefined
      let isLost = false
      try {
        line = new Line(await this.#reading.connect())
        return await work(line)
      } catch (error) {
        isLost = judge(error) === 'lost'
        if (!isLost || attempt === 3) throw asRefusal(error)
      } finally {
        line?.client.release(isLost || line.isWornOut)
      }
    }
  }

  watch(listener: (workspaceId: number) => void): () => void {
    return this.#watch.add(listener)
  }

  /** Finishes what has begun; whoever comes later is refused. */
  close(): Promise<void> {
    return (this.#closing ??= this.#finish())
  }

  async #finish(): Promise<void> {
    await Promise.all(this.#running)
    await this.#writing.end()
    await this.#watch.end()
    await this.#reading.end()
  }
}

/** Finds out whether the server answers, and brings the schema up to date. */
async function prepare(config: PoolConfig, url: string): Promise<void> {
  const client = new pg.Client(config)
  client.on('error', () => {})
  try {
    await client.connect()
    await migratePostgres(client)
  } catch (error) {
    throw explainConnection(error, new URL(url))
  } finally {
    await client.end()
  }
}

interface Snapshot {
  session: Transaction
  end(): Promise<void>
}

/** Reads outside of transactions: each statement on whichever connection is free. */
class Reader implements Session {
  readonly #ask: <T>(work: (line: Line) => Promise<T>) => Promise<T>
  readonly #snapshot: () => Promise<Snapshot>

  constructor(ask: <T>(work: (line: Line) => Promise<T>) => Promise<T>, snapshot: () => Promise<Snapshot>) {
    this.#ask = ask
    this.#snapshot = snapshot
  }

  all<Row>(statement: Statement<Row>, values: Values): Promise<Row[]> {
    return this.#ask((line) => line.ask(statement, values))
  }

  async one<Row>(statement: Statement<Row>, values: Values): Promise<Row | undefined> {
    return (await this.all(statement, values))[0]
  }

  async *each<Row>(statement: Statement<Row>, values: Values): AsyncGenerator<Row> {
    const { session, end } = await this.#snapshot()
    try {
      yield* session.each(statement, values)
    } finally {
      await end()
    }
  }

  run(): never {
    throw new Error('writing takes a transaction')
  }
  later = this.run
  tally = this.run
  savepoint = this.run
  hold = this.run
  settle(): void {}
}
