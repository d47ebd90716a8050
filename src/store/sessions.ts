import { idleMs, lifeMs, type Session } from '../domain/session.ts'
import type { SignedIn, Store } from '../domain/store.ts'
import { type Session as Connection, param, statement } from './engine.ts'
import { type HomeRow, homeColumns, toHome } from './people.ts'
import { all, type Columns, type Db, identify, insertRow, one } from './rows.ts'
import type { SessionRow } from './schema.ts'
import { hashOf, newSecret } from './secrets.ts'
import { sql } from './sql.ts'

/** Sessions of people who signed in. What has ended is removed. */

const toSession = (row: SessionRow): Session => ({
  id: row.id,
  userId: row.user_id,
  createdAt: row.created_at,
  seenAt: row.seen_at,
  userAgent: row.user_agent,
  address: row.address,
})

const sessionById = statement<SessionRow>(
  () => sql`select * from session where workspace_id = ${param('workspace')} and id = ${param('id')}`,
)

/** Neither idle for too long nor too old. */
const lasts = sql`session.seen_at > ${param('idle')} and session.created_at > ${param('old')}`
const lasting = (now: number) => ({ idle: now - idleMs, old: now - lifeMs })

const sessionsOf = statement<SessionRow>(
  () =>
    sql`select * from session where workspace_id = ${param('workspace')} and user_id = ${param('user')} and ${lasts} order by id desc limit 200`,
)

const endSession = statement(() => sql`delete from session where workspace_id = ${param('workspace')} and id = ${param('id')}`)

const endSessions = statement(
  () =>
    sql`delete from session where workspace_id = ${param('workspace')} and user_id = ${param('user')} and id <> ${param('stays')}`,
)

const endEverywhere = statement(() => sql`delete from session where user_id = ${param('user')} and id <> ${param('stays')}`)

const sweep = statement(() => sql`delete from session where user_id = ${param('user')} and not (${lasts})`)

export const sessionTable = (db: Db): Store['sessions'] => ({
  get: (id) => (Number.isSafeInteger(id) ? one(db, sessionById, toSession, { id }) : Promise.resolve(undefined)),
  list: (userId, now) => all(db, sessionsOf, toSession, { user: userId, ...lasting(now) }),
  add: async ({ userId, userAgent, address, createdAt }, at) => {
    await db.session.run(sweep, { user: userId, ...lasting(at) })
    const { id } = await identify(db, 'session')
    const secret = newSecret()
    const row: SessionRow = {
      id,
      workspace_id: db.workspaceId,
      user_id: userId,
      hash: hashOf(secret),
      user_agent: userAgent,
      address,
      created_at: createdAt,
      seen_at: at,
    }
    await insertRow(db, 'session', row as unknown as Columns)
    return { ...toSession(row), secret }
  },
  end: async (id) => db.session.run(endSession, { workspace: db.workspaceId, id }),
  endAll: async (userId, stays = 0) => db.session.run(endSessions, { workspace: db.workspaceId, user: userId, stays }),
})

export const endSessionsOf = async (connection: Connection, userId: number, stays = 0): Promise<void> =>
  connection.run(endEverywhere, { user: userId, stays })

const signedIn = statement<HomeRow & { session_id: number }>(
  () =>
    sql`select session.id as session_id, ${homeColumns}
      from session
        join membership on membership.workspace_id = session.workspace_id and membership.user_id = session.user_id and membership.is_active = 1
        join "user" on "user".id = session.user_id
        join workspace on workspace.id = session.workspace_id
      where session.hash = ${param('hash')} and ${lasts}`,
)

/** Whose session it is. Found by its hash, as a token is. */
export async function resume(connection: Connection, secret: string, now: number): Promise<SignedIn | undefined> {
  const row = await connection.one(signedIn, { hash: hashOf(secret), ...lasting(now) })
  return row && { ...toHome(row), sessionId: row.session_id }
}

const noteSeen = statement(
  () => sql`update session set seen_at = ${param('at')} where id = ${param('id')} and seen_at < ${param('at')}`,
)

export const markSessionSeen = async (connection: Connection, id: number, at: number): Promise<void> =>
  connection.run(noteSeen, { id, at })
