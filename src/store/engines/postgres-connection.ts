import type { PoolClient, QueryConfig, QueryResult } from 'pg'
import { Param, type Statement, type Value, type Values } from '../engine.ts'

interface Compiled {
  name: string
  text: string
  parameters: readonly (Param | Value)[]
}

const compiled = new WeakMap<Statement<unknown>, Compiled>()
let count = 0

/** A statement as PostgreSQL takes it; the name is this process's own. */
export function compile(statement: Statement<unknown>): Compiled {
  let kept = compiled.get(statement)
  if (!kept) {
    const query = statement.build('postgres')
    kept = { name: `s${++count}`, text: query.text, parameters: query.values as readonly (Param | Value)[] }
    compiled.set(statement, kept)
  }
  return kept
}

function bind(parameters: Compiled['parameters'], values: Values): Value[] {
  return parameters.map((parameter) => {
    if (!(parameter instanceof Param)) return parameter
    const value = values[parameter.name]
    if (value === undefined) throw new Error(`no value for :${parameter.name}`)
    // PostgreSQL has no text with a NUL in it. Names never have one; what is asked for may.
    return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
  })
}

/** So many statements may be on their way before somebody waits for them. */
const maxUnderway = 256

/** So many statements a connection prepares; then it is replaced, because the server never forgets any. */
const maxPrepared = 1000

const prepared = new WeakMap<PoolClient, Set<string>>()

/**
 * One connection that belongs to us for a while. Statements whose answer nobody waits for are sent at once, one behind the other; the first
 * that fails is what the next wait throws.
 */
export class Line {
  readonly client: PoolClient
  readonly #prepared: Set<string>
  #underway = 0
  #settled: Promise<unknown> = Promise.resolve()
  /** The first error of any statement. */
  failure: unknown

  constructor(client: PoolClient) {
    this.client = client
    let names = prepared.get(client)
    if (!names) prepared.set(client, (names = new Set()))
    this.#prepared = names
  }

  get isWornOut(): boolean {
    return this.#prepared.size > maxPrepared
  }

  /** Sends a statement and waits for its rows. */
  ask<Row>(statement: Statement<Row>, values: Values): Promise<Row[]> {
    return this.#send(this.#query(statement, values)).then((result) => result.rows as Row[])
  }

  /** Sends a statement and does not wait for it, unless very many are underway. */
  say(statement: Statement<unknown>, values: Values): void | Promise<void> {
    this.#forget(this.#send(this.#query(statement, values)))
    if (this.#underway > maxUnderway) return this.settled()
  }

  /** As {@link say}, for what is no statement with values. */
  command(text: string): Promise<QueryResult> {
    const sent = this.#send({ text })
    this.#forget(sent)
    return sent
  }

  /** Waits for all that was said; throws the first error. */
  async settled(): Promise<void> {
    await this.#settled
    if (this.failure !== undefined) throw this.failure
  }

  /** Sends a statement in front of which stands something of ours: `declare … cursor for`. */
  open(statement: Statement<unknown>, values: Values, before: string): void {
    const { text, parameters } = compile(statement)
    this.#forget(this.#send({ text: `${before} ${text}`, values: bind(parameters, values) }))
  }

  #query(statement: Statement<unknown>, values: Values): QueryConfig {
    const { name, text, parameters } = compile(statement)
    this.#prepared.add(name)
    return { name, text, values: bind(parameters, values) }
  }

  #send(query: QueryConfig): Promise<QueryResult> {
    this.#underway++
    return this.client.query(query).then(
      (result) => {
        this.#underway--
        return result
      },
      (error: unknown) => {
        this.#underway--
        // What comes after an error only says that there was one.
        this.failure ??= error
        throw this.failure
      },
    )
  }

  #forget(sent: Promise<unknown>): void {
    this.#settled = sent.catch(() => {})
  }
}

/** So many rows a cursor fetches at a time. */
const fetched = 500

/** The rows of a statement, a few hundred at a time; inside a transaction of the line. */
export async function* eachRow<Row>(line: Line, statement: Statement<Row>, values: Values): AsyncGenerator<Row> {
  const name = `rows${++count}`
  line.open(statement, values, `declare ${name} no scroll cursor for`)
  try {
    // The next rows are on their way while these are looked at.
    let next = line.command(`fetch ${fetched} from ${name}`)
    for (;;) {
      const { rows } = await next
      if (rows.length === fetched) next = line.command(`fetch ${fetched} from ${name}`)
      yield* rows as Row[]
      if (rows.length < fetched) return
    }
  } finally {
    line.command(`close ${name}`)
  }
}
