import { found } from './errors.ts'
import { atomically, type Scope } from './scope.ts'
import { dayInMs, type Instant } from './time.ts'

/** Somebody's being signed in on one browser, in one workspace. The secret that proves it is only a hash in the store. */
export interface Session {
  readonly id: number
  readonly userId: number
  readonly createdAt: Instant
  /** To the minute. */
  readonly seenAt: Instant
  /** What the browser says it is. */
  readonly userAgent: string
  /** Where it was signed in from. */
  readonly address: string
}

/** A session that was not seen for so long has ended. */
export const idleMs = 14 * dayInMs

/** So long a session lasts at most, however much it is used. */
export const lifeMs = 90 * dayInMs

/** Whoever is about to sign in, as far as the network tells. */
export interface Visitor {
  readonly userAgent: string
  readonly address: string
  /** What attempts are counted by where a caller has many addresses; otherwise the address itself. */
  readonly network: string
}

/** The caller's own sessions in this workspace, the last begun first. */
export const listSessions = ({ store, user, now }: Scope): Promise<readonly Session[]> => store.sessions.list(user.id, now())

/** Ends one of the caller's own sessions in this workspace; any other is unknown. */
export const endSession = (scope: Scope, id: number): Promise<void> =>
  atomically(scope, async ({ store, user }) => {
    const session = await store.sessions.get(id)
    found(session?.userId === user.id ? session : undefined, 'session')
    await store.sessions.end(id)
  })

/** Ends the caller's sessions in this workspace, all but the one that is to stay. */
export const endOtherSessions = (scope: Scope, stays: number | undefined): Promise<void> =>
  atomically(scope, ({ store, user }) => store.sessions.endAll(user.id, stays))
