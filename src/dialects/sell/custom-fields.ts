import { type CustomField, type CustomFieldSubject, type CustomFieldType, listCustomFields } from '../../domain/custom-field.ts'
import type { Speaker } from '../../http/speak.ts'
import { noQuery } from './fields.ts'
import { all } from './paging.ts'
import { item, moment } from './wire.ts'

/** Definitions are read here; the vendor's are made in its web application. All at once, because its clients ask for no page. */
export function mountCustomFields(api: Speaker): void {
  for (const subject of ['deal', 'contact'] as const) {
    api.get(`/v2/${subject}/custom_fields`, { query: noQuery }, async ({ scope, req }) =>
      all(
        req,
        (await listCustomFields(scope, subject)).map((field) => item('custom_field', writeField(field, subject))),
      ),
    )
  }
}

const types: Readonly<Record<CustomFieldType, string>> = {
  text: 'string',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  choice: 'list',
}

const writeField = (field: CustomField, subject: CustomFieldSubject) => ({
  id: field.id,
  name: field.name,
  type: types[field.type],
  ...(field.type === 'choice' ? { choices: field.options.map((name, index) => ({ id: index + 1, name })) } : {}),
  // Which of the two a contact's field is for; here it is for both.
  ...(subject === 'contact' ? { for_organisation: true, for_contact: true } : {}),
  created_at: moment(field.createdAt),
  updated_at: moment(field.updatedAt),
})
