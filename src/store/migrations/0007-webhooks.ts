/**
 * Subscriptions, what is on its way to them, and the outbox between.
 *
 * The outbox is filled by the database itself, in the transaction that adds an event and only where somebody listens: nobody can forget it,
 * and a change costs one small row whatever the number of subscriptions. From there each event becomes a delivery for every subscription
 * that wants it. A row that is not committed yet is simply seen later; there is no place in the log that could be passed too early.
 */
const tables = (integer: string, text: string, strict: string, keyed: string, ids: (table: string) => string) => `
create table webhook (
  id ${integer} primary key,
  workspace_id ${integer} not null,
  uuid ${text} not null unique,
  dialect ${text} not null,
  version ${text} not null,
  name ${text} not null,
  url ${text} not null,
  events ${text} not null,
  secret ${text} not null,
  old_secret ${text},
  old_secret_until ${integer},
  login ${text},
  headers ${text},
  extras ${text},
  owner_id ${integer} not null,
  state ${text} not null constraint webhook_state_known check (state in ('active', 'paused', 'disabled', 'removed')),
  reason ${text},
  created_at ${integer} not null,
  updated_at ${integer} not null,
  removed_at ${integer}
)${strict};
create index webhook_of_workspace on webhook (workspace_id, id) where state <> 'removed';
create index webhook_listening on webhook (workspace_id) where state in ('active', 'paused');

create table webhook_health (
  workspace_id ${integer} not null,
  webhook_id ${integer} primary key,
  failed_first_tries ${integer} not null default 0,
  failing_since ${integer},
  muted_until ${integer},
  last_attempt_at ${integer},
  last_status ${integer},
  last_success_at ${integer},
  leased_by ${text},
  leased_until ${integer} not null default 0
)${strict};

create table outbox (
  workspace_id ${integer} not null,
  event_id ${integer} not null,
  primary key (workspace_id, event_id)
)${keyed};

create table delivery (
  id ${ids('delivery')},
  workspace_id ${integer} not null,
  webhook_id ${integer} not null,
  event_id ${integer},
  type ${text} not null,
  subject ${text} not null,
  subject_id ${integer} not null,
  topic ${text} not null,
  state ${text} not null constraint delivery_state_known check (state in ('pending', 'delivered', 'failed', 'dropped')),
  attempts ${integer} not null,
  due_at ${integer} not null,
  attempted_at ${integer},
  status ${integer},
  error ${text},
  duration_ms ${integer},
  created_at ${integer} not null,
  finished_at ${integer}
)${strict};
create index delivery_of_webhook on delivery (workspace_id, webhook_id, id);
create index delivery_of_record on delivery (workspace_id, webhook_id, subject, subject_id, id);
create index delivery_due on delivery (workspace_id, webhook_id, due_at, id) where state = 'pending';
create index delivery_queue on delivery (workspace_id, webhook_id, subject, subject_id, coalesce(event_id, 0), id) where state = 'pending';
create index delivery_by_age on delivery (finished_at) where state <> 'pending';
`

export const sqlite = `${tables('integer', 'text', ' strict', ' strict, without rowid', () => 'integer primary key')}
create trigger event_goes_out after insert on event
  when exists (select 1 from webhook where workspace_id = new.workspace_id and state in ('active', 'paused'))
begin
  insert into outbox (workspace_id, event_id) values (new.workspace_id, new.id);
end;
`

export const postgres = `
create sequence webhook_ids;
create sequence delivery_ids;
${tables('bigint', 'text collate "C"', '', '', (table) => `bigint primary key default nextval('${table}_ids')`)}
create function event_goes_out() returns trigger language plpgsql as $$
begin
  insert into outbox (workspace_id, event_id)
    select new.workspace_id, new.id where exists
      (select 1 from webhook where workspace_id = new.workspace_id and state in ('active', 'paused'));
  return null;
end
$$;
create trigger event_goes_out after insert on event for each row execute function event_goes_out();
`
