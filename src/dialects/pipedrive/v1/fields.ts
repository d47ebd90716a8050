import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Answer, Handler, RouteSpec, Speaker } from '../../../http/speak.ts'

/** The request with the fields that its path asked for. */
interface Selecting extends IncomingMessage {
  selected?: readonly string[]
}

/** `:(id,title)` at the end of a v1 path, its punctuation perhaps percent-encoded. */
const selector = /^((?:\/+api)?\/+v1\/[^?]*?)(?::|%3a)(?:\(|%28)([^?)]*?)(?:\)|%29)(?=$|\?)/i

/** Takes the field selector off a v1 path, which no router can hold, and keeps it with the request. */
export function rewriteV1(url: string, raw: IncomingMessage): string {
  const match = selector.exec(url)
  if (!match) return url
  const [whole, path = '', names = ''] = match
  const request: Selecting = raw
  request.selected = names.split(/,|%2c/i).map((name) => name.replace(/\s|%20|\+/g, ''))
  return path + url.slice(whole.length)
}

/** The API with every route below `base`, its answers cut down to the fields that the caller selected. */
export function selecting(api: Speaker, base: string): Speaker {
  const below =
    (open: Speaker['get']) =>
    <S extends RouteSpec>(url: string, spec: S, handler: Handler<S>) =>
      open(base + url, spec, async (call) => selected(call.req, await handler(call)))
  return { get: below(api.get), post: below(api.post), put: below(api.put), patch: below(api.patch), delete: below(api.delete) }
}

function selected(req: FastifyRequest, answer: Answer): Answer {
  const raw: Selecting = req.raw
  const names = raw.selected
  const body = answer.body as { data?: unknown } | undefined
  if (!names || !body?.data || answer.status >= 400) return answer
  const data = Array.isArray(body.data) ? body.data.map((item) => pick(item, names)) : pick(body.data, names)
  return { ...answer, body: { ...body, data } }
}

const pick = (record: object, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(record).filter(([key]) => names.includes(key)))
