import { z } from 'zod'
import { countDeals, type Deal, type DealFilter, findDeal, listDeals } from '../../domain/deal.ts'
import { changeDeal, createDeal, deleteDeal } from '../../domain/edit-deals.ts'
import { atomically, requireRole, type Scope } from '../../domain/scope.ts'
import type { StageKind } from '../../domain/stage.ts'
import type { Handler, Speaker } from '../../http/speak.ts'
import { cameByApi, DealBody, NewDeal, readDeal, reopenedAt, type Status, writeDeals } from './deals.ts'
import { asked } from './fields.ts'
import { ById, dealById, type IdField, idOf } from './ids.ts'
import { paged, paging, windowOf } from './paging.ts'
import { gone, made, one } from './wire.ts'

/** Filters by an id. */
const filters = {
  pipeline_id: 'pipelineId',
  pipeline_stage_id: 'openStageId',
  owner_id: 'ownerId',
  contact_id: 'contactId',
  company_id: 'companyId',
} as const satisfies Record<string, IdField>

const DealQuery = z.object({
  ...paging,
  pipeline_id: asked,
  pipeline_stage_id: asked,
  owner_id: asked,
  contact_id: asked,
  company_id: asked,
  status: asked,
  search: asked,
})
type DealQuery = z.output<typeof DealQuery>

const outcomes: Readonly<Record<Status, readonly StageKind[]>> = {
  open: ['open'],
  won: ['won'],
  lost: ['lost', 'unqualified'],
}

/** What is asked for; undefined where it names something that is not there, which nothing can belong to. */
async function readFilter(scope: Scope, query: DealQuery): Promise<DealFilter | undefined> {
  const filter: DealFilter = { isArchived: false, text: query.search }
  for (const [theirs, ours] of Object.entries(filters)) {
    const uuid = query[theirs as keyof typeof filters]
    if (uuid === undefined) continue
    const id = await idOf(scope, ours, uuid)
    if (id === undefined) return undefined
    filter[ours] = id
  }
  if (query.status === undefined) return filter
  const wanted = Object.hasOwn(outcomes, query.status) ? outcomes[query.status as Status] : undefined
  return wanted && { ...filter, outcomes: wanted }
}

const show = async (scope: Scope, deal: Deal): Promise<object> => (await writeDeals(scope, [deal]))[0] ?? {}

const change: Handler<{ params: typeof ById; body: typeof DealBody }> = async ({ scope, params, body }) => {
  requireRole(scope, 'member')
  const deal = await atomically(scope, async (scope) => {
    const id = await dealById(scope, params.id)
    await scope.store.deals.lock(id)
    const before = await findDeal(scope, id)
    const isReopened = body.status === 'open' && before.outcome !== 'open'
    const patch = await readDeal(scope, body)
    return changeDeal(scope, id, isReopened ? { ...patch, extras: reopenedAt(scope.now()) } : patch)
  })
  return one(await show(scope, deal))
}

export function mountDeals(api: Speaker): void {
  api.get('/app/deals', { query: DealQuery }, async ({ scope, query, req }) => {
    const filter = await readFilter(scope, query)
    if (!filter) return paged(req, query, { items: [], total: 0 })
    const { limit, offset } = windowOf(query)
    const { items } = await listDeals(scope, { filter, limit, offset })
    return paged(req, query, { items: await writeDeals(scope, items), total: await countDeals(scope, filter) })
  })

  api.post('/app/deals', { body: NewDeal }, async ({ scope, body }) => {
    requireRole(scope, 'member')
    const deal = await atomically(scope, async (scope) =>
      createDeal(scope, { ...(await readDeal(scope, body)), title: body.name, extras: cameByApi }),
    )
    return made(await show(scope, deal))
  })

  api.get('/app/deals/:id', { params: ById }, async ({ scope, params }) =>
    one(await show(scope, await findDeal(scope, await dealById(scope, params.id)))),
  )

  api.put('/app/deals/:id', { params: ById, body: DealBody }, change)
  api.patch('/app/deals/:id', { params: ById, body: DealBody }, change)

  api.delete('/app/deals/:id', { params: ById }, async ({ scope, params }) => {
    requireRole(scope, 'member')
    await deleteDeal(scope, await dealById(scope, params.id))
    return gone
  })
}
