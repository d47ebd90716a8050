/** The nouns that a refusal can be about. */
export type Entity =
  | 'workspace'
  | 'user'
  | 'token'
  | 'session'
  | 'invitation'
  | 'pipeline'
  | 'stage'
  | 'deal'
  | 'contact'
  | 'company'
  | 'loss_reason'
  | 'custom_field'
  | 'record'
  | 'webhook'
  | 'delivery'

/** The invariants that a request can run into; each protects what design calls a law. */
export type ConflictRule =
  | 'stage_in_use' // the stage still holds deals and no target was named
  | 'last_open_stage' // the only open stage of a pipeline whose deals have nowhere else to be
  | 'last_won_stage'
  | 'last_lost_stage'
  | 'last_pipeline'
  | 'default_pipeline'
  | 'pipeline_in_use'
  | 'pipeline_disabled' // deals cannot be added to it
  | 'no_open_stage' // the pipeline has no stage a new or reopened deal could stand in
  | 'stage_order' // open stages come before closed ones
  | 'stage_archived'
  | 'different_kind' // only stages of one kind can be merged
  | 'too_many' // a bounded collection (pipelines, stages of a pipeline, …) is full
  | 'total_overflow' // the sum of a stage would leave 64 bits
  | 'idempotency_key_reused'
  | 'webhook_disabled' // it gets nothing until it is enabled again

/** What is wrong with one field. `field` is our name for it, dotted where nested (`place.before`). */
export interface Issue {
  field: string
  rule: 'required' | 'blank' | 'too_long' | 'type' | 'format' | 'range' | 'unknown' | 'not_found' | 'duplicate' | 'not_allowed'
  /** For `range` and `too_long`: the limits that were missed. */
  min?: number
  max?: number
}

/**
 * Every reason the domain can decline a request: facts only, no text and no status.
 * A dialect turns each into its own vendor's words.
 */
export type Refusal =
  | { kind: 'unauthenticated' }
  | { kind: 'forbidden' }
  | { kind: 'not_found'; what: Entity }
  | { kind: 'invalid'; issues: readonly Issue[] }
  | { kind: 'conflict'; rule: ConflictRule }
  | { kind: 'stale'; version: number } // the caller's version of a record is not the current one
  | { kind: 'rate_limited'; retryAfterSeconds: number } // too many attempts, or more calls than are allowed
  | { kind: 'unavailable' } // the store cannot take the request now; nothing was changed

export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly refusal: Refusal

  /** `cause`: what the store said, for the log of those who run it. */
  constructor(refusal: Refusal, cause?: unknown) {
    super(refusal.kind, cause === undefined ? {} : { cause })
    this.refusal = refusal
  }
}

export function refuse(refusal: Refusal): never {
  throw new DomainError(refusal)
}

export function invalid(field: string, rule: Issue['rule'], limits: Pick<Issue, 'min' | 'max'> = {}): never {
  refuse({ kind: 'invalid', issues: [{ field, rule, ...limits }] })
}

export function conflict(rule: ConflictRule): never {
  refuse({ kind: 'conflict', rule })
}

/** The record, or the refusal that there is none. */
export function found<T>(record: T | undefined, what: Entity): T {
  return record ?? refuse({ kind: 'not_found', what })
}
