import { z } from 'zod'
import { DomainError } from '../../../domain/errors.ts'
import type { Instant } from '../../../domain/time.ts'
import { addWebhook, listWebhooks, removeWebhook, type WatchedWebhook } from '../../../domain/webhook.ts'
import type { Answer, Call, Speaker } from '../../../http/speak.ts'
import type { WebhookVersion } from '../webhook-format.ts'
import { orNull } from '../wire.ts'
import { asBody, ById, maybe, text, whole } from './input.ts'

/** Who hears of what. These answers have an envelope of their own. */

const actions = ['create', 'change', 'delete', '*'] as const
const objects = [
  'activity',
  'deal',
  'lead',
  'note',
  'organization',
  'person',
  'pipeline',
  'product',
  'stage',
  'user',
  '*',
] as const

const Draft = z.object({
  subscription_url: text,
  event_action: z.enum(actions),
  event_object: z.enum(objects),
  name: text.pipe(z.string().trim().min(1).max(255)),
  user_id: maybe(whole),
  http_auth_user: text.nullish(),
  http_auth_password: text.nullish(),
  version: maybe(z.enum(['1.0', '2.0'])),
})

/** So many a user can have. */
const perUser = 40

const done = (data?: unknown, status = 200): Answer => ({
  status,
  body: { status: 'ok', success: true, ...(data === undefined ? {} : { data }) },
})

const refused = (status: number, errors: Readonly<Record<string, readonly string[]>>): Answer => ({
  status,
  body: { status: 'error', success: false, errors },
})

const badUrl = refused(400, { subscription_url: ['invalid or non-reachable URL'] })

const moment = (at: Instant): string => new Date(at).toISOString()

function writeWebhook({ hook, health }: WatchedWebhook, companyId: number): object {
  const [event_action, event_object] = hook.events[0]?.split('.') ?? []
  const isActive = hook.state === 'active' || hook.state === 'paused'
  return {
    id: hook.id,
    company_id: companyId,
    owner_id: hook.ownerId,
    user_id: hook.ownerId,
    event_action,
    event_object,
    subscription_url: hook.url,
    version: hook.version,
    is_active: isActive ? 1 : 0,
    add_time: moment(hook.createdAt),
    remove_time: isActive ? null : moment(hook.updatedAt),
    type: 'general',
    http_auth_user: hook.login?.user ?? null,
    // It has been shown to whoever gave it.
    http_auth_password: null,
    remove_reason: isActive ? null : hook.reason,
    last_delivery_time: orNull(health.lastAttemptAt, moment),
    last_http_status: health.lastStatus,
    admin_id: typeof hook.extras.admin_id === 'number' ? hook.extras.admin_id : hook.ownerId,
    name: hook.name,
  }
}

/** Its own endpoints are no receivers: each call would cause the next. */
const isOwn = (url: string): boolean => URL.canParse(url) && /(^|\.)pipedrive\.com$/.test(new URL(url).hostname)

async function post({ scope, body, host }: Call<{ body: z.ZodType }>): Promise<Answer> {
  const read = Draft.safeParse(body, { reportInput: true })
  if (!read.success) return refused(400, errorsOf(read.error))
  const { subscription_url: url, http_auth_user: user, http_auth_password: password, version = '2.0', ...said } = read.data
  if (isOwn(url)) return badUrl
  const draft = {
    url,
    version: version satisfies WebhookVersion,
    name: said.name,
    events: [`${said.event_action}.${said.event_object}`],
    // This vendor signs nothing.
    secret: '',
    login: user || password ? { user: user ?? '', password: password ?? '' } : null,
    extras: { admin_id: scope.user.id },
    ownerId: said.user_id,
    limit: { of: 'owner', count: perUser } as const,
  }
  try {
    return done(writeWebhook(await addWebhook(scope, draft, host.targets), scope.workspace.id), 201)
  } catch (error) {
    return answerTo(error)
  }
}

/** What the domain refused, in this envelope; what it says of the whole request is said as everywhere. */
function answerTo(error: unknown): Answer {
  if (!(error instanceof DomainError)) throw error
  const { refusal } = error
  if (refusal.kind === 'conflict' && refusal.rule === 'too_many')
    return refused(422, { user_id: [`the limit of ${perUser} webhooks per user is reached`] })
  if (refusal.kind !== 'invalid') throw error
  if (refusal.issues.some(({ field }) => field === 'url')) return badUrl
  const names: Readonly<Record<string, string>> = { ownerId: 'user_id' }
  return refused(400, Object.fromEntries(refusal.issues.map(({ field }) => [names[field] ?? field, ['is invalid']])))
}

function errorsOf({ issues }: z.ZodError): Record<string, string[]> {
  const errors: Record<string, string[]> = {}
  for (const { path, code, input } of issues) {
    const field = String(path[0] ?? 'body')
    const words = input === undefined || code === 'too_small' ? 'is required' : code === 'too_big' ? 'is too long' : 'is invalid'
    const told = field === 'subscription_url' ? 'invalid or non-reachable URL' : words
    errors[field] = [...new Set([...(errors[field] ?? []), told])]
  }
  return errors
}

async function remove({ scope, params }: Call<{ params: typeof ById }>): Promise<Answer> {
  try {
    await removeWebhook(scope, params.id, scope.via)
    return done()
  } catch (error) {
    if (error instanceof DomainError && error.refusal.kind === 'not_found') return refused(404, { id: ['not found'] })
    throw error
  }
}

export function openWebhooks(v1: Speaker): void {
  v1.get('/webhooks', { cost: 10 }, async ({ scope }) =>
    done((await listWebhooks(scope, scope.via)).map((watched) => writeWebhook(watched, scope.workspace.id))),
  )
  v1.post('/webhooks', { body: z.preprocess(asBody, z.record(z.string(), z.unknown())), cost: 10 }, post)
  v1.delete('/webhooks/:id', { params: ById, cost: 6 }, remove)
}
