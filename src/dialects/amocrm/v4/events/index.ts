import { z } from 'zod'
import { listCustomFields } from '../../../../domain/custom-field.ts'
import { refuse } from '../../../../domain/errors.ts'
import { type Event, findEvent } from '../../../../domain/events.ts'
import type { Scope } from '../../../../domain/scope.ts'
import { listStages } from '../../../../domain/stage.ts'
import type { Answer, Speaker } from '../../../../http/speak.ts'
import { parts, Query, several } from '../../input.ts'
import { seconds } from '../../time.ts'
import { empty, hal } from '../../wire.ts'
import { baseOf, pageLinks, readPaging, self } from '../links.ts'
import { type LeadEvent, leadEventsOf, type Meanings, readEventId } from './changes.ts'
import { type EventFilter, readFilter } from './filter.ts'
import { eventTypes } from './types.ts'
import { newestFirst } from './walk.ts'

/** The vendor's figure for this list alone. */
const maxLimit = 100

const numbersIn = (events: readonly Event[], key: string): number[] =>
  events.flatMap(({ before, after }) => [before?.[key], after?.[key]].filter((value) => typeof value === 'number'))

/** What these events speak of, whatever has been deleted since. */
export async function meaningsOf(scope: Scope, events: readonly Event[], known?: Meanings): Promise<Meanings> {
  const { store, workspace } = scope
  const stages = new Map(known?.stages ?? (await listStages(scope)).map((stage) => [stage.id, stage]))
  for (const id of numbersIn(events, 'stageId')) {
    const gone = stages.has(id) ? undefined : await store.stages.get(id)
    if (gone) stages.set(id, gone)
  }
  const { currency, timeZone } = workspace
  return { stages, fields: known?.fields ?? (await listCustomFields(scope, 'deal')), currency, timeZone }
}

/** One page of what was told, and whether more follows. */
async function pageOf(scope: Scope, filter: EventFilter, skip: number, limit: number) {
  const page: LeadEvent[] = []
  let [passed, meanings] = [0, await meaningsOf(scope, [])]
  for await (const events of newestFirst(scope, filter)) {
    meanings = await meaningsOf(scope, events, meanings)
    for (const event of events) {
      for (const told of leadEventsOf(event, meanings).toReversed()) {
        if (!filter.fits(told) || passed++ < skip) continue
        if (page.length === limit) return { page, more: true }
        page.push(told)
      }
    }
  }
  return { page, more: false }
}

const namesOf = async ({ store }: Scope, page: readonly LeadEvent[]): Promise<ReadonlyMap<number, string>> => {
  const ids = [...new Set(page.map(({ event }) => event.subjectId))]
  const { items } =
    ids.length === 0 ? { items: [] } : await store.deals.list({ filter: { ids, deleted: 'both' }, limit: ids.length })
  return new Map(items.map(({ id, title }) => [id, title]))
}

function writeEvent({ id, type, event, before, after }: LeadEvent, accountId: number, base: string, name?: string): object {
  const lead = event.subjectId
  return {
    id,
    type,
    entity_id: lead,
    entity_type: 'lead',
    created_by: event.userId,
    created_at: seconds(event.at),
    value_after: after,
    value_before: before,
    account_id: accountId,
    ...self(`${base}/events/${id}`),
    _embedded: { entity: { id: lead, ...(name === undefined ? {} : { name }), ...self(`${base}/leads/${lead}`) } },
  }
}

async function writing(scope: Scope, base: string, query: z.output<typeof Query>, page: readonly LeadEvent[]) {
  const names = several(query.with).includes('lead_name') ? await namesOf(scope, page) : undefined
  return (told: LeadEvent) => writeEvent(told, scope.workspace.id, base, names?.get(told.event.subjectId))
}

const ByEventId = z.object({ id: z.string() })

async function oneEvent(scope: Scope, id: string): Promise<LeadEvent> {
  const number = readEventId(id)
  const event = number === undefined ? undefined : await findEvent(scope, number)
  const told = event && leadEventsOf(event, await meaningsOf(scope, [event])).find((told) => told.id === id)
  return told ?? refuse({ kind: 'not_found', what: 'record' })
}

/** What happened to leads, the newest first. */
export function openEvents(api: Speaker): void {
  api.get('/api/v4/events', { query: Query }, async ({ req, scope, query }): Promise<Answer> => {
    const paging = readPaging(query, maxLimit)
    const filter = readFilter(parts(query.filter))
    if (filter === 'nothing') return empty
    const { page, more } = await pageOf(scope, filter, (paging.page - 1) * paging.limit, paging.limit)
    if (page.length === 0) return empty
    const write = await writing(scope, baseOf(req), query, page)
    return hal({ _page: paging.page, _links: pageLinks(req, paging, more), _embedded: { events: page.map(write) } })
  })

  api.get('/api/v4/events/types', { query: Query }, async ({ req, scope }) => {
    const events_types = eventTypes(await listCustomFields(scope, 'deal'))
    return hal({ _total_items: events_types.length, ...self(`${baseOf(req)}/events/types`), _embedded: { events_types } })
  })

  api.get('/api/v4/events/:id', { params: ByEventId, query: Query }, async ({ req, scope, params, query }) => {
    const told = await oneEvent(scope, params.id)
    return hal((await writing(scope, baseOf(req), query, [told]))(told))
  })
}
