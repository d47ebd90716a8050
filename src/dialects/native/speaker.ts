import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  type Answer,
  type Call,
  type Handler,
  type Host,
  originOf,
  type RouteSpec,
  type StrangerCall,
  speak,
} from '../../http/speak.ts'
import { refuseOtherSites } from './cookie.ts'
import { once } from './idempotency.ts'
import { tagOf, tagsIn, undoHeader, wire } from './wire.ts'

/** What the reference says about a route, beyond what its schemas say. */
export interface About {
  tag: Tag
  /** The operation's name in generated clients. */
  id: string
  summary: string
  description?: string
  /** What is answered: `{ data }` with one record, or with the one that was made (201), `{ data, next }` with a list, or a body of its own; `begins`: a body of its own with 201, for what has no address. None of them: 204. */
  one?: z.ZodType
  made?: z.ZodType
  list?: z.ZodType
  answer?: z.ZodType
  begins?: z.ZodType
  /** Or text of another type than JSON, and what it looks like. */
  text?: { type: 'text/event-stream' | 'text/csv'; description: string }
  /** What the body is described by, where it is checked more finely than a schema can say. */
  body?: z.ZodType
  /** The least role; `viewer` where nothing is said. */
  role?: 'member' | 'manager' | 'admin'
  /** Whether it takes `If-Match` or `If-None-Match`. */
  tagged?: boolean
  /** Statuses of the problems that only some routes have. */
  problems?: readonly (401 | 404 | 409 | 429)[]
  /** It takes no `Idempotency-Key`: what it does reaches beyond the workspace, in whose transaction the answer would be kept. */
  once?: true
  /** Neither a token nor a session is needed. */
  open?: boolean
}

export const tags = {
  Account: 'Who is asking, and the workspace that they see.',
  'Signing in': 'How people come in with a password, from a browser: a session instead of a token.',
  People: 'The members of the workspace, their invitations and their tokens.',
  Pipelines: 'Ways of selling: ordered rows of stages. A workspace always has one that is its default.',
  Stages: 'Steps of a pipeline. Open ones come first; every pipeline keeps at least one won and one lost stage.',
  Deals: 'What may be sold. A deal stands in one stage; whether it is open, won or lost is that stage’s kind.',
  Board: 'Stages with their totals and first cards. Totals are kept with every change, never counted on request.',
  Contacts: 'The people that deals are made with.',
  Companies: 'The companies that deals are made with.',
  'Loss reasons': 'Why deals are lost, or found not to qualify.',
  'Custom fields': 'What a team has added to its deals, or to its contacts and companies.',
  Webhooks: 'Who hears of what happens: subscriptions of every API, what was sent to them, and what became of it.',
  Views: 'Filters and orders of the pages that people have saved for themselves.',
  Undo: 'Taking back what a request or an import did.',
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
  /** A POST of somebody who is not in yet. */
  toStrangers<S extends Spec>(url: string, spec: S, handler: (call: StrangerCall<S>) => Promise<Answer>): void
}

const nothing = z.strictObject({})

/** Opens routes that refuse what they do not know, answer with entity tags and locations, and are safe to repeat when they are POSTs. */
export function speakNative(app: FastifyInstance, host: Host): NativeSpeaker {
  const api = speak(app, wire, host)
  const open =
    (method: 'get' | 'post' | 'patch' | 'delete'): Open =>
    (url, spec, handler, { kept } = {}) => {
      const strict = { query: nothing, ...(method === 'post' ? { body: nothing.optional() } : {}), ...spec }
      api[method](url, strict, async (call) => {
        // Only the defaults were added, and no handler sees them.
        const own = call as Call as Parameters<typeof handler>[0]
        const isKept = method === 'post' && !spec.about.once
        const answer = isKept ? await once(own, handler, kept) : await handler(own)
        return dressed(withHeaders(answer, undoHeader(own.scope.batch?.first ?? null)), call.req, url)
      })
    }
  return {
    get: open('get'),
    post: open('post'),
    patch: open('patch'),
    delete: open('delete'),
    toStrangers: (url, spec, handler) =>
      api.toStrangers('POST', url, { query: nothing, ...spec }, async (call) => {
        refuseOtherSites(call.req)
        return handler(call as unknown as Parameters<typeof handler>[0])
      }),
  }
}

/** Adds what follows from the body: the entity tag of a record with a version, and where a new record is found. */
function dressed(answer: Answer, req: FastifyRequest, url: string): Answer {
  const { id, version } = recordIn(answer.body)
  if (answer.status === 201 && id !== undefined)
    return withHeaders(answer, { location: `${originOf(req)}${url}/${id}`, ...tagHeader(version) })
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
