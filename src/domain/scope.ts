import { refuse } from './errors.ts'
import type { Store } from './store.ts'
import type { Instant } from './time.ts'
import type { Member, Role } from './user.ts'
import type { Workspace } from './workspace.ts'

/** Who asks, on whose behalf, through which dialect, and the only store they can see: their own workspace's. */
export interface Scope {
  readonly workspace: Workspace
  readonly user: Member
  /** The dialect that the request came through; written into every event. */
  readonly via: string
  readonly store: Store
  now(): Instant
}

/** Runs the work in one transaction: all of it happens, or none. Inside another one it is a savepoint. */
export const atomically = <T>(scope: Scope, work: (scope: Scope) => Promise<T>): Promise<T> =>
  scope.store.transaction((store) => work({ ...scope, store }))

const rank: Readonly<Record<Role, number>> = { viewer: 0, member: 1, manager: 2, admin: 3 }

/** Asks that the caller's role is at least this one: members write deals and contacts, managers the pipelines, admins the rest. */
export function requireRole(scope: Scope, least: Role): void {
  if (rank[scope.user.role] < rank[least]) refuse({ kind: 'forbidden' })
}
