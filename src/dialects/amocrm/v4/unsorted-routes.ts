import { z } from 'zod'
import type { Deal } from '../../../domain/deal.ts'
import { invalid } from '../../../domain/errors.ts'
import { requireRole } from '../../../domain/scope.ts'
import { read } from '../../../http/fault.ts'
import type { Speaker } from '../../../http/speak.ts'
import { contactIdsOf } from '../contacts.ts'
import { number, parts, Query } from '../input.ts'
import { allRows } from '../rows.ts'
import { seconds } from '../time.ts'
import { empty, hal } from '../wire.ts'
import { rowsIn } from './body.ts'
import { requestIdOf } from './errors.ts'
import { baseOf, pageLinks, readPaging, self } from './links.ts'
import {
  AcceptBody,
  accept,
  addUnsorted,
  type Category,
  countWaiting,
  decline,
  findUnsorted,
  listUnsorted,
  type Source,
  sourceOf,
} from './unsorted.ts'
import { sortedOf } from './unsorted-summary.ts'

const linked = (kind: 'leads' | 'contacts' | 'companies', ids: readonly number[], base: string) =>
  ids.map((id) => ({ id, ...self(`${base}/${kind}/${id}`) }))

/** The people and the lead behind an incoming lead. */
const writeEmbedded = (lead: Deal, base: string) => ({
  contacts: linked('contacts', contactIdsOf(lead), base),
  leads: linked('leads', [lead.id], base),
  companies: linked('companies', lead.companyId === null ? [] : [lead.companyId], base),
})

const writeUnsorted = (lead: Deal, source: Source, base: string, accountId: number) => ({
  uid: source.uid,
  source_uid: source.source_uid,
  source_name: source.source_name,
  category: source.category,
  pipeline_id: lead.pipelineId,
  created_at: seconds(lead.createdAt),
  metadata: source.metadata,
  account_id: accountId,
  ...self(`${base}/leads/unsorted/${source.uid}`),
  _embedded: writeEmbedded(lead, base),
})

/** What became of it: the lead is no longer an incoming one. */
const writeSorted = ({ lead, source }: { lead: Deal; source: Source }, base: string) => ({
  uid: source.uid,
  pipeline_id: lead.pipelineId,
  category: source.category,
  created_at: seconds(lead.createdAt),
  _embedded: writeEmbedded(lead, base),
})

const ByUid = z.object({ uid: z.string().max(200) })

export function openUnsorted(api: Speaker): void {
  const base = '/api/v4/leads/unsorted'

  api.get(base, { query: Query }, async ({ req, scope, query }) => {
    const paging = readPaging(query)
    const window = { limit: paging.limit, offset: (paging.page - 1) * paging.limit }
    const { items, hasMore } = await listUnsorted(scope, query, window)
    if (items.length === 0) return empty
    const unsorted = items.flatMap((lead) => {
      const source = sourceOf(lead)
      return source ? [writeUnsorted(lead, source, baseOf(req), scope.workspace.id)] : []
    })
    return hal({ _page: paging.page, _links: pageLinks(req, paging, hasMore), _embedded: { unsorted } })
  })

  api.get(`${base}/summary`, { query: Query }, async ({ scope, query }) => {
    const waiting = await countWaiting(scope, query)
    const sorted = await sortedOf(scope, number(parts(query.filter).pipeline_id))
    const done = sorted.accepted + sorted.declined
    return hal({
      total: waiting.sip + waiting.forms,
      accepted: sorted.accepted,
      declined: sorted.declined,
      average_sort_time: done === 0 ? 0 : Math.round(sorted.seconds / done),
      categories: { sip: { total: waiting.sip }, mail: { total: 0 }, forms: { total: waiting.forms }, chats: { total: 0 } },
    })
  })

  api.get(`${base}/:uid`, { params: ByUid }, async ({ req, scope, params }) => {
    const { lead, source } = await findUnsorted(scope, params.uid)
    return hal(writeUnsorted(lead, source, baseOf(req), scope.workspace.id))
  })

  const openCategory = (category: Category) =>
    api.post(`${base}/${category}`, {}, async ({ req, scope }) => {
      requireRole(scope, 'member')
      const rows = rowsIn(req.body)
      const leads = await allRows(scope, rows, (scope, row) => addUnsorted(scope, category, row))
      const unsorted = leads.map((lead, index) => {
        const uid = sourceOf(lead)?.uid ?? ''
        return {
          uid,
          account_id: scope.workspace.id,
          request_id: requestIdOf(rows[index], index),
          ...self(`${baseOf(req)}/leads/unsorted/${uid}`),
          _embedded: writeEmbedded(lead, baseOf(req)),
        }
      })
      return hal({ _total_items: unsorted.length, ...self(`${baseOf(req)}/leads/unsorted/${category}`), _embedded: { unsorted } })
    })
  openCategory('sip')
  openCategory('forms')

  api.post(`${base}/:uid/accept`, { params: ByUid }, async ({ req, scope, params }) =>
    hal(writeSorted(await accept(scope, params.uid, read(AcceptBody, req.body ?? {}, 'body')), baseOf(req))),
  )

  api.delete(`${base}/:uid/decline`, { params: ByUid }, async ({ req, scope, params }) =>
    hal(writeSorted(await decline(scope, params.uid), baseOf(req))),
  )

  // Only chats and letters can be linked, and these never come in here.
  api.post(`${base}/:uid/link`, { params: ByUid }, async ({ scope, params }) => {
    await findUnsorted(scope, params.uid)
    return invalid('category', 'not_allowed')
  })
}
