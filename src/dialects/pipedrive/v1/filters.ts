import { z } from 'zod'
import { conflict } from '../../../domain/errors.ts'
import { addRecord, type DialectRecord, deleteRecord, findRecord, listRecords, saveRecord } from '../../../domain/record.ts'
import { atomically, requireRole, type Scope } from '../../../domain/scope.ts'
import { type JsonObject, requireName } from '../../../domain/text.ts'
import { fail } from '../../../http/fault.ts'
import type { Speaker } from '../../../http/speak.ts'
import { Conditions, filterCollection, readConditions } from '../filters.ts'
import { one, plainTime } from '../wire.ts'
import { ById, bodyOf, ids, maybe, text } from './input.ts'

/** More filters than anybody looks through. */
export const mostFilters = 500

/** A form has the conditions as JSON text. */
const conditions = z.preprocess((value) => {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}, Conditions)

const Type = z.enum(['deals', 'leads', 'org', 'people', 'products', 'activity', 'projects'])
const FilterDraft = bodyOf({ name: text, type: Type, conditions })
const FilterChange = bodyOf({ name: maybe(text), conditions: maybe(conditions) })

/** A filter without its conditions. */
export const writeFilter = ({ id, data, createdAt, updatedAt }: DialectRecord) => ({
  id,
  name: data.name,
  active_flag: true,
  type: data.type,
  temporary_flag: null,
  user_id: data.user_id,
  add_time: plainTime(createdAt),
  update_time: plainTime(updatedAt),
  visible_to: 7,
  custom_view_id: null,
})

const withConditions = (filter: DialectRecord) => ({ ...writeFilter(filter), conditions: filter.data.conditions })

/** Conditions as they are kept, once it is sure that deals can be found by them. */
async function requireReadable(scope: Scope, conditions: Conditions): Promise<JsonObject> {
  if (await readConditions(scope, conditions)) return JSON.parse(JSON.stringify(conditions))
  const message = 'deals cannot be filtered by these conditions'
  return fail({ kind: 'bad_input', where: 'body', issues: [{ path: ['conditions'], rule: 'not_allowed', message }] })
}

async function postFilter(scope: Scope, { name, type, conditions }: z.output<typeof FilterDraft>): Promise<DialectRecord> {
  requireRole(scope, 'member')
  if (type !== 'deals') {
    const message = 'only deals can be filtered'
    fail({ kind: 'bad_input', where: 'body', issues: [{ path: ['type'], rule: 'choice', options: ['deals'], message }] })
  }
  if ((await listRecords(scope, filterCollection, { limit: mostFilters })).items.length >= mostFilters) conflict('too_many')
  const data = { name: requireName(name), type, user_id: scope.user.id, conditions: await requireReadable(scope, conditions) }
  return addRecord(scope, filterCollection, null, data)
}

async function putFilter(scope: Scope, id: number, { name, conditions }: z.output<typeof FilterChange>): Promise<DialectRecord> {
  requireRole(scope, 'member')
  const filter = await findRecord(scope, filterCollection, id)
  const data = {
    ...filter.data,
    ...(name === undefined ? {} : { name: requireName(name) }),
    ...(conditions === undefined ? {} : { conditions: await requireReadable(scope, conditions) }),
  }
  return saveRecord(scope, filterCollection, { ...filter, data })
}

async function removeFilter(scope: Scope, id: number): Promise<void> {
  requireRole(scope, 'member')
  await deleteRecord(scope, filterCollection, id)
}

export function openFilters(v1: Speaker): void {
  v1.get('/filters', { query: z.object({ type: maybe(Type) }), cost: 20 }, async ({ scope, query }) => {
    const { items } = await listRecords(scope, filterCollection, { limit: mostFilters })
    return one(items.filter(({ data }) => query.type === undefined || data.type === query.type).map(writeFilter))
  })

  v1.get('/filters/:id', { params: ById, cost: 2 }, async ({ scope, params }) =>
    one(withConditions(await findRecord(scope, filterCollection, params.id))),
  )

  v1.post('/filters', { body: FilterDraft, cost: 10 }, async ({ scope, body }) =>
    one(withConditions(await atomically(scope, (scope) => postFilter(scope, body)))),
  )

  v1.put('/filters/:id', { params: ById, body: FilterChange, cost: 10 }, async ({ scope, params, body }) =>
    one(withConditions(await atomically(scope, (scope) => putFilter(scope, params.id, body)))),
  )

  v1.delete('/filters/:id', { params: ById, cost: 6 }, async ({ scope, params }) => {
    await removeFilter(scope, params.id)
    return one({ id: params.id })
  })

  v1.delete('/filters', { query: z.object({ ids }), cost: 10 }, async ({ scope, query }) => {
    await atomically(scope, async (scope) => {
      for (const id of query.ids) await removeFilter(scope, id)
    })
    return one({ id: query.ids })
  })
}
