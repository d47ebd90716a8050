/** What closed deals add up to by the open stage they were closed from: for vendors whose won and lost deals stay in their stage. */
export const sqlite = `
create table closed_from_stage_total (
  workspace_id integer not null,
  stage_id integer not null,
  currency text not null,
  deal_count integer not null,
  amount integer not null,
  own_amount integer not null,
  own_weighted integer not null,
  primary key (workspace_id, stage_id, currency)
) strict, without rowid;

insert into closed_from_stage_total
  select workspace_id, open_stage_id, currency, count(*), sum(amount),
    sum(case when probability is null then 0 else amount end), sum(coalesce(amount * probability, 0))
  from deal
  where outcome <> 'open' and open_stage_id is not null and archived_at is null and deleted_at is null
  group by workspace_id, open_stage_id, currency;
`

export const postgres = `
create table closed_from_stage_total (
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

insert into closed_from_stage_total
  select workspace_id, open_stage_id, currency, 0, count(*), sum(amount),
    sum(case when probability is null then 0 else amount end), sum(coalesce(amount * probability, 0))
  from deal
  where outcome <> 'open' and open_stage_id is not null and archived_at is null and deleted_at is null
  group by workspace_id, open_stage_id, currency;
`
