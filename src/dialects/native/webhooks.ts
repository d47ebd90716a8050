import { z } from 'zod'
import {
  addWebhook,
  changeWebhook,
  findWebhook,
  listWebhooks,
  removeWebhook,
  rotateSecret,
  type WatchedWebhook,
} from '../../domain/webhook.ts'
import { fail } from '../../http/fault.ts'
import { types } from './events.ts'
import { ById, id, recordId, text, timeText, uuid, words } from './fields.ts'
import type { NativeSpeaker } from './speaker.ts'
import { everything, newSecret } from './webhook-format.ts'
import { created, gone, ok, time, timeOrNull, whole } from './wire.ts'

const shape = {
  id: recordId,
  uuid,
  dialect: z
    .string()
    .meta({ description: 'In whose words it is told, for life: the API that it was made through.', example: 'native' }),
  version: z.string().meta({ description: 'Which version of them, for life.', example: '1' }),
  name: words('What it is for; may be empty.'),
  url: words('Where deliveries go.'),
  events: z.array(z.string()).meta({ description: 'What it hears of, in the words of its dialect.', example: ['deal.moved'] }),
  ownerId: id('The member in whose name it listens.'),
  state: z.enum(['active', 'paused', 'disabled']).meta({
    description:
      '`paused`: changes queue up until it is active again. `disabled`: it failed too often; what happens is not queued.',
  }),
  reason: words('Why it is disabled, as its dialect has it.').nullable(),
  hasLogin: z.boolean().meta({ description: 'Whether deliveries carry HTTP basic authentication.' }),
  headerNames: z.array(z.string()).meta({ description: 'Headers of its own that deliveries carry; their values are not shown.' }),
  lastAttemptAt: timeText('When something was last sent.').nullable(),
  lastStatus: z.int().nullable().meta({ description: 'What was answered then; null: nothing.' }),
  lastSuccessAt: timeText('When something last arrived.').nullable(),
  failingSince: timeText('Since when nothing arrives; null: the last delivery did.').nullable(),
  mutedUntil: timeText('Until when the receiver is left alone, where its dialect does so.').nullable(),
  oldSecretUntil: timeText('Until when deliveries are signed with the former secret as well.').nullable(),
  createdAt: timeText('When it was made.'),
  updatedAt: timeText('When it last changed.'),
}

export type WebhookJson = z.output<typeof WebhookJson>
export const WebhookJson = z.object(shape).meta({ id: 'Webhook', description: 'A subscription: who hears of what.' })

export type NewWebhookJson = z.output<typeof NewWebhookJson>
export const NewWebhookJson = z
  .object({
    ...shape,
    secret: z.string().nullable().meta({
      description: 'What deliveries are signed with, shown this once. Null where a repeated request is answered again.',
      example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    }),
  })
  .meta({ id: 'NewWebhook', description: 'A webhook with its secret.' })

const eventNames = [everything, ...types] as const
const events = z
  .array(z.enum(eventNames as unknown as [string, ...string[]]))
  .min(1)
  .max(eventNames.length)
  .meta({ description: 'Types of events, or `*` for all of them.', example: ['deal.created', 'deal.moved'] })
const login = z
  .strictObject({ user: z.string().max(255), password: z.string().max(255) })
  .nullable()
  .optional()
  .meta({ description: 'HTTP basic authentication that deliveries carry; null takes it away.' })
const headers = z
  .record(z.string(), z.string())
  .optional()
  .meta({ description: 'Headers that deliveries carry, at most 20.', example: { 'X-Team': 'sales' } })
const secret = z
  .string()
  .regex(
    /^whsec_(?:[A-Za-z0-9+/]{4}){8,22}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
    'must be whsec_ and 24 to 64 bytes in base64',
  )
  .optional()
  .meta({ description: '`whsec_` and 24 to 64 bytes in base64; a new one is made where none is given.' })
const url = text('http or https, up to 2,000 characters. Redirects are not followed.', 2000)

const WebhookBody = z.strictObject({ url, events, name: text('Up to 255 characters.', 255).optional(), login, headers, secret })
const WebhookPatchBody = z.strictObject({
  url: url.optional(),
  events: events.optional(),
  name: text('Up to 255 characters.', 255).optional(),
  login,
  headers,
  state: z
    .enum(['active', 'paused'])
    .optional()
    .meta({ description: 'Pauses it, resumes it, or enables one that was disabled.' }),
})

const writeWebhook = ({ hook, health }: WatchedWebhook): WebhookJson => ({
  id: hook.id,
  uuid: hook.uuid,
  dialect: hook.dialect,
  version: hook.version,
  name: hook.name,
  url: hook.url,
  events: [...hook.events],
  ownerId: hook.ownerId,
  state: hook.state === 'removed' ? 'disabled' : hook.state,
  reason: hook.reason,
  hasLogin: hook.login !== null,
  headerNames: Object.keys(hook.headers),
  lastAttemptAt: timeOrNull(health.lastAttemptAt),
  lastStatus: health.lastStatus,
  lastSuccessAt: timeOrNull(health.lastSuccessAt),
  failingSince: timeOrNull(health.failingSince),
  mutedUntil: timeOrNull(health.mutedUntil),
  oldSecretUntil: timeOrNull(hook.oldSecretUntil),
  createdAt: time(hook.createdAt),
  updatedAt: time(hook.updatedAt),
})

const writeNew = (watched: WatchedWebhook): NewWebhookJson => ({ ...writeWebhook(watched), secret: watched.hook.secret })

/** Kept answers are not the place for a secret. */
const withoutSecret = (body: unknown) => ({ data: { ...(body as { data: NewWebhookJson }).data, secret: null } })

/** The one version of our own words. */
const version = '1'

/** Who hears of what: of every API, whichever it was made through. */
export function webhookRoutes(api: NativeSpeaker): void {
  api.get(
    '/webhooks',
    {
      about: {
        tag: 'Webhooks',
        id: 'listWebhooks',
        summary: 'List webhooks',
        description: 'All of them, also those that were made through other APIs.',
        list: WebhookJson,
        role: 'manager',
      },
    },
    async ({ scope }) => whole((await listWebhooks(scope)).map(writeWebhook)),
  )

  api.post(
    '/webhooks',
    {
      body: WebhookBody,
      about: {
        tag: 'Webhooks',
        id: 'addWebhook',
        summary: 'Add a webhook',
        description:
          'It hears of what happens from now on: a POST for each change, signed as Standard Webhooks has it. Addresses that are not public are refused.',
        made: NewWebhookJson,
        role: 'manager',
        problems: [409],
      },
    },
    async ({ scope, body, host }) =>
      created(writeNew(await addWebhook(scope, { ...body, version, secret: body.secret ?? newSecret() }, host.targets))),
    { kept: (answer) => ({ ...answer, body: withoutSecret(answer.body) }) },
  )

  api.get(
    '/webhooks/:id',
    { params: ById, about: { tag: 'Webhooks', id: 'getWebhook', summary: 'One webhook', one: WebhookJson, role: 'manager' } },
    async ({ scope, params }) => ok(writeWebhook(await findWebhook(scope, params.id))),
  )

  api.patch(
    '/webhooks/:id',
    {
      params: ById,
      body: WebhookPatchBody,
      about: {
        tag: 'Webhooks',
        id: 'changeWebhook',
        summary: 'Change, pause or resume a webhook',
        description: 'The events of one that was made through another API are in that API’s words, and changed there.',
        one: WebhookJson,
        role: 'manager',
      },
    },
    async ({ scope, params, body, host }) => {
      const { hook } = await findWebhook(scope, params.id)
      if (body.events !== undefined && hook.dialect !== scope.via) notItsWords()
      return ok(writeWebhook(await changeWebhook(scope, params.id, body, host.targets)))
    },
  )

  api.delete(
    '/webhooks/:id',
    {
      params: ById,
      about: {
        tag: 'Webhooks',
        id: 'removeWebhook',
        summary: 'Remove a webhook',
        description: 'What is still on its way to it is dropped.',
        role: 'manager',
      },
    },
    async ({ scope, params }) => {
      await removeWebhook(scope, params.id)
      return gone
    },
  )

  api.post(
    '/webhooks/:id/rotate-secret',
    {
      params: ById,
      body: z.strictObject({ secret }).optional(),
      about: {
        tag: 'Webhooks',
        id: 'rotateWebhookSecret',
        summary: 'Give it another secret',
        description:
          'For a day deliveries are signed with both, so that the receiver can be changed in between. Not for webhooks of other APIs.',
        one: NewWebhookJson,
        role: 'manager',
      },
    },
    async ({ scope, params, body }) => {
      const { hook } = await findWebhook(scope, params.id)
      if (hook.dialect !== scope.via) notItsWords('secret')
      return ok(writeNew(await rotateSecret(scope, params.id, body?.secret ?? newSecret())))
    },
    { kept: (answer) => ({ ...answer, body: withoutSecret(answer.body) }) },
  )
}

const notItsWords = (field = 'events') =>
  fail({
    kind: 'bad_input',
    where: 'body',
    issues: [{ path: [field], rule: 'not_allowed', message: 'must be changed through the API that the webhook was made with' }],
  })
