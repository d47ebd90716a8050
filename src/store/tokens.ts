import type { Window } from '../domain/page.ts'
import type { Credential, Store } from '../domain/store.ts'
import type { Token } from '../domain/user.ts'
import { param, type Session, statement } from './engine.ts'
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
}

const credential = statement<CredentialRow>(
  () =>
    sql`select token.id as token_id, ${homeColumns}
      from token
        join membership on membership.workspace_id = token.workspace_id and membership.user_id = token.user_id and membership.is_active = 1
        join "user" on "user".id = token.user_id
        join workspace on workspace.id = token.workspace_id
      where token.hash = ${param('hash')} and token.revoked_at is null and (token.expires_at is null or token.expires_at > ${param('now')})`,
)

/** Who a token speaks for. One look-up by its hash, so that nothing about other secrets can be learnt from the time it takes. */
export async function authenticate(session: Session, secret: string, now: number): Promise<Credential | undefined> {
  const row = await session.one(credential, { hash: hashOf(secret), now })
  return row && { ...toHome(row), tokenId: row.token_id }
}

const noteUse = statement(
  () =>
    sql`update token set last_used_at = ${param('at')} where id = ${param('id')} and coalesce(last_used_at, 0) < ${param('at')}`,
)

export const markTokenUsed = async (session: Session, id: number, at: number): Promise<void> => session.run(noteUse, { id, at })
