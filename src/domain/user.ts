import { found, invalid, refuse } from './errors.ts'
import type { Page, Window } from './page.ts'
import { atomically, requireRole, type Scope } from './scope.ts'
import { given, maxName, requireName, requireText } from './text.ts'
import type { Instant } from './time.ts'

/** What a person may do in one workspace: viewers read; members write deals and contacts; managers also pipelines; admins everything. */
export type Role = 'admin' | 'manager' | 'member' | 'viewer'
export const roles: readonly Role[] = ['admin', 'manager', 'member', 'viewer']

/**
 * A person as one workspace knows them. The same person, known by the e-mail address, can be a member of several workspaces, with a
 * name, a telephone and a role in each, so that no workspace learns or changes anything of another's.
 */
export interface Member {
  readonly id: number
  readonly uuid: string
  readonly name: string
  /** Unique in the whole store, kept in lower case. */
  readonly email: string
  readonly phone: string | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly role: Role
  /** Someone who left keeps their name on old deals and can no longer sign in. */
  readonly isActive: boolean
  /** When they accepted an invitation, since when their password lets them in; null: only tokens speak for them. */
  readonly joinedAt: Instant | null
}

export interface MemberDraft {
  name: string
  email: string
  role?: Role | undefined
  phone?: string | null | undefined
}

export interface MemberPatch {
  name?: string | undefined
  phone?: string | null | undefined
  role?: Role | undefined
  isActive?: boolean | undefined
}

export interface MemberQuery extends Window {
  ids?: readonly number[] | undefined
  email?: string | undefined
  name?: string | undefined
  /** Part of the name, or of the e-mail address, in any case. */
  text?: string | undefined
  role?: Role | undefined
  isActive?: boolean | undefined
}

/** A token as it can be shown: the secret itself is only a hash in the store. */
export interface Token {
  readonly id: number
  readonly userId: number
  readonly label: string
  readonly createdAt: Instant
  readonly expiresAt: Instant | null
  readonly lastUsedAt: Instant | null
  readonly revokedAt: Instant | null
}

export interface TokenDraft {
  label?: string | undefined
  expiresAt?: Instant | null | undefined
  /** Whose token; the caller's own where it is not given. Only admins make tokens for others. */
  userId?: number | undefined
}

export const isEmail = (text: string): boolean => /^[^\s@\p{C}]{1,64}@[^\s@\p{C}]{1,190}$/u.test(text)

export const requireEmail = (email: string): string => (isEmail(email) ? email.toLowerCase() : invalid('email', 'format'))

export const findMember = async ({ store }: Scope, id: number): Promise<Member> => found(await store.members.get(id), 'user')

export const listMembers = ({ store }: Scope, query: MemberQuery): Promise<Page<Member>> => store.members.list(query)

/** Adds a person to the workspace. Admins only. */
export async function addMember(scope: Scope, draft: MemberDraft): Promise<Member> {
  requireRole(scope, 'admin')
  requireName(draft.name)
  const email = requireEmail(draft.email)
  if (draft.phone != null) requireText(draft.phone, 'phone', maxName)
  return atomically(scope, async ({ store, now }) => {
    if (await store.members.byEmail(email)) invalid('email', 'duplicate')
    return store.members.add({ name: draft.name, email, phone: draft.phone ?? null, role: draft.role ?? 'member' }, now())
  })
}

/** Changes a member. Admins change anybody; others only their own name and phone. */
export async function changeMember(scope: Scope, id: number, patch: MemberPatch): Promise<Member> {
  const changes = given(patch)
  if (id !== scope.user.id || changes.role !== undefined || changes.isActive !== undefined) requireRole(scope, 'admin')
  if (changes.name !== undefined) requireName(changes.name)
  if (changes.phone != null) requireText(changes.phone, 'phone', maxName)
  return atomically(scope, async ({ store, now }) => {
    // Two who take the role from each other at once would leave nobody with it.
    if (changes.role !== undefined || changes.isActive !== undefined) await store.lockStructure()
    const before = found(await store.members.get(id), 'user')
    const after: Member = { ...before, ...changes, updatedAt: now() }
    const losesAdmin = before.role === 'admin' && before.isActive && !(after.role === 'admin' && after.isActive)
    if (losesAdmin) {
      // Two admins who demote each other at the same time take turns.
      await store.lockStructure()
      if ((await store.members.activeAdmins()) <= 1) refuse({ kind: 'forbidden' })
    }
    await store.members.save(after)
    if (!after.isActive) await store.sessions.endAll(id)
    return after
  })
}

/** Makes a token and returns it with its secret (64 hex characters), which is shown this once. */
export async function createToken(scope: Scope, draft: TokenDraft): Promise<Token & { secret: string }> {
  const userId = draft.userId ?? scope.user.id
  if (userId !== scope.user.id) requireRole(scope, 'admin')
  if (draft.label !== undefined) requireName(draft.label, 'label')
  return atomically(scope, async ({ store, now }) => {
    found(await store.members.get(userId), 'user')
    return store.tokens.add({ userId, label: draft.label ?? '', expiresAt: draft.expiresAt ?? null }, now())
  })
}

/** The caller's own tokens; an admin sees everybody's. */
export const listTokens = ({ store, user }: Scope, window: Window): Promise<Page<Token>> =>
  store.tokens.list(user.role === 'admin' ? null : user.id, window)

/** One's own token, or anybody's for an admin; others answer as unknown. */
export async function findToken({ store, user }: Scope, id: number): Promise<Token> {
  const token = found(await store.tokens.get(id), 'token')
  return token.userId === user.id || user.role === 'admin' ? token : refuse({ kind: 'not_found', what: 'token' })
}

/** Ends a token at once: one's own, or anybody's for an admin. */
export async function revokeToken(scope: Scope, id: number): Promise<Token> {
  return atomically(scope, async (scope) => {
    const { store, now } = scope
    const token = await findToken(scope, id)
    const revoked: Token = { ...token, revokedAt: token.revokedAt ?? now() }
    await store.tokens.revoke(id, revoked.revokedAt ?? now())
    return revoked
  })
}
