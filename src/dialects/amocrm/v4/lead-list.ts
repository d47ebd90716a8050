import { type DealFilter, type DealSort, listDeals } from '../../../domain/deal.ts'
import { toMinor } from '../../../domain/money.ts'
import type { Direction } from '../../../domain/page.ts'
import type { Scope } from '../../../domain/scope.ts'
import { listStages } from '../../../domain/stage.ts'
import { fail } from '../../../http/fault.ts'
import type { Answer, Call } from '../../../http/speak.ts'
import { number, parts, type Query, several, severalIds } from '../input.ts'
import { entriesOf } from '../php.ts'
import { stagesOfStatus } from '../statuses.ts'
import { empty, hal } from '../wire.ts'
import { leadContext, writeLead } from './lead-view.ts'
import { baseOf, pageLinks, readPaging } from './links.ts'

type ListCall = Pick<Call<{ query: typeof Query }>, 'req' | 'scope' | 'query'>

/** One page of leads. There is no total: the vendor gives none. */
export async function listLeads({ req, scope, query }: ListCall): Promise<Answer> {
  const beside = new Set(several(query.with))
  const paging = readPaging(query)
  const filter = await readFilter(scope, parts(query.filter))
  if (filter === 'nothing') return empty
  const { items, next } = await listDeals(scope, {
    filter: {
      ...filter,
      ...(beside.has('only_deleted') ? { deleted: 'only' } : {}),
      ...(typeof query.query === 'string' && query.query !== '' ? { text: query.query } : {}),
    },
    sort: readOrder(parts(query.order)),
    limit: paging.limit,
    offset: (paging.page - 1) * paging.limit,
  })
  if (items.length === 0) return empty
  const context = await leadContext(scope, baseOf(req), items, beside)
  return hal({
    _page: paging.page,
    _links: pageLinks(req, paging, next !== null),
    _embedded: { leads: items.map((lead) => writeLead(lead, context)) },
  })
}

const sorts: Readonly<Record<string, DealSort>> = { created_at: 'createdAt', updated_at: 'updatedAt', id: 'id' }

function readOrder(order: Readonly<Record<string, unknown>>): { by: DealSort; direction: Direction }[] {
  return Object.entries(order).flatMap(([name, direction]) => {
    const by = sorts[name]
    return by ? [{ by, direction: direction === 'desc' ? ('desc' as const) : ('asc' as const) }] : []
  })
}

type Filter = DealFilter | 'nothing'

/** What a filter asks for, or that nothing can fit it. Keys that are not the vendor's are passed over. */
async function readFilter(scope: Scope, said: Readonly<Record<string, unknown>>): Promise<Filter> {
  const stageIds = said.statuses === undefined ? undefined : await stagesIn(scope, said.statuses)
  // There are no tasks here, so no lead has a next one.
  if (said.closest_task_at !== undefined) return 'nothing'
  const names = said.name === undefined ? [] : typeof said.name === 'string' ? [said.name] : several(said.name)
  if (names.length > 1) refuseFilter('name')
  return {
    ids: severalIds(said.id),
    ...anyOf('pipelineId', 'pipelineIds', severalIds(said.pipeline_id)),
    ...anyOf('stageId', 'stageIds', stageIds),
    ...anyOf('ownerId', 'ownerIds', severalIds(said.responsible_user_id)),
    ...anyOf('creatorId', 'creatorIds', severalIds(said.created_by)),
    ...(names[0] === undefined ? {} : { title: names[0] }),
    ...priceRange(scope, parts(said.price)),
    ...timeRange('createdSince', 'createdUntil', said.created_at),
    ...timeRange('updatedSince', 'updatedUntil', said.updated_at),
    ...timeRange('closedSince', 'closedUntil', said.closed_at),
    ...(said.updated_by === undefined ? {} : refuseFilter('updated_by')),
    ...(said.custom_fields_values === undefined ? {} : { customField: fieldsIn(parts(said.custom_fields_values)) }),
  }
}

/** A filter of the vendor's that we cannot apply is refused: leads that do not fit it would be worse than none. */
const refuseFilter = (name: string): never =>
  fail({ kind: 'bad_input', where: 'query', issues: [{ path: ['filter', name], rule: 'not_allowed', message: '' }] })

/** One value by the filter whose index also sorts, several by the other. */
const anyOf = (one: string, many: string, ids: readonly number[] | undefined): object =>
  ids === undefined ? {} : ids.length === 1 ? { [one]: ids[0] } : { [many]: ids }

/** Statuses in pipelines: `[{pipeline_id, status_id}]`. 142 and 143 without a pipeline are those of all. */
async function stagesIn(scope: Scope, value: unknown): Promise<number[]> {
  const stages = await listStages(scope)
  const ids = entriesOf(value).flatMap(([, row]) => {
    const { pipeline_id, status_id } = parts(row)
    const statusId = number(status_id)
    return statusId === undefined ? [] : stagesOfStatus(stages, statusId, number(pipeline_id)).map((stage) => stage.id)
  })
  return [...new Set(ids)]
}

/** Whole units as they are shown: a lead that rounds to the limit is within it. */
function priceRange({ workspace: { currency } }: Scope, { from, to }: Readonly<Record<string, unknown>>): object {
  const [least, most] = [number(from), number(to)]
  const half = toMinor('0.5', currency)
  const isWhole = toMinor(1, currency) === 1
  return {
    ...(least === undefined ? {} : { minAmount: toMinor(least, currency) - (isWhole ? 0 : half) }),
    ...(most === undefined ? {} : { maxAmount: toMinor(most, currency) + (isWhole ? 0 : half - 1) }),
  }
}

/** `{from, to}` in unix seconds, both included. */
function timeRange(since: string, until: string, value: unknown): object {
  const { from, to } = parts(value)
  const [first, last] = [number(from), number(to)]
  return {
    ...(first === undefined ? {} : { [since]: first * 1000 }),
    ...(last === undefined ? {} : { [until]: (last + 1) * 1000 }),
  }
}

/** Exact values of custom fields by the field's id. */
const fieldsIn = (said: Readonly<Record<string, unknown>>): { id: string; value: string }[] =>
  Object.entries(said).map(([id, value]) => {
    const values = several(value)
    if (parts(value).from !== undefined || parts(value).to !== undefined || values.length !== 1)
      return refuseFilter(`custom_fields_values.${id}`)
    return { id, value: values[0] ?? '' }
  })
