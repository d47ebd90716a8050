import { z } from 'zod'
import { fieldsOf, listCustomFields } from '../../domain/custom-field.ts'
import { type Deal, findDeal, listDeals } from '../../domain/deal.ts'
import { atomically, type Scope } from '../../domain/scope.ts'
import type { Answer, Speaker } from '../../http/speak.ts'
import { includedAssociations } from './associated-contacts.ts'
import { ambiguous, DealMatch, DealQuery, includes, readFilter } from './deal-queries.ts'
import { kindsOf } from './deal-reasons.ts'
import { addDeal, editDeal, removeDeal } from './deal-writes.ts'
import { DealChange, type DealData, NewDeal, writeDeal } from './deals.ts'
import { byId, noQuery } from './fields.ts'
import { many, windowOf } from './paging.ts'
import { gone, item, one } from './wire.ts'

export function mountDeals(api: Speaker): void {
  api.get('/v2/deals', { query: DealQuery }, async ({ scope, query, req }) => {
    const { page, per_page, sort_by, includes, ...match } = query
    const fields = match.custom_fields === undefined ? [] : await listCustomFields(scope, 'deal')
    const deals = await listDeals(scope, { filter: readFilter(match, fields), sort: sort_by, ...windowOf(query) })
    const items = await show(scope, deals.items, includes)
    return many(req, query, { items: items.map((deal) => item('deal', deal)), hasMore: deals.next !== null })
  })

  api.post('/v2/deals', { query: noQuery, body: NewDeal }, async ({ scope, body }) =>
    showOne(scope, await addDeal(scope, body.data)),
  )

  api.post('/v2/deals/upsert', { query: DealMatch, body: DealChange }, async ({ scope, query, body }) =>
    showOne(scope, await putDeal(scope, query, body.data)),
  )

  api.get('/v2/deals/:id', { params: byId, query: z.strictObject({ includes }) }, async ({ scope, params, query }) =>
    showOne(scope, await findDeal(scope, params.id), query.includes),
  )

  api.put('/v2/deals/:id', { params: byId, query: noQuery, body: DealChange }, async ({ scope, params, body }) =>
    showOne(scope, await editDeal(scope, params.id, body.data)),
  )

  api.delete('/v2/deals/:id', { params: byId, query: noQuery }, async ({ scope, params }) => {
    await removeDeal(scope, params.id)
    return gone
  })
}

/** Creates a deal, or changes the one that the filters find. */
const putDeal = (scope: Scope, match: z.output<typeof DealMatch>, data: DealData): Promise<Deal> =>
  atomically(scope, async (scope) => {
    const filter = readFilter(match, await listCustomFields(scope, 'deal'))
    const [deal, other] = (await listDeals(scope, { filter, limit: 2 })).items
    if (other) ambiguous()
    return deal ? editDeal(scope, deal.id, data) : addDeal(scope, data)
  })

type Includes = z.output<typeof includes>

/** Deals as the vendor shows them, with what they name looked up once for all of them. */
async function show(scope: Scope, deals: readonly Deal[], include: Includes): Promise<object[]> {
  const [fields, kinds] = [await fieldsOf(scope, 'deal', deals), await kindsOf(scope, deals)]
  return Promise.all(
    deals.map(async (deal) => ({
      ...writeDeal(deal, fields, kinds),
      ...(include ? await includedAssociations(scope, deal.id) : {}),
    })),
  )
}

async function showOne(scope: Scope, deal: Deal, include?: Includes): Promise<Answer> {
  const [shown = {}] = await show(scope, [deal], include)
  return one('deal', shown)
}
