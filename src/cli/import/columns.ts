import type { CustomFieldType } from '../../domain/custom-field.ts'
import { Failure } from '../failure.ts'

/** What a column can be. `also`: headings under which other systems write it. */
export type Fields = Readonly<Record<string, { about: string; also: readonly string[] }>>

/** Which column holds what. */
export interface Mapping {
  /** Index of the column by field. */
  fields: ReadonlyMap<string, number>
  custom: readonly { index: number; name: string; type: CustomFieldType | undefined }[]
  /** Columns that are nothing. */
  unused: readonly { index: number; name: string }[]
}

/** Column by field as the caller says it: `close_value=value`, `Deal size=custom.Size`, `notes=-` to leave a column out. */
export type Said = ReadonlyMap<string, string>

const custom = /^custom\.(.+?)(?::(text|number|boolean|date|choice))?$/s

const bare = (heading: string): string => heading.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')

/** Fields by what is said of the columns, else by their headings. What a heading is not known as can still be a custom field. */
export function mapColumns(columns: readonly string[], fields: Fields, said: Said): Mapping {
  for (const column of said.keys()) {
    if (!columns.includes(column))
      throw new Failure(`--map names the column '${column}'. The file has: ${columns.join(', ')}.`, { usage: true })
  }
  const found = new Map<string, number>()
  const owns: { index: number; name: string; type: CustomFieldType | undefined }[] = []
  const left: { index: number; name: string }[] = []
  const take = (field: string, index: number) => {
    const other = found.get(field)
    if (other !== undefined)
      throw new Failure(`Columns '${columns[other]}' and '${columns[index]}' would both be ${field}. Say which with --map.`, {
        usage: true,
      })
    found.set(field, index)
  }
  for (const [index, column] of columns.entries()) {
    const field = said.get(column)
    if (field === '-') continue
    const own = custom.exec(field ?? column)
    if (own) owns.push({ index, name: own[1] ?? '', type: own[2] as CustomFieldType | undefined })
    else if (field === undefined) left.push({ index, name: column })
    else if (Object.hasOwn(fields, field)) take(field, index)
    else
      throw new Failure(
        `--map does not know the field '${field}'. There are: ${Object.keys(fields).join(', ')}, custom.NAME, and - for none.`,
        { usage: true },
      )
  }
  const unused = guess(left, fields, found)
  return { fields: found, custom: owns, unused }
}

/** Takes the columns whose headings are known, better known headings first. Returns the others. */
function guess(columns: readonly { index: number; name: string }[], fields: Fields, found: Map<string, number>) {
  const taken = new Set<number>()
  for (const [field, { also }] of Object.entries(fields)) {
    if (found.has(field)) continue
    const names = [field, ...also].map(bare)
    const candidates = columns
      .filter(({ index }) => !taken.has(index))
      .map(({ index, name }) => ({ index, place: names.indexOf(bare(name)) }))
      .filter(({ place }) => place >= 0)
      .sort((a, b) => a.place - b.place)
    const [best] = candidates
    if (!best) continue
    found.set(field, best.index)
    taken.add(best.index)
  }
  return columns.filter(({ index, name }) => !taken.has(index) && name !== '')
}
