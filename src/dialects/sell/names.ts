import { z } from 'zod'
import type { Scope } from '../../domain/scope.ts'
import type { Instant } from '../../domain/time.ts'
import type { Speaker } from '../../http/speak.ts'
import { byId, noQuery, payload } from './fields.ts'
import { idList, many, number, paging, type Sort, type SortKey, slice, sortBy } from './paging.ts'
import { gone, item, moment, one, type Resource } from './wire.ts'

/** What reasons, sources and tags are alike: a name that somebody made. */
export interface Named {
  readonly id: number
  readonly name: string
  readonly creatorId: number
  readonly resourceType?: string
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** A short list of names that is read, added to and changed in the same five calls. */
export interface NameList {
  path: string
  type: Resource
  /** What the names can be for, where the vendor says so of each. */
  resourceTypes?: readonly string[]
  /** Whether a new name must say what it is for. */
  needsResourceType?: boolean
  defaultSort?: Sort<SortKey<Named>>
  list(scope: Scope): Promise<readonly Named[]>
  find(scope: Scope, id: number): Promise<Named>
  add(scope: Scope, draft: { name: string; resourceType: string | undefined }): Promise<Named>
  change(scope: Scope, id: number, patch: { name: string | undefined; resourceType: string | undefined }): Promise<Named>
  remove(scope: Scope, id: number): Promise<unknown>
}

export const byUpdate: Sort<SortKey<Named>> = { by: ({ updatedAt }) => updatedAt, direction: 'asc' }

const sorts: Readonly<Record<string, SortKey<Named>>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  created_at: ({ createdAt }) => createdAt,
  updated_at: byUpdate.by,
}

/** Opens the five calls of one such list. */
export function mountNames(api: Speaker, names: NameList): void {
  const { path, type, resourceTypes = [], needsResourceType = false } = names
  const resource_type = z.enum(resourceTypes)
  const listed = resourceTypes.length > 0 ? { resource_type: resource_type.optional(), creator_id: number.optional() } : {}
  const NameQuery = z.strictObject({
    ...paging,
    sort_by: sortBy(sorts).optional(),
    ids: idList.optional(),
    name: z.string().optional(),
    ...listed,
  })
  const kind = resourceTypes.length > 0 ? { resource_type: needsResourceType ? resource_type : resource_type.optional() } : {}
  const NewName = payload(z.strictObject({ name: z.string(), ...kind }))
  const NameChange = payload(z.strictObject({ name: z.string(), ...kind }).partial())
  const shown = (row: Named) => writeName(row, resourceTypes.length > 0)

  api.get(path, { query: NameQuery }, async ({ scope, query, req }) => {
    const { ids, name, sort_by, page, per_page } = query
    const { resource_type, creator_id } = query as { resource_type?: string; creator_id?: number } // in the schema where it is spoken of
    const rows = (await names.list(scope)).filter(
      (row) =>
        (ids === undefined || ids.includes(row.id)) &&
        (name === undefined || row.name === name) &&
        (resource_type === undefined || row.resourceType === resource_type) &&
        (creator_id === undefined || row.creatorId === creator_id),
    )
    const sort = sort_by ?? (names.defaultSort ? [names.defaultSort] : [])
    const { items, hasMore } = slice(rows, { page, per_page, sort })
    return many(req, query, { items: items.map((row) => item(type, shown(row))), hasMore })
  })

  api.post(path, { query: noQuery, body: NewName }, async ({ scope, body }) =>
    one(type, shown(await names.add(scope, { name: body.data.name, ...readType(body.data) }))),
  )

  api.get(`${path}/:id`, { params: byId, query: noQuery }, async ({ scope, params }) =>
    one(type, shown(await names.find(scope, params.id))),
  )

  api.put(`${path}/:id`, { params: byId, query: noQuery, body: NameChange }, async ({ scope, params, body }) =>
    one(type, shown(await names.change(scope, params.id, { name: body.data.name, ...readType(body.data) }))),
  )

  api.delete(`${path}/:id`, { params: byId, query: noQuery }, async ({ scope, params }) => {
    await names.remove(scope, params.id)
    return gone
  })
}

// In the schema where the list speaks of it.
const readType = (data: object) => ({ resourceType: (data as { resource_type?: string }).resource_type })

/** As the vendor shows one. */
export const writeName = (row: Named, hasType: boolean) => ({
  id: row.id,
  creator_id: row.creatorId,
  name: row.name,
  ...(hasType ? { resource_type: row.resourceType } : {}),
  created_at: moment(row.createdAt),
  updated_at: moment(row.updatedAt),
})
