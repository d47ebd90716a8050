import { conflict, found, invalid } from './errors.ts'
import { atomically, requireRole, type Scope } from './scope.ts'
import type { Store } from './store.ts'
import { requireName } from './text.ts'
import { dayInMs, type Instant } from './time.ts'
import { type Role, requireEmail } from './user.ts'

/**
 * A link with which somebody sets a name and a password, or shows the one they have, and is in. It is good once and for a while; the secret
 * in it is only a hash in the store. What was used or revoked is gone.
 */
export interface Invitation {
  readonly id: number
  readonly email: string
  /** What they are called until they say so themselves. */
  readonly name: string | null
  /** What somebody new may do; a member keeps the role they have. */
  readonly role: Role
  /** Null: made on the command line, by somebody who can read the store itself and so may do everything. */
  readonly invitedById: number | null
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

export interface InvitationDraft {
  email: string
  role?: Role | undefined
  name?: string | undefined
}

export const invitationMs = 7 * dayInMs
const maxInvitations = 1000

/** Invites an address, new or a member's. A new link takes the place of an open one. Admins only. */
export async function invite(scope: Scope, draft: InvitationDraft): Promise<Invitation & { secret: string }> {
  requireRole(scope, 'admin')
  return atomically(scope, ({ store, user, now }) => addInvitation(store, draft, user.id, now()))
}

/** As {@link invite}, for the command line and the first start. */
export const inviteAsOperator = (store: Store, draft: InvitationDraft, at: Instant): Promise<Invitation & { secret: string }> =>
  store.transaction((store) => addInvitation(store, draft, null, at))

async function addInvitation(
  store: Store,
  { email: written, role = 'member', name }: InvitationDraft,
  invitedById: number | null,
  at: Instant,
): Promise<Invitation & { secret: string }> {
  const email = requireEmail(written)
  if (name !== undefined) requireName(name)
  const member = await store.members.byEmail(email)
  // Whoever has left comes back by being made active again, which only an admin does.
  if (member?.isActive === false) invalid('email', 'not_allowed')
  await store.invitations.removeFor(email)
  if ((await store.invitations.list()).length >= maxInvitations) conflict('too_many')
  return store.invitations.add({
    email,
    name: name ?? member?.name ?? null,
    role: member?.role ?? role,
    invitedById,
    createdAt: at,
    expiresAt: at + invitationMs,
  })
}

/** The open invitations, expired ones among them. Admins only. */
export async function listInvitations(scope: Scope): Promise<readonly Invitation[]> {
  requireRole(scope, 'admin')
  return scope.store.invitations.list()
}

export async function findInvitation(scope: Scope, id: number): Promise<Invitation> {
  requireRole(scope, 'admin')
  return found(await scope.store.invitations.get(id), 'invitation')
}

/** Its link leads nowhere from now on. Admins only. */
export async function revokeInvitation(scope: Scope, id: number): Promise<void> {
  requireRole(scope, 'admin')
  await atomically(scope, async ({ store }) => {
    const { email } = found(await store.invitations.get(id), 'invitation')
    await store.invitations.removeFor(email)
  })
}
