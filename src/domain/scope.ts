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
  /** What the changes made through this scope belong to together; without one each stands alone. */
  readonly batch?: Batch | undefined
  now(): Instant
  /** Where the past is told: the present, in which it is recorded. */
  readonly present?: (() => Instant) | undefined
}

/** The scope in which something happened before it is recorded: what was done then is done at that moment by that person. */
export const inThePast = (scope: Scope, at: Instant, user: Member): Scope => ({
  ...scope,
  user,
  now: () => at,
  present: scope.present ?? scope.now,
})

/** When a change is recorded: whoever asks what has changed since yesterday finds what was told of the past today. */
export const recordedAt = ({ now, present = now }: Scope): Instant => present()

/** The changes of one request, or of one import over many transactions: what is undone together. */
export interface Batch {
  /** The first event of them; null until there is one. */
  first: number | null
}

export const newBatch = (): Batch => ({ first: null })

/**
 * Runs the work in one transaction: all of it happens, or none. Inside another one it is a savepoint. `how`: as an ordinary one, or as one
 * that many deals are worked on in.
 */
export async function atomically<T>(
  scope: Scope,
  work: (scope: Scope) => Promise<T>,
  how: 'transaction' | 'bulk' = 'transaction',
): Promise<T> {
  const { store, batch } = scope
  const first = batch?.first ?? null
  const begin = () => {
    if (batch) batch.first = first
  }
  try {
    return await store[how]((store) => {
      begin()
      return work({ ...scope, store })
    })
  } catch (error) {
    // The event that began the batch may have gone with the transaction, and its id may become another's.
    begin()
    throw error
  }
}

const rank: Readonly<Record<Role, number>> = { viewer: 0, member: 1, manager: 2, admin: 3 }

/** Asks that the caller's role is at least this one: members write deals and contacts, managers the pipelines, admins the rest. */
export function requireRole(scope: Scope, least: Role): void {
  if (rank[scope.user.role] < rank[least]) refuse({ kind: 'forbidden' })
}
