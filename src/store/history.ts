import type { Event, EventQuery } from '../domain/events.ts'
import type { Key, Page } from '../domain/page.ts'
import type { Store } from '../domain/store.ts'
import { type EngineKind, inList, param, returning, statement, unindexed, type Value } from './engine.ts'
import { all, type Columns, type Db, insertRows, one, shaped } from './rows.ts'
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

const columns = ['workspace_id', 'subject', 'subject_id', 'type', 'at', 'user_id', 'via', 'before', 'after', 'batch']

const append = returning<{ id: number }>(
  () => sql`insert into event (${sql.join(columns.map(sql.ref))}) values (${sql.join(columns.map(param))}) returning id`,
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
  () => sql`select count(*) as n from event where workspace_id = ${param('workspace')} and batch = ${param('first')}
      and id < ${param('before')}`,
)

const plain = {
  subject: 'subject =',
  subjectId: 'subject_id =',
  type: 'type =',
  userId: 'user_id =',
  since: 'at >=',
  until: 'at <',
} as const

/** What an index that has the rows in this order may be asked for; everything else must not lead another index to them. */
const led: Readonly<Record<'id' | 'at', ReadonlySet<string>>> = {
  id: new Set(['subject', 'subjectId']),
  at: new Set(['type', 'since', 'until']),
}

interface Asked {
  name: string
  sql(engine: EngineKind): Sql
  values: Record<string, Value>
}

/** What is asked of each event. Those of a few records are found by these, in whatever order they are wanted. */
function conditionsOf(query: Omit<EventQuery, 'limit'>, order: 'id' | 'at' | 'none'): Asked[] {
  const { ids, subjectIds, types } = query
  const isOfFew = query.subjectId !== undefined || subjectIds !== undefined
  const mayLead = (key: string) => ids === undefined && (order === 'none' || (isOfFew ? led.id.has(key) : led[order].has(key)))
  const mark = (key: string, engine: EngineKind) => (mayLead(key) ? sql`` : unindexed(engine))
  const asked: Asked[] = Object.entries(plain).flatMap(([key, comparison]) => {
    const value = query[key as keyof typeof plain]
    const write = (engine: EngineKind) => sql`${mark(key, engine)}event.${sql.raw(comparison)} ${param(key)}`
    return value === undefined ? [] : [{ name: key, sql: write, values: { [key]: value } }]
  })
  if (ids) {
    const values = { ids: JSON.stringify(ids.filter(Number.isSafeInteger)) }
    asked.push({ name: 'ids', sql: (engine) => inList(engine, sql`event.id`, 'ids'), values })
  }
  if (subjectIds) {
    const values = { subjectIds: JSON.stringify(subjectIds.filter(Number.isSafeInteger)) }
    asked.push({ name: 'subjectIds', sql: (engine) => inList(engine, sql`event.subject_id`, 'subjectIds'), values })
  }
  if (types) {
    const values = Object.fromEntries(types.map((type, index) => [`type${index}`, type]))
    const list = types.length === 0 ? sql`null` : sql.join(Object.keys(values).map((name) => param(name)))
    asked.push({
      name: `types ${types.length}`,
      sql: (engine) => sql`${mark('types', engine)}event.type in (${list})`,
      values,
    })
  }
  return asked
}

/** Behind the last row seen: by id alone, or by moment and id. */
function behind(order: 'id' | 'at', direction: 'asc' | 'desc', after: Key, moment: (engine: EngineKind) => Sql): Asked {
  const sign = sql.raw(direction === 'asc' ? '>' : '<')
  return order === 'id'
    ? { name: 'after', sql: () => sql`event.id ${sign} ${param('after')}`, values: { after: after.id } }
    : {
        name: 'after',
        sql: (engine) => sql`(${moment(engine)}, event.id) ${sign} (${param('moment')}, ${param('after')})`,
        values: { moment: after.value, after: after.id },
      }
}

/** Where many commit at once nothing is told yet that others may still come before. */
const horizon = statement<{ id: number }>(() => sql`select feed_horizon(${param('workspace')}) as id`)

async function upTo({ session, workspaceId }: Db): Promise<Asked> {
  const id = (await session.one(horizon, { workspace: workspaceId }))?.id ?? 0
  return { name: 'horizon', sql: () => sql`event.id <= ${param('horizon')}`, values: { horizon: id } }
}

const named = (asked: readonly Asked[]): string => asked.map(({ name }) => name).join('|')

const together = (asked: readonly Asked[], engine: EngineKind): Sql =>
  sql.join([sql`event.workspace_id = ${param('workspace')}`, ...asked.map((condition) => condition.sql(engine))], ' and ')

async function listEvents(db: Db, query: EventQuery): Promise<Page<Event>> {
  const { order = 'id', direction = 'asc', limit, after, offset = 0 } = query
  // What happened to one record is committed in the order of its ids anyway: whoever writes it waits for the others.
  const isOfFew = query.subjectId !== undefined || query.subjectIds !== undefined
  const isFeed = order === 'id' && !isOfFew && db.engine.kind !== 'sqlite'
  const asked = [...conditionsOf(query, order), ...(isFeed ? [await upTo(db)] : [])]
  // What happened to a few records is found and sorted; the indexes in the order of the list have everybody's.
  const mark = (engine: EngineKind) => (isOfFew ? unindexed(engine) : sql``)
  const moment = (engine: EngineKind) => sql`${mark(engine)}event.at`
  if (after) asked.push(behind(order, direction, after, moment))
  const list = shaped<EventRow>(`events ${order} ${direction} ${named(asked)}`, (engine) => {
    const way = sql.raw(direction)
    const by =
      order === 'id'
        ? sql`${query.subjectIds ? mark(engine) : sql``}event.id ${way}`
        : sql`${moment(engine)} ${way}, event.id ${way}`
    return sql`select * from event where ${together(asked, engine)} order by ${by} limit ${param('limit')} offset ${param('offset')}`
  })
  const values = Object.assign({ workspace: db.workspaceId, limit: limit + 1, offset }, ...asked.map(({ values }) => values))
  const rows = await db.session.all(list, values)
  const items = rows.slice(0, limit).map(toEvent)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? { value: order === 'id' ? last.id : last.at, id: last.id } : null }
}

async function countEvents(db: Db, query: Omit<EventQuery, 'limit'>): Promise<number> {
  const asked = conditionsOf(query, 'none')
  const count = shaped<{ n: number }>(
    `count events ${named(asked)}`,
    (engine) => sql`select count(*) as n from event where ${together(asked, engine)}`,
  )
  const values = Object.assign({ workspace: db.workspaceId }, ...asked.map(({ values }) => values))
  return Number((await db.session.one(count, values))?.n ?? 0)
}

/** The last of each record, found by one look at the end of its row in the index, however much has happened to it. */
const lastOfEach = (engine: EngineKind, columns: Sql) => {
  const ids =
    engine === 'sqlite'
      ? sql`json_each(${param('ids')}) as wanted`
      : sql`unnest(cast(translate(${param('ids')}, '[]', '{}') as bigint[])) as wanted (value)`
  return sql`select ${columns} from event where workspace_id = ${param('workspace')} and id in (
      select (select max(id) from event where workspace_id = ${param('workspace')} and subject = ${param('subject')}
        and subject_id = wanted.value) from ${ids})`
}

const latest = statement<EventRow>((engine) => lastOfEach(engine, sql`*`))
const latestUsers = statement<Pick<EventRow, 'subject_id' | 'user_id'>>((engine) => lastOfEach(engine, sql`subject_id, user_id`))

const ofRecord = sql`event.workspace_id = ${param('workspace')} and event.subject = ${param('subject')} and event.subject_id = ${param('subject_id')}`

const around = statement<EventRow>(
  () =>
    sql`select * from event where ${ofRecord} and id >= coalesce((select max(id) from event where ${ofRecord} and id < ${param('id')}), ${param('id')})
      order by id limit ${param('limit')}`,
)

const rowOf = (event: Omit<Event, 'id'>, workspaceId: number): Columns => ({
  workspace_id: workspaceId,
  subject: event.type.slice(0, event.type.indexOf('.')),
  subject_id: event.subjectId,
  type: event.type,
  at: event.at,
  user_id: event.userId,
  via: event.via,
  before: event.before && JSON.stringify(event.before),
  after: event.after && JSON.stringify(event.after),
  batch: event.batch,
})

/** Adds events whose ids nobody asks for; they come in the order given. */
export async function appendEvents(db: Db, events: readonly Omit<Event, 'id'>[]): Promise<void> {
  if (events.length === 0) return
  await db.session.hold(db.workspaceId, 'events')
  await insertRows(
    db,
    'event',
    events.map((event) => rowOf(event, db.workspaceId)),
  )
}

export const eventTable = (db: Db): Store['events'] => ({
  append: async (event) => {
    await db.session.hold(db.workspaceId, 'events')
    return Number((await db.session.one(append, rowOf(event, db.workspaceId)))?.id)
  },
  get: async (id) => (Number.isSafeInteger(id) ? one(db, byId, toEvent, { id }) : undefined),
  ofBatch: (first, before, limit) => all(db, ofBatch, toEvent, { first, before, limit }),
  countBatch: async (first, before = Number.MAX_SAFE_INTEGER) =>
    Number((await db.session.one(countBatch, { workspace: db.workspaceId, first, before }))?.n ?? 0),
  list: (query) => listEvents(db, query),
  around: (subject, subject_id, id, limit) => all(db, around, toEvent, { subject, subject_id, id, limit }),
  count: (query) => countEvents(db, query),
  latest: async (subject, ids) => {
    const wanted = JSON.stringify(ids.filter(Number.isSafeInteger))
    return (await db.session.all(latest, { workspace: db.workspaceId, subject, ids: wanted })).map(toEvent)
  },
  latestUsers: async (subject, ids) => {
    const wanted = JSON.stringify(ids.filter(Number.isSafeInteger))
    const rows = await db.session.all(latestUsers, { workspace: db.workspaceId, subject, ids: wanted })
    return new Map(rows.map((row) => [row.subject_id, row.user_id]))
  },
})
