import { conflict, found, type Issue, invalid, refuse } from './errors.ts'
import { atomically, requireRole, type Scope } from './scope.ts'
import { given, type Json, type JsonObject, requireName, requireText } from './text.ts'
import { type Instant, isDay } from './time.ts'

/** A field that a team has added to its deals or to its contacts and companies. Values are kept under the field's id. */
export interface CustomField {
  readonly id: number
  readonly uuid: string
  readonly subject: CustomFieldSubject
  /** Unique among the live fields of a subject. */
  readonly name: string
  readonly type: CustomFieldType
  /** What a `choice` can be. */
  readonly options: readonly string[]
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly deletedAt: Instant | null
}

export type CustomFieldSubject = 'deal' | 'contact'
export type CustomFieldType = 'text' | 'number' | 'boolean' | 'date' | 'choice'
export const customFieldTypes: readonly CustomFieldType[] = ['text', 'number', 'boolean', 'date', 'choice']

export interface CustomFieldDraft {
  subject: CustomFieldSubject
  name: string
  type?: CustomFieldType | undefined
  options?: readonly string[] | undefined
}

export interface CustomFieldPatch {
  name?: string | undefined
  options?: readonly string[] | undefined
}

export const maxCustomFields = 200

/** The live fields of a subject by id. There are never more than {@link maxCustomFields}. */
export const listCustomFields = ({ store }: Scope, subject?: CustomFieldSubject): Promise<readonly CustomField[]> =>
  store.customFields.live(subject)

/** The fields that these records have values in; most records have none, and then nothing is looked up. */
export const fieldsOf = async (
  scope: Scope,
  subject: CustomFieldSubject,
  records: readonly { customFields: JsonObject }[],
): Promise<readonly CustomField[]> =>
  records.some(({ customFields }) => Object.keys(customFields).length > 0) ? listCustomFields(scope, subject) : []

export async function findCustomField({ store }: Scope, id: number): Promise<CustomField> {
  const field = await store.customFields.get(id)
  return found(field && field.deletedAt === null ? field : undefined, 'custom_field')
}

/** Adds a field. Managers and above. */
export async function addCustomField(scope: Scope, draft: CustomFieldDraft): Promise<CustomField> {
  requireRole(scope, 'manager')
  requireName(draft.name)
  return atomically(scope, async (scope) => {
    const { store, now } = scope
    await store.lockStructure()
    const peers = await store.customFields.live(draft.subject)
    if (peers.length >= maxCustomFields) conflict('too_many')
    if (peers.some((peer) => peer.name === draft.name)) invalid('name', 'duplicate')
    const at = now()
    const field: CustomField = {
      ...(await store.customFields.identify()),
      subject: draft.subject,
      name: draft.name,
      type: draft.type ?? 'text',
      options: requireOptions(draft.options ?? []),
      createdAt: at,
      updatedAt: at,
      deletedAt: null,
    }
    await store.customFields.insert(field)
    return field
  })
}

/** Renames a field or changes its options; values that are there stay. Managers and above. */
export async function changeCustomField(scope: Scope, id: number, patch: CustomFieldPatch): Promise<CustomField> {
  requireRole(scope, 'manager')
  const fields = given(patch)
  if (fields.name !== undefined) requireName(fields.name)
  if (fields.options !== undefined) requireOptions(fields.options)
  return atomically(scope, async (scope) => {
    await scope.store.lockStructure()
    const before = await findCustomField(scope, id)
    const peers = await scope.store.customFields.live(before.subject)
    if (peers.some((peer) => peer.id !== id && peer.name === fields.name)) invalid('name', 'duplicate')
    const after = { ...before, ...fields, updatedAt: scope.now() }
    await scope.store.customFields.save(after)
    return after
  })
}

/** Deletes a field. Managers and above. */
export async function deleteCustomField(scope: Scope, id: number): Promise<CustomField> {
  requireRole(scope, 'manager')
  return atomically(scope, async (scope) => {
    const before = await findCustomField(scope, id)
    const deleted = { ...before, deletedAt: scope.now() }
    await scope.store.customFields.save(deleted)
    return deleted
  })
}

function requireOptions(options: readonly string[]): readonly string[] {
  if (options.length > 1000) invalid('options', 'too_long', { max: 1000 })
  for (const option of options) requireName(option, 'options')
  return options
}

/**
 * Values as callers know the fields (by name, key or id) turned into values by field id, each checked against its type.
 * Refuses all that do not fit at once, under `customFields.KEY`: `unknown` for a field that does not exist, `type` for a value.
 */
export function readCustomFields(
  fields: readonly CustomField[],
  values: JsonObject,
  keyOf: (field: CustomField) => string,
): JsonObject {
  const byKey = new Map(fields.map((field) => [keyOf(field), field]))
  const issues: Issue[] = []
  const read: [string, Json][] = []
  for (const [key, value] of Object.entries(values)) {
    const field = byKey.get(key)
    if (!field) issues.push({ field: `customFields.${key}`, rule: 'unknown' })
    else if (value !== null && !fits(field, value)) issues.push({ field: `customFields.${key}`, rule: 'type' })
    else read.push([String(field.id), value])
  }
  if (issues.length > 0) refuse({ kind: 'invalid', issues })
  return Object.fromEntries(read)
}

/** The reverse: values by field id as a caller knows the fields. Fields that have been deleted are left out. */
export function writeCustomFields(
  fields: readonly CustomField[],
  values: JsonObject,
  keyOf: (field: CustomField) => string,
): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = values[String(field.id)]
      return value === undefined ? [] : [[keyOf(field), value]]
    }),
  )
}

function fits(field: CustomField, value: Json): boolean {
  switch (field.type) {
    case 'text':
      return typeof value === 'string' && requireText(value, 'customFields') === value
    case 'number':
      return typeof value === 'number'
    case 'boolean':
      return typeof value === 'boolean'
    case 'date':
      return typeof value === 'string' && isDay(value)
    case 'choice':
      return typeof value === 'string' && field.options.includes(value)
  }
}
