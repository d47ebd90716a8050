import { type CustomField, readCustomFields } from '../../../domain/custom-field.ts'
import type { Json, JsonObject } from '../../../domain/text.ts'
import { fieldKey, optionId } from '../custom-fields.ts'
import { asNumber, flags } from './input.ts'

/** Custom fields as v1 has them: beside the others, every one that is defined, null where it has no value. */
export const writeFieldValues = (fields: readonly CustomField[], values: JsonObject): Record<string, Json> =>
  Object.fromEntries(fields.map((field) => [fieldKey(field), writeValue(field, values[String(field.id)] ?? null)]))

/** A choice shows as the number of its option, as text. */
const writeValue = (field: CustomField, value: Json): Json =>
  field.type === 'choice' && typeof value === 'string' ? String(optionId(field, value)) : value

/** The custom fields that a body names, by their ids; its other names are not looked at. Refuses values of the wrong type. */
export function readFieldValues(fields: readonly CustomField[], body: Readonly<Record<string, unknown>>): JsonObject | undefined {
  const said = fields.filter((field) => body[fieldKey(field)] !== undefined)
  if (said.length === 0) return undefined
  const values = said.map((field) => [fieldKey(field), readValue(field, body[fieldKey(field)] as Json)] as const)
  return readCustomFields(said, Object.fromEntries(values), fieldKey)
}

function readValue(field: CustomField, value: Json): Json {
  if (value === '') return null
  switch (field.type) {
    case 'number':
      return asNumber(value) as Json
    case 'boolean':
      return flags.get(value) ?? value
    case 'choice':
      return field.options.find((option) => String(optionId(field, option)) === String(value)) ?? value
    case 'text':
      return typeof value === 'number' ? String(value) : value
    case 'date':
      return value
  }
}
