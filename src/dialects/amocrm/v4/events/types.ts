import type { CustomField } from '../../../../domain/custom-field.ts'
import type { Event } from '../../../../domain/events.ts'

/** One sort of event, as the vendor's list of them says it. */
export interface EventType {
  key: string
  type: number
  lang: string
}

/** The vendor's number is known for new and deleted leads; the others are numbered by their place here. */
const standard: readonly EventType[] = [
  { key: 'lead_added', type: 1, lang: 'New lead' },
  { key: 'lead_status_changed', type: 2, lang: 'Stage changed' },
  { key: 'sale_field_changed', type: 3, lang: 'Sale changed' },
  { key: 'name_field_changed', type: 4, lang: 'Name changed' },
  { key: 'entity_responsible_changed', type: 5, lang: 'Responsible user changed' },
  { key: 'lead_restored', type: 6, lang: 'Lead restored' },
  { key: 'lead_deleted', type: 7, lang: 'Lead deleted' },
  { key: 'entity_tag_added', type: 8, lang: 'Tags added' },
  { key: 'entity_tag_deleted', type: 9, lang: 'Tags deleted' },
  { key: 'entity_linked', type: 10, lang: 'Linked' },
  { key: 'entity_unlinked', type: 11, lang: 'Unlinked' },
]

/** Where the numbers of the account's own fields begin. */
const firstOwn = 1000

/** Every sort of event that there can be, one for each of the account's own fields among them. */
export const eventTypes = (fields: readonly CustomField[]): readonly EventType[] => [
  ...standard,
  ...fields.map(({ id, name }) => ({
    key: `custom_field_${id}_value_changed`,
    type: firstOwn + id,
    lang: `Field “${name}” changed`,
  })),
]

const changes: readonly Event['type'][] = ['deal.updated', 'deal.moved', 'deal.restored']

/** Which of our events can be one of a type; none where the type is of something else. */
export function sourcesOf(type: string): readonly Event['type'][] {
  if (type === 'lead_added') return ['deal.created']
  if (type === 'lead_deleted') return ['deal.deleted']
  if (type === 'lead_restored') return ['deal.restored']
  if (type === 'lead_status_changed') return ['deal.moved', 'deal.restored']
  return standard.some(({ key }) => key === type) || /^custom_field_\d+_value_changed$/.test(type) ? changes : []
}
