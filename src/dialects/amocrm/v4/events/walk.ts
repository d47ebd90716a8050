import { type Event, type EventQuery, findEvent, listEvents } from '../../../../domain/events.ts'
import type { Key } from '../../../../domain/page.ts'
import type { Scope } from '../../../../domain/scope.ts'
import { readEventId } from './changes.ts'
import type { EventFilter } from './filter.ts'
import { sourcesOf } from './types.ts'

const pageSize = 200

/** Pages of one list of the log, the newest event first. */
async function* walk(scope: Scope, query: Omit<EventQuery, 'limit'>): AsyncGenerator<readonly Event[]> {
  for (let after: Key | null | undefined; after !== null; ) {
    const page = await listEvents(scope, { ...query, direction: 'desc', limit: pageSize, after })
    yield page.items
    after = page.next
  }
}

const isLater = (a: Event, b: Event): boolean => a.at > b.at || (a.at === b.at && a.id > b.id)

/** Several such lists as one. */
async function* merged(lists: readonly AsyncGenerator<readonly Event[]>[]): AsyncGenerator<readonly Event[]> {
  const heads: { list: AsyncGenerator<readonly Event[]>; events: Event[] }[] = []
  const refill = async (head: (typeof heads)[number]): Promise<boolean> => {
    while (head.events.length === 0) {
      const { value, done } = await head.list.next()
      if (done) return false
      head.events.push(...value)
    }
    return true
  }
  for (const list of lists) {
    const head = { list, events: [] }
    if (await refill(head)) heads.push(head)
  }
  while (heads.length > 0) {
    const newest = heads.reduce((best, head) => (isLater(head.events[0] as Event, best.events[0] as Event) ? head : best))
    yield newest.events.splice(0, 1)
    if (!(await refill(newest))) heads.splice(heads.indexOf(newest), 1)
  }
}

async function* named(scope: Scope, ids: readonly string[]): AsyncGenerator<readonly Event[]> {
  const numbers = [...new Set(ids.map(readEventId).filter((id) => id !== undefined))]
  const events = await Promise.all(numbers.map((id) => findEvent(scope, id)))
  yield events.filter((event) => event !== undefined).sort((a, b) => (isLater(a, b) ? -1 : 1))
}

const isWanted = (event: Event, { createdBy, leadIds, period, ids }: EventFilter): boolean =>
  event.type.startsWith('deal.') &&
  (createdBy?.includes(event.userId) ?? true) &&
  (leadIds?.includes(event.subjectId) ?? true) &&
  (ids === undefined || (event.at >= (period.since ?? event.at) && event.at < (period.until ?? event.at + 1)))

/** Our events of leads that can be what a filter asks for, the newest first, by the narrowest list that there is for it. */
export async function* newestFirst(scope: Scope, filter: EventFilter): AsyncGenerator<readonly Event[]> {
  const { ids, leadIds, types, period } = filter
  const sources = types && [...new Set(types.flatMap(sourcesOf))]
  const lists = ids
    ? [named(scope, ids)]
    : leadIds
      ? leadIds.map((subjectId) => walk(scope, { subject: 'deal', subjectId, ...period }))
      : sources
        ? sources.map((type) => walk(scope, { type, order: 'at', ...period }))
        : [walk(scope, { order: 'at', ...period })]
  const [only, ...others] = lists
  const all = only && others.length === 0 ? only : merged(lists)
  for await (const events of all) yield events.filter((event) => isWanted(event, filter))
}
