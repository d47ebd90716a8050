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
      return refused(fault.issues.map((issue) => [theirName(issue.field), valueWords(issue)]))
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
  json: 'This value should be valid JSON.',
  utf8: 'This value does not match the expected UTF-8 charset.',
  depth: 'This value is nested too deep.',
  url: 'This value is not a valid URL.',
  body: 'This value is not valid.',
}

const inputWords = (issue: InputIssue): string => {
  if (issue.rule === 'choice') return notAChoice
  // Some schemas say it themselves, in the vendor's tone.
  if (issue.message.startsWith('This ') && issue.rule !== 'required' && issue.rule !== 'range') return issue.message
  if (issue.rule === 'type' && issue.expected) return `This value should be of type ${types[issue.expected] ?? issue.expected}.`
  return words({ ...issue, rule: issue.rule, field: issue.path.join('.') })
}

/** Only a custom field can be unknown itself; of everything else it is the value. */
const valueWords = (issue: Issue): string =>
  issue.rule === 'unknown' && !issue.field.startsWith('customFields.')
    ? notAChoice
    : words({ ...issue, field: theirName(issue.field) })

const notAChoice = 'The value you selected is not a valid choice.'

/** Zod's names for types where the vendor has others. */
const types: Readonly<Record<string, string>> = { boolean: 'bool', number: 'float', record: 'object' }

/** The sentences of the validator that the vendor's answers were seen to come from. */
function words({ field, rule, min, max }: Issue): string {
  switch (rule) {
    case 'unknown':
    case 'not_allowed':
      return `Parameter '${field.split('.').at(-1)}' is not allowed for this request`
    case 'required':
      return 'This field is missing.'
    case 'blank':
      return 'This value should not be blank.'
    case 'too_long':
      return `This value is too long. It should have ${max} characters or less.`
    case 'range':
      if (min !== undefined && max !== undefined) return `This value should be between ${min} and ${max}.`
      return min === undefined
        ? `This value should be less than or equal to ${max}.`
        : `This value should be greater than or equal to ${min}.`
    case 'type':
    case 'format':
      return 'This value is not valid.'
    case 'not_found':
      return 'The referenced item was not found.'
    case 'duplicate':
      return 'This value is already used.'
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
  'address.line1': 'address.value',
  'address.city': 'address.locality',
  'address.postalCode': 'address.postal_code',
  'address.state': 'address.admin_area_level_1',
}

function theirName(field: string): string {
  const [first = '', ...rest] = (fields[field] ?? field).split('.')
  return [fields[first] ?? first, ...rest].join('.')
}
