import { Command, Option } from 'commander'
import { examples, type StoreOptions, withWorkspace } from './options.ts'
import type { Format } from './rows/row.ts'

export interface ExportOptions extends StoreOptions {
  workspace: string | undefined
  format: Format | undefined
  out: string | undefined
}

export const exportCommand = (): Command =>
  new Command('export')
    .description(
      'Write everything out in a form that import takes back without loss: companies first, then contacts, then deals.',
    )
    .addCommand(exporting('deals', 'Write all deals, archived ones included and deleted ones not, in order of their ids.'))
    .addCommand(exporting('companies', 'Write all companies.'))
    .addCommand(exporting('contacts', 'Write all contacts.'))

const exporting = (what: 'deals' | 'companies' | 'contacts', description: string): Command =>
  withWorkspace(new Command(what).description(description))
    .addOption(new Option('--format <format>', 'where --out does not say it (csv where neither does)').choices(['csv', 'ndjson']))
    .option('--out <file>', 'where it goes; standard output where not said')
    .addHelpText(
      'after',
      examples(`crmux export ${what} --out ${what}.csv`, `crmux export ${what} --format ndjson | gzip > ${what}.ndjson.gz`),
    )
    .action(async (options: ExportOptions) => (await import('./export/nouns.ts')).exportRows(what, options))
