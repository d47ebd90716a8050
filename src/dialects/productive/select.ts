import { isDay } from '../../domain/time.ts'
import { type Comparison, type Filter, splitValues } from './filter.ts'
import type { ListQuery, ListSpec, Sort } from './query.ts'
import { refuseQuery } from './raw-query.ts'
import type { ResourceType } from './relations.ts'

/** What a row has for a filter or a sort. Moments are milliseconds. */
export type Value = string | number | boolean | null

/** How one type is filtered and sorted where its rows are few enough to look at each. */
export interface Selection<Row> {
  type: ResourceType
  filters: Readonly<Record<string, { kind: 'number' | 'boolean' | 'text' | 'words' | 'time'; of(row: Row): Value }>>
  sorts: Readonly<Record<string, (row: Row) => Value>>
  /** What decides where nothing else does, or nothing was asked for. */
  order: readonly Sort[]
}

export const specOf = <Row>({ type, filters, sorts }: Selection<Row>): ListSpec => ({
  type,
  filters: new Set(Object.keys(filters)),
  sorts: new Set(Object.keys(sorts)),
})

/** The rows that a query asks for, in its order: all of them, so that they can be counted. */
export function select<Row>(rows: readonly Row[], { filter, sort }: ListQuery, selection: Selection<Row>): Row[] {
  const sorts = [...sort, ...selection.order].flatMap(({ by, descending }) => {
    const of = selection.sorts[by]
    return of ? [{ of, descending }] : []
  })
  return rows
    .filter((row) => matches(row, filter, selection))
    .toSorted((a, b) => {
      for (const { of, descending } of sorts) {
        const order = compare(of(a), of(b), descending)
        if (order !== 0) return order
      }
      return 0
    })
}

/** Nothing comes last, whichever way. */
function compare(a: Value, b: Value, descending: boolean): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? 1 : -1
  const order = typeof a === 'string' && typeof b === 'string' ? byText(a, b) : a < b ? -1 : 1
  return descending ? -order : order
}

/** Made when first needed: a collator, its tables and the code that reads them take 7 MB. */
let collator: Intl.Collator | undefined

function byText(a: string, b: string): number {
  collator ??= new Intl.Collator('en')
  return collator.compare(a, b)
}

function matches<Row>(row: Row, filter: Filter, selection: Selection<Row>): boolean {
  if (!('op' in filter)) return holds(row, filter, selection)
  const test = (term: Filter) => matches(row, term, selection)
  return filter.op === 'and' ? filter.terms.every(test) : filter.terms.some(test)
}

function holds<Row>(row: Row, { field, operator, values }: Comparison, { filters }: Selection<Row>): boolean {
  const { kind, of } = filters[field] ?? refuseQuery('filter', field)
  const value = of(row)
  const isText = kind === 'text' || kind === 'words'
  const wanted = isText ? values : splitValues(values).map((text) => readValue(kind, text))
  const equals = (other: Value) => (kind === 'words' ? hasWords(String(value), String(other)) : value === other)
  const contains = (other: Value) =>
    isText
      ? String(value ?? '')
          .toLowerCase()
          .includes(String(other).toLowerCase())
      : value === other
  const isBeside = (test: (a: number | string, b: number | string) => boolean) =>
    wanted.some(
      (other) =>
        typeof other === typeof value &&
        typeof value !== 'boolean' &&
        value !== null &&
        other !== null &&
        test(value, other as typeof value),
    )
  switch (operator) {
    case 'eq':
      return wanted.some(equals)
    case 'not_eq':
      return !wanted.some(equals)
    case 'contains':
      return wanted.some(contains)
    case 'not_contain':
      return !wanted.some(contains)
    case 'gt':
      return isBeside((a, b) => a > b)
    case 'gt_eq':
      return isBeside((a, b) => a >= b)
    case 'lt':
      return isBeside((a, b) => a < b)
    case 'lt_eq':
      return isBeside((a, b) => a <= b)
  }
}

/** What a text in a query stands for; what it cannot stand for is equal to nothing. */
function readValue(kind: 'number' | 'boolean' | 'time', text: string): Value {
  switch (kind) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    case 'boolean':
      return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : Number.NaN
    case 'time':
      return isDay(text) || /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  }
}

const hasWords = (text: string, words: string): boolean => {
  const has = text.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => has.includes(word))
}
