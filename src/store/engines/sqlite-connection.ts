import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { DomainError } from '../../domain/errors.ts'
import { type Amounts, Param, type Session, type Statement, type Value, type Values } from '../engine.ts'

interface Compiled {
  sql: string
  parameters: readonly (Param | Value)[]
}

const compiled = new WeakMap<Statement<unknown>, Compiled>()

function compile(statement: Statement<unknown>): Compiled {
  let kept = compiled.get(statement)
  if (!kept) {
    const query = statement.build('sqlite')
    kept = { sql: query.sql, parameters: query.values as readonly (Param | Value)[] }
    compiled.set(statement, kept)
  }
  return kept
}

type Cells = readonly Value[]

interface Prepared {
  run: StatementSync
  toParameters(values: Values): Value[]
  toRow(cells: Cells): unknown
}

/**
 * Makes objects of one shape from arrays. The driver's own objects are dictionaries, dear to make and to read: a page of a hundred deals
 * took three times as long. The function is written out, so that the names are known when it is compiled; they come from our own statements.
 */
function rowMaker(names: readonly string[]): Prepared['toRow'] {
  if (names.length === 0) return () => ({})
  const members = names.map((name, index) => `${JSON.stringify(name)}: cells[${index}]`)
  return new Function('cells', `return { ${members.join(', ')} }`) as Prepared['toRow']
}

/** The other way round: what a statement's parameters are, in their order. The driver refuses what has no value. */
function parameterMaker(parameters: Compiled['parameters']): Prepared['toParameters'] {
  const pieces = parameters.map((parameter, index) =>
    parameter instanceof Param ? `values[${JSON.stringify(parameter.name)}]` : `constants[${index}]`,
  )
  return new Function('constants', `return (values) => [${pieces.join(', ')}]`)(parameters) as Prepared['toParameters']
}

/** So long a transaction keeps the process to itself before requests that only read get a turn. */
const turnMs = 10

/** One connection with its prepared statements, which are kept as long as it is open. */
export class Connection implements Session {
  readonly db: DatabaseSync
  readonly #prepared = new WeakMap<Statement<unknown>, Prepared>()
  /** What runs at the end of the transaction; the first `#settled` of them have run already. */
  readonly #putOff: { statement: Statement<unknown>; values: Values }[] = []
  #settled = 0
  /** To set and to release a savepoint, by how deep it lies. */
  readonly #savepoints: { set: StatementSync; release: StatementSync }[] = []
  #depth = 0
  #turnEnds = 0

  constructor(db: DatabaseSync) {
    this.db = db
  }

  all<Row>(statement: Statement<Row>, values: Values): Row[] {
    const { run, toParameters, toRow } = this.#prepare(statement)
    return (run.all(...toParameters(values)) as unknown as Cells[]).map(toRow) as Row[]
  }

  one<Row>(statement: Statement<Row>, values: Values): Row | undefined {
    const { run, toParameters, toRow } = this.#prepare(statement)
    const cells = run.get(...toParameters(values)) as unknown as Cells | undefined
    return cells && (toRow(cells) as Row)
  }

  *each<Row>(statement: Statement<Row>, values: Values): Iterable<Row> {
    const { run, toParameters, toRow } = this.#prepare(statement)
    for (const cells of run.iterate(...toParameters(values))) yield toRow(cells as unknown as Cells) as Row
  }

  run(statement: Statement<unknown>, values: Values): void | Promise<void> {
    this.#execute(statement, values)
    if (performance.now() > this.#turnEnds) return this.#pause()
  }

  #execute(statement: Statement<unknown>, values: Values): void {
    const { run, toParameters } = this.#prepare(statement)
    run.run(...toParameters(values))
  }

  /** Work that runs for seconds, like emptying a large stage, must not keep everybody else waiting. */
  async #pause(): Promise<void> {
    await nextTurn()
    this.beginTurn()
  }

  beginTurn(): void {
    this.#turnEnds = performance.now() + turnMs
  }

  later(statement: Statement<unknown>, values: Values): void {
    this.#putOff.push({ statement, values })
  }

  tally(statement: Statement<unknown>, key: Values, amounts: Amounts): void | Promise<void> {
    return this.run(statement, { ...key, ...amounts })
  }

  hold(): void {}

  settle(): void {
    for (const { statement, values } of this.#putOff.slice(this.#settled)) this.#execute(statement, values)
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
    const depth = this.#depth++
    const { set, release } = (this.#savepoints[depth] ??= {
      set: this.db.prepare(`savepoint s${depth}`),
      release: this.db.prepare(`release s${depth}`),
    })
    const [said, settled] = [this.#putOff.length, this.#settled]
    set.run()
    try {
      const value = await work()
      release.run()
      return value
    } catch (error) {
      this.#forget(said, settled)
      // A full disk or a failing one ends the whole transaction by itself; then there is nothing to go back to.
      if (this.db.isTransaction) this.db.exec(`rollback to s${depth}; release s${depth}`)
      throw asRefusal(error)
    } finally {
      this.#depth--
    }
  }

  #prepare(statement: Statement<unknown>) {
    let kept = this.#prepared.get(statement)
    if (!kept) {
      const { sql, parameters } = compile(statement)
      const run = this.db.prepare(sql)
      run.setReturnArrays(true)
      kept = { run, toParameters: parameterMaker(parameters), toRow: rowMaker(run.columns().map(({ name }) => name)) }
      this.#prepared.set(statement, kept)
    }
    return kept
  }
}

const constraintDatatype = 3091

/** SQLite's extended result code, where the error is SQLite's. */
export const codeOf = (error: unknown): number | undefined => {
  const code = (error as { errcode?: unknown }).errcode
  return typeof code === 'number' ? code : undefined
}

/** The one constraint that a well-formed request can run into: a sum that leaves 64 bits turns into a real, which the table refuses. */
export const asRefusal = (error: unknown): unknown =>
  codeOf(error) === constraintDatatype && /(?:stage_total|balance|passage)\./.test(String(error))
    ? new DomainError({ kind: 'conflict', rule: 'total_overflow' })
    : error
