import type { CustomField, CustomFieldType } from '../../domain/custom-field.ts'
import { type Issue, refuse } from '../../domain/errors.ts'
import type { Json, JsonObject } from '../../domain/text.ts'
import { dayIn, isDay } from '../../domain/time.ts'
import { entriesOf } from './php.ts'
import { seconds, startOf } from './time.ts'

/** What the vendor calls our types of fields: v4 in words, the generations before by number. */
export const fieldTypes: Readonly<Record<CustomFieldType, { word: string; number: number }>> = {
  text: { word: 'text', number: 1 },
  number: { word: 'numeric', number: 2 },
  boolean: { word: 'checkbox', number: 3 },
  choice: { word: 'select', number: 4 },
  date: { word: 'date', number: 6 },
}

/** Options have ids here: the field's, then the option's place in three digits. There are never more than a thousand. */
const enumId = (field: CustomField, index: number): number => field.id * 1000 + index

/** `{"5000": "Small", "5001": "Large"}` */
export const enumsOf = (field: CustomField): Record<string, string> =>
  Object.fromEntries(field.options.map((option, index) => [enumId(field, index), option]))

/** The values of a lead's fields as v4 shows them; null where there are none. */
export function writeValues(fields: readonly CustomField[], values: JsonObject, timeZone: string): object[] | null {
  const shown = fields.flatMap((field) => {
    const value = values[String(field.id)]
    if (value === undefined || value === null) return []
    const written = {
      field_id: field.id,
      field_name: field.name,
      field_code: null,
      field_type: fieldTypes[field.type].word,
      values: [writeValue(field, value, timeZone)],
    }
    return [written]
  })
  return shown.length === 0 ? null : shown
}

function writeValue(field: CustomField, value: Json, timeZone: string): object {
  switch (field.type) {
    case 'choice':
      return { value, enum_id: enumId(field, field.options.indexOf(String(value))), enum_code: null }
    case 'date':
      return { value: seconds(startOf(String(value), timeZone)) }
    case 'number':
      // Numbers of fields are texts here.
      return { value: String(value) }
    case 'boolean':
    case 'text':
      return { value }
  }
}

/** As the generations before show them: every value is a text. */
export function writeOldValues(fields: readonly CustomField[], values: JsonObject): object[] {
  return fields.flatMap((field) => {
    const value = values[String(field.id)]
    if (value === undefined || value === null) return []
    const text = typeof value === 'boolean' ? (value ? '1' : '0') : field.type === 'date' ? `${value} 00:00:00` : String(value)
    const option = field.type === 'choice' ? { enum: String(enumId(field, field.options.indexOf(text))) } : {}
    return [{ id: field.id, name: field.name, values: [{ value: text, ...option }], is_system: false }]
  })
}

/**
 * Values by our field ids from `[{"field_id": 1, "values": [{"value": "x"}]}]`, or with `id` in the older generations. An empty list
 * of values clears the field; of several values the first counts. `name` is the member that the rows stand in.
 */
export function readValues(fields: readonly CustomField[], rows: unknown, timeZone: string, name: string): JsonObject {
  const issues: Issue[] = []
  const read: [string, Json][] = []
  for (const [index, row] of entriesOf(rows)) {
    const { field_id, id = field_id, values } = (typeof row === 'object' && row !== null ? row : {}) as Record<string, unknown>
    const field = fields.find((field) => field.id === Number(id))
    const [first] = entriesOf(values)
    const value = field && (first === undefined ? null : readValue(field, first[1], timeZone))
    if (!field) issues.push({ field: `${name}.${index}.${field_id === undefined ? 'id' : 'field_id'}`, rule: 'unknown' })
    else if (value === undefined) issues.push({ field: `${name}.${index}.values.0.value`, rule: 'format' })
    else read.push([String(field.id), value])
  }
  if (issues.length > 0) refuse({ kind: 'invalid', issues })
  return Object.fromEntries(read)
}

/** Undefined: no value of this type. Null takes the value away. */
function readValue(field: CustomField, row: unknown, timeZone: string): Json | undefined {
  const parts = (typeof row === 'object' && row !== null ? row : { value: row }) as Record<string, unknown>
  const { value, enum_id, enum: option = enum_id } = parts
  if (field.type === 'choice') return readOption(field, value, option)
  if (value === null || value === '' || value === undefined) return null
  switch (field.type) {
    case 'text':
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
    case 'number':
      return typeof value !== 'boolean' && Number.isFinite(Number(value)) ? Number(value) : undefined
    case 'boolean':
      return (
        [true, 1, '1', 'true', 'Y'].includes(value as string) ||
        (value === false || value === 0 || value === '0' ? false : undefined)
      )
    case 'date':
      return readDay(value, timeZone)
  }
}

function readOption(field: CustomField, value: unknown, option: unknown): Json | undefined {
  if (option === undefined || option === '') return value === null || value === '' ? null : field.options.find((o) => o === value)
  return field.options.find((_, index) => enumId(field, index) === Number(option))
}

/** Unix seconds, or a text that begins with a day. */
function readDay(value: unknown, timeZone: string): string | undefined {
  const text = String(value)
  if (/^-?\d{1,11}$/.test(text)) return dayIn(timeZone, Number(text) * 1000)
  return isDay(text.slice(0, 10)) ? text.slice(0, 10) : undefined
}
