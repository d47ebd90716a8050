import { z } from 'zod'
import { type Deal, listDeals } from '../../../domain/deal.ts'
import { toMajor } from '../../../domain/money.ts'
import { listParties } from '../../../domain/party.ts'
import type { Scope } from '../../../domain/scope.ts'
import type { Speaker } from '../../../http/speak.ts'
import { extrasOf, outcomesOf, statusOf } from '../deals.ts'
import { visibleStages } from '../stages.ts'
import { idText, listOf } from './input.ts'
import { found, matching, score, search, searchQuery, textsIn } from './search.ts'

const DealSearch = searchQuery({
  fields: listOf('custom_fields', 'notes', 'title').optional(),
  person_id: idText.optional(),
  organization_id: idText.optional(),
  status: z.enum(['open', 'won', 'lost']).optional(),
  include_fields: listOf('deal.cc_email').optional(),
})

/** Where our search looks for each of the vendor's fields. There are no notes here. */
const columns = { title: ['title'], custom_fields: ['custom'], notes: [] } as const

/** Ids with names, of the things that the deals point at. */
async function names(scope: Scope, deals: readonly Deal[]) {
  const ids = [...new Set(deals.flatMap((deal) => [deal.contactId ?? [], deal.companyId ?? []].flat()))]
  const { items } = await listParties(scope, { ids, deleted: 'both', limit: Math.max(ids.length, 1) })
  return {
    party: new Map(items.map((party) => [party.id, party.name])),
    stage: new Map((await visibleStages(scope)).map((stage) => [stage.id, stage.name])),
  }
}

const named = (id: number | null, names: ReadonlyMap<number, string>) => {
  const name = id === null ? undefined : names.get(id)
  return name === undefined ? null : { id, name }
}

export function openDealSearch(api: Speaker): void {
  api.get('/api/v2/deals/search', { query: DealSearch, cost: 20, group: 'search' }, async ({ scope, query }) => {
    const textIn = query.fields?.flatMap((field) => columns[field])
    const filter = {
      text: query.term,
      textIn,
      contactId: query.person_id,
      companyId: query.organization_id,
      outcomes: query.status && outcomesOf[query.status],
    }
    const page = await search(
      query,
      async (window) => (textIn?.length === 0 ? { items: [], next: null } : listDeals(scope, { filter, ...window })),
      (deal) => [
        ...(!textIn || textIn.includes('title') ? [deal.title] : []),
        ...(!textIn || textIn.includes('custom') ? textsIn(deal.customFields) : []),
      ],
    )
    const { party, stage } = await names(scope, page.items)
    const items = page.items.map((deal) => ({
      result_score: score(query.term, deal.title),
      item: {
        id: deal.id,
        type: 'deal',
        title: deal.title,
        value: toMajor(deal.amount, deal.currency),
        currency: deal.currency,
        status: statusOf(deal),
        visible_to: extrasOf(deal).visible_to,
        owner: { id: deal.ownerId },
        stage: named(deal.openStageId, stage),
        person: named(deal.contactId, party),
        organization: named(deal.companyId, party),
        custom_fields: matching(query.term, textsIn(deal.customFields)),
        notes: [],
        is_archived: deal.archivedAt !== null,
        // There is no address that mails to a deal could be sent to.
        ...(query.include_fields?.includes('deal.cc_email') ? { cc_email: null } : {}),
      },
    }))
    return found(query, items, page.next)
  })
}
