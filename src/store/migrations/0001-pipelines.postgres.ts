/**
 * The same tables for PostgreSQL. Keys begin with the workspace, so that every table with rows of one can be distributed by it; texts are
 * compared byte by byte, as SQLite and JavaScript do. Ids come from sequences and totals are spread over stripes: no row is everybody's.
 */
export const tables = `
create sequence workspace_ids;
create sequence user_ids;
create sequence token_ids;
create sequence pipeline_ids;
create sequence stage_ids;
create sequence deal_ids;
create sequence party_ids;
create sequence loss_reason_ids;
create sequence custom_field_ids;
create sequence record_ids;
create sequence event_ids;

create table workspace (
  id bigint primary key,
  uuid text collate "C" not null unique,
  name text collate "C" not null,
  subdomain text collate "C" not null unique,
  currency text collate "C" not null,
  time_zone text collate "C" not null,
  locale text collate "C" not null,
  features text collate "C" not null,
  rates text collate "C" not null,
  created_at bigint not null,
  updated_at bigint not null
);

create table "user" (
  id bigint primary key,
  uuid text collate "C" not null unique,
  email text collate "C" not null unique
);

create table membership (
  workspace_id bigint not null,
  user_id bigint not null,
  name text collate "C" not null,
  phone text collate "C",
  role text collate "C" not null constraint role_known check (role in ('admin', 'manager', 'member', 'viewer')),
  is_active integer not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (workspace_id, user_id)
);

create table token (
  id bigint primary key,
  workspace_id bigint not null,
  user_id bigint not null,
  hash text collate "C" not null unique,
  label text collate "C" not null,
  created_at bigint not null,
  expires_at bigint,
  last_used_at bigint,
  revoked_at bigint
);
create index token_of_workspace on token (workspace_id, id);

create table pipeline (
  id bigint not null,
  workspace_id bigint not null,
  uuid text collate "C" not null,
  name text collate "C" not null,
  position integer not null,
  is_default integer not null,
  has_probability integer not null,
  is_disabled integer not null,
  extras text collate "C",
  created_at bigint not null,
  updated_at bigint,
  deleted_at bigint,
  primary key (workspace_id, id),
  unique (workspace_id, uuid)
);
create index pipeline_in_order on pipeline (workspace_id, position, id) where deleted_at is null;
create unique index one_default_pipeline on pipeline (workspace_id) where is_default = 1 and deleted_at is null;

create table stage (
  id bigint not null constraint system_stage_id check (id not in (142, 143)),
  workspace_id bigint not null,
  uuid text collate "C" not null,
  pipeline_id bigint not null,
  name text collate "C" not null,
  position integer not null,
  kind text collate "C" not null constraint stage_kind_known check (kind in ('open', 'won', 'lost', 'unqualified')),
  probability integer constraint stage_probability_percent check (probability between 0 and 100),
  rot_after_days integer,
  color text collate "C",
  is_archived integer not null,
  extras text collate "C",
  created_at bigint not null,
  updated_at bigint,
  deleted_at bigint,
  primary key (workspace_id, id),
  unique (workspace_id, uuid)
);
create index stage_in_order on stage (workspace_id, pipeline_id, position, id) where deleted_at is null;

create table stage_total (
  workspace_id bigint not null,
  stage_id bigint not null,
  currency text collate "C" not null,
  stripe integer not null,
  deal_count bigint not null,
  amount bigint not null,
  own_amount bigint not null,
  own_weighted bigint not null,
  primary key (workspace_id, stage_id, currency, stripe)
) with (fillfactor = 50);

create table deal (
  id bigint not null,
  workspace_id bigint not null,
  uuid text collate "C" not null,
  external_id text collate "C",
  title text collate "C" not null,
  amount bigint not null,
  currency text collate "C" not null,
  pipeline_id bigint not null,
  stage_id bigint not null,
  outcome text collate "C" not null constraint deal_outcome_known check (outcome in ('open', 'won', 'lost', 'unqualified')),
  open_stage_id bigint,
  owner_id bigint not null,
  creator_id bigint not null,
  contact_id bigint,
  company_id bigint,
  probability integer constraint deal_probability_percent check (probability between 0 and 100),
  expected_close_date text collate "C",
  loss_reason_id bigint,
  loss_comment text collate "C",
  stage_changed_at bigint,
  stage_changed_by_id bigint,
  open_stage_changed_at bigint,
  closed_at bigint,
  first_won_at bigint,
  tags text collate "C",
  custom_fields text collate "C",
  extras text collate "C",
  rank text collate "C" not null,
  version bigint not null,
  archived_at bigint,
  deleted_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (workspace_id, id),
  unique (workspace_id, uuid)
);
create unique index deal_external_id on deal (workspace_id, external_id) where external_id is not null;
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
  workspace_id bigint not null,
  name text collate "C" not null,
  value text collate "C" not null,
  deal_id bigint not null,
  primary key (workspace_id, name, value, deal_id)
);

create table deal_text (
  workspace_id bigint not null,
  deal_id bigint not null,
  words tsvector not null,
  primary key (workspace_id, deal_id)
);
create index deal_words on deal_text using gin (words);

create table party (
  id bigint not null,
  workspace_id bigint not null,
  uuid text collate "C" not null,
  kind text collate "C" not null constraint party_kind_known check (kind in ('person', 'company')),
  name text collate "C" not null,
  first_name text collate "C",
  last_name text collate "C",
  email text collate "C",
  phone text collate "C",
  emails text collate "C",
  phones text collate "C",
  address text collate "C",
  company_id bigint,
  owner_id bigint not null,
  creator_id bigint not null,
  tags text collate "C",
  custom_fields text collate "C",
  extras text collate "C",
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint,
  primary key (workspace_id, id),
  unique (workspace_id, uuid)
);
create index party_of_kind on party (workspace_id, kind, id);
create index party_by_name on party (workspace_id, name, id);
create index party_by_last_name on party (workspace_id, coalesce(last_name, ''), id);
create index party_by_email on party (workspace_id, email, id) where email is not null;
create index party_of_company on party (workspace_id, company_id, id) where company_id is not null;
create index party_by_update on party (workspace_id, updated_at, id);
create index party_by_creation on party (workspace_id, created_at, id);

create table party_text (
  workspace_id bigint not null,
  party_id bigint not null,
  words tsvector not null,
  primary key (workspace_id, party_id)
);
create index party_words on party_text using gin (words);

create table loss_reason (
  id bigint not null,
  workspace_id bigint not null,
  uuid text collate "C" not null,
  name text collate "C" not null,
  kind text collate "C" not null constraint loss_kind_known check (kind in ('lost', 'unqualified')),
  is_archived integer not null,
  creator_id bigint not null,
  extras text collate "C",
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint,
  primary key (workspace_id, id),
  unique (workspace_id, uuid)
);
create unique index one_reason_of_a_name on loss_reason (workspace_id, kind, name) where deleted_at is null;

create table custom_field (
  id bigint not null,
  workspace_id bigint not null,
  uuid text collate "C" not null,
  subject text collate "C" not null constraint field_subject_known check (subject in ('deal', 'contact')),
  name text collate "C" not null,
  type text collate "C" not null,
  options text collate "C",
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint,
  primary key (workspace_id, id),
  unique (workspace_id, uuid)
);
create unique index one_field_of_a_name on custom_field (workspace_id, subject, name) where deleted_at is null;

create table event (
  id bigint not null default nextval('event_ids'),
  workspace_id bigint not null,
  subject text collate "C" not null,
  subject_id bigint not null,
  type text collate "C" not null,
  at bigint not null,
  user_id bigint not null,
  via text collate "C" not null,
  "before" text collate "C",
  "after" text collate "C",
  primary key (workspace_id, id)
);
create index event_of_subject on event (workspace_id, subject, subject_id, id);

create function refuse_change_of_event() returns trigger language plpgsql as $$
begin
  raise exception 'events are never changed or removed';
end
$$;
create trigger event_is_final before update or delete on event for each row execute function refuse_change_of_event();
create trigger event_stays before truncate on event for each statement execute function refuse_change_of_event();

create table record (
  id bigint not null,
  workspace_id bigint not null,
  collection text collate "C" not null,
  key text collate "C",
  data text collate "C" not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (workspace_id, id)
);
create index record_of_collection on record (workspace_id, collection, id);
create unique index one_record_of_a_key on record (workspace_id, collection, key) where key is not null;

create table answer (
  workspace_id bigint not null,
  key text collate "C" not null,
  fingerprint text collate "C" not null,
  status integer not null,
  body text collate "C" not null,
  at bigint not null,
  primary key (workspace_id, key)
);
create index answer_by_age on answer (at);
`
