import { beginAttempt } from './attempts.ts'
import { found, invalid, refuse } from './errors.ts'
import { requirePassword } from './password.ts'
import type { Scope } from './scope.ts'
import type { Session, Visitor } from './session.ts'
import type { Registry, SignedIn } from './store.ts'
import type { Instant } from './time.ts'
import { isEmail, type Member } from './user.ts'
import type { Workspace } from './workspace.ts'

/** A person as the whole store knows them: one address and one password, however many workspaces they are a member of. */
export interface Person {
  readonly id: number
  readonly email: string
  /** Null where they never chose a password. */
  readonly passwordHash: string | null
}

/** One workspace that somebody is, or was, a member of. */
export interface Home {
  readonly workspace: Workspace
  readonly user: Member
}

/** Somebody who has just come in: where they are, where else they could be, and the secret of their session. */
export interface Entry extends Home {
  readonly workspaces: readonly Workspace[]
  readonly session: Session
  readonly secret: string
}

/** Where the person's password lets them in. */
export const isOpen = ({ user }: Home): boolean => user.isActive && user.joinedAt !== null

/** Where somebody could be, in order of age. */
export const workspacesOf = async (registry: Registry, userId: number): Promise<readonly Workspace[]> =>
  (await registry.people.homes(userId)).filter(isOpen).map(({ workspace }) => workspace)

/** Begins a session, in the workspace that was asked for or in the oldest. Undefined where none is open to them. Inside a transaction. */
export async function enter(
  tx: Registry,
  userId: number,
  workspaceId: number | undefined,
  visitor: Visitor,
  at: Instant,
  createdAt: Instant = at,
): Promise<Entry | undefined> {
  const homes = (await tx.people.homes(userId)).filter(isOpen)
  const home = workspaceId === undefined ? homes[0] : homes.find(({ workspace }) => workspace.id === workspaceId)
  if (!home) return undefined
  const { secret, ...session } = await tx.of(home.workspace.id).sessions.add({ userId, ...visitor, createdAt }, at)
  return { ...home, workspaces: homes.map(({ workspace }) => workspace), session, secret }
}

/**
 * Signs in with e-mail address and password. Undefined whatever is wrong: that nobody has the address, that the password is another, or
 * that they have left. All of these take the same work.
 */
export async function signIn(
  registry: Registry,
  given: { email: string; password: string; workspaceId?: number | undefined },
  visitor: Visitor,
  now: () => Instant,
): Promise<Entry | undefined> {
  const email = given.email.trim().toLowerCase()
  const succeeded = await beginAttempt(registry, { email, network: visitor.network }, now())
  const person = isEmail(email) ? await registry.people.byEmail(email) : undefined
  const isRight = await registry.passwords.matches(given.password, person?.passwordHash ?? null)
  if (!person || !isRight) return undefined
  return registry.transaction(async (tx) => {
    // It may have been changed while it was compared.
    if ((await tx.people.byId(person.id))?.passwordHash !== person.passwordHash) return undefined
    const entry = await enter(tx, person.id, given.workspaceId, visitor, now())
    if (entry) await succeeded(tx)
    return entry
  })
}

/** Goes over to another workspace of the same person, in a new session that ends when the old one would have. */
export async function switchWorkspace(
  registry: Registry,
  { sessionId, workspace: from, user }: SignedIn,
  workspaceId: number,
  visitor: Visitor,
  now: () => Instant,
): Promise<Entry> {
  return registry.transaction(async (tx) => {
    const { createdAt } = found(await tx.of(from.id).sessions.get(sessionId), 'session')
    await tx.of(from.id).sessions.end(sessionId)
    return found(await enter(tx, user.id, workspaceId, visitor, now(), createdAt), 'workspace')
  })
}

/** Changes the caller's password. Every other session of theirs ends, in every workspace. */
export async function changePassword(
  registry: Registry,
  { user, now }: Pick<Scope, 'user' | 'now'>,
  { current, password }: { current: string; password: string },
  network: string,
  stays: number | undefined,
): Promise<void> {
  const { email } = user
  requirePassword(password, email)
  const person = found(await registry.people.byEmail(email), 'user')
  const succeeded = await beginAttempt(registry, { email, network }, now())
  if (!(await registry.passwords.matches(current, person.passwordHash))) invalid('current', 'not_found')
  const hash = await registry.passwords.hash(password)
  await registry.transaction(async (tx) => {
    if ((await tx.people.byId(person.id))?.passwordHash !== person.passwordHash) refuse({ kind: 'unavailable' })
    await tx.people.setPassword(person.id, hash, now())
    await tx.people.endSessions(person.id, stays)
    await succeeded(tx)
  })
}
