import { type RawBuilder, sql } from 'kysely'
import { type DealFilter, facetValue } from '../domain/deal.ts'
import { exactMinor, unusualPlaces } from '../domain/money.ts'
import { type EngineKind, inList, param, type Value } from './engine.ts'
import { matching } from './search.ts'

/** One thing that a filter asks. */
export interface Condition {
  /** Names the condition in the shape of the query: the same name is always the same SQL. */
  name: string
  sql(engine: EngineKind): RawBuilder<unknown>
  values: Record<string, Value>
  /** Looks into the search index, which is written at the end of a transaction. */
  readsText?: boolean
}

/** Filters that compare one column with an id, or with several. */
const ids = {
  pipelineId: 'pipeline_id',
  stageId: 'stage_id',
  ownerId: 'owner_id',
  creatorId: 'creator_id',
  contactId: 'contact_id',
  companyId: 'company_id',
  lossReasonId: 'loss_reason_id',
} as const satisfies { [K in keyof DealFilter]: string }

/** Filters that compare one column with one value. */
const plain = {
  externalId: 'external_id =',
  openStageId: 'open_stage_id =',
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
  stageChangedSince: 'stage_changed_at >=',
  stageChangedUntil: 'stage_changed_at <',
  deletedSince: 'deleted_at >=',
} as const satisfies { [K in keyof DealFilter]: string }

/** What a filter asks beside being deleted or not. `at` tells the parameters of one part of a filter from those of another. */
function partsOf(filter: DealFilter, workspaceId: number, at = ''): Condition[] {
  const conditions: Condition[] = []
  const add = (name: string, build: Condition['sql'], values: Condition['values'] = {}) =>
    conditions.push({ name, sql: build, values })

  for (const [key, column] of Object.entries(ids)) {
    const value = filter[key as keyof typeof ids]
    if (typeof value === 'number') add(key, () => sql`deal.${sql.raw(column)} = ${param(at + key)}`, { [at + key]: value })
    else if (value) add(...listed(`deal.${column}`, key, at, value))
  }
  for (const [key, comparison] of Object.entries(plain)) {
    const value = filter[key as keyof typeof plain]
    if (value !== undefined) add(key, () => sql`deal.${sql.raw(comparison)} ${param(at + key)}`, { [at + key]: value })
  }
  const { outcomes, text, partyId, value, isArchived } = filter
  if (isArchived !== undefined)
    add(`archived ${isArchived}`, () => sql`deal.archived_at is ${sql.raw(isArchived ? 'not null' : 'null')}`)
  if (filter.ids) add(...listed('deal.id', 'ids', at, filter.ids))
  if (outcomes?.length === 1)
    add('outcome', () => sql`deal.outcome = ${param(`${at}outcome`)}`, { [`${at}outcome`]: outcomes[0] ?? '' })
  else if (outcomes?.length === 0) add('nothing', () => sql`1 = 0`)
  else if (outcomes) {
    const values = Object.fromEntries(outcomes.map((outcome, index) => [`${at}outcome${index}`, outcome]))
    add(
      `outcomes ${outcomes.length}`,
      () => sql`deal.outcome in (${sql.join(Object.keys(values).map((name) => param(name)))})`,
      values,
    )
  }
  if (partyId !== undefined) {
    const party = param(`${at}party`)
    add('party', () => sql`(deal.contact_id = ${party} or (deal.contact_id is null and deal.company_id = ${party}))`, {
      [`${at}party`]: partyId,
    })
  }
  if (value !== undefined) conditions.push(valueCondition(value, at))
  conditions.push(...facetConditions(filter, at))
  if (text !== undefined) {
    const match = matching(workspaceId, text, filter.textIn ?? ['title', 'custom'])
    if (match === null) add('nothing', () => sql`1 = 0`)
    else
      conditions.push({
        name: 'text',
        sql: () => sql`deal.id in (select rowid from deal_text where deal_text match ${param(`${at}text`)})`,
        values: { [`${at}text`]: match },
        readsText: true,
      })
  }
  return [...conditions, ...combinations(filter, workspaceId, at)]
}

/** A column that has one of these integers. */
const listed = (column: string, key: string, at: string, values: readonly number[]) =>
  [
    `${key} in`,
    (engine: EngineKind) => inList(engine, sql.raw(column), at + key),
    { [at + key]: JSON.stringify(values.filter(Number.isSafeInteger)) },
  ] as const

/** Tags, and the scalars among extras and custom fields. */
function facetConditions({ tag, extra = [], customField = [] }: DealFilter, at: string): Condition[] {
  const facets = [
    ...(tag === undefined ? [] : [{ name: 'tag', value: tag, not: false }]),
    ...[extra].flat().map(({ dialect, key, value, not = false }) => ({ name: `extra.${dialect}.${key}`, value, not })),
    ...[customField].flat().map(({ id, value }) => ({ name: `custom.${id}`, value, not: false })),
  ]
  return facets.map((facet, index) => {
    const [name, value] = [`${at}facet_name${index}`, `${at}facet_value${index}`]
    const same = sql`workspace_id = ${param('workspace')} and name = ${param(name)} and value = ${param(value)}`
    return {
      name: `facet ${facet.not}`,
      sql: () =>
        facet.not
          ? sql`not exists (select 1 from deal_facet where ${same} and deal_id = deal.id)`
          : sql`deal.id in (select deal_id from deal_facet where ${same})`,
      values: { [name]: facet.name, [value]: facetValue(facet.value) },
    }
  })
}

/** `all`, `any` and `none`: what holds for other filters. A value that is not there counts as false, so that `none` finds it. */
function combinations(filter: DealFilter, workspaceId: number, at: string): Condition[] {
  return (['all', 'any', 'none'] as const).flatMap((word) => {
    const filters = filter[word]
    if (!filters) return []
    const groups = filters.map((inner, index) => partsOf(inner, workspaceId, `${at}${word}${index}_`))
    const joined = (engine: EngineKind) =>
      groups.map(
        (group) =>
          sql`(${
            group.length === 0
              ? sql`1 = 1`
              : sql.join(
                  group.map((part) => part.sql(engine)),
                  sql` and `,
                )
          })`,
      )
    const between = word === 'all' ? sql` and ` : sql` or `
    const empty = word === 'all' ? sql`1 = 1` : sql`1 = 0`
    return {
      name: `${word}(${groups.map((group) => group.map(({ name }) => name).join('&')).join('|')})`,
      sql: (engine) => {
        const parts = joined(engine)
        const combined = parts.length === 0 ? empty : sql.join(parts, between)
        return word === 'none' ? sql`(${combined}) is not true` : sql`(${combined})`
      },
      values: Object.assign({}, ...groups.flat().map(({ values }) => values)),
      readsText: groups.flat().some(({ readsText }) => readsText),
    }
  })
}

/** The same major units are other minor units in currencies with more or fewer places, or none at all where a fraction is too fine. */
function valueCondition(value: number | string, at: string): Condition {
  const cases = [{ places: 2, codes: ['USD'] }, ...unusualPlaces].map(({ places, codes: [code = 'USD'] }) => ({
    name: `${at}value${places}`,
    minor: exactMinor(value, code),
  }))
  const usual = param(`${at}value2`)
  const exact = sql.join(
    unusualPlaces.map(
      ({ places, codes }) =>
        sql`when deal.currency in (${sql.join(codes.map((code) => sql.lit(code)))}) then ${param(`${at}value${places}`)}`,
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

/** The conditions of a whole filter, deleted or not included. */
export function conditionsOf(filter: DealFilter, workspaceId: number): Condition[] {
  const { deleted } = filter
  const standing = deleted === 'both' ? [] : [{ name: `deleted ${deleted}`, sql: () => liveness(deleted), values: {} }]
  return [...standing, ...partsOf(narrowed(filter), workspaceId)]
}

const liveness = (deleted: DealFilter['deleted']) => sql`deal.deleted_at is ${sql.raw(deleted === 'only' ? 'not null' : 'null')}`

/** An open deal that was closed from nowhere stands in its open stage: that index is the narrower one. */
const narrowed = (filter: DealFilter): DealFilter =>
  filter.openStageId !== undefined &&
  filter.stageId === undefined &&
  filter.outcomes?.length === 1 &&
  filter.outcomes[0] === 'open'
    ? { ...filter, stageId: filter.openStageId, openStageId: undefined }
    : filter

/** The whole condition of a statement: this workspace's deals that the filter finds. */
export const whereOf = (engine: EngineKind, conditions: readonly Condition[]) =>
  sql.join([sql`deal.workspace_id = ${param('workspace')}`, ...conditions.map((condition) => condition.sql(engine))], sql` and `)
