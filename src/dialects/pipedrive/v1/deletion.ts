import { atomically, type Scope } from '../../../domain/scope.ts'
import type { Instant } from '../../../domain/time.ts'
import type { Answer } from '../../../http/speak.ts'
import { one } from '../wire.ts'

type Find = (scope: Scope, id: number) => Promise<{ deletedAt: Instant | null }>
type Remove = (scope: Scope, id: number) => Promise<unknown>

/** Deletes one thing. What is deleted already is answered with 410, which still says success: recorded so for persons. */
export const deletion = (scope: Scope, id: number, find: Find, remove: Remove): Promise<Answer> =>
  atomically(scope, async (scope) => {
    const isGone = (await find(scope, id)).deletedAt !== null
    if (!isGone) await remove(scope, id)
    return one({ id }, {}, isGone ? 410 : 200)
  })

/** Deletes several things, all or none: one that is not there is answered as if it had been asked for alone. */
export const deletions = (scope: Scope, ids: readonly number[], find: Find, remove: Remove): Promise<Answer> =>
  atomically(scope, async (scope) => {
    for (const id of ids) if ((await find(scope, id)).deletedAt === null) await remove(scope, id)
    return one({ id: ids })
  })
