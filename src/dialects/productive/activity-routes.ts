import { found } from '../../domain/errors.ts'
import { countEvents, type Event, type EventQuery, findEvent, listEvents } from '../../domain/events.ts'
import { isDay } from '../../domain/time.ts'
import type { Speaker } from '../../http/speak.ts'
import { eventNames, isActivity, writeActivities } from './activities.ts'
import { ById } from './body.ts'
import { type Comparison, type Filter, splitValues } from './filter.ts'
import { userOfPerson } from './ids.ts'
import { answerOne, answerPage } from './include.ts'
import { windowOf } from './page.ts'
import { including, listing } from './query.ts'
import { refuseQuery } from './raw-query.ts'
import { startOfDay } from './time.ts'

type Asked = Omit<EventQuery, 'limit'>
type Reader = (comparison: Comparison, timeZone: string) => Asked | undefined

/** More records than this are asked for in several calls. */
const maxRecords = 200

const idsIn = (values: readonly string[]): number[] =>
  splitValues(values).flatMap((value) => (/^\d{1,15}$/.test(value) ? [Number(value)] : []))

/** Nothing at all: no event has none of the types that there are. */
const nothing: Asked = { types: [] }

/** Equal to something that every activity here is, or that none is. */
const constant =
  (...held: string[]): Reader =>
  ({ operator, values }) => {
    const holds = splitValues(values).some((value) => held.includes(value))
    if (operator !== 'eq' && operator !== 'not_eq') return undefined
    return holds === (operator === 'eq') ? {} : nothing
  }

const byDeal: Reader = ({ operator, values }) => {
  const ids = idsIn(values)
  if (operator !== 'eq' || ids.length > maxRecords) return undefined
  return { subjectIds: ids }
}

const byCreator: Reader = ({ operator, values }) => {
  const [id, ...others] = idsIn(values)
  return operator !== 'eq' || others.length > 0 ? undefined : id === undefined ? nothing : { userId: userOfPerson(id) }
}

const types = Object.keys(eventNames) as (keyof typeof eventNames)[]

const byEvent: Reader = ({ operator, values }) => {
  const wanted = new Set(splitValues(values))
  const isWanted = (type: keyof typeof eventNames) => wanted.has(eventNames[type])
  if (operator === 'eq') return { types: types.filter(isWanted) }
  return operator === 'not_eq' ? { types: types.filter((type) => !isWanted(type)) } : undefined
}

/** A moment, or the beginning of a day where the organization is. */
function momentOf([text = '']: readonly string[], timeZone: string): number {
  const at = isDay(text) ? startOfDay(timeZone, text) : /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isFinite(at) ? at : refuseQuery('filter', text.slice(0, 100))
}

const byTime: Reader = ({ operator, values }, timeZone) => {
  const at = momentOf(values, timeZone)
  switch (operator) {
    case 'gt':
      return { since: at + 1 }
    case 'gt_eq':
      return { since: at }
    case 'lt':
      return { until: at }
    case 'lt_eq':
      return { until: at + 1 }
    default:
      return undefined
  }
}

const byId: Reader = ({ operator, values }) => {
  const ids = idsIn(values)
  return operator !== 'eq' || ids.length > maxRecords ? undefined : { ids }
}

const readers: Readonly<Record<string, Reader>> = {
  id: byId,
  deal_id: byDeal,
  creator_id: byCreator,
  event: byEvent,
  item_type: constant('deal'),
  root_type: constant('deal'),
  type: constant('2'),
  pinned: constant('false', '0'),
  has_attachments: constant('false', '0'),
  after: (comparison, timeZone) => byTime({ ...comparison, operator: 'gt_eq' }, timeZone),
  before: (comparison, timeZone) => byTime({ ...comparison, operator: 'lt' }, timeZone),
  created_at: byTime,
}

const spec = {
  type: 'activities',
  filters: new Set(Object.keys(readers)),
  sorts: new Set(['created_at']),
} as const

/** All comparisons at once; the log cannot be asked for one or the other. */
function readFilter(filter: Filter, timeZone: string): Asked {
  if ('op' in filter) {
    if (filter.op === 'or' && filter.terms.length > 1) refuseQuery('filter', '$op')
    return filter.terms.map((term) => readFilter(term, timeZone)).reduce(both, {})
  }
  return readers[filter.field]?.(filter, timeZone) ?? refuseQuery('filter', `${filter.field}[${filter.operator}]`)
}

const intersection = <T>(a: readonly T[] | undefined, b: readonly T[] | undefined): readonly T[] | undefined =>
  a && b ? a.filter((item) => b.includes(item)) : (a ?? b)

/** What fits the one and the other. */
function both(a: Asked, b: Asked): Asked {
  if (a.userId !== undefined && b.userId !== undefined && a.userId !== b.userId) return nothing
  const [since, until] = [
    [a.since, b.since],
    [a.until, b.until],
  ].map((bounds) => bounds.filter((at) => at !== undefined))
  return {
    userId: a.userId ?? b.userId,
    ids: intersection(a.ids, b.ids),
    subjectIds: intersection(a.subjectIds, b.subjectIds),
    types: intersection(a.types, b.types),
    since: since?.length ? Math.max(...since) : undefined,
    until: until?.length ? Math.min(...until) : undefined,
  }
}

/** What the log is asked; one deal alone is better named by itself. */
function asking({ subjectIds, ...others }: Asked): Asked {
  const [only, ...more] = subjectIds ?? []
  const isOne = only !== undefined && more.length === 0
  return { subject: 'deal', ...others, ...(isOne ? { subjectId: only } : { subjectIds }) }
}

/** What happened to deals, the newest first. */
export function openActivities(api: Speaker): void {
  api.get('/api/v2/activities', { query: listing(spec) }, async ({ scope, query, req }) => {
    const asked = asking(readFilter(query.filter, scope.workspace.timeZone))
    const direction = query.sort[0]?.descending === false ? 'asc' : 'desc'
    const { items } = await listEvents(scope, { ...asked, order: 'at', direction, ...windowOf(query) })
    return answerPage(scope, await writeActivities(scope, items), { ...query, req }, await countEvents(scope, asked))
  })

  api.get('/api/v2/activities/:id', { params: ById, query: including('activities') }, async ({ scope, params, query }) => {
    const event: Event | undefined = await findEvent(scope, params.id)
    const [activity] = event && isActivity(event) ? await writeActivities(scope, [event]) : []
    return answerOne(scope, found(activity, 'record'), query)
  })
}
