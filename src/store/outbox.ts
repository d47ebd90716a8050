import type { Claimed, Outbox } from '../domain/outbox.ts'
import type { WatchedWebhook } from '../domain/webhook.ts'
import { type Engine, inList, param, returning, statement } from './engine.ts'
import { toEvent } from './history.ts'
import { type Columns, insertRows, shaped } from './rows.ts'
import type { DeliveryRow, EventRow } from './schema.ts'
import { sql } from './sql.ts'
import { fromWatched, toDelivery, toWatched, type WatchedRow, watchedColumns } from './webhook-row.ts'

/** What is on its way to subscriptions, over all workspaces. */

const nextWorkspace = statement<{ id: number | null }>(
  () => sql`select min(workspace_id) as id from outbox where workspace_id > ${param('after')}`,
)

/** Under its workspace's number: of several processes one turns events into deliveries, so that none of a record overtakes another. */
const fanOutLock = 0x63726d6f

const lockOutbox = shaped(
  'lock outbox',
  () => sql`select pg_advisory_xact_lock(${fanOutLock}, cast(${param('workspace')} as integer))`,
)

const waiting = statement<EventRow>(
  () =>
    sql`select event.* from outbox join event on event.workspace_id = outbox.workspace_id and event.id = outbox.event_id
      where outbox.workspace_id = ${param('workspace')} order by outbox.event_id limit ${param('limit')}`,
)

const listening = statement<WatchedRow>(
  () =>
    sql`select ${watchedColumns} ${fromWatched}
      where webhook.workspace_id = ${param('workspace')} and webhook.state in ('active', 'paused') order by webhook.id`,
)

const sent = statement(
  (engine) => sql`delete from outbox where workspace_id = ${param('workspace')} and ${inList(engine, sql`event_id`, 'ids')}`,
)

async function fanOutOf(engine: Engine, workspace: number, [sayings, now, limit]: Parameters<Outbox['fanOut']>): Promise<number> {
  return engine.transaction(async (session) => {
    if (engine.kind === 'postgres') await session.one(lockOutbox, { workspace })
    const rows = await session.all(waiting, { workspace, limit })
    const hooks = (await session.all(listening, { workspace })).map(toWatched)
    const deliveries = rows.flatMap((row) => told(row, hooks, sayings, now))
    await insertRows({ session, engine }, 'delivery', deliveries)
    await session.run(sent, { workspace, ids: JSON.stringify(rows.map(({ id }) => id)) })
    return rows.length
  })
}

function told(row: EventRow, hooks: readonly WatchedWebhook[], sayings: Parameters<Outbox['fanOut']>[0], at: number): Columns[] {
  const event = toEvent(row)
  const { id: event_id, workspace_id, type, subject, subject_id } = row
  return hooks.flatMap((watched) =>
    sayings(watched, event).map(({ topic, state }) => ({
      workspace_id,
      webhook_id: watched.hook.id,
      event_id,
      type,
      subject,
      subject_id,
      topic,
      state,
      attempts: 0,
      due_at: at,
      created_at: at,
      finished_at: state === 'pending' ? null : at,
    })),
  )
}

type ClaimRow = WatchedRow & { leased_by: string | null; leased_until: number }

/** Leases that have run out, and one's own, are free. */
const free = sql`(health.leased_by is null or health.leased_by = ${param('owner')} or health.leased_until <= ${param('now')})`

const order = (table: 'head' | 'earlier') => sql`(coalesce(${sql.ref(`${table}.event_id`)}, 0), ${sql.ref(`${table}.id`)})`

/** Due, and not behind another of the same record. */
const isHead = sql`head.state = 'pending' and head.due_at <= ${param('now')} and not exists
  (select 1 from delivery as earlier where earlier.workspace_id = head.workspace_id and earlier.webhook_id = head.webhook_id
    and earlier.state = 'pending' and earlier.subject = head.subject and earlier.subject_id = head.subject_id
    and ${order('earlier')} < ${order('head')})`

/** The subscription is as it was claimed, and nobody else's by now. */
const isStillOurs = sql`exists (select 1 ${fromWatched} where webhook.id = ${param('webhook')} and webhook.state = 'active'
  and webhook.updated_at = ${param('known')} and health.leased_by = ${param('owner')})`

const heads = statement<DeliveryRow>(
  () =>
    sql`select head.* from delivery as head
      where head.workspace_id = ${param('workspace')} and head.webhook_id = ${param('webhook')} and ${isHead} and ${isStillOurs}
      order by head.due_at, head.id limit ${param('limit')}`,
)

const claimable = statement<ClaimRow>(
  () =>
    sql`select ${watchedColumns}, health.leased_by, health.leased_until ${fromWatched}
      where webhook.state = 'active' and ${free} and exists
        (select 1 from delivery as head where head.workspace_id = webhook.workspace_id and head.webhook_id = webhook.id and ${isHead})
      order by webhook.id limit ${param('limit')}`,
)

const lease = returning<{ webhook_id: number }>(
  () =>
    sql`update webhook_health as health set leased_by = ${param('owner')}, leased_until = ${param('until')}
      where webhook_id = ${param('webhook')} and ${free} returning webhook_id`,
)

const renew = statement(() => sql`update webhook_health set leased_until = ${param('until')} where leased_by = ${param('owner')}`)

const release = statement(
  () =>
    sql`update webhook_health set leased_by = null, leased_until = 0
      where leased_by = ${param('owner')} and (webhook_id = ${param('webhook')} or ${param('webhook')} = 0)`,
)

const claimedBy = (owner: string, row: ClaimRow): Claimed => ({ ...toWatched(row), workspaceId: row.workspace_id, owner })

/** Which subscription an owner has claimed, and as what. */
const ours = ({ workspaceId, hook, owner }: Claimed) => ({
  workspace: workspaceId,
  webhook: hook.id,
  known: hook.updatedAt,
  owner,
})

async function claim(engine: Engine, ...[owner, now, until, limit]: Parameters<Outbox['claim']>): Promise<readonly Claimed[]> {
  const rows = await engine.reader.all(claimable, { owner, now, limit })
  const claimed: Claimed[] = []
  const others: ClaimRow[] = []
  for (const row of rows) {
    if (row.leased_by === owner && row.leased_until > now) claimed.push(claimedBy(owner, row))
    else others.push(row)
  }
  if (others.length === 0) return claimed
  return engine.transaction(async (session) => {
    for (const row of others) {
      const mine = await session.one(lease, { webhook: row.id, owner, until, now })
      if (mine) claimed.push(claimedBy(owner, row))
    }
    return claimed
  })
}

/** One that was dropped, or is sent anew, while the attempt was under way stays so. */
const recordAttempt = statement(
  () =>
    sql`update delivery set state = ${param('state')}, attempts = ${param('attempts')}, due_at = ${param('due')},
        attempted_at = ${param('attempted')}, status = ${param('status')}, error = ${param('error')}, duration_ms = ${param('duration')},
        finished_at = ${param('finished')}
      where workspace_id = ${param('workspace')} and id = ${param('id')} and state = 'pending' and attempts = ${param('attempts')} - 1`,
)

const saveHealth = statement(
  () =>
    sql`update webhook_health set failed_first_tries = ${param('failed_first_tries')}, failing_since = ${param('failing_since')},
        muted_until = ${param('muted_until')}, last_attempt_at = ${param('last_attempt_at')}, last_status = ${param('last_status')},
        last_success_at = ${param('last_success_at')}
      where workspace_id = ${param('workspace')} and webhook_id = ${param('webhook')} and ${isStillOurs}`,
)

const disable = statement(
  () =>
    sql`update webhook set state = 'disabled', reason = ${param('reason')}, updated_at = ${param('now')}
      where workspace_id = ${param('workspace')} and id = ${param('webhook')} and state = 'active'`,
)

const dropWaiting = statement(
  () =>
    sql`update delivery set state = 'dropped', finished_at = ${param('now')}
      where workspace_id = ${param('workspace')} and webhook_id = ${param('webhook')} and state = 'pending'`,
)

async function record(engine: Engine, ...[claimed, tried, health, now, disabled]: Parameters<Outbox['record']>): Promise<void> {
  const { workspaceId: workspace, hook } = claimed
  await engine.transaction(async (session) => {
    for (const delivery of tried) {
      await session.run(recordAttempt, {
        workspace,
        id: delivery.id,
        state: delivery.state,
        attempts: delivery.attempts,
        due: delivery.dueAt,
        attempted: delivery.attemptedAt,
        status: delivery.status,
        error: delivery.error,
        duration: delivery.durationMs,
        finished: delivery.finishedAt,
      })
    }
    await session.run(saveHealth, {
      ...ours(claimed),
      failed_first_tries: health.failedFirstTries,
      failing_since: health.failingSince,
      muted_until: health.mutedUntil,
      last_attempt_at: health.lastAttemptAt,
      last_status: health.lastStatus,
      last_success_at: health.lastSuccessAt,
    })
    if (disabled === undefined) return
    await session.run(disable, { workspace, webhook: hook.id, reason: disabled, now })
    await session.run(dropWaiting, { workspace, webhook: hook.id, now })
  })
}

const forget = returning<{ id: number }>(
  () =>
    sql`delete from delivery where id in
      (select id from delivery where state <> 'pending' and finished_at < ${param('before')} order by finished_at limit ${param('limit')})
      returning id`,
)

const giveUp = statement(
  () =>
    sql`update delivery set state = 'dropped', finished_at = ${param('now')} where state = 'pending' and created_at < ${param('before')}`,
)

const backlog = statement<{ pending: number; oldest: number | null }>(
  () =>
    sql`select count(*) as pending, min(case when due_at <= ${param('now')} then due_at end) as oldest from delivery where state = 'pending'`,
)

export const openOutbox = (engine: Engine): Outbox => ({
  async fanOut(...args) {
    let events = 0
    for (let after = 0; ; ) {
      const id = (await engine.reader.one(nextWorkspace, { after }))?.id ?? null
      if (id === null) return events
      events += await fanOutOf(engine, id, args)
      after = id
    }
  },
  claim: (...args) => claim(engine, ...args),
  renew: (owner, until) => engine.transaction(async (session) => session.run(renew, { owner, until })),
  release: (owner, webhookId = 0) => engine.transaction(async (session) => session.run(release, { owner, webhook: webhookId })),
  heads: async (claimed, now, limit) => (await engine.reader.all(heads, { ...ours(claimed), now, limit })).map(toDelivery),
  record: (...args) => record(engine, ...args),
  prune: (before, now, limit) =>
    engine.transaction(async (session) => {
      await session.run(giveUp, { before, now })
      return (await session.all(forget, { before, limit })).length
    }),
  backlog: async (now) => (await engine.reader.one(backlog, { now })) ?? { pending: 0, oldest: null },
})
