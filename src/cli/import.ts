import { Command, Option } from 'commander'
import type { Fields } from './import/columns.ts'
import { dealFields } from './import/deal-fields.ts'
import { historyFields } from './import/history-fields.ts'
import { companyFields, contactFields } from './import/party-fields.ts'
import { type Thing, things } from './import/things.ts'
import { examples, reading, readPairs, type StoreOptions, withWorkspace } from './options.ts'
import { dateFormat } from './rows/dates.ts'
import { requireEncoding } from './rows/decode.ts'
import type { Format } from './rows/row.ts'

export interface ImportOptions extends StoreOptions {
  workspace: string | undefined
  map: readonly Pair[] | undefined
  create: ReadonlySet<Thing> | undefined
  dateFormat: string | undefined
  format: Format | undefined
  delimiter: string | undefined
  encoding: string | undefined
  decimal: '.' | ','
  rejects: string | undefined
  dryRun: boolean | undefined
  skipExisting?: boolean | undefined
}

export interface DealImportOptions extends ImportOptions {
  stages: readonly Pair[] | undefined
  pipeline: string | undefined
  currency: string | undefined
  title: string | undefined
}

export interface HistoryImportOptions extends ImportOptions {
  pipeline: string | undefined
  currency: string | undefined
  title: string | undefined
  won: readonly string[] | undefined
  lost: readonly string[] | undefined
  unqualified: readonly string[] | undefined
}

type Pair = readonly [string, string | undefined]

export const importCommand = (): Command =>
  new Command('import')
    .description('Take in a CSV with a header, or a file with one JSON object a line, of any size.')
    .addCommand(
      importing('deals', dealFields, 'matched by external_id')
        .option('--pipeline <name>', 'the pipeline of rows that name none (the default one where not said)')
        .option(
          '--stages <list>',
          "the file's stages in their order, each with what it is here if not a stage of that name: 'Lead,Offer,Done=won'",
          pairs,
        )
        .option('--currency <code>', "ISO 4217 code of rows that name none (the workspace's where not said)")
        .option('--title <pattern>', "titles made of columns: '{account} – {product}'")
        .addHelpText(
          'after',
          examples(
            'crmux import deals deals.csv --create',
            'crmux import deals deals.csv --dry-run --rejects refused.csv',
            "crmux import deals deals.csv --map 'Deal size=value,Rep=owner,Notes=-' --create owners,companies",
            "crmux import deals deals.csv --pipeline Sales --stages 'Lead,Offer,Closed Won=won,Closed Lost=lost' --create",
            "crmux import deals alt.csv --encoding windows-1252 --delimiter ';' --decimal , --date-format d.m.yyyy",
          ),
        )
        .action(async (file: string, options: DealImportOptions) =>
          (await import('./import/nouns.ts')).importDeals(file, options),
        ),
    )
    .addCommand(
      importingHistory()
        .option('--pipeline <name>', 'the pipeline of all rows (the default one where not said)')
        .option('--won <stages>', "which of the file's stages win a deal: 'Signed,Paid'", names)
        .option('--lost <stages>', 'which of them lose it', names)
        .option('--unqualified <stages>', 'which of them find it not to qualify', names)
        .option('--currency <code>', "ISO 4217 code of rows that name none (the workspace's where not said)")
        .option('--title <pattern>', "titles made of columns: 'Application {application}'; the deal's id where not said")
        .addHelpText(
          'after',
          examples(
            'crmux import history changes.csv --create',
            'crmux import history changes.csv.gz --dry-run --rejects refused.csv',
            "crmux import history log.csv --map case=deal,activity=stage,time=entered_at --pipeline Loans --won Paid --lost 'Declined,Cancelled' --create",
          ),
        )
        .action(async (file: string, options: HistoryImportOptions) =>
          (await import('./import/history.ts')).importHistory(file, options),
        ),
    )
    .addCommand(
      importing('companies', companyFields, 'matched by name')
        .addHelpText('after', examples('crmux import companies accounts.csv --create fields'))
        .action(async (file: string, options: ImportOptions) =>
          (await import('./import/nouns.ts')).importParties('company', file, options),
        ),
    )
    .addCommand(
      importing('contacts', contactFields, 'matched by e-mail address, else by name and company')
        .addHelpText('after', examples('crmux import contacts people.csv --create companies'))
        .action(async (file: string, options: ImportOptions) =>
          (await import('./import/nouns.ts')).importParties('person', file, options),
        ),
    )

/** What came to be when: a row for every stage that a deal came to, with the moments that it really came. */
const importingHistory = (): Command =>
  importingRows(
    'history',
    historyFields,
    'Take in what deals lived through: a row for each stage that a deal came to, in the order of time. Original moments are kept in history, stage times and reports. Rows that were taken in before are left as they are.',
  )

/** What the others have in common. */
const importing = (what: string, fields: Fields, matched: string): Command =>
  importingRows(
    what,
    fields,
    `Take in ${what}. Rows that were taken in before are brought up to date (${matched}), never doubled.`,
  ).option('--skip-existing', 'leave what was taken in before as it is')

/** What all of them have in common. */
const importingRows = (what: string, fields: Fields, description: string): Command =>
  withWorkspace(new Command(what).description(description))
    .argument('<file>', 'CSV, or NDJSON where it ends in .ndjson or .jsonl; either may be packed, .gz')
    .option(
      '--map <column=field,…>',
      'what a column is, where its heading does not say it; - for nothing; may be repeated',
      pairs,
    )
    .addOption(
      new Option('--create [what]', `make what rows name and is not there: all, or some of ${things.join(', ')}`)
        .preset('all')
        .argParser(reading(readThings)),
    )
    .addOption(
      new Option(
        '--date-format <format>',
        'm/d/yyyy, d.m.yyyy, d mmm yyyy, …; ISO dates are always read; found out where not said',
      ).argParser(reading(requireDateFormat)),
    )
    .addOption(new Option('--decimal <mark>', 'what parts decimals').choices(['.', ',']).default('.'))
    .addOption(new Option('--delimiter <mark>', 'what parts columns; found out where not said').argParser(readDelimiter))
    .addOption(
      new Option('--encoding <name>', 'how the file is encoded where it is not UTF-8: windows-1252, utf-16le, …').argParser(
        reading(requireEncoding),
      ),
    )
    .addOption(new Option('--format <format>', 'where the name of the file does not say it').choices(['csv', 'ndjson']))
    .option('--dry-run', 'do everything, undo it, and tell what would happen')
    .option('--rejects <file>', 'write every refused row with its line and the reason, to be put right and imported again')
    .addHelpText(
      'after',
      `\nA column is known by its heading. These can be named with --map, or custom.NAME for a custom field:\n${fieldList(fields)}\n\nExits 1 if any row was refused.`,
    )

const names = (text: string): readonly string[] => readPairs(text).map(([name]) => name)

const pairs = (text: string, others: readonly Pair[] = []): readonly Pair[] => [...others, ...readPairs(text)]

function requireDateFormat(text: string): string {
  dateFormat(text)
  return text
}

const readDelimiter = (text: string): string => (text === '\\t' || text === 'tab' ? '\t' : text)

/** Words that other systems have for the same. */
const synonyms: Readonly<Record<string, Thing>> = {
  accounts: 'companies',
  organizations: 'companies',
  people: 'contacts',
  users: 'owners',
}

function readThings(text: string): ReadonlySet<Thing> {
  if (text === 'all') return new Set(things)
  const names = text.split(',').map((name) => name.trim().toLowerCase())
  const known = names.map((name) => things.find((thing) => thing === (synonyms[name] ?? name)))
  const unknown = names.find((_, index) => known[index] === undefined)
  if (unknown !== undefined)
    throw new Error(`'${unknown}' cannot be made. It takes all, or some of ${things.join(', ')}; put the file before it.`)
  return new Set(known.filter((thing) => thing !== undefined))
}

const fieldList = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, { about }]) => `  ${name.padEnd(20)} ${about}`)
    .join('\n')
