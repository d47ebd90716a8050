import type { z } from 'zod'
import { listCustomFields } from '../../../domain/custom-field.ts'
import { type Deal, type DealFilter, type DealQuery, listDeals } from '../../../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal, restoreDeal } from '../../../domain/edit-deals.ts'
import type { Page } from '../../../domain/page.ts'
import { atomically, type Scope } from '../../../domain/scope.ts'
import type { Answer, Speaker } from '../../../http/speak.ts'
import { findVisibleDeal, outcomesOf, purgedBefore, readExtras, type Status } from '../deals.ts'
import { dealFilterOf } from '../filters.ts'
import { one, page } from '../wire.ts'
import { nextCursor, paging, readPaging } from './cursor.ts'
import { DealBody, DealPatchBody, readDeal } from './deal-body.ts'
import { type DealView, View, writeDeals } from './deal-view.ts'
import { ById, ids, idText, listOf, NoQuery, query, wholeSecond } from './input.ts'

const DealsQuery = query({
  filter_id: idText.optional(),
  ids: ids.optional(),
  owner_id: idText.optional(),
  person_id: idText.optional(),
  org_id: idText.optional(),
  pipeline_id: idText.optional(),
  stage_id: idText.optional(),
  status: listOf('open', 'won', 'lost', 'deleted').optional(),
  updated_since: wholeSecond.optional(),
  updated_until: wholeSecond.optional(),
  ...paging('id', 'update_time', 'add_time'),
  ...View,
})
type DealsQuery = z.infer<typeof DealsQuery>

const sortColumns = { id: 'id', update_time: 'updatedAt', add_time: 'createdAt' } as const

/** A deal, as every answer with one deal shows it. */
const oneDeal = async (scope: Scope, deal: Deal, view?: DealView): Promise<Answer> =>
  one((await writeDeals(scope, [deal], view))[0])

async function answerDeals(scope: Scope, query: DealsQuery, isArchived: boolean): Promise<Answer> {
  const { field, direction, after } = readPaging(query)
  const by = sortColumns[field]
  const { statuses, ...asked } = await wantedDeals(scope, query)
  const filter = { ...asked, isArchived }
  const { items, next } = await listByStatus(scope, statuses, { filter, sort: [{ by, direction }], limit: query.limit, after })
  return page(await writeDeals(scope, items, query), nextCursor(query, next))
}

/** A saved filter beats whatever else is asked but for the time of the last change, of which the reference does not say so. */
async function wantedDeals(scope: Scope, query: DealsQuery): Promise<DealFilter & { statuses: readonly Status[] }> {
  const { updated_since: since, updated_until: until } = query
  if (query.filter_id === undefined) {
    return {
      ids: query.ids,
      ownerId: query.owner_id,
      contactId: query.person_id,
      companyId: query.org_id,
      pipelineId: query.pipeline_id,
      openStageId: query.stage_id,
      updatedSince: since,
      updatedUntil: until,
      statuses: query.status ?? [],
    }
  }
  const saved = await dealFilterOf(scope, query.filter_id)
  return {
    ...saved,
    updatedSince: since === undefined ? saved.updatedSince : Math.max(since, saved.updatedSince ?? since),
    updatedUntil: until === undefined ? saved.updatedUntil : Math.min(until, saved.updatedUntil ?? until),
    statuses: [],
  }
}

/** A page of deals in any of these statuses, or all but the deleted. Deleted ones are asked for apart and put in between. */
async function listByStatus(scope: Scope, statuses: readonly Status[], query: DealQuery): Promise<Page<Deal>> {
  const live = statuses.flatMap((status) => (status === 'deleted' ? [] : [status]))
  const filters: DealFilter[] = []
  if (live.length > 0) filters.push({ ...query.filter, outcomes: live.flatMap((status) => outcomesOf[status]) })
  if (statuses.includes('deleted')) filters.push({ ...query.filter, deleted: 'only', deletedSince: purgedBefore(scope.now()) })
  if (filters.length === 0) filters.push(query.filter ?? {})
  const pages = await Promise.all(filters.map((filter) => listDeals(scope, { ...query, filter })))
  const [only] = pages
  return only && pages.length === 1 ? only : merge(pages, query)
}

/** The first rows of several pages that are sorted alike. */
function merge(pages: readonly Page<Deal>[], { sort = [], limit }: DealQuery): Page<Deal> {
  const { by = 'id', direction = 'asc' } = sort[0] ?? {}
  const sign = direction === 'asc' ? 1 : -1
  const value = (deal: Deal) => Number(deal[by])
  const all = pages.flatMap(({ items }) => items).toSorted((a, b) => sign * (value(a) - value(b) || a.id - b.id))
  const items = all.slice(0, limit)
  const last = items.at(-1)
  const more = all.length > limit || pages.some(({ next }) => next !== null)
  return { items, next: more && last ? { value: value(last), id: last.id } : null }
}

export function openDeals(api: Speaker): void {
  api.get('/api/v2/deals', { query: DealsQuery, cost: 10 }, ({ scope, query }) => answerDeals(scope, query, false))

  api.get('/api/v2/deals/archived', { query: DealsQuery, cost: 20 }, ({ scope, query }) => answerDeals(scope, query, true))

  api.get('/api/v2/deals/:id', { params: ById, query: query(View), cost: 1 }, async ({ scope, params, query }) =>
    oneDeal(scope, await findVisibleDeal(scope, params.id), query),
  )

  api.post('/api/v2/deals', { query: NoQuery, body: DealBody, cost: 5 }, async ({ scope, body }) => {
    const { extras, ...draft } = readDeal(body, await listCustomFields(scope, 'deal'))
    return oneDeal(
      scope,
      await createDeal(scope, { ...draft, title: body.title, extras: { ...extras, ...readExtras({ origin: 'API' }) } }),
    )
  })

  api.patch(
    '/api/v2/deals/:id',
    { params: ById, query: NoQuery, body: DealPatchBody, cost: 5 },
    async ({ scope, params, body }) => {
      const patch = readDeal(body, await listCustomFields(scope, 'deal'))
      const deal = await atomically(scope, async (scope) => {
        const { id } = await findVisibleDeal(scope, params.id)
        if (body.is_deleted === false) await restoreDeal(scope, id)
        return changeDeal(scope, id, patch)
      })
      return oneDeal(scope, deal)
    },
  )

  api.delete('/api/v2/deals/:id', { params: ById, query: NoQuery, cost: 3 }, async ({ scope, params }) => {
    const { id } = await deleteDeal(scope, params.id)
    return one({ id })
  })
}
