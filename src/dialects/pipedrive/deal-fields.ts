import type { CustomField } from '../../domain/custom-field.ts'
import { fieldKey } from './custom-fields.ts'

/** A field of a deal, as filters and the lists of fields know it. */
export interface DealField {
  id: number
  key: string
  name: string
  /** As the vendor names its types. */
  type: string
  custom?: CustomField
}

const standard: readonly (readonly [key: string, name: string, type: string])[] = [
  ['title', 'Title', 'varchar'],
  ['value', 'Value', 'monetary'],
  ['currency', 'Currency of Value', 'varchar'],
  ['status', 'Status', 'status'],
  ['pipeline', 'Pipeline', 'double'],
  ['stage_id', 'Stage', 'stage'],
  ['user_id', 'Owner', 'user'],
  ['creator_user_id', 'Creator', 'user'],
  ['person_id', 'Contact person', 'people'],
  ['org_id', 'Organization', 'org'],
  ['probability', 'Probability', 'int'],
  ['expected_close_date', 'Expected close date', 'date'],
  ['add_time', 'Deal created', 'date'],
  ['update_time', 'Update time', 'date'],
  ['stage_change_time', 'Last stage change', 'date'],
  ['close_time', 'Deal closed on', 'date'],
  ['won_time', 'Won time', 'date'],
  ['lost_time', 'Lost time', 'date'],
  ['lost_reason', 'Lost reason', 'varchar_options'],
  ['visible_to', 'Visible to', 'visible_to'],
  ['label', 'Label', 'set'],
]

/** Where the numbers of a company's own fields begin, so that they are never one of the vendor's. */
const firstCustom = 1000

const types: Readonly<Record<CustomField['type'], string>> = {
  text: 'varchar',
  number: 'double',
  boolean: 'boolean',
  date: 'date',
  choice: 'enum',
}

/** All fields of deals: the vendor's own, and after them those that the company has added. */
export const dealFields = (custom: readonly CustomField[]): readonly DealField[] => [
  ...standard.map(([key, name, type], index) => ({ id: index + 1, key, name, type })),
  ...custom.map((field) => ({
    id: firstCustom + field.id,
    key: fieldKey(field),
    name: field.name,
    type: types[field.type],
    custom: field,
  })),
]
