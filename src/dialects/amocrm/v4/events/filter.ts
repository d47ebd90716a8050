import type { EventQuery } from '../../../../domain/events.ts'
import { fail } from '../../../../http/fault.ts'
import { number, parts, several, severalIds } from '../../input.ts'
import { entriesOf } from '../../php.ts'
import type { LeadEvent } from './changes.ts'

/** What a list of events is narrowed by. */
export interface EventFilter {
  /** As the vendor writes ids. */
  ids?: readonly string[] | undefined
  period: Pick<EventQuery, 'since' | 'until'>
  createdBy?: readonly number[] | undefined
  leadIds?: readonly number[] | undefined
  types?: readonly string[] | undefined
  /** Asked of each event, as it is told. */
  fits(event: LeadEvent): boolean
}

const refuse = (name: string, rule: 'too_long' | 'not_allowed' | 'required' | 'format', max?: number): never =>
  fail({
    kind: 'bad_input',
    where: 'query',
    issues: [{ path: ['filter', name], rule, message: '', ...(max === undefined ? {} : { max }) }],
  })

/** As many users, and as many records, as the vendor lets a filter name. */
const most = 10

function few<T>(name: string, list: readonly T[] | undefined): readonly T[] | undefined {
  return list && list.length > most ? refuse(name, 'too_long', most) : list
}

/** Exactly then, from one moment to another, or the two with a comma between, as the PHP library joins them; all in unix seconds. */
function readPeriod(value: unknown): EventFilter['period'] {
  const { from, to } = parts(value)
  const isRange = from !== undefined || to !== undefined
  const [first, second] = isRange ? [from, to] : several(value)
  const [since, until] = [number(first), number(isRange ? second : (second ?? first))]
  if ((first !== undefined && since === undefined) || (second !== undefined && until === undefined))
    refuse('created_at', 'format')
  return {
    ...(since === undefined ? {} : { since: since * 1000 }),
    ...(until === undefined ? {} : { until: (until + 1) * 1000 }),
  }
}

interface Status {
  status_id: number | undefined
  pipeline_id: number | undefined
}

/** `[leads_statuses][0][pipeline_id]`: the only values of events that are searched here. */
function readStatuses(name: string, value: unknown): readonly Status[] | undefined {
  if (value === undefined) return undefined
  const { leads_statuses, ...others } = parts(value)
  if (leads_statuses === undefined || Object.keys(others).length > 0) refuse(name, 'not_allowed')
  return entriesOf(leads_statuses).map(([, row]) => ({
    status_id: number(parts(row).status_id),
    pipeline_id: number(parts(row).pipeline_id),
  }))
}

const hasStatus = (values: readonly object[], wanted: readonly Status[] | undefined): boolean =>
  wanted === undefined ||
  values.some((value) => {
    const { lead_status } = value as { lead_status?: { id: number; pipeline_id: number } }
    return wanted.some(
      ({ status_id, pipeline_id }) =>
        lead_status !== undefined &&
        (status_id ?? lead_status.id) === lead_status.id &&
        (pipeline_id ?? lead_status.pipeline_id) === lead_status.pipeline_id,
    )
  })

/** What a filter asks for, or that nothing can fit it: contacts, companies and the rest have no events here. */
export function readFilter(said: Readonly<Record<string, unknown>>): EventFilter | 'nothing' {
  const entities = said.entity === undefined ? undefined : several(said.entity)
  const leadIds = few('entity_id', severalIds(said.entity_id))
  if (leadIds && entities?.length !== 1) refuse('entity', 'required')
  if (entities && !entities.includes('lead')) return 'nothing'
  const [was, is] = [readStatuses('value_before', said.value_before), readStatuses('value_after', said.value_after)]
  const types = said.type === undefined ? undefined : several(said.type)
  const wanted = types && new Set(types)
  return {
    ids: said.id === undefined ? undefined : several(said.id),
    period: readPeriod(said.created_at),
    createdBy: few('created_by', severalIds(said.created_by)),
    leadIds,
    types: types ?? (was || is ? ['lead_status_changed'] : undefined),
    fits: ({ type, before, after }) => (wanted?.has(type) ?? true) && hasStatus(before, was) && hasStatus(after, is),
  }
}
