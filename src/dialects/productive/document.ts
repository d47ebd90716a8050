import type { Scope } from '../../domain/scope.ts'
import type { Answer } from '../../http/speak.ts'
import { type ResourceType, relations } from './relations.ts'

/** What a resource is pointed at with. */
export interface Identifier {
  type: ResourceType
  id: string
}

/** A resource before it is known which of its relations the caller wants to see. Links that are not given are empty. */
export interface Resource extends Identifier {
  /** May be JSON already. */
  attributes: Readonly<Record<string, unknown>> | string
  links?: Readonly<Record<string, Identifier | null>>
}

/** What an `include` asks for: relations, and what is asked for of those in turn. */
export interface Includes {
  readonly [relation: string]: Includes
}

/** Fetches resources of one type. Ids that are nobody's are left out. */
export type Load = (scope: Scope, ids: readonly number[], includes: Includes) => Promise<readonly Resource[]>

export const identifier = (type: ResourceType, id: number | null): Identifier | null =>
  id === null ? null : { type, id: String(id) }

/** The relations of each type where nothing was asked for, cut where the organization's id belongs. */
const unasked = Object.fromEntries(
  Object.entries(relations).map(([type, own]) => [type, relationships(Object.keys(own), () => undefined, ' ').split(' ')]),
) as Record<ResourceType, string[]>

/** The organization is always resolved, other relations only where they were asked for. */
function relationships(names: readonly string[], linkOf: (name: string) => Identifier | null | undefined, organization: string) {
  const texts = names.map((name) => {
    const link = name === 'organization' ? { type: 'organizations', id: organization } : linkOf(name)
    return `"${name}":${JSON.stringify(link === undefined ? { meta: { included: false } } : { data: link })}`
  })
  return names.length === 0 ? '' : `,"relationships":{${texts.join()}}`
}

/** One resource as the wire has it, as JSON. */
export function compose({ workspace }: Scope, { type, id, attributes, links = {} }: Resource, includes: Includes): string {
  const own = typeof attributes === 'string' ? attributes : JSON.stringify(attributes)
  const asked = Object.keys(includes)
  const organization = String(workspace.id)
  const linkOf = (name: string) => (asked.includes(name) ? (links[name] ?? null) : undefined)
  const related =
    asked.length === 0 ? unasked[type].join(organization) : relationships(Object.keys(relations[type]), linkOf, organization)
  return `{"id":${JSON.stringify(id)},"type":"${type}","attributes":${own}${related}}`
}

/** One resource in its envelope; `included` is there only where something was asked for. */
export const one = (data: string, included: readonly string[] | undefined, status = 200) => ({
  status,
  body: `{"data":${data},${includedIn(included)}"meta":{}}`,
})

export const includedIn = (included: readonly string[] | undefined): string =>
  included ? `"included":[${included.join()}],` : ''

/** Done, and nothing to say. */
export const noContent: Answer = { status: 204, headers: { 'cache-control': 'no-cache', vary: 'Origin' } }
