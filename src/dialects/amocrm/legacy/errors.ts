import type { ConflictRule, Refusal } from '../../../domain/errors.ts'
import type { Instant } from '../../../domain/time.ts'
import type { Fault } from '../../../http/fault.ts'
import type { Answer } from '../../../http/speak.ts'
import { seconds } from '../time.ts'

/** The codes of the vendor's error page that we have a use for, with the HTTP status that each goes with. */
const codes = {
  101: { status: 401, text: 'Account not found' },
  102: { status: 400, text: 'POST parameters must be sent in JSON format' },
  103: { status: 400, text: 'Parameters not passed' },
  // Recorded word for word.
  104: {
    status: 404,
    text: 'Error code 104. If error appears again, you can write to our support team - support@amocrm.com',
  },
  110: { status: 401, text: 'Incorrect login or password' },
  213: { status: 400, text: 'Adding leads: empty array' },
  214: { status: 400, text: 'Adding/Updating leads: empty request' },
  216: { status: 400, text: 'Updating leads: empty array' },
  217: { status: 400, text: 'Updating leads: required parameters "id", "updated_at", "status_id", "name"' },
  244: { status: 403, text: 'Not enough rights' },
  330: { status: 400, text: 'The number of linked contacts is too large' },
  400: { status: 400, text: 'Invalid structure of the transferred data array' },
  429: { status: 429, text: 'Too many requests per second' },
} as const

export type Code = keyof typeof codes

/** An error of the first generation, and of v2. Clients read `response.error` and compare `error_code` with text. */
export function legacyError(code: Code, now: Instant, status: number = codes[code].status, beside: object = {}): Answer {
  return {
    status,
    body: { response: { error: codes[code].text, server_time: seconds(now), error_code: String(code), ...beside } },
    headers: { 'content-type': 'application/json; charset="utf-8"' },
  }
}

export function legacyProblem(fault: Fault, now: Instant): Answer {
  switch (fault.kind) {
    case 'unauthenticated':
      return legacyError(110, now)
    case 'forbidden':
      return legacyError(244, now)
    case 'not_found':
      return fault.what === 'workspace' ? legacyError(101, now) : legacyError(400, now)
    case 'bad_input':
      return legacyError(fault.issues.some((issue) => issue.rule === 'required') ? 103 : 400, now)
    case 'invalid':
    case 'conflict':
    case 'stale':
    case 'bad_header':
      return legacyError(400, now)
    case 'malformed':
    case 'media_type':
      return legacyError(102, now)
    case 'no_route':
      return legacyError(104, now)
    case 'bad_method':
      return legacyError(104, now, 400)
    case 'too_large':
      return legacyError(400, now, 413)
    case 'rate_limited':
      return legacyError(429, now)
    case 'unavailable':
      return legacyError(400, now, 503)
    case 'bug':
      return legacyError(400, now, 500)
  }
}

const conflicts: Readonly<Partial<Record<ConflictRule, string>>> = {
  // The seed's own words.
  last_pipeline: 'Impossible to delete last pipeline',
  too_many: 'The limit is exceeded',
  stage_archived: 'The status takes no leads',
  pipeline_disabled: 'The pipeline is archived',
  no_open_stage: 'The pipeline has no statuses',
}

/** Why one row of several was refused, in a sentence. */
export function sentence(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'not_found':
      return `${refusal.what === 'deal' ? 'Lead' : refusal.what === 'pipeline' ? 'Pipeline' : 'Entity'} not found`
    case 'invalid':
      return refusal.issues.map(({ field, rule }) => `Invalid value of ${nameOf(field)} (${rule.replace('_', ' ')})`).join('; ')
    case 'conflict':
      return conflicts[refusal.rule] ?? 'The request conflicts with the state of the account'
    case 'stale':
      // Recorded; clients look for it to try again with a later time.
      return 'Last modified date is older than in database'
    case 'forbidden':
    case 'unauthenticated':
      return codes[244].text
    case 'rate_limited':
      return codes[429].text
    case 'unavailable':
      return 'Temporarily unavailable'
  }
}

/** What we call a field, as the older generations call it. */
const fieldNames: Readonly<Record<string, string>> = {
  title: 'name',
  stageId: 'status_id',
  openStageId: 'status_id',
  pipelineId: 'pipeline_id',
  ownerId: 'responsible_user_id',
  creatorId: 'created_by',
  contactId: 'contacts_id',
  companyId: 'company_id',
  lossReasonId: 'loss_reason_id',
  amount: 'price',
  value: 'price',
  closedAt: 'closed_at',
  createdAt: 'created_at',
}

const nameOf = (field: string): string => fieldNames[field] ?? field
