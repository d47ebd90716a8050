/**
 * What reports are read from, kept with every change: the stretches of every deal's life, and two ledgers by days. Indexes of stretches
 * are led by time or by a stage and then time, so that new rows come to their ends. What existing deals have lived through is filled in
 * when the store is opened.
 */
const tables = (integer: string, text: string, strict: string) => `
create table stretch (
  workspace_id ${integer} not null,
  deal_id ${integer} not null,
  nth integer not null,
  since ${integer} not null,
  until ${integer},
  pipeline_id ${integer} not null,
  stage_id ${integer} not null,
  kind ${text} not null,
  entered_at ${integer} not null,
  born_at ${integer} not null,
  arrives integer not null,
  is_first integer not null,
  from_stage_id ${integer},
  stayed ${integer},
  user_id ${integer} not null,
  amount ${integer} not null,
  currency ${text} not null,
  owner_id ${integer} not null,
  probability integer,
  expected_close_date ${text},
  is_counted integer not null,
  is_gone integer not null,
  primary key (workspace_id, deal_id, nth)
)${strict};
create index stretch_in_time on stretch (workspace_id, since);
create index stretch_in_stage on stretch (workspace_id, stage_id, since, deal_id);
create index stretch_out_of_stage on stretch (workspace_id, from_stage_id, since, stayed, owner_id, is_gone) where from_stage_id is not null;
create index stretch_of_cohort on stretch (workspace_id, pipeline_id, born_at, deal_id, nth, stage_id, owner_id, is_gone) where is_first = 1;

create table balance (
  workspace_id ${integer} not null,
  pipeline_id ${integer} not null,
  span ${integer} not null,
  bucket integer not null,
  stage_id ${integer} not null,
  currency ${text} not null,
  owner_id ${integer} not null,
  month integer not null,
  stripe integer not null,
  deal_count integer not null,
  amount ${integer} not null,
  own_amount ${integer} not null,
  own_weighted ${integer} not null,
  primary key (workspace_id, pipeline_id, span, bucket, stage_id, currency, owner_id, month, stripe)
)${strict};

create table passage (
  workspace_id ${integer} not null,
  pipeline_id ${integer} not null,
  day integer not null,
  from_stage_id ${integer} not null,
  to_stage_id ${integer} not null,
  currency ${text} not null,
  owner_id ${integer} not null,
  stripe integer not null,
  deal_count integer not null,
  firsts integer not null,
  amount ${integer} not null,
  stays integer not null,
  stayed ${integer} not null,
  aged ${integer} not null,
  primary key (workspace_id, pipeline_id, day, from_stage_id, to_stage_id, currency, owner_id, stripe)
)${strict};
`

export const sqlite = `${tables('integer', 'text', ' strict, without rowid')}
insert into sequence (name, value) select 'lives to fill in', count(*) from deal having count(*) > 0;
`

/** No store on PostgreSQL is older than this. */
export const postgres = tables('bigint', 'text collate "C"', '')
