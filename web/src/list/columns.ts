import type { CustomFieldJson } from '../../../src/dialects/native/custom-fields.ts'

/** The columns that a list of deals can have, and which of them somebody has chosen, in which order. */

export interface Column {
  /** In the address and in what is kept; `field:901` is a custom field. */
  id: string
  label: string
  /** What the API calls the sort; undefined: it cannot be sorted by. */
  sort?: string
  /** In pixels. */
  width: number
  align?: 'end'
}

const own: readonly Column[] = [
  { id: 'title', label: 'Title', sort: 'title', width: 260 },
  { id: 'value', label: 'Value', sort: 'amount', width: 130, align: 'end' },
  { id: 'stage', label: 'Stage', width: 150 },
  { id: 'outcome', label: 'Status', width: 110 },
  { id: 'owner', label: 'Owner', width: 150 },
  { id: 'company', label: 'Company', width: 180 },
  { id: 'contact', label: 'Contact', width: 170 },
  { id: 'expectedCloseDate', label: 'Expected close', sort: 'expectedCloseDate', width: 130 },
  { id: 'probability', label: 'Probability', width: 96, align: 'end' },
  { id: 'tags', label: 'Tags', width: 170 },
  { id: 'stageChangedAt', label: 'In stage since', sort: 'stageChangedAt', width: 130 },
  { id: 'createdAt', label: 'Created', sort: 'createdAt', width: 130 },
  { id: 'updatedAt', label: 'Last changed', sort: 'updatedAt', width: 130 },
  { id: 'closedAt', label: 'Closed', sort: 'closedAt', width: 130 },
  { id: 'lossReason', label: 'Loss reason', width: 170 },
  { id: 'id', label: 'Number', sort: 'id', width: 90, align: 'end' },
]

const usual = ['title', 'value', 'stage', 'owner', 'company', 'expectedCloseDate', 'updatedAt']

export const columnsOf = (fields: readonly CustomFieldJson[]): Column[] => [
  ...own,
  ...fields
    .filter(({ subject }) => subject === 'deal')
    .map(
      ({ id, name, type }): Column => ({
        id: `field:${id}`,
        label: name,
        width: 150,
        ...(type === 'number' ? { align: 'end' as const } : {}),
      }),
    ),
]

/** What a row is told by: it comes first and cannot be hidden. */
const anchor = 'title'

/**
 * The chosen columns in their order, from what is kept or in the address. Columns that are gone by now are left out, and the title
 * is always there.
 */
export function readChoice(text: string | null | undefined, columns: readonly Column[]): string[] {
  const known = new Set(columns.map(({ id }) => id))
  const wanted = text ? text.split(',').filter((id) => known.has(id)) : usual
  return [anchor, ...new Set(wanted.filter((id) => id !== anchor))]
}

export const writeChoice = (choice: readonly string[]): string => choice.join(',')

export const isUsual = (choice: readonly string[]): boolean => writeChoice(choice) === writeChoice(usual)

export const withColumn = (choice: readonly string[], id: string, isShown: boolean): string[] => {
  if (id === anchor || choice.includes(id) === isShown) return [...choice]
  return isShown ? [...choice, id] : choice.filter((other) => other !== id)
}

/** A shown column one place to the left or right; the title stays first. */
export function withColumnMoved(choice: readonly string[], id: string, step: -1 | 1): string[] {
  const at = choice.indexOf(id)
  const to = at + step
  if (at < 1 || to < 1 || to >= choice.length) return [...choice]
  return choice.toSpliced(at, 1).toSpliced(to, 0, id)
}

/** What a click on a head sorts by: ascending, then descending, then as at first. */
export function nextSort(column: Column, sort: string | undefined): string | undefined {
  if (column.sort === undefined) return sort
  if (sort === column.sort) return `-${column.sort}`
  return sort === `-${column.sort}` ? undefined : column.sort
}

export const ariaSort = (column: Column, sort: string | undefined): 'ascending' | 'descending' | 'none' | undefined =>
  column.sort === undefined ? undefined : sort === column.sort ? 'ascending' : sort === `-${column.sort}` ? 'descending' : 'none'
