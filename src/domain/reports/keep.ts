import type { Deal } from '../deal.ts'
import type { Event } from '../events.ts'
import type { Scope } from '../scope.ts'
import type { Instant } from '../time.ts'
import { continued, isBesideThePoint, lifeOf } from './life.ts'

/** Begins the life of a deal whose creation was just recorded. */
export const beginLife = (scope: Scope, creation: Pick<Event, 'subjectId' | 'at' | 'after'>): Promise<void> =>
  scope.store.lives.save(creation.subjectId, [], lifeOf([{ ...creation, userId: scope.user.id }]))

/** Goes on with the life of a deal whose change was just recorded. What a change says about the past is worked out from the events. */
export async function goOn(scope: Scope, before: Deal, after: Deal, at: Instant): Promise<void> {
  if (isBesideThePoint(before, after)) return
  const { store, user } = scope
  const life = await store.lives.of(after.id)
  const next = continued(life, { before, after, at, userId: user.id }) ?? lifeOf(await eventsOf(scope, after.id))
  if (next !== life) await store.lives.save(after.id, life, next)
}

/** How many events of one deal are fetched at a time. */
const batch = 500

async function eventsOf({ store }: Scope, subjectId: number): Promise<Event[]> {
  const events: Event[] = []
  let after: Event | undefined
  do {
    const page = await store.events.list({
      subject: 'deal',
      subjectId,
      limit: batch,
      after: after && { value: after.id, id: after.id },
    })
    events.push(...page.items)
    after = page.next ? events.at(-1) : undefined
  } while (after)
  return events
}
