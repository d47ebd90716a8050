import type { Includes } from './document.ts'
import { type Filter, parseFilter } from './filter.ts'
import { RawQuery, refuseQuery } from './raw-query.ts'
import { isIncludable, type ResourceType, targetOf } from './relations.ts'

/** What a list of one type can be asked. */
export interface ListSpec {
  type: ResourceType
  filters: ReadonlySet<string>
  sorts: ReadonlySet<string>
}

export interface Sort {
  by: string
  descending: boolean
}

export interface ListQuery {
  page: { number: number; size: number }
  includes: Includes
  sort: readonly Sort[]
  filter: Filter
}

/** What a route that answers one resource reads: before it writes anything. */
export const including = (type: ResourceType) => naming(['include']).transform((raw) => readIncludes(raw, type))

/** What a route that answers a list reads. */
export const listing = (spec: ListSpec) => {
  const filters = [...spec.filters].map((name) => `filter[${name}]`)
  const sort = spec.sorts.size > 0 ? ['sort'] : []
  const names = ['page[number]', 'page[size]', 'include', ...sort, ...filters]
  return naming(names).transform((raw) => ({ raw, ...readListQuery(raw, spec) }))
}

/** Tells readers of the schema which names are looked at; any others may come as well. */
const naming = (names: readonly string[]) =>
  RawQuery.meta({ properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) })

export const maxPageSize = 200

/** The last page that is looked for: beyond it no list reaches. */
const maxPage = 10_000_000

const readListQuery = (raw: RawQuery, spec: ListSpec): ListQuery => ({
  page: {
    number: wholeOf(raw, 'page[number]', 1, maxPage),
    // Clamped, because the vendor's own Ruby client asks for pages of 1000.
    size: Math.min(wholeOf(raw, 'page[size]', 30, Number.MAX_SAFE_INTEGER), maxPageSize),
  },
  includes: readIncludes(raw, spec.type),
  sort: readSort(raw, spec.sorts),
  filter: parseFilter(raw, spec.filters),
})

/** One value of a parameter; the last where it was given several times. */
const lastOf = (raw: RawQuery, name: string): string | undefined => [raw[name]].flat().at(-1)

function wholeOf(raw: RawQuery, name: string, otherwise: number, max: number): number {
  const text = lastOf(raw, name)
  if (text === undefined || text === '') return otherwise
  const value = /^\d{1,15}$/.test(text) ? Number(text) : 0
  return value >= 1 && value <= max ? value : refuseQuery('page', name, 'range')
}

const listOf = (raw: RawQuery, name: string): string[] =>
  [raw[name] ?? [], raw[`${name}[]`] ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '')

function readSort(raw: RawQuery, sorts: ReadonlySet<string>): Sort[] {
  return listOf(raw, 'sort').map((text) => {
    const descending = text.startsWith('-')
    const by = descending ? text.slice(1) : text
    return sorts.has(by) ? { by, descending } : refuseQuery('sort', by)
  })
}

/** Deeper paths lead in circles. */
const maxDepth = 5

function readIncludes(raw: RawQuery, type: ResourceType): Includes {
  let includes: Includes = {}
  for (const path of new Set(listOf(raw, 'include'))) {
    const names = path.split('.')
    if (names.length > maxDepth) refuseQuery('include', path)
    let at: ResourceType | null = type
    for (const name of names) {
      const target: ResourceType | null | undefined = at === null ? undefined : targetOf(at, name)
      if (target === undefined || at === null || !isIncludable(at, name)) return refuseQuery('include', path)
      at = target
    }
    includes = withPath(includes, names)
  }
  return includes
}

const withPath = (includes: Includes, [name, ...rest]: readonly string[]): Includes =>
  name === undefined ? includes : { ...includes, [name]: withPath(includes[name] ?? {}, rest) }
