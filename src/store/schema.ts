/**
 * The tables as both engines have them. Money is an integer of minor units, a time an integer of milliseconds, a yes or no 0 or 1,
 * a document JSON text (null when empty): so that a row means the same wherever it is kept.
 */
export interface Schema {
  workspace: WorkspaceRow
  user: UserRow
  membership: MembershipRow
  token: TokenRow
  password: PasswordRow
  session: SessionRow
  invitation: InvitationRow
  attempt: AttemptRow
  pipeline: PipelineRow
  stage: StageRow
  stage_total: StageTotalRow
  closed_from_stage_total: StageTotalRow
  deal: DealRow
  deal_facet: DealFacetRow
  deal_text: DealTextRow
  party: PartyRow
  party_text: PartyTextRow
  loss_reason: LossReasonRow
  custom_field: CustomFieldRow
  event: EventRow
  stretch: StretchRow
  balance: BalanceRow
  passage: PassageRow
  revision: RevisionRow
  saved_view: SavedViewRow
  record: RecordRow
  webhook: WebhookRow
  webhook_health: WebhookHealthRow
  outbox: OutboxRow
  delivery: DeliveryRow
  answer: AnswerRow
  sequence: SequenceRow
}

type Flag = 0 | 1

export interface WorkspaceRow {
  id: number
  uuid: string
  name: string
  subdomain: string
  currency: string
  time_zone: string
  locale: string
  features: string
  rates: string
  created_at: number
  updated_at: number
}

export interface UserRow {
  id: number
  uuid: string
  email: string
}

export interface MembershipRow {
  workspace_id: number
  user_id: number
  name: string
  phone: string | null
  role: string
  is_active: number
  created_at: number
  updated_at: number
  /** When they accepted an invitation and could sign in; null: they have not. */
  joined_at: number | null
}

export interface TokenRow {
  id: number
  workspace_id: number
  user_id: number
  hash: string
  label: string
  created_at: number
  expires_at: number | null
  last_used_at: number | null
  revoked_at: number | null
}

export interface PasswordRow {
  user_id: number
  hash: string
  updated_at: number
}

export interface SessionRow {
  id: number
  workspace_id: number
  user_id: number
  hash: string
  user_agent: string
  address: string
  created_at: number
  seen_at: number
}

export interface InvitationRow {
  id: number
  workspace_id: number
  hash: string
  email: string
  name: string | null
  role: string
  invited_by_id: number | null
  created_at: number
  expires_at: number
}

export interface AttemptRow {
  key: string
  failures: number
  last_at: number
}

export interface PipelineRow {
  id: number
  workspace_id: number
  uuid: string
  name: string
  position: number
  is_default: number
  has_probability: number
  is_disabled: number
  extras: string | null
  created_at: number
  updated_at: number | null
  deleted_at: number | null
}

export interface StageRow {
  id: number
  workspace_id: number
  uuid: string
  pipeline_id: number
  name: string
  position: number
  kind: string
  probability: number | null
  rot_after_days: number | null
  color: string | null
  is_archived: number
  extras: string | null
  created_at: number
  updated_at: number | null
  deleted_at: number | null
}

export interface StageTotalRow {
  workspace_id: number
  stage_id: number
  currency: string
  deal_count: number
  amount: number | bigint
  own_amount: number | bigint
  own_weighted: number | bigint
}

export interface DealRow {
  id: number
  workspace_id: number
  uuid: string
  external_id: string | null
  title: string
  amount: number
  currency: string
  pipeline_id: number
  stage_id: number
  outcome: string
  open_stage_id: number | null
  owner_id: number
  creator_id: number
  contact_id: number | null
  company_id: number | null
  probability: number | null
  expected_close_date: string | null
  loss_reason_id: number | null
  loss_comment: string | null
  stage_changed_at: number | null
  stage_changed_by_id: number | null
  open_stage_changed_at: number | null
  closed_at: number | null
  first_won_at: number | null
  tags: string | null
  custom_fields: string | null
  extras: string | null
  rank: string
  version: number
  archived_at: number | null
  deleted_at: number | null
  created_at: number
  updated_at: number
}

export interface DealFacetRow {
  workspace_id: number
  name: string
  value: string
  deal_id: number
}

/** The search index: one row per deal, found by its id. */
export interface DealTextRow {
  rowid: number
  title: string
  custom: string
}

/** As {@link DealTextRow}, for people and companies. */
export interface PartyTextRow {
  rowid: number
  name: string
}

export interface PartyRow {
  id: number
  workspace_id: number
  uuid: string
  kind: string
  name: string
  first_name: string | null
  last_name: string | null
  /** The main address in lower case, to be found by. */
  email: string | null
  phone: string | null
  emails: string | null
  phones: string | null
  address: string | null
  company_id: number | null
  owner_id: number
  creator_id: number
  tags: string | null
  custom_fields: string | null
  extras: string | null
  created_at: number
  updated_at: number
  deleted_at: number | null
}

export interface LossReasonRow {
  id: number
  workspace_id: number
  uuid: string
  name: string
  kind: string
  is_archived: number
  creator_id: number
  extras: string | null
  created_at: number
  updated_at: number
  deleted_at: number | null
}

export interface CustomFieldRow {
  id: number
  workspace_id: number
  uuid: string
  subject: string
  name: string
  type: string
  options: string | null
  created_at: number
  updated_at: number
  deleted_at: number | null
}

export interface EventRow {
  id: number
  workspace_id: number
  subject: string
  subject_id: number
  type: string
  at: number
  user_id: number
  via: string
  before: string | null
  after: string | null
  /** The first event of the same request; null for that one itself. */
  batch: number | null
}

/** Grows with every change of what has no history: a noun's last change has the highest value. */
export interface RevisionRow {
  workspace_id: number
  noun: string
  value: number
}

export interface SavedViewRow {
  id: number
  workspace_id: number
  user_id: number
  name: string
  page: string
  query: string
  created_at: number
  updated_at: number
}

/** A part of a deal's life, as reports read it; see `domain/reports/life.ts`. */
export interface StretchRow {
  workspace_id: number
  deal_id: number
  nth: number
  since: number
  until: number | null
  pipeline_id: number
  stage_id: number
  kind: string
  entered_at: number
  born_at: number
  arrives: number
  is_first: number
  from_stage_id: number | null
  stayed: number | null
  user_id: number
  amount: number
  currency: string
  owner_id: number
  probability: number | null
  expected_close_date: string | null
  is_counted: number
  is_gone: number
}

/** What came to and went from a stage, by days and by rows of days; see `domain/reports/ledger.ts`. */
export interface BalanceRow {
  workspace_id: number
  pipeline_id: number
  span: number
  bucket: number
  stage_id: number
  currency: string
  owner_id: number
  month: number
  stripe: number
  deal_count: number
  amount: number | bigint
  own_amount: number | bigint
  own_weighted: number | bigint
}

/** Who went from where to where on a day. */
export interface PassageRow {
  workspace_id: number
  pipeline_id: number
  day: number
  from_stage_id: number
  to_stage_id: number
  currency: string
  owner_id: number
  stripe: number
  deal_count: number
  firsts: number
  amount: number | bigint
  stays: number
  stayed: number | bigint
  aged: number | bigint
}

export interface RecordRow {
  id: number
  workspace_id: number
  collection: string
  key: string | null
  data: string
  created_at: number
  updated_at: number
}

export interface WebhookRow {
  id: number
  workspace_id: number
  uuid: string
  dialect: string
  version: string
  name: string
  url: string
  events: string
  secret: string
  old_secret: string | null
  old_secret_until: number | null
  login: string | null
  headers: string | null
  extras: string | null
  owner_id: number
  state: string
  reason: string | null
  created_at: number
  updated_at: number
  removed_at: number | null
}

/** How a subscription fares, and which process sends to it at present. */
export interface WebhookHealthRow {
  workspace_id: number
  webhook_id: number
  failed_first_tries: number
  failing_since: number | null
  muted_until: number | null
  last_attempt_at: number | null
  last_status: number | null
  last_success_at: number | null
  leased_by: string | null
  leased_until: number
}

/** An event of which the subscriptions have not been told yet. */
export interface OutboxRow {
  workspace_id: number
  event_id: number
}

export interface DeliveryRow {
  id: number
  workspace_id: number
  webhook_id: number
  event_id: number | null
  type: string
  subject: string
  subject_id: number
  topic: string
  state: string
  attempts: number
  due_at: number
  attempted_at: number | null
  status: number | null
  error: string | null
  duration_ms: number | null
  created_at: number
  finished_at: number | null
}

export interface AnswerRow {
  workspace_id: number
  key: string
  fingerprint: string
  status: number
  body: string
  at: number
  /** The first event of what the request changed. */
  first_event: number | null
}

export interface SequenceRow {
  name: string
  value: number
}

export const flag = (value: boolean): Flag => (value ? 1 : 0)

/** A document as it is kept: nothing where there is nothing in it. */
export function pack(value: object): string | null {
  const empty = Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0
  return empty ? null : JSON.stringify(value)
}
