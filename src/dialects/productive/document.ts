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
  attributes: Readonly<Record<string, unknown>>
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

/** One resource as the wire has it. The organization is always resolved, other relations only where they were asked for. */
export function compose(scope: Scope, resource: Resource, includes: Includes): object {
  const { type, id, attributes, links = {} } = resource
  const names = Object.keys(relations[type])
  const relationships = Object.fromEntries(
    names.map((name) => {
      if (name === 'organization') return [name, { data: { type: 'organizations', id: String(scope.workspace.id) } }]
      return [name, Object.hasOwn(includes, name) ? { data: links[name] ?? null } : { meta: { included: false } }]
    }),
  )
  return names.length === 0 ? { id, type, attributes } : { id, type, attributes, relationships }
}

/** One resource in its envelope; `included` is there only where something was asked for. */
export const one = (data: object, included: readonly object[] | undefined, status = 200): Answer => ({
  status,
  body: { data, ...(included && { included }), meta: {} },
})

/** Done, and nothing to say. */
export const noContent: Answer = { status: 204, headers: { 'cache-control': 'no-cache', vary: 'Origin' } }
