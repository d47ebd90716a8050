import { type DealFilter, type DealSort, facetValue } from '../domain/deal.ts'
import { exactMinor, unusualPlaces } from '../domain/money.ts'
import { type EngineKind, inList, param, type Value } from './engine.ts'
import { matching } from './search.ts'
import { type Sql, sql } from './sql.ts'

/** What a filter asks of a deal's row, and what the indexes can do about it. */
export interface Condition {
  /** Names the condition in the shape of the query: the same name is always the same SQL. */
  name: string
  /** As an index can lead to the rows that fulfil it, or to ask it of a row that is there. */
  sql(engine: EngineKind, how: 'lead' | 'ask'): Sql
  values: Record<string, Value>
  /** Rows to count where it matters how many there are; without it no index leads. */
  count?: (engine: EngineKind) => Sql
  /** Sorts in whose order its index has the rows. */
  orders: readonly DealSort[]
}

/** SQLite takes no index for a term that is an expression. It has no statistics to know better; PostgreSQL has. */
export const unindexed = (engine: EngineKind): Sql => sql.raw(engine === 'sqlite' ? '+' : '')

/** What each sort orders by; where it can be empty, the expression that its index has. */
export const sortColumns: Readonly<Record<DealSort, Sql>> = {
  id: sql`deal.id`,
  title: sql`deal.title`,
  amount: sql`deal.amount`,
  createdAt: sql`deal.created_at`,
  updatedAt: sql`deal.updated_at`,
  expectedCloseDate: sql`coalesce(deal.expected_close_date, '')`,
  stageChangedAt: sql`coalesce(deal.stage_changed_at, 0)`,
  closedAt: sql`coalesce(deal.closed_at, 0)`,
  rank: sql`deal.rank`,
}

const { title, amount, updatedAt, createdAt, closedAt, expectedCloseDate } = sortColumns
const column = (name: string): Sql => sql.ref(`deal.${name}`)

/** A condition that an index leads to, given how it is written behind a mark that keeps indexes away. */
const indexedOn = (
  name: string,
  write: (mark: Sql) => Sql,
  values: Condition['values'],
  orders: readonly DealSort[] = [],
): Condition => ({
  name,
  sql: (engine, how) => write(how === 'lead' ? sql`` : unindexed(engine)),
  values,
  orders,
  count: () => sql`select 1 from deal where deal.workspace_id = ${param('workspace')} and ${write(sql``)}`,
})

interface Comparison {
  column: Sql
  is: '=' | '>=' | '<' | '<='
  /** Not given: no index leads to it. */
  orders?: readonly DealSort[]
}

/** Filters that compare one column with one value, the narrow ones first. */
const comparisons = {
  externalId: { column: column('external_id'), is: '=', orders: [] },
  title: { column: title, is: '=', orders: ['id', 'title'] },
  contactId: { column: column('contact_id'), is: '=', orders: ['id'] },
  companyId: { column: column('company_id'), is: '=', orders: ['id'] },
  lossReasonId: { column: column('loss_reason_id'), is: '=', orders: ['id'] },
  deletedSince: { column: column('deleted_at'), is: '>=', orders: [] },
  amount: { column: amount, is: '=', orders: ['id', 'amount'] },
  expectedCloseDate: { column: expectedCloseDate, is: '=', orders: ['id', 'expectedCloseDate'] },
  stageId: { column: column('stage_id'), is: '=', orders: ['id', 'rank'] },
  openStageId: { column: column('open_stage_id'), is: '=', orders: ['id'] },
  ownerId: { column: column('owner_id'), is: '=', orders: ['id'] },
  creatorId: { column: column('creator_id'), is: '=', orders: ['id'] },
  updatedSince: { column: updatedAt, is: '>=', orders: ['updatedAt'] },
  createdSince: { column: createdAt, is: '>=', orders: ['createdAt'] },
  expectedCloseSince: { column: expectedCloseDate, is: '>=', orders: ['expectedCloseDate'] },
  minAmount: { column: amount, is: '>=', orders: ['amount'] },
  maxAmount: { column: amount, is: '<=', orders: ['amount'] },
  pipelineId: { column: column('pipeline_id'), is: '=', orders: ['id'] },
  updatedUntil: { column: updatedAt, is: '<', orders: ['updatedAt'] },
  createdUntil: { column: createdAt, is: '<', orders: ['createdAt'] },
  currency: { column: column('currency'), is: '=' },
} as const satisfies { [K in keyof DealFilter]: Comparison }

/** Filters that ask for any of several ids, the narrow ones first. */
const lists = {
  stageIds: 'stage_id',
  ownerIds: 'owner_id',
  creatorIds: 'creator_id',
  pipelineIds: 'pipeline_id',
} as const satisfies { [K in keyof DealFilter]: string }

function compare(name: string, { column, is, orders }: Comparison, value: Value): Condition {
  const write = (mark: Sql) => sql`${mark}${column} ${sql.raw(is)} ${param(name)}`
  return orders
    ? indexedOn(name, write, { [name]: value }, orders)
    : { name, sql: () => write(sql``), values: { [name]: value }, orders: [] }
}

/** Everything that a filter asks, the narrow conditions before the wide ones. */
export function conditionsOf(filter: DealFilter, workspaceId: number): Condition[] {
  const { ids, text, tag, extra = [], customField = [], partyId, value, outcomes, isArchived, deleted } = filter
  const { expectedCloseUntil, closedSince, closedUntil } = filter
  const facets = [
    ...(tag === undefined ? [] : [{ name: 'tag', value: tag, not: false }]),
    ...[customField].flat().map(({ id, value }) => ({ name: `custom.${id}`, value, not: false })),
    ...[extra].flat().map(({ dialect, key, value, not = false }) => ({ name: `extra.${dialect}.${key}`, value, not })),
  ]
  return [
    ...(ids ? [among('ids', 'id', ids)] : []),
    ...(text === undefined ? [] : [saying(text, filter.textIn ?? ['title', 'custom'], workspaceId)]),
    ...(partyId === undefined ? [] : [withParty(partyId)]),
    ...(value === undefined ? [] : [worth(value)]),
    ...facets.map(({ name, value, not }, index) => marked(index, name, facetValue(value), not)),
    ...Object.entries(comparisons).flatMap(([name, comparison]) => {
      const value = filter[name as keyof typeof comparisons]
      return value === undefined ? [] : [compare(name, comparison, value)]
    }),
    ...Object.entries(lists).flatMap(([name, of]) => {
      const ids = filter[name as keyof typeof lists]
      return ids === undefined ? [] : [among(name, of, ids)]
    }),
    ...(expectedCloseUntil === undefined ? [] : [expectedBefore(expectedCloseUntil)]),
    ...(closedSince === undefined ? [] : [closedFrom(closedSince)]),
    ...(closedUntil === undefined ? [] : [closedBefore(closedUntil)]),
    ...(isArchived === undefined ? [] : [archived(isArchived)]),
    ...(outcomes ? [ended(outcomes)] : []),
    ...(deleted === 'both' ? [] : [removed(deleted === 'only')]),
  ]
}

const among = (name: string, of: string, ids: readonly number[]): Condition => ({
  name,
  sql: (engine, how) => inList(engine, sql`${how === 'lead' ? sql`` : unindexed(engine)}${column(of)}`, name),
  values: { [name]: JSON.stringify(ids.filter(Number.isSafeInteger)) },
  orders: [],
  count: (engine) =>
    sql`select 1 from deal where deal.workspace_id = ${param('workspace')} and ${inList(engine, column(of), name)}`,
})

function saying(text: string, columns: readonly string[], workspaceId: number): Condition {
  const match = matching(workspaceId, text, columns)
  if (match === null) return { name: 'nothing', sql: () => sql`1 = 0`, values: {}, orders: [] }
  const found = sql`select rowid from deal_text where deal_text match ${param('text')}`
  return {
    name: 'text',
    sql: (engine, how) => sql`${how === 'lead' ? sql`` : unindexed(engine)}deal.id in (${found})`,
    values: { text: match },
    orders: [],
    count: () => found,
  }
}

/** Tags and the scalars among extras and custom fields. */
function marked(index: number, facet: string, value: string, not: boolean): Condition {
  const [facetName, facetOf] = [`facet_name${index}`, `facet_value${index}`]
  const same = sql`workspace_id = ${param('workspace')} and name = ${param(facetName)} and value = ${param(facetOf)}`
  const has = sql`exists (select 1 from deal_facet where ${same} and deal_id = deal.id)`
  const values = { [facetName]: facet, [facetOf]: value }
  if (not) return { name: `facet ${index} not`, sql: () => sql`not ${has}`, values, orders: [] }
  return {
    name: `facet ${index}`,
    sql: (_, how) => (how === 'lead' ? sql`deal.id in (select deal_id from deal_facet where ${same})` : has),
    values,
    orders: [],
    count: () => sql`select 1 from deal_facet where ${same}`,
  }
}

/** The contact, or the company where there is no contact. */
function withParty(partyId: number): Condition {
  const of = (name: string) =>
    sql`select id from deal where workspace_id = ${param('workspace')} and ${sql.ref(name)} = ${param('party')}`
  // Two look-ups: for an `or` of two columns SQLite takes neither index.
  const either = sql`${of('contact_id')} union all ${of('company_id')} and contact_id is null`
  return {
    name: 'party',
    sql: (_, how) =>
      how === 'lead' ? sql`deal.id in (${either})` : sql`coalesce(deal.contact_id, deal.company_id) = ${param('party')}`,
    values: { party: partyId },
    orders: [],
    count: () => either,
  }
}

/** The same major units are other minor units in currencies with more or fewer places, or none at all where a fraction is too fine. */
function worth(value: number | string): Condition {
  const cases = [{ places: 2, codes: ['USD'] }, ...unusualPlaces].map(({ places, codes: [code = 'USD'] }) => ({
    name: `value${places}`,
    minor: exactMinor(value, code),
  }))
  const any = sql.join(cases.map(({ name }) => param(name)))
  const exact = sql.join(
    unusualPlaces.map(
      ({ places, codes }) =>
        sql`when deal.currency in (${sql.join(codes.map((code) => sql.lit(code)))}) then ${param(`value${places}`)}`,
    ),
    ' ',
  )
  return indexedOn(
    'value',
    (mark) => sql`${mark}deal.amount in (${any}) and ${mark}deal.amount = case ${exact} else ${param('value2')} end`,
    Object.fromEntries(cases.map(({ name, minor }) => [name, minor])),
  )
}

/** Deals without a date are not expected before any. */
const expectedBefore = (day: string): Condition =>
  indexedOn(
    'expectedCloseUntil',
    (mark) => sql`${mark}${expectedCloseDate} < ${param('expectedCloseUntil')} and ${mark}${expectedCloseDate} > ''`,
    { expectedCloseUntil: day },
    ['expectedCloseDate'],
  )

/** Open deals stand at 0 in the index, and were closed neither before nor after any moment. */
const closedFrom = (at: number): Condition =>
  indexedOn('closedSince', (mark) => sql`${mark}${closedAt} >= ${param('closedSince')}`, { closedSince: Math.max(at, 1) }, [
    'closedAt',
  ])

const closedBefore = (at: number): Condition =>
  indexedOn(
    'closedUntil',
    (mark) => sql`${mark}${closedAt} < ${param('closedUntil')} and ${mark}${closedAt} > 0`,
    { closedUntil: at },
    ['closedAt'],
  )

function ended(outcomes: readonly string[]): Condition {
  const values = Object.fromEntries(outcomes.map((outcome, index) => [`outcome${index}`, outcome]))
  const list = sql.join(Object.keys(values).map((name) => param(name)))
  const write = (mark: Sql) =>
    outcomes.length === 1 ? sql`${mark}deal.outcome = ${list}` : sql`${mark}deal.outcome in (${list})`
  return indexedOn(`outcomes ${outcomes.length}`, write, values, outcomes.length === 1 ? ['id'] : [])
}

const archived = (isArchived: boolean): Condition =>
  isArchived
    ? indexedOn('archived', (mark) => sql`${mark}deal.archived_at is not null`, {}, ['id'])
    : { name: 'not archived', sql: () => sql`deal.archived_at is null`, values: {}, orders: [] }

const removed = (isDeleted: boolean): Condition =>
  isDeleted
    ? indexedOn('deleted', (mark) => sql`${mark}deal.deleted_at is not null`, {})
    : { name: 'live', sql: () => sql`deal.deleted_at is null`, values: {}, orders: [] }
