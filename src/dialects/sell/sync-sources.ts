import { listCustomFields } from '../../domain/custom-field.ts'
import { countDeals, type DealFilter, listDeals } from '../../domain/deal.ts'
import type { Key } from '../../domain/page.ts'
import { countParties, listParties } from '../../domain/party.ts'
import { listPipelines } from '../../domain/pipeline.ts'
import type { Scope } from '../../domain/scope.ts'
import type { Instant } from '../../domain/time.ts'
import { listMembers } from '../../domain/user.ts'
import { writeContact } from './contacts.ts'
import { kindsOf } from './deal-reasons.ts'
import { writeDeal } from './deals.ts'
import { type NameList, writeName } from './names.ts'
import { wholeList } from './paging.ts'
import { writePipeline } from './pipelines.ts'
import { lossReasons, unqualifiedReasons } from './reasons.ts'
import { olderSources, tagList } from './records.ts'
import { placedStages, writeStage } from './stages.ts'
import { timezoneOf, writeUser } from './users.ts'
import type { Resource } from './wire.ts'

/** What a device has to learn about one record. */
export interface Change {
  type: Resource
  id: number
  event: 'created' | 'updated' | 'deleted'
  revision: number
  data: object
}

/** From when on, and before when, something has changed. A device that knows nothing yet begins with 0. */
export interface Span {
  since: Instant
  until: Instant
}

/** One sort of record that is kept in step. */
export interface Source {
  count(scope: Scope, span: Span): Promise<number>
  /** The changed records in a steady order, from a key on. */
  page(scope: Scope, span: Span, after: Key | undefined, limit: number): Promise<{ changes: Change[]; next: Key | null }>
}

interface Dated {
  id: number
  createdAt: Instant
  updatedAt: Instant | null
  deletedAt?: Instant | null
}

const changedAt = ({ createdAt, updatedAt }: Dated): Instant => updatedAt ?? createdAt

const eventOf = ({ createdAt, deletedAt = null }: Dated, { since }: Span): Change['event'] =>
  deletedAt !== null ? 'deleted' : createdAt >= since ? 'created' : 'updated'

/** Lists that are short as a whole. What has been deleted from them is not told: nothing remembers when. */
const short = <Row extends Dated>(
  type: Resource,
  list: (scope: Scope) => Promise<readonly { row: Row; data: object }[]>,
): Source => {
  const changed = async (scope: Scope, { since, until }: Span) =>
    (await list(scope)).filter(({ row }) => changedAt(row) >= since && changedAt(row) < until).sort((a, b) => a.row.id - b.row.id)
  return {
    count: async (scope, span) => (await changed(scope, span)).length,
    page: async (scope, span, after, limit) => {
      const rows = (await changed(scope, span)).filter(({ row }) => row.id > (after?.id ?? 0))
      const changes = rows
        .slice(0, limit)
        .map(({ row, data }) => ({ type, id: row.id, event: eventOf(row, span), revision: changedAt(row), data }))
      const last = changes.at(-1)
      return { changes, next: rows.length > limit && last ? { value: last.id, id: last.id } : null }
    },
  }
}

const names = (list: NameList): Source =>
  short(list.type, async (scope) =>
    (await list.list(scope)).map((row) => ({ row, data: writeName(row, (list.resourceTypes?.length ?? 0) > 0) })),
  )

const byUpdate = { by: 'updatedAt', direction: 'asc' } as const

/** Who begins need not hear of what is gone already. */
const deletedIn = ({ since }: Span): { deleted?: 'both' } => (since === 0 ? {} : { deleted: 'both' })

const dealFilter = (span: Span): DealFilter => ({
  ...(span.since === 0 ? {} : { updatedSince: span.since }),
  updatedUntil: span.until,
  ...deletedIn(span),
})

const deals: Source = {
  count: (scope, span) => countDeals(scope, dealFilter(span)),
  page: async (scope, span, after, limit) => {
    const { items, next } = await listDeals(scope, { filter: dealFilter(span), sort: [byUpdate], limit, after })
    const [fields, kinds] = [await listCustomFields(scope, 'deal'), await kindsOf(scope, items)]
    const changes = items.map((deal) => ({
      type: 'deal' as const,
      id: deal.id,
      event: eventOf(deal, span),
      revision: deal.version,
      data: writeDeal(deal, fields, kinds),
    }))
    return { changes, next }
  },
}

const contacts: Source = {
  count: (scope, span) =>
    countParties(scope, {
      ...(span.since === 0 ? {} : { updatedSince: span.since }),
      updatedUntil: span.until,
      ...deletedIn(span),
    }),
  page: async (scope, span, after, limit) => {
    const { since, until } = span
    const query = { updatedSince: since, updatedUntil: until, ...deletedIn(span), sort: byUpdate, limit, after }
    const { items, next } = await listParties(scope, query)
    const fields = await listCustomFields(scope, 'contact')
    const changes = items.map((party) => ({
      type: 'contact' as const,
      id: party.id,
      event: eventOf(party, span),
      revision: party.updatedAt,
      data: writeContact(party, fields),
    }))
    return { changes, next }
  },
}

/** Everything that a device is told of, in an order in which what is pointed at comes before what points at it. */
export const sources: readonly Source[] = [
  short('user', async (scope) => {
    const members = await wholeList((window) => listMembers(scope, window))
    return members.map((row) => ({ row, data: writeUser(row, timezoneOf(scope)) }))
  }),
  short('pipeline', async (scope) => (await listPipelines(scope)).map((row) => ({ row, data: writePipeline(row) }))),
  short('stage', async (scope) => (await placedStages(scope)).map((placed) => ({ row: placed.stage, data: writeStage(placed) }))),
  names(lossReasons),
  names(unqualifiedReasons),
  names(olderSources),
  names(tagList),
  contacts,
  deals,
]
