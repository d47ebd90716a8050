import { resolve } from 'node:path'
import { readToken } from '../../config.ts'
import { type CustomFieldSubject, listCustomFields } from '../../domain/custom-field.ts'
import type { Scope } from '../../domain/scope.ts'
import type { Registry } from '../../domain/store.ts'
import { tokenOf } from '../../domain/undo.ts'
import { Failure } from '../failure.ts'
import type { ImportOptions } from '../import.ts'
import { adminScope, chooseWorkspace, withOpenStore } from '../open.ts'
import type { Row } from '../rows/row.ts'
import { columnsOf, openSource, rowsOf } from '../rows/source.ts'
import { textOf } from '../rows/values.ts'
import type { Reading } from './cells.ts'
import { type Fields, type Mapping, mapColumns } from './columns.ts'
import { Directory } from './directory.ts'
import { Kept } from './kept.ts'
import { openRejects } from './rejects.ts'
import { note, Report } from './report.ts'
import { runImport } from './run.ts'
import { surveyOf } from './survey.ts'
import type { Taken } from './take-deal.ts'

/** From so many rows on it pays to make a store ready for them. */
const worthLoading = 10_000

/** What is particular to deals, companies or contacts. */
export interface Noun<T> {
  noun: 'deal' | 'company' | 'contact'
  subject: CustomFieldSubject
  fields: Fields
  /** The field that holds the deal's external id, where it is another than `external_id`. */
  id?: string
  /** Fields that hold dates. */
  dates: readonly string[]
  before(scope: Scope, directory: Directory): Promise<void>
  /** Makes the taker of rows; what cannot work is said here, before anything is written. */
  prepare(reading: Reading): (scope: Scope, directory: Directory, row: Row) => Promise<Taken<T>>
  onTaken(taken: Taken<T>): void
  summary(): string[]
  warning(mapping: Mapping): string | undefined
}

/** Imports a file: looks at all of it first, so that one that cannot be trusted writes nothing, then takes its rows in. */
export async function importFile<T>(file: string, options: ImportOptions, noun: Noun<T>): Promise<void> {
  if (options.rejects !== undefined && resolve(options.rejects) === resolve(file)) {
    throw new Failure('--rejects names the file that is imported. Choose another.', { usage: true })
  }
  const source = await openSource(file, options)
  const columns = await columnsOf(source)
  const said = new Map((options.map ?? []).map(([column, field = '']) => [column, field]))
  const known = mapColumns(columns, noun.fields, said)
  const dates = noun.dates.flatMap((field) => known.fields.get(field) ?? [])
  const survey = await surveyOf(source, columns, dates, options.dateFormat)
  await withOpenStore(options, async ({ registry, load }) => {
    await prepareNew(registry)
    const scope = await adminScope(registry, await chooseWorkspace(registry, options.workspace), 'import')
    const mapping = await withCustomFields(scope, known, noun, columns, options)
    const { timeZone } = scope.workspace
    const take = noun.prepare({ mapping, columns, ...survey.dates, point: options.decimal, timeZone })
    tellMapping(columns, mapping, survey.dates.dateFormat, noun.warning(mapping))
    const rejects = options.rejects === undefined ? undefined : await openRejects(options.rejects, columns)
    const kept = new Kept({ creates: options.create ?? new Set(), isRehearsal: options.dryRun ?? false })
    const directory = new Directory(kept)
    const report = new Report({ rows: survey.rows, isRehearsal: options.dryRun ?? false, rejects })
    const isLoad = survey.rows >= worthLoading && !options.dryRun
    const loading = (work: () => Promise<void>) => (isLoad ? load(work) : work())
    await untilStopped((isStopped) =>
      loading(() =>
        runImport<T>({
          scope,
          directory,
          rows: rowsOf(source, columns),
          before: (scope) => noun.before(scope, directory),
          take: (scope, row) => take(scope, directory, row),
          expect: (scope, rows) => expectRows(scope, rows, mapping, noun.id ?? 'external_id'),
          dryRun: options.dryRun ?? false,
          onTaken: (taken) => {
            report.taken(taken.became)
            noun.onTaken(taken)
          },
          onRefused: (row, reason) => report.refused(row, reason),
          onBatch: (rows) => report.batch(rows),
          isStopped,
        }),
      ),
    ).finally(() => report.end())
    const first = scope.batch?.first ?? null
    const undo = first === null ? [] : [`to undo it: crmux undo ${tokenOf(first)}`]
    process.stdout.write(`${[...report.lines(kept, noun.summary()), ...undo].join('\n')}\n`)
    if (!report.isComplete()) process.exitCode = 1
  })
}

/** Deals are looked for by their external ids, companies by name and contacts by address, all of a batch at once. */
async function expectRows(scope: Scope, rows: readonly Row[], { fields }: Mapping, id: string): Promise<void> {
  const texts = (field: string): string[] => {
    const column = fields.get(field)
    if (column === undefined) return []
    return [...new Set(rows.map(({ cells }) => textOf(cells[column])))].filter((text) => text !== '')
  }
  const { deals, parties } = scope.store
  await deals.expect(texts(id))
  await parties.expect('company', 'name', texts('company'))
  const emails = texts('contact_email').map((email) => email.toLowerCase())
  await parties.expect('person', 'email', emails)
}

/** On a store that is new an import does what a first start would have done. */
async function prepareNew(registry: Registry): Promise<void> {
  const { prepare } = await import('../../serve.ts')
  const token = readToken(process.env.CRMUX_TOKEN)
  const made = await prepare(registry, { template: process.env.CRMUX_TEMPLATE, token })
  if (made !== undefined && token === undefined) note(`The store is new; the token of its admin, shown only now: ${made.token}`)
}

/** Lets the work ask whether somebody wants it to end; it ends where nothing is left half done. */
async function untilStopped(work: (isStopped: () => boolean) => Promise<void>): Promise<void> {
  let isStopped = false
  const stop = () => {
    isStopped = true
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  await work(() => isStopped).finally(() => process.off('SIGINT', stop).off('SIGTERM', stop))
}

/** Columns that are no field of ours are custom fields, where there is one of that name or where they may be made; a product as well. */
async function withCustomFields(
  scope: Scope,
  mapping: Mapping,
  noun: Noun<unknown>,
  columns: readonly string[],
  { create }: ImportOptions,
): Promise<Mapping> {
  const names = new Set((await listCustomFields(scope, noun.subject)).map(({ name }) => name))
  const isOwn = ({ name }: { name: string }) => create?.has('fields') || names.has(name)
  const product = mapping.fields.get('product')
  const candidates = [
    ...mapping.unused,
    ...(product === undefined ? [] : [{ index: product, name: columns[product] ?? 'product' }]),
  ]
  return {
    ...mapping,
    custom: [...mapping.custom, ...candidates.filter(isOwn).map((column) => ({ ...column, type: undefined }))],
    unused: mapping.unused.filter((column) => !isOwn(column)),
  }
}

function tellMapping(
  columns: readonly string[],
  { fields, custom, unused }: Mapping,
  dateFormat: string,
  warning: string | undefined,
): void {
  const parts = [
    ...[...fields].map(([field, index]) => (columns[index] === field ? field : `${columns[index]} → ${field}`)),
    ...custom.map(({ index, name }) => `${columns[index]} → custom field ${name}`),
  ]
  note(`Columns: ${parts.join(', ')}. Dates: ${dateFormat}.`)
  if (unused.length > 0)
    note(`Not imported: ${unused.map(({ name }) => name).join(', ')}. Say what they are with --map, or --create fields.`)
  if (warning !== undefined) note(warning)
}
