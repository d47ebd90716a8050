/**
 * What belongs together in history, what changes without being history, and the views that people save.
 *
 * An event's batch is the first event of the same request. The first one itself has none: it was written before anybody knew whether
 * others would follow, and events are never changed. A revision is a number that grows with every change of a workspace's members, loss
 * reasons and the like, so that whoever watches learns of it across processes.
 */
const steps = (integer: string, strict: string, keyed: string) => `
alter table event add column batch ${integer};
create index event_of_batch on event (workspace_id, batch, id) where batch is not null;
alter table answer add column first_event ${integer};

create table revision (
  workspace_id ${integer} not null,
  noun text not null,
  value ${integer} not null,
  primary key (workspace_id, noun)
)${keyed};
create index revision_by_value on revision (value);

create table saved_view (
  id ${integer} primary key,
  workspace_id ${integer} not null,
  user_id ${integer} not null,
  name text not null,
  page text not null,
  query text not null,
  created_at ${integer} not null,
  updated_at ${integer} not null
)${strict};
create index saved_view_of_user on saved_view (workspace_id, user_id, id);
`

export const sqlite = steps('integer', ' strict', ' strict, without rowid')
export const postgres = `create sequence revision_ids;\n${steps('bigint', '', '')}`
