import { type Event, listEvents } from '../../../domain/events.ts'
import type { Key } from '../../../domain/page.ts'
import type { Scope } from '../../../domain/scope.ts'

/** Every event of a deal, oldest first. */
export async function eventsOf(scope: Scope, dealId: number): Promise<readonly Event[]> {
  const events: Event[] = []
  let after: Key | null | undefined
  do {
    const page = await listEvents(scope, { subject: 'deal', subjectId: dealId, limit: 500, after: after ?? undefined })
    events.push(...page.items)
    after = page.next
  } while (after)
  return events
}
