import { z } from 'zod'
import { listCustomFields } from '../../../domain/custom-field.ts'
import { type Deal, type DealDraft, type DealPatch, findDeal } from '../../../domain/deal.ts'
import { changeDeal, createDeal } from '../../../domain/edit-deals.ts'
import type { Scope } from '../../../domain/scope.ts'
import { read } from '../../../http/fault.ts'
import type { Speaker } from '../../../http/speak.ts'
import { contactIdsIn, partyIn, readContacts } from '../contacts.ts'
import { readValues } from '../custom-fields.ts'
import { anything, ById, clearable, maybe, moment, Query, several, text, whole } from '../input.ts'
import { closingOf, moveTo, unnamed } from '../leads.ts'
import { maxRows } from '../limits.ts'
import { entriesOf } from '../php.ts'
import { allRows } from '../rows.ts'
import { readTags } from '../tags.ts'
import { seconds } from '../time.ts'
import { empty, hal } from '../wire.ts'
import { rowsIn } from './body.ts'
import { requestIdOf } from './errors.ts'
import { listLeads } from './lead-list.ts'
import { leadContext, writeLead } from './lead-view.ts'
import { baseOf, self } from './links.ts'

/** What can be said of a lead. Members that the vendor only shows are passed over: amocrm-js sends back all it has read. */
const LeadRow = z.object({
  name: maybe(text),
  price: maybe(whole),
  status_id: maybe(whole),
  pipeline_id: maybe(whole),
  responsible_user_id: maybe(whole),
  created_by: maybe(whole),
  created_at: maybe(moment),
  closed_at: maybe(moment),
  loss_reason_id: clearable(whole),
  custom_fields_values: anything,
  tags_to_add: anything,
  tags_to_delete: anything,
  _embedded: maybe(z.looseObject({ tags: anything, contacts: anything, companies: anything }).partial()),
})

const ChangeRow = LeadRow.extend({ id: whole })

/** User 0 is the vendor's robot and nobody's id. */
const someone = (id: number | undefined): number | undefined => (id === 0 ? undefined : id)

/** Everything a row says that new and existing leads share. */
async function readLead(scope: Scope, row: z.output<typeof LeadRow>, lead?: Deal): Promise<DealPatch> {
  const move = await moveTo(scope, { statusId: row.status_id, pipelineId: row.pipeline_id }, lead)
  const fields = row.custom_fields_values == null ? [] : await listCustomFields(scope, 'deal')
  const closing = await closingOf(scope, move, { lossReasonId: row.loss_reason_id, closedAt: row.closed_at }, lead)
  return {
    ...move,
    ...closing,
    title: row.name,
    ...(row.price === undefined ? {} : { value: { decimal: row.price, places: 0 } }),
    ownerId: someone(row.responsible_user_id),
    tags: tagsAfter(row, lead?.tags ?? []),
    customFields: readValues(fields, row.custom_fields_values, scope.workspace.timeZone, 'custom_fields_values'),
  }
}

/** A list of tags replaces those there are; tags can also be added and taken away one by one. */
function tagsAfter({ _embedded, tags_to_add, tags_to_delete }: z.output<typeof LeadRow>, current: readonly string[]) {
  const isSaid = _embedded !== undefined && 'tags' in _embedded
  if (!isSaid && tags_to_add === undefined && tags_to_delete === undefined) return undefined
  const base = isSaid ? readTags(_embedded.tags, current, '_embedded.tags') : current
  const gone = new Set(readTags(tags_to_delete, current, 'tags_to_delete'))
  return [...new Set([...base, ...readTags(tags_to_add, current, 'tags_to_add')])].filter((tag) => !gone.has(tag))
}

/** Adds the lead that a row describes. */
export async function addLead(scope: Scope, row: unknown, beside: Partial<DealDraft> = {}): Promise<Deal> {
  const said = read(LeadRow, row, 'body')
  const { contacts, companies } = said._embedded ?? {}
  const [company] = entriesOf(companies)
  const people: Pick<DealDraft, 'contactId' | 'extras'> =
    contacts === undefined ? {} : await readContacts(scope, contactIdsIn(contacts))
  return createDeal(scope, {
    ...(await readLead(scope, said)),
    title: said.name ?? unnamed,
    ...people,
    companyId: company && (await partyIn(scope, 'company', { id: (company[1] as { id?: unknown } | null)?.id ?? 0 })),
    creatorId: someone(said.created_by),
    createdAt: said.created_at,
    ...beside,
    extras: { ...people.extras, ...beside.extras },
  })
}

/** Changes a lead; who its contacts are is not said here but where links are made. */
const changeLead = async (scope: Scope, id: number, row: unknown): Promise<Deal> =>
  changeDeal(scope, id, await readLead(scope, read(LeadRow, row, 'body'), await findDeal(scope, id)))

/** Adds a lead together with its contact and company, which a row may describe or name. */
async function addComplex(scope: Scope, row: unknown): Promise<Deal> {
  const said = read(LeadRow, row, 'body')
  const [contact, company] = [said._embedded?.contacts, said._embedded?.companies].map((list) => entriesOf(list)[0]?.[1])
  const companyId = await partyIn(scope, 'company', company)
  const contactId = await partyIn(scope, 'person', contact)
  return addLead(
    scope,
    { ...(row as object), _embedded: { ...said._embedded, contacts: undefined, companies: undefined } },
    {
      ...(contactId === undefined ? {} : { contactId }),
      ...(companyId === undefined ? {} : { companyId }),
    },
  )
}

export function openLeads(api: Speaker): void {
  api.get('/api/v4/leads', { query: Query }, listLeads)

  // An unknown lead is no error but an empty answer, as clients of the PHP library expect.
  api.get('/api/v4/leads/:id', { params: ById, query: Query }, async ({ req, scope, params, query }) => {
    const beside = new Set(several(query.with))
    const lead = await scope.store.deals.get(params.id)
    if (!lead || (lead.deletedAt !== null && !beside.has('only_deleted'))) return empty
    return hal(writeLead(lead, await leadContext(scope, baseOf(req), [lead], beside)))
  })

  api.post('/api/v4/leads', {}, async ({ req, scope }) => {
    const rows = rowsIn(req.body, maxRows.v4)
    const leads = await allRows(scope, rows, (scope, row) => addLead(scope, row))
    const base = baseOf(req)
    const written = leads.map(({ id }, index) => ({
      id,
      request_id: requestIdOf(rows[index], index),
      ...self(`${base}/leads/${id}`),
    }))
    return hal({ ...self(`${base}/leads`), _embedded: { leads: written } })
  })

  api.patch('/api/v4/leads', {}, async ({ req, scope }) => {
    const rows = rowsIn(req.body, maxRows.v4)
    const leads = await allRows(scope, rows, (scope, row) => changeLead(scope, read(ChangeRow, row, 'body').id, row))
    const base = baseOf(req)
    const written = leads.map(({ id, updatedAt }, index) => ({
      id,
      updated_at: seconds(updatedAt),
      request_id: requestIdOf(rows[index], index),
      ...self(`${base}/leads/${id}`),
    }))
    return hal({ ...self(`${base}/leads`), _embedded: { leads: written } })
  })

  api.patch('/api/v4/leads/:id', { params: ById }, async ({ req, scope, params }) => {
    const lead = await changeLead(scope, params.id, req.body)
    return hal({ id: lead.id, updated_at: seconds(lead.updatedAt), ...self(`${baseOf(req)}/leads/${lead.id}`) })
  })

  api.post('/api/v4/leads/complex', {}, async ({ req, scope }) => {
    const rows = rowsIn(req.body, maxRows.complex)
    const leads = await allRows(scope, rows, addComplex)
    return hal(
      leads.map(({ id, contactId, companyId }, index) => ({
        id,
        contact_id: contactId,
        company_id: companyId,
        request_id: [requestIdOf(rows[index], index)],
        merged: false,
      })),
    )
  })
}
