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

/** What the event's record was before and after it; undefined where there is no such record. */
export async function changeOf(store: Store, event: Event): Promise<Change | undefined> {
  const subject = event.type.slice(0, event.type.indexOf('.')) as Subject
  switch (subject) {
    case 'deal':
      return told(event, subject, await around<Deal>(store, event, subject, (id) => store.deals.get(id)))
    case 'stage':
      return told(event, subject, await around<Stage>(store, event, subject, (id) => store.stages.get(id)))
    case 'pipeline':
      return told(event, subject, await around<Pipeline>(store, event, subject, (id) => store.pipelines.get(id)))
  }
}

const told = (event: Event, subject: Subject, pair: object | undefined): Change | undefined =>
  // The pair was made for this very subject.
  pair && ({ subject, event, ...pair } as Change)

async function around<T extends Versioned>(
  store: Store,
  event: Event,
  subject: Subject,
  get: (id: number) => Promise<T | undefined>,
): Promise<{ was: T | null; is: T } | undefined> {
  const { subjectId } = event
  for (;;) {
    // Read first: an event that comes in between begins from this very record, so taking it back changes nothing but the count.
    const present = await get(subjectId)
    if (!present) return undefined
    const later = await since(store, subject, event)
    if (later.length > 0 && (await get(subjectId))?.version !== present.version) continue
    const is = later.reduceRight((record, { before }) => rewound(record, before), present)
    const dated = later.length === 0 ? is : { ...is, updatedAt: event.at }
    const counted = present.version === undefined ? dated : { ...dated, version: present.version - later.length }
    if (event.before === null) return { was: null, is: counted }
    const earlier = await store.events.list({
      subject,
      subjectId,
      direction: 'desc',
      limit: 1,
      after: { value: event.id, id: event.id },
    })
    const updatedAt = earlier.items[0]?.at ?? counted.updatedAt
    const was = { ...rewound(counted, event.before), updatedAt }
    return { was: counted.version === undefined ? was : { ...was, version: counted.version - 1 }, is: counted }
  }
}

const rewound = <T extends object>(record: T, before: JsonObject | null): T => ({ ...record, ...before })

/** What has happened to the event's record after it, in order. */
async function since(store: Store, subject: Subject, event: Event): Promise<Event[]> {
  const later: Event[] = []
  for (let id = event.id; ; ) {
    const { items } = await store.events.list({ subject, subjectId: event.subjectId, limit: batch, after: { value: id, id } })
    later.push(...items)
    id = items.at(-1)?.id ?? id
    if (items.length < batch) return later
  }
}
