import type { Issue } from '../../../domain/errors.ts'
import type { InputIssue } from '../../../http/fault.ts'
import type { Answer } from '../../../http/speak.ts'
import { conflicts, entityNames, type OwnFault, wholeRequest } from '../words.ts'

const failure = (status: number, error: string, headers: Record<string, string> = {}): Answer => ({
  status,
  body: {
    success: false,
    error,
    error_info: 'Please check developers.pipedrive.com for more information about Pipedrive API.',
    data: null,
    additional_data: null,
  },
  headers,
})

/** A fault as v1 words it: one sentence for people, and the same shape whatever it was. */
export function problemV1(fault: OwnFault, url: string): Answer {
  switch (fault.kind) {
    case 'not_found':
      return failure(404, `${entityNames[fault.what]} not found`)
    case 'bad_input':
      return failure(400, fault.issues.map((issue) => inputWords(issue.path.join('.') || fault.where, issue)).join(' '))
    case 'invalid':
      return failure(400, fault.issues.map((issue) => words(theirName(issue.field, url), issue)).join(' '))
    case 'malformed':
      return failure(400, 'Bad request')
    case 'conflict':
      return failure(fault.rule === 'too_many' ? 403 : 400, conflicts[fault.rule])
    default: {
      const whole = wholeRequest(fault)
      return failure(whole?.status ?? 500, whole?.error ?? '', whole?.headers)
    }
  }
}

/** Seen live for the title of a deal; the others are worded alike. */
const spoken: Readonly<Record<string, string>> = { title: 'Deal title', name: 'Name' }

function inputWords(name: string, issue: InputIssue): string {
  switch (issue.rule) {
    case 'choice':
      return `${name} must be one of ${(issue.options ?? []).join(', ')}.`
    case 'not_allowed':
      return `${name}: ${issue.message}.`
    case 'type': {
      const expected = expectations[issue.expected ?? '']
      return expected === undefined ? `${name} is not valid.` : `${name} must be ${expected}.`
    }
    default:
      return words(name, { ...issue, rule: issue.rule, field: name })
  }
}

const expectations: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: '0 or 1',
  array: 'a list',
  object: 'an object',
}

function words(name: string, { rule, min, max }: Issue): string {
  switch (rule) {
    case 'required':
    case 'blank':
      return `${spoken[name] ?? name} must be given.`
    case 'unknown':
      return `${name} is not known.`
    case 'not_allowed':
      return `${name} cannot be set.`
    case 'too_long':
      return `${name} must not be longer than ${max}.`
    case 'range':
      return `${name} must be ${[min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`].filter(Boolean).join(' and ')}.`
    case 'type':
    case 'format':
      return `${name} is not valid.`
    case 'not_found':
      return `${name} was not found.`
    case 'duplicate':
      return `${name} exists already.`
  }
}

/** Our names of fields where v1 has others. */
const fields: Readonly<Record<string, string>> = {
  hasProbability: 'deal_probability',
  rotAfterDays: 'rotten_days',
  position: 'order_nr',
  place: 'order_nr',
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
  emails: 'email',
  phones: 'phone',
  lastName: 'name',
}

/** What some nouns call otherwise. */
const fieldsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  deals: { ownerId: 'user_id' },
  stages: { probability: 'deal_probability' },
}

/** Custom fields stand among the others, under keys of their own. */
function theirName(field: string, url: string): string {
  const [first = '', key] = field.split('.')
  if (first === 'customFields' && key !== undefined) return key
  const [, noun = ''] = /\/v1\/+(\w+)/.exec(url) ?? []
  return fieldsOf[noun]?.[first] ?? fields[first] ?? first
}
