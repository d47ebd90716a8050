import { v5 as uuid } from 'uuid'
import { z } from 'zod'
import { type CustomField, listCustomFields, writeCustomFields } from '../../domain/custom-field.ts'
import type { Deal } from '../../domain/deal.ts'
import { type Event, listEvents, type Subject } from '../../domain/events.ts'
import { roundTo, toDecimal } from '../../domain/money.ts'
import type { Key } from '../../domain/page.ts'
import type { Scope } from '../../domain/scope.ts'
import type { Stage } from '../../domain/stage.ts'
import type { JsonObject } from '../../domain/text.ts'
import { dayInMs, type Instant } from '../../domain/time.ts'
import { type Answer, originOf, type Speaker } from '../../http/speak.ts'
import { kindsOf } from './deal-reasons.ts'
import { nameOf, writeDeal } from './deals.ts'
import { expired } from './errors.ts'
import { number } from './paging.ts'
import { placedAmong, writeStage } from './stages.ts'
import { moment, type Resource } from './wire.ts'

/** How long what happened can be read here. */
const keptFor = 3 * dayInMs

/** Where a reader is: the last event read, and when; the moment says whether it has been away for too long. */
interface Position {
  after: Key
  at: Instant
}

const writePosition = ({ after, at }: Position): string =>
  Buffer.from(JSON.stringify([after.value, after.id, at])).toString('base64url')

function readPosition(text: string): Position | undefined {
  try {
    const [value, id, at] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    if (typeof value !== 'number' || typeof id !== 'number' || typeof at !== 'number') return undefined
    return { after: { value, id }, at }
  } catch {
    return undefined
  }
}

/** `top`, `tail`, or what an answer said to go on with. */
const position = z.string().transform((text, context): 'top' | 'tail' | Position => {
  if (text === 'top' || text === 'tail') return text
  const found = readPosition(text)
  if (found) return found
  context.addIssue({ code: 'custom', message: 'takes top, tail or the position of an answer' })
  return z.NEVER
})

const StreamQuery = z.strictObject({
  // The pages do not say what is read without one; whoever says nothing has read nothing yet.
  position: position.default('tail'),
  limit: number.pipe(z.number().min(1).max(100)).default(25),
})

/** One sort of record that can be followed. */
interface Stream<Row> {
  subject: Subject
  type: Resource
  /** The records of these events, whatever has become of them. */
  load(scope: Scope, ids: readonly number[]): Promise<ReadonlyMap<number, Row>>
  /** What writes a record as this API does. */
  writer(scope: Scope, rows: readonly Row[]): Promise<(row: Row) => object>
}

/** Here a value is always a decimal text, and custom fields are a list. */
function writeStreamedDeal(deal: Deal, fields: readonly CustomField[], kinds: Awaited<ReturnType<typeof kindsOf>>) {
  const { custom_fields: _, ...shown } = writeDeal(deal, fields, kinds)
  const values = writeCustomFields(fields, deal.customFields, nameOf)
  return {
    ...shown,
    value: Number(toDecimal(roundTo(deal.amount, deal.currency, 2), deal.currency)).toFixed(2),
    custom_field_values: fields
      .filter((field) => Object.hasOwn(values, nameOf(field)))
      .map((field) => ({ custom_field: { id: field.id, name: nameOf(field) }, value: values[nameOf(field)] })),
  }
}

const deals: Stream<Deal> = {
  subject: 'deal',
  type: 'deal',
  load: async ({ store }, ids) => {
    const { items } = await store.deals.list({ filter: { ids, deleted: 'both' }, limit: Math.max(1, ids.length) })
    return new Map(items.map((deal) => [deal.id, deal]))
  },
  writer: async (scope, rows) => {
    const [fields, kinds] = [await listCustomFields(scope, 'deal'), await kindsOf(scope, rows)]
    return (deal) => writeStreamedDeal(deal, fields, kinds)
  },
}

const stages: Stream<Stage> = {
  subject: 'stage',
  type: 'stage',
  load: async ({ store }, ids) => {
    const rows = await Promise.all(ids.map((id) => store.stages.get(id)))
    return new Map(rows.flatMap((stage) => (stage ? [[stage.id, stage] as const] : [])))
  },
  writer: async (scope) => {
    const place = await placedAmong(scope)
    return (stage) => writeStage(place(stage))
  },
}

/** A deal that comes back from deletion is there again for the first time, as far as anybody knows who follows. */
const eventTypes: Readonly<Record<string, 'created' | 'updated' | 'deleted'>> = {
  created: 'created',
  updated: 'updated',
  moved: 'updated',
  deleted: 'deleted',
  restored: 'created',
}

/** The members that differ, as they were: the record written with what the event changed, as it was and as it is since. */
function previousOf<Row>(row: Row, { before, after }: Event, write: (row: Row) => object): object {
  const at = (side: JsonObject | null) => Object.entries(write({ ...row, ...side }))
  const now = new Map(at(after))
  return Object.fromEntries(at(before).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(now.get(key))))
}

function writeEvent<Row>(scope: Scope, { type }: Stream<Row>, event: Event, row: Row, write: (row: Row) => object): object {
  const event_type = eventTypes[event.type.slice(event.type.indexOf('.') + 1)] ?? 'updated'
  return {
    data: write(row),
    meta: {
      event_id: uuid(String(event.id), scope.workspace.uuid),
      event_type,
      event_cause: 'interaction',
      event_time: moment(event.at),
      type,
      sequence: event.id,
      ...(event_type === 'updated' ? { previous: previousOf(row, event, write) } : {}),
    },
  }
}

/** The event before the first one that can still be read, or the last one that there is. */
async function startOf(scope: Scope, subject: Subject, from: 'top' | 'tail'): Promise<Key> {
  const end = from === 'top' ? ({ direction: 'desc' } as const) : ({ order: 'at', since: scope.now() - keptFor } as const)
  const { items } = await listEvents(scope, { ...(from === 'top' ? { subject } : {}), ...end, limit: 1 })
  const [found] = items
  if (from === 'top') return { value: found?.id ?? 0, id: found?.id ?? 0 }
  const id = found ? found.id - 1 : Number.MAX_SAFE_INTEGER
  return found ? { value: id, id } : startOf(scope, subject, 'top')
}

type StreamCall = { scope: Scope; query: z.output<typeof StreamQuery>; req: Parameters<typeof originOf>[0] }

async function read<Row>({ scope, query, req }: StreamCall, stream: Stream<Row>): Promise<Answer> {
  const { position, limit } = query
  const now = scope.now()
  if (typeof position === 'object' && position.at < now - keptFor) return expired(req)
  const after = typeof position === 'object' ? position.after : await startOf(scope, stream.subject, position)
  const { items: events, next } = await listEvents(scope, { subject: stream.subject, after, limit })
  const rows = await stream.load(scope, [...new Set(events.map(({ subjectId }) => subjectId))])
  const write = await stream.writer(scope, [...rows.values()])
  const items = events.flatMap((event) => {
    const row = rows.get(event.subjectId)
    return row === undefined ? [] : [writeEvent(scope, stream, event, row, write)]
  })
  const last = events.at(-1)
  const reached = next ?? (last ? { value: last.id, id: last.id } : after)
  const here = writePosition({ after: reached, at: now })
  const self = `${originOf(req)}/v3/${stream.type}s/stream?position=${here}&limit=${limit}`
  return {
    status: 200,
    body: {
      items,
      meta: { type: 'collection', position: here, top: next === null, count: items.length, links: { next_page: self } },
    },
  }
}

/** Firehose: what happened to deals and stages, event by event, for whoever keeps a copy in step. */
export function mountFirehose(api: Speaker): void {
  api.get('/v3/deals/stream', { query: StreamQuery }, (call) => read(call, deals))
  api.get('/v3/stages/stream', { query: StreamQuery }, (call) => read(call, stages))
}
