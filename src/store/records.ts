import { invalid } from '../domain/errors.ts'
import type { Page } from '../domain/page.ts'
import type { DialectRecord, RecordQuery } from '../domain/record.ts'
import type { Store } from '../domain/store.ts'
import { inList, param, statement, type Value } from './engine.ts'
import { pageById } from './people.ts'
import { type Columns, type Db, identify, insertRow, shaped } from './rows.ts'
import type { AnswerRow, RecordRow } from './schema.ts'
import { type Sql, sql } from './sql.ts'

/** What single dialects keep for themselves, and answers kept for repeated requests. */

const toRecord = (row: RecordRow): DialectRecord => ({
  id: row.id,
  key: row.key,
  data: JSON.parse(row.data),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

const byId = statement<RecordRow>(
  () =>
    sql`select * from record where workspace_id = ${param('workspace')} and collection = ${param('collection')} and id = ${param('id')}`,
)

const byKey = statement<RecordRow>(
  () =>
    sql`select * from record where workspace_id = ${param('workspace')} and collection = ${param('collection')} and key = ${param('key')}`,
)

const save = statement(
  () =>
    sql`update record set key = ${param('key')}, data = ${param('data')}, updated_at = ${param('at')}
      where workspace_id = ${param('workspace')} and collection = ${param('collection')} and id = ${param('id')}`,
)

const remove = statement(
  () =>
    sql`delete from record where workspace_id = ${param('workspace')} and collection = ${param('collection')} and id = ${param('id')}`,
)

async function listRecords(db: Db, collection: string, query: RecordQuery): Promise<Page<DialectRecord>> {
  const { ids, key, prefix, limit, after, offset = 0 } = query
  const values: Record<string, Value> = { workspace: db.workspaceId, collection, limit: limit + 1, offset }
  const where: [string, Sql][] = []
  if (ids) {
    where.push(['ids', inList(db.engine.kind, sql`record.id`, 'ids')])
    values.ids = JSON.stringify(ids.filter(Number.isSafeInteger))
  }
  if (key !== undefined) {
    where.push(['key', sql`record.key = ${param('key')}`])
    values.key = key
  }
  if (prefix !== undefined) {
    where.push(['prefix', sql`record.key >= ${param('prefix')} and record.key < ${param('beyond')}`])
    Object.assign(values, { prefix, beyond: `${prefix}${beyond}` })
  }
  if (after) {
    where.push(['after', sql`record.id > ${param('after')}`])
    values.after = after.id
  }
  const list = shaped<RecordRow>(`records ${where.map(([name]) => name).join('|')}`, () => {
    const own = sql`record.workspace_id = ${param('workspace')} and record.collection = ${param('collection')}`
    const conditions = [own, ...where.map(([, condition]) => condition)]
    return sql`select * from record where ${sql.join(conditions, ' and ')} order by record.id limit ${param('limit')} offset ${param('offset')}`
  })
  return pageById((await db.session.all(list, values)).map(toRecord), limit)
}

/** Beyond every key that begins with a prefix. */
const beyond = '\u{10ffff}'

const countKeys = statement<{ prefix: string; n: number }>((engine) => {
  const list =
    engine === 'sqlite' ? sql`json_each(${param('prefixes')})` : sql`json_array_elements_text(cast(${param('prefixes')} as json))`
  return sql`select wanted.value as prefix, count(*) as n from ${list} as wanted
      join record on record.workspace_id = ${param('workspace')} and record.collection = ${param('collection')}
        and record.key >= wanted.value and record.key < wanted.value || ${param('beyond')}
      group by wanted.value`
})

async function requireFreeKey({ session, workspaceId }: Db, collection: string, key: string | null, id: number): Promise<void> {
  if (key === null) return
  const other = await session.one(byKey, { workspace: workspaceId, collection, key })
  if (other && other.id !== id) invalid('key', 'duplicate')
}

export const recordTable = (db: Db): Store['records'] => ({
  get: async (collection, id) => {
    if (!Number.isSafeInteger(id)) return undefined
    const row = await db.session.one(byId, { workspace: db.workspaceId, collection, id })
    return row && toRecord(row)
  },
  list: (collection, query) => listRecords(db, collection, query),
  countByPrefix: async (collection, prefixes) => {
    if (prefixes.length === 0) return new Map()
    const values = { workspace: db.workspaceId, collection, prefixes: JSON.stringify(prefixes), beyond }
    return new Map((await db.session.all(countKeys, values)).map(({ prefix, n }) => [prefix, Number(n)]))
  },
  insert: async (collection, key, data, at) => {
    await requireFreeKey(db, collection, key, 0)
    const { id } = await identify(db, 'record')
    const row: RecordRow = {
      id,
      workspace_id: db.workspaceId,
      collection,
      key,
      data: JSON.stringify(data),
      created_at: at,
      updated_at: at,
    }
    await insertRow(db, 'record', row as unknown as Columns)
    return toRecord(row)
  },
  save: async (collection, record) => {
    await requireFreeKey(db, collection, record.key, record.id)
    const { id, key, updatedAt } = record
    await db.session.run(save, {
      workspace: db.workspaceId,
      collection,
      id,
      key,
      data: JSON.stringify(record.data),
      at: updatedAt,
    })
  },
  delete: async (collection, id) => db.session.run(remove, { workspace: db.workspaceId, collection, id }),
})

const answer = statement<AnswerRow>(
  () => sql`select * from answer where workspace_id = ${param('workspace')} and key = ${param('key')}`,
)

const keepAnswer = statement(
  () =>
    sql`insert into answer (workspace_id, key, fingerprint, status, body, at, first_event)
      values (${param('workspace')}, ${param('key')}, ${param('fingerprint')}, ${param('status')}, ${param('body')}, ${param('at')},
        ${param('first_event')})`,
)

/** A few at a time with every new one, so that the table never needs a sweep of its own. */
const forgetAnswers = statement(
  () =>
    sql`delete from answer where (workspace_id, key) in (select workspace_id, key from answer where at < ${param('before')} order by at limit 10)`,
)

/** Repeated requests are recognised for a day. */
const answerLifetimeMs = 86_400_000

export const answerTable = ({ session, workspaceId }: Db): Store['answers'] => ({
  get: async (key) => {
    const row = await session.one(answer, { workspace: workspaceId, key })
    return row && { ...row, firstEvent: row.first_event }
  },
  keep: async (key, { fingerprint, status, body, at, firstEvent }) => {
    await session.run(forgetAnswers, { before: at - answerLifetimeMs })
    await session.run(keepAnswer, { workspace: workspaceId, key, fingerprint, status, body, at, first_event: firstEvent })
  },
})
