import type { Deal } from './deal.ts'
import type { Event, Subject } from './events.ts'
import type { Pipeline } from './pipeline.ts'
import type { Stage } from './stage.ts'
import type { Store } from './store.ts'
import type { JsonObject } from './text.ts'
import type { Change } from './webhook.ts'

/** Records as they were: the present one, with what has happened since taken back. */

type Versioned = { readonly id: number; readonly version?: number; readonly updatedAt: number | null }

const batch = 500

/** What an event's record was before and after it; undefined where there is no such event or record. */
export async function changeOf(store: Store, told: Told): Promise<Change | undefined> {
  const { subject } = told
  switch (subject) {
    case 'deal':
      return changed(subject, await around<Deal>(store, told, (id) => store.deals.get(id)))
    case 'stage':
      return changed(subject, await around<Stage>(store, told, (id) => store.stages.get(id)))
    case 'pipeline':
      return changed(subject, await around<Pipeline>(store, told, (id) => store.pipelines.get(id)))
  }
}

/** An event, and whose it is. */
export interface Told {
  readonly subject: Subject
  readonly subjectId: number
  readonly eventId: number
}

const changed = (subject: Subject, pair: object | undefined): Change | undefined =>
  // The pair was made for this very subject.
  pair && ({ subject, ...pair } as Change)

async function around<T extends Versioned>(
  store: Store,
  told: Told,
  get: (id: number) => Promise<T | undefined>,
): Promise<{ event: Event; was: T | null; is: T } | undefined> {
  for (;;) {
    // Read first: an event that comes in between begins from this very record, so taking it back changes nothing but the count.
    const present = await get(told.subjectId)
    if (!present) return undefined
    const { earlier, event, later } = await neighbours(store, told)
    if (!event) return undefined
    if (later.length > 0 && (await get(told.subjectId))?.version !== present.version) continue
    const is = later.reduceRight((record, { before }) => rewound(record, before), present)
    const dated = later.length === 0 ? is : { ...is, updatedAt: event.at }
    const counted = present.version === undefined ? dated : { ...dated, version: present.version - later.length }
    if (event.before === null) return { event, was: null, is: counted }
    const was = { ...rewound(counted, event.before), updatedAt: earlier?.at ?? counted.updatedAt }
    return { event, was: counted.version === undefined ? was : { ...was, version: counted.version - 1 }, is: counted }
  }
}

const rewound = <T extends object>(record: T, before: JsonObject | null): T => ({ ...record, ...before })

/** The event, what happened to its record just before, and all that has happened to it since. */
async function neighbours(
  store: Store,
  { subject, subjectId, eventId }: Told,
): Promise<{ earlier: Event | undefined; event: Event | undefined; later: readonly Event[] }> {
  const found: Event[] = []
  for (let from = eventId; ; ) {
    const events = await store.events.around(subject, subjectId, from, batch)
    found.push(...(from === eventId ? events : events.filter(({ id }) => id > from)))
    from = events.at(-1)?.id ?? from
    if (events.length < batch) break
  }
  return {
    earlier: found.find(({ id }) => id < eventId),
    event: found.find(({ id }) => id === eventId),
    later: found.filter(({ id }) => id > eventId),
  }
}
