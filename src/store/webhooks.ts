import type { DeliveryQuery } from '../domain/delivery.ts'
import type { Page } from '../domain/page.ts'
import type { Store } from '../domain/store.ts'
import { inList, param, statement, type Value } from './engine.ts'
import { pageById } from './people.ts'
import { all, type Columns, type Db, identify, insertRow, one, shaped, updateRow } from './rows.ts'
import type { DeliveryRow } from './schema.ts'
import { type Sql, sql } from './sql.ts'
import { fromWatched, fromWebhook, toDelivery, toWatched, type WatchedRow, watchedColumns } from './webhook-row.ts'

/** Subscriptions of one workspace, and what was sent to them. */

const byId = statement<WatchedRow>(
  () =>
    sql`select ${watchedColumns} ${fromWatched} where webhook.workspace_id = ${param('workspace')} and webhook.id = ${param('id')}`,
)

const live = statement<WatchedRow>(
  () =>
    sql`select ${watchedColumns} ${fromWatched} where webhook.workspace_id = ${param('workspace')} and webhook.state <> 'removed'
      order by webhook.id`,
)

const addHealth = statement(
  () => sql`insert into webhook_health (workspace_id, webhook_id) values (${param('workspace')}, ${param('id')})`,
)

const forgetFailures = statement(
  () =>
    sql`update webhook_health set failed_first_tries = 0, failing_since = null, muted_until = null
      where workspace_id = ${param('workspace')} and webhook_id = ${param('id')}`,
)

export const webhookTable = (db: Db): Store['webhooks'] => ({
  identify: () => identify(db, 'webhook'),
  get: async (id) => (Number.isSafeInteger(id) ? one(db, byId, toWatched, { id }) : undefined),
  live: () => all(db, live, toWatched),
  insert: async (hook) => {
    await insertRow(db, 'webhook', fromWebhook(hook, db.workspaceId) as unknown as Columns)
    await db.session.run(addHealth, { workspace: db.workspaceId, id: hook.id })
  },
  save: async (hook) => updateRow(db, 'webhook', null, fromWebhook(hook, db.workspaceId) as unknown as Columns),
  forgetFailures: async (id) => db.session.run(forgetFailures, { workspace: db.workspaceId, id }),
})

const deliveryById = statement<DeliveryRow>(
  () => sql`select * from delivery where workspace_id = ${param('workspace')} and id = ${param('id')}`,
)

const conditions = {
  state: sql`state = ${param('state')}`,
  type: sql`type = ${param('type')}`,
  dealId: sql`subject = 'deal' and subject_id = ${param('dealId')}`,
  status: sql`status = ${param('status')}`,
  since: sql`created_at >= ${param('since')}`,
  until: sql`created_at < ${param('until')}`,
} as const

async function listDeliveries(db: Db, webhookId: number, query: DeliveryQuery): Promise<Page<ReturnType<typeof toDelivery>>> {
  const { limit, after, offset = 0 } = query
  const values: Record<string, Value> = { workspace: db.workspaceId, webhook: webhookId, limit: limit + 1, offset }
  const where: [string, Sql][] = []
  for (const [key, condition] of Object.entries(conditions)) {
    const value = query[key as keyof typeof conditions]
    if (value === undefined) continue
    where.push([key, condition])
    values[key] = value
  }
  if (after) {
    where.push(['after', sql`id < ${param('after')}`])
    values.after = after.id
  }
  const list = shaped<DeliveryRow>(`deliveries ${where.map(([name]) => name).join('|')}`, () => {
    const own = sql`workspace_id = ${param('workspace')} and webhook_id = ${param('webhook')}`
    const all = sql.join([own, ...where.map(([, condition]) => condition)], ' and ')
    return sql`select * from delivery where ${all} order by id desc limit ${param('limit')} offset ${param('offset')}`
  })
  return pageById((await db.session.all(list, values)).map(toDelivery), limit)
}

const addTest = statement<DeliveryRow>(
  () =>
    sql`insert into delivery (workspace_id, webhook_id, type, subject, subject_id, topic, state, attempts, due_at, created_at)
      values (${param('workspace')}, ${param('webhook')}, 'test', 'test', 0, 'test', 'pending', 0, ${param('at')}, ${param('at')}) returning *`,
)

const replay = statement((engine) => {
  const chosen = sql`workspace_id = ${param('workspace')} and ${inList(engine, sql`id`, 'ids')}`
  return sql`update delivery set state = 'pending', attempts = 0, due_at = ${param('at')}, finished_at = null where ${chosen}`
})

const drop = statement(
  () =>
    sql`update delivery set state = 'dropped', finished_at = ${param('at')}
      where workspace_id = ${param('workspace')} and webhook_id = ${param('webhook')} and state = 'pending'`,
)

export const deliveryTable = (db: Db): Store['deliveries'] => ({
  get: async (id) => (Number.isSafeInteger(id) ? one(db, deliveryById, toDelivery, { id }) : undefined),
  list: (webhookId, query) => listDeliveries(db, webhookId, query),
  addTest: async (webhookId, at) => {
    const row = await db.session.one(addTest, { workspace: db.workspaceId, webhook: webhookId, at })
    if (!row) throw new Error('the test was not added')
    return toDelivery(row)
  },
  replay: async (ids, at) => db.session.run(replay, { workspace: db.workspaceId, ids: JSON.stringify(ids), at }),
  drop: async (webhookId, at) => db.session.run(drop, { workspace: db.workspaceId, webhook: webhookId, at }),
})
