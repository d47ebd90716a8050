import { type DealFilter, type DealSort, facetValue } from '../domain/deal.ts'
import { exactMinor, unusualPlaces } from '../domain/money.ts'
import { type EngineKind, inList, param, unindexed, type Value } from './engine.ts'
import { matches, matching } from './search.ts'
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
  /** Looks into the search index, which is written at the end of a transaction. */
  readsText?: boolean
}

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

const { title, amount, updatedAt, createdAt, expectedCloseDate } = sortColumns
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
  contactIds: 'contact_id',
  companyIds: 'company_id',
  lossReasonIds: 'loss_reason_id',
  stageIds: 'stage_id',
  ownerIds: 'owner_id',
  creatorIds: 'creator_id',
  pipelineIds: 'pipeline_id',
} as const satisfies { [K in keyof DealFilter]: string }

function compare(name: string, { column, is, orders }: Comparison, value: Value, at: string): Condition {
  const write = (mark: Sql) => sql`${mark}${column} ${sql.raw(is)} ${param(at + name)}`
  const values = { [at + name]: value }
  return orders ? indexedOn(name, write, values, orders) : { name, sql: () => write(sql``), values, orders: [] }
}

/** Everything that a filter asks, the narrow conditions before the wide ones. */
export const conditionsOf = (filter: DealFilter, workspaceId: number): Condition[] => [
  ...partsOf(filter, workspaceId, ''),
  ...(filter.deleted === 'both' ? [] : [removed(filter.deleted === 'only')]),
]

/** What it asks beside being deleted or not. `at` keeps the values of filters within a filter apart. */
function partsOf(filter: DealFilter, workspaceId: number, at: string): Condition[] {
  const { ids, text, tag, extra = [], customField = [], partyId, value, outcomes, isArchived } = filter
  const { expectedCloseUntil } = filter
  const facets = [
    ...(tag === undefined ? [] : [{ name: 'tag', value: tag, not: false }]),
    ...[customField].flat().map(({ id, value }) => ({ name: `custom.${id}`, value, not: false })),
    ...[extra].flat().map(({ dialect, key, value, not = false }) => ({ name: `extra.${dialect}.${key}`, value, not })),
  ]
  return [
    ...(ids ? [among('ids', 'id', ids, at)] : []),
    ...(text === undefined ? [] : [saying(text, filter.textIn ?? ['title', 'custom'], workspaceId, at)]),
    ...(partyId === undefined ? [] : [withParty(partyId, at)]),
    ...(value === undefined ? [] : [worth(value, at)]),
    ...facets.map(({ name, value, not }, index) => marked(`${at}${index}`, name, facetValue(value), not)),
    ...Object.entries(comparisons).flatMap(([name, comparison]) => {
      const value = filter[name as keyof typeof comparisons]
      return value === undefined ? [] : [compare(name, comparison, value, at)]
    }),
    ...Object.entries(lists).flatMap(([name, of]) => {
      const ids = filter[name as keyof typeof lists]
      return ids === undefined ? [] : [among(name, of, ids, at)]
    }),
    ...(expectedCloseUntil === undefined ? [] : [expectedBefore(expectedCloseUntil, at)]),
    ...Object.entries(moments).flatMap(([name, moment]) => {
      const time = filter[name as keyof typeof moments]
      return time === undefined ? [] : [happened(name, moment, time, at)]
    }),
    ...(isArchived === undefined ? [] : [archived(isArchived)]),
    ...(outcomes ? [ended(outcomes, at)] : []),
    ...combined(filter, workspaceId, at),
  ]
}

/** `all`, `any` and `none` of other filters. What a deal does not have counts as false, so that `none` finds it. */
const combined = (filter: DealFilter, workspaceId: number, at: string): Condition[] =>
  (['all', 'any', 'none'] as const).flatMap((word) => {
    const groups = filter[word]?.map((inner, index) => partsOf(inner, workspaceId, `${at}${word}${index}_`))
    return groups ? [combination(word, groups)] : []
  })

function combination(word: 'all' | 'any' | 'none', groups: readonly (readonly Condition[])[]): Condition {
  const parts = groups.flat()
  return {
    name: `${word}(${groups.map((group) => group.map(({ name }) => name).join('&')).join('|')})`,
    sql: (engine) => {
      const asked = groups.map((group) =>
        joined(
          group.map((part) => part.sql(engine, 'ask')),
          'and',
        ),
      )
      const whole = joined(asked, word === 'all' ? 'and' : 'or')
      return word === 'none' ? sql`${whole} is not true` : whole
    },
    values: Object.assign({}, ...parts.map(({ values }) => values)),
    orders: [],
    readsText: parts.some(({ readsText }) => readsText),
  }
}

/** All of nothing holds, and any of nothing does not. */
const joined = (terms: readonly Sql[], word: 'and' | 'or'): Sql =>
  terms.length === 0 ? sql.raw(word === 'and' ? '(1 = 1)' : '(1 = 0)') : sql`(${sql.join(terms, ` ${word} `)})`

const among = (name: string, of: string, ids: readonly number[], at: string): Condition => ({
  name,
  sql: (engine, how) => inList(engine, sql`${how === 'lead' ? sql`` : unindexed(engine)}${column(of)}`, at + name),
  values: { [at + name]: JSON.stringify(ids.filter(Number.isSafeInteger)) },
  orders: [],
  count: (engine) =>
    sql`select 1 from deal where deal.workspace_id = ${param('workspace')} and ${inList(engine, column(of), name)}`,
})

function saying(text: string, columns: readonly string[], workspaceId: number, at: string): Condition {
  const match = matching('deal', workspaceId, text, columns)
  if (match === null) return { name: 'nothing', sql: () => sql`1 = 0`, values: {}, orders: [] }
  const names = { fts5: `${at}text`, tsquery: `${at}tsquery` }
  const found = (engine: EngineKind) => matches(engine, 'deal', names)
  return {
    name: 'text',
    sql: (engine, how) => sql`${how === 'lead' ? sql`` : unindexed(engine)}deal.id in (${found(engine)})`,
    values: { [names.fts5]: match.fts5, [names.tsquery]: match.tsquery },
    orders: [],
    count: found,
    readsText: true,
  }
}

/** Tags and the scalars among extras and custom fields. */
function marked(index: string, facet: string, value: string, not: boolean): Condition {
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
function withParty(partyId: number, at: string): Condition {
  const party = param(`${at}party`)
  const of = (name: string) => sql`select id from deal where workspace_id = ${param('workspace')} and ${sql.ref(name)} = ${party}`
  // Two look-ups: for an `or` of two columns SQLite takes neither index.
  const either = sql`${of('contact_id')} union all ${of('company_id')} and contact_id is null`
  return {
    name: 'party',
    sql: (_, how) => (how === 'lead' ? sql`deal.id in (${either})` : sql`coalesce(deal.contact_id, deal.company_id) = ${party}`),
    values: { [`${at}party`]: partyId },
    orders: [],
    count: () => either,
  }
}

/** The same major units are other minor units in currencies with more or fewer places, or none at all where a fraction is too fine. */
function worth(value: number | string, at: string): Condition {
  const cases = [{ places: 2, codes: ['USD'] }, ...unusualPlaces].map(({ places, codes: [code = 'USD'] }) => ({
    name: `${at}value${places}`,
    minor: exactMinor(value, code),
  }))
  const any = sql.join(cases.map(({ name }) => param(name)))
  const exact = sql.join(
    unusualPlaces.map(
      ({ places, codes }) =>
        sql`when deal.currency in (${sql.join(codes.map((code) => sql.lit(code)))}) then cast(${param(`${at}value${places}`)} as bigint)`,
    ),
    ' ',
  )
  return indexedOn(
    'value',
    (mark) =>
      sql`${mark}deal.amount in (${any}) and ${mark}deal.amount = case ${exact} else cast(${param(`${at}value2`)} as bigint) end`,
    Object.fromEntries(cases.map(({ name, minor }) => [name, minor])),
  )
}

/** Deals without a date are not expected before any. */
const expectedBefore = (day: string, at: string): Condition =>
  indexedOn(
    'expectedCloseUntil',
    (mark) => sql`${mark}${expectedCloseDate} < ${param(`${at}expectedCloseUntil`)} and ${mark}${expectedCloseDate} > ''`,
    { [`${at}expectedCloseUntil`]: day },
    ['expectedCloseDate'],
  )

/** Moments that a deal may not have had yet. It stands at 0 in the index then, and was closed, or moved, neither before nor after any. */
const moments = {
  closedSince: { by: 'closedAt', is: '>=' },
  closedUntil: { by: 'closedAt', is: '<' },
  stageChangedSince: { by: 'stageChangedAt', is: '>=' },
  stageChangedUntil: { by: 'stageChangedAt', is: '<' },
} as const satisfies { [K in keyof DealFilter]: { by: DealSort; is: '>=' | '<' } }

function happened(name: string, { by, is }: (typeof moments)[keyof typeof moments], time: number, at: string): Condition {
  const write = (mark: Sql) =>
    sql`${mark}${sortColumns[by]} ${sql.raw(is)} ${param(at + name)} and ${mark}${sortColumns[by]} <> 0`
  return indexedOn(name, write, { [at + name]: time }, [by])
}

function ended(outcomes: readonly string[], at: string): Condition {
  if (outcomes.length === 0) return { name: 'nothing', sql: () => sql`1 = 0`, values: {}, orders: [] }
  const values = Object.fromEntries(outcomes.map((outcome, index) => [`${at}outcome${index}`, outcome]))
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
