import type { ConflictRule, Issue } from '../../domain/errors.ts'
import type { Fault, InputIssue } from '../../http/fault.ts'
import type { Answer } from '../../http/speak.ts'

/** The one frame for errors that the vendor shows (Pipeline Stages, Delete): exactly these two members. */
const failure = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body: { status: 'error', message },
  headers,
})

/** Every fault in the vendor's frame. Only the message about the default pipeline is known; the others are what its framework says. */
export function render(fault: Fault): Answer {
  switch (fault.kind) {
    case 'unauthenticated':
      return failure(401, 'Unauthenticated.')
    case 'bad_header':
      return failure(403, 'The x-workspace-id header must be the id of a workspace that the token belongs to.')
    case 'forbidden':
      return failure(403, 'This action is unauthorized.')
    case 'not_found':
    case 'no_route':
      return failure(404, 'Not found.')
    case 'bad_method': {
      const allow = fault.allowed.join(', ')
      return failure(405, `The method is not supported for this route. Supported methods: ${allow}.`, { allow })
    }
    case 'malformed':
      return failure(400, fault.what === 'url' ? 'The URL is malformed.' : 'The request body is malformed.')
    case 'too_large':
      return fault.what === 'url' ? failure(414, 'The URL is too long.') : failure(413, 'The request body is too large.')
    case 'media_type':
      return failure(415, 'The request body must be JSON.')
    case 'bad_input':
      return badInput(fault)
    case 'invalid':
      return unprocessable(fault.issues.map((issue) => ({ ...issue, field: theirs[issue.field] ?? issue.field })))
    case 'conflict':
      return conflict(fault.rule)
    case 'rate_limited':
      return failure(429, 'Too Many Attempts.', { 'retry-after': String(fault.retryAfterSeconds) })
    case 'stale':
      return failure(409, 'The record has been changed by somebody else.')
    case 'unavailable':
      return failure(503, 'Service Unavailable')
    case 'bug':
      return failure(500, 'Server Error')
  }
}

function badInput({ where, issues }: Extract<Fault, { kind: 'bad_input' }>): Answer {
  // Paths take any text, and queries nothing wrong: what is left is a body.
  if (where !== 'body') return failure(404, 'Not found.')
  const isWhole = issues.some(({ path }) => path.length === 0)
  if (isWhole) return failure(400, 'The request body must be an object.')
  return unprocessable(issues.map((issue) => ({ ...issue, field: issue.path.join('.') })))
}

type Problem = Pick<InputIssue, 'rule' | 'min' | 'max' | 'expected'> & { field: string }

/** The sentence that everybody reads is the first one; the fields have all of theirs. */
function unprocessable(problems: readonly Problem[]): Answer {
  const sentences = problems.map((problem) => ({ field: problem.field, sentence: sentenceOf(problem) }))
  const errors = Object.fromEntries(
    [...Map.groupBy(sentences, ({ field }) => field)].map(([field, own]) => [field, own.map(({ sentence }) => sentence)]),
  )
  const more = sentences.length - 1
  const message = `${sentences[0]?.sentence}${more > 0 ? ` (and ${more} more ${more === 1 ? 'error' : 'errors'})` : ''}`
  return { status: 422, body: { status: 'error', message, errors } }
}

const types: Readonly<Record<string, string>> = {
  string: 'must be a string',
  int: 'must be an integer',
  number: 'must be an integer',
  boolean: 'must be true or false',
}

/** In the words of the framework that the vendor's answers look like. */
function sentenceOf({ field, rule, min, max, expected = 'string' }: Problem): string {
  const name = field.replaceAll('_', ' ')
  switch (rule as InputIssue['rule'] | Issue['rule']) {
    case 'required':
    case 'blank':
      return `The ${name} field is required.`
    case 'type':
      return `The ${name} field ${types[expected] ?? 'must be a string'}.`
    case 'too_long':
      return `The ${name} field must not be greater than ${max} characters.`
    case 'range':
      if (min === undefined) return `The ${name} field must not be greater than ${max}.`
      return max === undefined
        ? `The ${name} field must be at least ${min}.`
        : `The ${name} field must be between ${min} and ${max}.`
    case 'format':
      return field === 'expected_close_date'
        ? `The ${name} field must match the format Y-m-d.`
        : `The ${name} field format is invalid.`
    case 'not_found':
    case 'unknown':
    case 'choice':
      return `The selected ${name} is invalid.`
    case 'not_allowed':
      return `The ${name} field is prohibited.`
    case 'duplicate':
      return `The ${name} has already been taken.`
  }
}

/** Our names of what a caller can get wrong, and the vendor's. */
const theirs: Readonly<Record<string, string>> = {
  title: 'name',
  stageId: 'pipeline_stage_id',
  openStageId: 'pipeline_stage_id',
  pipelineId: 'pipeline_id',
  ownerId: 'owner_id',
  contactId: 'contact_id',
  companyId: 'company_id',
  currency: 'currency_id',
  expectedCloseDate: 'expected_close_date',
  rotAfterDays: 'rotting_days',
  isDefault: 'is_default',
}

/** Rules of the model that the vendor has no words for. */
const conflicts: Readonly<Partial<Record<ConflictRule, string>>> = {
  // Word for word, also where it is about a stage (Pipeline Stages, Error Response).
  default_pipeline: 'You cannot delete the default pipeline.',
  last_pipeline: 'You cannot delete the last pipeline.',
  last_open_stage: 'You cannot delete the last stage while it has deals.',
  no_open_stage: 'The pipeline has no stage for deals.',
  pipeline_disabled: 'The pipeline is disabled.',
  stage_archived: 'The stage is archived.',
  too_many: 'There are too many of these.',
  total_overflow: 'The amounts of the stage would become too large.',
}

const conflict = (rule: ConflictRule): Answer => failure(400, conflicts[rule] ?? 'This cannot be done.')
