import { z } from 'zod'
import type { Deal } from '../../../domain/deal.ts'
import { deleteDeal } from '../../../domain/edit-deals.ts'
import { atomically, type Scope } from '../../../domain/scope.ts'
import type { Answer, Speaker } from '../../../http/speak.ts'
import { findVisibleDeal } from '../deals.ts'
import { one } from '../wire.ts'
import { writeFlatDeal, writeFullDeal } from './deal.ts'
import { DealChange, DealDraftBody, postDeal, putDeal } from './deal-body.ts'
import { duplicateDeal, mergeDeals } from './deal-copies.ts'
import { dropboxEmail, writeDetails } from './deal-details.ts'
import { deletion, deletions } from './deletion.ts'
import { ById, bodyOf, ids, whole } from './input.ts'
import { relatedToDeals } from './related.ts'
import { relatedObjects } from './related-objects.ts'

/** A deal after a write. */
async function fullDeal(scope: Scope, deal: Deal, status = 200): Promise<Answer> {
  const related = await relatedToDeals(scope, [deal])
  return one(writeFullDeal(deal, related), { related_objects: relatedObjects([deal], related) }, status)
}

async function flatDeal(scope: Scope, deal: Deal, beside: object = {}): Promise<Answer> {
  return one({ ...writeFlatDeal(deal, await relatedToDeals(scope, [deal])), ...beside })
}

export function openDeals(v1: Speaker): void {
  v1.get('/deals/:id', { params: ById, cost: 2 }, async ({ scope, params }) => {
    const deal = await findVisibleDeal(scope, params.id)
    const related = await relatedToDeals(scope, [deal])
    return one(
      { ...writeFullDeal(deal, related), ...(await writeDetails(scope, deal, related)) },
      { additional_data: dropboxEmail(deal, related), related_objects: relatedObjects([deal], related) },
    )
  })

  v1.post('/deals', { body: DealDraftBody, cost: 10 }, async ({ scope, body }) =>
    fullDeal(scope, await atomically(scope, (scope) => postDeal(scope, body)), 201),
  )

  v1.put('/deals/:id', { params: ById, body: DealChange, cost: 10 }, async ({ scope, params, body }) =>
    fullDeal(scope, await putDeal(scope, params.id, body)),
  )

  v1.delete('/deals/:id', { params: ById, cost: 6 }, async ({ scope, params }) =>
    deletion(scope, params.id, findVisibleDeal, deleteDeal),
  )

  v1.delete('/deals', { query: z.object({ ids }), cost: 10 }, async ({ scope, query }) =>
    deletions(scope, query.ids, findVisibleDeal, deleteDeal),
  )

  v1.post('/deals/:id/duplicate', { params: ById, cost: 10 }, async ({ scope, params }) =>
    flatDeal(scope, await duplicateDeal(scope, params.id)),
  )

  v1.put(
    '/deals/:id/merge',
    { params: ById, body: bodyOf({ merge_with_id: whole }), cost: 40 },
    async ({ scope, params, body }) =>
      flatDeal(scope, await mergeDeals(scope, params.id, body.merge_with_id), { merge_what_id: params.id }),
  )
}
