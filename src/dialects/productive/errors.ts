import type { FastifyRequest } from 'fastify'
import type { Fault, InputIssue } from '../../http/fault.ts'
import type { Answer } from '../../http/speak.ts'
import { conflictOf, fieldOf, type Problem, problemOf } from './problems.ts'
import { targetOf } from './relations.ts'

/** Every fault in the vendor's words. Where no example of the vendor's is known, the same frame is used. */
export function render(fault: Fault, req: FastifyRequest): Answer {
  switch (fault.kind) {
    case 'unauthenticated':
      return answer({ status: 401, code: 'invalid_auth_token', title: 'Unauthenticated', detail: 'You are not authenticated' })
    case 'forbidden':
      return answer({
        status: 403,
        code: 'forbidden',
        title: 'Forbidden',
        detail: 'You are not authorized to perform this action',
      })
    case 'bad_header':
      return answer({ status: 403, code: 'forbidden', title: 'Forbidden', detail: 'You do not have access to this organization' })
    case 'not_found':
      return answer(notFound)
    // The vendor's router knows paths together with their methods: what is not routed is not there.
    case 'no_route':
    case 'bad_method':
      return answer({ status: 404, code: 'not_found', title: 'Not Found', detail: 'The requested endpoint does not exist' })
    case 'malformed':
      return answer({ status: 400, code: 'bad_request', title: 'Bad Request', detail: malformed[fault.what] })
    case 'too_large':
      return fault.what === 'url'
        ? answer({ status: 414, code: 'uri_too_long', title: 'URI Too Long', detail: 'The URL is too long' })
        : answer({ status: 413, code: 'payload_too_large', title: 'Payload Too Large', detail: 'The body is too large' })
    case 'media_type': {
      const detail = 'Content-Type must be application/vnd.api+json'
      return answer({ status: 415, code: 'unsupported_media_type', title: 'Unsupported Media Type', detail })
    }
    case 'bad_input':
      return badInput(fault)
    case 'invalid':
      return answer(...fault.issues.map((issue) => problemOf(fieldOf(issue.field), issue)))
    case 'conflict':
      return answer(conflictOf(fault.rule, req))
    case 'stale':
      return answer({ status: 409, code: 'conflict', title: 'Conflict error' })
    case 'rate_limited': {
      const limited = answer({ status: 429, code: 'too_many_requests', title: 'Too Many Requests', detail: 'Slow down' })
      return { ...limited, headers: { ...limited.headers, 'retry-after': String(fault.retryAfterSeconds) } }
    }
    case 'unavailable': {
      const detail = 'Nothing was changed. Try again.'
      return answer({ status: 503, code: 'service_unavailable', title: 'Service Unavailable', detail })
    }
    case 'bug':
      return answer({
        status: 500,
        code: 'internal_server_error',
        title: 'Internal Server Error',
        detail: 'Something went wrong',
      })
  }
}

const malformed = {
  json: 'The body is not valid JSON',
  utf8: 'The body is not valid UTF-8',
  depth: 'The body is nested too deeply',
  url: 'The URL is not encoded properly',
  body: 'The body cannot be read',
} as const

/** Problems of one request have one status. */
function answer(...problems: Problem[]): Answer {
  const errors = problems.map(({ status, code, title, detail, meta = {}, pointer }) => ({
    status: String(status),
    code,
    title,
    ...(detail !== undefined && { detail }),
    meta,
    source: pointer === undefined ? {} : { pointer },
  }))
  return { status: problems[0]?.status ?? 422, body: { errors }, headers: { 'cache-control': 'no-cache' } }
}

function badInput({ where, issues }: Extract<Fault, { kind: 'bad_input' }>): Answer {
  switch (where) {
    case 'params':
      // An id that is no number is nobody's.
      return answer(notFound)
    case 'query':
    case 'headers':
      return badQuery(issues)
    case 'body':
      return badBody(issues)
  }
}

const unsupported: Readonly<Record<string, string>> = { filter: 'Filter', sort: 'Sort', include: 'Include' }

/** The guide shows this error with a number for its status, and without code, meta and source. */
function badQuery(issues: readonly InputIssue[]): Answer {
  const errors = issues.map(({ path: [part, name] }) => {
    const word = unsupported[String(part)]
    return word === undefined
      ? { status: 400, title: 'Bad Request', detail: `Parameter '${name ?? part ?? ''}' has an invalid value` }
      : { status: 400, title: `Unsupported ${word}`, detail: `${word} '${name}' is not supported on this endpoint` }
  })
  return { status: 400, body: { errors }, headers: { 'cache-control': 'no-cache' } }
}

/** Attributes are complained about before relations, otherwise in the order in which the resource has them. */
function badBody(issues: readonly InputIssue[]): Answer {
  const structural = issues.find(({ path }) => path.length === 0 || path[0] === 'data')
  if (structural) {
    const pointer = structural.path.join('/')
    if (structural.rule === 'choice') return answer({ status: 409, code: 'conflict', title: 'Conflict error', pointer })
    const detail = 'The body is not a JSON:API document with a single resource object'
    return answer({ status: 400, code: 'bad_request', title: 'Bad Request', detail, pointer })
  }
  const problems = issues.map((issue) => {
    const field = String(issue.path[0])
    // What is wrong within a relation is said of the relation.
    return { field, issue: isRelation(field) && issue.path.length > 1 ? { ...issue, rule: 'format' as const } : issue }
  })
  const ordered = [...problems.filter(({ field }) => !isRelation(field)), ...problems.filter(({ field }) => isRelation(field))]
  const unique = ordered.filter(({ field }, index) => ordered.findIndex((other) => other.field === field) === index)
  return answer(...unique.map(({ field, issue }) => problemOf(field, issue)))
}

const isRelation = (field: string): boolean =>
  (['deals', 'deal_statuses', 'people'] as const).some((type) => targetOf(type, field) !== undefined)

const notFound: Problem = {
  status: 404,
  code: 'record_not_found',
  title: 'Record Not Found',
  detail: 'The requested record was not found',
}
