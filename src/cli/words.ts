import type { ConflictRule, Issue, Refusal } from '../domain/errors.ts'

/** A refusal in plain words, without a full stop. */
export function wordsOf(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'unauthenticated':
      return 'nobody is signed in'
    case 'forbidden':
      return 'the user has no right to do this'
    case 'not_found':
      return `there is no such ${refusal.what.replace('_', ' ')}`
    case 'invalid':
      return refusal.issues.map(issueWords).join('; ')
    case 'conflict':
      return conflicts[refusal.rule]
    case 'stale':
      return 'somebody else has changed it in the meantime'
    case 'rate_limited':
      return `there were too many attempts; try again in ${refusal.retryAfterSeconds} seconds`
    case 'unavailable':
      return 'the store is busy or full; nothing was changed, so run it again'
  }
}

function issueWords({ field, rule, min, max }: Issue): string {
  const name = snake(field)
  switch (rule) {
    case 'required':
      return `${name} is missing`
    case 'blank':
      return `${name} is empty`
    case 'too_long':
      return `${name} is longer than ${max}`
    case 'type':
      return `${name} is of the wrong type`
    case 'format':
      return `${name} cannot be read`
    case 'range':
      return min !== undefined && max !== undefined ? `${name} is not between ${min} and ${max}` : `${name} is out of range`
    case 'unknown':
      return `${name} is not known`
    case 'not_found':
      return `${name} does not exist`
    case 'duplicate':
      return `${name} is taken`
    case 'not_allowed':
      return `${name} cannot be given here`
  }
}

/** Fields are called as in files and flags: `expectedCloseDate` → `expected_close_date`. */
const snake = (field: string): string => field.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const conflicts: Readonly<Record<ConflictRule, string>> = {
  stage_in_use: 'the stage still holds deals',
  last_open_stage: 'it is the last open stage of its pipeline',
  last_won_stage: 'it is the last won stage of its pipeline',
  last_lost_stage: 'it is the last lost stage of its pipeline',
  last_pipeline: 'it is the last pipeline',
  default_pipeline: 'it is the default pipeline',
  pipeline_in_use: 'the pipeline still holds deals',
  pipeline_disabled: 'the pipeline is disabled, nothing can be added to it',
  no_open_stage: 'the pipeline has no stage of that kind that takes deals',
  stage_order: 'open stages come before closed ones',
  stage_archived: 'the stage is archived and takes no deals',
  different_kind: 'the two are of different kinds',
  too_many: 'there are too many of them already',
  total_overflow: 'the sum of the stage would be too large to count',
  webhook_disabled: 'the webhook is disabled',
  idempotency_key_reused: 'the key was used for another request',
}
