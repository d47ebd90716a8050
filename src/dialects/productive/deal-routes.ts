import { listCustomFields } from '../../domain/custom-field.ts'
import { countDeals, type Deal, findDeal, listDeals } from '../../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal } from '../../domain/edit-deals.ts'
import { found, refuse } from '../../domain/errors.ts'
import { atomically, type Scope } from '../../domain/scope.ts'
import { findStage, listStages } from '../../domain/stage.ts'
import type { Speaker } from '../../http/speak.ts'
import { ById, Document, readDocument } from './body.ts'
import { asksForStatus, dealSpec, readDealFilter, readDealSort } from './deal-filters.ts'
import { DealChange, NewDeal, readDeal, writeDeals } from './deals.ts'
import { type Includes, noContent } from './document.ts'
import { wantsReason } from './edit-statuses.ts'
import { answerOne, answerPage } from './include.ts'
import { windowOf } from './page.ts'
import { including, listing } from './query.ts'

export function openDeals(api: Speaker): void {
  const query = including('deals')

  api.get('/api/v2/deals', { query: listing(dealSpec) }, async ({ scope, query, req }) => {
    const stages = asksForStatus(query.filter) ? await listStages(scope) : []
    const context = { timeZone: scope.workspace.timeZone, stages }
    // Archived deals are on no board, and Productive has no word for them.
    const filter = { ...readDealFilter(query.filter, context), isArchived: false }
    const { items } = await listDeals(scope, { filter, sort: readDealSort(query.sort), ...windowOf(query) })
    return answerPage(scope, await writeDeals(scope, items), { ...query, req }, await countDeals(scope, filter))
  })

  api.get('/api/v2/deals/:id', { params: ById, query }, async ({ scope, params, query }) =>
    answerDeal(scope, await findDeal(scope, params.id), query),
  )

  api.post('/api/v2/deals', { query, body: Document }, async ({ scope, query, body }) => {
    const input = readDocument(NewDeal, body, 'deals')
    const fields = await fieldsFor(scope, input)
    const draft = { ...readDeal(input, fields, scope.workspace), title: input.name }
    return answerDeal(scope, await knowingWhy(scope, undefined, (scope) => createDeal(scope, draft)), query, 201)
  })

  api.patch('/api/v2/deals/:id', { params: ById, query, body: Document }, async ({ scope, params, query, body }) => {
    const before = await findDeal(scope, params.id)
    const input = readDocument(DealChange, body, 'deals', before.id)
    const patch = readDeal(input, await fieldsFor(scope, input), scope.workspace, before)
    return answerDeal(scope, await knowingWhy(scope, before.id, (scope) => changeDeal(scope, before.id, patch)), query)
  })

  api.delete('/api/v2/deals/:id', { params: ById }, async ({ scope, params }) => {
    await deleteDeal(scope, params.id)
    return noContent
  })
}

export async function answerDeal(scope: Scope, deal: Deal, includes: Includes, status = 200) {
  const [resource] = await writeDeals(scope, [deal])
  return answerOne(scope, found(resource, 'deal'), includes, status)
}

const fieldsFor = async (scope: Scope, input: DealChange) =>
  input.custom_fields === undefined ? [] : listCustomFields(scope, 'deal')

/** Whoever brings a deal into a lost stage that wants a reason has to give one (schema: lost_reason_enabled). */
const knowingWhy = (scope: Scope, id: number | undefined, work: (scope: Scope) => Promise<Deal>): Promise<Deal> =>
  atomically(scope, async (scope) => {
    const before = id === undefined ? undefined : await findDeal(scope, id)
    const deal = await work(scope)
    if (deal.stageId === before?.stageId || deal.lossReasonId !== null) return deal
    if (wantsReason(await findStage(scope, deal.stageId)))
      refuse({ kind: 'invalid', issues: [{ field: 'lossReasonId', rule: 'required' }] })
    return deal
  })
