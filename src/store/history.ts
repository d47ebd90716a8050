import type { Event, EventQuery } from '../domain/events.ts'
import type { Page } from '../domain/page.ts'
import type { Store } from '../domain/store.ts'
import { inList, param, statement, type Value } from './engine.ts'
import { all, type Db, one, shaped } from './rows.ts'
import type { EventRow } from './schema.ts'
import { type Sql, sql } from './sql.ts'

/** The append-only log of what happened. */

export const toEvent = (row: EventRow): Event => ({
  id: row.id,
  type: row.type as Event['type'],
  subjectId: row.subject_id,
  at: row.at,
  userId: row.user_id,
  via: row.via,
  before: row.before === null ? null : JSON.parse(row.before),
  after: row.after === null ? null : JSON.parse(row.after),
  batch: row.batch,
})

const append = statement<{ id: number }>(
  () =>
    sql`insert into event (workspace_id, subject, subject_id, type, at, user_id, via, "before", "after", batch)
      values (${param('workspace')}, ${param('subject')}, ${param('subject_id')}, ${param('type')}, ${param('at')}, ${param('user')},
        ${param('via')}, ${param('before')}, ${param('after')}, ${param('batch')}) returning id`,
)

const byId = statement<EventRow>(
  () => sql`select * from event where workspace_id = ${param('workspace')} and id = ${param('id')}`,
)

const ofBatch = statement<EventRow>(
  () =>
    sql`select * from event where workspace_id = ${param('workspace')} and batch = ${param('first')} and id < ${param('before')}
      order by id desc limit ${param('limit')}`,
)

const countBatch = statement<{ n: number }>(
  () => sql`select count(*) as n from event where workspace_id = ${param('workspace')} and batch = ${param('first')}`,
)

const plain = {
  subject: 'subject =',
  subjectId: 'subject_id =',
  type: 'type =',
  userId: 'user_id =',
  since: 'at >=',
  until: 'at <',
} as const

async function listEvents(db: Db, query: EventQuery): Promise<Page<Event>> {
  const { direction = 'asc', limit, after, offset = 0 } = query
  const values: Record<string, Value> = { workspace: db.workspaceId, limit: limit + 1, offset }
  const where: [string, Sql][] = []
  for (const [key, comparison] of Object.entries(plain)) {
    const value = query[key as keyof typeof plain]
    if (value === undefined) continue
    where.push([key, sql`event.${sql.raw(comparison)} ${param(key)}`])
    values[key] = value
  }
  if (after) {
    where.push([`after ${direction}`, sql`event.id ${sql.raw(direction === 'asc' ? '>' : '<')} ${param('after')}`])
    values.after = after.id
  }
  const list = shaped<EventRow>(`events ${direction} ${where.map(([name]) => name).join('|')}`, () => {
    const conditions = [sql`event.workspace_id = ${param('workspace')}`, ...where.map(([, condition]) => condition)]
    return sql`select * from event where ${sql.join(conditions, ' and ')}
        order by event.id ${sql.raw(direction)} limit ${param('limit')} offset ${param('offset')}`
  })
  const rows = await db.session.all(list, values)
  const items = rows.slice(0, limit).map(toEvent)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? { value: last.id, id: last.id } : null }
}

const latest = statement<EventRow>(
  (engine) =>
    sql`select * from event where id in (
      select max(id) from event where workspace_id = ${param('workspace')} and subject = ${param('subject')}
        and ${inList(engine, sql`subject_id`, 'ids')} group by subject_id)`,
)

export const eventTable = (db: Db): Store['events'] => ({
  append: async (event) => {
    const row = await db.session.one(append, {
      workspace: db.workspaceId,
      subject: event.type.slice(0, event.type.indexOf('.')),
      subject_id: event.subjectId,
      type: event.type,
      at: event.at,
      user: event.userId,
      via: event.via,
      before: event.before && JSON.stringify(event.before),
      after: event.after && JSON.stringify(event.after),
      batch: event.batch,
    })
    return Number(row?.id)
  },
  get: async (id) => (Number.isSafeInteger(id) ? one(db, byId, toEvent, { id }) : undefined),
  ofBatch: (first, before, limit) => all(db, ofBatch, toEvent, { first, before, limit }),
  countBatch: async (first) => Number((await db.session.one(countBatch, { workspace: db.workspaceId, first }))?.n ?? 0),
  list: (query) => listEvents(db, query),
  latest: async (subject, ids) => {
    const wanted = JSON.stringify(ids.filter(Number.isSafeInteger))
    return (await db.session.all(latest, { workspace: db.workspaceId, subject, ids: wanted })).map(toEvent)
  },
})
