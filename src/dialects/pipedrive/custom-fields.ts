import { createHash } from 'node:crypto'
import type { CustomField } from '../../domain/custom-field.ts'

/** A custom field's key: 40 hex digits that never change, whatever the field is called. */
export const fieldKey = (field: Pick<CustomField, 'uuid'>): string => createHash('sha1').update(field.uuid).digest('hex')

/** The number of a choice. It follows from the text, because here a choice is known by its text alone. */
export const optionId = (field: Pick<CustomField, 'uuid'>, label: string): number =>
  Number.parseInt(createHash('sha1').update(`${field.uuid} ${label}`).digest('hex').slice(0, 7), 16)
