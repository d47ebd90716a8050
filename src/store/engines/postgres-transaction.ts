import type { PoolClient } from 'pg'
import { type Amounts, param, type Session, type Statement, statement, type Values } from '../engine.ts'
import { structureLock } from '../locks.ts'
import { asRows, type Columns } from '../rows.ts'
import { sql } from '../sql.ts'
import { compile, eachRow, Line } from './postgres-connection.ts'
import { asRefusal, judge } from './postgres-errors.ts'

/** What a transaction begins with. */
export interface Beginning {
  /** A snapshot sees one moment and only reads, for as long as it likes. */
  kind: 'writes' | 'snapshot'
  /** Whose structure stands still while it writes. */
  workspace: number | undefined
  /** Nobody else writes in the workspace meanwhile. */
  alone: boolean
  /** Every savepoint finds out at its end what would otherwise be found out at the end of the transaction. */
  careful: boolean
  /** Which of the rows that a total is spread over is this connection's. */
  stripe: number
}

/** The work has to begin anew with the workspace for itself: two that share it and both ask for more would wait for each other. */
export class NeedsToBeAlone extends Error {}

const key = sql`cast(${sql.lit(structureLock)} as integer), cast(${param('workspace')} as integer)`
const share = statement(() => sql`select pg_advisory_xact_lock_shared(${key})`)
const own = statement(() => sql`select pg_advisory_xact_lock(${key})`)
const announce = statement(() => sql`select feed_announce()`)
const begin = statement(() => sql`begin`)
const beginSnapshot =
  'begin isolation level repeatable read read only; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0'

export interface Addition {
  statement: Statement<unknown>
  key: Values
  amounts: Amounts
}

/**
 * A transaction in read committed. Writes are sent and not waited for; what is read afterwards, and the commit, come behind them on the same
 * connection. Two locks make that safe: of the rows that are changed, and of the workspace's structure.
 */
export class Transaction implements Session {
  readonly #line: Line
  readonly #beginning: Beginning
  /** Workspaces whose lock is held, and whether alone. */
  #held = new Map<number, boolean>()
  #hasAnnounced = false
  /** What was to be added up; the first `#settled` of them are sent already. */
  readonly #additions: Addition[] = []
  #settled = 0
  #points = 0
  #hasBegun = false
  #hasGoneBack = false

  constructor(client: PoolClient, beginning: Beginning) {
    this.#line = new Line(client)
    this.#beginning = beginning
  }

  get failure(): unknown {
    return this.#line.failure
  }

  /** Where it may have written. */
  get workspaces(): readonly number[] {
    return [...this.#held.keys()]
  }

  get isWornOut(): boolean {
    return this.#line.isWornOut
  }

  all<Row>(statement: Statement<Row>, values: Values): Promise<Row[]> {
    this.#enter()
    return this.#line.ask(statement, values)
  }

  async one<Row>(statement: Statement<Row>, values: Values): Promise<Row | undefined> {
    return (await this.all(statement, values))[0]
  }

  each<Row>(statement: Statement<Row>, values: Values): AsyncIterable<Row> {
    this.#enter()
    return eachRow(this.#line, statement, values)
  }

  run(statement: Statement<unknown>, values: Values): void | Promise<void> {
    this.#enter()
    return this.#line.say(statement, values)
  }

  later(statement: Statement<unknown>, values: Values): void | Promise<void> {
    return this.run(statement, values)
  }

  tally(statement: Statement<unknown>, key: Values, amounts: Amounts): void {
    this.#enter()
    this.#additions.push({ statement, key, amounts })
  }

  settle(): void {
    const additions = addedUp(this.#additions.slice(this.#settled), this.#beginning.stripe)
    this.#settled = this.#additions.length
    for (const [statement, rows] of additions) this.#line.say(statement, asRows(rows))
  }

  hold(workspaceId: number, how: 'shared' | 'alone' | 'events'): void {
    this.#holdStructure(workspaceId, how === 'alone' ? 'alone' : 'shared')
    if (how !== 'events' || this.#hasAnnounced) return
    this.#hasAnnounced = true
    this.#line.say(announce, {})
  }

  #holdStructure(workspaceId: number, how: 'shared' | 'alone'): void {
    const held = this.#held.get(workspaceId)
    if (held === true || (held === false && how === 'shared')) return
    if (held === false) throw new NeedsToBeAlone()
    if (!this.#hasBegun) this.#begin()
    const alone = how === 'alone' || this.#beginning.alone
    this.#held.set(workspaceId, alone)
    this.#line.say(alone ? own : share, { workspace: workspaceId })
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    this.#enter()
    const name = `p${++this.#points}`
    const [additions, settled] = [this.#additions.length, this.#settled]
    const [held, hasAnnounced] = [new Map(this.#held), this.#hasAnnounced]
    this.#line.command(`savepoint ${name}`)
    try {
      const value = await work()
      if (this.#beginning.careful) {
        this.settle()
        await this.#line.settled()
      }
      this.#line.command(`release ${name}`)
      return value
    } catch (error) {
      this.#additions.length = additions
      this.#settled = settled
      // With the savepoint go the locks that were taken in it.
      this.#held = held
      this.#hasAnnounced = hasAnnounced
      this.#hasGoneBack = true
      this.#line.command(`rollback to ${name}; release ${name}`)
      if (!this.#beginning.careful || judge(this.failure) !== 'overflow') throw error
      this.#line.failure = undefined
      throw asRefusal(error)
    }
  }

  async commit(): Promise<void> {
    if (!this.#hasBegun) return
    this.settle()
    // Going back to a savepoint can hide that something failed, so what was sent is waited for first.
    if (this.#hasGoneBack) await this.#line.settled()
    const [done] = await Promise.all([this.#line.command('commit'), this.#line.settled()])
    // After a failure PostgreSQL answers a commit with a rollback, and no error.
    if (done.command === 'ROLLBACK') throw this.failure ?? new Error('the transaction was rolled back')
  }

  /** Undoes everything. Returns whether the connection can be used again. */
  async rollback(): Promise<boolean> {
    if (!this.#hasBegun) return true
    try {
      await this.#line.client.query('rollback')
      return true
    } catch {
      return false
    }
  }

  /** What a transaction begins with is sent together with its first statement. */
  #enter(): void {
    const { workspace } = this.#beginning
    if (!this.#hasBegun) this.#begin()
    if (workspace !== undefined && !this.#held.has(workspace)) this.hold(workspace, 'shared')
  }

  #begin(): void {
    this.#hasBegun = true
    if (this.#beginning.kind === 'writes') this.#line.say(begin, {})
    else this.#line.command(beginSnapshot)
  }
}

/**
 * All that is added to the same row as one addition, table by table, in an order that all transactions share, so that no two wait for each
 * other.
 */
export function addedUp(additions: readonly Addition[], stripe: number): [Statement<unknown>, Columns[]][] {
  const sums = new Map<Statement<unknown>, Map<string, Addition>>()
  for (const addition of additions) {
    const { statement, key, amounts } = addition
    const ofTable = sums.get(statement) ?? new Map<string, Addition>()
    sums.set(statement, ofTable)
    const name = Object.values(key).join(' ')
    const sum = ofTable.get(name)
    ofTable.set(name, sum ? { statement, key, amounts: together(sum.amounts, amounts) } : addition)
  }
  const inOrder = [...sums].map(([statement, rows]) => ({ text: compile(statement).text, statement, rows })).sort(byName('text'))
  return inOrder.flatMap(({ statement, rows }) => {
    const changed = [...rows].filter(([, { amounts }]) => Object.values(amounts).some((amount) => BigInt(amount) !== 0n))
    const sorted = changed
      .map(([name, { key, amounts }]) => ({ name, row: { ...key, stripe, ...inJson(amounts) } }))
      .sort(byName('name'))
    return sorted.length === 0 ? [] : [[statement, sorted.map(({ row }) => row)]]
  })
}

const byName =
  <K extends string>(name: K) =>
  (a: Record<K, string>, b: Record<K, string>): number =>
    a[name] < b[name] ? -1 : a[name] > b[name] ? 1 : 0

const together = (a: Amounts, b: Amounts): Amounts =>
  Object.fromEntries(Object.entries(a).map(([column, amount]) => [column, BigInt(amount) + BigInt(b[column] ?? 0)]))

/** JSON has no numbers as large as these may be. */
const inJson = (amounts: Amounts): Columns =>
  Object.fromEntries(Object.entries(amounts).map(([column, amount]) => [column, String(amount)]))
