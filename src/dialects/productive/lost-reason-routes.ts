import { addLossReason, changeLossReason, findLossReason, type LossReason, listLossReasons } from '../../domain/loss-reason.ts'
import { atomically, type Scope } from '../../domain/scope.ts'
import type { Speaker } from '../../http/speak.ts'
import { ById, Document, readDocument } from './body.ts'
import type { Includes } from './document.ts'
import { answerOne, answerPage } from './include.ts'
import { NewReason, ReasonChange, writeReason } from './lost-reasons.ts'
import { pageOf } from './page.ts'
import { including, listing } from './query.ts'
import { type Selection, select, specOf } from './select.ts'

const reasons: Selection<LossReason> = {
  type: 'lost_reasons',
  filters: { id: { kind: 'number', of: ({ id }) => id } },
  sorts: { id: ({ id }) => id, name: ({ name }) => name },
  order: [{ by: 'id', descending: false }],
}

/** Lost reasons. The vendor has no call that deletes one. */
export function openLostReasons(api: Speaker): void {
  const query = including('lost_reasons')
  const answer = (scope: Scope, reason: LossReason, includes: Includes, status = 200) =>
    answerOne(scope, writeReason(reason, scope.workspace), includes, status)

  api.get('/api/v2/lost_reasons', { query: listing(specOf(reasons)) }, async ({ scope, query, req }) => {
    const found = select(await listLossReasons(scope), query, reasons)
    const resources = pageOf(found, query).map((reason) => writeReason(reason, scope.workspace))
    return answerPage(scope, resources, { ...query, req }, found.length)
  })

  api.get('/api/v2/lost_reasons/:id', { params: ById, query }, async ({ scope, params, query }) =>
    answer(scope, await findLossReason(scope, params.id), query),
  )

  api.post('/api/v2/lost_reasons', { query, body: Document }, async ({ scope, query, body }) =>
    answer(scope, await addLossReason(scope, readDocument(NewReason, body, 'lost_reasons')), query, 201),
  )

  api.patch('/api/v2/lost_reasons/:id', { params: ById, query, body: Document }, async ({ scope, params, query, body }) => {
    const { id } = await findLossReason(scope, params.id)
    return answer(scope, await changeLossReason(scope, id, readDocument(ReasonChange, body, 'lost_reasons', id)), query)
  })

  api.patch('/api/v2/lost_reasons/:id/archive', { params: ById, query }, async ({ scope, params, query }) =>
    answer(scope, await archive(scope, params.id), query),
  )
}

/** Archiving again leaves the first moment. */
const archive = (scope: Scope, id: number): Promise<LossReason> =>
  atomically(scope, async (scope) => {
    const { isArchived } = await findLossReason(scope, id)
    const extras = { archived_at: scope.now() }
    return changeLossReason(scope, id, isArchived ? {} : { isArchived: true, extras })
  })
