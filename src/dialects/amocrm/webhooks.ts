import { invalid } from '../../domain/errors.ts'
import { atomically, type Scope } from '../../domain/scope.ts'
import {
  addWebhook,
  changeWebhook,
  listWebhooks,
  removeWebhook,
  type Targets,
  type WatchedWebhook,
} from '../../domain/webhook.ts'

/** Subscriptions as all generations know them: by their address. */

const nouns = ['lead', 'contact', 'company', 'customer', 'task'] as const
const verbs = ['add', 'update', 'delete', 'restore', 'status', 'responsible', 'note'] as const

/** Only leads have statuses and a bin that they come back from by themselves. */
const isKnown = (verb: string, noun: string): boolean =>
  (verb !== 'status' || noun === 'lead') && (verb !== 'restore' || !['customer', 'task'].includes(noun))

/** Everything that can be named; only leads have a history here, so that the others are never told. */
export const eventNames: ReadonlySet<string> = new Set(
  nouns.flatMap((noun) => verbs.filter((verb) => isKnown(verb, noun)).map((verb) => `${verb}_${noun}`)),
)

/** So many an account can have. */
const perAccount = 100

export type Generation = 'legacy' | 'v2' | 'v4'

/** By its address. */
export const findByUrl = async (scope: Scope, url: string): Promise<WatchedWebhook | undefined> =>
  (await listWebhooks(scope, scope.via)).find(({ hook }) => hook.url === url)

export interface Subscription {
  url: string
  events: readonly string[]
  sort?: number | undefined
}

/** Adds events to the subscription of an address, which is made where there is none. */
export async function subscribe(
  scope: Scope,
  { url, events, sort }: Subscription,
  targets: Targets,
  version: Generation,
): Promise<WatchedWebhook> {
  for (const [index, name] of events.entries()) if (!eventNames.has(name)) invalid(`settings.${index}`, 'unknown')
  if (events.length === 0) invalid('settings', 'required')
  return atomically(scope, async (scope) => {
    const known = await findByUrl(scope, url)
    const extras = sort === undefined ? {} : { sort }
    if (!known)
      return addWebhook(
        scope,
        { version, url, events, secret: '', extras, limit: { of: 'workspace', count: perAccount } },
        targets,
      )
    const { hook } = known
    const all = [...new Set([...hook.events, ...events])]
    return changeWebhook(scope, hook.id, { events: all, extras: { ...hook.extras, ...extras } }, targets, scope.via)
  })
}

/** Takes events away, or all of them; a subscription to nothing is none. Whether there was one. */
export async function unsubscribe(scope: Scope, url: string, targets: Targets, events?: readonly string[]): Promise<boolean> {
  return atomically(scope, async (scope) => {
    const known = await findByUrl(scope, url)
    if (!known) return false
    const left = events ? known.hook.events.filter((name) => !events.includes(name)) : []
    if (left.length === 0) await removeWebhook(scope, known.hook.id, scope.via)
    else await changeWebhook(scope, known.hook.id, { events: left }, targets, scope.via)
    return true
  })
}

/** By their own numbers, then as they were made. */
export const sortOf = ({ hook }: WatchedWebhook): number => (typeof hook.extras.sort === 'number' ? hook.extras.sort : 10)
