import { resolve } from 'node:path'
import { readToken } from '../../config.ts'
import type { CustomFieldSubject } from '../../domain/custom-field.ts'
import { listCustomFields } from '../../domain/custom-field.ts'
import type { Scope } from '../../domain/scope.ts'
import { Failure } from '../failure.ts'
import type { ImportOptions } from '../import.ts'
import { adminScope, chooseWorkspace, withOpenStore } from '../open.ts'
import { progressBar } from '../progress.ts'
import { DateGuess, type DateReader, dateReader } from '../rows/dates.ts'
import type { Row, Source } from '../rows/row.ts'
import { columnsOf, openSource, rowsOf } from '../rows/source.ts'
import { textOf } from '../rows/values.ts'
import type { Reading } from './cells.ts'
import { type Fields, type Mapping, mapColumns } from './columns.ts'
import { Directory } from './directory.ts'
import { openRejects } from './rejects.ts'
import { runImport } from './run.ts'
import { madeWords, number } from './summary.ts'
import type { Taken } from './take-deal.ts'

/** What is particular to deals, companies or contacts. */
export interface Noun<T> {
  noun: 'deal' | 'company' | 'contact'
  subject: CustomFieldSubject
  fields: Fields
  /** Fields that hold dates. */
  dates: readonly string[]
  before(scope: Scope, directory: Directory): Promise<void>
  /** Makes the taker of rows; what cannot work is said here, before anything is written. */
  prepare(reading: Reading): (scope: Scope, directory: Directory, row: Row) => Promise<Taken<T>>
  onTaken(taken: Taken<T>): void
  summary(): string[]
  warning(mapping: Mapping): string | undefined
}

/** So many refused rows are told at once; all of them are in the reject file. */
const refusalsShown = 10

/** Imports a file: looks at all of it first, so that one that cannot be trusted writes nothing, then takes its rows in. */
export async function importFile<T>(file: string, options: ImportOptions, noun: Noun<T>): Promise<void> {
  if (options.rejects !== undefined && resolve(options.rejects) === resolve(file)) {
    throw new Failure('--rejects names the file that is imported. Choose another.', { usage: true })
  }
  const source = await openSource(file, options)
  const columns = await columnsOf(source)
  const said = new Map((options.map ?? []).map(([column, field = '']) => [column, field]))
  const known = mapColumns(columns, noun.fields, said)
  const survey = await surveyOf(
    source,
    columns,
    noun.dates.flatMap((field) => known.fields.get(field) ?? []),
    options.dateFormat,
  )
  await withOpenStore(options, async ({ registry }) => {
    const { prepare } = await import('../../serve.ts')
    const token = readToken(process.env.CRMUX_TOKEN)
    const firstToken = await prepare(registry, { template: process.env.CRMUX_TEMPLATE, token })
    if (firstToken !== undefined && token === undefined)
      note(`The store is new; the token of its admin, shown only now: ${firstToken}`)
    const workspace = await chooseWorkspace(registry, options.workspace)
    const scope = await adminScope(registry, workspace, 'import')
    const mapping = await withCustomFields(scope, known, noun, columns, options)
    const reading: Reading = { mapping, columns, ...survey.dates, point: options.decimal, timeZone: workspace.timeZone }
    const take = noun.prepare(reading)
    tellMapping(columns, mapping, survey.dates.dateFormat, noun.warning(mapping))

    const began = performance.now()
    const directory = new Directory(options.create ?? new Set())
    const rejects = options.rejects === undefined ? undefined : await openRejects(options.rejects, columns)
    const bar = progressBar(options.dryRun ? 'Rehearsing' : 'Importing', survey.rows)
    const counts = { created: 0, updated: 0, unchanged: 0, skipped: 0, refused: 0 }
    let done = 0
    let isStopped = false
    const stop = () => {
      isStopped = true
    }
    process.once('SIGINT', stop).once('SIGTERM', stop)
    await runImport<T>({
      scope,
      directory,
      rows: rowsOf(source, columns),
      before: (scope) => noun.before(scope, directory),
      take: (scope, row) => take(scope, directory, row),
      dryRun: options.dryRun ?? false,
      onTaken: (taken) => {
        counts[taken.became]++
        noun.onTaken(taken)
      },
      onRefused: (row, reason) => {
        rejects?.write(row, reason)
        if (counts.refused++ < refusalsShown) note(`line ${row.line}: ${reason}`)
      },
      onBatch: (rows) => {
        done += rows
        bar.update(done, `${rate(done, began)} rows/s`)
      },
      isStopped: () => isStopped,
    }).finally(async () => {
      bar.stop()
      await rejects?.close()
    })
    process.off('SIGINT', stop).off('SIGTERM', stop)
    if (counts.refused > refusalsShown)
      note(
        `… and ${number(counts.refused - refusalsShown)} more${options.rejects === undefined ? '; --rejects FILE writes all of them' : ''}`,
      )
    if (isStopped)
      note(`Stopped after ${number(done)} of ${number(survey.rows)} rows. What was taken in stays; run it again to go on.`)
    const made = madeWords(directory)
    const lines = [
      `${number(done)} rows in ${((performance.now() - began) / 1000).toFixed(1)} s (${rate(done, began)} rows/s)${options.dryRun ? ', all of it undone: this was a dry run' : ''}`,
      Object.entries(counts)
        .filter(([name, count]) => count > 0 || name === 'created' || name === 'refused')
        .map(([name, count]) => `${number(count)} ${name}`)
        .join(', '),
      ...(made === '' ? [] : [`made on the way: ${made}`]),
      ...noun.summary(),
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
    if (counts.refused > 0 || isStopped) process.exitCode = 1
  })
}

const note = (text: string): boolean => process.stderr.write(`${text}\n`)

const rate = (rows: number, since: number): string => number(Math.round((rows / Math.max(1, performance.now() - since)) * 1000))

interface Survey {
  rows: number
  dates: { date: DateReader; dateFormat: string }
}

/** Reads the whole file once: how many rows it has, how its dates are written, and whether it can be read to its end at all. */
async function surveyOf(
  source: Source,
  columns: readonly string[],
  dates: readonly number[],
  said: string | undefined,
): Promise<Survey> {
  const guess = new DateGuess()
  let rows = 0
  for await (const { cells, problem } of rowsOf(source, columns)) {
    rows++
    if (problem !== undefined || said !== undefined) continue
    for (const index of dates) {
      const text = textOf(cells[index])
      if (text !== '') guess.look(text)
    }
  }
  try {
    const format = said ?? guess.format()
    return { rows, dates: { date: dateReader(format), dateFormat: format ?? 'yyyy-mm-dd' } }
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error), { usage: true })
  }
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
