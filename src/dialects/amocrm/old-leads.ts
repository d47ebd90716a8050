import { eachRow, type RowResult } from '../../domain/bulk.ts'
import { listCustomFields } from '../../domain/custom-field.ts'
import { type Deal, type DealFilter, type DealPatch, findDeal, listDeals } from '../../domain/deal.ts'
import { changeDeal, createDeal } from '../../domain/edit-deals.ts'
import { invalid, refuse } from '../../domain/errors.ts'
import type { Page } from '../../domain/page.ts'
import { requireRole, type Scope } from '../../domain/scope.ts'
import { listStages } from '../../domain/stage.ts'
import { contactIdsOf, readContacts } from './contacts.ts'
import { readValues } from './custom-fields.ts'
import { number, parts, severalIds } from './input.ts'
import { closingOf, moveTo, unnamed } from './leads.ts'
import { maxRows } from './limits.ts'
import { stagesOfStatus } from './statuses.ts'
import { splitTags } from './tags.ts'
import { readModifiedSince, seconds } from './time.ts'

/** Leads as the generations before v4 take and list them; only the names of their members differ between the two. */

/** What a row says. Undefined: nothing. */
export interface OldLead {
  id?: number | undefined
  name?: string | undefined
  statusId?: number | undefined
  pipelineId?: number | undefined
  ownerId?: number | undefined
  creatorId?: number | undefined
  price?: number | undefined
  tags?: unknown
  contactIds?: readonly number[] | undefined
  companyId?: number | undefined
  unlinkedContactIds?: readonly number[] | undefined
  isCompanyUnlinked?: boolean | undefined
  customFields?: unknown
  lossReasonId?: number | null | undefined
  createdAt?: number | undefined
  updatedAt?: number | undefined
}

/** User 0 is the vendor's robot and nobody's id. */
const someone = (id: number | undefined): number | undefined => (id === 0 ? undefined : id)

async function readLead(scope: Scope, row: OldLead, lead?: Deal): Promise<DealPatch> {
  const move = await moveTo(scope, row, lead)
  const fields = row.customFields === undefined ? [] : await listCustomFields(scope, 'deal')
  return {
    ...move,
    ...(await closingOf(scope, move, { lossReasonId: row.lossReasonId }, lead)),
    ...(await peopleAfter(scope, row, lead)),
    title: row.name,
    ...(row.price === undefined ? {} : { value: { decimal: row.price, places: 0 } }),
    ownerId: someone(row.ownerId),
    tags: row.tags === undefined ? undefined : splitTags(row.tags),
    customFields: readValues(fields, row.customFields, scope.workspace.timeZone, 'custom_fields'),
  }
}

/** Contacts that are named are added to those there are; only `unlink` takes them away. */
async function peopleAfter(
  scope: Scope,
  row: OldLead,
  lead?: Deal,
): Promise<Pick<DealPatch, 'contactId' | 'companyId' | 'extras'>> {
  const { contactIds, unlinkedContactIds = [], companyId, isCompanyUnlinked } = row
  const company = companyId === undefined ? (isCompanyUnlinked ? { companyId: null } : {}) : { companyId }
  if (contactIds === undefined && unlinkedContactIds.length === 0) return company
  const current = lead ? contactIdsOf(lead) : []
  const after = [...current, ...(contactIds ?? [])].filter((id) => !unlinkedContactIds.includes(id))
  return { ...company, ...(await readContacts(scope, after)) }
}

async function addLead(scope: Scope, row: OldLead): Promise<Deal> {
  if (row.name === undefined) invalid('name', 'required')
  return createDeal(scope, {
    ...(await readLead(scope, row)),
    title: row.name ?? unnamed,
    creatorId: someone(row.creatorId),
    createdAt: row.createdAt,
  })
}

/** A change that was made from an older reading than the present one is refused, to the second. */
async function changeLead(scope: Scope, row: OldLead): Promise<Deal> {
  const lead = await findDeal(scope, row.id ?? 0)
  if (seconds(row.updatedAt ?? 0) < seconds(lead.updatedAt)) refuse({ kind: 'stale', version: lead.version })
  return changeDeal(scope, lead.id, await readLead(scope, row, lead))
}

export interface OldResults {
  added: RowResult<Deal>[]
  changed: RowResult<Deal>[]
}

/** Adds and changes leads, each row for itself: what is refused does not hold back the others. */
export async function setLeads(
  scope: Scope,
  add: readonly unknown[],
  update: readonly unknown[],
  readOld: (row: unknown) => OldLead,
): Promise<OldResults> {
  requireRole(scope, 'member')
  const rows = [...add.map((row) => ({ row, work: addLead })), ...update.map((row) => ({ row, work: changeLead }))]
  const results = await eachRow(scope, rows, (scope, { row, work }) => work(scope, readOld(row)))
  return { added: results.slice(0, add.length), changed: results.slice(add.length) }
}

/** What the two older lists ask with. */
export interface OldQuery {
  id?: unknown
  query?: unknown
  status?: unknown
  responsible_user_id?: unknown
  filter?: unknown
  with?: unknown
  limit_rows?: unknown
  limit_offset?: unknown
}

/** One stretch of leads. `id` makes all other filters void, an offset counts only beside a number of rows. */
export async function listOld(scope: Scope, query: OldQuery, modifiedSince: string | undefined): Promise<Page<Deal>> {
  const rows = number(query.limit_rows)
  const limit = rows === undefined || rows < 1 ? maxRows.legacy : Math.min(rows, maxRows.legacy)
  const offset = rows === undefined ? 0 : Math.max(0, number(query.limit_offset) ?? 0)
  const ids = severalIds(query.id)
  const narrowed = ids ? { ids } : await readFilter(scope, query)
  if (narrowed === 'nothing') return { items: [], next: null }
  const since = readModifiedSince(modifiedSince)
  const filter =
    since === undefined || ids ? narrowed : { ...narrowed, updatedSince: Math.max(since, narrowed.updatedSince ?? since) }
  return listDeals(scope, { filter, limit, offset })
}

async function readFilter(scope: Scope, query: OldQuery): Promise<DealFilter | 'nothing'> {
  const { date_create, date_modify, tasks, active } = parts(query.filter)
  // There are no tasks here: none is open on any lead.
  if (number(tasks) === 2) return 'nothing'
  const statuses = severalIds(query.status)
  const stages = statuses && (await listStages(scope))
  const [created, modified] = [parts(date_create), parts(date_modify)]
  const time = (value: unknown) => readModifiedSince(typeof value === 'string' ? value : undefined)
  const end = (value: unknown) => {
    const at = time(value)
    return at === undefined ? undefined : at + 1000
  }
  return {
    ...(stages ? { stageIds: statuses.flatMap((id) => stagesOfStatus(stages, id).map((stage) => stage.id)) } : {}),
    ownerIds: severalIds(query.responsible_user_id),
    ...(typeof query.query === 'string' && query.query !== '' ? { text: query.query } : {}),
    ...(number(active) === 1 ? { outcomes: ['open'] as const } : {}),
    createdSince: time(created.from),
    createdUntil: end(created.to),
    updatedSince: time(modified.from),
    updatedUntil: end(modified.to),
    ...(String(query.with ?? '').includes('only_deleted') ? { deleted: 'only' as const } : {}),
  }
}
