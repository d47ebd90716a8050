import { z } from 'zod'
import { addLossReason, deleteLossReason, findLossReason, type LossReason, listLossReasons } from '../../../domain/loss-reason.ts'
import { read } from '../../../http/fault.ts'
import type { Speaker } from '../../../http/speak.ts'
import { ById, maybe, text, whole } from '../input.ts'
import { allRows } from '../rows.ts'
import { seconds } from '../time.ts'
import { empty, hal } from '../wire.ts'
import { rowsIn } from './body.ts'
import { requestIdOf } from './errors.ts'
import { baseOf, self } from './links.ts'

const ReasonRow = z.object({ name: text, sort: maybe(whole) })

/** Reasons stand in the order that they were made in, unless their own number says otherwise. */
const sortOf = ({ extras, id }: LossReason): number => (typeof extras.amocrm?.sort === 'number' ? extras.amocrm.sort : id * 10)

export const writeLossReason = (reason: LossReason, base: string) => ({
  id: reason.id,
  name: reason.name,
  sort: sortOf(reason),
  created_at: seconds(reason.createdAt),
  updated_at: seconds(reason.updatedAt),
  ...self(`${base}/leads/loss_reasons/${reason.id}`),
})

/** Reasons for losing; those for not qualifying are another vendor's and only show on the leads that have them. */
export function openLossReasons(api: Speaker): void {
  api.get('/api/v4/leads/loss_reasons', {}, async ({ req, scope }) => {
    const reasons = (await listLossReasons(scope, 'lost')).toSorted((a, b) => sortOf(a) - sortOf(b))
    return reasons.length === 0
      ? empty
      : hal(
          collection(
            reasons.map((reason) => writeLossReason(reason, baseOf(req))),
            baseOf(req),
          ),
        )
  })

  api.get('/api/v4/leads/loss_reasons/:id', { params: ById }, async ({ req, scope, params }) =>
    hal(writeLossReason(await findLossReason(scope, params.id), baseOf(req))),
  )

  api.post('/api/v4/leads/loss_reasons', {}, async ({ req, scope }) => {
    const rows = rowsIn(req.body)
    const made = await allRows(scope, rows, (scope, row) => {
      const { name, sort } = read(ReasonRow, row, 'body')
      return addLossReason(scope, { name, ...(sort === undefined ? {} : { extras: { sort } }) })
    })
    const written = made.map((reason, index) => ({
      ...writeLossReason(reason, baseOf(req)),
      request_id: requestIdOf(rows[index], index),
    }))
    return hal(collection(written, baseOf(req)))
  })

  api.delete('/api/v4/leads/loss_reasons/:id', { params: ById }, async ({ scope, params }) => {
    await deleteLossReason(scope, params.id, 'lost')
    return empty
  })
}

const collection = (reasons: readonly object[], base: string): object => ({
  _total_items: reasons.length,
  ...self(`${base}/leads/loss_reasons`),
  _embedded: { loss_reasons: reasons },
})
