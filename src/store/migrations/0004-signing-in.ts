/**
 * Signing in with a password, and what leads there.
 *
 * A person has one password, however many workspaces they are a member of; `joined_at` says in which of these they have accepted an
 * invitation, and only there does the password let them in: whoever adds an address to a workspace does not let its owner's other
 * workspaces' admins in. Secrets of sessions and invitations are kept as hashes. What has ended or was used is removed.
 */
const steps = (integer: string, strict: string, keyed: string) => `
alter table membership add column joined_at ${integer};
create index membership_of_user on membership (user_id, workspace_id);

create table password (
  user_id ${integer} primary key,
  hash text not null,
  updated_at ${integer} not null
)${strict};

create table session (
  id ${integer} primary key,
  workspace_id ${integer} not null,
  user_id ${integer} not null,
  hash text not null unique,
  user_agent text not null,
  address text not null,
  created_at ${integer} not null,
  seen_at ${integer} not null
)${strict};
create index session_of_member on session (workspace_id, user_id, id);
create index session_of_user on session (user_id, id);

create table invitation (
  id ${integer} primary key,
  workspace_id ${integer} not null,
  hash text not null unique,
  email text not null,
  name text,
  role text not null constraint invited_role_known check (role in ('admin', 'manager', 'member', 'viewer')),
  -- Null: made on the command line, by somebody who may do everything.
  invited_by_id ${integer},
  created_at ${integer} not null,
  expires_at ${integer} not null
)${strict};
create unique index one_invitation_of_an_address on invitation (workspace_id, email);

-- Failed attempts to sign in, by a hash of the e-mail address and by network address: they count for every process on the store.
create table attempt (
  key text primary key,
  failures ${integer} not null,
  last_at ${integer} not null
)${keyed};
create index attempt_by_age on attempt (last_at);
`

export const sqlite = steps('integer', ' strict', ' strict, without rowid')
export const postgres = steps('bigint', '', '')
