import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type Deal, type DealFilter, type DealQuery, type DealSort, facetValue } from '../domain/deal.ts'
import { exactMinor, unusualPlaces } from '../domain/money.ts'
import type { Direction, Page } from '../domain/page.ts'
import { toDeal } from './deal-row.ts'
import { type EngineKind, inList, param, type Value } from './engine.ts'
import { type Db, raw, shaped } from './rows.ts'
import type { DealRow, Schema } from './schema.ts'
import { matching } from './search.ts'

/** What each sort orders by; where it can be empty, the expression that its index has. */
const sortColumns: Readonly<Record<DealSort, RawBuilder<unknown>>> = {
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

/** The value that a deal has in the sort's column, to continue after it. */
const sortValue = (deal: Deal, by: DealSort): string | number => deal[by] ?? (by === 'expectedCloseDate' ? '' : 0)

interface Condition {
  /** Names the condition in the shape of the query: the same name is always the same SQL. */
  name: string
  sql(engine: EngineKind): RawBuilder<unknown>
  values: Record<string, Value>
}

/** Filters that compare one column with one value. */
const plain = {
  externalId: 'external_id =',
  pipelineId: 'pipeline_id =',
  stageId: 'stage_id =',
  openStageId: 'open_stage_id =',
  ownerId: 'owner_id =',
  creatorId: 'creator_id =',
  contactId: 'contact_id =',
  companyId: 'company_id =',
  lossReasonId: 'loss_reason_id =',
  title: 'title =',
  amount: 'amount =',
  minAmount: 'amount >=',
  maxAmount: 'amount <=',
  currency: 'currency =',
  expectedCloseDate: 'expected_close_date =',
  expectedCloseSince: 'expected_close_date >=',
  expectedCloseUntil: 'expected_close_date <',
  updatedSince: 'updated_at >=',
  updatedUntil: 'updated_at <',
  createdSince: 'created_at >=',
  createdUntil: 'created_at <',
  closedSince: 'closed_at >=',
  closedUntil: 'closed_at <',
  deletedSince: 'deleted_at >=',
} as const satisfies { [K in keyof DealFilter]: string }

/** Filters that ask for any of several ids. */
const lists = {
  ids: 'id',
  pipelineIds: 'pipeline_id',
  stageIds: 'stage_id',
  ownerIds: 'owner_id',
  creatorIds: 'creator_id',
} as const satisfies { [K in keyof DealFilter]: string }

function conditionsOf(filter: DealFilter, workspaceId: number): Condition[] {
  const conditions: Condition[] = []
  const add = (name: string, build: Condition['sql'], values: Condition['values'] = {}) =>
    conditions.push({ name, sql: build, values })

  for (const [key, comparison] of Object.entries(plain)) {
    const value = filter[key as keyof typeof plain]
    if (value !== undefined) add(key, () => sql`deal.${sql.raw(comparison)} ${param(key)}`, { [key]: value })
  }
  for (const [key, column] of Object.entries(lists)) {
    const ids = filter[key as keyof typeof lists]
    const value = JSON.stringify(ids?.filter(Number.isSafeInteger))
    if (ids) add(key, (engine) => inList(engine, sql`deal.${sql.raw(column)}`, key), { [key]: value })
  }
  const { outcomes, text, tag, extra = [], customField = [], partyId, value, isArchived, deleted } = filter
  if (deleted === undefined) add('live', () => sql`deal.deleted_at is null`)
  if (deleted === 'only') add('deleted', () => sql`deal.deleted_at is not null`)
  if (isArchived !== undefined)
    add(`archived ${isArchived}`, () => sql`deal.archived_at is ${sql.raw(isArchived ? 'not null' : 'null')}`)
  if (outcomes?.length === 1) add('outcome', () => sql`deal.outcome = ${param('outcome')}`, { outcome: outcomes[0] ?? '' })
  else if (outcomes) {
    const values = Object.fromEntries(outcomes.map((outcome, index) => [`outcome${index}`, outcome]))
    add(
      `outcomes ${outcomes.length}`,
      () => sql`deal.outcome in (${sql.join(Object.keys(values).map((name) => param(name)))})`,
      values,
    )
  }
  if (partyId !== undefined)
    add(
      'party',
      () => sql`(deal.contact_id = ${param('party')} or (deal.contact_id is null and deal.company_id = ${param('party')}))`,
      { party: partyId },
    )
  if (value !== undefined) conditions.push(valueCondition(value))
  const facets = [
    ...(tag === undefined ? [] : [{ name: 'tag', value: tag, not: false }]),
    ...[extra].flat().map(({ dialect, key, value, not = false }) => ({ name: `extra.${dialect}.${key}`, value, not })),
    ...[customField].flat().map(({ id, value }) => ({ name: `custom.${id}`, value, not: false })),
  ]
  for (const [index, facet] of facets.entries()) {
    const [name, value] = [`facet_name${index}`, `facet_value${index}`]
    const same = sql`workspace_id = ${param('workspace')} and name = ${param(name)} and value = ${param(value)}`
    add(
      `facet ${index} ${facet.not}`,
      () =>
        facet.not
          ? sql`not exists (select 1 from deal_facet where ${same} and deal_id = deal.id)`
          : sql`deal.id in (select deal_id from deal_facet where ${same})`,
      { [name]: facet.name, [value]: facetValue(facet.value) },
    )
  }
  if (text !== undefined) {
    const match = matching(workspaceId, text, filter.textIn ?? ['title', 'custom'])
    if (match === null) add('nothing', () => sql`1 = 0`)
    else add('text', () => sql`deal.id in (select rowid from deal_text where deal_text match ${param('text')})`, { text: match })
  }
  return conditions
}

/** The same major units are other minor units in currencies with more or fewer places, or none at all where a fraction is too fine. */
function valueCondition(value: number | string): Condition {
  const cases = [{ places: 2, codes: ['USD'] }, ...unusualPlaces].map(({ places, codes: [code = 'USD'] }) => ({
    name: `value${places}`,
    minor: exactMinor(value, code),
  }))
  const usual = param('value2')
  const exact = sql.join(
    unusualPlaces.map(
      ({ places, codes }) =>
        sql`when deal.currency in (${sql.join(codes.map((code) => sql.lit(code)))}) then ${param(`value${places}`)}`,
    ),
    sql` `,
  )
  return {
    name: 'value',
    sql: () =>
      sql`deal.amount in (${sql.join(cases.map(({ name }) => param(name)))}) and deal.amount = case ${exact} else ${usual} end`,
    values: Object.fromEntries(cases.map(({ name, minor }) => [name, minor])),
  }
}

/** An open deal that was closed from nowhere stands in its open stage: that index is the narrower one. */
const narrowed = (filter: DealFilter): DealFilter =>
  filter.openStageId !== undefined &&
  filter.stageId === undefined &&
  filter.outcomes?.length === 1 &&
  filter.outcomes[0] === 'open'
    ? { ...filter, stageId: filter.openStageId, openStageId: undefined }
    : filter

const rowById = [{ by: 'id', direction: 'asc' }] as const

/** One page of deals, by one statement that is prepared once per shape of query. */
export async function listDeals(db: Db, { filter = {}, sort = rowById, limit, after, offset }: DealQuery): Promise<Page<Deal>> {
  const conditions = conditionsOf(narrowed(filter), db.workspaceId)
  const order: { by: DealSort; direction: Direction }[] = [...sort]
  const [first = rowById[0]] = order
  if (order.at(-1)?.by !== 'id') order.push({ by: 'id', direction: first.direction })
  if (after && sort.length > 1) throw new Error('a key continues one sort only')
  const shape = [
    'deals',
    ...conditions.map(({ name }) => name),
    ...order.map(({ by, direction }) => `${by} ${direction}`),
    after ? 'after' : '',
    offset ? 'offset' : '',
  ].join('|')
  const query = shaped<DealRow>(shape, (kysely, engine) =>
    build(kysely, engine, conditions, order, after !== undefined, !!offset),
  )
  const values: Record<string, Value> = Object.assign(
    { workspace: db.workspaceId, limit: limit + 1 },
    ...conditions.map((condition) => condition.values),
  )
  if (after) Object.assign(values, { afterValue: after.value, afterId: after.id })
  if (offset) values.offset = offset
  if (filter.text !== undefined) await db.session.settle()
  const rows = await db.session.all(query, values)
  const items = rows.slice(0, limit).map(toDeal)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? { value: sortValue(last, first.by), id: last.id } : null }
}

function build(
  db: Kysely<Schema>,
  engine: EngineKind,
  conditions: readonly Condition[],
  order: readonly { by: DealSort; direction: Direction }[],
  hasKey: boolean,
  hasOffset: boolean,
) {
  const where = [sql`deal.workspace_id = ${param('workspace')}`, ...conditions.map((condition) => condition.sql(engine))]
  const first = order[0] ?? rowById[0]
  if (hasKey) {
    const sign = sql.raw(first.direction === 'asc' ? '>' : '<')
    const key =
      first.by === 'id'
        ? sql`deal.id ${sign} ${param('afterId')}`
        : sql`(${sortColumns[first.by]}, deal.id) ${sign} (${param('afterValue')}, ${param('afterId')})`
    where.push(key)
  }
  const by = sql.join(order.map(({ by, direction }) => sql`${sortColumns[by]} ${sql.raw(direction)}`))
  const list = sql`from deal where ${sql.join(where, sql` and `)} order by ${by} limit ${param('limit')}`
  if (!hasOffset) return raw(db, sql<DealRow>`select deal.* ${list}`)
  // Skipping runs over the index alone; only the rows of the page itself are fetched.
  return raw(
    db,
    sql<DealRow>`select deal.* from deal where deal.id in (select deal.id ${list} offset ${param('offset')}) order by ${by}`,
  )
}
