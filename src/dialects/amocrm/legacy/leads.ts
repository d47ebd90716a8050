import { z } from 'zod'
import { listCustomFields } from '../../../domain/custom-field.ts'
import type { Deal } from '../../../domain/deal.ts'
import type { Answer, Speaker } from '../../../http/speak.ts'
import { contactIdsOf } from '../contacts.ts'
import { writeOldValues } from '../custom-fields.ts'
import { anything, clearable, maybe, moment, parts, Query, text, whole } from '../input.ts'
import { priceOf } from '../leads.ts'
import { maxRows } from '../limits.ts'
import { listOld, type OldLead, type OldResults, setLeads } from '../old-leads.ts'
import { entriesOf } from '../php.ts'
import { readRow } from '../rows.ts'
import { statusIdOf } from '../statuses.ts'
import { writeTags } from '../tags.ts'
import { seconds, secondsOr } from '../time.ts'
import { empty, legacy } from '../wire.ts'
import { type Code, legacyError, sentence } from './errors.ts'

const LeadRow = z.object({
  id: maybe(whole),
  name: maybe(text),
  date_create: maybe(moment),
  last_modified: maybe(moment),
  status_id: maybe(whole),
  pipeline_id: maybe(whole),
  price: maybe(whole),
  responsible_user_id: maybe(whole),
  created_user_id: maybe(whole),
  linked_company_id: maybe(whole),
  loss_reason_id: clearable(whole),
  tags: anything,
  custom_fields: anything,
})

function readLead(row: unknown): OldLead {
  const said = readRow(LeadRow, row)
  return {
    id: said.id,
    name: said.name,
    statusId: said.status_id,
    pipelineId: said.pipeline_id,
    ownerId: said.responsible_user_id,
    creatorId: said.created_user_id,
    price: said.price,
    tags: said.tags,
    companyId: said.linked_company_id,
    customFields: said.custom_fields,
    lossReasonId: said.loss_reason_id || undefined,
    createdAt: said.date_create,
    updatedAt: said.last_modified,
  }
}

/** The rows of a writing call, or the code of what is wrong with them all. `required` must be in every row that changes a lead. */
export function readSets(
  set: Readonly<Record<string, unknown>>,
  required: readonly string[],
): { add: unknown[]; update: unknown[] } | Code {
  const [add, update] = [entriesOf(set.add), entriesOf(set.update)].map((rows) => rows.map(([, row]) => row))
  if (set.add === undefined && set.update === undefined) return 214
  if (set.add !== undefined && add?.length === 0) return 213
  if (set.update !== undefined && update?.length === 0) return 216
  const isWhole = (row: unknown) => required.every((name) => parts(row)[name] !== undefined && parts(row)[name] !== '')
  if (!update?.every(isWhole)) return 217
  const rows = { add: add ?? [], update }
  return rows.add.length + rows.update.length > maxRows.legacy ? 400 : rows
}

/** What became of rows that went well, with what did not under `errors`, as PHP mixes the two in one array. */
export function mixed(written: readonly object[], errors: Readonly<Record<string, string>>): object {
  return Object.keys(errors).length === 0 ? written : { ...written, errors }
}

/** Sentences for the rows that were refused: new ones by their place, others by their id. */
export function errorsOf({ added, changed }: OldResults, update: readonly unknown[]) {
  const list = (results: OldResults['added'], keyOf: (index: number) => string) =>
    Object.fromEntries(
      results.flatMap((result, index) => (result.ok ? [] : ([[keyOf(index), sentence(result.refusal)]] as [string, string][]))),
    )
  return { add: list(added, String), update: list(changed, (index) => String(parts(update[index]).id)) }
}

/** What the caller calls a new row; its place where it has no name. */
export const requestIdOf = (row: unknown, index: number): unknown => parts(row).request_id ?? index

const writeLead = (lead: Deal, accountId: number, fields: Awaited<ReturnType<typeof listCustomFields>>) => ({
  id: lead.id,
  name: lead.title,
  date_create: seconds(lead.createdAt),
  created_user_id: lead.creatorId,
  last_modified: seconds(lead.updatedAt),
  account_id: accountId,
  price: priceOf(lead),
  responsible_user_id: lead.ownerId,
  linked_company_id: lead.companyId ?? 0,
  group_id: 0,
  pipeline_id: lead.pipelineId,
  date_close: secondsOr(lead.closedAt, 0),
  closest_task: 0,
  loss_reason_id: lead.lossReasonId ?? 0,
  deleted: lead.deletedAt === null ? 0 : 1,
  tags: writeTags(lead.tags).map((tag) => ({ ...tag, element_type: 2 })),
  status_id: statusIdOf(lead),
  custom_fields: writeOldValues(fields, lead.customFields),
  main_contact_id: contactIdsOf(lead)[0] ?? 0,
})

export function openLeads(api: Speaker): void {
  const base = '/private/api/v2/json/leads'

  api.get(`${base}/list`, { query: Query }, async ({ req, scope, query }) => {
    const { items } = await listOld(scope, query, req.headers['if-modified-since'])
    if (items.length === 0) return empty
    const fields = await listCustomFields(scope, 'deal')
    return legacy({
      leads: items.map((lead) => writeLead(lead, scope.workspace.id, fields)),
      server_time: seconds(scope.now()),
    })
  })

  api.post(`${base}/set`, {}, async ({ req, scope }): Promise<Answer> => {
    const now = scope.now()
    if (req.body === undefined) return legacyError(103, now)
    const sets = readSets(parts(parts(parts(req.body).request).leads), ['id', 'last_modified'])
    if (typeof sets === 'number') return legacyError(sets, now)
    const results = await setLeads(scope, sets.add, sets.update, readLead)
    const errors = errorsOf(results, sets.update)
    const added = results.added.flatMap((result, index) =>
      result.ok ? [{ id: result.value.id, request_id: requestIdOf(sets.add[index], index) }] : [],
    )
    const changed = results.changed.flatMap((result) =>
      result.ok ? [{ id: result.value.id, last_modified: seconds(result.value.updatedAt) }] : [],
    )
    return legacy({
      leads: {
        ...(sets.add.length > 0 ? { add: mixed(added, errors.add) } : {}),
        ...(sets.update.length > 0 ? { update: mixed(changed, errors.update) } : {}),
      },
      server_time: seconds(now),
    })
  })
}
