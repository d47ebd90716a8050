import type { CustomField } from '../../domain/custom-field.ts'
import type { Scope } from '../../domain/scope.ts'
import type { Member } from '../../domain/user.ts'
import type { Workspace } from '../../domain/workspace.ts'
import { enumsOf, fieldTypes } from './custom-fields.ts'

/** What all generations say of the account and the people in it. */

/** `en` of `en-US`. */
export const languageOf = ({ locale }: Workspace): string => new Intl.Locale(locale).language

/** `US` of `en-US`. */
export const countryOf = ({ locale }: Workspace): string => new Intl.Locale(locale).maximize().region ?? ''

export const currencySymbol = ({ currency, locale }: Workspace): string => {
  const parts = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).formatToParts(0)
  return parts.find(({ type }) => type === 'currency')?.value ?? currency
}

/** How dates are written in the account's pages; clients that print dates use them. PHP's letters. */
export const datePatterns = { date: 'd.m.Y', time: 'H:i', date_time: 'd.m.Y H:i', time_full: 'H:i:s' } as const

/** The vendor's administrators shape the pipelines, as our managers do. */
export const isAdmin = ({ role }: Member): boolean => role === 'admin' || role === 'manager'

/** `A` is everything, `D` nothing. Viewers only read. */
export const rightsOf = (member: Member): { view: 'A'; write: 'A' | 'D' } => ({
  view: 'A',
  write: member.role === 'viewer' ? 'D' : 'A',
})

/** Everybody, those included who have left. Teams are small; the bound only keeps a mistake from filling the memory. */
export const membersOf = async ({ store }: Scope): Promise<readonly Member[]> => (await store.members.list({ limit: 5000 })).items

/** The older generations split names. */
export function splitName(name: string): { name: string; last_name: string } {
  const [first = '', ...rest] = name.split(' ')
  return { name: first, last_name: rest.join(' ') }
}

/** Fields of leads by id, as v2 shows them. Contacts have none that leads would need. */
export const writeFields = (fields: readonly CustomField[]): object =>
  Object.fromEntries(
    fields.map((field, index) => [
      field.id,
      {
        id: field.id,
        name: field.name,
        field_type: fieldTypes[field.type].number,
        sort: (index + 1) * 10,
        code: '',
        is_multiple: false,
        is_system: false,
        is_editable: true,
        ...(field.type === 'choice' ? { enums: enumsOf(field) } : {}),
      },
    ]),
  )
