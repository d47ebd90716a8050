import { z } from 'zod'
import {
  type Delivery,
  findDelivery,
  listDeliveries,
  replayDeliveries,
  replayDelivery,
  testWebhook,
} from '../../domain/delivery.ts'
import { wholeNumber } from '../../http/speak.ts'
import { types } from './events.ts'
import { ById, cursorParam, id, idParam, instant, limitParam, recordId, timeParam, timeText, told, words } from './fields.ts'
import { byId, pageOf, readWindow, type Sort } from './paging.ts'
import type { NativeSpeaker } from './speaker.ts'
import { ok, time, timeOrNull } from './wire.ts'

/** What was sent, and what became of it. */

const states = ['pending', 'delivered', 'failed', 'dropped'] as const
const deliveryTypes = [...types, 'test'] as const

export type DeliveryJson = z.output<typeof DeliveryJson>
export const DeliveryJson = z
  .object({
    id: recordId,
    webhookId: id('To which webhook.'),
    eventId: z.int().nullable().meta({ description: 'Of which event; null for a test.' }),
    type: z.string().meta({ description: 'What happened.', example: 'deal.moved' }),
    subject: z.string().meta({ description: 'To what: `deal`, `stage` or `pipeline`; `test` for a test.' }),
    subjectId: z.int().meta({ description: 'Its id.' }),
    topic: z.string().meta({ description: 'What the webhook’s dialect calls it.' }),
    state: z.enum(states).meta({
      description:
        '`failed`: tried as often as the dialect does. `dropped`: not tried (any more), because the webhook was removed, disabled or left alone.',
    }),
    attempts: z.int().meta({ description: 'How often it was tried.' }),
    dueAt: timeText('When it is tried next; null: not any more.').nullable(),
    attemptedAt: timeText('When it was last tried.').nullable(),
    status: z.int().nullable().meta({ description: 'What was answered last; null: nothing.' }),
    error: words('Why there was no answer.').nullable(),
    durationMs: z.int().nullable().meta({ description: 'How long the last attempt took.' }),
    createdAt: timeText('When it was queued.'),
    finishedAt: timeText('When it was over; null: it is not.').nullable(),
  })
  .meta({ id: 'Delivery', description: 'One thing told to one webhook, over all its attempts.' })

const writeDelivery = (delivery: Delivery): DeliveryJson => ({
  id: delivery.id,
  webhookId: delivery.webhookId,
  eventId: delivery.eventId,
  type: delivery.type,
  subject: delivery.subject,
  subjectId: delivery.subjectId,
  topic: delivery.topic,
  state: delivery.state,
  attempts: delivery.attempts,
  dueAt: delivery.state === 'pending' ? time(delivery.dueAt) : null,
  attemptedAt: timeOrNull(delivery.attemptedAt),
  status: delivery.status,
  error: delivery.error,
  durationMs: delivery.durationMs,
  createdAt: time(delivery.createdAt),
  finishedAt: timeOrNull(delivery.finishedAt),
})

const type = z
  .enum(deliveryTypes as unknown as [Delivery['type'], ...Delivery['type'][]])
  .optional()
  .meta({ description: 'Only of this type of event.' })

const DeliveriesQuery = z.strictObject({
  state: z.enum(states).optional().meta({ description: 'Only those that are in this state.' }),
  type,
  dealId: idParam('Only those about this deal.'),
  status: z
    .string()
    .regex(/^\d{3}$/, 'must be an HTTP status')
    .transform(Number)
    .optional()
    .meta({ description: 'Only those that were last answered with this status.', ...told({ type: 'integer' }) }),
  since: timeParam('Only those that were queued from this time on.'),
  until: timeParam('Only those that were queued before this time.'),
  limit: limitParam,
  cursor: cursorParam,
})

const ByBoth = z.object({
  ...ById.shape,
  delivery: wholeNumber.meta({ description: 'Id of the delivery.', ...told({ type: 'integer' }) }),
})

const ReplayBody = z.strictObject({
  state: z
    .enum(['failed', 'dropped', 'delivered'])
    .optional()
    .meta({ description: 'Those that are in this state; `failed` where not given.' }),
  type,
  since: instant('Those that were queued from this time on.').optional(),
  until: instant('Those that were queued before this time.').optional(),
})

const ReplayedJson = z.object({ data: z.object({ count: z.int().meta({ description: 'How many are sent again.' }) }) })

/** The newest first, and no other way. */
const newestFirst: Sort<'id'> = { ...byId, direction: 'desc' }

const tag = 'Webhooks' as const
const role = 'manager' as const

/** The log of a webhook's deliveries; sending them again; sending a test. */
export function deliveryRoutes(api: NativeSpeaker): void {
  api.get(
    '/webhooks/:id/deliveries',
    {
      params: ById,
      query: DeliveriesQuery,
      about: {
        tag,
        role,
        id: 'listDeliveries',
        summary: 'What was sent to a webhook',
        description: 'The newest first. Kept for 30 days after it was over, unless the server says otherwise.',
        list: DeliveryJson,
      },
    },
    async ({ scope, params, query: { limit, cursor, ...filter } }) => {
      const window = readWindow({ limit, cursor }, newestFirst)
      return pageOf(await listDeliveries(scope, params.id, { ...filter, ...window }), newestFirst, writeDelivery)
    },
  )

  api.get(
    '/webhooks/:id/deliveries/:delivery',
    { params: ByBoth, about: { tag, role, id: 'getDelivery', summary: 'One delivery', one: DeliveryJson } },
    async ({ scope, params }) => ok(writeDelivery(await findDelivery(scope, params.id, params.delivery))),
  )

  api.post(
    '/webhooks/:id/deliveries/:delivery/replay',
    {
      params: ByBoth,
      about: {
        tag,
        role,
        id: 'replayDelivery',
        summary: 'Send a delivery again',
        description: 'From its first attempt and with the same id. One that is waiting for its next attempt is tried now.',
        one: DeliveryJson,
        problems: [409],
      },
    },
    async ({ scope, params }) => ok(writeDelivery(await replayDelivery(scope, params.id, params.delivery))),
  )

  api.post(
    '/webhooks/:id/replay',
    {
      params: ById,
      body: ReplayBody.optional(),
      about: {
        tag,
        role,
        id: 'replayDeliveries',
        summary: 'Send again what failed',
        description: 'All that failed, or a part of it; for each record in the order in which it happened.',
        answer: ReplayedJson,
        problems: [409],
      },
    },
    async ({ scope, params, body: { state, ...filter } = {} }) =>
      ok({ count: await replayDeliveries(scope, params.id, { ...filter, state: state ?? 'failed' }) }),
  )

  api.post(
    '/webhooks/:id/test',
    {
      params: ById,
      about: {
        tag,
        role,
        id: 'testWebhook',
        summary: 'Send a test',
        description:
          'Answers with the delivery, which is under way: look at it again for what became of it. Other APIs’ webhooks know no tests; theirs is dropped unsent.',
        one: DeliveryJson,
        problems: [409],
      },
    },
    async ({ scope, params }) => ok(writeDelivery(await testWebhook(scope, params.id))),
  )
}
