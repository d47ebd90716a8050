import { tables } from './0001-pipelines.postgres.ts'

export const postgres = tables

/**
 * Keys begin with the workspace wherever a list is read, so that no request ever touches another workspace's pages. Deleted deals stay
 * in the indexes: those who keep a copy in step ask for them as well. The sorts know what is deleted and archived, so that skipping to
 * a far page does not read the rows in between.
 */
export const sqlite = `
create table workspace (
  id integer primary key,
  uuid text not null unique,
  name text not null,
  subdomain text not null unique,
  currency text not null,
  time_zone text not null,
  locale text not null,
  features text not null,
  rates text not null,
  created_at integer not null,
  updated_at integer not null
) strict;

create table user (
  id integer primary key,
  uuid text not null unique,
  email text not null unique
) strict;

create table membership (
  workspace_id integer not null,
  user_id integer not null,
  name text not null,
  phone text,
  role text not null constraint role_known check (role in ('admin', 'manager', 'member', 'viewer')),
  is_active integer not null,
  created_at integer not null,
  updated_at integer not null,
  primary key (workspace_id, user_id)
) strict, without rowid;

create table token (
  id integer primary key,
  workspace_id integer not null,
  user_id integer not null,
  hash text not null unique,
  label text not null,
  created_at integer not null,
  expires_at integer,
  last_used_at integer,
  revoked_at integer
) strict;
create index token_of_workspace on token (workspace_id, id);

create table pipeline (
  id integer primary key,
  workspace_id integer not null,
  uuid text not null unique,
  name text not null,
  position integer not null,
  is_default integer not null,
  has_probability integer not null,
  is_disabled integer not null,
  extras text,
  created_at integer not null,
  updated_at integer,
  deleted_at integer
) strict;
create index pipeline_in_order on pipeline (workspace_id, position, id) where deleted_at is null;
create unique index one_default_pipeline on pipeline (workspace_id) where is_default = 1 and deleted_at is null;

create table stage (
  id integer primary key constraint system_stage_id check (id not in (142, 143)),
  workspace_id integer not null,
  uuid text not null unique,
  pipeline_id integer not null,
  name text not null,
  position integer not null,
  kind text not null constraint stage_kind_known check (kind in ('open', 'won', 'lost', 'unqualified')),
  probability integer constraint stage_probability_percent check (probability between 0 and 100),
  rot_after_days integer,
  color text,
  is_archived integer not null,
  extras text,
  created_at integer not null,
  updated_at integer,
  deleted_at integer
) strict;
create index stage_in_order on stage (workspace_id, pipeline_id, position, id) where deleted_at is null;

create table stage_total (
  workspace_id integer not null,
  stage_id integer not null,
  currency text not null,
  deal_count integer not null,
  amount integer not null,
  own_amount integer not null,
  own_weighted integer not null,
  primary key (workspace_id, stage_id, currency)
) strict, without rowid;

create table deal (
  id integer primary key,
  workspace_id integer not null,
  uuid text not null unique,
  external_id text,
  title text not null,
  amount integer not null,
  currency text not null,
  pipeline_id integer not null,
  stage_id integer not null,
  outcome text not null constraint deal_outcome_known check (outcome in ('open', 'won', 'lost', 'unqualified')),
  open_stage_id integer,
  owner_id integer not null,
  creator_id integer not null,
  contact_id integer,
  company_id integer,
  probability integer constraint deal_probability_percent check (probability between 0 and 100),
  expected_close_date text,
  loss_reason_id integer,
  loss_comment text,
  stage_changed_at integer,
  stage_changed_by_id integer,
  open_stage_changed_at integer,
  closed_at integer,
  first_won_at integer,
  tags text,
  custom_fields text,
  extras text,
  rank text not null,
  version integer not null,
  archived_at integer,
  deleted_at integer,
  created_at integer not null,
  updated_at integer not null
) strict;
create unique index deal_external_id on deal (workspace_id, external_id) where external_id is not null;
create index deal_by_id on deal (workspace_id, id, deleted_at, archived_at);
create index deal_on_board on deal (workspace_id, stage_id, rank, id);
create index deal_in_stage on deal (workspace_id, stage_id, id);
create index deal_from_stage on deal (workspace_id, open_stage_id, id);
create index deal_in_pipeline on deal (workspace_id, pipeline_id, id);
create index deal_of_owner on deal (workspace_id, owner_id, id);
create index deal_of_creator on deal (workspace_id, creator_id, id);
create index deal_by_outcome on deal (workspace_id, outcome, id);
create index deal_by_update on deal (workspace_id, updated_at, id, deleted_at, archived_at);
create index deal_by_creation on deal (workspace_id, created_at, id, deleted_at, archived_at);
create index deal_by_title on deal (workspace_id, title, id, deleted_at, archived_at);
create index deal_by_amount on deal (workspace_id, amount, id, deleted_at, archived_at);
create index deal_by_expected_close on deal (workspace_id, coalesce(expected_close_date, ''), id, deleted_at, archived_at);
create index deal_by_stage_change on deal (workspace_id, coalesce(stage_changed_at, 0), id, deleted_at, archived_at);
create index deal_by_closing on deal (workspace_id, coalesce(closed_at, 0), id, deleted_at, archived_at);
create index deal_of_contact on deal (workspace_id, contact_id, id) where contact_id is not null;
create index deal_of_company on deal (workspace_id, company_id, id) where company_id is not null;
create index deal_of_loss_reason on deal (workspace_id, loss_reason_id, id) where loss_reason_id is not null;
create index deal_deleted on deal (workspace_id, deleted_at, id) where deleted_at is not null;
create index deal_archived on deal (workspace_id, id) where archived_at is not null;

create table deal_facet (
  workspace_id integer not null,
  name text not null,
  value text not null,
  deal_id integer not null,
  primary key (workspace_id, name, value, deal_id)
) strict, without rowid;

create virtual table deal_text using fts5 (title, custom, content = '', contentless_delete = 1, detail = column, tokenize = 'ascii');

create table party (
  id integer primary key,
  workspace_id integer not null,
  uuid text not null unique,
  kind text not null constraint party_kind_known check (kind in ('person', 'company')),
  name text not null,
  first_name text,
  last_name text,
  email text,
  phone text,
  emails text,
  phones text,
  address text,
  company_id integer,
  owner_id integer not null,
  creator_id integer not null,
  tags text,
  custom_fields text,
  extras text,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer
) strict;
create index party_by_id on party (workspace_id, id);
create index party_of_kind on party (workspace_id, kind, id);
create index party_by_name on party (workspace_id, name, id);
create index party_by_last_name on party (workspace_id, coalesce(last_name, ''), id);
create index party_by_email on party (workspace_id, email, id) where email is not null;
create index party_of_company on party (workspace_id, company_id, id) where company_id is not null;
create index party_by_update on party (workspace_id, updated_at, id);
create index party_by_creation on party (workspace_id, created_at, id);

create virtual table party_text using fts5 (name, content = '', contentless_delete = 1, detail = column, tokenize = 'ascii');

create table loss_reason (
  id integer primary key,
  workspace_id integer not null,
  uuid text not null unique,
  name text not null,
  kind text not null constraint loss_kind_known check (kind in ('lost', 'unqualified')),
  is_archived integer not null,
  creator_id integer not null,
  extras text,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer
) strict;
create unique index one_reason_of_a_name on loss_reason (workspace_id, kind, name) where deleted_at is null;

create table custom_field (
  id integer primary key,
  workspace_id integer not null,
  uuid text not null unique,
  subject text not null constraint field_subject_known check (subject in ('deal', 'contact')),
  name text not null,
  type text not null,
  options text,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer
) strict;
create unique index one_field_of_a_name on custom_field (workspace_id, subject, name) where deleted_at is null;

create table event (
  id integer primary key,
  workspace_id integer not null,
  subject text not null,
  subject_id integer not null,
  type text not null,
  at integer not null,
  user_id integer not null,
  via text not null,
  "before" text,
  "after" text
) strict;
create index event_by_id on event (workspace_id, id);
create index event_of_subject on event (workspace_id, subject, subject_id, id);
create trigger event_is_final before update on event begin select raise(abort, 'events are never changed'); end;
create trigger event_stays before delete on event begin select raise(abort, 'events are never removed'); end;

create table record (
  id integer primary key,
  workspace_id integer not null,
  collection text not null,
  key text,
  data text not null,
  created_at integer not null,
  updated_at integer not null
) strict;
create index record_of_collection on record (workspace_id, collection, id);
create unique index one_record_of_a_key on record (workspace_id, collection, key) where key is not null;

create table answer (
  workspace_id integer not null,
  key text not null,
  fingerprint text not null,
  status integer not null,
  body text not null,
  at integer not null,
  primary key (workspace_id, key)
) strict;
create index answer_by_age on answer (at);

create table sequence (
  name text primary key,
  value integer not null
) strict, without rowid;
`
