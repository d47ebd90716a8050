import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Answer, type Call, type Handler, type Host, originOf, type RouteSpec, speak } from '../../http/speak.ts'
import { once } from './idempotency.ts'
import { tagOf, tagsIn, wire } from './wire.ts'

/** What the reference says about a route, beyond what its schemas say. */
export interface About {
  tag: Tag
  /** The operation's name in generated clients. */
  id: string
  summary: string
  description?: string
  /** What is answered: `{ data }` with one record, or with the one that was made (201), `{ data, next }` with a list, or a body of its own. None of them: 204. */
  one?: z.ZodType
  made?: z.ZodType
  list?: z.ZodType
  answer?: z.ZodType
  /** Or text of another type than JSON, and what it looks like. */
  text?: { type: 'text/event-stream' | 'text/csv'; description: string }
  /** What the body is described by, where it is checked more finely than a schema can say. */
  body?: z.ZodType
  /** The least role; `viewer` where nothing is said. */
  role?: 'member' | 'manager' | 'admin'
  /** Whether it takes `If-Match` or `If-None-Match`. */
  tagged?: boolean
  /** Statuses of the problems that only some routes have. */
  problems?: readonly 409[]
  /** No token is needed. */
  open?: boolean
}

export const tags = {
  Account: 'Who is asking, and the workspace that they see.',
  People: 'The members of the workspace, and their tokens.',
  Pipelines: 'Ways of selling: ordered rows of stages. A workspace always has one that is its default.',
  Stages: 'Steps of a pipeline. Open ones come first; every pipeline keeps at least one won and one lost stage.',
  Deals: 'What may be sold. A deal stands in one stage; whether it is open, won or lost is that stage’s kind.',
  Board: 'Stages with their totals and first cards. Totals are kept with every change, never counted on request.',
  Contacts: 'The people that deals are made with.',
  Companies: 'The companies that deals are made with.',
  'Loss reasons': 'Why deals are lost, or found not to qualify.',
  'Custom fields': 'What a team has added to its deals, or to its contacts and companies.',
  Webhooks: 'Who hears of what happens: subscriptions of every API, what was sent to them, and what became of it.',
  Live: 'What happens, told while it happens.',
  Events: 'What happened to pipelines, stages and deals: append-only, with before and after, by whom and through which API.',
  Reports:
    'Numbers about what happened, as exact as the log that they follow from; each is defined in `docs/numbers.md`. All are of one pipeline.',
} as const
export type Tag = keyof typeof tags

export interface Spec extends RouteSpec {
  about: About
}

type Open = <S extends Spec>(url: string, spec: S, handler: Handler<S>, options?: Options<S>) => void

interface Options<S extends Spec> {
  /** What is kept of the answer for a repeated request; for answers with a secret. */
  kept?: (answer: Answer) => Answer
  /** For the type's sake only. */
  spec?: S
}

export interface NativeSpeaker {
  get: Open
  post: Open
  patch: Open
  delete: Open
}

const nothing = z.strictObject({})

/** Opens routes that refuse what they do not know, answer with entity tags and locations, and are safe to repeat when they are POSTs. */
export function speakNative(app: FastifyInstance, host: Host): NativeSpeaker {
  const api = speak(app, wire, host)
  const open =
    (method: keyof NativeSpeaker): Open =>
    (url, spec, handler, { kept } = {}) => {
      const strict = { query: nothing, ...(method === 'post' ? { body: nothing.optional() } : {}), ...spec }
      api[method](url, strict, async (call) => {
        // Only the defaults were added, and no handler sees them.
        const own = call as Call as Parameters<typeof handler>[0]
        const answer = method === 'post' ? await once(own, handler, kept) : await handler(own)
        return dressed(answer, call.req, url)
      })
    }
  return { get: open('get'), post: open('post'), patch: open('patch'), delete: open('delete') }
}

/** Adds what follows from the body: the entity tag of a record with a version, and where a new record is found. */
function dressed(answer: Answer, req: FastifyRequest, url: string): Answer {
  const { id, version } = recordIn(answer.body)
  if (answer.status === 201) return withHeaders(answer, { location: `${originOf(req)}${url}/${id}`, ...tagHeader(version) })
  if (version === undefined) return answer
  const tag = tagOf(version)
  const known = req.method === 'GET' ? tagsIn(req, 'if-none-match') : undefined
  const isKnown = known === '*' || known?.some((other) => other.replace(/^W\//, '') === tag)
  return isKnown ? { status: 304, headers: { etag: tag } } : withHeaders(answer, { etag: tag })
}

const tagHeader = (version: number | undefined) => (version === undefined ? {} : { etag: tagOf(version) })

const withHeaders = (answer: Answer, headers: Readonly<Record<string, string>>): Answer => ({
  ...answer,
  headers: { ...answer.headers, ...headers },
})

/** A kept answer comes as the text that it was sent as. */
function recordIn(body: unknown): { id?: number; version?: number } {
  const { data } = (typeof body === 'string' ? JSON.parse(body) : (body ?? {})) as { data?: { id?: number; version?: number } }
  return data ?? {}
}
