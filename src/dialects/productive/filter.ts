import { type RawQuery, refuseQuery } from './raw-query.ts'

export const operators = ['eq', 'not_eq', 'contains', 'not_contain', 'gt', 'gt_eq', 'lt', 'lt_eq'] as const
export type Operator = (typeof operators)[number]

/** One comparison. Several values are alternatives. */
export interface Comparison {
  field: string
  operator: Operator
  values: readonly string[]
}

/** What `filter[…]` asks for: comparisons, grouped by `$op`. */
export type Filter = { op: 'and' | 'or'; terms: readonly Filter[] } | Comparison

/** One level of brackets: the values that stand here, and what is further inside. */
interface Node {
  values: string[]
  inside: Map<string, Node>
}

/** More brackets or comparisons than a person would write. */
const [maxDepth, maxComparisons] = [12, 100]

/**
 * `filter[a]=1`, `filter[a]=1,2`, `filter[a][]=1`, `filter[a][eq]=1`, `filter[a][eq][]=1`, and groups `filter[$op]=or&filter[0][a]=1`
 * with further groups inside (guide: Filtering, Logical operation groups).
 */
export function parseFilter(raw: RawQuery, fields: ReadonlySet<string>): Filter {
  const root: Node = { values: [], inside: new Map() }
  for (const [name, value] of Object.entries(raw)) {
    if (!name.startsWith('filter[')) continue
    const steps = [...name.matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? '')
    if (steps.length > maxDepth || `filter${steps.map((step) => `[${step}]`).join('')}` !== name)
      refuseQuery('filter', outermost(name))
    let node = root
    for (const step of steps) {
      const next = node.inside.get(step) ?? { values: [], inside: new Map() }
      node.inside.set(step, next)
      node = next
    }
    node.values.push(...[value].flat())
  }
  const filter = groupOf(root, fields)
  if (sizeOf(filter) > maxComparisons) refuseQuery('filter', 'too many comparisons')
  return filter
}

const outermost = (name: string): string => name.slice('filter['.length).split(']')[0]?.slice(0, 100) ?? ''

function groupOf(node: Node, fields: ReadonlySet<string>): Filter {
  const op = node.inside.get('$op')?.values.at(-1) ?? 'and'
  if (op !== 'and' && op !== 'or') return refuseQuery('filter', '$op')
  const terms = [...node.inside]
    .filter(([name]) => name !== '$op')
    .flatMap(([name, inner]) => (/^\d+$/.test(name) ? [groupOf(inner, fields)] : comparisonsOf(name, inner, fields)))
  return { op, terms }
}

function comparisonsOf(name: string, node: Node, fields: ReadonlySet<string>): Comparison[] {
  // The fields that an organization has added are one filter each: `filter[custom_fields][12]=x`.
  if (name === 'custom_fields' && fields.has(name))
    return [...node.inside].flatMap(([id, inner]) => operatorsOf(`${name}.${id}`, inner))
  return fields.has(name) ? operatorsOf(name, node) : refuseQuery('filter', name)
}

function operatorsOf(field: string, { values, inside }: Node): Comparison[] {
  const comparisons: Comparison[] = []
  const plain = [...values, ...(inside.get('')?.values ?? [])]
  if (plain.length > 0) comparisons.push({ field, operator: 'eq', values: plain })
  for (const [name, inner] of inside) {
    if (name === '') continue
    const operator = operators.find((known) => known === name) ?? refuseQuery('filter', `${field}[${name}]`)
    comparisons.push({ field, operator, values: [...inner.values, ...(inner.inside.get('')?.values ?? [])] })
  }
  return comparisons
}

const sizeOf = (filter: Filter): number => ('op' in filter ? filter.terms.reduce((sum, term) => sum + sizeOf(term), 0) : 1)

/** `1,2` and `1`, `2` are the same alternatives, for whatever has no commas in itself. */
export const splitValues = (values: readonly string[]): string[] =>
  values.flatMap((value) => value.split(',')).map((value) => value.trim())
