import type { CustomFieldJson } from '../../../src/dialects/native/custom-fields.ts'
import type { DealJson } from '../../../src/dialects/native/deals.ts'
import { typedDecimal } from '../format.ts'
import { useCustomFields } from '../queries.ts'
import { SelectInPlace, TextInPlace } from './in-place.tsx'
import type { DealAccess } from './use-deal.ts'

type Value = string | number | boolean | null

/** What somebody typed, as a value of the field; empty clears it. */
const typedValue = ({ type }: CustomFieldJson, text: string): Value => {
  if (text === '') return null
  if (type === 'number') return Number(typedDecimal(text))
  return type === 'boolean' ? text === 'true' : text
}

/** The fields that the team has added. */
export function CustomValues({ deal, access, readOnly }: { deal: DealJson; access: DealAccess; readOnly: boolean }) {
  const fields = (useCustomFields().data ?? []).filter(({ subject }) => subject === 'deal')
  return fields.map((field) => {
    const key = `custom.${field.id}`
    const value = deal.customFields[field.id] ?? null
    const common = {
      label: field.name,
      value: value === null ? '' : String(value),
      readOnly,
      fault: access.conflict?.field === key ? access.conflict.said : undefined,
      onSave: (text: string) => {
        const customFields = { [field.id]: typedValue(field, text) }
        void access.save(key, { customFields }, `${field.name} changed`)
      },
    }
    const options = optionsOf(field)
    if (options) {
      return <SelectInPlace key={field.id} {...common} options={[{ value: '', label: '' }, ...options]} />
    }
    return <TextInPlace key={field.id} {...common} type={field.type === 'date' ? 'date' : 'text'} />
  })
}

const optionsOf = ({ type, options }: CustomFieldJson): { value: string; label: string }[] | undefined => {
  if (type === 'choice') return options.map((option) => ({ value: option, label: option }))
  if (type !== 'boolean') return undefined
  return [
    { value: 'true', label: 'Yes' },
    { value: 'false', label: 'No' },
  ]
}
