import type { CustomField } from '../../../../domain/custom-field.ts'
import type { Event } from '../../../../domain/events.ts'
import type { Stage } from '../../../../domain/stage.ts'
import type { Json, JsonObject } from '../../../../domain/text.ts'
import { writeValues } from '../../custom-fields.ts'
import { priceOf } from '../../leads.ts'
import { statusIdOf } from '../../statuses.ts'

/**
 * The vendor's events tell one thing each, so that one of ours may be several of them: a lead that moves and changes its price has done
 * two things.
 */
export interface LeadEvent {
  /** `01…`: when it was and which, in the vendor's 26 characters. */
  id: string
  type: string
  event: Event
  before: readonly object[]
  after: readonly object[]
}

/** What the numbers in events mean. */
export interface Meanings {
  stages: ReadonlyMap<number, Stage>
  fields: readonly CustomField[]
  /** The currency that prices are in. */
  currency: string
  timeZone: string
}

type Told = Pick<LeadEvent, 'type' | 'before' | 'after'>
type Sides = readonly [before: JsonObject, after: JsonObject]
type Tell = (sides: Sides, meanings: Meanings) => readonly Told[]

const told = (type: string, before: readonly object[], after: readonly object[]): Told => ({ type, before, after })

/** The two values of what an event changed, as far as they are of the sort that is asked for. */
const both = <T extends Json>([before, after]: Sides, key: string, is: (value: Json) => value is T): [T | null, T | null] => {
  const read = (value: Json | undefined) => (value !== undefined && is(value) ? value : null)
  return [read(before[key]), read(after[key])]
}
const isNumber = (value: Json): value is number => typeof value === 'number'
const isText = (value: Json): value is string => typeof value === 'string'

/** Status and pipeline as the lead showed them. A stage that has gone to another pipeline since is told in the one it was in, if the event says it. */
function statusOf(side: JsonObject, { stages }: Meanings): { id: number; pipeline_id: number } | null {
  const stage = typeof side.stageId === 'number' ? stages.get(side.stageId) : undefined
  if (!stage) return null
  const pipelineId = typeof side.pipelineId === 'number' ? side.pipelineId : stage.pipelineId
  return { id: statusIdOf({ outcome: stage.kind, stageId: stage.id }), pipeline_id: pipelineId }
}

const statusChanged: Tell = ([before, after], meanings) => {
  const [was, is] = [statusOf(before, meanings), statusOf(after, meanings)]
  // From one won stage to another nothing has happened that this vendor could show.
  if (!was || !is || (was.id === is.id && was.pipeline_id === is.pipeline_id)) return []
  return [told('lead_status_changed', [{ lead_status: was }], [{ lead_status: is }])]
}

const saleChanged: Tell = (sides, { currency }) => {
  const [was, is] = both(sides, 'amount', isNumber).map((amount) => (amount === null ? null : priceOf({ amount, currency })))
  if (is == null || was === is) return []
  return [told('sale_field_changed', [{ sale_field_value: { sale: was ?? 0 } }], [{ sale_field_value: { sale: is } }])]
}

const nameChanged: Tell = (sides) => {
  const [was, is] = both(sides, 'title', isText)
  return is === null
    ? []
    : [told('name_field_changed', [{ name_field_value: { name: was ?? '' } }], [{ name_field_value: { name: is } }])]
}

const responsibleChanged: Tell = (sides) => {
  const [was, is] = both(sides, 'ownerId', isNumber)
  return is === null
    ? []
    : [told('entity_responsible_changed', [{ responsible_user: { id: was ?? 0 } }], [{ responsible_user: { id: is } }])]
}

const tagsIn = (value: Json | undefined): string[] => (Array.isArray(value) ? value.filter((tag) => typeof tag === 'string') : [])

const tagsChanged: Tell = ([before, after]) => {
  if (!('tags' in after)) return []
  const [was, is] = [tagsIn(before.tags), tagsIn(after.tags)]
  const values = (tags: readonly string[]) => tags.map((name) => ({ tag: { name } }))
  const [added, gone] = [is.filter((tag) => !was.includes(tag)), was.filter((tag) => !is.includes(tag))]
  return [
    ...(added.length === 0 ? [] : [told('entity_tag_added', [], values(added))]),
    ...(gone.length === 0 ? [] : [told('entity_tag_deleted', values(gone), [])]),
  ]
}

const linksOf = { contactId: 'contact', companyId: 'company' } as const

const linksChanged: Tell = (sides) =>
  Object.entries(linksOf).flatMap(([key, type]) => {
    if (!(key in sides[1])) return []
    const [was, is] = both(sides, key, isNumber)
    const link = (id: number) => [{ link: { entity: { type, id } } }]
    return [
      ...(was === null ? [] : [told('entity_unlinked', link(was), [])]),
      ...(is === null ? [] : [told('entity_linked', [], link(is))]),
    ]
  })

interface Written {
  field_id: number
  field_type: string
  values: readonly { value: Json; enum_id?: number }[]
}

const valuesChanged: Tell = ([before, after], { fields, timeZone }) => {
  if (!('customFields' in after)) return []
  const valuesOf = (side: JsonObject) =>
    new Map(
      ((writeValues(fields, (side.customFields ?? {}) as JsonObject, timeZone) ?? []) as Written[]).map((row) => [
        row.field_id,
        row,
      ]),
    )
  const [was, is] = [valuesOf(before), valuesOf(after)]
  return fields.flatMap(({ id }) => {
    const [old, now] = [was.get(id), is.get(id)]
    if (JSON.stringify(old) === JSON.stringify(now)) return []
    const value = (row: Written | undefined) =>
      (row?.values ?? []).map(({ value, enum_id = null }) => ({
        custom_field_value: { field_id: id, field_type: row?.field_type, enum_id, text: String(value) },
      }))
    return [told(`custom_field_${id}_value_changed`, value(old), value(now))]
  })
}

/** In the order in which the events of one change are told. */
const changes: readonly Tell[] = [
  statusChanged,
  saleChanged,
  nameChanged,
  responsibleChanged,
  tagsChanged,
  linksChanged,
  valuesChanged,
]

/** What happens to a lead as a whole. */
const whole: Readonly<Record<string, string>> = {
  'deal.created': 'lead_added',
  'deal.deleted': 'lead_deleted',
  'deal.restored': 'lead_restored',
}

/** Everything that one of our events is to the vendor, in the order of telling. */
export function leadEventsOf(event: Event, meanings: Meanings): readonly LeadEvent[] {
  const { before, after } = event
  const name = whole[event.type]
  // The vendor keeps a note of every new lead; here the event is its own.
  const first = name === undefined ? [] : [told(name, [], name === 'lead_added' ? [{ note: { id: event.id } }] : [])]
  const rest = before === null || after === null ? [] : changes.flatMap((tell) => tell([before, after], meanings))
  return [...first, ...rest].map((event_, index) => ({ ...event_, id: writeEventId(event, index), event }))
}

const digits = '0123456789abcdefghjkmnpqrstvwxyz'

function base32(value: number, width: number): string {
  let text = ''
  for (let rest = value; text.length < width; rest = Math.floor(rest / 32)) text = (digits[rest % 32] ?? '0') + text
  return text
}

/** Two digits: nothing changes a thousand fields at once. */
const indexWidth = 2

/** As the vendor's, a time and a number: ten digits of milliseconds, then our event and which of its parts it is. */
const writeEventId = ({ id, at }: Pick<Event, 'id' | 'at'>, index: number): string =>
  base32(Math.max(0, at), 10) + base32(id, 16 - indexWidth) + base32(index, indexWidth)

/** Our event in such an id; undefined where it is none of ours. */
export function readEventId(text: string): number | undefined {
  if (!/^[0-9a-hjkmnp-tv-z]{26}$/.test(text)) return undefined
  const id = [...text.slice(10, -indexWidth)].reduce((sum, digit) => sum * 32 + digits.indexOf(digit), 0)
  return Number.isSafeInteger(id) ? id : undefined
}
