import type { Issue } from '../../../domain/errors.ts'
import type { InputIssue } from '../../../http/fault.ts'
import type { Answer } from '../../../http/speak.ts'
import { conflicts, entityNames, type OwnFault, wholeRequest } from '../words.ts'

const failure = (status: number, error: string, code: string, headers: Record<string, string> = {}): Answer => ({
  status,
  body: { success: false, error, code },
  headers,
})

/** Several complaints are joined into one sentence. */
const refused = (complaints: readonly (readonly [name: string, words: string])[]): Answer =>
  failure(
    400,
    `Validation failed: ${complaints.map(([name, words]) => `${name}: ${words}`).join('; ')}`,
    'ERR_SCHEMA_VALIDATION_FAILED',
  )

/** A fault as v2 words it: `error` for people, `code` for programs. */
export function problemV2(fault: OwnFault): Answer {
  switch (fault.kind) {
    case 'not_found':
      return failure(404, `${entityNames[fault.what]} not found`, 'ERR_NOT_FOUND')
    case 'bad_input':
      return refused(fault.issues.map((issue) => [issue.path.join('.') || fault.where, inputWords(issue)]))
    case 'invalid':
      return refused(fault.issues.map((issue) => [theirName(issue.field), words(theirName(issue.field), issue)]))
    case 'malformed':
      return refused([[fault.what === 'url' ? 'url' : 'body', malformed[fault.what]]])
    case 'conflict':
      return fault.rule === 'too_many'
        ? failure(403, conflicts.too_many, 'feature_capping_limit')
        : failure(400, conflicts[fault.rule], 'ERR_BAD_REQUEST')
    default: {
      const whole = wholeRequest(fault)
      return failure(whole?.status ?? 500, whole?.error ?? '', codes[whole?.status ?? 500] ?? 'ERR_BAD_REQUEST', whole?.headers)
    }
  }
}

const codes: Readonly<Record<number, string>> = {
  404: 'ERR_NOT_FOUND',
  405: 'ERR_METHOD_NOT_ALLOWED',
  413: 'ERR_PAYLOAD_TOO_LARGE',
  414: 'ERR_URI_TOO_LONG',
  415: 'ERR_UNSUPPORTED_MEDIA_TYPE',
  500: 'ERR_INTERNAL_SERVER_ERROR',
  503: 'ERR_SERVICE_UNAVAILABLE',
}

const malformed = {
  json: 'Not a valid JSON document',
  utf8: 'Not valid UTF-8',
  depth: 'Nested too deep',
  url: 'Not properly encoded',
  body: 'Cannot be read',
}

const inputWords = (issue: InputIssue): string => {
  const name = String(issue.path.at(-1) ?? 'body')
  if (issue.rule === 'choice') return `Expected one of ${(issue.options ?? []).join(', ')}`
  if (issue.rule === 'type') return `Expected ${expectations[issue.expected ?? ''] ?? issue.expected ?? 'another type'}`
  if (issue.rule === 'format') return issue.message
  return words(name, { ...issue, rule: issue.rule, field: name })
}

const expectations: Readonly<Record<string, string>> = { int: 'integer', safeint: 'integer', record: 'object' }

function words(name: string, { rule, min, max }: Issue): string {
  switch (rule) {
    case 'unknown':
    case 'not_allowed':
      return `Parameter '${name}' is not allowed for this request`
    case 'required':
      return `Parameter '${name}' is required`
    case 'blank':
      return 'Must not be empty'
    case 'too_long':
      return `Must not be longer than ${max}`
    case 'range':
      return [min === undefined ? '' : `Must be at least ${min}`, max === undefined ? '' : `Must be at most ${max}`]
        .filter(Boolean)
        .join(', ')
    case 'type':
      return 'Expected another type'
    case 'format':
      return 'Not a valid value'
    case 'not_found':
      return 'Not found'
    case 'duplicate':
      return 'Already exists'
  }
}

/** Our names of fields where v2 has others. */
const fields: Readonly<Record<string, string>> = {
  hasProbability: 'is_deal_probability_enabled',
  rotAfterDays: 'days_to_rotten',
  pipelineId: 'pipeline_id',
  stageId: 'stage_id',
  ownerId: 'owner_id',
  contactId: 'person_id',
  companyId: 'org_id',
  amount: 'value',
  lossText: 'lost_reason',
  closedAt: 'close_time',
  wonAt: 'won_time',
  lostAt: 'lost_time',
  archivedAt: 'archive_time',
  expectedCloseDate: 'expected_close_date',
  createdAt: 'add_time',
  customFields: 'custom_fields',
  lastName: 'name',
}

function theirName(field: string): string {
  const [first = '', ...rest] = field.split('.')
  return [fields[first] ?? first, ...rest].join('.')
}
