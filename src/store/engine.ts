import { type Sql, sql } from './sql.ts'

/** What a value in a prepared statement can be. */
export type Value = string | number | bigint | null

/** The name of a value that is filled in each time a statement runs. */
export class Param {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** A place in a statement for a value that is given when it runs. */
export const param = (name: string): Sql => sql`${new Param(name)}`

export type EngineKind = 'sqlite' | 'postgres'

/** A query that is written once per engine, and prepared once per connection. */
export interface Statement<Row> {
  build(engine: EngineKind): Sql
  /** What its rows are; only the compiler looks at it. */
  readonly row?: Row
  /** Whether it writes although it answers rows. */
  readonly writes?: true
}

/** Declares a statement; build it at module level, or keep it under the shape of its query. */
export const statement = <Row = unknown>(build: Statement<Row>['build']): Statement<Row> => ({ build })

/** Declares one that writes and answers rows (`insert … returning`): a savepoint that waits for the first write has to know. */
export const returning = <Row = unknown>(build: Statement<Row>['build']): Statement<Row> => ({ build, writes: true })

export type Values = Readonly<Record<string, Value>>

export type Amounts = Readonly<Record<string, number | bigint>>

/** One connection, inside a transaction or outside. Answers may come at once (SQLite) or later (PostgreSQL): always await them. */
export interface Session {
  all<Row>(statement: Statement<Row>, values: Values): Row[] | Promise<Row[]>
  one<Row>(statement: Statement<Row>, values: Values): Row | undefined | Promise<Row | undefined>
  /** One row after the other, so that a list of any length takes no more memory than a row. */
  each<Row>(statement: Statement<Row>, values: Values): Iterable<Row> | AsyncIterable<Row>
  run(statement: Statement<unknown>, values: Values): void | Promise<void>
  /**
   * Runs it at the end of the transaction, or when `settle` is called; never, if the savepoint it was said in is undone.
   * For what is dear to write row by row: a full-text index writes a new segment at every savepoint.
   */
  later(statement: Statement<unknown>, values: Values): void | Promise<void>
  /**
   * Adds amounts to the row of a key. Many write to the same rows, so an engine with several writers does it at the end of the
   * transaction, all that goes to one table at once. The statement is one of `sums.ts`.
   */
  tally(statement: Statement<unknown>, key: Values, amounts: Amounts): void | Promise<void>
  /** Runs now what was put off, for those who are about to read it. */
  settle(): void | Promise<void>
  /**
   * Inside a transaction: as long as it lasts nobody changes the structure of the workspace (`shared`), or writes anything in it (`alone`).
   * `events`: shared, and those who read events are told that some are coming.
   * An engine with one writer has nothing to do.
   */
  hold(workspaceId: number, how: 'shared' | 'alone' | 'events'): void | Promise<void>
  /** Runs the work so that its writes can be undone alone. Only inside a transaction. */
  savepoint<T>(work: () => Promise<T>): Promise<T>
}

/** A database: a session to read with, and transactions to write with. */
export interface Engine {
  readonly kind: EngineKind
  readonly reader: Session
  /** A number that changes with every commit, whichever process makes it; engines that cannot tell it at once have none. */
  readonly stamp?: () => number
  /**
   * Resolves once the work's writes would survive a crash. Where others were in the way the work is done anew, so it must have no effect but
   * on the session. `workspaceId`: where it writes in one workspace only, which it then holds (`shared`).
   */
  transaction<T>(work: (session: Session) => Promise<T>, workspaceId?: number): Promise<T>
  /** A session that sees one moment of the store, however long it reads and whoever writes meanwhile. */
  snapshot<T>(work: (session: Session) => Promise<T>): Promise<T>
  /**
   * Calls with a workspace soon after a commit that added rows of it to `event` or changed them in `revision`, whichever process made it.
   * Several commits may be told as one. Returns what ends it.
   */
  watch(listener: (workspaceId: number) => void): () => void
  close(): Promise<void>
}

/** `column in (…)` for a list of any length in one statement; the value is a JSON array of integers. */
export const inList = (engine: EngineKind, column: Sql, name: string): Sql =>
  engine === 'sqlite'
    ? sql`${column} in (select value from json_each(${new Param(name)}))`
    : sql`${column} = any (cast(translate(${new Param(name)}, '[]', '{}') as bigint[]))`

/** A member of a JSON object that is kept as text, as text. */
export const memberOf = (engine: EngineKind, column: Sql, key: Sql): Sql =>
  engine === 'sqlite' ? sql`${column} ->> ${key}` : sql`cast(${column} as json) ->> ${key}`

/** As {@link inList}, for texts. */
export const inTexts = (engine: EngineKind, column: Sql, name: string): Sql =>
  engine === 'sqlite'
    ? sql`${column} in (select value from json_each(${new Param(name)}))`
    : sql`${column} in (select json_array_elements_text(${new Param(name)}::json))`

/**
 * In front of a column: no index shall be chosen for its sake. SQLite, which has no statistics to know better, takes none for an
 * expression; PostgreSQL knows.
 */
export const unindexed = (engine: EngineKind): Sql => sql.raw(engine === 'sqlite' ? '+' : '')
