import { countDeals, type Deal, type DealFilter, findAnyDeal, listDeals } from '../../domain/deal.ts'
import { restoreDeal } from '../../domain/edit-deals.ts'
import { found } from '../../domain/errors.ts'
import { listEvents } from '../../domain/events.ts'
import type { Scope } from '../../domain/scope.ts'
import type { Speaker } from '../../http/speak.ts'
import { ById } from './body.ts'
import { answerDeal } from './deal-routes.ts'
import { identifier, type Resource } from './document.ts'
import { type Comparison, splitValues } from './filter.ts'
import { answerOne, answerPage } from './include.ts'
import { windowOf } from './page.ts'
import { including, type ListQuery, listing } from './query.ts'
import { refuseQuery } from './raw-query.ts'
import { timeIn } from './time.ts'

const spec = { type: 'deleted_items', filters: new Set(['id', 'item_type', 'name']), sorts: new Set<string>() } as const

const filters: Readonly<Record<string, (values: readonly string[]) => DealFilter>> = {
  id: (values) => ({ ids: splitValues(values).flatMap((value) => (/^\d{1,15}$/.test(value) ? [Number(value)] : [])) }),
  item_type: (values) => (splitValues(values).includes('deal') ? {} : { any: [] }),
  name: (values) => ({ any: values.map((title) => ({ title })) }),
}

const readFilter = (filter: ListQuery['filter']): DealFilter =>
  'op' in filter ? { [filter.op === 'and' ? 'all' : 'any']: filter.terms.map(readFilter) } : readComparison(filter)

function readComparison({ field, operator, values }: Comparison): DealFilter {
  const read = operator === 'eq' ? filters[field] : undefined
  return read ? read(values) : refuseQuery('filter', `${field}[${operator}]`)
}

/** The recycle bin. Of all that the vendor puts there crmux has deals; an item has the number of its deal. */
export function openDeletedItems(api: Speaker): void {
  api.get('/api/v2/deleted_items', { query: listing(spec) }, async ({ scope, query, req }) => {
    const filter = { ...readFilter(query.filter), deleted: 'only' } as const
    const { items } = await listDeals(scope, { filter, ...windowOf(query) })
    const resources = await Promise.all(items.map((deal) => writeItem(scope, deal)))
    return answerPage(scope, resources, { ...query, req }, await countDeals(scope, filter))
  })

  api.get('/api/v2/deleted_items/:id', { params: ById, query: including('deleted_items') }, async ({ scope, params, query }) =>
    answerOne(scope, await writeItem(scope, await findDeleted(scope, params.id)), query),
  )

  // Answered with what was restored.
  api.patch(
    '/api/v2/deleted_items/:id/restore',
    { params: ById, query: including('deals') },
    async ({ scope, params, query }) => {
      const { id } = await findDeleted(scope, params.id)
      return answerDeal(scope, await restoreDeal(scope, id), query)
    },
  )
}

async function findDeleted(scope: Scope, id: number): Promise<Deal> {
  const deal = await findAnyDeal(scope, id)
  return found(deal.deletedAt === null ? undefined : deal, 'deal')
}

/** Who deleted it is in its history, and where it was is said in words. */
async function writeItem(scope: Scope, deal: Deal): Promise<Resource> {
  const { store, workspace } = scope
  const { items } = await listEvents(scope, {
    subject: 'deal',
    subjectId: deal.id,
    type: 'deal.deleted',
    direction: 'desc',
    limit: 1,
  })
  const deleterId = items[0]?.userId ?? deal.ownerId
  const company = deal.companyId === null ? undefined : await store.parties.get(deal.companyId)
  return {
    type: 'deleted_items',
    id: String(deal.id),
    attributes: {
      created_at: timeIn(workspace.timeZone, deal.deletedAt ?? deal.updatedAt),
      deleter_id: deleterId,
      item_id: deal.id,
      item_type: 'deal',
      location: company ? `Company: ${company.name}` : workspace.name,
      name: deal.title,
      private: false,
      recovered_at: null,
    },
    links: { deleter: identifier('people', deleterId) },
  }
}
