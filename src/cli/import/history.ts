import type { Deal } from '../../domain/deal.ts'
import { requireCurrency } from '../../domain/money.ts'
import type { StageKind } from '../../domain/stage.ts'
import { Failure } from '../failure.ts'
import type { HistoryImportOptions } from '../import.ts'
import { template } from '../rows/values.ts'
import { Cells, type Reading } from './cells.ts'
import { importFile } from './file.ts'
import { historyFields } from './history-fields.ts'
import { number } from './summary.ts'
import type { Taken } from './take-deal.ts'
import { type StepDefaults, takeStep } from './take-step.ts'

/** `crmux import history FILE` */
export function importHistory(file: string, options: HistoryImportOptions): Promise<void> {
  const currency = options.currency === undefined ? undefined : requireCurrency(options.currency.toUpperCase())
  const kinds = kindsOf(options)
  const tally = new Map<string, number>()
  return importFile<Deal>(file, options, {
    noun: 'deal',
    subject: 'deal',
    fields: historyFields,
    dates: ['entered_at'],
    id: 'deal',
    before: async () => {},
    prepare: (reading) => {
      requireColumns(reading)
      const defaults: StepDefaults = { pipeline: options.pipeline, currency, kinds, titleOf: titles(options.title, reading) }
      return async (scope, directory, row) => {
        const cells = new Cells(row, reading)
        const taken = await takeStep(scope, directory, cells, defaults)
        return { ...taken, stage: cells.text('stage') }
      }
    },
    onTaken: ({ became, stage = '' }: Taken<Deal> & { stage?: string | undefined }) => {
      if (became === 'created' || became === 'updated') tally.set(stage, (tally.get(stage) ?? 0) + 1)
    },
    summary: () => [...tally].map(([stage, count]) => `${number(count).padStart(11)}  came to ${stage}`),
    warning: () => undefined,
  })
}

function kindsOf({ won = [], lost = [], unqualified = [] }: HistoryImportOptions): ReadonlyMap<string, StageKind> {
  const kinds = new Map<string, StageKind>()
  for (const [kind, names] of Object.entries({ won, lost, unqualified })) {
    for (const name of names) {
      if (kinds.has(name.toLowerCase())) throw new Failure(`Stage '${name}' cannot be two things at once.`, { usage: true })
      kinds.set(name.toLowerCase(), kind as StageKind)
    }
  }
  return kinds
}

function requireColumns({ mapping, columns }: Reading): void {
  const missing = ['deal', 'stage', 'entered_at'].find((field) => !mapping.fields.has(field))
  if (missing === undefined) return
  throw new Failure(
    `No column is known as ${missing}. Say which with --map COLUMN=${missing}. The file has: ${columns.join(', ')}.`,
    { usage: true },
  )
}

function titles(pattern: string | undefined, { columns }: Reading): (cells: Cells) => string {
  const plain = (cells: Cells) => cells.text('title') ?? cells.text('deal') ?? ''
  if (pattern === undefined) return plain
  const { columns: used, fill } = template(pattern)
  const missing = used.find((column) => !columns.includes(column))
  if (missing !== undefined)
    throw new Failure(`--title names the column '${missing}'. The file has: ${columns.join(', ')}.`, { usage: true })
  return (cells) => fill((column) => cells.column(column))
}
