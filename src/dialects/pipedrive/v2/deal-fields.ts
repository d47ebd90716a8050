import { z } from 'zod'
import { listCustomFields } from '../../../domain/custom-field.ts'
import { found } from '../../../domain/errors.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Speaker } from '../../../http/speak.ts'
import { optionId } from '../custom-fields.ts'
import { type DealField, dealFields } from '../deal-fields.ts'
import { one, page } from '../wire.ts'
import { nextCursor, pageOf, pagingById } from './cursor.ts'
import { NoQuery, query } from './input.ts'

/** Where v2 calls a field by another name than v1 does. */
const renamed: Readonly<Record<string, string>> = { pipeline: 'pipeline_id', user_id: 'owner_id', label: 'label_ids' }

const fieldsOf = async (scope: Scope) =>
  dealFields(await listCustomFields(scope, 'deal')).map((field) => ({ ...field, key: renamed[field.key] ?? field.key }))

const writeField = ({ key, name, type, custom }: DealField) => ({
  field_name: name,
  field_code: key,
  field_type: type,
  options: custom?.type === 'choice' ? custom.options.map((label) => ({ id: optionId(custom, label), label })) : null,
  subfields: null,
  is_custom_field: custom !== undefined,
  is_optional_response_field: false,
})

/** Without them nobody could know the keys of a company's own fields. */
export function openDealFields(api: Speaker): void {
  api.get('/api/v2/dealFields', { query: query(pagingById), cost: 10 }, async ({ scope, query }) => {
    const { items, next } = pageOf(await fieldsOf(scope), query, ({ id }) => id)
    return page(items.map(writeField), nextCursor(query, next))
  })

  const ByCode = z.object({ field_code: z.string() })
  api.get('/api/v2/dealFields/:field_code', { params: ByCode, query: NoQuery, cost: 1 }, async ({ scope, params }) => {
    const field = (await fieldsOf(scope)).find(({ key }) => key === params.field_code)
    return one(writeField(found(field, 'custom_field')))
  })
}
