import type { ConflictRule, Entity } from '../../domain/errors.ts'
import type { Fault } from '../../http/fault.ts'

/** The faults that each version words itself. */
export type OwnFault = Exclude<Fault, { kind: 'unauthenticated' | 'bad_header' | 'forbidden' | 'rate_limited' }>

/** What went wrong, before either version has put it into its own shape. */
export interface Problem {
  status: number
  error: string
}

/** The vendor's word for what was not found. Records of our own are its filters. */
export const entityNames: Readonly<Record<Entity, string>> = {
  workspace: 'Company',
  user: 'User',
  token: 'Token',
  session: 'Session',
  invitation: 'Invitation',
  pipeline: 'Pipeline',
  stage: 'Stage',
  deal: 'Deal',
  contact: 'Person',
  company: 'Organization',
  loss_reason: 'Lost reason',
  custom_field: 'Field',
  record: 'Filter',
  webhook: 'Webhook',
  delivery: 'Delivery',
}

/** Rules of the model that the vendor has no documented words for. */
export const conflicts: Readonly<Record<ConflictRule, string>> = {
  stage_in_use: 'The stage has deals.',
  last_open_stage: 'The last stage of a pipeline cannot be deleted while it has deals.',
  last_won_stage: 'The pipeline needs a stage for won deals.',
  last_lost_stage: 'The pipeline needs a stage for lost deals.',
  last_pipeline: 'The last pipeline cannot be deleted.',
  default_pipeline: 'The default pipeline cannot be deleted.',
  pipeline_in_use: 'The pipeline has deals.',
  pipeline_disabled: 'The pipeline takes no new deals.',
  no_open_stage: 'The pipeline has no stages.',
  stage_order: 'The stage cannot stand there.',
  stage_archived: 'The stage takes no new deals.',
  different_kind: 'The two are of different kinds.',
  too_many: 'The limit of items is reached.',
  total_overflow: 'The sum of the deals in the stage would be too large.',
  webhook_disabled: 'The webhook is not active.',
  idempotency_key_reused: 'The key was used for another request.',
}

/** What is wrong with a request as a whole, with the status that the vendor's table gives it; undefined where it is about its content. */
export function wholeRequest(fault: OwnFault): (Problem & { headers?: Record<string, string> }) | undefined {
  switch (fault.kind) {
    case 'no_route':
      return { status: 404, error: 'Not found' }
    case 'bad_method':
      return { status: 405, error: 'Method not allowed', headers: { allow: fault.allowed.join(', ') } }
    case 'too_large':
      return fault.what === 'url' ? { status: 414, error: 'URI too long' } : { status: 413, error: 'Request entity too large' }
    case 'media_type':
      return { status: 415, error: 'Unsupported media type' }
    case 'stale':
      return { status: 409, error: 'The item was changed by somebody else' }
    case 'unavailable':
      return { status: 503, error: 'Service unavailable' }
    case 'bug':
      return { status: 500, error: 'Internal server error' }
    case 'not_found':
    case 'invalid':
    case 'bad_input':
    case 'conflict':
    case 'malformed':
      return undefined
  }
}
