import type { CustomFieldJson } from '../../../src/dialects/native/custom-fields.ts'
import { readDecimal } from '../ui/decimal.ts'
import type { Row } from './use-rows.ts'

/** How a cell is changed where it stands: with which control, from which text, and into which patch of the deal. */

export type Editor =
  | { control: 'text' | 'date' | 'number' | 'money' | 'tags' }
  | { control: 'stage' | 'owner' | 'lossReason' }
  | { control: 'choice'; options: readonly string[] }

type Patch = Readonly<Record<string, unknown>>
type Read = { patch: Patch } | { fault: string }

const own: Readonly<Record<string, Editor>> = {
  title: { control: 'text' },
  value: { control: 'money' },
  stage: { control: 'stage' },
  owner: { control: 'owner' },
  expectedCloseDate: { control: 'date' },
  probability: { control: 'number' },
  tags: { control: 'tags' },
  lossReason: { control: 'lossReason' },
}

const ofType: Readonly<Record<CustomFieldJson['type'], Editor['control']>> = {
  text: 'text',
  number: 'number',
  date: 'date',
  boolean: 'choice',
  choice: 'choice',
}

const fieldIdOf = (columnId: string): string | undefined => /^field:(\d+)$/.exec(columnId)?.[1]

export const fieldOf = (columnId: string, fields: readonly CustomFieldJson[]): CustomFieldJson | undefined =>
  fields.find(({ id }) => String(id) === fieldIdOf(columnId))

/** Undefined: the cell only shows. */
export function editorOf(columnId: string, deal: Row, fields: readonly CustomFieldJson[]): Editor | undefined {
  if (columnId === 'lossReason' && deal.outcome !== 'lost' && deal.outcome !== 'unqualified') return undefined
  const field = fieldOf(columnId, fields)
  if (!field) return own[columnId]
  const control = ofType[field.type]
  if (control !== 'choice') return { control } as Editor
  return { control, options: field.type === 'boolean' ? ['yes', 'no'] : field.options }
}

/** What stands in the control at first. */
export function draftOf(columnId: string, deal: Row): string {
  const fieldId = fieldIdOf(columnId)
  if (fieldId !== undefined) {
    const value = deal.customFields[fieldId] ?? ''
    return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
  }
  const drafts: Readonly<Record<string, string>> = {
    title: deal.title,
    value: deal.value,
    stage: String(deal.stageId),
    owner: String(deal.ownerId),
    expectedCloseDate: deal.expectedCloseDate ?? '',
    probability: deal.probability === null ? '' : String(deal.probability),
    tags: deal.tags.join(', '),
    lossReason: deal.lossReasonId === null ? '' : String(deal.lossReasonId),
  }
  return drafts[columnId] ?? ''
}

const tagsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
]

const readers: Readonly<Record<string, (text: string) => Read>> = {
  title: (text) => (text === '' ? { fault: 'A deal has a title.' } : { patch: { title: text } }),
  value: (text) => {
    const value = readDecimal(text)
    return value === undefined ? { fault: 'A value is a number.' } : { patch: { value } }
  },
  stage: (text) => ({ patch: { stageId: Number(text) } }),
  owner: (text) => ({ patch: { ownerId: Number(text) } }),
  expectedCloseDate: (text) => ({ patch: { expectedCloseDate: text === '' ? null : text } }),
  probability: (text) => {
    if (text === '') return { patch: { probability: null } }
    const percent = Number(readDecimal(text.replace('%', '')))
    return Number.isInteger(percent) && percent >= 0 && percent <= 100
      ? { patch: { probability: percent } }
      : { fault: 'A probability is a whole number from 0 to 100.' }
  },
  tags: (text) => ({ patch: { tags: tagsIn(text) } }),
  lossReason: (text) => ({ patch: { lossReasonId: text === '' ? null : Number(text) } }),
}

/** What a text means for the deal, or what is wrong with it. */
export function readEdit(columnId: string, text: string, fields: readonly CustomFieldJson[]): Read {
  const said = text.trim()
  const field = fieldOf(columnId, fields)
  if (!field) return readers[columnId]?.(said) ?? { fault: 'This cannot be changed here.' }
  const value = said === '' ? null : fieldValue(field, said)
  return value === undefined ? { fault: `${field.name} is a number.` } : { patch: { customFields: { [field.id]: value } } }
}

function fieldValue({ type }: CustomFieldJson, said: string): string | number | boolean | undefined {
  if (type === 'boolean') return said === 'yes'
  if (type !== 'number') return said
  const number = readDecimal(said)
  return number === undefined ? undefined : Number(number)
}
