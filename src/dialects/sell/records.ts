import { addRecord, type DialectRecord, deleteRecord, findRecord, listRecords, saveRecord } from '../../domain/record.ts'
import { atomically, requireRole, type Scope } from '../../domain/scope.ts'
import { requireName } from '../../domain/text.ts'
import type { Role } from '../../domain/user.ts'
import { byUpdate, type Named, type NameList } from './names.ts'
import { wholeList } from './paging.ts'

/** Lists that nobody but Sell has: where deals come from, and the tags there are. */

const sources = 'sources'
const tags = 'tags'

interface Keeping {
  collection: string
  /** What a name must be unique under. */
  keyOf(name: string, resourceType: string): string
  /** Where the caller does not say what it is for. */
  resourceType: string
  role: Role
}

const recordList = (
  { collection, keyOf, resourceType: usual, role }: Keeping,
  about: Pick<NameList, 'path' | 'type' | 'resourceTypes' | 'needsResourceType' | 'defaultSort'>,
): NameList => ({
  ...about,
  list: async (scope) => (await wholeList((window) => listRecords(scope, collection, window))).map(toNamed),
  find: async (scope, id) => toNamed(await findRecord(scope, collection, id)),
  add: async (scope, { name, resourceType = usual }) => {
    requireRole(scope, role)
    const data = { name: requireName(name), resourceType, creatorId: scope.user.id }
    return toNamed(await addRecord(scope, collection, keyOf(name, resourceType), data))
  },
  change: (scope, id, patch) => {
    requireRole(scope, role)
    return atomically(scope, async (scope) => {
      const before = await findRecord(scope, collection, id)
      const { name, resourceType = usual } = toNamed(before)
      const after = { name: requireName(patch.name ?? name), resourceType: patch.resourceType ?? resourceType }
      if (after.name === name && after.resourceType === resourceType) return toNamed(before)
      const key = keyOf(after.name, after.resourceType)
      return toNamed(await saveRecord(scope, collection, { ...before, key, data: { ...before.data, ...after } }))
    })
  },
  remove: (scope, id) => {
    requireRole(scope, role)
    return deleteRecord(scope, collection, id)
  },
})

// Written by this file alone, so the shape is known.
const toNamed = ({ id, data, createdAt, updatedAt }: DialectRecord): Named & { resourceType: string } => ({
  id,
  name: data.name as string,
  resourceType: data.resourceType as string,
  creatorId: data.creatorId as number,
  createdAt,
  updatedAt,
})

const sourceKeeping: Keeping = { collection: sources, keyOf: (name) => name, resourceType: 'deal', role: 'manager' }

/** The newer path of the same list; what is in it is for deals, because there are no leads here. */
export const dealSources = recordList(sourceKeeping, { path: '/v2/deal_sources', type: 'deal_source', resourceTypes: ['deal'] })
export const olderSources = recordList(sourceKeeping, { path: '/v2/sources', type: 'source' })

/** Whether there is a source of this id. */
export const hasSource = async (scope: Scope, id: number): Promise<boolean> =>
  (await listRecords(scope, sources, { ids: [id], limit: 1 })).items.length > 0

const tagKey = (name: string, resourceType: string): string => `${resourceType}:${name}`

/** Tags are sorted by their last change unless the caller says otherwise; the vendor's clients document it. */
export const tagList = recordList(
  { collection: tags, keyOf: tagKey, resourceType: 'deal', role: 'member' },
  { path: '/v2/tags', type: 'tag', resourceTypes: ['contact', 'deal', 'lead'], needsResourceType: true, defaultSort: byUpdate },
)

/** Tags need not exist to be assigned: using one makes it. */
export async function noteTags(scope: Scope, resourceType: 'contact' | 'deal', names: readonly string[]): Promise<void> {
  for (const name of names) {
    const key = tagKey(name, resourceType)
    const { items } = await listRecords(scope, tags, { key, limit: 1 })
    if (items.length === 0) await addRecord(scope, tags, key, { name, resourceType, creatorId: scope.user.id })
  }
}
