import { DomainError } from '../domain/errors.ts'
import { type Engine, type EngineKind, type Session, statement } from './engine.ts'
import { steps } from './migrations/index.ts'
import { sql } from './sql.ts'

/**
 * Filling a store that has no deals yet. Keeping the indexes of deals and of what comes with them costs more than the rows themselves, and
 * making them afterwards a fraction of it. So a load drops those that it does without, in one transaction with a note that they are missing.
 * They are made when the load is over; where it was killed, by whoever opens the store next, before anything else. Whoever reads meanwhile
 * is right, and slow.
 */

/** What is unique stays, and so does what a change looks a deal's events up by. */
const spoken =
  /^(?:create index (?!event_of_subject\b)(\w+) on (?:deal|deal_text|event|stretch) [^;]+|drop index (?:if exists )?(\w+))/gm

/** As the last step that speaks of each has it. */
function droppableIndexes(kind: EngineKind): { name: string; make: string }[] {
  const indexes = new Map<string, string>()
  const text = steps.map((step) => step[kind]).join('\n')
  for (const [words, made, dropped = ''] of text.matchAll(spoken)) {
    if (made === undefined) indexes.delete(dropped)
    else indexes.set(made, words)
  }
  return [...indexes].map(([name, make]) => ({ name, make }))
}

const either = <Row = unknown>(sqlite: string, postgres: string) =>
  statement<Row>((engine) => sql.raw(engine === 'sqlite' ? sqlite : postgres))

const anyDeal = either('select 1 from deal limit 1', 'select 1 from deal limit 1')

/** SQLite has a table for such things. */
const note = 'indexes to make'
const write = either(`insert or ignore into sequence (name, value) values ('${note}', 1)`, `comment on table deal is '${note}'`)
const read = either(
  `select 1 from sequence where name = '${note}'`,
  `select 1 where obj_description(cast('deal' as regclass), 'pg_class') = '${note}'`,
)
const erase = either(`delete from sequence where name = '${note}'`, 'comment on table deal is null')

const asLongAsItTakes = either('select 1', 'set local statement_timeout = 0')

const run = (session: Session, text: string) => session.run(either(text, text), {})

async function dropIndexes(engine: Engine): Promise<void> {
  await engine.transaction(async (session) => {
    if ((await session.one(anyDeal, {})) !== undefined) return
    await session.run(write, {})
    for (const { name } of droppableIndexes(engine.kind)) await run(session, `drop index if exists ${name}`)
  })
}

/** Makes the indexes that a load has dropped, one by one, so that nobody has to wait for all of them to write. */
export async function finishLoad(engine: Engine): Promise<void> {
  if ((await engine.reader.one(read, {})) === undefined) return
  for (const { make } of droppableIndexes(engine.kind)) {
    await engine.transaction(async (session) => {
      await session.one(asLongAsItTakes, {})
      await run(session, make.replace('create index', 'create index if not exists'))
    })
  }
  await engine.transaction(async (session) => session.run(erase, {}))
}

/** Runs work that fills a store; quicker where there are no deals yet. */
export async function load<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
  await dropIndexes(engine).catch((error: unknown) => {
    // Where others use them for longer than one waits, they stay.
    if (!(error instanceof DomainError)) throw error
  })
  try {
    return await work()
  } finally {
    await finishLoad(engine)
  }
}
