import type { ConflictRule, Issue } from '../../domain/errors.ts'
import type { InputIssue } from '../../http/fault.ts'

/** One entry of the vendor's error envelope. Where it is about a resource it says which, and where in the payload. */
export interface Problem {
  code: string
  details: string
  resource?: string
  field?: string
}

type Rule = InputIssue['rule']

const codes: Readonly<Record<Rule, string>> = {
  required: 'missing',
  blank: 'blank',
  type: 'invalid_type',
  unknown: 'unknown',
  duplicate: 'already_exists',
  too_long: 'incorrect_value',
  format: 'incorrect_value',
  range: 'incorrect_value',
  not_found: 'incorrect_value',
  not_allowed: 'incorrect_value',
  choice: 'incorrect_value',
}

const sentences: Readonly<Partial<Record<Rule, string>>> = {
  required: 'It has to be given.',
  blank: 'It cannot be blank.',
  unknown: 'There is nothing of this name.',
  duplicate: 'There is one already.',
  too_long: 'It is too long.',
  not_found: 'There is no such thing.',
  not_allowed: 'It cannot be set to this.',
}

/** In English, for the developer of the client. */
export function explain({ rule, min, max, ...issue }: Pick<InputIssue, 'rule' | 'min' | 'max'> & Partial<InputIssue>): string {
  const limits = [min === undefined ? [] : `at least ${min}`, max === undefined ? [] : `at most ${max}`].flat().join(', ')
  const sentence = sentences[rule] ?? issue.message ?? 'It is not of the right form.'
  return limits === '' ? sentence : `${sentence} (${limits})`
}

/** What is wrong with a payload. Without a `data` object there is nothing in it to point at. */
export function bodyProblems(issues: readonly InputIssue[], resource: string): Problem[] {
  const hasData = issues.every(({ path, rule }) => path.length > 1 || (path.length === 1 && rule === 'unknown'))
  if (!hasData) return [{ code: 'incorrect_payload', details: 'The payload has no data object.' }]
  // The vendor names attributes it does not know before it looks at the others: its example for them has this one error alone.
  const unknown = issues.filter(({ rule }) => rule === 'unknown')
  return (unknown.length > 0 ? unknown : issues).map((issue) => problemOf(jsonPointer(issue.path), issue, resource))
}

export const problemOf = (field: string, issue: Issue | InputIssue, resource: string): Problem => ({
  resource,
  field,
  // A currency that nobody knows is a wrong value of an attribute that everybody knows.
  code: field === '/data/currency' && issue.rule === 'unknown' ? 'incorrect_value' : codes[issue.rule],
  details: explain(issue),
})

/** Our names of what a caller can get wrong, and the vendor's. */
const theirs: Readonly<Record<string, string>> = {
  title: 'name',
  amount: 'value',
  stageId: 'stage_id',
  pipelineId: 'stage_id',
  ownerId: 'owner_id',
  partyId: 'contact_id',
  companyId: 'contact_id',
  sourceId: 'source_id',
  lossReasonId: 'loss_reason_id',
  unqualifiedReasonId: 'unqualified_reason_id',
  probability: 'customized_win_likelihood',
  expectedCloseDate: 'estimated_close_date',
  stageChangedAt: 'last_stage_change_at',
  closedAt: 'last_stage_change_at',
  firstName: 'first_name',
  lastName: 'last_name',
  isOrganization: 'is_organization',
  emails: 'email',
  phones: 'phone',
  key: 'name',
}

/** Where in the payload an issue of the model is, as a JSON pointer. */
export function pointerOf(field: string): string {
  const [head = '', ...rest] = field.split('.')
  const tail = rest.join('.')
  if (head === 'customFields') return jsonPointer(['data', 'custom_fields', tail])
  if (head === 'address') return jsonPointer(['data', 'address', tail === 'postalCode' ? 'postal_code' : tail])
  return jsonPointer(['data', theirs[head] ?? head])
}

const jsonPointer = (path: readonly (string | number)[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** The model's rules that a Sell caller can run into, by the attribute that ran into them. */
const conflictFields: Partial<Record<ConflictRule, { field: string; details: string }>> = {
  pipeline_disabled: { field: '/data/stage_id', details: 'Deals cannot be added to a disabled pipeline.' },
  stage_archived: { field: '/data/stage_id', details: 'Deals cannot be added to an archived stage.' },
  no_open_stage: { field: '/data/stage_id', details: 'The pipeline has no open stage.' },
  total_overflow: { field: '/data/value', details: 'The sum of the deals in the stage would be too large.' },
  different_kind: { field: '/data/contact_id', details: 'Only a person belongs to an organization.' },
  too_many: { field: '/data/name', details: 'There are too many already.' },
}

export function conflictProblem(rule: ConflictRule, resource: string): Problem {
  const { field, details } = conflictFields[rule] ?? { field: '/data', details: `Refused: ${rule.replaceAll('_', ' ')}.` }
  return { resource, field, code: 'incorrect_value', details }
}
