import type { Window } from '../domain/page.ts'
import type { Credential, Store } from '../domain/store.ts'
import type { Token } from '../domain/user.ts'
import { type Engine, param, type Session, statement } from './engine.ts'
import { type HomeRow, homeColumns, pageById, toHome } from './people.ts'
import { type Columns, type Db, identify, insertRow, one } from './rows.ts'
import type { TokenRow } from './schema.ts'
import { hashOf, newSecret } from './secrets.ts'
import { sql } from './sql.ts'

/** Tokens, which speak for a member through every API. */

const toToken = (row: TokenRow): Token => ({
  id: row.id,
  userId: row.user_id,
  label: row.label,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
})

const tokenById = statement<TokenRow>(
  () => sql`select * from token where workspace_id = ${param('workspace')} and id = ${param('id')}`,
)

const tokens = statement<TokenRow>(
  () =>
    sql`select * from token where workspace_id = ${param('workspace')} and id > ${param('after')}
      and (user_id = ${param('user')} or ${param('user')} = 0) order by id limit ${param('limit')}`,
)

const revokeToken = statement(
  () => sql`update token set revoked_at = ${param('at')} where workspace_id = ${param('workspace')} and id = ${param('id')}`,
)

export const tokenTable = (db: Db): Store['tokens'] => ({
  get: (id) => one(db, tokenById, toToken, { id }),
  list: async (userId, { limit, after }: Window) => {
    const rows = await db.session.all(tokens, {
      workspace: db.workspaceId,
      user: userId ?? 0,
      after: after?.id ?? 0,
      limit: limit + 1,
    })
    return pageById(rows.map(toToken), limit)
  },
  add: async ({ userId, label, expiresAt, secret = newSecret() }, at) => {
    const { id } = await identify(db, 'token')
    const row: TokenRow = {
      id,
      workspace_id: db.workspaceId,
      user_id: userId,
      hash: hashOf(secret),
      label,
      created_at: at,
      expires_at: expiresAt,
      last_used_at: null,
      revoked_at: null,
    }
    await insertRow(db, 'token', row as unknown as Columns)
    return { ...toToken(row), secret }
  },
  revoke: async (id, at) => db.session.run(revokeToken, { workspace: db.workspaceId, id, at }),
})

interface CredentialRow extends HomeRow {
  token_id: number
  expires_at: number | null
}

const credential = statement<CredentialRow>(
  () =>
    sql`select token.id as token_id, token.expires_at, ${homeColumns}
      from token
        join membership on membership.workspace_id = token.workspace_id and membership.user_id = token.user_id and membership.is_active = 1
        join "user" on "user".id = token.user_id
        join workspace on workspace.id = token.workspace_id
      where token.hash = ${param('hash')} and token.revoked_at is null and (token.expires_at is null or token.expires_at > ${param('now')})`,
)

interface Known {
  credential: Credential
  expiresAt: number | null
}

/** Who a token speaks for. One look-up by its hash, so that nothing about other secrets can be learnt from the time it takes. */
async function lookUp(session: Session, hash: string, now: number): Promise<Known | undefined> {
  const row = await session.one(credential, { hash, now })
  return row && { credential: { ...toHome(row), tokenId: row.token_id }, expiresAt: row.expires_at }
}

/** More tokens than this at once are looked up each time. */
const maxKnown = 1000

/**
 * Makes what tells who a token speaks for. Where the engine can tell that nothing at all has been committed, by any process, what was
 * found is not looked up again; so a revoked token ends with the commit that revokes it.
 */
export function authenticating({ stamp, reader }: Pick<Engine, 'stamp' | 'reader'>) {
  const known = new Map<string, Known>()
  let since: number | undefined
  return async (session: Session, secret: string, now: number): Promise<Credential | undefined> => {
    const hash = hashOf(secret)
    if (!stamp || session !== reader) return (await lookUp(session, hash, now))?.credential
    const at = stamp()
    if (at !== since || known.size >= maxKnown) known.clear()
    since = at
    const before = known.get(hash)
    if (before && (before.expiresAt === null || before.expiresAt > now)) return before.credential
    const found = await lookUp(session, hash, now)
    // Only what was found: guessing secrets must not push others out.
    if (found) known.set(hash, found)
    return found?.credential
  }
}

const noteUse = statement(
  () =>
    sql`update token set last_used_at = ${param('at')} where id = ${param('id')} and coalesce(last_used_at, 0) < ${param('at')}`,
)

export const markTokenUsed = async (session: Session, id: number, at: number): Promise<void> => session.run(noteUse, { id, at })
