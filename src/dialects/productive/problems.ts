import type { FastifyRequest } from 'fastify'
import type { ConflictRule, Issue } from '../../domain/errors.ts'
import type { InputIssue } from '../../http/fault.ts'

/** One error object. Its members are written in the order that the vendor's are. */
export interface Problem {
  status: number
  code: string
  title: string
  /** Conflicts have none. */
  detail?: string
  meta?: object
  pointer?: string
}

/** What is wrong with one attribute. */
const attribute = (field: string, detail: string, { code = 'invalid_attribute', meta = {} } = {}): Problem => ({
  status: 422,
  code,
  title: 'Invalid Attribute',
  detail,
  meta,
  pointer: `data/attributes/${field}`,
})

/** What is wrong with an attribute or relation, by the vendor's name for it. */
export function problemOf(field: string, issue: Issue | InputIssue): Problem {
  if (field === 'probability' && issue.rule === 'not_allowed')
    return attribute(field, 'feature unavailable', { code: 'probability_feature_unavailable' })
  // Only asked for while it is switched on; the vendor's answers show the emptied condition.
  const meta = field === 'probability' && issue.rule === 'required' ? { if: {} } : {}
  return attribute(field, detailOf(issue), { meta })
}

function detailOf(issue: Issue | InputIssue): string {
  const { min, max } = issue
  switch (issue.rule) {
    case 'required':
    case 'blank':
      return "can't be blank"
    case 'too_long':
      return `is too long (maximum is ${max} characters)`
    case 'range':
      if (min !== undefined && max !== undefined) return `must be in ${min}..${max}`
      return min === undefined ? `must be less than or equal to ${max}` : `must be greater than or equal to ${min}`
    case 'not_found':
      return 'must exist'
    case 'duplicate':
      return 'has already been taken'
    case 'choice':
      return 'is not included in the list'
    case 'not_allowed':
      return 'is not allowed'
    case 'type':
      return 'expected' in issue && (issue.expected === 'number' || issue.expected === 'int') ? 'is not a number' : 'is invalid'
    case 'format':
    case 'unknown':
      return 'is invalid'
  }
}

/** The domain's fields in the vendor's words; those that are not here are called the same. */
const fields: Readonly<Record<string, string>> = {
  title: 'name',
  kind: 'status_id',
  into: 'winner_id',
  stageId: 'deal_status',
  openStageId: 'deal_status',
  pipelineId: 'pipeline',
  ownerId: 'responsible',
  contactId: 'contact',
  companyId: 'company',
  lossReasonId: 'lost_reason',
  lossComment: 'lost_comment',
  amount: 'deal_value',
  closedAt: 'sales_closed_on',
  tags: 'tag_list',
  firstName: 'first_name',
  // A person's name is complained about under the last one.
  lastName: 'first_name',
  emails: 'contact',
  phones: 'contact',
  address: 'contact',
  customFields: 'custom_fields',
  url: 'target_url',
  headers: 'custom_headers',
}

/** The vendor's name of a field that the domain complains about. */
export const fieldOf = (field: string): string => {
  const [first = field] = field.split('.')
  return fields[first] ?? first
}

const lastOf = (name: string): Problem =>
  attribute('status_id', `must have at least one stage with status '${name}'`, { code: 'deal_status_last_stage_not_allowed' })

const inConflict = (code: string): Problem => ({ status: 409, code, title: 'Conflict error' })

/** Rules of the whole that a request would break. */
export function conflictOf(rule: ConflictRule, req: FastifyRequest): Problem {
  switch (rule) {
    case 'stage_in_use':
      return req.method === 'DELETE'
        ? inConflict('deal_status_in_use')
        : attribute('status_id', 'not allowed to change stage status with active deals')
    case 'last_open_stage':
      return lastOf('Open')
    case 'last_won_stage':
      return lastOf('Won')
    case 'last_lost_stage':
      return lastOf('Lost')
    case 'last_pipeline':
      return inConflict('record_is_last_pipeline')
    case 'default_pipeline':
    case 'pipeline_in_use':
      return inConflict('pipeline_in_use')
    case 'different_kind':
      return attribute('status_id', 'cannot merge stages with different statuses', { code: 'deal_status_mismatch' })
    case 'pipeline_disabled':
      return attribute('pipeline', 'is disabled')
    case 'no_open_stage':
      return attribute('deal_status', "can't be blank")
    case 'stage_archived':
      return attribute('deal_status', 'is archived')
    case 'stage_order':
      return attribute('position', 'is invalid')
    case 'too_many':
      return attribute('name', 'is one too many')
    case 'total_overflow':
      return attribute('deal_value', 'is too large')
    case 'webhook_disabled':
    case 'idempotency_key_reused':
      return inConflict('conflict')
  }
}
