import { z } from 'zod'
import {
  addCustomField,
  type CustomField,
  type CustomFieldSubject,
  changeCustomField,
  customFieldTypes,
  deleteCustomField,
  findCustomField,
  listCustomFields,
  readCustomFields,
  writeCustomFields,
} from '../../domain/custom-field.ts'
import type { Scope } from '../../domain/scope.ts'
import type { JsonObject } from '../../domain/text.ts'
import { ById, recordId, text, timeText, uuid, words } from './fields.ts'
import type { NativeSpeaker } from './speaker.ts'
import { created, gone, ok, time, whole } from './wire.ts'

const Subject = z.enum(['deal', 'contact']).meta({ description: '`contact` fields belong to contacts and companies alike.' })
const Type = z.enum(customFieldTypes as ['text', 'number', 'boolean', 'date', 'choice']).meta({
  description: 'What its values are: a `date` is YYYY-MM-DD, a `choice` is one of the options.',
})

export type CustomFieldJson = z.output<typeof CustomFieldJson>
export const CustomFieldJson = z
  .object({
    id: recordId,
    uuid,
    subject: Subject,
    name: words('What it is called.'),
    type: Type,
    options: z.array(z.string()).meta({ description: 'What a `choice` can be.' }),
    createdAt: timeText('When it was added.'),
    updatedAt: timeText('When it last changed.'),
  })
  .meta({ id: 'CustomField', description: 'A field that the team has added. Values are kept under the field’s id.' })

const name = text('1 to 255 characters, unique among the fields of its subject.', 255)
const options = z.array(z.string()).optional().meta({ description: 'What a `choice` can be; at most 1,000.', maxItems: 1000 })
const CustomFieldBody = z.strictObject({
  subject: Subject,
  name,
  type: Type.optional().meta({ description: '`text` where not given.' }),
  options,
})
const CustomFieldPatchBody = z.strictObject({ name: name.optional(), options })

const writeCustomField = (field: CustomField): CustomFieldJson => ({
  id: field.id,
  uuid: field.uuid,
  subject: field.subject,
  name: field.name,
  type: field.type,
  options: [...field.options],
  createdAt: time(field.createdAt),
  updatedAt: time(field.updatedAt),
})

// —— values on records ——

const keyOf = (field: CustomField): string => String(field.id)

/** The values of a body, each checked against its field; undefined where it has none. */
export async function readValues(
  scope: Scope,
  subject: CustomFieldSubject,
  values: JsonObject | undefined,
): Promise<JsonObject | undefined> {
  if (values === undefined) return undefined
  return readCustomFields(await listCustomFields(scope, subject), values, keyOf)
}

export const writeValues = (fields: readonly CustomField[], values: JsonObject) =>
  // Values are scalars: they were read through `readValues`, or through another dialect's reading of the same fields.
  writeCustomFields(fields, values, keyOf) as Record<string, string | number | boolean | null>

/** What a team has added to the model. */
export function customFieldRoutes(api: NativeSpeaker): void {
  api.get(
    '/custom-fields',
    {
      query: z.strictObject({ subject: Subject.optional().meta({ description: 'Only those of this subject.' }) }),
      about: { tag: 'Custom fields', id: 'listCustomFields', summary: 'List custom fields', list: CustomFieldJson },
    },
    async ({ scope, query }) => whole((await listCustomFields(scope, query.subject)).map(writeCustomField)),
  )

  api.post(
    '/custom-fields',
    {
      body: CustomFieldBody,
      about: {
        tag: 'Custom fields',
        id: 'addCustomField',
        summary: 'Add a custom field',
        made: CustomFieldJson,
        role: 'manager',
        problems: [409],
      },
    },
    async ({ scope, body }) => created(writeCustomField(await addCustomField(scope, body))),
  )

  api.get(
    '/custom-fields/:id',
    { params: ById, about: { tag: 'Custom fields', id: 'getCustomField', summary: 'One custom field', one: CustomFieldJson } },
    async ({ scope, params }) => ok(writeCustomField(await findCustomField(scope, params.id))),
  )

  api.patch(
    '/custom-fields/:id',
    {
      params: ById,
      body: CustomFieldPatchBody,
      about: {
        tag: 'Custom fields',
        id: 'changeCustomField',
        summary: 'Rename a custom field or change its options',
        description: 'Values that are there stay.',
        one: CustomFieldJson,
        role: 'manager',
      },
    },
    async ({ scope, params, body }) => ok(writeCustomField(await changeCustomField(scope, params.id, body))),
  )

  api.delete(
    '/custom-fields/:id',
    { params: ById, about: { tag: 'Custom fields', id: 'deleteCustomField', summary: 'Delete a custom field', role: 'manager' } },
    async ({ scope, params }) => {
      await deleteCustomField(scope, params.id)
      return gone
    },
  )
}
