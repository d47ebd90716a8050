import { Readable } from 'node:stream'
import { z } from 'zod'
import { type CustomField, listCustomFields } from '../../domain/custom-field.ts'
import { type Deal, type DealFilter, listDeals } from '../../domain/deal.ts'
import { toDecimal } from '../../domain/money.ts'
import type { Key } from '../../domain/page.ts'
import type { Scope } from '../../domain/scope.ts'
import type { Json } from '../../domain/text.ts'
import { fail } from '../../http/fault.ts'
import { DealsQuery, type dealSorts, readFilter } from './deal-list.ts'
import { type Names, namesFor } from './deal-names.ts'
import { readSort, type Sort } from './paging.ts'
import type { NativeSpeaker } from './speaker.ts'
import { timeOrNull } from './wire.ts'

/** A list of deals as a table for spreadsheets: with names where the API has ids. */

interface Column {
  heading: string
  /** A text is kept from being a formula where a spreadsheet opens it; a number, a day or a time never is one. */
  isText: boolean
  cell(deal: Deal, names: Names): Json
}

const text = (heading: string, cell: Column['cell']): Column => ({ heading, isText: true, cell })
const plain = (heading: string, cell: Column['cell']): Column => ({ heading, isText: false, cell })

const columns: Readonly<Record<string, Column>> = {
  id: plain('Id', ({ id }) => id),
  externalId: text('External id', ({ externalId }) => externalId),
  title: text('Title', ({ title }) => title),
  value: plain('Value', ({ amount, currency }) => toDecimal(amount, currency)),
  currency: plain('Currency', ({ currency }) => currency),
  pipeline: text('Pipeline', ({ pipelineId }, names) => names.pipelines.get(pipelineId) ?? null),
  stage: text('Stage', ({ stageId }, names) => names.stages.get(stageId) ?? null),
  outcome: plain('Outcome', ({ outcome }) => outcome),
  owner: text('Owner', ({ ownerId }, names) => names.members.get(ownerId) ?? null),
  company: text('Company', ({ companyId }, names) => names.parties.get(companyId ?? 0) ?? null),
  contact: text('Contact', ({ contactId }, names) => names.parties.get(contactId ?? 0) ?? null),
  probability: plain('Probability', ({ probability }) => probability),
  expectedCloseDate: plain('Expected close date', ({ expectedCloseDate }) => expectedCloseDate),
  lossReason: text('Loss reason', ({ lossReasonId }, names) => names.lossReasons.get(lossReasonId ?? 0) ?? null),
  lossComment: text('Loss comment', ({ lossComment }) => lossComment),
  tags: text('Tags', ({ tags }) => tags.join(', ')),
  stageChangedAt: plain('Stage changed at', ({ stageChangedAt }) => timeOrNull(stageChangedAt)),
  closedAt: plain('Closed at', ({ closedAt }) => timeOrNull(closedAt)),
  createdAt: plain('Created at', ({ createdAt }) => timeOrNull(createdAt)),
  updatedAt: plain('Updated at', ({ updatedAt }) => timeOrNull(updatedAt)),
  archivedAt: plain('Archived at', ({ archivedAt }) => timeOrNull(archivedAt)),
}

const usual = ['title', 'value', 'currency', 'stage', 'outcome', 'owner', 'company', 'contact', 'expectedCloseDate', 'createdAt']

const CsvQuery = DealsQuery.omit({ limit: true, skip: true, cursor: true }).extend({
  columns: z
    .string()
    .min(1)
    .optional()
    .meta({
      description: `Which columns in which order, separated by commas: ${Object.keys(columns).join(', ')}, and \`field:ID\` for a custom field. Where there is a value, its currency is beside it. Not said: ${usual.join(', ')}.`,
      example: 'title,value,owner,field:901',
    }),
})

/** So many deals are read at a time; no more are held, however long the list is. */
const pageSize = 500

/** What a spreadsheet would take for the beginning of a formula (OWASP: CSV injection). */
const formula = /^[=+\-@\t\r\n＝＋－＠]/

const safe = (value: Json, isText: boolean): Json =>
  isText && typeof value === 'string' && formula.test(value) ? `'${value}` : value

function chosen(wanted: string | undefined, fields: readonly CustomField[]): Column[] {
  const names = wanted === undefined ? usual : [...new Set(wanted.split(','))]
  const value = names.indexOf('value')
  const complete = value < 0 || names.includes('currency') ? names : names.toSpliced(value + 1, 0, 'currency')
  return complete.map((name) => (Object.hasOwn(columns, name) ? columns[name] : undefined) ?? ofField(name, fields))
}

function ofField(name: string, fields: readonly CustomField[]): Column {
  const field = fields.find(({ id }) => name === `field:${id}`)
  const message = 'must be names of columns, separated by commas'
  if (!field) return fail({ kind: 'bad_input', where: 'query', issues: [{ path: ['columns'], rule: 'format', message }] })
  return text(field.name, ({ customFields }) => customFields[String(field.id)] ?? null)
}

async function* lines(
  scope: Scope,
  { filter, sort, table }: { filter: DealFilter; sort: Sort<(typeof dealSorts)[number]>; table: readonly Column[] },
): AsyncGenerator<string> {
  const { stringify } = await import('csv-stringify/sync')
  const write = (rows: readonly (readonly Json[])[]) =>
    stringify([...rows], { record_delimiter: 'windows', cast: { boolean: String } })
  yield write([table.map(({ heading }) => safe(heading, true))])
  for (let after: Key | null | undefined; after !== null; ) {
    const page = await listDeals(scope, { filter, sort: [sort], limit: pageSize, after })
    const names = await namesFor(scope, page.items)
    yield write(page.items.map((deal) => table.map(({ cell, isText }) => safe(cell(deal, names), isText))))
    after = page.next
  }
}

/** The whole list, however long, as it is filtered and sorted. */
export function dealsCsvRoute(api: NativeSpeaker): void {
  api.get(
    '/deals.csv',
    {
      query: CsvQuery,
      about: {
        tag: 'Deals',
        id: 'exportDeals',
        summary: 'A list of deals for spreadsheets',
        description:
          "All deals that `GET /deals` finds with the same filters and sort, in one table. Texts that look like a formula have a `'` in front.",
        text: { type: 'text/csv', description: 'A line of headings, then one line for each deal (RFC 4180, UTF-8).' },
      },
    },
    async ({ scope, query: { sort: wanted, columns, ...asked }, req }) => {
      const sort = readSort(wanted, 'id')
      const table = chosen(columns, await listCustomFields(scope, 'deal'))
      const filter = await readFilter(scope, asked)
      // What cannot be listed is refused before the first line is sent.
      await listDeals(scope, { filter, sort: [sort], limit: 1 })
      const headers = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="deals.csv"' }
      if (req.method === 'HEAD') return { status: 200, headers }
      return { status: 200, headers, body: Readable.from(lines(scope, { filter, sort, table }), { objectMode: false }) }
    },
  )
}
