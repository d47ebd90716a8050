import { lifeOf } from '../../domain/reports/life.ts'
import { type Engine, param, type Session, statement } from '../engine.ts'
import { toEvent } from '../history.ts'
import type { EventRow } from '../schema.ts'
import { sql } from '../sql.ts'
import { lifeTable } from './lives.ts'

/** Lives of deals that were there before lives were kept. */

/** So many deals are one transaction. */
const batch = 500

const firstWithout = statement<{ id: number; workspace_id: number }>(
  () => sql`select id, workspace_id from deal where id > ${param('after')} and not exists
    (select 1 from stretch where stretch.workspace_id = deal.workspace_id and stretch.deal_id = deal.id) order by id limit ${param('limit')}`,
)

const pending = statement<{ value: number }>(() => sql`select value from sequence where name = 'lives to fill in'`)
const done = statement(() => sql`delete from sequence where name = 'lives to fill in'`)

const eventsOfDeal = statement<EventRow>(
  () =>
    sql`select * from event where workspace_id = ${param('workspace')} and subject = 'deal' and subject_id = ${param('id')} order by id`,
)

/**
 * Works out from the log what the deals of an older store have lived through, and posts it to the ledgers. Can be stopped at any time and
 * goes on where it was; a server that is asked meanwhile shows what is there so far.
 */
export async function fillLives(engine: Engine, onProgress: (done: number, total: number) => void): Promise<void> {
  // Stores on PostgreSQL are younger than lives.
  if (engine.kind !== 'sqlite') return
  const total = (await engine.reader.one(pending, {}))?.value
  if (total === undefined) return
  let [after, count, told] = [0, 0, 0]
  for (;;) {
    const last = await engine.transaction((session) => fillBatch(session, engine, after))
    if (last === undefined) break
    after = last.after
    count += last.count
    if (count >= told || count === total) {
      onProgress(count, total)
      told = count + total / 20
    }
  }
  await engine.transaction(async (session) => session.run(done, {}))
}

async function fillBatch(session: Session, engine: Engine, after: number) {
  const deals = await session.all(firstWithout, { after, limit: batch })
  for (const { id, workspace_id: workspaceId } of deals) {
    const events = (await session.all(eventsOfDeal, { workspace: workspaceId, id })).map(toEvent)
    await lifeTable({ session, engine, workspaceId }).save(id, [], lifeOf(events))
  }
  const last = deals.at(-1)
  return last && { after: last.id, count: deals.length }
}
