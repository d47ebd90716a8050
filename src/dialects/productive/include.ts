import type { Scope } from '../../domain/scope.ts'
import { loadActivities } from './activities.ts'
import { loadCompanies } from './companies.ts'
import { loadStatuses } from './deal-statuses.ts'
import { loadDeals } from './deals.ts'
import { compose, type Identifier, type Includes, identifier, type Load, one, type Resource } from './document.ts'
import { loadReasons } from './lost-reasons.ts'
import { loadMemberships, loadOrganizations, loadUsers } from './organizations.ts'
import { type Listing, page } from './page.ts'
import { loadPeople } from './people.ts'
import { loadPipelines } from './pipelines.ts'
import type { ResourceType } from './relations.ts'

const loaders: Readonly<Record<ResourceType, Load | null>> = {
  organizations: loadOrganizations,
  users: loadUsers,
  organization_memberships: loadMemberships,
  people: loadPeople,
  companies: loadCompanies,
  pipelines: loadPipelines,
  deal_statuses: loadStatuses,
  lost_reasons: loadReasons,
  deals: loadDeals,
  activities: loadActivities,
  deleted_items: null,
  webhooks: null,
}

/** One resource, with what the caller wants included. */
export const answerOne = async (scope: Scope, resource: Resource, includes: Includes, status = 200) =>
  one(compose(scope, resource, includes), await included(scope, [resource], includes), status)

/** A page of resources, with what the caller wants included. */
export const answerPage = async (scope: Scope, resources: readonly Resource[], listing: Listing, total: number) =>
  page(
    resources.map((resource) => compose(scope, resource, listing.includes)),
    await included(scope, resources, listing.includes),
    listing,
    total,
  )

interface Found {
  resource: Resource
  includes: Includes
}

/** The compound part of a document: each resource once, with every relation by which further ones were reached. */
async function included(scope: Scope, roots: readonly Resource[], includes: Includes): Promise<string[] | undefined> {
  if (Object.keys(includes).length === 0) return undefined
  const found = new Map<string, Found>()
  let wave: Found[] = roots.map((resource) => ({ resource, includes }))
  while (wave.length > 0) {
    const wanted = wantedBy(scope, wave)
    const loaded = await load(scope, wanted)
    wave = loaded.map((resource) => ({ resource, includes: wanted.get(keyOf(resource))?.includes ?? {} }))
    for (const { resource, includes } of wave) {
      const known = found.get(keyOf(resource))
      found.set(keyOf(resource), { resource, includes: merged(known?.includes, includes) })
    }
  }
  return [...found.values()].map(({ resource, includes }) => compose(scope, resource, includes))
}

const keyOf = ({ type, id }: Identifier): string => `${type}/${id}`

/** What the next step has to fetch, and what is asked of it. */
function wantedBy(scope: Scope, wave: readonly Found[]): Map<string, { link: Identifier; includes: Includes }> {
  const wanted = new Map<string, { link: Identifier; includes: Includes }>()
  for (const { resource, includes } of wave) {
    for (const [name, inner] of Object.entries(includes)) {
      const link = name === 'organization' ? identifier('organizations', scope.workspace.id) : resource.links?.[name]
      if (link) wanted.set(keyOf(link), { link, includes: merged(wanted.get(keyOf(link))?.includes, inner) })
    }
  }
  return wanted
}

async function load(scope: Scope, wanted: Map<string, { link: Identifier; includes: Includes }>): Promise<Resource[]> {
  const groups = Map.groupBy(wanted.values(), ({ link }) => link.type)
  const loaded = await Promise.all(
    [...groups].map(async ([type, group]) => {
      const ids = group.map(({ link }) => Number(link.id))
      const asked = group.reduce<Includes>((all, { includes }) => merged(all, includes), {})
      return (await loaders[type]?.(scope, ids, asked)) ?? []
    }),
  )
  return loaded.flat()
}

const merged = (a: Includes = {}, b: Includes): Includes => ({
  ...a,
  ...Object.fromEntries(Object.entries(b).map(([name, inner]) => [name, merged(a[name], inner)])),
})
