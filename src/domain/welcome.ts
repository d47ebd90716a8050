import { beginAttempt } from './attempts.ts'
import { found, invalid, refuse } from './errors.ts'
import type { Invitation } from './invitation.ts'
import { requirePassword } from './password.ts'
import type { Visitor } from './session.ts'
import { type Entry, enter, type Home, type Person } from './sign-in.ts'
import type { Registry, Store } from './store.ts'
import { requireName } from './text.ts'
import type { Instant } from './time.ts'
import { type Member, requireEmail } from './user.ts'
import type { Workspace } from './workspace.ts'

/** What the holder of an invitation is asked. */
export interface Welcome {
  readonly invitation: Invitation
  readonly workspace: Workspace
  /** They are known in another workspace, and show that they are who they are with the password they have. */
  readonly hasPassword: boolean
  /** The first admin's address is only a stand-in. */
  readonly canChangeEmail: boolean
}

/** What an invitation leads to; refused (`invitation`) where it is unknown, used, revoked or expired, or its member has left. */
export async function openInvitation(registry: Registry, secret: string, now: Instant): Promise<Welcome> {
  const { invitation, workspace } = found(await registry.invitations.find(secret, now), 'invitation')
  const person = await registry.people.byEmail(invitation.email)
  const homes = person ? await registry.people.homes(person.id) : []
  if (homes.some((home) => home.workspace.id === workspace.id && !home.user.isActive))
    refuse({ kind: 'not_found', what: 'invitation' })
  return {
    invitation,
    workspace,
    hasPassword: mustShowPassword(invitation, workspace, person, homes),
    canChangeEmail: invitation.invitedById === null && homes.length === 1 && homes[0]?.user.joinedAt === null,
  }
}

/**
 * A password that also opens another workspace is not for this one's admins to replace: they hold the link as well. Whoever has forgotten
 * theirs and is nowhere else gets a new one by being invited again; the command line does it for everybody.
 */
const mustShowPassword = (
  { invitedById }: Invitation,
  { id }: Workspace,
  person: Person | undefined,
  homes: readonly Home[],
): boolean =>
  invitedById !== null &&
  person !== undefined &&
  person.passwordHash !== null &&
  homes.some(({ workspace, user }) => workspace.id !== id && user.joinedAt !== null)

export interface Acceptance {
  secret: string
  password: string
  /** Needed from somebody new whose invitation has none. */
  name?: string | undefined
  /** Only where {@link Welcome.canChangeEmail}. */
  email?: string | undefined
}

/** Accepts an invitation: makes the member where new, sets or checks the password, and lets them in. */
export async function acceptInvitation(
  registry: Registry,
  { secret, password, name, email: written }: Acceptance,
  visitor: Visitor,
  now: () => Instant,
): Promise<Entry> {
  const asked = await openInvitation(registry, secret, now())
  const { workspace, hasPassword } = asked
  const email = written === undefined ? asked.invitation.email : requireEmail(written)
  if (email !== asked.invitation.email && !asked.canChangeEmail) invalid('email', 'not_allowed')
  if (name !== undefined) requireName(name)
  const proof = hasPassword
    ? await knownPassword(registry, email, password, visitor, now())
    : { hash: await registry.passwords.hash(requirePassword(password, email)) }

  return registry.transaction(async (tx) => {
    // Between the look and here it may have been used, or the person may have got a password elsewhere.
    const still = await openInvitation(tx, secret, now())
    const isSame = still.hasPassword === hasPassword && still.canChangeEmail === asked.canChangeEmail
    if (!isSame || !(await tx.invitations.use(secret))) refuse({ kind: 'not_found', what: 'invitation' })
    const store = tx.of(workspace.id)
    const user = await memberOf(store, still.invitation, name, now())
    if (email !== user.email) {
      if (await tx.people.byEmail(email)) invalid('email', 'duplicate')
      await tx.people.setEmail(user.id, email)
    }
    await store.members.join(user.id, now())
    if ('hash' in proof) {
      await tx.people.setPassword(user.id, proof.hash, now())
      await tx.people.endSessions(user.id)
    } else {
      if ((await tx.people.byId(user.id))?.passwordHash !== proof.shown) refuse({ kind: 'not_found', what: 'invitation' })
      await proof.succeeded(tx)
    }
    return found(await enter(tx, user.id, workspace.id, visitor, now()), 'invitation')
  })
}

async function knownPassword(registry: Registry, email: string, password: string, { network }: Visitor, at: Instant) {
  const succeeded = await beginAttempt(registry, { email, network }, at)
  const shown = (await registry.people.byEmail(email))?.passwordHash ?? null
  if (!(await registry.passwords.matches(password, shown))) invalid('password', 'not_found')
  return { shown, succeeded }
}

async function memberOf(store: Store, invitation: Invitation, name: string | undefined, at: Instant): Promise<Member> {
  const { email, role } = invitation
  const known = await store.members.byEmail(email)
  if (!known)
    return store.members.add({ name: name ?? invitation.name ?? invalid('name', 'required'), email, phone: null, role }, at)
  if (name === undefined || name === known.name) return known
  const renamed = { ...known, name, updatedAt: at }
  await store.members.save(renamed)
  return renamed
}
