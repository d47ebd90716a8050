import type { DealFilter, DealSort } from '../../domain/deal.ts'
import type { Stage } from '../../domain/stage.ts'
import { dayInMs, isDay } from '../../domain/time.ts'
import { statusIdOf } from './deal-statuses.ts'
import { type Comparison, type Filter, splitValues } from './filter.ts'
import { contactOfPerson, userOfPerson } from './ids.ts'
import type { ListSpec } from './query.ts'
import { refuseQuery } from './raw-query.ts'
import { startOfDay } from './time.ts'

/** What a comparison is looked at with. */
interface Context {
  timeZone: string
  /** Every live stage, where the filter {@link asksForStatus}. */
  stages: readonly Stage[]
}

/** One filter: what a comparison asks of the store; undefined where it does not know the operator. */
type Reader = (comparison: Comparison, context: Context) => DealFilter | undefined

const nothing: DealFilter = { any: [] }

/** More alternatives than this are no longer one statement; ids have no such bound. */
const maxAlternatives = 100

const several = (filters: readonly DealFilter[]): readonly DealFilter[] =>
  filters.length > maxAlternatives ? refuseQuery('filter', 'too many values') : filters

const either = (filters: readonly DealFilter[]): DealFilter =>
  filters.length === 1 ? (filters[0] ?? nothing) : { any: several(filters) }

/** Filters that find any of several things, or none of them. */
const among =
  (find: (values: readonly string[], context: Context) => DealFilter): Reader =>
  ({ operator, values }, context) => {
    const found = find(splitValues(values), context)
    if (operator === 'eq' || operator === 'contains') return found
    return operator === 'not_eq' || operator === 'not_contain' ? { none: [found] } : undefined
  }

const numbersIn = (values: readonly string[]): number[] =>
  values.flatMap((value) => (/^\d{1,15}$/.test(value) ? [Number(value)] : []))

/** A deal's number is its id. */
const byNumber = among((values) => ({ ids: numbersIn(values) }))

type IdFilter = 'pipelineId' | 'stageId' | 'ownerId' | 'creatorId' | 'contactId' | 'companyId' | 'lossReasonId'

const byId = (key: IdFilter, decode = (id: number) => id): Reader =>
  among((values) => {
    const ids = numbersIn(values).map(decode).filter(Number.isSafeInteger)
    return ids.length === 1 ? { [key]: ids[0] } : { [`${key}s`]: ids }
  })

/** What holds for every deal: it is a deal and no budget, and was never closed as budgets are. */
const constant = (...held: string[]): Reader => among((values) => (values.some((value) => held.includes(value)) ? {} : nothing))

/** A status is a sort of stage: 1 open, 2 won, 3 lost, 4 delivered. Only the last needs to know which stages those are. */
const byStatus = among((values, { stages }) => {
  const delivered = stages.filter((stage) => statusIdOf(stage) === 4).map(({ id }) => id)
  const filters: Readonly<Record<string, DealFilter>> = {
    1: { outcomes: ['open'] },
    2: delivered.length === 0 ? { outcomes: ['won'] } : { outcomes: ['won'], none: [{ stageIds: delivered }] },
    3: { outcomes: ['lost', 'unqualified'] },
    4: { stageIds: delivered },
  }
  return either(values.flatMap((value) => filters[value] ?? []))
})

type Bound = Extract<keyof DealFilter, `${string}Since` | `${string}Until`>

/** Moments. A day means all of it: equal to it is within, greater is after its end. */
const byTime =
  (since: Bound, until: Bound): Reader =>
  ({ operator, values }, { timeZone }) => {
    const span = values.length === 1 ? spanOf(values[0] ?? '', timeZone) : undefined
    const bounds = (from: number | undefined, to: number | undefined): DealFilter =>
      span ? { ...(from !== undefined && { [since]: from }), ...(to !== undefined && { [until]: to }) } : nothing
    const [start, end] = span ?? []
    switch (operator) {
      case 'eq':
        return bounds(start, end)
      case 'not_eq':
        return { none: [bounds(start, end)] }
      case 'gt':
        return bounds(end, undefined)
      case 'gt_eq':
        return bounds(start, undefined)
      case 'lt':
        return bounds(undefined, start)
      case 'lt_eq':
        return bounds(undefined, end)
      default:
        return undefined
    }
  }

/** From its beginning to just before its end. */
function spanOf(text: string, timeZone: string): [number, number] | undefined {
  if (isDay(text)) return [startOfDay(timeZone, text), startOfDay(timeZone, dayAfter(text))]
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isFinite(at) ? [at, at + 1] : undefined
}

const dayAfter = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + dayInMs).toISOString().slice(0, 10)

const within = (filter: DealFilter, wanted: DealFilter): DealFilter => ({ all: [filter, wanted] })

const byAmount: Reader = ({ operator, values }) => {
  const amounts = splitValues(values).flatMap((value) => (/^-?\d{1,15}$/.test(value) ? [Number(value)] : []))
  const [amount] = amounts
  const same = amounts.map((amount) => ({ amount }))
  const bound = (key: 'minAmount' | 'maxAmount', by: number): DealFilter =>
    amount === undefined ? nothing : { [key]: amount + by }
  switch (operator) {
    case 'eq':
      return either(same)
    case 'not_eq':
      return { none: several(same) }
    case 'gt':
      return bound('minAmount', 1)
    case 'gt_eq':
      return bound('minAmount', 0)
    case 'lt':
      return bound('maxAmount', -1)
    case 'lt_eq':
      return bound('maxAmount', 0)
    default:
      return undefined
  }
}

/** Words, each the beginning of a word: an index knows those, and no parts of words. */
const byWords =
  (textIn?: DealFilter['textIn']): Reader =>
  ({ operator, values }) => {
    const found = either(values.map((text) => ({ text, textIn })))
    if (operator === 'eq' || operator === 'contains') return found
    return operator === 'not_eq' || operator === 'not_contain' ? { none: [found] } : undefined
  }

/** A name is equal as a whole, and contains words. */
const byName: Reader = (comparison, context) => {
  const { operator, values } = comparison
  if (operator === 'contains' || operator === 'not_contain') return byWords(['title'])(comparison, context)
  const same = values.map((title) => ({ title }))
  return operator === 'eq' ? either(same) : operator === 'not_eq' ? { none: several(same) } : undefined
}

const byTag: Reader = ({ operator, values }) => {
  const tagged = splitValues(values).map((tag) => ({ tag }))
  if (operator === 'eq' || operator === 'contains') return either(tagged)
  return operator === 'not_eq' || operator === 'not_contain' ? { none: several(tagged) } : undefined
}

/** Productive keeps what is usual nowhere, so the usual type is whatever is not the other. */
const byType = among((values) => {
  const internal = { dialect: 'productive', key: 'deal_type_id', value: 1 }
  return either(
    values.flatMap((value) => (value === '1' ? { extra: internal } : value === '2' ? { extra: { ...internal, not: true } } : [])),
  )
})

const closedAs =
  (outcomes: DealFilter['outcomes']): Reader =>
  (comparison, context) => {
    const found = byTime('closedSince', 'closedUntil')(comparison, context)
    return found && within({ outcomes }, found)
  }

const readers: Readonly<Record<string, Reader>> = {
  id: byNumber,
  number: byNumber,
  deal_number: byNumber,
  name: byName,
  query: byWords(),
  full_query: byWords(),
  type: constant('1'),
  budget: constant('false', '0'),
  status: constant('1'),
  budget_status: constant('1'),
  status_id: byId('stageId'),
  deal_status_id: byId('stageId'),
  stage_status_id: byStatus,
  sales_status_id: byStatus,
  pipeline_id: byId('pipelineId'),
  company_id: byId('companyId'),
  responsible_id: byId('ownerId', userOfPerson),
  creator_id: byId('creatorId', userOfPerson),
  contact_id: byId('contactId', contactOfPerson),
  lost_reason_id: byId('lossReasonId'),
  sales_closed_at: byTime('closedSince', 'closedUntil'),
  sales_closed_on: byTime('closedSince', 'closedUntil'),
  won_at: closedAs(['won']),
  won_date: closedAs(['won']),
  lost_at: closedAs(['lost', 'unqualified']),
  lost_date: closedAs(['lost', 'unqualified']),
  stage_updated_at: byTime('stageChangedSince', 'stageChangedUntil'),
  created_at: byTime('createdSince', 'createdUntil'),
  last_activity_at: byTime('updatedSince', 'updatedUntil'),
  revenue: byAmount,
  budget_total: byAmount,
  profit: byAmount,
  currency: among((values) => either(values.map((currency) => ({ currency })))),
  tags: byTag,
  deal_type_id: byType,
}

/** A field that the organization has added: `custom_fields.12`. Numbers and switches are written as in JSON. */
const byCustomField: Reader = ({ field, operator, values }) => {
  const id = field.slice(field.indexOf('.') + 1)
  const same = values.map((value) => ({ customField: { id, value } }))
  return operator === 'eq' ? either(same) : operator === 'not_eq' ? { none: several(same) } : undefined
}

const sorts: Readonly<Record<string, DealSort>> = {
  id: 'id',
  number: 'id',
  deal_number: 'id',
  name: 'title',
  created_at: 'createdAt',
  last_activity_at: 'updatedAt',
  revenue: 'amount',
  budget_total: 'amount',
  profit: 'amount',
  pending_invoicing: 'amount',
}

export const dealSpec: ListSpec = {
  type: 'deals',
  filters: new Set([...Object.keys(readers), 'custom_fields']),
  sorts: new Set(Object.keys(sorts)),
}

/** Whether it can only be read by somebody who knows the stages. */
export const asksForStatus = (filter: Filter): boolean =>
  'op' in filter ? filter.terms.some(asksForStatus) : readers[filter.field] === byStatus

/** What a query asks of the store. */
export function readDealFilter(filter: Filter, context: Context): DealFilter {
  if ('op' in filter) {
    const terms = filter.terms.map((term) => readDealFilter(term, context))
    return filter.op === 'and' ? allOf(terms) : either(terms)
  }
  const read = readers[filter.field] ?? byCustomField
  return read(filter, context) ?? refuseQuery('filter', `${filter.field}[${filter.operator}]`)
}

/** All of them as one flat filter where they do not speak of the same, so that the store sees its indexes and totals. */
function allOf(filters: readonly DealFilter[]): DealFilter {
  const names = filters.flatMap(Object.keys)
  return new Set(names).size === names.length ? Object.assign({}, ...filters) : { all: filters }
}

export const readDealSort = (sort: readonly { by: string; descending: boolean }[]) =>
  sort.map(({ by, descending }) => ({
    by: sorts[by] ?? ('id' as const),
    direction: descending ? ('desc' as const) : ('asc' as const),
  }))
