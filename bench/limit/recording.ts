import { pino } from 'pino'
import { dialects } from '../../src/dialects/index.ts'
import { createServer } from '../../src/http/server.ts'
import type { Engine, EngineKind, Session, Statement, Values } from '../../src/store/engine.ts'
import { Param } from '../../src/store/engine.ts'
import { type Addition, addedUp } from '../../src/store/engines/postgres-transaction.ts'
import { openRegistry } from '../../src/store/registry.ts'
import { asRows } from '../../src/store/rows.ts'
import type { Call } from '../measure.ts'

/** One statement as it ran: its text and what was filled in. */
export interface Step {
  sql: string
  values: readonly unknown[]
  how: 'all' | 'one' | 'run'
  /** Which of the values holds rows that say over which of several rows a sum is spread; -1 where none does. */
  stripe: number
}

/** What one request comes to without everything between socket and database: statements and the bytes of the answer. */
export interface Plan {
  steps: readonly Step[]
  /** Whether it was a transaction. */
  writes: boolean
  status: number
  headers: Record<string, string | string[]>
  body: Buffer
}

export interface Recorder {
  record(call: Call): Promise<Plan>
  close(): Promise<void>
}

/** Runs requests through the whole server, inside this process, and writes down what reaches the database. */
export async function recorder(engine: Engine): Promise<Recorder> {
  let steps: Step[] = []
  let putOff: Step[] = []
  /** What PostgreSQL is told all at once, at the end. */
  let additions: Addition[] = []
  let writes = false
  const note = (how: Step['how'], statement: Statement<unknown>, values: Values, to = steps) => {
    const step = stepOf(engine.kind, how, statement, values)
    // Who is asking is no part of the limit.
    if (!/\btoken\b/.test(step.sql)) to.push(step)
  }
  const listen = (session: Session): Session => ({
    all: (statement, values) => {
      note('all', statement, values)
      return session.all(statement, values)
    },
    one: (statement, values) => {
      note('one', statement, values)
      return session.one(statement, values)
    },
    each: (statement, values) => session.each(statement, values),
    run: (statement, values) => {
      note('run', statement, values)
      return session.run(statement, values)
    },
    later: (statement, values) => {
      note('run', statement, values, putOff)
      return session.later(statement, values)
    },
    tally: (statement, key, amounts) => {
      if (engine.kind === 'postgres') additions.push({ statement, key, amounts })
      else note('run', statement, { ...key, ...amounts }, putOff)
      return session.tally(statement, key, amounts)
    },
    settle: () => session.settle(),
    hold: (workspaceId, how) => session.hold(workspaceId, how),
    savepoint: (work) => session.savepoint(work),
  })
  const listening: Engine = {
    kind: engine.kind,
    reader: listen(engine.reader),
    transaction: (work, workspaceId) => {
      writes = true
      return engine.transaction((session) => {
        // Where others were in the way the work is done anew.
        steps = []
        putOff = []
        additions = []
        return work(listen(session))
      }, workspaceId)
    },
    snapshot: (work) => engine.snapshot(work),
    watch: (listener) => engine.watch(listener),
    close: () => engine.close(),
  }
  const server = createServer({ dialects, registry: openRegistry(listening), logger: pino({ enabled: false }) })
  await server.app.ready()
  return {
    record: async ({ method, path, headers, body }) => {
      steps = []
      putOff = []
      additions = []
      writes = false
      const answer = await server.app.inject({
        method,
        url: path,
        headers: { ...headers },
        ...(body === undefined ? {} : { payload: body }),
      })
      if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${answer.body}`)
      const sums = addedUp(additions, 0).map(([statement, rows]) => stepOf(engine.kind, 'run', statement, asRows(rows), true))
      const all = [...steps, ...putOff, ...sums]
      return {
        steps: all,
        writes: writes && all.some(({ how }) => how === 'run'),
        status: answer.statusCode,
        headers: headersOf(answer.headers),
        body: answer.rawPayload,
      }
    },
    close: () => server.close(),
  }
}

function stepOf(kind: EngineKind, how: Step['how'], statement: Statement<unknown>, values: Values, isSpread = false): Step {
  const query = statement.build(kind)
  return {
    how,
    stripe: isSpread ? query.values.findIndex((value) => value instanceof Param && value.name === 'rows') : -1,
    sql: kind === 'sqlite' ? query.sql : query.text,
    values: query.values.map((value) => (value instanceof Param ? values[value.name] : value)),
  }
}

/** Those that the server sets itself; the rest Node adds to every answer. */
function headersOf(headers: NodeJS.Dict<number | string | string[]>): Plan['headers'] {
  const own = Object.entries(headers).filter(([name]) => !['date', 'connection', 'keep-alive', 'content-length'].includes(name))
  return Object.fromEntries(own.map(([name, value]) => [name, Array.isArray(value) ? value : String(value)]))
}
