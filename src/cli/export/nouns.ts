import { stringify } from 'csv-stringify/sync'
import { listDeals } from '../../domain/deal.ts'
import type { Key } from '../../domain/page.ts'
import { listParties } from '../../domain/party.ts'
import type { Scope } from '../../domain/scope.ts'
import type { ExportOptions } from '../export.ts'
import { dealFields } from '../import/deal-fields.ts'
import { companyFields, contactFields } from '../import/party-fields.ts'
import { adminScope, chooseWorkspace, requireStore, withOpenStore } from '../open.ts'
import type { Format } from '../rows/row.ts'
import { Names } from './names.ts'
import { type Output, toOutput } from './output.ts'
import { dealRow, type Exported, partiesOf, partyRow } from './rows.ts'

/** So many records are read and written at a time. */
const pageSize = 500

/** `crmux export deals`, `companies` or `contacts` */
export async function exportRows(what: 'deals' | 'companies' | 'contacts', options: ExportOptions): Promise<void> {
  requireStore(options)
  const { out: file, format = file && /\.(ndjson|jsonl)$/i.test(file) ? 'ndjson' : 'csv' } = options
  await withOpenStore(options, async ({ registry }) => {
    const scope = await adminScope(registry, await chooseWorkspace(registry, options.workspace), 'export')
    const names = await Names.open(scope, what === 'deals' ? 'deal' : 'contact')
    let count = 0
    await toOutput(file, async (out) => {
      const write = await writerOf(format, columnsOf(what, names), out)
      for await (const page of what === 'deals' ? dealPages(scope, names) : partyPages(scope, names, what)) {
        count += page.length
        await write(page)
      }
    })
    if (file !== undefined) process.stdout.write(`${file}: ${count.toLocaleString('en')} ${what}\n`)
  })
}

const nouns = { deals: dealFields, companies: companyFields, contacts: contactFields }

/** Every field that an import knows, then the custom ones. What only serves to make titles is no field of a record. */
const columnsOf = (what: keyof typeof nouns, names: Names): readonly string[] => [
  ...Object.keys(nouns[what]).filter((field) => field !== 'product'),
  ...names.customColumns(),
]

/** Writes a page of rows at a time; a CSV has its header even if nothing follows. */
async function writerOf(
  format: Format,
  columns: readonly string[],
  out: Output,
): Promise<(rows: readonly Exported[]) => Promise<void>> {
  if (format === 'ndjson') return (rows) => out.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  await out.write(stringify([columns]))
  return (rows) =>
    out.write(
      stringify(
        rows.map((row) => columns.map((column) => row[column])),
        { cast: { boolean: String } },
      ),
    )
}

async function* dealPages(scope: Scope, names: Names): AsyncGenerator<readonly Exported[]> {
  for (let after: Key | null | undefined; after !== null; ) {
    const page = await listDeals(scope, { limit: pageSize, after })
    const parties = await partiesOf(scope, page.items)
    yield await inTurn(page.items, (deal) => dealRow(names, parties, deal))
    after = page.next
  }
}

async function* partyPages(scope: Scope, names: Names, what: 'companies' | 'contacts'): AsyncGenerator<readonly Exported[]> {
  for (let after: Key | null | undefined; after !== null; ) {
    const page = await listParties(scope, { kind: what === 'companies' ? 'company' : 'person', limit: pageSize, after })
    const ids = [...new Set(page.items.map(({ companyId }) => companyId).filter((id) => id !== null))]
    const companies = await listParties(scope, { ids, deleted: 'both', limit: pageSize })
    const byId = new Map(companies.items.map((company) => [company.id, company]))
    yield await inTurn(page.items, (party) => partyRow(names, byId, party))
    after = page.next
  }
}

async function inTurn<T, U>(list: readonly T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const done: U[] = []
  for (const item of list) done.push(await work(item))
  return done
}
