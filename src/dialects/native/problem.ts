import type { FastifyRequest } from 'fastify'
import type { ConflictRule, Entity, Issue } from '../../domain/errors.ts'
import type { Fault, InputIssue, InputPart } from '../../http/fault.ts'
import type { Answer } from '../../http/speak.ts'

/** What is wrong with one field of a request. */
export interface FieldError {
  /** Dotted where nested (`emails.0.value`); empty for the input as a whole. */
  field: string
  rule: InputIssue['rule']
  message: string
  min?: number
  max?: number
  options?: readonly unknown[]
}

/** An error answer as RFC 9457 has it. `type` is what programs switch on; `title` goes with it and `detail` is for people. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  errors?: readonly FieldError[]
  /** Of a stale write: the version that the record has by now. */
  version?: number
  /** The request, as the server's log knows it. */
  instance?: string
}

export const problem = (name: string, status: number, title: string, detail: string, more: Partial<Problem> = {}): Problem => ({
  type: `urn:crmux:problem:${name}`,
  title,
  status,
  detail,
  ...more,
})

const nouns: Readonly<Record<Entity, string>> = {
  workspace: 'workspace',
  user: 'user',
  token: 'token',
  session: 'session',
  invitation: 'invitation',
  pipeline: 'pipeline',
  stage: 'stage',
  deal: 'deal',
  contact: 'contact',
  company: 'company',
  loss_reason: 'loss reason',
  custom_field: 'custom field',
  record: 'record',
  webhook: 'webhook',
  delivery: 'delivery',
}

const conflicts: Readonly<Record<ConflictRule, { status?: number; detail: string }>> = {
  stage_in_use: { detail: 'The stage holds deals, or held some. Name a target stage for them, or leave its kind as it is.' },
  last_open_stage: { detail: 'The pipeline has deals and would be left without an open stage for them.' },
  last_won_stage: { detail: 'Every pipeline keeps at least one won stage.' },
  last_lost_stage: { detail: 'Every pipeline keeps at least one lost stage.' },
  last_pipeline: { detail: 'A workspace keeps at least one pipeline.' },
  default_pipeline: { detail: 'The default pipeline cannot be changed so. Make another pipeline the default first.' },
  pipeline_in_use: { detail: 'The pipeline holds deals. Name a target pipeline for them.' },
  pipeline_disabled: { detail: 'The pipeline is disabled: it takes no deals and cannot be the default.' },
  no_open_stage: { detail: 'The pipeline has no stage that the deal could stand in.' },
  stage_order: { detail: 'Open stages come before closed ones.' },
  stage_archived: { detail: 'The stage is archived: it keeps its deals and takes no new ones.' },
  different_kind: { detail: 'Both have to be of the same kind.' },
  too_many: { detail: 'There are as many of these as a workspace can have.' },
  total_overflow: { detail: 'The amounts of the stage would add up to more than can be counted.' },
  webhook_disabled: { detail: 'The webhook is disabled and sends nothing. Set its state to active first.' },
  idempotency_key_reused: { status: 422, detail: 'This Idempotency-Key came with another request before. Use a new key.' },
}

const inputStatus: Readonly<Record<InputPart, number>> = { params: 404, query: 400, body: 422, headers: 400 }

const malformed = {
  json: 'The body is not a JSON document.',
  utf8: 'The body is not UTF-8.',
  depth: 'The body is nested too deeply.',
  url: 'The URL is not encoded properly.',
  body: 'The body cannot be read.',
} as const

/** What went wrong, in our own words. The switch has no default: a new kind of fault has to be worded before this compiles. */
export function problemOf(fault: Fault): Problem {
  switch (fault.kind) {
    case 'unauthenticated':
      return problem(
        'unauthenticated',
        401,
        'Unauthenticated',
        'Sign in, or send a valid token as `Authorization: Bearer TOKEN`.',
      )
    case 'forbidden':
      return problem('forbidden', 403, 'Forbidden', 'Your role in this workspace does not allow this.')
    case 'not_found':
      return problem('not-found', 404, 'Not found', `There is no such ${nouns[fault.what]}.`)
    case 'invalid':
      return problem('invalid', 422, 'Invalid', told(fault.issues.map(fieldError)), { errors: fault.issues.map(fieldError) })
    case 'conflict': {
      const { status = 409, detail } = conflicts[fault.rule]
      return problem(fault.rule.replaceAll('_', '-'), status, status === 409 ? 'Conflict' : 'Idempotency key reused', detail)
    }
    case 'stale':
      return problem('stale', 412, 'Changed in the meantime', `The record is at version ${fault.version} by now.`, {
        version: fault.version,
      })
    case 'unavailable':
      return problem('unavailable', 503, 'Unavailable', 'The store cannot take this now; nothing was changed. Try again shortly.')
    case 'no_route':
      return problem('no-route', 404, 'Not found', 'There is nothing at this path.')
    case 'bad_method':
      return problem('bad-method', 405, 'Method not allowed', `This path takes ${fault.allowed.join(', ')}.`)
    case 'malformed':
      return problem('malformed', 400, 'Malformed request', malformed[fault.what])
    case 'too_large':
      return fault.what === 'body'
        ? problem('too-large', 413, 'Too large', 'The body is larger than this server reads.')
        : problem('too-large', 414, 'Too large', 'The URL is longer than this server reads.')
    case 'media_type':
      return problem('media-type', 415, 'Unsupported media type', 'Send the body as application/json.')
    case 'bad_header':
      // The only request that is judged by its origin is one with a session's cookie.
      if (fault.header === 'Origin')
        return problem('other-site', 403, 'Not from here', 'With the cookie of a session only the page of this server may write.')
      return problem('bad-header', 400, 'Bad header', `The header ${fault.header} is not as it should be.`)
    case 'bad_input': {
      const status = inputStatus[fault.where]
      if (status === 404) return problem('not-found', 404, 'Not found', 'There is nothing at this path.')
      const errors = fault.issues.map((issue) => inputError(issue, fault.where))
      return problem(
        status === 400 ? 'bad-parameter' : 'invalid',
        status,
        status === 400 ? 'Bad parameter' : 'Invalid',
        told(errors),
        {
          errors,
        },
      )
    }
    case 'rate_limited':
      return problem('rate-limited', 429, 'Too many requests', `Try again in ${fault.retryAfterSeconds} seconds.`)
    case 'bug':
      return problem('bug', 500, 'Server error', 'This is our mistake. The log has it under the request id in `instance`.')
  }
}

/** The problem as an answer, with the headers that its status asks for. */
export function render(fault: Fault, req: FastifyRequest): Answer {
  const body = { ...problemOf(fault), instance: `urn:uuid:${req.id}` }
  return { status: body.status, body, headers: { 'content-type': 'application/problem+json', ...headersOf(fault) } }
}

function headersOf(fault: Fault): Readonly<Record<string, string>> {
  if (fault.kind === 'unauthenticated') return { 'www-authenticate': 'Bearer realm="crmux"' }
  if (fault.kind === 'bad_method') return { allow: fault.allowed.join(', ') }
  if (fault.kind === 'unavailable') return { 'retry-after': '1' }
  if (fault.kind === 'rate_limited') return { 'retry-after': String(fault.retryAfterSeconds) }
  return {}
}

/** All that is wrong, in one sentence. */
const told = (errors: readonly FieldError[]): string =>
  `${errors
    .slice(0, 5)
    .map(({ field, message }) => (field === '' ? message : `${field} ${message}`))
    .join('; ')}${errors.length > 5 ? `; and ${errors.length - 5} more` : ''}.`

/** What of these fields is refused is said to people more often than to programs. */
const ownWords: Readonly<Record<string, Partial<Record<Issue['rule'], string>>>> = {
  password: {
    range: 'must have 10 to 200 characters',
    not_allowed: 'would be among the first to be guessed',
    not_found: 'is wrong',
  },
  current: { not_found: 'is wrong' },
}

/** What the domain calls `place.before` is a plain `before` on this wire. */
const fieldError = (issue: Issue): FieldError => ({
  field: issue.field.replace(/^place\./, ''),
  rule: issue.rule,
  message: ownWords[issue.field]?.[issue.rule] ?? messageOf(issue),
  ...(issue.min === undefined ? {} : { min: issue.min }),
  ...(issue.max === undefined ? {} : { max: issue.max }),
})

function inputError(issue: InputIssue, where: InputPart): FieldError {
  const { rule, min, max, options } = issue
  return {
    field: issue.path.join('.'),
    rule,
    // Everything in a query is text, unless it is there twice.
    message: where === 'query' && rule === 'type' ? 'must be given once' : messageOf(issue),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(options === undefined ? {} : { options }),
  }
}

function messageOf({ rule, min, max, ...issue }: Issue | InputIssue): string {
  switch (rule) {
    case 'required':
      return 'is required'
    case 'blank':
      return 'must not be blank'
    case 'too_long':
      return `must not be longer than ${max}`
    case 'type':
      return 'expected' in issue && issue.expected !== undefined
        ? `must be ${kinds[issue.expected] ?? issue.expected}`
        : 'is of the wrong type'
    case 'format':
      return 'message' in issue && /^must /.test(issue.message) ? issue.message : 'is not written as it should be'
    case 'range':
      return max === undefined
        ? `must be at least ${min}`
        : min === undefined
          ? `must be at most ${max}`
          : `must be from ${min} to ${max}`
    case 'unknown':
      return 'is not known here'
    case 'not_found':
      return 'does not exist'
    case 'duplicate':
      return 'is taken'
    case 'not_allowed':
      return 'message' in issue && /^must /.test(issue.message) ? issue.message : 'is not allowed here'
    case 'choice':
      return `must be one of ${'options' in issue ? issue.options?.join(', ') : ''}`
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}
