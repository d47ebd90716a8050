import type { FastifyRequest } from 'fastify'
import type { Fault } from '../../http/fault.ts'
import { statusTexts } from '../../http/node-http.ts'
import type { Answer } from '../../http/speak.ts'
import { bodyProblems, conflictProblem, explain, type Problem, pointerOf, problemOf } from './problems.ts'

const moreInfo = 'https://developers.getbase.com/docs/rest/articles/errors'

/** What people read. The vendor puts these into the caller's language; ours are English. */
const messages: Readonly<Record<string, string>> = {
  already_exists: 'attribute value already exists',
  blank: 'attribute value cannot be blank',
  conflict: 'more than one resource matches',
  gone: 'Gone',
  incorrect_payload: 'payload is incorrect',
  incorrect_value: 'attribute value is incorrect',
  insufficient_scope: 'not allowed',
  invalid_header: 'header is invalid',
  invalid_param: 'parameter is invalid',
  invalid_payload: 'payload cannot be read',
  invalid_type: 'attribute value has an invalid type',
  invalid_user_agent: 'User-Agent header is required',
  method_not_allowed: 'Method Not Allowed',
  missing: 'attribute is required',
  not_found: 'Not Found',
  rate_limit_exceeded: 'too many requests',
  server_error: 'something went wrong',
  temporarily_unavailable: 'temporarily unavailable',
  unauthorized: 'Unauthorized',
  unknown: 'attribute is unknown',
}

/** Every fault in the vendor's words (articles: Errors). */
export function render(fault: Fault, req: FastifyRequest): Answer {
  const say = (status: number, ...problems: Problem[]) => envelope(status, problems, req)
  switch (fault.kind) {
    case 'unauthenticated':
      return say(401, { code: 'unauthorized', details: 'Required access token is missing, malformed, expired, or invalid.' })
    case 'forbidden':
      return say(403, { code: 'insufficient_scope', details: 'The request requires more than the role of the user allows.' })
    case 'no_route':
      return say(404, { code: 'not_found', details: 'Requested path was not found.' })
    case 'not_found':
      return notFound(req)
    case 'bad_method': {
      const details = `Allowed: ${fault.allowed.join(', ')}.`
      return { ...say(405, { code: 'method_not_allowed', details }), headers: { allow: fault.allowed.join(', ') } }
    }
    case 'malformed':
      return fault.what === 'url'
        ? say(400, { code: 'invalid_param', details: 'The URL is not encoded properly.' })
        : say(400, { code: 'invalid_payload', details: `The body is no JSON document that can be read (${fault.what}).` })
    case 'too_large':
      return fault.what === 'url'
        ? say(414, { code: 'invalid_param', details: 'The URL is too long.' })
        : say(413, { code: 'invalid_payload', details: 'The body is too large.' })
    case 'media_type':
      return say(400, { code: 'invalid_header', details: 'Content-Type must be application/json.' })
    case 'bad_header':
      return fault.header === 'accept'
        ? say(406, { code: 'invalid_header', details: 'Only application/json can be sent.' })
        : fault.header === 'user-agent'
          ? say(400, { code: 'invalid_user_agent', details: 'Requests must carry a User-Agent header.' })
          : say(400, { code: 'invalid_header', details: `The header ${fault.header} is missing or invalid.` })
    case 'bad_input':
      return badInput(fault, req)
    case 'invalid':
      return say(422, ...fault.issues.map((issue) => problemOf(pointerOf(issue.field), issue, resourceOf(req))))
    case 'conflict':
      return say(422, conflictProblem(fault.rule, resourceOf(req)))
    case 'rate_limited':
      return say(429, { code: 'rate_limit_exceeded', details: 'A token may send 36,000 requests an hour and 10 a second.' })
    case 'stale':
      return say(409, { code: 'conflict', details: 'The resource has been changed by somebody else.' })
    case 'unavailable':
      return say(503, { code: 'temporarily_unavailable', details: 'Nothing was changed. Try again.' })
    case 'bug':
      return say(500, { code: 'server_error', details: 'The request id tells our log what happened.' })
  }
}

/** A position in a stream that lies too far back. */
export const expired = (req: FastifyRequest): Answer =>
  envelope(410, [{ code: 'gone', details: 'The position is older than what is kept. Begin again at tail or top.' }], req)

const notFound = (req: FastifyRequest): Answer =>
  envelope(404, [{ code: 'not_found', details: 'Resource you are looking for was not found.' }], req)

/** Ruby, Python and Java read `errors`, `meta.logref` and `meta.http_status`; a Node client every `more_info`, and the number first in `http_status`. */
function envelope(status: number, problems: readonly Problem[], req: FastifyRequest): Answer {
  const links = { more_info: moreInfo }
  const errors = problems.map(({ code, details, ...where }) => ({
    error: { ...where, code, message: messages[code] ?? code, details },
    meta: { type: 'error', links },
  }))
  const http_status = `${status} ${statusTexts[status]}`
  return { status, body: { errors, meta: { type: 'errors', http_status, logref: req.id, links } } }
}

function badInput({ where, issues }: Extract<Fault, { kind: 'bad_input' }>, req: FastifyRequest): Answer {
  switch (where) {
    case 'params':
      // An id that is no number is nobody's.
      return notFound(req)
    case 'query': {
      // Filters of an upsert that match several are the one query that conflicts; a community client documents 409 for it.
      const [status, code] = issues.some(({ rule }) => rule === 'duplicate') ? [409, 'conflict'] : [400, 'invalid_param']
      const problems = issues.map((issue) => ({
        code,
        details: [issue.path.join('.'), explain(issue)].filter(Boolean).join(': '),
      }))
      return envelope(status, problems, req)
    }
    case 'headers':
      return envelope(400, [{ code: 'invalid_header', details: 'A header is invalid.' }], req)
    case 'body':
      return envelope(422, bodyProblems(issues, resourceOf(req)), req)
  }
}

const resources: Readonly<Record<string, string>> = {
  deals: 'deal',
  contacts: 'contact',
  associated_contacts: 'associated_contact',
  loss_reasons: 'loss_reason',
  deal_unqualified_reasons: 'deal_unqualified_reason',
  deal_sources: 'deal_source',
  sources: 'source',
  tags: 'tag',
}

/** What the route is about: the last noun of its path. */
function resourceOf(req: FastifyRequest): string {
  const nouns = (req.routeOptions.url ?? '').split('/').flatMap((part) => resources[part] ?? [])
  return nouns.at(-1) ?? 'resource'
}
