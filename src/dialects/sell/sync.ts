import type { FastifyRequest } from 'fastify'
import { v4 as uuid } from 'uuid'
import { z } from 'zod'
import { found } from '../../domain/errors.ts'
import type { Key } from '../../domain/page.ts'
import { addRecord, type DialectRecord, listRecords, saveRecord } from '../../domain/record.ts'
import { atomically, type Scope } from '../../domain/scope.ts'
import type { JsonObject } from '../../domain/text.ts'
import type { Instant } from '../../domain/time.ts'
import { fail } from '../../http/fault.ts'
import { type Answer, header, type Speaker } from '../../http/speak.ts'
import { noQuery, payload } from './fields.ts'
import { type Change, type Span, sources } from './sync-sources.ts'

/**
 * The Sync API: each device of a user is told once of everything that has changed since it last asked, page by page, and goes on only
 * when it has acknowledged what it got. What a device knows is one small record, however much there is to know.
 */
interface Device {
  /** Up to when it knows everything. */
  known: Instant
  /** The run that is under way; null where there is none. */
  run: Run | null
}

/** Which of the sources is being told, and from where on. */
interface Place {
  source: number
  after: Key | null
}

interface Run extends Place {
  session: string
  until: Instant
  /** What was told last and is not acknowledged, and where it goes on afterwards. */
  told: readonly string[]
  onward: Place | null
}

const collection = 'sync_devices'
const pageSize = 100

/** Vendor clients make a UUID for each device; any short text is as good. */
function deviceOf(req: FastifyRequest): string {
  const name = header(req, 'x-basecrm-device-uuid')?.trim() ?? ''
  return /^[\w.:-]{1,64}$/.test(name) ? name : fail({ kind: 'bad_header', header: 'x-basecrm-device-uuid' })
}

/** A device is one user's: another's with the same name is another one. */
const keyOf = ({ user }: Scope, device: string): string => `${user.id}:${device}`

// Written by this file alone, so the shape is known.
const readDevice = (record: DialectRecord): Device => record.data as unknown as Device
const kept = (device: Device): JsonObject => device as unknown as JsonObject

async function deviceRecord(scope: Scope, req: FastifyRequest): Promise<DialectRecord | undefined> {
  const { items } = await listRecords(scope, collection, { key: keyOf(scope, deviceOf(req)), limit: 1 })
  return items[0]
}

const spanOf = ({ known }: Device, { until }: Pick<Run, 'until'>): Span => ({ since: known, until })

/** Begins a run for a device; nothing where it knows everything already. A run that was under way begins again. */
const start = (scope: Scope, req: FastifyRequest): Promise<Answer> =>
  atomically(scope, async (scope) => {
    const record = await deviceRecord(scope, req)
    const device = record ? readDevice(record) : { known: 0, run: null }
    // What is written in this very millisecond may not be there yet: it comes with the next run.
    const run: Run = { session: uuid(), until: scope.now(), source: 0, after: null, told: [], onward: null }
    const span = spanOf(device, run)
    let total = 0
    for (const source of sources) total += await source.count(scope, span)
    if (total === 0) return { status: 204 }
    const data = kept({ ...device, run })
    await (record
      ? saveRecord(scope, collection, { ...record, data })
      : addRecord(scope, collection, keyOf(scope, deviceOf(req)), data))
    const queue = { name: 'main', pages: Math.ceil(total / pageSize), total_count: total }
    return {
      status: 201,
      body: {
        data: { id: run.session, queues: [{ data: queue, meta: { type: 'sync_queue' } }] },
        meta: { type: 'sync_session' },
      },
    }
  })

const ackKey = ({ type, id, revision }: Change): string =>
  `${type
    .split('_')
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('')}-${id}-${revision}`

/** The next changes of a run, from as many sources as fill a page, and where the ones behind them begin. */
async function nextChanges(scope: Scope, span: Span, from: Place): Promise<{ changes: readonly Change[]; onward: Place | null }> {
  const changes: Change[] = []
  let place = from
  for (let source = sources[place.source]; source && changes.length < pageSize; source = sources[place.source]) {
    const page = await source.page(scope, span, place.after ?? undefined, pageSize - changes.length)
    changes.push(...page.changes)
    place = page.next ? { source: place.source, after: page.next } : { source: place.source + 1, after: null }
  }
  return { changes, onward: changes.length === 0 ? null : place }
}

const writeChange = (change: Change) => ({
  data: change.data,
  meta: {
    type: change.type,
    sync: { event_type: change.event, ack_key: ackKey(change), revision: change.revision },
  },
})

/** What of the last page is still awaited, as far as it has not changed again meanwhile: then it comes with the next run. */
async function awaited(scope: Scope, span: Span, run: Run): Promise<readonly Change[]> {
  if (run.told.length === 0) return []
  const { changes } = await nextChanges(scope, span, run)
  return changes.filter((change) => run.told.includes(ackKey(change)))
}

/** The page that is to be told now: what is left of the last one until it is acknowledged, then the next. */
const fetchPage = (scope: Scope, req: FastifyRequest, session: string): Promise<Answer> =>
  atomically(scope, async (scope) => {
    const { record, device, run } = await running(scope, req, session)
    const span = spanOf(device, run)
    const again = await awaited(scope, span, run)
    const place: Place = run.told.length > 0 && run.onward ? run.onward : { source: run.source, after: run.after }
    const fresh = again.length > 0 ? { changes: again, onward: run.onward } : await nextChanges(scope, span, place)
    const isOver = fresh.changes.length === 0
    const told = fresh.changes.map(ackKey)
    const next: Device = isOver
      ? { known: run.until, run: null }
      : { ...device, run: { ...run, ...(again.length > 0 ? {} : place), told, onward: fresh.onward } }
    await saveRecord(scope, collection, { ...record, data: kept(next) })
    if (isOver) return { status: 204 }
    const items = fresh.changes.map(writeChange)
    return { status: 200, body: { items, meta: { type: 'collection', count: items.length } } }
  })

async function running(scope: Scope, req: FastifyRequest, session?: string) {
  const record = found(await deviceRecord(scope, req), 'record')
  const device = readDevice(record)
  const run = found(
    device.run !== null && (session ?? device.run.session) === device.run.session ? device.run : undefined,
    'record',
  )
  return { record, device, run }
}

/** Takes note of what has arrived; when all of a page has, the run goes on behind it. Keys that are not awaited say nothing new. */
const acknowledge = (scope: Scope, req: FastifyRequest, keys: readonly string[]): Promise<Answer> =>
  atomically(scope, async (scope) => {
    const record = await deviceRecord(scope, req)
    const device = record && readDevice(record)
    if (!record || !device?.run) return { status: 202 }
    const { run } = device
    const told = run.told.filter((key) => !keys.includes(key))
    const isDone = run.told.length > 0 && told.length === 0
    const next: Run = isDone && run.onward ? { ...run, ...run.onward, told: [], onward: null } : { ...run, told }
    await saveRecord(scope, collection, { ...record, data: kept({ ...device, run: next }) })
    return { status: 202 }
  })

const Acks = payload(z.strictObject({ ack_keys: z.array(z.string().max(100)).max(1000) }))

/** For devices that keep a copy. */
export function mountSync(api: Speaker): void {
  // The vendor's clients send no body, or an empty one.
  api.post('/v2/sync/start', { query: noQuery }, ({ scope, req }) => start(scope, req))

  api.get(
    '/v2/sync/:session/queues/main',
    { params: z.object({ session: z.string() }), query: noQuery },
    ({ scope, req, params }) => fetchPage(scope, req, params.session),
  )

  api.post('/v2/sync/ack', { query: noQuery, body: Acks }, ({ scope, req, body }) => acknowledge(scope, req, body.data.ack_keys))
}
