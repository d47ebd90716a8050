import type { Invitation } from '../domain/invitation.ts'
import type { Registry, Store } from '../domain/store.ts'
import type { Role } from '../domain/user.ts'
import { param, returning, type Session, statement } from './engine.ts'
import { allWorkspaces } from './people.ts'
import { all, type Columns, type Db, getRow, identify, insertRow } from './rows.ts'
import type { InvitationRow } from './schema.ts'
import { hashOf, newLinkSecret } from './secrets.ts'
import { sql } from './sql.ts'

/** Open invitations. What was used or revoked is removed. */

const toInvitation = (row: InvitationRow): Invitation => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role as Role,
  invitedById: row.invited_by_id,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
})

const invitations = statement<InvitationRow>(
  () => sql`select * from invitation where workspace_id = ${param('workspace')} order by email`,
)

const removeFor = statement(
  () => sql`delete from invitation where workspace_id = ${param('workspace')} and email = ${param('email')}`,
)

export const invitationTable = (db: Db): Store['invitations'] => ({
  get: async (id) => {
    const row = await getRow<InvitationRow>(db, 'invitation', id)
    return row && toInvitation(row)
  },
  list: () => all(db, invitations, toInvitation),
  add: async (draft) => {
    const { id } = await identify(db, 'invitation')
    const secret = newLinkSecret()
    const row: InvitationRow = {
      id,
      workspace_id: db.workspaceId,
      hash: hashOf(secret),
      email: draft.email,
      name: draft.name,
      role: draft.role,
      invited_by_id: draft.invitedById,
      created_at: draft.createdAt,
      expires_at: draft.expiresAt,
    }
    await insertRow(db, 'invitation', row as unknown as Columns)
    return { ...toInvitation(row), secret }
  },
  removeFor: async (email) => db.session.run(removeFor, { workspace: db.workspaceId, email }),
})

const invitationByHash = statement<InvitationRow>(
  () => sql`select * from invitation where hash = ${param('hash')} and expires_at > ${param('now')}`,
)

const use = returning<{ id: number }>(() => sql`delete from invitation where hash = ${param('hash')} returning id`)

export const invitationsBySecret = (session: Session): Registry['invitations'] => ({
  find: async (secret, now) => {
    const row = await session.one(invitationByHash, { hash: hashOf(secret), now })
    const workspace = row && (await allWorkspaces(session)).find(({ id }) => id === row.workspace_id)
    return row && workspace && { invitation: toInvitation(row), workspace }
  },
  use: async (secret) => (await session.one(use, { hash: hashOf(secret) })) !== undefined,
})
