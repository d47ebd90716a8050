import { z } from 'zod'
import { listCustomFields } from '../../../domain/custom-field.ts'
import { type Deal, type DealFilter, type DealQuery, type DealSort, listDeals } from '../../../domain/deal.ts'
import { findPipeline } from '../../../domain/pipeline.ts'
import { requireRole, type Scope } from '../../../domain/scope.ts'
import type { Instant } from '../../../domain/time.ts'
import type { Answer, Speaker } from '../../../http/speak.ts'
import { lossNames, outcomesOf, purgedBefore } from '../deals.ts'
import { dealFilterOf, within } from '../filters.ts'
import { findLiveStage } from '../stages.ts'
import { offsetPage, one } from '../wire.ts'
import { writeCollectedDeal, writeFlatDeal, writeFullDeal } from './deal.ts'
import { ById, flag, maybe, moment, text, whole } from './input.ts'
import { cursor, Paging, readSort, writeCursor } from './page.ts'
import { type RelatedToDeals, relatedToDeals } from './related.ts'
import { relatedObjects } from './related-objects.ts'
import { dealsSummary } from './summary.ts'

const Status = maybe(z.enum(['open', 'won', 'lost', 'deleted', 'all_not_deleted']))

/** Which deals have the status; all that are not deleted where none is asked for. */
function ofStatus(status: z.output<typeof Status>, now: Instant): DealFilter {
  if (status === 'deleted') return { deleted: 'only', deletedSince: purgedBefore(now) }
  return status === undefined || status === 'all_not_deleted' ? {} : { outcomes: outcomesOf[status] }
}

const sorts: Readonly<Record<string, DealSort>> = {
  id: 'id',
  title: 'title',
  value: 'amount',
  add_time: 'createdAt',
  update_time: 'updatedAt',
  expected_close_date: 'expectedCloseDate',
  close_time: 'closedAt',
}

/** A page of deals by offset, which is all that v1 knows, with what is said about them. */
async function dealPage(
  scope: Scope,
  query: Pick<DealQuery, 'filter' | 'sort'>,
  { start, limit }: Paging,
  write: (deal: Deal, related: RelatedToDeals) => unknown,
  beside: (deals: readonly Deal[], related: RelatedToDeals) => object = () => ({}),
): Promise<Answer> {
  const { items, next } = await listDeals(scope, { ...query, limit, offset: start })
  const related = await relatedToDeals(scope, items)
  return offsetPage(
    items.map((deal) => write(deal, related)),
    { start, limit, more: next !== null },
    beside(items, related),
  )
}

const fullPage = (scope: Scope, query: Pick<DealQuery, 'filter' | 'sort'>, paging: Paging): Promise<Answer> =>
  dealPage(scope, query, paging, writeFullDeal, (deals, related) => ({ related_objects: relatedObjects(deals, related) }))

const DealsQuery = Paging.extend({
  user_id: maybe(whole),
  filter_id: maybe(whole),
  stage_id: maybe(whole),
  status: Status,
  sort: maybe(text),
  owned_by_you: maybe(flag),
})

/** A saved filter decides alone; owning them oneself beats another user. */
async function chosen(scope: Scope, query: z.output<typeof DealsQuery>): Promise<DealFilter> {
  if (query.filter_id !== undefined) return dealFilterOf(scope, query.filter_id)
  return {
    ownerId: query.owned_by_you ? scope.user.id : query.user_id,
    openStageId: query.stage_id,
    ...ofStatus(query.status, scope.now()),
  }
}

const ArchivedQuery = DealsQuery.extend({ person_id: maybe(whole), org_id: maybe(whole), pipeline_id: maybe(whole) })

const BoardQuery = Paging.extend({ filter_id: maybe(whole), user_id: maybe(whole), everyone: maybe(flag) })

/** Everyone's beat a user's, a user's beat a filter's; where nothing is said they are the caller's own. */
async function onBoard(scope: Scope, query: z.output<typeof BoardQuery>): Promise<DealFilter> {
  if (query.everyone) return { outcomes: ['open'] }
  if (query.user_id !== undefined) return { outcomes: ['open'], ownerId: query.user_id }
  if (query.filter_id !== undefined) return dealFilterOf(scope, query.filter_id)
  return { outcomes: ['open'], ownerId: scope.user.id }
}

const PipelineDealsQuery = BoardQuery.extend({
  stage_id: maybe(whole),
  get_summary: maybe(flag),
  totals_convert_currency: maybe(text),
})

const CollectionQuery = Paging.pick({ limit: true }).extend({
  cursor: maybe(cursor),
  since: maybe(moment),
  until: maybe(moment),
  user_id: maybe(whole),
  stage_id: maybe(whole),
  status: maybe(z.enum(['open', 'won', 'lost', 'deleted'])),
})

export function openDealLists(v1: Speaker): void {
  v1.get('/deals', { query: DealsQuery, cost: 20 }, async ({ scope, query }) =>
    fullPage(scope, { filter: { ...(await chosen(scope, query)), isArchived: false }, sort: readSort(sorts, query.sort) }, query),
  )

  v1.get('/deals/archived', { query: ArchivedQuery, cost: 40 }, async ({ scope, query }) => {
    const { filter_id, person_id: contactId, org_id: companyId, pipeline_id: pipelineId } = query
    const more: DealFilter = filter_id === undefined ? { contactId, companyId, pipelineId } : {}
    const filter = { ...(await chosen(scope, query)), ...more, isArchived: true }
    return fullPage(scope, { filter, sort: readSort(sorts, query.sort) }, query)
  })

  v1.get('/deals/collection', { query: CollectionQuery, cost: 10 }, async ({ scope, query }) => {
    // The reference keeps this list for those who see everything anyway.
    requireRole(scope, 'admin')
    const { limit, cursor: after, since, until, user_id, stage_id, status } = query
    const filter: DealFilter = {
      ownerId: user_id,
      openStageId: stage_id,
      updatedSince: since,
      updatedUntil: until,
      ...ofStatus(status, scope.now()),
    }
    const key = after === undefined ? undefined : { value: after, id: after }
    const { items, next } = await listDeals(scope, { filter, limit, after: key })
    const beside = { losses: await lossNames(scope, items), fields: await listCustomFields(scope, 'deal') }
    return one(
      items.map((deal) => writeCollectedDeal(deal, beside)),
      { additional_data: { next_cursor: next && writeCursor(next.id) } },
    )
  })

  v1.get('/stages/:id/deals', { params: ById, query: BoardQuery, cost: 20 }, async ({ scope, params, query }) => {
    const { id: openStageId } = await findLiveStage(scope, params.id)
    const filter = { ...within(await onBoard(scope, query), { openStageId }), isArchived: false }
    return dealPage(scope, { filter }, query, writeFlatDeal)
  })

  v1.get('/pipelines/:id/deals', { params: ById, query: PipelineDealsQuery, cost: 20 }, async ({ scope, params, query }) => {
    const { id: pipelineId } = await findPipeline(scope, params.id)
    const place = { pipelineId, openStageId: query.stage_id }
    const filter = { ...within(await onBoard(scope, query), place), isArchived: false }
    const answer = await dealPage(scope, { filter }, query, writeFlatDeal)
    if (!query.get_summary) return answer
    const deals_summary = await dealsSummary(scope, params.id, query.totals_convert_currency)
    const body = answer.body as { additional_data: object }
    return { ...answer, body: { ...body, additional_data: { ...body.additional_data, deals_summary } } }
  })
}
