import { z } from 'zod'
import { type CustomField, listCustomFields } from '../../../domain/custom-field.ts'
import type { Deal } from '../../../domain/deal.ts'
import { listParties } from '../../../domain/party.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Answer, Speaker } from '../../../http/speak.ts'
import { contactIdsOf } from '../contacts.ts'
import { writeOldValues } from '../custom-fields.ts'
import { anything, clearable, maybe, moment, parts, Query, several, severalIds, text, whole } from '../input.ts'
import { priceOf } from '../leads.ts'
import { legacyError } from '../legacy/errors.ts'
import { errorsOf, readSets, requestIdOf } from '../legacy/leads.ts'
import { listOld, type OldLead, setLeads } from '../old-leads.ts'
import { readRow } from '../rows.ts'
import { statusIdOf } from '../statuses.ts'
import { writeTags } from '../tags.ts'
import { seconds, secondsOr } from '../time.ts'
import { empty, hal } from '../wire.ts'
import { link, linkToSelf } from './links.ts'

const LeadRow = z.object({
  id: maybe(whole),
  name: maybe(text),
  created_at: maybe(moment),
  updated_at: maybe(moment),
  status_id: maybe(whole),
  pipeline_id: maybe(whole),
  responsible_user_id: maybe(whole),
  created_by: maybe(whole),
  sale: maybe(whole),
  tags: anything,
  contacts_id: anything,
  company_id: maybe(whole),
  custom_fields: anything,
  loss_reason_id: clearable(whole),
  unlink: anything,
})

function readLead(row: unknown): OldLead {
  const said = readRow(LeadRow, row)
  const unlink = parts(said.unlink)
  return {
    id: said.id,
    name: said.name,
    statusId: said.status_id,
    pipelineId: said.pipeline_id,
    ownerId: said.responsible_user_id,
    creatorId: said.created_by,
    price: said.sale,
    tags: said.tags,
    contactIds: severalIds(said.contacts_id ?? undefined),
    companyId: said.company_id,
    unlinkedContactIds: severalIds(unlink.contacts_id ?? undefined),
    isCompanyUnlinked: unlink.company_id !== undefined,
    customFields: said.custom_fields,
    lossReasonId: said.loss_reason_id || undefined,
    createdAt: said.created_at,
    updatedAt: said.updated_at,
  }
}

interface Context {
  accountId: number
  fields: readonly CustomField[]
  companies: ReadonlyMap<number, string>
  reasons: ReadonlyMap<number, string>
  with: ReadonlySet<string>
}

async function contextOf(scope: Scope, leads: readonly Deal[], beside: ReadonlySet<string>): Promise<Context> {
  const ids = [...new Set(leads.flatMap((lead) => lead.companyId ?? []))]
  const companies = ids.length === 0 ? [] : (await listParties(scope, { kind: 'company', ids, limit: ids.length })).items
  const reasonIds = beside.has('loss_reason_name') ? [...new Set(leads.flatMap((lead) => lead.lossReasonId ?? []))] : []
  const reasons = await Promise.all(reasonIds.map((id) => scope.store.lossReasons.get(id)))
  return {
    accountId: scope.workspace.id,
    fields: await listCustomFields(scope, 'deal'),
    companies: new Map(companies.map(({ id, name }) => [id, name])),
    reasons: new Map(reasons.flatMap((reason) => (reason ? [[reason.id, reason.name]] : []))),
    with: beside,
  }
}

/** What a lead does not have is an empty object here, and 0 where it is a moment. */
function writeLead(lead: Deal, context: Context) {
  const contacts = contactIdsOf(lead)
  const company = lead.companyId === null ? undefined : context.companies.get(lead.companyId)
  const to = (path: string, ids: readonly number[]) => ({ _links: link(`/api/v2/${path}?id=${ids.join(',')}`) })
  return {
    id: lead.id,
    name: lead.title,
    responsible_user_id: lead.ownerId,
    created_by: lead.creatorId,
    created_at: seconds(lead.createdAt),
    updated_at: seconds(lead.updatedAt),
    account_id: context.accountId,
    is_deleted: lead.deletedAt !== null,
    main_contact: contacts[0] === undefined ? {} : { id: contacts[0], ...to('contacts', [contacts[0]]) },
    group_id: 0,
    company: lead.companyId === null ? {} : { id: lead.companyId, name: company ?? '', ...to('companies', [lead.companyId]) },
    closed_at: secondsOr(lead.closedAt, 0),
    closest_task_at: 0,
    tags: writeTags(lead.tags),
    custom_fields: writeOldValues(context.fields, lead.customFields),
    contacts: contacts.length === 0 ? {} : { id: contacts, ...to('contacts', contacts) },
    status_id: statusIdOf(lead),
    sale: priceOf(lead),
    loss_reason_id: lead.lossReasonId ?? 0,
    ...(context.with.has('loss_reason_name')
      ? { loss_reason_name: (lead.lossReasonId === null ? undefined : context.reasons.get(lead.lossReasonId)) ?? '' }
      : {}),
    ...(context.with.has('is_price_modified_by_robot') ? { is_price_modified_by_robot: false } : {}),
    ...(context.with.has('catalog_elements_links') ? { catalog_elements: {} } : {}),
    pipeline: { id: lead.pipelineId, ...to('pipelines', [lead.pipelineId]) },
    ...to('leads', [lead.id]),
  }
}

export function openLeads(api: Speaker): void {
  api.get('/api/v2/leads', { query: Query }, async ({ req, scope, query }) => {
    const { items } = await listOld(scope, query, req.headers['if-modified-since'])
    if (items.length === 0) return empty
    const context = await contextOf(scope, items, new Set(several(query.with)))
    return hal({
      _links: linkToSelf(req, '/api/v2/leads'),
      _embedded: { items: items.map((lead) => writeLead(lead, context)) },
    })
  })

  api.post('/api/v2/leads', {}, async ({ req, scope }): Promise<Answer> => {
    if (req.body === undefined) return legacyError(103, scope.now())
    const sets = readSets(parts(req.body), ['id', 'updated_at'])
    if (typeof sets === 'number') return legacyError(sets, scope.now())
    const results = await setLeads(scope, sets.add, sets.update, readLead)
    const errors = Object.entries(errorsOf(results, sets.update)).filter(([, list]) => Object.keys(list).length > 0)
    const to = (id: number) => ({ _links: link(`/api/v2/leads?id=${id}`) })
    const items = [
      ...results.added.flatMap((result, index) =>
        result.ok ? [{ id: result.value.id, request_id: requestIdOf(sets.add[index], index), ...to(result.value.id) }] : [],
      ),
      ...results.changed.flatMap((result) =>
        result.ok ? [{ id: result.value.id, updated_at: seconds(result.value.updatedAt), ...to(result.value.id) }] : [],
      ),
    ]
    return hal({
      _links: link('/api/v2/leads', 'post'),
      _embedded: { items, ...(errors.length === 0 ? {} : { errors: Object.fromEntries(errors) }) },
    })
  })
}
