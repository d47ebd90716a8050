import type { Deal } from '../../domain/deal.ts'
import { requireCurrency } from '../../domain/money.ts'
import type { Party } from '../../domain/party.ts'
import type { Scope } from '../../domain/scope.ts'
import { Failure } from '../failure.ts'
import type { DealImportOptions, ImportOptions } from '../import.ts'
import { template } from '../rows/values.ts'
import { Cells, type Reading } from './cells.ts'
import type { Mapping } from './columns.ts'
import { dealFields } from './deal-fields.ts'
import type { Directory } from './directory.ts'
import { importFile } from './file.ts'
import { companyFields, contactFields } from './party-fields.ts'
import { DealTally } from './summary.ts'
import { type DealDefaults, takeDeal } from './take-deal.ts'
import { takeParty } from './take-party.ts'

/** `crmux import deals FILE` */
export function importDeals(file: string, options: DealImportOptions): Promise<void> {
  const { pipeline, skipExisting = false } = options
  const currency = options.currency === undefined ? undefined : requireCurrency(options.currency.toUpperCase())
  const tally = new DealTally()
  const stages = new Map(
    (options.stages ?? []).flatMap(([name, here]) => (here === undefined ? [] : [[name.toLowerCase(), here]])),
  )
  return importFile<Deal>(file, options, {
    noun: 'deal',
    subject: 'deal',
    fields: dealFields,
    dates: ['created_at', 'closed_at', 'expected_close_date', 'stage_changed_at', 'archived_at'],
    before: (scope, directory) => layOut(scope, directory, options),
    prepare: (reading) => {
      const defaults: DealDefaults = { pipeline, currency, stages, skipExisting, titleOf: titles(options.title, reading) }
      return (scope, directory, row) => takeDeal(scope, directory, new Cells(row, reading), defaults)
    },
    onTaken: ({ record }) => tally.add(record),
    summary: () => tally.lines(),
    warning: ({ fields }) =>
      fields.has('external_id')
        ? undefined
        : "No column is the other system's id (external_id): running this again would make every deal a second time.",
  })
}

/** `crmux import companies FILE` and `crmux import contacts FILE` */
export const importParties = (kind: Party['kind'], file: string, options: ImportOptions): Promise<void> =>
  importFile<Party>(file, options, {
    noun: kind === 'company' ? 'company' : 'contact',
    subject: 'contact',
    fields: kind === 'company' ? companyFields : contactFields,
    dates: ['created_at'],
    before: async () => {},
    prepare: (reading) => (scope, directory, row) =>
      takeParty(scope, directory, new Cells(row, reading), { kind, skipExisting: options.skipExisting ?? false }),
    onTaken: () => {},
    summary: () => [],
    warning: () => undefined,
  })

/** Makes the stages that were named in order, where they may be made. */
async function layOut(scope: Scope, directory: Directory, { pipeline: name, stages = [] }: DealImportOptions): Promise<void> {
  directory.kept.beginBatch()
  const pipeline = name === undefined ? await directory.defaultPipeline(scope) : await directory.pipeline(scope, name)
  for (const [stage, here] of stages) await directory.stage(scope, pipeline, here ?? stage, { kind: 'open', isExact: false })
}

/** How titles come about: by a pattern, from their column, or of the company and the product. */
function titles(pattern: string | undefined, { mapping, columns }: Reading): (cells: Cells) => string {
  if (pattern === undefined && mapping.fields.has('title')) return (cells) => cells.text('title') ?? ''
  const { columns: used, fill } = template(pattern ?? ordinary(mapping, columns))
  const missing = used.find((column) => !columns.includes(column))
  if (missing !== undefined)
    throw new Failure(`--title names the column '${missing}'. The file has: ${columns.join(', ')}.`, { usage: true })
  return (cells) => fill((column) => cells.column(column))
}

function ordinary({ fields }: Mapping, columns: readonly string[]): string {
  const named = ['company', 'contact', 'product'].flatMap((field) => {
    const column = columns[fields.get(field) ?? -1]
    return column === undefined ? [] : [`{${column}}`]
  })
  const id = columns[fields.get('external_id') ?? -1]
  if (named.length === 0 && id === undefined) {
    throw new Failure(
      "No column is known as a title. Say which with --map COLUMN=title, or make titles with --title '{column} – {column}'.",
      { usage: true },
    )
  }
  return named.length === 0 ? `{${id}}` : named.join(' – ')
}
