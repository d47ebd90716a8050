import type { ConflictRule, Entity } from '../../../domain/errors.ts'
import type { Fault, InputIssue } from '../../../http/fault.ts'
import type { Answer } from '../../../http/speak.ts'
import { entriesOf } from '../php.ts'

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Payload Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** A problem document. The type has no parameters: @shevernitskiy/amo compares the whole header. */
const problemOf = (status: number, detail: string, before: object = {}): Answer => ({
  status,
  body: { ...before, title: titles[status], type: `https://httpstatus.es/${status}`, status, detail },
  headers: { 'content-type': 'application/problem+json' },
})

/** Also at the host of an account that does not exist: v4 has no code for that, as the first generation has. */
const unknownCaller = (): Answer => problemOf(401, 'Invalid user name or password')

/** Every fault as v4 words it. `body` is what was sent: rows are named by their own `request_id`. */
export function problem(fault: Fault, body?: unknown): Answer {
  switch (fault.kind) {
    case 'unauthenticated':
      return unknownCaller()
    case 'forbidden':
      return problemOf(403, 'Access denied')
    case 'not_found':
      return fault.what === 'workspace' ? unknownCaller() : problemOf(404, `${nouns[fault.what]} not found`)
    case 'no_route':
      return problemOf(404, 'Page not found')
    case 'bad_method':
      return problemOf(405, 'Method not allowed')
    case 'bad_input':
      if (fault.where === 'params') return problemOf(404, 'Page not found')
      return problemOf(400, 'Request validation failed', { 'validation-errors': validationErrors(fault.issues, body) })
    case 'invalid': {
      const issues = fault.issues.map((issue) => ({ ...issue, path: issue.field.split('.'), message: '' }))
      return problemOf(400, 'Request validation failed', { 'validation-errors': validationErrors(issues, body) })
    }
    case 'conflict':
      return problemOf(400, conflicts[fault.rule] ?? 'The request conflicts with the state of the account')
    case 'stale':
      return problemOf(400, 'Last modified date is older than in database')
    case 'malformed':
    case 'bad_header':
      return problemOf(400, 'Invalid body')
    case 'too_large':
      return problemOf(fault.what === 'url' ? 414 : 413, 'The request is too large')
    case 'media_type':
      return problemOf(415, 'Unsupported content type')
    case 'rate_limited':
      return problemOf(429, 'Too many requests')
    case 'unavailable':
      return problemOf(503, 'Temporarily unavailable')
    case 'bug':
      return problemOf(500, 'Internal server error')
  }
}

const nouns: Readonly<Record<Entity, string>> = {
  workspace: 'Account',
  user: 'User',
  token: 'Token',
  session: 'Session',
  invitation: 'Invitation',
  pipeline: 'Pipeline',
  stage: 'Status',
  deal: 'Lead',
  contact: 'Contact',
  company: 'Company',
  loss_reason: 'Loss reason',
  custom_field: 'Custom field',
  record: 'Entity',
  webhook: 'Webhook',
  delivery: 'Entity',
}

const conflicts: Readonly<Partial<Record<ConflictRule, string>>> = {
  last_pipeline: 'Impossible to delete last pipeline',
  pipeline_in_use: 'Impossible to delete pipeline with leads',
  pipeline_disabled: 'The pipeline is archived',
  default_pipeline: 'The main pipeline cannot be archived',
  last_open_stage: 'The pipeline must have at least one status',
  last_won_stage: 'System statuses cannot be deleted',
  last_lost_stage: 'System statuses cannot be deleted',
  no_open_stage: 'The pipeline has no statuses',
  stage_archived: 'The status takes no leads',
  too_many: 'The limit is exceeded',
  total_overflow: 'The total of the status is too large',
}

/** The issues of each row under its `request_id`; paths are dotted and relative to the row. */
function validationErrors(issues: readonly InputIssue[], body: unknown): object[] {
  const rows = entriesOf(body)
  const byRow = new Map<string, object[]>()
  for (const { path, ...issue } of issues) {
    const isRow = typeof path[0] === 'number'
    const requestId = isRow ? requestIdOf(rows[Number(path[0])]?.[1], Number(path[0])) : requestIdOf(body, 0)
    const errors = byRow.get(requestId) ?? []
    byRow.set(requestId, errors)
    errors.push({ ...wordOf(issue), path: pathOf(isRow ? path.slice(1) : path), detail: detailOf(issue) })
  }
  return [...byRow].map(([request_id, errors]) => ({ request_id, errors }))
}

/** What the caller calls the row, always as text; its index where it has no name. */
export function requestIdOf(row: unknown, index: number): string {
  const { request_id } = (typeof row === 'object' && row !== null ? row : {}) as { request_id?: unknown }
  return typeof request_id === 'string' || typeof request_id === 'number' ? String(request_id) : String(index)
}

type Rule = Omit<InputIssue, 'path'>

const words: Readonly<Record<InputIssue['rule'], { code: string; detail: string }>> = {
  required: { code: 'FieldMissing', detail: 'This field is missing.' },
  blank: { code: 'NotBlank', detail: 'This value should not be blank.' },
  too_long: { code: 'TooLong', detail: 'This value is too long.' },
  type: { code: 'InvalidType', detail: 'This value should be of another type.' },
  format: { code: 'InvalidFormat', detail: 'This value is not valid.' },
  range: { code: 'OutOfRange', detail: 'This value is out of range.' },
  // The one error whose words the vendor's pages show.
  unknown: { code: 'NotSupportedChoice', detail: 'The value you selected is not a valid choice.' },
  not_found: { code: 'NotSupportedChoice', detail: 'The value you selected is not a valid choice.' },
  choice: { code: 'NotSupportedChoice', detail: 'The value you selected is not a valid choice.' },
  duplicate: { code: 'NotUnique', detail: 'This value is already used.' },
  not_allowed: { code: 'NotSupportedChoice', detail: 'This value is not allowed here.' },
}

const wordOf = ({ rule }: Rule): { code: string } => ({ code: words[rule].code })

function detailOf({ rule, expected, max }: Rule): string {
  if (rule === 'type' && expected !== undefined) return `This value should be of type ${expected}.`
  if (rule === 'too_long' && max !== undefined) return `This value is too long. It should have ${max} characters or less.`
  return words[rule].detail
}

/** What we call a field, as v4 calls it. Names that the caller sent stay. */
const fieldNames: Readonly<Record<string, string>> = {
  title: 'name',
  amount: 'price',
  value: 'price',
  stageId: 'status_id',
  openStageId: 'status_id',
  pipelineId: 'pipeline_id',
  ownerId: 'responsible_user_id',
  creatorId: 'created_by',
  contactId: '_embedded.contacts',
  companyId: '_embedded.companies',
  lossReasonId: 'loss_reason_id',
  tags: '_embedded.tags',
  createdAt: 'created_at',
  closedAt: 'closed_at',
  expectedCloseDate: 'expected_close_date',
  lastName: 'last_name',
  statuses: '_embedded.statuses',
}

const pathOf = ([first = '', ...rest]: readonly (string | number)[]): string => [fieldNames[first] ?? first, ...rest].join('.')
